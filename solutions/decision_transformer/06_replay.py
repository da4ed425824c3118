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
# - measure a policy honestly, over several episodes, and film it.
#
# About 20 minutes, two exercises.

# %%
# Setup: run this cell first. Where the course's helpers are missing, as on Colab, it installs them.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("dt_helpers") is None:
    source = "dt-helpers @ git+https://github.com/dt-course/decision-transformer-course"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)

import json

import numpy as np
import torch

from dt_helpers import card, check, data, envs, plots, rollout, training
from dt_helpers.workspace import workspace

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

    sequence : (t, d), one row a step, the newest at the end. Returns (min(t, length), d).
    """
    ### BEGIN SOLUTION
    return sequence[-length:]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_context_window", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.context_window(context_window)

# %% [markdown]
# ### Exercise: what remains to be earned
#
# ●○○ · about 3 minutes · in the wrong units, the robot is told to earn a thousand times too much
#
# The model knows returns in *scaled* units (divided by `scale`, as the collator did it); the environment's reward is not scaled.


# %% nbgrader={"grade": false, "grade_id": "next_target_return", "locked": false, "schema_version": 3, "solution": true, "task": false}
def next_target_return(target_return, reward, scale):
    """The return that remains to be earned after a step.

    target_return : what was still wanted before the step, in scaled units.
    reward : what the step earned, in the environment's units.
    scale : the environment's units in one scaled unit.
    """
    ### BEGIN SOLUTION
    return target_return - reward / scale
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_next_target_return", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
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
# Does the model do what it is told? Ask for less, and for more than any episode earned.

# %%
best = float(trajectories.returns.max())
targets = [0.0, 0.5 * best, 1.0 * best, 1.4 * best]
answers = [
    rollout.evaluate(model, "HalfCheetah-v5", target, episodes=2 if quick_look else 4, seed=200, max_steps=steps)
    for target in targets
]
plots.target_against_achieved(answers, best=best)

# %% [markdown]
# Whatever it is asked for, it runs as the expert did. That is what its data taught it: all recorded episodes earned about the
# same, so the target never told anything that the state did not tell as well, and the model learned to leave it aside. To follow
# targets up and down the scale it needs recordings of every quality.
#
# ## What to take along
#
# - Acting is a loop: predict, act, subtract the reward, append.
# - The data decides which targets mean anything: ask for returns that it holds.
# - Judge a policy by several seeded episodes, by their mean and by the worst.
