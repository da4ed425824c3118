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
# # 2. Dataset: what was recorded
#
# {{badges}}
#
# After this notebook you can
#
# - load an offline-RL dataset, made on your machine or published on the Hugging Face Hub;
# - say what an episode, a return and a return-to-go are, and compute the last;
# - tell from a picture which returns a Decision Transformer can sensibly be asked for.
#
# About 15 minutes, one exercise. The cells take a few seconds of one CPU core.

# %% tags=["setup"]
import numpy as np

from dt_helpers import check, data, plots
from dt_helpers.workspace.own import keep

# %% [markdown]
# ## Loading
#
# `data.load` looks in its cache first. A set with a plain name, such as `halfcheetah-expert`, is otherwise rolled out
# on your machine: the expert of notebook 1 runs 200 episodes, with a little noise on its actions. That takes some ten
# seconds, once.
#
# (The sets of [D4RL](https://arxiv.org/abs/2004.07219), the benchmark of Fu et al. (2020), have names with a version,
# such as `halfcheetah-expert-v2`, and come from the [copy on the
# Hub](https://huggingface.co/datasets/edbeeching/decision_transformer_gym_replay) by Edward Beeching. They were
# recorded with an older version of the physics, in which the same robot's parts have [slightly different masses, and
# different inertias]({{address}}/docs/physics.md), so their returns and ours must not be compared.)

# %%
trajectories = data.load("halfcheetah-expert")
trajectories

# %% [markdown]
# ## One row, one episode
#
# As a 🤗 `Dataset` it has one row per episode and four columns, the same as on the Hub.

# %% tags=["nbval-check-output"]
dataset = trajectories.to_dataset()
row = dataset[0]
{column: np.shape(values) for column, values in row.items()}

# %% [markdown]
# - `observations`: what the robot sensed *before* each step (the *state*, from notebook 3 on),
# - `actions`: what it then did,
# - `rewards`: what that step earned,
# - `dones`: whether the step ended the episode by a fall. A hopper and a walker can fall; for a cheetah no position
#   ends the episode.
#
# Here is the beginning of one episode. Of the four observations, 0 and 1 are the trunk's height and angle, 2 and 3 are
# joints of the back leg: the gallop shows as their rhythm. The reward climbs while the robot picks up speed.

# %%
plots.episode(trajectories, index=0)

# %% [markdown]
# ## Returns
#
# The **return** of an episode is the sum of its rewards. Over all episodes it tells how good the recorded behaviour is,
# and how much it varies.

# %%
returns = trajectories.returns
plots.returns_histogram(trajectories, {"mean": returns.mean(), "best": returns.max()})

# %% [markdown]
# Keep this picture in mind. A Decision Transformer is asked for a return, and it has only ever seen the returns in its
# data. A number far to the right of this histogram is a question about something that never happened. What the model
# does then, nobody has taught it.

# %% tags=["nbval-check-output"]
check.question("asked-for-half")

# %% [markdown]
# ## Returns-to-go
#
# At step $t$ the past can no longer be changed. What matters for the next action is how much return is **still to
# come**:
#
# $$
# \hat{R}_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \dots + \gamma^{T-1-t} r_{T-1}
# $$
#
# The episode has $T$ steps, numbered from 0. The discount $\gamma$ makes later rewards count less. Most of
# reinforcement learning needs it, to keep sums over endless episodes finite and estimates of values stable. Decision
# Transformers use $\gamma = 1$: episodes are finite, and no estimate is built on another estimate. The later notebooks
# do the same, even where notebook 8 learns values, since its episodes are finite too. Then $\hat{R}_0$ is the episode's
# return, and $\hat{R}_t$ falls by each reward that is collected (and rises by a negative one). In training it is
# computed from the recording; when the model acts it begins with what *you* ask for, and falls by each reward that is
# earned.

# %% tags=["nbval-check-output"]
check.question("last-step")

# %% [markdown]
# ### Exercise: returns-to-go
#
# ●○○ · about 5 minutes · the number that steers the whole model
#
# Compute the return-to-go of every step. Two things to get right: a step's own reward belongs to it, and $\gamma$
# counts from the step itself, not from the start of the episode. For rewards `[1, 2, 3]` the answer is `[6, 5, 3]`, and
# with $\gamma = 0.5$ it is `[2.75, 3.5, 3]`.


# %% nbgrader={"grade": false, "grade_id": "returns_to_go", "locked": false, "schema_version": 3, "solution": true, "task": false}
def returns_to_go(rewards, gamma=1.0):
    """The return that is still to come, at each step of an episode.

    rewards : (T,) numpy array of floats, the reward of each step; an episode may have 1,000 of them.
    gamma : discount, from 0 to 1; 1 means none.
    Returns (T,): entry t is rewards[t] + gamma * rewards[t + 1] + gamma**2 * rewards[t + 2] + ...
    """
    ### BEGIN SOLUTION
    result = np.zeros(len(rewards))
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        result[t] = running
    return result
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_returns_to_go", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.returns_to_go(returns_to_go)

# %% [markdown]
# Keep it: the batches in notebook 5 will be made with your function. (What is kept is its source, in the folder
# `functions` of your workspace.)

# %%
keep(returns_to_go)

# %% [markdown]
# Now look at your function at work on a recorded episode. Each positive reward is a small step down, each negative one
# a step up. After the last step nothing is left to earn.

# %%
rewards = trajectories.episode(0)["rewards"]
plots.reward_and_return_to_go(rewards, returns_to_go(rewards))

# %% [markdown]
# The helpers keep the same numbers for the whole dataset, computed once, by one cumulative sum for each episode, from
# its end backwards. Both agree, up to rounding:

# %%
mine = returns_to_go(rewards)
theirs = trajectories.returns_to_go[: len(rewards)]
print(f"largest difference: {np.abs(mine - theirs).max():.3f}, of {mine[0]:,.0f}")

# %% [markdown]
# ## Takeaways
#
# - An offline dataset is a list of episodes: observations, actions, rewards.
# - The return-to-go of a step is the sum of its own and all later rewards.
# - The data decides which returns can be asked for.
#
# Next: [the collator](03_collator.ipynb).
