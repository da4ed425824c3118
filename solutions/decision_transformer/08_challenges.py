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
# # 8. Challenges: other robots, other targets, other eyes
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/dt-course/decision-transformer-course/blob/main/notebooks/decision_transformer/08_challenges.ipynb)
#
# After this notebook you can
#
# - take any of the course's robots from recordings to a video;
# - ask a model for more and for less, and see whether it listens;
# - load a model that somebody else has published, and know what belongs to it besides the weights;
# - let a model see pictures in place of states.
#
# About 40 minutes, of which the machine works about 15 and you may read on. Nothing here is graded: four parts, each of which stands
# by itself, and challenges at the end. Change what you like.

# %%
# Setup: run this cell first. Where the course's helpers are missing, as on Colab, it installs them.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("dt_helpers") is None:
    source = "dt-helpers @ git+https://github.com/dt-course/decision-transformer-course"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)

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
# The cheetah cannot fall. The other two can, and then their episode is over: **Hopper**, one leg, and **Walker2d**, two. Each step on
# their feet earns 1, and each metre counts as the cheetah's do, so a good return needs both speed and balance.
#
# All that you have built knows nothing of cheetahs: the sizes of states and actions come with the data. So the way is the one that you
# know, in one function.


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
# Look at the worst episode and at the mean length: one fall costs all that would have been earned after it. Hopper even earns more than
# its recordings. There noise was added to the expert's actions, and made some of its runs fall; the model learns what the expert does
# on average, without the noise.
#
# ## Other targets
#
# In notebook 6 the model that had learned from one expert did not care what it was asked for. `hopper-mixed` holds the runs of several
# stages of an expert's training, from the first stumbles to the last stage. Here the return-to-go tells something that the state
# doesn't: whose run this is.

# %%
mixed = data.load("hopper-mixed", episodes=recorded)
obedient = training.train(mixed, settings, output=workspace() / "hopper-mixed")
targets, runs = ([500.0, 3000.0], 2) if quick_look else (None, 4)  # None: from the data's poorest to above its best
asked = sweep.sweep(obedient, mixed, "Hopper-v5", targets, runs, seed=100, max_steps=steps)
print(asked)
plots.target_against_achieved(asked)

# %% [markdown]
# Does it earn more where it is asked for more? Beyond the data's best there is nothing to imitate. And below it, a Hopper has to be
# good at being bad. This one is asked for little:

# %%
little = float(np.quantile(mixed.returns, 0.25))
modest, _ = rollout.record(
    obedient, "Hopper-v5", little, workspace() / "modest.mp4", seed=100, max_steps=steps, stride=4
)
modest

# %% [markdown]
# ## A published model
#
# On the Hub lie Decision Transformers that others have trained, one for each robot and kind of data. The weights alone do not run. Four
# things belong to them, and none is in the model's config: K, the scale of the returns, and the mean and standard deviation of the
# states. `published.load` has them from the models' cards and from the code that the models were trained with; see its source.
#
# Without a network, a model of this course takes its place.

# %%
origin = "edbeeching/decision-transformer-gym-halfcheetah-expert"
try:
    visitor, wish = published.load(origin), 11_000.0
except hub.HubUnavailable as reason:
    print(reason)
    origin, visitor, wish = "this course's own model", training.load(training.PROVIDED), 8_700.0

# %% [markdown]
# It learned from recordings that were made in 2020, with the simulator of then, which gave a capsule the mass of a somewhat longer
# cylinder. Today's cheetah is a slightly different animal. `HalfCheetah-v3` is the old one, on today's engine; this course's own recordings
# are of the new one, `HalfCheetah-v5`. A model is best judged on the animal that it knows:

# %%
print(origin)
for env_name in ("HalfCheetah-v3", "HalfCheetah-v5"):
    print(rollout.evaluate(visitor, env_name, wish, episodes=episodes, seed=100, max_steps=steps))

# %% [markdown]
# Two warnings for the numbers in papers: those of two physics cannot be compared, and neither can those of two datasets.
#
# ## Other eyes
#
# A robot in a workshop has no list of its joints' angles, but perhaps a camera. Here is what one sees that follows the cheetah: 48 by
# 48 grey pixels. The recordings need not be simulated again; they hold the joints' positions, and how far the robot came follows from
# its rewards.

# %%
trajectories = data.load("halfcheetah-expert", episodes=4 if quick_look else 100)
frames = pixels.film(trajectories, "HalfCheetah-v5")
pixel_plots.frames(frames.observations[300:320], titles=[f"step {t}" for t in range(300, 320)])

# %% [markdown]
# One picture shows where the limbs are; it does not show where they go. And how fast the robot runs can only be told from the floor.
# So the encoder looks at each picture together with the one before it, and the transformer at K of them.
#
# In the model, a state meets one module, `embed_state`, which makes an embedding of it. That is all that has to be exchanged. A
# frame travels through the collator as a long row of pixels, and the encoder folds it into a picture again:

# %% tags=["nbval-check-output"]
collator = DecisionTransformerGymDataCollator(frames, sampling="end")
batch = collator.gather(np.array([300, 700]))  # two windows
encoder = pixels.ConvEncoder(hidden=128)
print("frames", tuple(batch["states"].shape), "-> embeddings", tuple(encoder(batch["states"]).shape))
encoder

# %% [markdown]
# `pixels.train` makes the model as you know it, says `model.embed_state = pixels.ConvEncoder(...)`, and trains. A minute or
# two, most of it in the convolutions.

# %%
eye_settings = pixels.preset()
seeing = pixels.train(frames, eye_settings, output=workspace() / "pixels")

# %% [markdown]
# Does it see, or does it get along without? Its own past actions and the returns-to-go tell it much already. The honest comparison is
# a model with closed eyes: the same one, trained as long, for which every frame is the same.

# %%
blind = pixels.train(frames, eye_settings, encoder=pixels.Blind)

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
# A line that stops rising is a run that landed on its back; no recording shows how to get up from there.
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
video.show(workspace() / "seen.mp4", width=384)

# %%
replay

# %% [markdown]
# ## Challenges
#
# Nobody checks these. What you find out, and how sure you are of it, is the result: several seeds, and a number beside each claim.
#
# - ●○○ How little data does Hopper need? `data.load("hopper-expert", episodes=...)` with 100, 50, 20, 10; plot what is earned.
# - ●○○ Let Walker2d see: `pixels.film(data.load("walker2d-expert"), "Walker2d-v5")`. Its legs cover each other; what helps?
# - ●○○ A shorter memory: train with `training.preset(context_length=1)`. Which of the robots mind, and why does the one that sees mind most?
# - ●●○ Which pixels matter? The derivative of an action by the frames is a picture: `torch.autograd.grad`. Is it the legs, or the floor?
# - ●●○ Write your own encoder and hand it over, `pixels.train(frames, encoder=MyEncoder)`: a deeper one; one that sees four frames at
#   once; one whose frames are moved by a pixel or two in training, at random. Which earns more for the same minutes?
# - ●●○ Take the published model's data, `data.load("halfcheetah-expert-v2")`, train your own model with it, and compare the two in
#   `HalfCheetah-v3`. Then on `halfcheetah-medium-replay-v2`: do both follow targets?
# - ●●● Colours: `render.Renderer` gives the pictures that the films are made of. Is the agent that was trained on EGL's pictures still
#   able to run when OSMesa, or the drawing, makes them? Make one that does not mind.
# - ●●● One model for all three robots. What do you do about the different sizes of their states, and does a cheetah learn anything from a
#   hopper?
