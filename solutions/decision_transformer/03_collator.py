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
# # 3. Collator: from episodes to batches
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/dt-course/decision-transformer-course/blob/main/notebooks/decision_transformer/03_collator.ipynb)
#
# After this notebook you can
#
# - cut episodes into windows of K steps, pad them on the left and mask the padding;
# - explain why episodes are drawn by their length, and what the choice of a window's position does;
# - say why one gather beats a loop.
#
# About 20 minutes, one exercise.

# %%
# Setup: run this cell first. Where the course's helpers are missing, as on Colab, it installs them.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("dt_helpers") is None:
    source = "dt-helpers @ git+https://github.com/dt-course/decision-transformer-course"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)

import time

import numpy as np

from dt_helpers import check, data, plots
from dt_helpers.collator import DecisionTransformerGymDataCollator, Windows

trajectories = data.load("halfcheetah-expert")

# %% [markdown]
# ## Why windows
#
# An episode has 1000 steps, three tokens each; attention over 3000 tokens would be slow, and the last second of running says nearly
# all about the next action. So the model reads a **window** of the last K = 20 steps: 60 tokens.
#
# A batch needs windows of equal length, but near the beginning of an episode there are fewer than K steps. The missing
# ones are filled with padding **on the left**, so that the newest step always stands at the right end, and a **mask** says
# which steps are real (1) and which are padding (0). The model does not look at what is masked.

# %% [markdown]
# ### Exercise: pad on the left
#
# ●○○ · about 7 minutes · a mask that is off by one trains on garbage without any error
#
# Bring a sequence of `t` steps to `length` rows. If there are more than `length`, keep the first `length` of them. Return the
# padded rows and the mask.
#
# With `length = 4` and value 0, the steps `[[5], [6]]` become `[[0], [0], [5], [6]]` with the mask `[0, 0, 1, 1]`.


# %% nbgrader={"grade": false, "grade_id": "pad_left", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pad_left(sequence, length, value):
    """Bring a sequence to `length` steps, with padding on its left; of a longer one the first `length` are kept.

    sequence : (t, d) numpy array of floats, one row a step, at least one.
    value : what the padded rows are filled with.
    Returns the padded sequence (length, d), and the mask (length,): 1 for real steps, 0 for padding.
    """
    ### BEGIN SOLUTION
    kept = sequence[:length]
    missing = length - len(kept)
    filling = np.full((missing, sequence.shape[1]), value, dtype=sequence.dtype)
    mask = np.concatenate([np.zeros(missing), np.ones(len(kept))])
    return np.concatenate([filling, kept]), mask
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_pad_left", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.pad_left(pad_left)

# %% [markdown]
# ## The batch
#
# The collator makes whole batches of such windows. It pads states with 0 (before they are normalised), **actions with -10** and returns with 0. No action
# is ever -10 (they lie between -1 and 1), so a model that looked at padding would show it at once.

# %% tags=["nbval-check-output"]
collator = DecisionTransformerGymDataCollator(trajectories, max_len=20, seed=0)
batch = collator(collator.draw(64))
{key: (tuple(tensor.shape), str(tensor.dtype)) for key, tensor in batch.items()}

# %% [markdown]
# Two of these are not what was recorded: **states are normalised** with the dataset's mean and standard deviation, since a
# velocity of 10 would drown an angle of 0.1, and **returns-to-go are divided by 1000**, so that they are of the same size as
# everything else.
#
# ## Which windows?
#
# If episodes were drawn with equal chances, the steps of short ones would be seen more often than those of long ones.
# So an episode is drawn with a chance in proportion to its length, and then a step of it uniformly. Both together are
# simply *a step drawn uniformly from the whole dataset*, its **anchor**: one integer names a window. A training epoch in
# this course goes through all anchors once, in random order.

# %% tags=["nbval-check-output"]
windows = Windows(trajectories)
print(f"{len(windows):,} windows an epoch, one for each recorded step")

# %% [markdown]
# Is the anchor the window's first step or its last? The tutorial took the **first**. Then short windows only come from the
# *end* of episodes:

# %% tags=["nbval-check-output"]
last_steps = trajectories.lengths[0] - np.arange(1, 25, 2)
plots.windows(collator(last_steps))

# %% [markdown]
# But when the model acts, short windows come at the **beginning**: after three steps there are only three. With the
# first step as the anchor the model never sees a window that *starts* an episode with padding on its left. With the **last**
# step as the anchor it sees them exactly as often as it will meet them:

# %% tags=["nbval-check-output"]
by_last_step = DecisionTransformerGymDataCollator(trajectories, max_len=20, sampling="end", seed=0)
plots.windows(by_last_step(np.arange(0, 24, 2)))

# %% [markdown]
# The first steps decide whether a cheetah gets off the ground or falls onto its back. The course's own training uses
# `sampling="end"`; the tutorial's way stays the collator's default, and notebook 5 lets you compare.
#
# ## Why one gather
#
# The plain way to make a batch loops over its windows, and for each of them over columns: slice, pad, normalise,
# append. It is what the tutorial does, and what you would write first. With your own function:


# %%
def plain_batch(episodes, K):
    """Windows at random places of the given episodes, one at a time (states and mask only)."""
    rng = np.random.default_rng(0)
    states, masks = [], []
    for row in episodes:
        start = rng.integers(len(row["rewards"]))
        padded, mask = pad_left(np.array(row["observations"])[start : start + K], K, 0.0)
        states.append((padded - collator.state_mean) / collator.state_std)
        masks.append(mask)
    return np.stack(states), np.stack(masks)


dataset = trajectories.to_dataset()
begin = time.perf_counter()
plain_batch([dataset[i] for i in range(64)], K=20)
plain = time.perf_counter() - begin

begin = time.perf_counter()
for _ in range(20):
    collator(collator.draw(64))
gathered = (time.perf_counter() - begin) / 20
print(f"row by row: {1000 * plain:.0f} ms (states only); one gather: {1000 * gathered:.1f} ms (everything)")

# %% [markdown]
# The difference is not the arithmetic. Each row of the dataset is a whole episode, and decoding it into Python lists
# to use 20 of its 1000 steps is nearly all of the work. The collator keeps every column as one flat array and takes the
# wanted rows out of it by a table of indices, `(64, 20)`, in one go.
#
# ## What to take along
#
# - A window holds K steps, padded on the left, with a mask.
# - Drawing episodes by length means drawing steps uniformly.
# - Training should see short windows where acting will meet them: at the start.
#
# Next: [the model](04_model.ipynb).
