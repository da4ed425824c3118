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
# # 8. Alternatives: imitate the best, learn values, or ask for a return
#
# {{badges}}
#
# After this notebook you can
#
# - write a Bellman backup, and learn a table of values from recordings with it;
# - see why values learned offline promise too much, and repair that;
# - compare cloning, cloning the best, Q-learning and the Decision Transformer on equal terms;
# - ask for success or failure where the reward comes at the end only;
# - tell when a high return is luck, and what asking for it then does.
#
# About 45 minutes, four exercises. It trains a few small models; the cells take about a minute of one CPU core.

# %% tags=["setup"]
import numpy as np

from dt_helpers import check, stitching
from dt_helpers.stitching import alternatives
from dt_helpers.stitching.alternatives import doors, gamble, plots

settings = stitching.preset()

# %% [markdown]
# ## The recordings
#
# We start with the graph of notebook 7 and the same 1,000 random walks. The goal is node 0, each step costs 1, and the
# rules are strict: **offline, one try**. Every method learns from the same recordings. (The Decision Transformer is
# also told, as it walks, which streets lead away from its node. With 1,000 walks that says nothing new: all streets
# were walked, but the one that leads away from the goal, which nobody needs.) Then it walks once from each node, and we
# count how often its path is a shortest one.
#
# Taken apart into single steps, the recordings look like this. The *action* is the node to go to, and `done` says that
# the walk ended because it arrived.

# %% tags=["nbval-check-output"]
roads = stitching.draw_roads(seed=5)
walks = stitching.random_walks(roads, count=1000, seed=5)  # (1000, 11) nodes
steps = alternatives.steps_of(roads, walks)
print(f"{len(steps)} steps; these are the first four")
print("state  action  reward  next state  done   return-to-go")
for i in range(4):
    step = steps[i]
    to_go = "?" if np.isinf(step.returns) else f"{step.returns:.0f}"
    print(
        f"{step.states:5d}  {step.actions:6d}  {step.rewards:6.0f}  {step.next_states:10d}  {step.done!s:5}  {to_go:>12}"
    )

# %% [markdown]
# A walk that was cut off after ten steps was not *done*: it would have gone on. Only at the goal does nothing follow.
#
# ## Imitate
#
# The simplest policy of all: at each node, do what was done there most often. The clones of the graph need no network.
# They count, so what they do is exactly what the data says.

# %% tags=["nbval-check-output"]
results = {}


def measure(name, policy):
    """Let a policy (nodes,) walk once from each start, and keep what came of it."""
    paths = alternatives.follow(roads, policy)
    results[name] = stitching.compare(roads, walks, dict(zip(roads.starts, paths, strict=True)))
    print(f"{name}: {results[name].optimal:.0%} shortest paths, {results[name].arrived:.0%} arrive")


measure("cloning", alternatives.clone(steps, roads.nodes))

# %% [markdown]
# It arrives nowhere. At most nodes several streets were walked about equally often, so what was done *most* often is an
# accident, and the policy runs in circles. (The clone of notebook 7 was a network that also saw how it had come there.)
#
# Random walks are no good example. An obvious remedy is to imitate only the best of them: *percentile behaviour
# cloning*, or %BC. The Decision Transformer paper compares with it, and finds it strong where there is a lot of data.

# %% [markdown]
# ### Exercise: the best tenth
#
# ●●○ · about 6 minutes · the best trajectories, and not one too many
#
# Which trajectories have the highest returns? Keep a tenth of them, rounded down, but at least one: 2 of 29, and 1 of
# 7. Of equal returns, the earlier trajectory is kept.


# %% nbgrader={"grade": false, "grade_id": "best_tenth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def best_tenth(returns):
    """The positions of the trajectories with the highest returns.

    returns : (n,) float array, n at least 1; minus infinity where a walk never arrived.
    Returns an integer array of the positions that are kept, in ascending order.
    """
    ### BEGIN SOLUTION
    count = max(len(returns) // 10, 1)
    best = np.argsort(-returns, kind="stable")[:count]  # stable: equal returns stay in their order
    return np.sort(best)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_best_tenth", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.best_tenth(best_tenth)

# %% tags=["nbval-check-output"]
check.question("best-tenth-of-walks")

# %% tags=["nbval-check-output"]
walk_returns = stitching.returns_to_go(roads, walks)[:, 0]  # (1000,)
best = best_tenth(walk_returns)
shortest = roads.shortest()
print(f"{len(best)} of {len(walks)} walks; these are the distances from their starts to the goal:")
distances = np.array([shortest[node] for node in walks[best, 0]])
for distance in range(max(shortest.values()) + 1):
    print(f"{distance:2d} steps: {np.sum(distances == distance):3d} walks")
measure("cloning the best tenth", alternatives.clone(steps[np.isin(steps.walks, best)], roads.nodes))

# %% [markdown]
# The returns of walks with different starts can't be compared: the best ones are those that began at the goal or near
# it. The clone has seen nothing of the other nodes, and stays where it is. (For the robots this is no problem: all
# their episodes begin alike.)
#
# There are two ways out. Keep all walks that **arrived**, as in notebook 7. Or compare like with like: at **each
# node**, take the tenth of the visits with the best returns-to-go, and do what most of them did next.

# %% tags=["nbval-check-output"]
arrived = np.isfinite(steps.returns)  # the step belongs to a walk that arrived
measure("cloning the walks that arrived", alternatives.clone(steps[arrived], roads.nodes))
measure("cloning the best tenth at each node", alternatives.clone_best_at_each_node(steps, roads.nodes, best_tenth))
visits = {node: arrived[steps.states == node] for node in roads.starts}
few = [node for node in roads.starts if visits[node].sum() < 0.1 * len(visits[node])]
print(f"from {len(few)} of {len(roads.starts)} nodes, less than a tenth of the visits arrived")

# %% [markdown]
# Both are much better. The last one is close to what a Decision Transformer does: it looks at what those did whose
# return *from here* was high. But a tenth is an arbitrary share. From the nodes counted in the last line, walks that
# got lost are among the best tenth, and are imitated as well.
#
# ## Learn values
#
# Classical reinforcement learning takes another way. It does not ask what somebody got, but what an action is
# **worth**: $Q(s, a)$ is the return from here if you take action $a$ now and act as well as possible afterwards. Such
# values are tied to one another, since what follows a step is worth what the best action in the next state is worth:
#
# $$Q(s, a) = r + \gamma \, \max_{a'} Q(s', a')$$
#
# This is the **Bellman equation**. **Q-learning** ([Watkins & Dayan, 1992](https://doi.org/10.1007/BF00992698)) starts
# from any table and makes the equation true step by step: for each recorded step, the right-hand side is the *target*,
# and the entry on the left moves a little towards it. (This target is no return that somebody asks for.) That one move
# is a Bellman backup.

# %% [markdown]
# ### Exercise: the Bellman backup
#
# ●●○ · about 8 minutes · at the end of an episode nothing follows
#
# The **target** is the reward, plus `gamma` times the largest value in the row of the next state. If the episode ended
# with this step, nothing follows, and the target is the reward alone.
#
# The new value lies between the old one and the target: go from the old value towards the target by the share
# `learning_rate` of the way. With 1 you get there at once. The table `q` itself stays as it is; only the new value is
# returned.


# %% nbgrader={"grade": false, "grade_id": "q_update", "locked": false, "schema_version": 3, "solution": true, "task": false}
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    """What q[state, action] becomes after one recorded step.

    q : (states, actions) float array, the values so far.
    state : whole number, the row of the state in which the step began.
    action : whole number, the column of the action that was taken there.
    reward : number, what the step earned.
    next_state : whole number, the row of the state to which the step led.
    done : True if the episode ended with this step, otherwise False.
    learning_rate : number above 0, at most 1.
    gamma : number from 0 to 1, the discount.
    Returns a number.
    """
    ### BEGIN SOLUTION
    target = reward
    if not done:
        target += gamma * q[next_state].max()
    return q[state, action] + learning_rate * (target - q[state, action])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_q_update", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.q_update(q_update)

# %% [markdown]
# Now every recorded step teaches the table something. `q_learning` goes through all of them ten times, in a different
# order each time, and calls your function. The table starts with zeros, the learning rate is 0.5, and nothing is
# discounted (gamma is 1).

# %% tags=["nbval-check-output"]
check.question("unseen-action")

# %%
zeros = np.zeros((roads.nodes, roads.nodes))
q = alternatives.q_learning(steps, zeros, q_update)
measure("Q-learning", q.argmax(axis=1))
plots.promised(roads, {"Q-learning promises": q.max(axis=1)})

# %% [markdown]
# Not one path arrives, and every start promises a return of 0, which is better than the best possible. What happened?
# Look at one row:

# %% tags=["nbval-check-output"]
seen = np.zeros(q.shape, dtype=bool)  # which actions were recorded in which state
seen[steps.states, steps.actions] = True
print(f"from node 1, recorded: {np.flatnonzero(seen[1])}, with the values {q[1][seen[1]]}")
print(f"from node 1, never recorded: {np.flatnonzero(~seen[1])}, with the values {np.unique(q[1][~seen[1]])}")

# %% [markdown]
# Values of actions that the data never shows are never updated. They keep the number that they started with, and
# wherever that is larger than the values of the recorded actions, the maximum finds it. From the target it spreads into
# the values of the recorded actions as well: each of them is one step, and then a promise of 0.
#
# *Online*, this cures itself: the agent tries the promising action, finds that the street doesn't exist, and its value
# falls. Optimism is even a good way to explore. *Offline* nobody tries anything. This is why offline reinforcement
# learning is hard, and a neural network makes it harder: it gives actions that it has never seen *some* value, and the
# maximum picks those that are wrong in the flattering direction ([Fujimoto et al.,
# 2019](https://arxiv.org/abs/1812.02900), who call it *extrapolation error*).
#
# ## Pessimism
#
# The remedy has the opposite temper: what was never recorded is worth as little as can be. [Conservative
# Q-learning](https://arxiv.org/abs/2006.04779) (CQL, Kumar et al., 2020) trains a network to give low values to actions
# outside the data. In a table it takes one line.

# %% [markdown]
# ### Exercise: pessimism
#
# ●○○ · about 3 minutes · what nobody has tried is worth little
#
# Return a table like `q` in which each action that was never recorded has the value `worst`. A recorded action keeps
# its value, even if that is below `worst`. The table `q` itself stays as it is.


# %% nbgrader={"grade": false, "grade_id": "pessimistic", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pessimistic(q, seen, worst):
    """The table with a low value for everything that was never recorded.

    q : (states, actions) float array.
    seen : (states, actions) boolean array, True for each action that was recorded in that state.
    worst : number, not infinite, the value of an action that was not.
    Returns (states, actions) values.
    """
    ### BEGIN SOLUTION
    return np.where(seen, q, worst)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_pessimistic", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.pessimistic(pessimistic)

# %% [markdown]
# There are two places for it. We can learn as before and be pessimistic only when we **act**. Or we can begin with a
# pessimistic table, so that the **targets** are pessimistic as well. (Entries of unseen actions never change, so it is
# enough to do it once, at the beginning.) Which of the two is needed?

# %%
measure("Q-learning, pessimistic when acting", np.argmax(pessimistic(q, seen, worst=-100.0), axis=1))

careful = alternatives.q_learning(steps, pessimistic(zeros, seen, worst=-100.0), q_update)
measure("Q-learning, pessimistic throughout", careful.argmax(axis=1))
plots.promised(roads, {"Q-learning promises": q.max(axis=1), "pessimistic Q-learning promises": careful.max(axis=1)})

# %% [markdown]
# It is needed in the targets. Acting on recorded streets alone hardly helps, since all of them have the same value, -1:
# there is nothing to choose by. With pessimistic targets the promises are exactly what is possible.
#
# ## Ask for a return
#
# And the Decision Transformer: the model of notebook 7, trained on the same walks. It has one try too, so it can't find
# out which targets it honours. From each start it is asked for the best return-to-go of any recorded visit there.

# %%
samples = stitching.Samples(roads, walks)
model, losses = stitching.train(roads, samples, settings, seed=0)
targets = stitching.best_in_data(roads, walks, parts=True)[roads.starts]
paths = stitching.follow(model, roads, roads.starts, targets)
results["Decision Transformer"] = stitching.compare(roads, walks, dict(zip(roads.starts, paths, strict=True)))

print(f"{'offline, one try':40s}shortest  arrive")
for name, result in results.items():
    print(f"{name:40s}{result.optimal:8.0%} {result.arrived:7.0%}")

# %% [markdown]
# A small graph whose streets, but the goal's, were all walked many times suits dynamic programming: pessimistic
# Q-learning finds all shortest paths, and it does so by construction. The Decision Transformer takes no `max` over
# values of steps that nobody took, and has nothing to be pessimistic about; it is told a return and imitates those who
# got it. One graph and one seed prove little. Over [five graphs and three seeds]({{address}}/benchmarks/RESULTS.md),
# cloning the walks that arrived finds 85% of the shortest paths, the Decision Transformer 92%, and pessimistic
# Q-learning all.
#
# **The literature does not agree** on which of these is better. What it finds depends on the data:
#
# - [Kumar et al. (2022)](https://arxiv.org/abs/2204.05618) compare offline reinforcement learning with cloning. Under
#   conditions such as sparse rewards (nearly all of them 0, as in the next section) or noisy data it can do much
#   better, and in some environments even with an expert's data.
# - [Emmons et al. (2022)](https://arxiv.org/abs/2112.10751) find that a plain network of two layers that is told a
#   return or a goal can compete with far more complex methods, transformers among them.
# - [Bhargava et al. (2024)](https://arxiv.org/abs/2305.14550) find that the Decision Transformer needs more data than
#   CQL but is more robust, that it is the better choice for sparse rewards and poor data, and CQL the better one where
#   much chance and poor data come together.
# - [Omori et al. (2025)](https://arxiv.org/abs/2507.10174) reply that where rewards are sparse, cloning the good
#   episodes does as well or better, at less cost.
#
# ## A key and a door
#
# Here is a world with a sparse reward. In a room of 6 by 6 cells there are an agent, a key and a door. Agent and key
# start somewhere in the left half, the door is somewhere in the right; all three places are drawn again for each
# episode. An agent that reaches the door **with the key** earns 1, and the episode is over. There is no other reward,
# and after 20 steps it is over in any case. The paper has a larger one of this kind, which is due to [Mesnard et al.
# (2020)](https://arxiv.org/abs/2011.09464).
#
# The recordings are by somebody without a plan. They head for the key or for the door, turn to the key when they reach
# the door without it, change their mind now and then, and take about two steps of five at random. Of these recordings,
# as many successes as failures are kept, so that both returns can be learned equally well.

# %%
recorded = doors.record(count=4000, seed=0)
print(f"states {recorded.states.shape}, actions {recorded.actions.shape}")
wins, losses = (np.flatnonzero(recorded.returns == result)[:2] for result in (1, 0))
plots.doors(recorded, [*wins, *losses])

# %% [markdown]
# Two things are new. The state is an image of 6 by 6 pixels in three channels: the agent, the key as long as it lies
# there, and the door. So `embed_state` is a small convolutional network. And there are only two returns: 1 and 0,
# success and failure.

# %%
print(f"{recorded.returns.mean():.0%} of the recorded episodes succeed")
doors_settings = doors.preset()
opener, _ = alternatives.train(recorded, doors.DoorEncoder, len(doors.MOVES), doors_settings, seed=0)
print(opener.embed_state)

# %% [markdown]
# The model is asked for 1, and then for 0, in the same 200 rooms. (About half of them were recorded as well: there are
# only a few thousand different ones.) Beside it stands a clone of the successful episodes: the same model, trained for
# as long, which is told no return.

# %%
wins_only = recorded[recorded.returns == 1].without_returns()
winner, _ = alternatives.train(wins_only, doors.DoorEncoder, len(doors.MOVES), doors_settings)

played = {
    "asked for 1": doors.play(opener, target=1),
    "asked for 0": doors.play(opener, target=0),
    "clone of the successes": doors.play(winner, target=0),  # it knows one return only, so 0 says nothing
}
for name, episodes in played.items():
    print(f"{name:24s}{episodes.returns.mean():6.1%} succeed")
plots.doors(played["asked for 1"], [0, 1, 2, 3])

# %%
plots.doors(played["asked for 0"], [0, 1, 2, 3])

# %% [markdown]
# The same rooms, the same network, one number different. Asked for 1 it fetches the key and opens the door far more
# often than the recordings do, half of which succeed. Asked for 0 it may go to both, but it hardly ever comes to the
# door with the key.
#
# The clone of the successes opens doors too: where success is all you want, throwing the failures away does the job.
# What it can't do is fail on request. That sounds like a joke, but being able to choose between behaviours is what the
# target is for.
#
# ## Where it fails: luck
#
# So far each step had one outcome. Where chance has a say, a high return can be skill or luck, and the return-to-go
# doesn't tell which. Notebook 7 had the smallest such world: take 1 for sure, or gamble for 10 with one chance in ten,
# and lose 5 otherwise.
#
# For a world of one step, we can say exactly what a perfect Decision Transformer does when it is asked for a return. No
# network is needed.

# %% [markdown]
# ### Exercise: what those did who got it
#
# ●●○ · about 6 minutes · the policy that imitates a return
#
# Of the episodes whose return is exactly `target`, what share took each action? If no episode has that return, all
# actions get the same share.


# %% nbgrader={"grade": false, "grade_id": "conditioned_policy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conditioned_policy(actions, returns, target, n_actions):
    """How likely each action is for somebody who imitates the episodes with this return.

    actions : (n,) integer array, the action of each episode, from 0 to n_actions - 1.
    returns : (n,) float array, the return of each episode; two are equal or at least 0.01 apart.
    target : number, the return that is asked for.
    n_actions : whole number, how many actions there are.
    Returns (n_actions,) shares, which add up to 1.
    """
    ### BEGIN SOLUTION
    taken = actions[returns == target]
    if len(taken) == 0:
        return np.full(n_actions, 1 / n_actions)
    return np.bincount(taken, minlength=n_actions) / len(taken)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_conditioned_policy", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.conditioned_policy(conditioned_policy)

# %%
rng = np.random.default_rng(0)
bets = rng.integers(2, size=10_000)  # 0: take the 1, 1: gamble
outcomes = np.where(bets == 1, np.where(rng.random(10_000) < 0.1, 10.0, -5.0), 1.0)
values = np.array([outcomes[bets == bet].mean() for bet in (0, 1)])
print(f"on average, 1 for sure is worth {values[0]:.2f}, a gamble {values[1]:.2f}\n")
print("asked for   takes the 1   gambles   and earns on average")
for target in (10.0, 1.0, -5.0):
    shares = conditioned_policy(bets, outcomes, target, 2)
    print(f"{target:9.0f}   {shares[0]:11.0%}   {shares[1]:7.0%}   {shares @ values:20.2f}")

# %% [markdown]
# Asked for the best return in the data it gambles, since everybody who got 10 had gambled. It can't know that nine out
# of ten who did the same lost: they are in the row of -5.
#
# Is that an oddity of one step? Here are five steps. In each, you take 1 for sure or gamble: you win 4 with one chance
# in five, and lose 1 otherwise, which is 0 on average. So the best plan never gambles and earns 5. The recordings toss
# a coin for each action.

# %% tags=["nbval-check-output"]
check.question("lucky-target")

# %%
asked_for = np.arange(-5.0, 18.0, 2.0)
achieved, table = [], []
for seed in range(3):
    games = gamble.record(count=2000, seed=seed)
    player, _ = alternatives.train(games, gamble.StepEncoder, 2, gamble.preset(), seed=seed, progress=False)
    achieved.append([gamble.play(gamble.asked(player, x), 300, seed=100).returns.mean() for x in asked_for])
    top = games.returns.max()
    lucky = gamble.play(gamble.asked(player, top), 5000, seed=100)
    q_gamble = alternatives.q_learning(
        gamble.steps_of(games), np.zeros((gamble.STEPS, 2)), q_update, learning_rate=0.01
    )
    careful_play = gamble.play(gamble.greedy(q_gamble), 5000, seed=100)
    table.append((seed, games.returns.mean(), top, lucky.returns.mean(), careful_play.returns.mean()))

print("seed   the data's mean   its best   asked for the best   Q-learning")
for seed, mean, top, lucky_mean, careful_mean in table:
    print(f"{seed:4d}   {mean:15.2f}   {top:8.0f}   {lucky_mean:18.2f}   {careful_mean:10.2f}")
plots.luck(asked_for, np.array(achieved), safe=gamble.STEPS, best=max(row[2] for row in table))

# %% [markdown]
# Asked for the best return in the data, the model earns less than the recordings did on average: it gambles, as the
# luckiest did, but without their luck. And once a gamble is lost, what remains to be earned was never recorded: then it
# can do anything. The target that leads to the best plan is 5, the return of playing safe, but no recorded return says
# so: 5 is one of many, and not the highest. A value is an *average* over what may happen, so Q-learning finds the best
# plan, with the same backup as before. (Its learning rate is small here, 0.01: to average over luck, single outcomes
# must not move a value far.) The table plays 5,000 episodes a row, the picture 300 for each point, so their numbers
# differ a little, and the picture does not ask for 14, the target of the third row.
#
# [Brandfonbrener et al. (2022)](https://arxiv.org/abs/2206.01079) prove that conditioning on returns finds the best
# policy only under stronger assumptions than dynamic programming needs, nearly deterministic worlds among them. [Paster
# et al. (2022)](https://arxiv.org/abs/2205.15967) show the failure in larger worlds, and a remedy: condition on a
# return that is *averaged over luck*. In the world of one step that takes one line. Each episode's return is replaced
# by the mean return of its action:

# %%
averaged = values[bets]  # (10,000,): what the action is worth, in place of what it happened to earn
shares = conditioned_policy(bets, averaged, averaged.max(), 2)
print(f"asked for the best averaged return: takes the 1 in {shares[0]:.0%} of the cases")

# %% [markdown]
# This way the two ideas of this notebook meet: a value tells what to ask for, and the Decision Transformer does it. The
# robots of this course live in a deterministic world; what chance there is in their recordings is the random start of
# each episode and the noise on the actions.
#
# ## Try it
#
# - Another graph: change both `seed=5` to 11 or 22. *Expect* pessimistic Q-learning to find all shortest paths again,
#   and the best tenth at each node to find far more of them than here.
# - Pass `worst=0.0` in both calls of `pessimistic`. *Expect* the promises of 0 to come back: the number has to be below
#   what is possible.
# - Only 30 walks, `count=30` in `random_walks`. Which methods suffer? *Expect* streets that were never walked. With
#   these walks pessimistic Q-learning still finds the most. Cloning the walks that arrived and the Decision Transformer
#   lose about two fifths to a half of theirs. The best tenth at each node gains: of a few visits, a tenth is the single best one.
# - Close the model's eyes: an encoder for the key and the door that returns zeros. *Expect* it to open few doors: their
#   places differ in each episode.
# - Change the gamble to one that pays: `gamble.CHANCE = 0.8`. *Expect* asking for the most to be a good plan now (and
#   the line for *never gamble* to be no longer the best).
#
# ## Common confusions
#
# - *"Q-learning overestimates because it is optimistic by nature."* It takes a maximum over numbers of which some were
#   never corrected. With enough data for every action, and no chance in the outcomes, it does not.
# - *"A cut-off recording is the end of an episode."* At a true end nothing follows; at a cut something does.
# - *"The best tenth of the episodes are the best examples."* Only if all episodes had the same chances.
# - *"The target is what I will get."* It is what the people got whom the model imitates. If they were lucky, you may
#   not be.
#
# ## Takeaways
#
# - Imitating the best is simple and strong. It needs returns that can be compared, and combines only by luck.
# - Values combine by construction. Learned offline, they need pessimism about what was never tried.
# - The Decision Transformer needs no values and no pessimism, and can be asked for more than one thing. In a world of
#   chance it takes luck for skill.
#
# Next: [challenges](09_challenges.ipynb).
