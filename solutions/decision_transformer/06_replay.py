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
# # 6. Replay: ask for a return, watch it run
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/dt-course/decision-transformer-course/blob/main/notebooks/decision_transformer/06_replay.ipynb)
#
# After this notebook you can
#
# - let a Decision Transformer control a robot, step by step;
# - count down the return that remains to be earned;
# - measure a policy honestly, over several episodes, and film it;
# - say when a target return is obeyed, and see what the model attends to.
#
# About 30 minutes, two exercises.

# %%
# Setup: run this cell first. Where the course's helpers are missing, as on Colab, it installs them.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("dt_helpers") is None:
    source = "dt-helpers @ git+https://github.com/dt-course/decision-transformer-course"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)

import json

# The helpers come before torch: they tell its threads how to wait for each other.
from dt_helpers import attention, attention_plots, card, check, data, envs, plots, rollout, slider, sweep, training
from dt_helpers.workspace import workspace

import numpy as np
import torch

trajectories = data.load("halfcheetah-expert")
model = training.load_or_provided()

# %% [markdown]
# ## Acting is autoregressive
#
# When a language model writes, each word that it has written becomes its input. A Decision Transformer does the same with a
# robot in between:
#
# 1. Write down the return that you want, and what the robot senses now.
# 2. The model predicts the action.
# 3. The robot carries it out; there is a reward and a new state.
# 4. Subtract the reward from the return that you still want, append everything, go to 2.
#
# Two small functions are missing.

# %% [markdown]
# ### Exercise: the context window
#
# ●○○ · about 3 minutes · the model was trained on K steps and must never see more
#
# Keep the last `length` steps. Early in an episode there are fewer; then keep them all.


# %% nbgrader={"grade": false, "grade_id": "context_window", "locked": false, "schema_version": 3, "solution": true, "task": false}
def context_window(sequence, length):
    """The last `length` rows of a sequence.

    sequence : (t, d) tensor, one row a step, the newest at the end. Returns a tensor (min(t, length), d).
    """
    ### BEGIN SOLUTION
    return sequence[-length:]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_context_window", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.context_window(context_window)

# %% [markdown]
# ### Exercise: what remains to be earned
#
# ●○○ · about 3 minutes · in the wrong units, the robot is told to earn a thousand times too much
#
# The model knows returns in *scaled* units (divided by `scale`, as the collator did it); the environment's reward is not scaled.


# %% nbgrader={"grade": false, "grade_id": "next_target_return", "locked": false, "schema_version": 3, "solution": true, "task": false}
def next_target_return(target_return, reward, scale):
    """The return that remains to be earned after a step; below 0 if more was earned than wanted.

    target_return : what was still wanted before the step, in scaled units.
    reward : what the step earned, in the environment's units.
    scale : the environment's units in one scaled unit.
    """
    ### BEGIN SOLUTION
    return target_return - reward / scale
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_next_target_return", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.next_target_return(next_target_return)

# %% [markdown]
# ## Which return to ask for
#
# The data decides (notebook 2). A return that few episodes reached, but some did, is a good wish: here the one that a tenth of the
# recorded episodes exceed.

# %%
target_return = float(np.quantile(trajectories.returns, 0.9))
print(
    f"asking for {target_return:,.0f}; the data's mean is {trajectories.returns.mean():,.0f}, "
    f"its best {trajectories.returns.max():,.0f}"
)

# %% [markdown]
# ## One episode, with your functions
#
# Three things in this loop are easily forgotten, and each costs the robot its gait: `model.eval()` switches dropout
# off (the helpers have done it), states are normalised as in training, and timesteps count from the start of the episode, not of the window.


# %%
@torch.inference_mode()
def run_episode(model, target_return, steps, seed=0):
    """One episode; returns the rewards (steps,)."""
    config = model.config
    mean, std = torch.tensor(config.state_mean), torch.tensor(config.state_std)
    env = envs.make("HalfCheetah-v5")
    observation, _ = env.reset(seed=seed)

    states, actions, wanted = torch.zeros(0, 17), torch.zeros(0, 6), torch.zeros(0, 1)
    remaining, rewards = target_return / config.return_scale, []
    for t in range(steps):
        # what the robot senses and what is wanted now; the action is not known yet
        states = torch.cat([states, ((torch.from_numpy(observation) - mean) / std)[None].float()])
        actions = torch.cat([actions, torch.zeros(1, 6)])
        wanted = torch.cat([wanted, torch.tensor([[remaining]], dtype=torch.float32)])
        timesteps = torch.arange(t + 1)[:, None]

        window = [context_window(x, config.context_length) for x in (states, actions, wanted, timesteps)]
        actions[-1] = rollout.get_action(model, window[0], window[1], None, window[2], window[3])

        observation, reward, terminated, truncated, _ = env.step(actions[-1].numpy())
        remaining = next_target_return(remaining, reward, config.return_scale)
        rewards.append(reward)
        if terminated or truncated:
            break
    env.close()
    return np.array(rewards)


rewards = run_episode(model, target_return, steps=200)
print(f"{rewards.sum():,.0f} in {len(rewards)} steps, {rewards[-100:].mean():.1f} a step at the end")

# %% [markdown]
# ## Measure it
#
# One episode is an anecdote. `rollout.evaluate` runs several at once, each from its own seed, one forward pass a step for all of them.

# %%
settings = training.preset()
quick_look = settings.preset == "ci"  # the smallest preset, for automatic tests: few and short episodes
episodes, steps = (2, 50) if quick_look else (16, 1000)
evaluation = rollout.evaluate(model, "HalfCheetah-v5", target_return, episodes=episodes, seed=100, max_steps=steps)
print(evaluation)
print(f"the recorded episodes earned {trajectories.returns.mean():,.0f} ± {trajectories.returns.std():,.0f}")
plots.return_so_far(evaluation)

# %% [markdown]
# The numbers are kept, for a summary of the whole course, and on the card of the model that you have trained.

# %%
results = {
    "preset": getattr(model.config, "preset", "unknown"),
    "target_return": target_return,
    "episodes": episodes,
    "steps": steps,
    "mean_return": evaluation.mean,
    "worst_return": evaluation.worst,
    "dataset_mean_return": float(trajectories.returns.mean()),
}
_ = (workspace() / "results.json").write_text(json.dumps(results, indent=1))
card.note_return(workspace() / "model", evaluation)  # if you have trained one: its card now tells what it earns

# %% [markdown]
# ## Film it
#
# One call plays an episode and films it. The caption shows what was earned so far, and what was asked for.

# %%
replay, _ = rollout.record(
    model, "HalfCheetah-v5", target_return, workspace() / "replay.mp4", seed=100, max_steps=60 if quick_look else 400
)
replay

# %% [markdown]
# ## Ask for something else
#
# Does the model do what it is told? Ask for nothing, for half, and for more than any episode earned. `sweep.sweep` runs all targets side by
# side.

# %%
best = float(trajectories.returns.max())
expert_sweep = sweep.sweep(
    model,
    trajectories,
    targets=[0, 0.5 * best, best, 1.4 * best],
    episodes=2 if quick_look else 4,
    seed=200,
    max_steps=steps,
)
print(expert_sweep)

# %% [markdown]
# It does not: what it earns has little to do with what it is asked for. That is what its data taught it. All recorded episodes earned about
# the same, so the target never told anything that the state did not tell as well, and the model learned to leave it aside.
#
# ## Recordings of every quality
#
# `halfcheetah-mixed` was recorded at all stages of an expert's training, from a beginner's stumbling to the run that you know. Now the
# target tells something: at the start all episodes look alike, and only the return-to-go says which of the gaits will follow.
#
# A model that was trained on it comes with the course. `training.train(mixed, output=workspace() / "model-mixed")` trains one of yours, in
# a minute or two, and this cell then takes that one.

# %%
mixed = data.load("halfcheetah-mixed", episodes=25 if quick_look else None)
mixed_model = training.load_or_provided("model-mixed")
mixed_sweep = sweep.sweep(
    mixed_model,
    mixed,
    episodes=2 if quick_look else 8,
    seed=200,
    max_steps=steps,
)
print(mixed_sweep)
print(f"as a table for your own plots: {mixed_sweep.to_csv(workspace() / 'targets.csv')}")
plots.target_against_achieved(mixed_sweep)

# %% [markdown]
# The provided model does follow: the more it is asked for, the more it earns, in the order of the four heaps of the histogram. It obeys roughly, not to the letter:
# the poor gaits come out better than asked for, the best one not quite as good, and beyond the best recorded run there is nothing to imitate. Look at the faint dots,
# too, which are single runs: they lie far apart where a run falls into one gait or its neighbour. The *rank correlation* sums it up: 1 is perfect order, 0 is none.
#
# ## Choose a target, watch it run
#
# The same start, another wish: drag the slider, or press its arrow keys. All replays were filmed beforehand, so it needs no kernel. A click
# on the picture stops it.

# %%
slider.film(
    mixed_model,
    "HalfCheetah-v5",
    mixed_sweep.table["target"],
    workspace() / "targets.mp4",
    seed=200,
    max_steps=20 if quick_look else 200,
)

# %% [markdown]
# ## What an action looks at
#
# The action is read off the newest state's token, and that token collects what it needs by **attention**: in each layer its weights
# over the window's tokens sum to 1. Here they are averaged over the steps of an episode. The newest action has no bar, since it is what is to be predicted.

# %%
wish = float(np.quantile(mixed.returns, 0.9))
seen = attention.watch(
    mixed_model,
    "HalfCheetah-v5",
    target_return=wish,
    max_steps=40 if quick_look else 300,
)
attention_plots.where_it_looks(seen)

# %% [markdown]
# If all tokens were worth the same, the returns-to-go would get 20 parts of 59, 34%. In the first layer they get 38%, and their bars are all alike, as
# within 20 steps they hardly change themselves; later layers prefer the states. In the first two layers these rise and fall with five steps
# from crest to crest, and that is how long a stride takes. Nobody told the model about strides; it found out that certain moments are worth
# a look, stride after stride. The past actions get least: in training the model hardly ever saw them.
#
# The same for the first layer, not averaged: each column is an action, each row how long ago what it looks at was.

# %% tags=["nbval-check-output"]
attention_plots.attention_over_time(seen, layer=0)

# %% [markdown]
# Bright dots lie about five columns and five rows apart: once a stride the model looks back, at the same moment of the strides before. And where dots
# form a line that falls to the right, one state is looked at again and again while it grows older.
#
# ## Where the states come to lie
#
# Behind the last layer a state is a point in a space of 128 dimensions, from which a linear layer reads the action. This is that space from its
# widest side: 2,000 recorded states in the two directions in which they differ most, and twelve steps in a row of the best and of the poorest
# episode.

# %% tags=["nbval-check-output"]
count = 100 if quick_look else 2000
anchors = np.random.default_rng(0).choice(mixed.n_steps, count, replace=False)
tokens = attention.state_tokens(mixed_model, mixed, anchors)  # (count, 128)
earned = mixed.returns[mixed.episode_of[anchors]]

paths = {}
for i in (mixed.returns.argmax(), mixed.returns.argmin()):
    rows = mixed.offsets[i] + np.arange(300, 312)
    paths[f"an episode of {mixed.returns[i]:,.0f}"] = attention.state_tokens(mixed_model, mixed, rows)
attention_plots.state_map(tokens, earned, "return of the episode", paths)

# %% [markdown]
# The states of those that run lie around a ring. A good runner goes round it once a stride, always the same way; the poorest episode stays inside. So the
# place on the ring is the phase of the gait. The states tell it already, and the model keeps it, since the next action depends on it.
#
# ## What to take along
#
# - Acting is a loop: predict, act, subtract the reward, append.
# - The data decides which targets mean anything: only where it holds bad, middling and good episodes is there something to choose from.
# - Judge a policy by several seeded episodes, by their mean and by the worst.
#
# Next: [stitching](07_stitching.ipynb).
