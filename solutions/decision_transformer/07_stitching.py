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
# # 7. Stitching: shortest paths from random walks
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/dt-course/decision-transformer-course/blob/main/notebooks/decision_transformer/07_stitching.ipynb)
#
# After this notebook you can
#
# - say how a model can be better than all that it was trained on;
# - turn a shortest-path problem into rewards, returns and actions;
# - choose a target return when nobody tells you which one is possible;
# - prove that a path was stitched, by showing the pieces.
#
# About 30 minutes, three exercises; two minutes of them a CPU core trains small models.

# %%
# Setup: run this cell first. Where the course's helpers are missing, as on Colab, it installs them.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("dt_helpers") is None:
    source = "dt-helpers @ git+https://github.com/dt-course/decision-transformer-course"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)

import numpy as np

from dt_helpers import check, stitching
from dt_helpers.stitching import plots

settings = stitching.preset()

# %% [markdown]
# ## The task
#
# The first example in the paper on Decision Transformers ([Chen et al. 2021](https://arxiv.org/abs/2106.01345), figure 2) is no robot but a
# graph. Twenty nodes, one-way streets between some of them, and one node is the **goal**. From wherever you start, take the shortest way.
#
# Here is such a graph. The further left a node stands, the more steps it needs.

# %% tags=["nbval-check-output"]
roads = stitching.draw_roads(seed=5)
plots.roads(roads)

# %% [markdown]
# With a map, this is solved since 1959: Dijkstra's algorithm finds all shortest paths. Our model gets **no map and no good example**. All that it sees
# are 1000 random walks of ten steps: somebody starts anywhere, follows any street, and stays at the goal if they happen to come by.

# %% tags=["nbval-check-output"]
walks = stitching.random_walks(roads, count=1000, seed=5)  # (1000, 11) nodes
arrives = walks[:, -1] == roads.goal
print(f"{np.mean(arrives):.0%} of the walks arrive")
late = np.flatnonzero(arrives & (walks[:, 6] != roads.goal))[0]  # one that arrives after six steps or more
lost = np.flatnonzero(~arrives)[0]  # one that doesn't
plots.roads(roads, walks=walks[[late, lost]])

# %% [markdown]
# ## Rewards
#
# Each step costs its length, and once you are at the goal nothing costs any more. The largest return then belongs to the shortest path. In this graph
# all steps have length 1; later there will be others, so your function looks them up: `lengths[i, j]` is the length of the step from `i` to `j`.

# %% [markdown]
# ### Exercise: the rewards of a walk
#
# ●●○ · about 6 minutes · off by one, and every path seems a step shorter than it is
#
# Step `t` goes from `walk[t]` to `walk[t + 1]`. Its reward is minus its length, or 0 if it begins at the goal. A step that stays where it is (elsewhere than at the
# goal) costs `lengths[i, i]`.


# %% nbgrader={"grade": false, "grade_id": "walk_rewards", "locked": false, "schema_version": 3, "solution": true, "task": false}
def walk_rewards(walk, goal, lengths):
    """What each step of a walk earns.

    walk : (steps + 1,) integer array, the nodes in their order; a walk that has arrived stays at the goal.
    goal : the node that is to be reached.
    lengths : (nodes, nodes) array, lengths[i, j] for the step from i to j.
    Returns (steps,) rewards.
    """
    ### BEGIN SOLUTION
    here, there = walk[:-1], walk[1:]
    return np.where(here == goal, 0.0, -lengths[here, there])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_walk_rewards", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.walk_rewards(walk_rewards)

# %% [markdown]
# From rewards to returns-to-go you know the way (notebook 2). One question is new: what is the return-to-go of a walk that **never arrives**? It was cut
# off after ten steps, and nobody knows how long it would have gone on. To write down minus ten would be a lie that the model believes. So it gets a class of its own.

# %% tags=["nbval-check-output"]
returns = stitching.returns_to_go(roads, walks, walk_rewards)  # (1000, 10)
for i in (late, lost):
    print("nodes         ", *(f"{node:4d}" for node in walks[i]))
    print("returns-to-go ", *("   ?" if np.isinf(value) else f"{value:4.0f}" for value in returns[i]), "\n")

# %% [markdown]
# ## The model
#
# It is the class of notebook 4, line for line. Only the embeddings change, as a node is a name and no quantity: node 6 is not twice node 3. Tables
# (`nn.Embedding`) take the place of the linear layers for returns, states and actions, the action's head gives a logit for each of the 20 nodes, and
# **cross-entropy** takes the place of the squared error.
#
# A piece of a walk is a walk, too: each sample begins anywhere in a walk.

# %%
samples = stitching.Samples(roads, walks, walk_rewards)
model, losses = stitching.train(roads, samples, settings, seed=0)
for name in ("embed_return", "embed_state", "embed_action", "predict_action"):
    print(f"{name:15s} {getattr(model, name)}")
print(
    f"{sum(p.numel() for p in model.parameters()):,} parameters; the loss fell from {losses[0]:.2f} to {losses[-50:].mean():.2f}"
)

# %% [markdown]
# There it stays, and it can't fall further: where a random walker turns next is random. What *can* be learned is which turns go along with which returns.
#
# ## Walking
#
# As in notebook 6: write down the return that is wanted and the node, read the action, go there, subtract the reward, go on. The action is a choice among nodes, but
# not every node can be reached from here.

# %% [markdown]
# ### Exercise: the next node
#
# ●○○ · about 4 minutes · a street that does not exist leads nowhere
#
# Take the likeliest of the nodes that can be reached from here. Logits may be below 0.


# %% nbgrader={"grade": false, "grade_id": "next_node", "locked": false, "schema_version": 3, "solution": true, "task": false}
def next_node(logits, neighbours):
    """The neighbour that the model finds the likeliest.

    logits : (nodes,) float tensor, one for each node of the graph.
    neighbours : (m,) integer tensor, the nodes that an edge leads to, at least one.
    Returns one of the neighbours.
    """
    ### BEGIN SOLUTION
    return neighbours[logits[neighbours].argmax()]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_next_node", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.next_node(next_node)

# %% [markdown]
# ## What to ask for
#
# The shortest path from node 1 has length 9. We know that from Dijkstra; the model and we pretend not to. If we ask for too much, -1 say, from a node that is nine steps
# away, the model is in a place where it has never been, and what it does there is anybody's guess.
#
# So let it try. From each start the model is asked for -1, for -2, and so on, and we note what it really achieved.

# %%
asked = stitching.ask(model, roads, decode=next_node, rewards=walk_rewards)
row = asked.starts.index(1)
print("asked from node 1 ", *(f"{target:5.0f}" for target in asked.targets))
print("achieved          ", *(f"{achieved:5.0f}" for achieved in asked.achieved[row]))

# %% [markdown]
# ### Exercise: choose the target
#
# ●●○ · about 6 minutes · a wish that can't come true is no good wish
#
# A target is **honoured** if at least as much was achieved. Choose the largest target that is honoured. If none is, take the smallest target.


# %% nbgrader={"grade": false, "grade_id": "choose_target", "locked": false, "schema_version": 3, "solution": true, "task": false}
def choose_target(targets, achieved):
    """The return to ask for.

    targets : (n,) float array of negative returns, the largest first.
    achieved : (n,) float array, what came of asking for each; minus infinity where the goal was not reached.
    Returns one of the targets.
    """
    ### BEGIN SOLUTION
    honoured = targets[achieved >= targets]
    return honoured.max() if len(honoured) else targets.min()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_choose_target", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.choose_target(choose_target)

# %% [markdown]
# All starts in one picture, the nearest first. Green: the model kept its promise. The ring is the target that your function chose; the cross is Dijkstra's answer, which took no part in the
# choice.

# %% tags=["nbval-check-output"]
plots.promises(asked, roads, asked.chosen(choose_target))

# %% [markdown]
# Left of the cross nothing can be green: no path is that short. The model can't do magic, but it does what can be done.
#
# (The paper chooses otherwise: it lets the model predict the return, and multiplies its probabilities with a prior for large ones.)
#
# ## How good is it?
#
# Beside it stand the best walk in the data from the same start, and **behaviour cloning**: the same model, trained on the same walks, without returns.

# %%
paths = asked.best(choose_target)
found = stitching.compare(roads, walks, paths)
print(f"Decision Transformer: {found}")

unconditioned = stitching.Samples(roads, walks, conditioned=False)
clone, _ = stitching.train(roads, unconditioned, settings, seed=0)
cloned = stitching.follow(clone, roads, roads.starts, targets=None, decode=next_node, rewards=walk_rewards)
cloning = stitching.compare(roads, walks, dict(zip(roads.starts, cloned, strict=True)))
print(f"behaviour cloning: {cloning}")
print(f"from {found.data_optimal:.0%} of the starts, some walk in the data is a shortest path")
print(f"from {found.better_than_data:.0%}, the model's path is shorter than every walk in the data from there")

# %% tags=["nbval-check-output"]
plots.lengths(
    {
        "shortest (Dijkstra)": found.shortest,
        "Decision Transformer": found.taken,
        "behaviour cloning": cloning.taken,
        "best walk from the start": found.in_data,
        "all walks": -returns[walks[:, 0] != roads.goal, 0],
    }
)

# %% [markdown]
# ## The seams
#
# Is that more than a good memory? Look for the model's paths in the data. Some of them occur in **no** walk, not even as a part of one. Here is the longest of those that are shortest
# paths, over the walks that its pieces come from.

# %%
new = [start for start in found.starts if stitching.is_new(walks, paths[start])]
print(f"{len(new)} of {len(paths)} paths occur nowhere in the data; {found.stitched:.0%} are new and shortest")
best = [start for start in new if found.taken[found.starts == start] == found.shortest[found.starts == start]]
longest = max(best or new or paths, key=lambda start: len(paths[start]))
plots.stitched(roads, walks, paths[longest])

# %% [markdown]
# One walk knew how to begin and then lost its way. Another began elsewhere and knew how to arrive. Where they meet, the model changes from one to the other. Nobody
# showed it the whole way; the returns-to-go, written at every step of every walk, told it at each node which turns belong to short ways. That is **stitching**.
#
# ## Streets of different length
#
# In the tutorial's words, the return is the "sum of edge weights". Your functions are ready for it: here streets have lengths of 1, 2 or 3 (the numbers beside
# them), and the shortest way is not always the one with the fewest steps.

# %% tags=["nbval-check-output"]
weighted = stitching.draw_roads(seed=7, weights=(1, 2, 3))
plots.roads(weighted)

# %%
weighted_walks = stitching.random_walks(weighted, count=1000, seed=7)
weighted_samples = stitching.Samples(weighted, weighted_walks, walk_rewards)
weighted_model, _ = stitching.train(weighted, weighted_samples, settings, seed=0)
weighted_asked = stitching.ask(weighted_model, weighted, decode=next_node, rewards=walk_rewards)
weighted_paths = weighted_asked.best(choose_target)
weighted_found = stitching.compare(weighted, weighted_walks, weighted_paths)
print(weighted_found)
print(f"from {weighted_found.data_optimal:.0%} of the starts, some walk in the data is a shortest path")
print(f"from {weighted_found.better_than_data:.0%}, the model's path is shorter than every walk in the data from there")
plots.promises(weighted_asked, weighted, weighted_asked.chosen(choose_target))

# %% [markdown]
# This is harder: there are three times as many different returns, so each was seen less often.
#
# ## Try it
#
# - Fewer walks: 300, 100. How many shortest paths are found now, and how many of those are stitched?
# - An easier graph, `stitching.draw_roads(seed=0)`: how good is behaviour cloning there, and why?
# - Tell the lie: `samples.classes[samples.classes == roads.longest + 1] = 10` gives all steps of walks that never arrive the return -10. What becomes of the green squares?
# - Let the clone try ten times as well: a `decode` that draws the next node by its probability, and the best of ten walks. Does that explain the difference?
# - Write `choose_target` so that it takes the target with the best result. Is that better? What would you pay for it in a world where each try costs?
#
# ## What to take along
#
# - Imitation repeats what it saw; asked for a return, the same model combines it.
# - Stitching is no magic: each piece was in the data, and so was its return.
# - A target must be possible. Ask, look whether it is honoured, ask again.
#
# Next: [challenges](08_challenges.ipynb).
