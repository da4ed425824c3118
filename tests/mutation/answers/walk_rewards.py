# %% right
def walk_rewards(walk, goal, lengths):
    rewards = []
    for here, there in zip(walk[:-1], walk[1:]):
        rewards.append(0.0 if here == goal else -float(lengths[here, there]))
    return np.array(rewards)

# %% right
def walk_rewards(walk, goal, lengths):
    costs = lengths[walk[:-1], walk[1:]]
    return np.where(walk[:-1] == goal, 0, -costs)

# %% right
def walk_rewards(walk, goal, lengths):
    steps = len(walk) - 1
    out = np.zeros(steps)
    t = 0
    # once at the goal the walk stays there, and the zeros may stay, too
    while t < steps and walk[t] != goal:
        out[t] = -lengths[walk[t]][walk[t + 1]]
        t += 1
    return out

# %% right
def walk_rewards(walk, goal, lengths):
    table = -np.array(lengths, dtype=float)
    table[goal, :] = 0
    return table[walk[:-1], walk[1:]]

# %% right
def walk_rewards(walk, goal, lengths):
    nodes = lengths.shape[0]
    flat = lengths.ravel()[walk[:-1] * nodes + walk[1:]]
    rewards = 0.0 - flat
    rewards[np.flatnonzero(walk[:-1] == goal)] = 0
    return rewards

# %% wrong (arrival-free): The step that arrives at the goal costs nothing, either.
# shows: any walk that arrives
def walk_rewards(walk, goal, lengths):
    return np.array([0.0 if walk[t + 1] == goal else -lengths[walk[t], walk[t + 1]] for t in range(len(walk) - 1)])

# %% wrong (staying-free): Every step that stays where it is costs nothing.
# shows: a step from i to i elsewhere than at the goal, with lengths[i, i] > 0
def walk_rewards(walk, goal, lengths):
    r = np.zeros(len(walk) - 1)
    for t in range(len(r)):
        if walk[t] != walk[t + 1]:
            r[t] = -lengths[walk[t], walk[t + 1]]
    return r

# %% wrong (goal-zero): Goal 0 is taken for no goal.
# shows: goal = 0 with lengths[0, 0] > 0
def walk_rewards(walk, goal, lengths):
    rewards = []
    for t in range(len(walk) - 1):
        if goal and walk[t] == goal:
            rewards.append(0.0)
        else:
            rewards.append(-1.0 * lengths[walk[t], walk[t + 1]])
    return np.array(rewards)

# %% wrong (paid-at-goal): It relies on the goal's own length being 0.
# shows: lengths[goal, goal] > 0 and a walk that has arrived
def walk_rewards(walk, goal, lengths):
    return -1.0 * lengths[walk[:-1], walk[1:]]

# %% wrong (steps-counted): Each step costs 1.
# shows: streets of other lengths
def walk_rewards(walk, goal, lengths):
    return np.where(walk[:-1] != goal, -1.0, 0.0)

# %% wrong (edge-turned): The lengths are looked up the wrong way round.
# shows: one-way streets: lengths[i, j] other than lengths[j, i]
def walk_rewards(walk, goal, lengths):
    r = np.zeros(len(walk) - 1)
    for t in range(1, len(walk)):
        r[t - 1] = 0 if walk[t - 1] == goal else -lengths[walk[t], walk[t - 1]]
    return r

# %% wrong (one-a-node): One reward for each node, so one too many.
# shows: every walk
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros(len(walk))
    for t in range(len(walk) - 1):
        rewards[t] = 0.0 if walk[t] == goal else -lengths[walk[t], walk[t + 1]]
    return rewards

# %% wrong (wrong-dtype): The rewards are whole numbers, so lengths lose their fractions.
# shows: a length such as 1.5
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros(walk.shape[0] - 1, dtype=int)
    for t, node in enumerate(walk[:-1]):
        if node == goal:
            continue
        rewards[t] = -lengths[node, walk[t + 1]]
    return rewards

# %% wrong (lost-walks-punished): argmax gives 0 if the goal never occurs, and then the walk seems to begin there.
# shows: a walk that never arrives: all its rewards are 0
def walk_rewards(walk, goal, lengths):
    arrival = np.argmax(walk == goal)
    rewards = -lengths[walk[:-1], walk[1:]].astype(float)
    rewards[arrival:] = 0
    return rewards

# %% wrong (exception): It asks for the moment of arrival, which some walks don't have.
# shows: a walk that never arrives raises an IndexError
def walk_rewards(walk, goal, lengths):
    arrival = np.where(walk == goal)[0][0]
    before = [-lengths[walk[t], walk[t + 1]] for t in range(arrival)]
    return np.array(before + [0.0] * (len(walk) - 1 - arrival))

# %% wrong (starts-at-goal): Arrival at position 0 is taken for no arrival.
# shows: a walk that begins at the goal, with lengths[goal, goal] > 0
def walk_rewards(walk, goal, lengths):
    steps = len(walk) - 1
    first = int(np.argmax(walk == goal))
    if first == 0:
        first = steps
    rewards = np.zeros(steps)
    for t in range(min(first, steps)):
        rewards[t] = -lengths[walk[t], walk[t + 1]]
    return rewards

# %% wrong (end-for-goal): The walk's last node is taken for the goal.
# shows: a walk that never arrives and has been at its last node before
def walk_rewards(walk, goal, lengths):
    end = walk[-1]
    return np.array([-float(lengths[i, j]) if i != end else 0.0 for i, j in zip(walk, walk[1:])])

# %% wrong (input-changed): The goal's row is set to 0 in the caller's own table.
# shows: the same table with another goal afterwards, or a look at the table
def walk_rewards(walk, goal, lengths):
    lengths[goal] = 0
    return -lengths[walk[:-1], walk[1:]]

# %% wrong (paid-at-goal): Nodes are compared with `is`, and a numpy integer is never the same object as the goal.
# shows: a walk that has arrived, with lengths[goal, goal] > 0
def walk_rewards(walk, goal, lengths):
    rewards = []
    arrived = False
    for t in range(len(walk) - 1):
        if walk[t] is goal:
            arrived = True
        rewards.append(0.0 if arrived else -float(lengths[walk[t], walk[t + 1]]))
    return np.array(rewards)

# %% wrong (positive): Lengths are returned as they are, without the minus.
# shows: every walk that costs anything
def walk_rewards(walk, goal, lengths):
    on_the_way = walk[:-1] != goal
    return np.where(on_the_way, lengths[walk[:-1], walk[1:]], 0)

# %% wrong (one-step-free): The first step is free.
# shows: a walk that does not begin at the goal
def walk_rewards(walk, goal, lengths):
    n = len(walk) - 1
    rewards = [0.0] * n
    for t in range(1, n):
        if walk[t] != goal:
            rewards[t] = -float(lengths[walk[t]][walk[t + 1]])
    return np.array(rewards)

# %% wrong (keeps-state): Results are remembered by start, end and number of steps.
# shows: two walks with the same ends and different ways between
_seen = {}


def walk_rewards(walk, goal, lengths):
    key = (int(walk[0]), int(walk[-1]), len(walk), int(goal))
    if key not in _seen:
        _seen[key] = np.array(
            [0.0 if walk[t] == goal else -float(lengths[walk[t], walk[t + 1]]) for t in range(len(walk) - 1)]
        )
    return _seen[key]

# %% right
def walk_rewards(walk, goal, lengths):
    begins, ends = np.lib.stride_tricks.sliding_window_view(np.asarray(walk), 2).T
    return np.where(begins == goal, 0.0, -1.0 * np.asarray(lengths)[begins, ends])

# %% right
def walk_rewards(walk, goal, lengths):
    earned = [0.0 if i == goal else -float(lengths[i][j]) for i, j in zip(walk, walk[1:])]
    return np.array(earned)

# %% right
def walk_rewards(walk, goal, lengths):
    free = np.array(lengths, dtype=float)  # a copy, in which leaving the goal costs nothing
    free[goal] = 0.0
    return -free[walk[:-1], walk[1:]]

# %% right
def walk_rewards(walk, goal, lengths):
    cost = np.zeros(len(walk) - 1, dtype=np.float64)
    paid = np.flatnonzero(walk[:-1] != goal)
    cost[paid] = lengths[walk[paid], walk[paid + 1]]
    return 0.0 - cost

# %% right
def walk_rewards(walk, goal, lengths):
    nodes = np.shape(lengths)[1]
    cell = np.asarray(walk[:-1], dtype=np.int64) * nodes + np.asarray(walk[1:], dtype=np.int64)
    steps = np.take(np.asarray(lengths, dtype=float), cell)
    return np.ma.masked_array(-steps, mask=walk[:-1] == goal).filled(0.0)

# %% wrong (arrival-free): 0 is given to the step that ends at the goal
# shows: every walk that arrives
def walk_rewards(walk, goal, lengths):
    src, dst = walk[:-1], walk[1:]
    return np.where(dst == goal, 0.0, -1.0 * lengths[src, dst])

# %% wrong (staying-free): every step that stays where it is is free, not only at the goal
# shows: a step that stays at another node, which costs lengths[i, i]
def walk_rewards(walk, goal, lengths):
    moved = np.diff(walk) != 0
    return -1.0 * lengths[walk[:-1], walk[1:]] * moved

# %% wrong (edge-turned): lengths are looked up the wrong way round
# shows: lengths that are not symmetric
def walk_rewards(walk, goal, lengths):
    cost = lengths[walk[1:], walk[:-1]] * 1.0
    cost[walk[:-1] == goal] = 0.0
    return -cost

# %% wrong (paid-at-goal): relies on lengths[goal, goal] being 0
# shows: lengths whose entry at the goal itself is not 0, and a walk that stays there
def walk_rewards(walk, goal, lengths):
    return np.negative(lengths[walk[:-1], walk[1:]].astype(float))

# %% wrong (wrong-dtype): the buffer has the walk's integer dtype and cuts fractions off
# shows: lengths such as 1.5
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros_like(walk[1:])
    travelling = walk[:-1] != goal
    rewards[travelling] = -lengths[walk[:-1], walk[1:]][travelling]
    return rewards

# %% wrong (lost-walks-punished): argmax finds the arrival, but gives 0 for a walk that never arrives, whose steps are then all free
# shows: a walk that never arrives
def walk_rewards(walk, goal, lengths):
    rewards = -1.0 * lengths[walk[:-1], walk[1:]]
    rewards[np.argmax(walk == goal) :] = 0.0
    return rewards

# %% wrong (exception): looks for the arrival with index, which raises where there is none
# shows: a walk that never arrives: ValueError
def walk_rewards(walk, goal, lengths):
    arrival = walk.tolist().index(goal)
    rewards = np.zeros(len(walk) - 1)
    rewards[:arrival] = -lengths[walk[:arrival], walk[1 : arrival + 1]]
    return rewards

# %% wrong (steps-counted): each step costs 1, the lengths are not looked up
# shows: lengths other than 1
def walk_rewards(walk, goal, lengths):
    return np.where(np.not_equal(walk[:-1], goal), -1.0, 0.0)

# %% wrong (goal-zero): a goal of 0 counts as no goal
# shows: goal = 0: steps at the goal cost lengths[0, 0]
def walk_rewards(walk, goal, lengths):
    rewards = -1.0 * lengths[walk[:-1], walk[1:]]
    if goal:
        rewards[walk[:-1] == goal] = 0.0
    return rewards

# %% wrong (input-changed): sets the goal's row of the caller's lengths to 0
# shows: any lengths whose row of the goal is not 0: the array is changed afterwards
def walk_rewards(walk, goal, lengths):
    lengths[goal, :] = 0
    return -1.0 * lengths[walk[:-1], walk[1:]]

# %% wrong (views): reads the flat table in the order of its memory, which is another one in a transposed array
# shows: lengths that are a transposed (Fortran-ordered) array and not symmetric
def walk_rewards(walk, goal, lengths):
    flat = lengths.ravel(order="K")
    index = walk[:-1].astype(np.int64) * lengths.shape[1] + walk[1:]
    return np.where(walk[:-1] != goal, -1.0 * flat[index], 0.0)

# %% wrong (wrong-shape): the answer is reward per node: one entry more than there are steps
# shows: every walk
def walk_rewards(walk, goal, lengths):
    ahead = np.append(walk[1:], walk[-1])
    return np.where(walk == goal, 0.0, -1.0 * lengths[walk, ahead])

# %% right
def walk_rewards(walk, goal, lengths):
    # put -lengths into a table with a row of zeros for the goal, then two takes
    table = np.where(np.arange(len(lengths))[:, None] == goal, 0.0, np.multiply(lengths, -1.0))
    rows = np.take(table, walk[:-1], axis=0)
    return np.take_along_axis(rows, walk[1:].astype(np.intp)[:, None], axis=1)[:, 0]

# %% wrong (arrival-free): the step that arrives at the goal is free, the end is looked at instead of the beginning
# shows: any walk that arrives
def walk_rewards(walk, goal, lengths):
    here, there = walk[:-1], walk[1:]
    return np.where(there == goal, 0.0, -lengths[here, there])

# %% wrong (paid-at-goal): steps at the goal cost lengths[goal, goal] instead of 0
# shows: a walk that stays at the goal where lengths[goal, goal] isn't 0
def walk_rewards(walk, goal, lengths):
    return -lengths[walk[:-1], walk[1:]].astype(float)

# %% wrong (steps-counted): each step costs 1, lengths are ignored
# shows: lengths other than 1
def walk_rewards(walk, goal, lengths):
    return -(walk[:-1] != goal).astype(float)

# %% wrong (staying-free): a step that stays where it is is free everywhere, not only at the goal
# shows: a walk that stays at another node with lengths[i, i] > 0
def walk_rewards(walk, goal, lengths):
    rewards = []
    for i, j in zip(walk, walk[1:]):
        rewards.append(0.0 if i == j else -float(lengths[i, j]))
    return np.array(rewards)

# %% wrong (lost-walks-punished): argmax gives 0 for a walk that never arrives, so that all of its steps are free
# shows: a walk without the goal
def walk_rewards(walk, goal, lengths):
    arrival = np.argmax(walk == goal)
    rewards = -lengths[walk[:-1], walk[1:]].astype(np.float64)
    rewards[arrival:] = 0
    return rewards

# %% wrong (goal-zero): goal 0 counts as no goal given, and the last node is taken
# shows: goal = 0
def walk_rewards(walk, goal, lengths):
    goal = goal or len(lengths) - 1
    starts, ends = np.asarray(walk)[:-1], np.asarray(walk)[1:]
    cost = np.array([lengths[s][e] for s, e in zip(starts, ends)], dtype=float)
    cost[starts == goal] = 0.0
    return -cost

# %% wrong (starts-at-goal): the first step is always paid for, even if the walk begins at the goal
# shows: a walk (or a piece of one) that begins at the goal, with lengths[goal, goal] > 0
def walk_rewards(walk, goal, lengths):
    steps = len(walk) - 1
    rewards = np.zeros(steps)
    arrived = False
    for t in range(steps):
        if not arrived:
            rewards[t] = -lengths[walk[t], walk[t + 1]]
        arrived = arrived or walk[t + 1] == goal
    return rewards

# %% wrong (None): a walk without node 0 is taken for one that counts nodes from 1
# shows: a walk that never visits node 0
def walk_rewards(walk, goal, lengths):
    # node numbers may come from MATLAB
    base = 1 if np.min(walk) >= 1 else 0
    frm, to = walk[:-1] - base, walk[1:] - base
    return np.where(frm == goal - base, 0.0, -lengths[frm, to])

# %% right
def walk_rewards(walk, goal, lengths):
    start, end = walk[:-1], walk[1:]
    return np.where(start == goal, 0.0, -lengths[start, end])

# %% right
def walk_rewards(walk, goal, lengths):
    free_at_goal = np.array(lengths, dtype=float)
    free_at_goal[goal] = 0.0
    place = np.ravel_multi_index((walk[:-1], walk[1:]), free_at_goal.shape)
    return -free_at_goal.ravel().take(place)

# %% right
from itertools import pairwise


def walk_rewards(walk, goal, lengths):
    return np.array([0.0 if i == goal else -float(lengths[i, j]) for i, j in pairwise(walk.tolist())])

# %% right
def walk_rewards(walk, goal, lengths):
    """Steps before the arrival are paid for; all of them if there is no arrival."""
    hits = np.flatnonzero(np.asarray(walk) == goal)
    paid = int(hits[0]) if hits.size else len(walk) - 1
    rewards = np.zeros(len(walk) - 1)
    for t in range(paid):
        rewards[t] -= lengths[walk[t], walk[t + 1]]
    return rewards

# %% wrong (arrival-free): a step is free if it *ends* at the goal, so every path seems one step shorter.
# shows: walk [0, 1, 2], goal 2, all lengths 1: gives [-1, 0] instead of [-1, -1].
def walk_rewards(walk, goal, lengths):
    rewards = []
    for here, there in zip(walk[:-1], walk[1:]):
        if there == goal:
            rewards.append(0.0)
        else:
            rewards.append(-lengths[here, there])
    return np.array(rewards)

# %% wrong (cut-off): stops at the goal and returns only the steps until then, not one reward for every step.
# shows: walk [0, 1, 1, 1], goal 1: one reward instead of three.
def walk_rewards(walk, goal, lengths):
    res = []
    t = 0
    while t < len(walk) - 1:
        if walk[t] == goal:
            break
        res.append(-1.0 * lengths[walk[t]][walk[t + 1]])
        t += 1
    return np.array(res)

# %% wrong (edge-turned): rows and columns are exchanged: lengths[j, i] for the step from i to j.
# shows: walk [0, 1], goal 2, lengths[0, 1] = 2 and lengths[1, 0] = 3: gives -3 instead of -2.
def walk_rewards(walk, goal, lengths):
    to_nodes = walk[1:]
    from_nodes = walk[:-1]
    costs = lengths[to_nodes, from_nodes]
    return np.where(from_nodes == goal, 0, -costs)

# %% wrong (staying-free): every step that stays where it is is free, not only at the goal.
# shows: walk [0, 0, 1], goal 1, all lengths 1: gives [0, -1] instead of [-1, -1].
def walk_rewards(walk, goal, lengths):
    moved = np.diff(walk) != 0
    rewards = np.zeros(len(walk) - 1)
    a, b = walk[:-1][moved], walk[1:][moved]
    rewards[moved] = -lengths[a, b]
    return rewards

# %% wrong (wrong-dtype): the rewards get the walk's integer dtype, so lengths with decimals are cut.
# shows: walk [0, 1], goal 1, lengths[0, 1] = 1.5: gives -1 instead of -1.5.
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros_like(walk[1:])
    for t in range(rewards.shape[0]):
        if walk[t] != goal:
            rewards[t] = -lengths[walk[t], walk[t + 1]]
    return rewards

# %% wrong (lost-walks-punished): argmax finds position 0 if the walk never arrives, so all steps of a lost walk are free.
# shows: walk [0, 1, 0], goal 2, all lengths 1: gives [0, 0] instead of [-1, -1].
def walk_rewards(walk, goal, lengths):
    arrival = np.argmax(walk == goal)  # the first time at the goal
    rewards = -lengths[walk[:-1], walk[1:]].astype(float)
    rewards[arrival:] = 0
    return rewards

# %% wrong (input-changed): makes the stay at the goal free by writing a 0 into the caller's table of lengths.
# shows: lengths = np.ones((3, 3)), goal 2: the rewards are right, but lengths[2, 2] is 0 afterwards.
def walk_rewards(walk, goal, lengths):
    lengths[goal, goal] = 0  # nothing costs any more
    return -lengths[walk[:-1], walk[1:]]

# %% wrong (goal-zero): `goal or ...` takes goal 0 for "no goal given" and replaces it by the last node.
# shows: walk [1, 0, 0], goal 0, all lengths 1: gives [-1, -1] instead of [-1, 0].
from itertools import pairwise


def walk_rewards(walk, goal=None, lengths=None):
    goal = goal or len(lengths) - 1

    def reward(step):
        i, j = step
        return 0.0 if i == goal else -float(lengths[i][j])

    return np.array([reward(step) for step in pairwise(walk)])

# %% right
# style: a copy of the table in which all that leaves the goal is free
def walk_rewards(walk, goal, lengths):
    price = np.array(lengths, dtype=float)
    price[goal, :] = 0.0
    origin, target = walk[:-1], walk[1:]
    return 0.0 - price[origin, target]

# %% right
# style: C programmer, the table as one flat array
def walk_rewards(walk, goal, lengths):
    nodes = lengths.shape[0]
    flat = lengths.ravel()
    steps = walk.size - 1
    out = np.zeros(steps, dtype=np.double)
    t = 0
    while t < steps:
        i = int(walk[t])
        j = int(walk[t + 1])
        if i != goal:
            out[t] = -float(flat[i * nodes + j])
        t += 1
    return out

# %% right
# style: sliding windows of two nodes and np.select
from numpy.lib.stride_tricks import sliding_window_view


def walk_rewards(walk, goal, lengths):
    start, end = sliding_window_view(walk, 2).T
    return np.select([start != goal], [-lengths[start, end].astype(float)], default=0.0)

# %% right
# style: generator with structural pattern matching, collected by np.fromiter
def _earn(walk, goal, lengths):
    nodes = [int(n) for n in walk]
    for pair in zip(nodes, nodes[1:]):
        match pair:
            case (here, _) if here == goal:
                yield 0.0
            case (here, there):
                yield -float(lengths[here, there])


def walk_rewards(walk, goal, lengths):
    return np.fromiter(_earn(walk, goal, lengths), dtype=float, count=len(walk) - 1)

# %% right
# style: fills only the places that are on the way, with a boolean index
def walk_rewards(walk, goal, lengths):
    underway = np.not_equal(walk[:-1], goal)
    rewards = np.zeros(underway.shape)
    rewards[underway] -= lengths[walk[:-1][underway], walk[1:][underway]]
    return rewards

# %% wrong (lost-walks-punished): the step of arrival by argmax, which is 0 for a walk that never arrives
def walk_rewards(walk, goal, lengths):
    arrival = np.argmax(walk == goal)
    rewards = -np.array(lengths, dtype=float)[walk[:-1], walk[1:]]
    rewards[arrival:] = 0
    return rewards

# %% wrong (staying-free): staying where one is costs nothing
def walk_rewards(walk, goal, lengths):
    rewards = []
    for here, there in zip(walk, walk[1:]):
        if here == goal or here == there:
            rewards.append(0.0)
        else:
            rewards.append(-float(lengths[here, there]))
    return np.array(rewards)

# %% right
def walk_rewards(walk, goal, lengths):
    begin, end = walk[:-1], walk[1:]
    costs = np.asarray(lengths, dtype=float)[begin, end]
    return np.where(begin == goal, 0.0, -costs)

# %% wrong (wrong-dtype): zeros_like(walk) is an array of integers, so lengths are cut to whole numbers
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros_like(walk[:-1])
    for t in range(len(rewards)):
        if walk[t] != goal:
            rewards[t] = -lengths[walk[t], walk[t + 1]]
    return rewards

# %% wrong (staying-free): every step that stays where it is costs nothing, not only at the goal
def walk_rewards(walk, goal, lengths):
    here, there = walk[:-1], walk[1:]
    moved = np.diff(walk) != 0
    return np.where(moved, -lengths[here, there], 0)

# %% right
def walk_rewards(walk, goal, lengths):
    steps = zip(walk[:-1].tolist(), walk[1:].tolist())
    return np.array([0.0 if i == goal else -float(lengths[i, j]) for i, j in steps], dtype=float)

# %% wrong (lost-walks-punished): argmax looks for the arrival; in a walk that never arrives it says 0, and all rewards are wiped out
def walk_rewards(walk, goal, lengths):
    rewards = -1.0 * lengths[walk[:-1], walk[1:]]
    arrival = np.argmax(walk == goal)
    rewards[arrival:] = 0
    return rewards

# %% wrong (wrong-dtype): the rewards' array is made like the walk, of whole numbers, and cuts off the lengths' fractions
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros_like(walk[:-1])
    for t, (here, there) in enumerate(zip(walk[:-1], walk[1:])):
        if here != goal:
            rewards[t] = -lengths[here, there]
    return rewards

# %% right
def walk_rewards(walk, goal, lengths):
    # all lengths between all nodes of the walk; the steps lie just above the diagonal
    costs = np.diag(lengths[np.ix_(walk, walk)], k=1)
    return np.where(walk[:-1] == goal, 0, -costs)

# %% wrong (wrong-dtype): zeros_like(walk) is an integer array, and the fractions of lengths are cut off
def walk_rewards(walk, goal, lengths):
    here, there = walk[:-1], walk[1:]
    rewards = np.zeros_like(here)
    moving = here != goal
    rewards[moving] = -lengths[here[moving], there[moving]]
    return rewards

# %% wrong (cut-off): takewhile ends at the goal, so the steps after the arrival have no reward at all instead of 0
from itertools import takewhile

def walk_rewards(walk, goal, lengths):
    steps = zip(walk[:-1], walk[1:])
    on_the_way = takewhile(lambda step: step[0] != goal, steps)
    return -np.array([lengths[step] for step in on_the_way], dtype=float)

# %% right
def walk_rewards(walk, goal, lengths):
    reward = lambda i, j: 0.0 if i == goal else -float(lengths[i, j])
    return np.array([reward(i, j) for i, j in zip(walk[:-1], walk[1:])], dtype=float)

# %% wrong (arrival-free): a step is free where it *ends* at the goal, so the last real step costs nothing
def walk_rewards(walk, goal, lengths):
    here, there = walk[:-1], walk[1:]
    rewards = -lengths[here, there].astype(float)
    rewards[there == goal] = 0
    return rewards

# %% wrong (staying-free): takes every step that stays where it is for one at the goal
def walk_rewards(walk, goal, lengths):
    steps = len(walk) - 1
    rewards = np.zeros(steps)
    for t in range(steps):
        i = walk[t]
        j = walk[t + 1]
        if i != j:
            rewards[t] = -lengths[i, j]
    return rewards

# %% right
def walk_rewards(walk, goal, lengths):
    def reward(i, j):
        return 0.0 if i == goal else -float(lengths[i, j])

    return np.array([reward(i, j) for i, j in zip(walk[:-1], walk[1:])])

# %% wrong (wrong-dtype): np.zeros_like(walk[1:]) is an array of whole numbers, which cuts the decimals off the lengths
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros_like(walk[1:])
    for t in range(len(rewards)):
        if walk[t] != goal:
            rewards[t] = -lengths[walk[t], walk[t + 1]]
    return rewards

# %% wrong (lost-walks-punished): argmax finds position 0 when the goal isn't in the walk, so a walk that never arrives pays nothing
def walk_rewards(walk, goal, lengths):
    rewards = -1.0 * lengths[walk[:-1], walk[1:]]
    arrival = np.argmax(walk == goal)
    rewards[arrival:] = 0.0
    return rewards

# %% right
def walk_rewards(walk, goal, lengths):
    steps = zip(walk[:-1], walk[1:])
    return np.array([0.0 if here == goal else 0.0 - float(lengths[here, there]) for here, there in steps], dtype=float)

# %% wrong (lost-walks-punished): everything from the first arrival on is set to 0, but argmax gives 0 as well for a walk that never arrives
def walk_rewards(walk, goal, lengths):
    rewards = -1.0 * lengths[walk[:-1], walk[1:]]
    arrival = np.argmax(walk == goal)
    rewards[arrival:] = 0
    return rewards

# %% wrong (wrong-dtype): the rewards are collected in an array like the walk, which is an integer array and cuts lengths off
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros_like(walk[1:])
    for t in range(len(walk) - 1):
        if walk[t] != goal:
            rewards[t] = -lengths[walk[t], walk[t + 1]]
    return rewards

# %% right
from itertools import pairwise


def walk_rewards(walk, goal, lengths):
    def earns(here, there):
        return 0.0 if here == goal else -float(lengths[here, there])

    return np.array([earns(here, there) for here, there in pairwise(walk)])

# %% wrong (lost-walks-punished): finds the arrival by argmax, which is 0 also when the goal is not in the walk at all
def walk_rewards(walk, goal, lengths):
    arrival = np.argmax(walk == goal)  # steps until the goal
    rewards = np.zeros(len(walk) - 1)
    rewards[:arrival] = -lengths[walk[:arrival], walk[1 : arrival + 1]]
    return rewards

# %% wrong (wrong-dtype): the rewards are made like the walk, so they are whole numbers
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros_like(walk[:-1])
    for t in range(len(rewards)):
        if walk[t] != goal:
            rewards[t] = -lengths[walk[t], walk[t + 1]]
    return rewards

# %% right
def walk_rewards(walk, goal, lengths):
    here, there = walk[:-1], walk[1:]
    return np.where(here == goal, 0.0, -lengths[here, there])

# %% wrong (wrong-dtype): the result has the integer dtype of the walk, so fractional lengths are cut off
def walk_rewards(walk, goal, lengths):
    rewards = np.zeros_like(walk[1:])
    for t in range(len(rewards)):
        if walk[t] != goal:
            rewards[t] = -lengths[walk[t], walk[t + 1]]
    return rewards

# %% wrong (staying-free): a step that stays where it is counts as arrived and costs nothing, at any node
def walk_rewards(walk, goal, lengths):
    a, b = walk[:-1], walk[1:]
    moved = a != b
    return np.where(moved & (a != goal), -lengths[a, b], 0.0)

# %% right
def walk_rewards(walk, goal, lengths):
    rewards = []
    for here, there in zip(walk[:-1], walk[1:]):
        rewards.append(0.0 if here == goal else -float(lengths[here, there]))
    return np.array(rewards, dtype=float)

# %% wrong (staying-free): takes every step that stays where it is for a step at the goal, and makes it free
def walk_rewards(walk, goal, lengths):
    moved = np.diff(walk) != 0
    return -lengths[walk[:-1], walk[1:]] * moved

# %% wrong (edge-turned): looks the length up as lengths[to, from], as though the matrix were stored by columns
def walk_rewards(walk, goal, lengths):
    flat = lengths.ravel(order="F")
    n = lengths.shape[0]
    source, target = walk[:-1], walk[1:]
    cost = flat[source * n + target]
    return np.where(source == goal, 0, -cost)

# %% right
def walk_rewards(walk, goal, lengths):
    earned = []
    for begin, end in zip(walk[:-1], walk[1:]):
        earned.append(0.0 if begin == goal else -float(lengths[begin, end]))
    return np.array(earned, dtype=float)
