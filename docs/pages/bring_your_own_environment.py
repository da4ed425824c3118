# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Bring your own environment
#
# From an environment that has no recordings to an agent in it: record, train, ask. First gymnasium's Pendulum, whose
# torques lie between -2 and 2; then a class of your own, with a film. What is read and assumed:
# [Your own data](../your_data.md).

# %% tags=["setup"]
from dataclasses import replace

import gymnasium
import numpy as np

from dt_helpers import plots, rollout, training
from dt_helpers.data.recording import record
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.workspace import workspace

# %% [markdown]
# ## Record: a random policy, and a good one
#
# A policy turns observations `(1, ...)` into actions `(1, ...)`, each a batch of one. This one swings the pendulum up
# by giving it energy, and holds it when it is nearly upright.


# %%
def swing(seen):
    cosine, sine, speed = seen[0]
    angle = np.arctan2(sine, cosine)
    energy = speed**2 / 6 + 5 * (cosine - 1)  # 0 where it stands upright and still
    torque = -16 * angle - 4 * speed if abs(angle) < 0.6 else -energy * np.sign(speed or 1.0)
    return np.clip([[torque]], -2, 2)


rng = np.random.default_rng(0)


def noisy(share):
    """Like `swing`, but a share of the torques is random."""
    return lambda seen: rng.uniform(-2, 2, (1, 1)) if rng.random() < share else swing(seen)


shares = np.linspace(0, 1, 10) ** 3  # many good policies, a few bad ones
parts = [record(noisy(share), "Pendulum-v1", 40, progress=False, name="my-pendulum") for share in shares]
data = Trajectories.concatenate(parts, "my-pendulum")
for share, part in zip(shares, parts, strict=True):
    print(f"{share:4.0%} random: mean return {part.returns.mean():6.0f}")

# %% [markdown]
# ## Train, and ask
#
# The bounds were recorded with the data. They are kept in the model's config: it learns actions between -1 and 1, and
# what it does in the environment lies between -2 and 2. Where the good policy goes over from swinging to holding, its
# torque jumps, which is hard to learn. So the model trains twice as long as usual, on batches four times as large.

# %%
settings = training.preset(hidden_size=64)
settings = replace(settings, batch_size=4 * settings.batch_size, steps=2 * settings.steps)
model = training.train(data, settings, workspace() / "my-pendulum", resume=False)
print(ReplayFacts.of(model.config).action_space)

# %% [markdown]
# A pendulum that starts upright earns nearly 0, one that hangs down must first be swung up. So compare returns from the
# same starts: `record` and `evaluate` both begin with the seeds 0, 1, 2, and so on. The agent is asked for the best return
# that was recorded, about 0. Only a start near the top can earn that; from elsewhere it means *as well as you can*.

# %%
best = float(data.returns.max())
agent = rollout.evaluate(model, "Pendulum-v1", best, episodes=40, progress=False)
clone = rollout.evaluate(training.clone(data), "Pendulum-v1", 0, episodes=40, progress=False)
print(f"the good policy, recorded     {parts[0].returns.mean():6.0f}")
print(f"all recordings                {data.returns.mean():6.0f}")
print(f"a clone of all of them        {clone.mean:6.0f}")
print(f"the agent, asked for the best {agent.mean:6.0f}")

# %%
figure = plots.Picture(height=4)
axes = figure.subplots()
axes.plot(parts[0].returns, agent.returns, "o")
axes.plot([-450, 0], [-450, 0], color="0.7")
axes.set(xlabel="return of the good policy", ylabel="return of the agent from the same start")
figure

# %% [markdown]
# Points on the line are starts from which the agent does as well as the good policy. Most lie in clumps, near 0, -120
# and -240, as each swing costs about 120. From the two starts far above the line, the agent needed one swing less.

# %% [markdown]
# ## A class of your own
#
# Any class with gymnasium's interface will do. This boat crosses a river: it chooses a course, the current carries it,
# and each step costs 1 until it lands, or until 60 steps are over. Its `render()` draws it, so that it can be filmed.


# %%
class River(gymnasium.Env):
    """From the bank at y = 0 to the landing at (0, 10); the current pushes towards larger x."""

    observation_space = gymnasium.spaces.Box(-20, 20, (2,))
    action_space = gymnasium.spaces.Box(-180, 180, (1,))  # the course in degrees; 0 leads straight across
    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, render_mode=None):
        self.render_mode = render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at, self.steps = np.array([self.np_random.uniform(-8, 8), 0.0]), 0
        return self.at.astype(np.float32), {}

    def step(self, action):
        course = np.deg2rad(float(action[0]))
        current = 0.4 * np.sin(np.pi * np.clip(self.at[1], 0, 10) / 10)
        self.at = np.clip(np.add(self.at, (np.sin(course) + current, np.cos(course))), -20, 20)
        self.steps += 1
        landed = bool(np.hypot(*(self.at - [0, 10])) < 1)
        return self.at.astype(np.float32), -1.0, landed, self.steps == 60, {}

    def render(self):
        picture = np.full((240, 400, 3), (196, 219, 232), np.uint8)
        picture[:20] = picture[-20:] = (150, 180, 120)
        for (x, y), size, colour in [((0, 10), 8, (190, 60, 50)), (self.at, 5, (40, 40, 40))]:
            column, row = int(200 + 10 * x), int(220 - 20 * y)
            picture[max(row - size, 0) : row + size, max(column - size, 0) : column + size] = colour
        return picture


def captain(seen, care):
    """Heads for the landing; the less care, the more at random."""
    to = np.subtract((0, 10), seen[0])
    course = np.rad2deg(np.arctan2(to[0], to[1]))
    return np.array([[course if rng.random() < care else rng.uniform(-180, 180)]])


crossings = [record(lambda seen, c=care: captain(seen, c), River, 60, progress=False, name="my-river")
             for care in (1.0, 0.8, 0.6, 0.4, 0.2)]  # fmt: skip
river = Trajectories.concatenate(crossings, "my-river")
print(f"{len(river)} crossings, returns from {river.returns.min():.0f} to {river.returns.max():.0f}")

lost = np.repeat(river.returns == -60, river.lengths)  # (steps,): those of the boats that never landed
to = (0, 10) - river.observations[lost]
towards = np.rad2deg(np.arctan2(*to.T))
at_random = np.abs(river.actions[lost, 0] - towards) > 0.1
print(f"boats that never landed: {at_random.mean():.0%} of their courses were random")

# %%
boat = training.train(river, training.preset(hidden_size=64), workspace() / "my-river", resume=False)
for target in (-12, -60):
    print(f"asked for {target}: earned {rollout.evaluate(boat, River, target, episodes=30, progress=False).mean:.1f}")

# %% [markdown]
# The quickest boats earn about -10; -60 is one that never lands. Asked for that, most boats never land. Most of the
# courses in recordings with this return were random. Random courses average to straight ahead, so the average of all,
# which is what the model learned, turns only a little towards the landing. A few boats begin where that and the current
# together bring them to it, and land; the others sail past. With other recordings, or another seed, some of the boats
# asked for -12 may miss the landing, too. And the loss can hardly fall, since much of what was recorded is random.
#
# ## Film it

# %%
film, earned = rollout.record(boat, River, target_return=-12, path=workspace() / "boat.mp4", progress=False)
film
