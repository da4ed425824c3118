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
# # 9. Challenges: other robots, other targets, other eyes
#
# {{badges}}
#
# After this notebook you can
#
# - take any of the course's robots from recordings to a video;
# - ask a model for more and for less, and see whether it listens;
# - load a model that somebody else has published, and know what it needs besides its weights;
# - let a model see pictures in place of states.
#
# About 45 minutes. The cells take about four minutes of one CPU core, during which you may read on. Nothing here is
# graded. There are four parts, each of which stands by itself, and challenges at the end. Change what you like.

# %% tags=["setup"]
import numpy as np

from dt_helpers import data, hub, pixel_plots, pixels, plots, published, rollout, sweep, training, video
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.workspace import workspace

settings = training.preset()
quick_look = settings.preset == "ci"  # the smallest preset, for automatic tests: little data, few and short episodes
recorded = 8 if quick_look else None  # episodes in a dataset; None: as many as the course has
episodes, steps = (2, 40) if quick_look else (16, 1000)

# %% [markdown]
# ## Other robots
#
# However a cheetah falls, its episode goes on. The other two robots' episodes end with a fall: **Hopper** has one leg,
# **Walker2d** two. Each step on their feet earns 1, and speed counts as it does for the cheetah, so a good return needs
# both speed and balance.
#
# Nothing you have built knows about cheetahs: the sizes of states and actions come with the data. So the path is the
# one you know, in one function.


# %%
def from_data_to_video(robot):
    """Train on a robot's expert recordings, measure over several episodes, film one."""
    dataset = f"{robot}-expert"
    trajectories, env_name = data.load(dataset, episodes=recorded), data.environment(dataset)
    target_return = float(np.quantile(trajectories.returns, 0.9))
    model = training.train(trajectories, settings, output=workspace() / robot)
    print(rollout.evaluate(model, env_name, target_return, episodes=episodes, seed=100, max_steps=steps))
    print(f"the recorded episodes earned {trajectories.returns.mean():,.0f} ± {trajectories.returns.std():,.0f}")
    replay, _ = rollout.record(
        model, env_name, target_return, workspace() / f"{robot}.mp4", seed=100, max_steps=steps, stride=4
    )
    return replay


from_data_to_video("hopper")

# %%
from_data_to_video("walker2d")

# %% [markdown]
# The warning says that Walker2d's returns are all nearly equal, so that a target can hardly tell one episode from
# another. A constant that is subtracted from each reward would leave their differences and take away their size;
# targets would be smaller by the sum of it. Here we ask for one target only, so the rewards can stay as they are.
#
# Both experts were recorded with noise on their actions. What do they earn without it?

# %%
for robot in ("hopper", "walker2d"):
    recordings = data.load(f"{robot}-expert", episodes=recorded)
    fell = np.mean(recordings.lengths < recordings.lengths.max())
    noiseless = data.experts.measure(robot, data.experts.stages(robot)[-1], noise=0.0, episodes=episodes, seed=100)
    print(
        f"{robot}: recorded with noise {recordings.returns.mean():,.0f}, and {fell:.0%} of the episodes ended in a fall; "
        f"without noise {noiseless['mean']:,.0f}"
    )

# %% [markdown]
# Look at the worst episodes and the mean lengths above: where the mean length is 1,000, none of the runs fell. A fall
# costs everything that would have been earned after it. The noise made some of Hopper's recorded runs fall. The model
# learned the average action, without the noise, and so it can earn more than its recordings. That is denoising, as in
# notebook 6, and not a better way to hop: the expert without noise is a fair yardstick. Walker2d hardly minds the
# noise, and there is next to nothing to gain.
#
# ## Other targets
#
# In notebook 6 the model that had learned from one expert did not care what it was asked for. `hopper-mixed` holds runs
# from several stages of an expert's training, from one that falls after about 250 steps to the last. Here the
# return-to-go tells something that the first state does not: whose run this is going to be. (Some steps later the gait
# shows in the states as well.)

# %%
mixed = data.load("hopper-mixed", episodes=recorded)
obedient = training.train(mixed, settings, output=workspace() / "hopper-mixed")
targets, runs = (
    ([500.0, 3000.0], 2) if quick_look else (None, 4)
)  # None: from the data's poor episodes to above its best
asked = sweep.sweep(obedient, mixed, "Hopper-v5", targets, runs, seed=100, max_steps=steps)
print(asked)
plots.target_against_achieved(asked)

# %% [markdown]
# Does it earn more when it is asked for more? Beyond the data's best there is nothing to imitate. Below it, a Hopper
# has to be good at being bad: to earn 900 and no more, it has to fall in time. This one is asked for little:

# %%
little = float(np.quantile(mixed.returns, 0.25))
modest, _ = rollout.record(
    obedient, "Hopper-v5", little, workspace() / "modest.mp4", seed=100, max_steps=steps, stride=4
)
modest

# %% [markdown]
# ## A published model
#
# The Hugging Face Hub has Decision Transformers that others have trained, one for each robot and kind of data. This one
# is by [Edward Beeching](https://huggingface.co/edbeeching/decision-transformer-gym-halfcheetah-expert). The weights
# alone do not run. Four things belong to them that the model's config does not have: K, the scale of the returns, and
# the mean and standard deviation of the states. `published.load` takes them from the models' cards and from the [code
# that the models were trained with](https://github.com/kzl/decision-transformer).
#
# Without an internet connection, a model of this course takes its place.

# %%
origin = "edbeeching/decision-transformer-gym-halfcheetah-expert"
try:
    visitor, target, home = published.load(origin), 11_000.0, "HalfCheetah-v3"
except hub.HubUnavailable as reason:
    print(reason)
    origin, visitor, target, home = (
        "this course's own model",
        training.load(training.PROVIDED),
        8_700.0,
        "HalfCheetah-v5",
    )

# %% [markdown]
# The published model learned from the recordings of D4RL ([Fu et al., 2020](https://arxiv.org/abs/2004.07219)). They
# were made with an older simulator. The robots are made of capsules, cylinders with round ends, and to that simulator they had the
# mass and inertia of plain cylinders ([docs/physics.md]({{address}}/docs/physics.md) has the details), so today's
# cheetah is a slightly different animal. `HalfCheetah-v3` is the old one, on today's engine; this course's own
# recordings are of the new one, `HalfCheetah-v5`. The model is at home in one of them. (In the old physics a *D4RL
# score* is printed too: 0 is what a random policy earns there, 100 what D4RL's expert does.)

# %%
for env_name in ("HalfCheetah-v3", "HalfCheetah-v5"):
    print(f"{origin}, {'at home' if env_name == home else 'away'}:")
    print(rollout.evaluate(visitor, env_name, target, episodes=episodes, seed=100, max_steps=steps))

# %% [markdown]
# A model need not earn less away from home: the other animal may be as easy to run with, or easier. For the same
# reason, returns under two versions of the physics can't be compared.
#
# ### Try it: publish your own
#
# A model of yours can be on the Hub as well. You need an account there and a token that may write; `hf auth login` in a
# terminal keeps the token. Put your own name in place of `ada`; `hopper` is the model that *Other robots* trained:
#
# ```python
# from dt_helpers.training.push import push
#
# push(workspace() / "hopper", "ada/my-hopper")
# ```
#
# That measures the model, films one episode, and writes a card with the data, the settings, and the return with its
# spread, the seeds and the number of episodes, so that others can measure it again. K, the scale, the mean and the
# standard deviation are in its config, so anyone can run it: `training.load("ada/my-hopper")`. In a terminal it is
# `dt-course push ~/dt_workspace/hopper ada/my-hopper`. `dt-course gallery models.txt` makes a table of the models whose
# names stand in that file, one a line: by environment, and in each the best return first.
#
# ## Other eyes
#
# A real robot has sensors that report the angles of its joints, but where it is, how fast it moves and what lies in its
# way it often has to see. How far does a camera alone get? Here is what one sees that follows the cheetah: 48 by 48
# grey pixels. The recordings need not be simulated again: they hold the positions of the joints, and how far the robot
# came follows from its rewards.

# %%
trajectories = data.load("halfcheetah-expert", episodes=4 if quick_look else 100)
frames = pixels.film(trajectories, "HalfCheetah-v5")
pixel_plots.frames(frames.observations[300:320], titles=[f"step {t}" for t in range(300, 320)])

# %% [markdown]
# One picture shows where the limbs are, but not where they are going, and in the pictures only the floor shows how fast
# the robot runs. So the encoder looks at each picture together with the one before it (a window's first picture has
# none: a black one takes its place), and the transformer at K of them.
#
# In the model, a state meets one module, `embed_state`, which makes an embedding of it. That is all that has to be
# replaced for it to see. A frame travels through the collator as a long row of pixels, and the encoder folds it back
# into a picture:

# %% tags=["nbval-check-output"]
collator = DecisionTransformerGymDataCollator(frames, sampling="end")
batch = collator.gather(np.array([300, 700]))  # two windows
encoder = pixels.ConvEncoder(hidden=128)
print("frames", tuple(batch["states"].shape), "-> embeddings", tuple(encoder(batch["states"]).shape))
encoder

# %% [markdown]
# `pixels.train` makes the model as you know it, sets `model.embed_state = pixels.ConvEncoder(...)`, drops the head that
# would predict the next picture, and trains. That takes half a minute to a few minutes, depending on the machine, a
# third to a half of it in the convolutions.

# %%
eye_settings = pixels.preset()
seeing = pixels.train(frames, eye_settings, output=workspace() / "pixels")

# %% [markdown]
# Does it see, or does it get along without? It also has its own past actions, the returns-to-go and the timesteps. The
# honest comparison is a model with its eyes closed: the same one, trained for as long, for which every frame is the
# same.

# %%
blind = pixels.train(frames, eye_settings, encoder=pixels.Blind)

# %% [markdown]
# The blind model's training loss is far above its held-out one. In nine training windows of ten it sees no past actions
# (notebook 5), and returns-to-go and timesteps say next to nothing about the pose; in the held-out windows it sees its
# actions.

# %%
target_return = float(np.quantile(trajectories.returns, 0.9))
camera = pixels.camera("HalfCheetah-v5")
results = {}
for name, model in {"seeing": seeing, "blind": blind}.items():
    results[name] = rollout.evaluate(
        model, "HalfCheetah-v5", target_return, episodes=episodes, seed=100, max_steps=steps, observe=camera
    )
    print(f"{name}: {results[name]}")
print(f"the recorded episodes, by an expert that knows its state: {trajectories.returns.mean():,.0f}")
plots.return_so_far(results["seeing"])

# %% [markdown]
# A line that stops rising is a run that no longer gets ahead. `100 + results["seeing"].returns.argsort()[:5]` are the
# seeds of the five that earned least: film them for all 1,000 steps, and with luck one shows what happened. Run alone, a
# seed may come out otherwise (chaos, notebook 6), and where only a few lines stop rising, the others of the five did
# well.
#
# And this is one of its runs, as it saw it and as we do.

# %%
seen = []


def look(env):
    """The camera's frame, which is kept for the film."""
    seen.append(camera(env))
    return seen[-1]


path, short = workspace() / "seeing.mp4", min(steps, 200)
replay, _ = rollout.record(seeing, "HalfCheetah-v5", target_return, path, seed=100, max_steps=short, observe=look)
video.record(pixel_plots.enlarged(np.array(seen)), workspace() / "seen.mp4", fps=20)
video.show(workspace() / "seen.mp4", width=384, words="What the agent sees: the grey pictures of one episode.")

# %%
replay

# %% [markdown]
# ## Challenges
#
# Nobody checks these. What you find out, and how sure you are of it, is the result: use several seeds, and put a number
# beside each claim.
#
# - ●○○ How little data does Hopper need? Try `data.load("hopper-expert", episodes=...)` with 100, 50, 20, 10, and plot
#   what is earned.
# - ●○○ Let Walker2d see: `pixels.film(data.load("walker2d-expert"), "Walker2d-v5")`. Its legs hide each other; what
#   helps?
# - ●○○ A shorter memory: train with `training.preset(context_length=1)`, or `pixels.preset(context_length=1)` for the
#   one that sees. Which of the robots mind? Does the one that sees mind most, and why?
# - ●●○ A strong rival: `training.clone(mixed, best=0.1)` imitates the best tenth of the episodes (much like the paper's
#   %BC, which counts steps), without any returns. Does asking `obedient` for the data's best earn more?
# - ●●○ Which pixels matter? The derivative of an action with respect to the frames is a picture: `torch.autograd.grad`.
#   Is it the legs, or the floor?
# - ●●○ Write your own encoder and hand it over, `pixels.train(frames, encoder=MyEncoder)`: a deeper one; one that sees
#   four frames at once; one whose frames are shifted by a random pixel or two in training. Which earns more for the
#   same minutes?
# - ●●○ Take the published model's data, `data.load("halfcheetah-expert-v2")`, train your own model on it, and compare
#   the two in `HalfCheetah-v3`. Then the same with `halfcheetah-medium-replay-v2` and the model that was published for
#   it, `published.load("edbeeching/decision-transformer-gym-halfcheetah-medium-replay")`: do both models follow their
#   targets?
# - ●●● Colours: `dt_helpers.video.render.Renderer` makes the pictures of the films. Train an agent on EGL's pictures
#   (the one above saw the course's own drawing). Can it still run when OSMesa makes them? Train one that does not mind.
# - ●●● One model for all three robots. What do you do about the different sizes of their states, and does a cheetah
#   learn anything from a hopper?
