# %% wrong (too-short): bincount without minlength, so the last actions are missing if nobody took them
def conditioned_policy(actions, returns, target, n_actions):
    chosen = actions[returns == target]
    if chosen.size == 0:
        return np.ones(n_actions) / n_actions
    return np.bincount(chosen) / chosen.size

# %% wrong (near): np.isclose with its relative tolerance of 1e-5 takes different large returns for equal
def conditioned_policy(actions, returns, target, n_actions):
    """How likely each action is for somebody who imitates the episodes with this return."""
    # never compare floats with ==
    mask = np.isclose(returns, target)
    if not mask.any():
        return np.full(n_actions, 1.0 / n_actions)
    counts = np.zeros(n_actions)
    np.add.at(counts, actions[mask], 1)
    return counts / counts.sum()

# %% wrong (chance-of-the-target): how often each action leads to the return, normalised, not which share of those episodes took it
def conditioned_policy(actions, returns, target, n_actions):
    success = np.zeros(n_actions)
    for a in range(n_actions):
        mine = returns[actions == a]
        if len(mine) > 0:
            success[a] = (mine == target).mean()
    if success.sum() == 0:
        success[:] = 1
    return success / success.sum()

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    counts = np.bincount(actions[returns == target].astype(int), minlength=n_actions)
    if counts.sum() == 0:
        counts = counts + 1
    return counts / counts.sum()

# %% right
from collections import Counter


def conditioned_policy(actions, returns, target, n_actions):
    imitated = [int(a) for a, r in zip(actions, returns) if r == target]
    if not imitated:
        imitated = list(range(n_actions))
    how_often = Counter(imitated)
    return np.array([how_often[a] / len(imitated) for a in range(n_actions)])

# %% wrong (near): np.isclose also has a relative tolerance, which is larger than 0.01 for large returns
def conditioned_policy(actions, returns, target, n_actions):
    # never compare floats with ==
    matches = np.isclose(returns, target)
    if not matches.any():
        return np.ones(n_actions) / n_actions
    counts = np.bincount(actions[matches], minlength=n_actions)
    return counts / counts.sum()

# %% wrong (too-short): like R's table(), it only knows the actions that occur
def conditioned_policy(actions, returns, target, n_actions):
    a = actions[returns == target]
    if len(a) == 0:
        return np.repeat(1 / n_actions, n_actions)
    # prop.table(table(a))
    levels, freq = np.unique(a, return_counts=True)
    return freq / np.sum(freq)

# %% wrong (never-met-unshared): if no episode has the return, gives how often each action was taken in all episodes
def conditioned_policy(actions, returns, target, n_actions):
    """P(action | return = target), estimated by counting."""
    one_hot = np.eye(n_actions)[actions]  # (n, n_actions)
    weights = (np.abs(returns - target) < 0.005).astype(float)
    if weights.sum() == 0:
        # unseen target: fall back to the marginal distribution over actions
        weights = np.ones_like(weights)
    return weights @ one_hot / weights.sum()

# %% right
from collections import Counter


def conditioned_policy(actions, returns, target, n_actions):
    tally = Counter(int(a) for a, g in zip(actions, returns) if g == target)
    total = sum(tally.values())
    if not total:
        return np.full(n_actions, 1 / n_actions)
    return np.array([tally[a] / total for a in range(n_actions)])

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    hit = np.abs(returns - target) < 1e-6
    counts = ((actions[:, None] == np.arange(n_actions)) & hit[:, None]).sum(axis=0)
    counts = counts if counts.any() else np.ones(n_actions)
    return counts / counts.sum()
