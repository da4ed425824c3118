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
# {{badges}}
#
# After this notebook you can
#
# - cut episodes into windows of K steps, pad them on the left and mask the padding;
# - explain why episodes are drawn in proportion to their length, and what it changes whether a window is named by its
#   first or its last step;
# - say where a plain loop over windows spends its time, and what flat arrays and a table of indices save.
#
# About 20 minutes, one exercise. The cells take a few seconds of one CPU core.

# %% tags=["setup"]
import time

import numpy as np

from dt_helpers import check, data, plots
from dt_helpers.collator import DecisionTransformerGymDataCollator, Windows
from dt_helpers.workspace.own import keep

trajectories = data.load("halfcheetah-expert")

# %% [markdown]
# ## Why windows
#
# An episode has 1,000 steps of three tokens each, and the cost of attention grows with the square of their number. Nor
# does the model need so long a memory: what our robot senses now already determines what its next action will do (its
# world is a *Markov decision process*). So the model reads only a **window** of the last K steps. We take the
# tutorial's K = 20: 60 tokens, one second of running. A few steps might do, but each real step of a window teaches the
# model one action, so a window of 20 teaches twenty at once.
#
# A batch needs windows of equal length, but near the beginning of an episode there are fewer than K steps. The missing
# ones are filled with padding **on the left**, so that the newest step is always at the right end, and a **mask** says
# which steps are real (1) and which are padding (0). The model does not look at what is masked.

# %% tags=["nbval-check-output"]
check.question("why-left")

# %% [markdown]
# ### Exercise: pad on the left
#
# ●○○ · about 7 minutes · a mask that is off by one hides a real step, or counts a padded one, and no error is raised
#
# Bring a sequence of `t` steps to `length` rows. If it is shorter, fill up with rows of `value` on the left. If it is
# longer, keep the first `length` rows and drop the rest (the collator never passes more). Return the rows and the mask.
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

# %%
keep(pad_left)  # notebook 5 pads with it

# %% [markdown]
# ## The batch
#
# The collator makes whole batches of such windows. It pads states with 0 (before they are normalised), **actions with
# -10** and returns with 0. Real actions lie between -1 and 1, so padding is easy to recognise, and a model that looked
# at it would get inputs like no others.

# %% tags=["nbval-check-output"]
collator = DecisionTransformerGymDataCollator(trajectories, max_len=20, seed=0)
batch = collator(collator.draw(64))
{key: (tuple(tensor.shape), str(tensor.dtype)) for key, tensor in batch.items()}

# %% [markdown]
# Two of these are rescaled: **states are normalised** with the dataset's mean and standard deviation, since a velocity
# of 10 would otherwise drown an angle of 0.1, and **returns-to-go are divided by 1,000**, so that they are not
# thousands of times larger than everything else.

# %% tags=["nbval-check-output"]
check.question("long-and-short")

# %% [markdown]
# ## Which windows?
#
# If episodes were drawn with equal chances, the steps of short ones would be seen more often than those of long ones.
# So an episode is drawn with a chance in proportion to its length, and then a step of it uniformly. Both together are
# simply *a step drawn uniformly from the whole dataset*, its **anchor**: one integer names a window. A training epoch
# in this course goes through all anchors once, in random order (the short training of notebook 5 ends long before that,
# and draws the first steps of episodes more often).

# %% tags=["nbval-check-output"]
windows = Windows(trajectories)
print(f"{len(windows):,} windows an epoch, one for each recorded step")

# %% [markdown]
# Is the anchor the window's first step or its last? The
# [tutorial](https://huggingface.co/blog/train-decision-transformers) that this course grew out of took the **first**.
# Then the short windows come from the *end* of episodes (a number is the timestep of a real step, a dot is padding):

# %%
last_steps = trajectories.lengths[0] - np.arange(1, 25, 2)
plots.windows(collator(last_steps))

# %% [markdown]
# But when the model acts, short windows come at the **beginning**: at the third step there are only three. With the
# **last** step as the anchor, the short windows of training are those, too:

# %%
by_last_step = DecisionTransformerGymDataCollator(trajectories, max_len=20, sampling="end", seed=0)
plots.windows(by_last_step(np.arange(0, 24, 2)))

# %% [markdown]
# It is tempting to say that the model must see such padded windows in training, to know them when it acts. It need not:
# padding is masked, and a step attends only to itself and to earlier ones, so a padded window of three steps is treated
# exactly like the first three steps of a full one. (Notebook 4 lets you check.) What changes is how often each step is
# *trained on*. Every real step of a window adds to the loss; so count, over all windows of one episode, in how many its
# first and its last step occur:

# %% tags=["nbval-check-output"]
last = trajectories.lengths[0] - 1
for name, kind in {"anchor first": collator, "anchor last": by_last_step}.items():
    all_windows = kind(np.arange(trajectories.lengths[0]))  # each step of the first episode anchors one
    counted = all_windows["timesteps"][all_windows["attention_mask"] > 0]
    print(f"{name:12s}: step 0 in {(counted == 0).sum()}, step {last} in {(counted == last).sum()} of the windows")

# %% [markdown]
# With the last step as the anchor, the beginning of an episode is trained on as often as its middle, and the end less.
# The beginning is where the robot has to get going, and where a target return has most to say. The course's own
# training uses `sampling="end"`; the tutorial's way remains the collator's default, and notebook 5 lets you compare.
#
# ## Why all at once
#
# The plain way to make a batch loops over its windows, and for each of them over columns: slice, pad, normalise,
# append. That is what the tutorial does, and what you would write first. With your own function:


# %%
def decoded(indices):
    """The observations of whole episodes, as arrays, from the rows of a dataset."""
    return [np.array(dataset[int(i)]["observations"]) for i in indices]


def plain_batch(episodes, K):
    """Windows at random places of the given episodes, one at a time (states and mask only)."""
    rng = np.random.default_rng(0)
    states, masks = [], []
    for observations in episodes:
        start = rng.integers(len(observations))
        padded, mask = pad_left(observations[start : start + K], K, 0.0)
        states.append((padded - collator.state_mean) / collator.state_std)
        masks.append(mask)
    return np.stack(states), np.stack(masks)


dataset = trajectories.to_dataset()
begin = time.perf_counter()
episodes = decoded(range(64))
middle = time.perf_counter()
plain_batch(episodes, K=20)
end = time.perf_counter()
for _ in range(20):
    collator(collator.draw(64))
gathered = (time.perf_counter() - end) / 20
print(
    f"row by row: {1000 * (middle - begin):,.0f} ms for decoding, {1000 * (end - middle):.1f} ms for the rest (states only)"
)
print(f"all at once, everything: {1000 * gathered:.1f} ms")

# %% [markdown]
# Most of the time does not go into arithmetic. Each row of the dataset is a whole episode, decoded into Python lists to
# use 20 of its 1,000 steps. The collator keeps every column as one flat array, and takes the rows it needs out of it in
# one go, by a table of indices, `(64, 20)`.
#
# ## Takeaways
#
# - A window holds K steps, padded on the left, with a mask.
# - Drawing episodes by length means drawing anchors uniformly.
# - Where the anchor is decides how often each step is trained on. Padding itself teaches the model nothing.
#
# Next: [the model](04_model.ipynb).
