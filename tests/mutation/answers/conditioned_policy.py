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

# %% wrong (near): np.isclose with its relative tolerance: beyond 1000 it holds returns to be equal that are 0.01 apart
def conditioned_policy(actions, returns, target, n_actions):
    hits = actions[np.isclose(returns, target)]  # never compare floats with ==
    if hits.size == 0:
        return np.ones(n_actions) / n_actions
    return np.bincount(hits, minlength=n_actions) / hits.size

# %% wrong (never-met): looks the target up with searchsorted and never asks whether it was found: the next larger return is taken
def conditioned_policy(actions, returns, target, n_actions):
    values, row = np.unique(returns, return_inverse=True)
    table = np.zeros((len(values) + 1, n_actions))
    np.add.at(table, (row, actions), 1)
    counts = table[np.searchsorted(values, target)]  # the last row stays empty, for targets that nobody reached
    if counts.sum() == 0:
        return np.full(n_actions, 1 / n_actions)
    return counts / counts.sum()

# %% wrong (chance-of-the-target): turns the condition round: how often each action brings the target, instead of who took it among those who got it
def conditioned_policy(actions, returns, target, n_actions):
    success = np.zeros(n_actions)
    for a in range(n_actions):
        mine = returns[actions == a]
        if len(mine) > 0:
            success[a] = np.mean(mine == target)
    if success.sum() == 0:
        return np.ones(n_actions) / n_actions
    return success / success.sum()

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    one_hot = np.eye(n_actions)[actions]
    chosen = one_hot[returns == target]
    if len(chosen) == 0:
        chosen = np.eye(n_actions)  # as if each action had been taken once
    return chosen.mean(axis=0)

# %% right
from collections import Counter


def conditioned_policy(actions, returns, target, n_actions):
    counts = Counter()
    for i in range(len(actions)):
        if returns[i] == target:
            counts[int(actions[i])] += 1
    total = sum(counts.values())
    shares = []
    for action in range(n_actions):
        if total == 0:
            shares.append(1 / n_actions)
        else:
            shares.append(counts[action] / total)
    return np.array(shares)

# %% wrong (near): np.isclose with its relative tolerance, which is wider than 0.01 for large returns
def conditioned_policy(actions, returns, target, n_actions):
    chosen = actions[np.isclose(returns, target)]  # never compare floats with ==
    if chosen.size == 0:
        return np.full(n_actions, 1 / n_actions)
    return np.bincount(chosen, minlength=n_actions) / chosen.size

# %% wrong (never-met|never-met-unshared): weights by a "stable" softmax of the distance to the target: subtracting the maximum makes the nearest return win if none is equal
def conditioned_policy(actions, returns, target, n_actions):
    # soft selection, sharp enough for returns 0.01 apart
    logits = -np.abs(returns - target) / 1e-4
    logits = logits - logits.max()  # against underflow
    weights = np.exp(logits)
    shares = np.zeros(n_actions)
    np.add.at(shares, actions, weights)
    total = shares.sum()
    if total == 0:
        return np.ones(n_actions) / n_actions
    return shares / total

# %% wrong (one-run-only): itertools.groupby without sorting: only the last run of neighbouring episodes with this return is counted
from collections import Counter
from itertools import groupby
from operator import itemgetter

def conditioned_policy(actions, returns, target, n_actions):
    episodes = zip(returns.tolist(), actions.tolist())
    by_return = {ret: Counter(map(itemgetter(1), group)) for ret, group in groupby(episodes, key=itemgetter(0))}
    counts = by_return.get(target, Counter(range(n_actions)))
    total = sum(counts.values())
    return np.array([counts[a] / total for a in range(n_actions)])

# %% right
from collections import Counter

def conditioned_policy(actions, returns, target, n_actions):
    took = Counter(int(a) for a, r in zip(actions, returns) if r == target)
    if not took:
        took = Counter(range(n_actions))
    n = sum(took.values())
    return np.array([took[a] / n for a in range(n_actions)])

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    one_hot = actions[:, None] == np.arange(n_actions)
    counts = (returns == target).astype(float) @ one_hot.astype(float)
    return counts / counts.sum() if counts.any() else np.ones(n_actions) / n_actions

# %% wrong (near): compares with np.isclose, whose relative tolerance lets other returns through when they are large
def conditioned_policy(actions, returns, target, n_actions):
    hit = np.isclose(returns, target)       # never compare floats with ==
    if not hit.any():
        return np.full(n_actions, 1 / n_actions)
    chosen = actions[hit]
    return np.array([np.mean(chosen == a) for a in range(n_actions)])

# %% wrong (too-short): bincount without minlength, so that the last actions are missing where nobody chose them
def conditioned_policy(actions, returns, target, n_actions):
    sel = actions[returns == target]
    if len(sel) == 0:
        return np.ones(n_actions) / n_actions
    counts = np.bincount(sel)
    return counts / counts.sum()

# %% wrong (never-met-unshared): forgets the case in which no episode has the return, and divides 0 by 0
def conditioned_policy(actions, returns, target, n_actions):
    counts = np.zeros(n_actions)
    for a, r in zip(actions, returns):
        if r == target:
            counts[a] += 1
    return counts / counts.sum()

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    counts = np.bincount(actions[returns == target].astype(int), minlength=n_actions).astype(float)
    if counts.sum() == 0:
        counts += 1
    return counts / counts.sum()

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    tally = dict.fromkeys(range(n_actions), 0)
    total = 0
    for i in range(len(actions)):
        if returns[i] == target:
            tally[int(actions[i])] += 1
            total += 1
    if total == 0:
        return np.repeat(1.0 / n_actions, n_actions)
    return np.array([tally[a] / total for a in range(n_actions)])

# %% wrong (near): np.isclose has a relative tolerance of 1e-5, which for large returns is more than the 0.01 between different ones
def conditioned_policy(actions, returns, target, n_actions):
    chosen = actions[np.isclose(returns, target)]
    if chosen.size == 0:
        return np.ones(n_actions) / n_actions
    return np.bincount(chosen, minlength=n_actions) / chosen.size

# %% wrong (chance-of-the-target): how often each action leads to the return, made to add up to 1, instead of how often those with the return took the action
def conditioned_policy(actions, returns, target, n_actions):
    success = np.zeros(n_actions)
    for a in range(n_actions):
        of_a = returns[actions == a]
        if len(of_a) > 0:
            success[a] = np.mean(of_a == target)
    if success.sum() == 0:
        return np.full(n_actions, 1 / n_actions)
    return success / success.sum()

# %% wrong (never-met-unshared): where nobody got the return, only the actions that occur in the recordings share equally
def conditioned_policy(actions, returns, target, n_actions):
    policy = np.zeros(n_actions)
    who = np.flatnonzero(returns == target)
    if len(who) == 0:
        known = np.unique(actions)
        policy[known] = 1.0
    else:
        np.add.at(policy, actions[who], 1.0)
    return policy / policy.sum()

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    same = returns == returns.dtype.type(target)
    counts = np.array([np.count_nonzero(same & (actions == a)) for a in range(n_actions)])
    total = counts.sum()
    return counts / total if total else np.full(n_actions, 1.0 / n_actions)

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    onehot = actions[:, None] == np.arange(n_actions)
    imitated = onehot[returns == float(target)]
    if len(imitated):
        return imitated.mean(axis=0)
    return np.repeat(1 / n_actions, n_actions)

# %% wrong (near): np.isclose with its relative tolerance: at large returns, different ones count as equal
def conditioned_policy(actions, returns, target, n_actions):
    # never compare floats with ==
    chosen = actions[np.isclose(returns, target)]
    if chosen.size == 0:
        return np.full(n_actions, 1 / n_actions)
    return np.bincount(chosen, minlength=n_actions) / chosen.size

# %% wrong (chance-of-the-target): computes how often each action reached the target, P(return | action), and normalises that; not P(action | return)
def conditioned_policy(actions, returns, target, n_actions):
    success = np.zeros(n_actions)
    for a in range(n_actions):
        mine = returns[actions == a]
        if len(mine) > 0:
            success[a] = np.mean(mine == target)
    if success.sum() == 0:
        return np.ones(n_actions) / n_actions
    return success / success.sum()

# %% wrong (action-never-taken): np.histogram without a range spreads its bins from the smallest to the largest action that was chosen
def conditioned_policy(actions, returns, target, n_actions):
    hit = returns == target
    if not hit.any():
        return np.repeat(1.0 / n_actions, n_actions)
    counts, _ = np.histogram(actions[hit], bins=n_actions)
    return counts / hit.sum()

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    votes = (returns == target).astype(float)  # (n,)
    one_hot = np.equal.outer(actions, np.arange(n_actions)).astype(float)  # (n, n_actions)
    counts = votes @ one_hot
    if votes.sum() == 0:
        counts = np.ones(n_actions)
    return counts / counts.sum()

# %% right
from fractions import Fraction


def conditioned_policy(actions, returns, target, n_actions):
    # nobody got it? then pretend that each action was taken once
    did = actions[returns == target].tolist() or list(range(n_actions))
    return np.array([float(Fraction(did.count(a), len(did))) for a in range(n_actions)])

# %% wrong (near): np.isclose with its relative tolerance: for large returns, neighbours 0.01 apart count as equal
def conditioned_policy(actions, returns, target, n_actions):
    hit = np.isclose(returns, target)  # never compare floats with ==
    if not hit.any():
        return np.ones(n_actions) / n_actions
    counts = np.bincount(actions[hit], minlength=n_actions)
    return counts / counts.sum()

# %% wrong (never-met): falls back to equal shares only for targets above the best or below the worst return
def conditioned_policy(actions, returns, target, n_actions):
    shares = np.zeros(n_actions)
    if target > np.max(returns) or target < np.min(returns):
        # nobody ever got that
        shares[:] = 1 / n_actions
        return shares
    for a in range(n_actions):
        shares[a] = np.sum((returns == target) & (actions == a))
    return shares / np.sum(returns == target)

# %% wrong (too-short): one-hot rows as wide as the largest action in the data, not n_actions
def conditioned_policy(actions, returns, target, n_actions):
    one_hot = np.eye(np.max(actions) + 1)[actions]  # (n, n_actions)
    same = one_hot[returns == target]
    return same.mean(axis=0) if len(same) else np.full(n_actions, 1.0 / n_actions)

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    chosen = [int(a) for a, r in zip(actions, returns) if r == target]
    if not chosen:
        return np.full(n_actions, 1 / n_actions)
    return np.array([chosen.count(a) / len(chosen) for a in range(n_actions)])

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    counts = np.zeros(n_actions)
    np.add.at(counts, actions[returns == target], 1)
    if counts.sum() == 0:
        counts += 1
    return counts / counts.sum()

# %% wrong (chance-of-the-target): takes how often each action led to the target (share within the action), normalised, instead of who among those with the target took it
def conditioned_policy(actions, returns, target, n_actions):
    success = np.zeros(n_actions)
    for a in range(n_actions):
        mine = returns[actions == a]
        if len(mine) > 0:
            success[a] = np.mean(mine == target)
    total = success.sum()
    if total == 0:
        return np.ones(n_actions) / n_actions
    return success / total

# %% right
from collections import Counter


def conditioned_policy(actions, returns, target, n_actions):
    taken = Counter(int(a) for a, r in zip(actions, returns) if r == target)
    n = sum(taken.values())
    if n == 0:
        return np.full(n_actions, 1.0 / n_actions)
    return np.array([taken[a] / n for a in range(n_actions)])

# %% wrong (never-met-unshared): where no episode has the return, it imitates those with the nearest one instead of giving all actions the same share
def conditioned_policy(actions, returns, target, n_actions):
    nearest = returns[np.abs(returns - target).argmin()]
    chosen = actions[returns == nearest]
    return np.bincount(chosen, minlength=n_actions) / chosen.size

# %% wrong (never-met-unshared): in the fallback only the actions that occur in the data share, those nobody took get 0
def conditioned_policy(actions, returns, target, n_actions):
    shares = np.zeros(n_actions)
    hits = actions[returns == target]
    if len(hits):
        values, counts = np.unique(hits, return_counts=True)
        shares[values] = counts / counts.sum()
    else:
        known = np.unique(actions)
        shares[known] = 1 / len(known)
    return shares

# %% wrong (near): casts the returns to whole numbers before comparing (to be "safe" with floats)
def conditioned_policy(actions, returns, target, n_actions):
    same = returns.astype(int) == int(target)
    n = np.count_nonzero(same)
    if not n:
        return np.repeat(1 / n_actions, n_actions)
    return np.array([np.count_nonzero(same & (actions == a)) / n for a in range(n_actions)])

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    one_hot = np.eye(n_actions)[actions]  # (n, n_actions)
    got_it = returns == target
    if not got_it.any():
        return np.ones(n_actions) / n_actions
    return one_hot[got_it].mean(axis=0)

# %% wrong (too-short): SQL's GROUP BY: only the actions that occur get a row, so there may be fewer than n_actions shares
def conditioned_policy(actions, returns, target, n_actions):
    # SELECT action, COUNT(*) / SUM(COUNT(*)) OVER () FROM episodes WHERE return = :target GROUP BY action
    where = returns == target
    if not where.any():
        return np.full(n_actions, 1 / n_actions)
    group, count = np.unique(actions[where], return_counts=True)
    return count / count.sum()

# %% wrong (near): np.isclose with its relative tolerance of 1e-5: large returns that are 0.01 apart count as equal
def conditioned_policy(actions, returns, target, n_actions):
    # never compare floats with ==
    hits = actions[np.isclose(returns, target)]
    if hits.size == 0:
        return np.ones(n_actions) / n_actions
    return np.bincount(hits, minlength=n_actions) / hits.size

# %% wrong (near): a HashMap<Integer, int[]> with the return cast to int as its key: returns that differ after the point are thrown together
def conditioned_policy(actions, returns, target, n_actions):
    counts_by_return = {}
    for action, value in zip(actions, returns):
        key = int(value)
        counts_by_return.setdefault(key, [0] * n_actions)
        counts_by_return[key][action] += 1
    counts = counts_by_return.get(int(target))
    if counts is None:
        return np.array([1.0 / n_actions] * n_actions)
    total = sum(counts)
    return np.array([c / total for c in counts])

# %% wrong (chance-of-the-target): turns the condition round: how often each action earned the target, P(return | action), scaled to add up to 1
def conditioned_policy(actions, returns, target, n_actions):
    success = np.array(
        [np.mean(returns[actions == a] == target) if np.any(actions == a) else 0.0 for a in range(n_actions)]
    )
    total = success.sum()
    return success / total if total > 0 else np.full(n_actions, 1 / n_actions)

# %% right
def conditioned_policy(actions, returns, target, n_actions):
    # weighted histogram: each episode weighs 1 or 0
    weights = np.equal(returns, target).astype(float)
    if weights.sum() == 0:
        weights, actions = np.ones(n_actions), np.arange(n_actions)
    return np.bincount(actions, weights=weights, minlength=n_actions) / weights.sum()

# %% right
from collections import Counter
from fractions import Fraction


def conditioned_policy(actions, returns, target, n_actions):
    tally = Counter(int(a) for a, r in zip(actions, returns) if r == target)
    n = sum(tally.values())
    share = (lambda a: Fraction(tally[a], n)) if n else (lambda a: Fraction(1, n_actions))
    return np.array([float(share(a)) for a in range(n_actions)])
