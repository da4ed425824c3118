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
# # Bring your own data
#
# From a table of recordings to an agent that earns more or less, as you ask. Your own table takes the place of the one
# that is made here. What else can be read, and what is assumed: [Your own data](../your_data.md).

# %% tags=["setup"]
import gymnasium
import numpy as np
import pandas as pd

from dt_helpers import plots, rollout, training
from dt_helpers.data import formats
from dt_helpers.workspace import workspace

# %% [markdown]
# ## A table of recordings
#
# Somebody balanced CartPole's pole, sometimes well, sometimes not, and logged one row per step. Each episode balances
# for a random number of steps and then acts at random until the pole falls, or until 500 steps are over.


# %%
def balance(state):
    return int(state @ [0.1, 0.2, 1.0, 0.5] > 0)


rng = np.random.default_rng(0)
env, rows = gymnasium.make("CartPole-v1"), []
for run in range(300):
    state, _ = env.reset(seed=run)
    careful, step, over = rng.integers(0, 700), 0, False
    while not over:
        action = balance(state) if step < careful else int(rng.integers(2))
        next_state, reward, fell, time_is_up, _ = env.step(action)
        rows.append({"run": run, "cart": state[0], "speed": state[1], "angle": state[2], "turn": state[3],
                     "push": action, "reward": reward, "fell": fell})  # fmt: skip
        state, step, over = next_state, step + 1, fell or time_is_up
table = pd.DataFrame(rows)
table.round(3).head()

# %% [markdown]
# ## Open it
#
# Columns are read by their exact names (`dones` may also be called `terminals`, `terminated`, `terminations` or
# `terminateds`); no others are guessed. An error says what is missing and what is there, and proposes what to write;
# which columns belong together it cannot know.

# %%
try:
    formats.open(table)
except ValueError as error:
    print(error)

# %% [markdown]
# So: join the four columns of the state into one, and say which column means what. `fell` is true where an episode
# ended by itself. Where time ran out it is false, as the pole would still have stood.

# %%
table["observations"] = table[["cart", "speed", "angle", "turn"]].to_numpy().tolist()
data = formats.open(
    table,
    name="my-cartpole",
    rename={"run": "episode_index", "push": "actions", "reward": "rewards", "fell": "dones"},
)
data

# %% [markdown]
# The note matters: whole numbers are read as choices. The model gets each as a one-hot row and predicts a probability
# for each. Now look at what is there before you train: an agent can only be asked for what its recordings hold.

# %%
print(
    f"{len(data)} episodes, {len(data.rewards):,} steps, returns from {data.returns.min():.0f} to {data.returns.max():.0f}"
)
figure = plots.Picture()
axes = figure.subplots()
axes.hist(data.returns, bins=25)
axes.set(xlabel="return", ylabel="episodes")
figure

# %% [markdown]
# ## Train, and ask
#
# Beside the model a clone is trained, which learns the recorded actions from the states alone and can't be asked.

# %%
model = training.train(data, training.preset(hidden_size=64), workspace() / "my-cartpole", resume=False)
clone = training.clone(data)

# %% [markdown]
# After its careful steps an episode pushes at random. An agent that always takes the likeliest action would never do
# that. So actions are drawn by their probabilities here, `sample=True`.

# %%
asked = [50, 100, 200, 300, 400, 500]
earned = [rollout.evaluate(model, "CartPole-v1", target, episodes=20, progress=False, sample=True) for target in asked]
plain = rollout.evaluate(clone, "CartPole-v1", 0, episodes=20, progress=False)
for target, result in zip(asked, earned, strict=True):
    print(f"asked for {target:3}: earned {result.mean:5.1f} on average")
print(f"a clone, which can't be asked: {plain.mean:.1f}")

# %% [markdown]
# The clone takes the action that is likeliest in each state, and that is the careful one: it never pushes at random,
# and can't do less than its best. The agent earns more when it is asked for more, and mostly somewhat more than that.

# %%
figure = plots.Picture()
axes = figure.subplots()
axes.plot(asked, asked, color="0.7", label="what was asked for")
axes.plot(asked, [result.mean for result in earned], "o-", label="what was earned")
axes.axhline(data.returns.mean(), linestyle=":", label="mean of the recordings")
axes.set(xlabel="target return", ylabel="return")
axes.legend()
figure

# %% [markdown]
# ## A reward of 1 at the end, or none
#
# FrozenLake pays 1 for arriving and nothing else. The scale of the returns is taken from the data, so that a target of
# 1 or 0 is heard. In these walks the actions are whole numbers that name one of 4 directions, and the observations
# whole numbers that name one of 16 places.

# %%
STRAIGHT = {0: 1, 4: 1, 8: 2, 9: 1, 13: 2, 14: 2}  # the way to the goal, from each place on it
lake, walks = gymnasium.make("FrozenLake-v1", is_slippery=False), []
for seed in range(400):
    place, _ = lake.reset(seed=seed)
    walk = {"observations": [], "actions": [], "rewards": [], "dones": []}
    over = False
    while not over:
        action = STRAIGHT[place] if place in STRAIGHT and rng.random() < 0.4 else int(rng.integers(4))
        next_place, reward, arrived_or_fell, time_is_up, _ = lake.step(action)
        for column, value in zip(walk, (place, action, reward, arrived_or_fell), strict=True):
            walk[column].append(value)
        place, over = next_place, arrived_or_fell or time_is_up
    walks.append(walk)
recorded = formats.open(walks, name="my-lake", observation_space=lake.observation_space)
print(f"{recorded.returns.mean():.0%} of the walks arrive")

# %%
walker = training.train(recorded, training.preset(hidden_size=64), workspace() / "my-lake", resume=False)
for target in (1, 0):
    result = rollout.evaluate(walker, lake, target, episodes=20, progress=False)
    print(f"asked for {target}: {result.mean:.0%} arrive")

# %% [markdown]
# The last warning is worth reading, and no reason to stop here: three of five actions on the way were random, so the
# held-out loss can hardly fall. It is near its lowest at the first evaluation; then it rises a little, as the model
# learns the random actions of the training walks by heart. What counts is that both targets were met. (All 20 episodes
# are alike, since neither this lake nor the agent draws anything by chance.) The note before it names the four holes
# and the goal, where a walk ends and no action was recorded: a place is 16 numbers, one of them
# 1.

# %% [markdown]
# ## Keep it
#
# One file with all that was said above, for `dt-course train --data`, for a colleague, or for the Hub.

# %%
file = formats.to_parquet(data, workspace() / "datasets")
print(file)
formats.open(file)
