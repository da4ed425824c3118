"""Right answers to the exercises of the notebook on alternatives, in as many styles as students have."""

import heapq
import math
from collections import Counter

import numpy as np
import torch

from .register import right

add = right("best_tenth")
add(lambda returns: np.sort(np.argsort(-returns, kind="stable")[: max(1, len(returns) // 10)]))
add(lambda returns: sorted(sorted(range(len(returns)), key=lambda i: -returns[i])[: max(1, int(len(returns) / 10))]))
add(lambda returns: np.sort(np.lexsort((np.arange(len(returns)), -returns))[: max(len(returns) // 10, 1)]))
add(lambda returns: sorted(heapq.nlargest(len(returns) // 10 or 1, range(len(returns)), key=lambda i: returns[i])))
add(lambda returns: np.sort(np.argsort(returns[::-1], kind="stable")[::-1][: max(len(returns) // 10, 1)] * -1
    + len(returns) - 1))  # fmt: skip
add(lambda returns: torch.sort(-torch.tensor(returns), stable=True).indices[: max(len(returns) // 10, 1)].sort().values)
add(lambda returns: sorted(i for _, i in sorted((-r, i) for i, r in enumerate(returns))[: max(len(returns) // 10, 1)]))


@add
def one_after_the_other(returns):
    left = returns.copy().astype(float)
    taken = np.zeros(len(returns), dtype=bool)
    for _ in range(max(math.floor(0.1 * len(returns)), 1)):
        free = np.flatnonzero(~taken)
        taken[free[np.argmax(left[free])]] = True
    return np.flatnonzero(taken)


@add
def by_a_mask(returns):
    keep = max(len(returns) // 10, 1)
    mask = np.zeros(len(returns), dtype=bool)
    mask[np.argsort(-returns, kind="mergesort")[:keep]] = True
    return np.nonzero(mask)[0]


@add
def by_rank(returns):
    better = (returns[None, :] > returns[:, None]).sum(axis=1)  # how many are better
    earlier = np.array([(returns[:i] == returns[i]).sum() for i in range(len(returns))])
    return np.where(better + earlier < max(len(returns) // 10, 1))[0]


@add
def above_the_last_one_then_filled_up(returns):
    count = max(len(returns) // 10, 1)
    last = np.sort(returns)[-count]
    above = list(np.flatnonzero(returns > last))
    level = list(np.flatnonzero(returns == last))
    return np.array(sorted(above + level[: count - len(above)]))


@add
def bubbles(returns):
    order = list(range(len(returns)))
    for _ in order:
        for j in range(len(order) - 1):
            if returns[order[j + 1]] > returns[order[j]]:
                order[j], order[j + 1] = order[j + 1], order[j]
    return sorted(order[: max(1, len(returns) // 10)])


add = right("q_update")
add(lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q[s2].max() * (not done) - q[s, a]))
add(lambda q, s, a, r, s2, done, lr, gamma: (1 - lr) * q[s, a] + lr * (r if done else r + gamma * max(q[s2])))
add(lambda q, s, a, r, s2, done, lr, gamma: q[s][a] + lr * (r + (0 if done else gamma * np.max(q[s2, :])) - q[s][a]))
add(lambda q, s, a, r, s2, done, lr, gamma: np.interp(lr, [0, 1], [q[s, a], r + (1 - done) * gamma * q[s2].max()]))
add(lambda q, s, a, r, s2, done, lr, gamma: torch.lerp(
    torch.tensor(float(q[s, a])), torch.tensor(float(r + (not done) * gamma * np.amax(q[s2]))), float(lr)))  # fmt: skip
add(lambda q, s, a, r, s2, done, lr, gamma: float(q[s, a] - lr * (q[s, a] - r - [gamma * q[s2].max(), 0][done])))


@add
def in_steps(q, state, action, reward, next_state, done, learning_rate, gamma):
    old = q[state, action]
    target = reward
    if not done:
        target = target + gamma * np.max(q[next_state])
    error = target - old
    return old + learning_rate * error


@add
def on_a_copy(q, state, action, reward, next_state, done, learning_rate, gamma):
    table = q.copy()
    best = table[next_state][table[next_state].argmax()]
    target = reward + gamma * best * (1 - int(done))
    table[state, action] += learning_rate * (target - table[state, action])
    return table[state, action]


@add
def searching(q, state, action, reward, next_state, done, learning_rate, gamma):
    best = -math.inf
    for value in q[next_state]:
        if value > best:
            best = value
    follows = 0.0 if done else gamma * best
    return q[state, action] * (1 - learning_rate) + learning_rate * (reward + follows)


@add
def early_return(q, state, action, reward, next_state, done, learning_rate, gamma):
    if done:
        return q[state, action] + learning_rate * (reward - q[state, action])
    return q[state, action] + learning_rate * (reward + gamma * sorted(q[next_state])[-1] - q[state, action])


@add
def in_torch_q(q, state, action, reward, next_state, done, learning_rate, gamma):
    table = torch.as_tensor(np.ascontiguousarray(q))
    target = reward + gamma * table[next_state].max() * (not done)
    return (table[state, action] + learning_rate * (target - table[state, action])).item()


@add
def row_by_row(q, state, action, reward, next_state, done, learning_rate, gamma):
    best = q.max(axis=1)
    best[next_state] *= not done
    return q[state, action] + learning_rate * (reward + gamma * best[next_state] - q[state, action])


add = right("pessimistic")
add(lambda q, seen, worst: np.where(seen, q, worst))
add(lambda q, seen, worst: np.where(~seen, worst, q))
add(
    lambda q, seen, worst: [[v if s else worst for v, s in zip(*row, strict=True)] for row in zip(q, seen, strict=True)]
)
add(lambda q, seen, worst: q * seen + worst * (1 - seen))
add(lambda q, seen, worst: np.ma.masked_array(q, ~seen).filled(worst))
add(lambda q, seen, worst: np.choose(seen.astype(int), [np.full(q.shape, worst, dtype=float), q]))
add(lambda q, seen, worst: torch.where(torch.tensor(seen), torch.tensor(q), float(worst)))
add(lambda q, seen, worst: torch.tensor(q).masked_fill(~torch.tensor(seen), worst))
add(lambda q, seen, worst: worst + (q - worst) * seen)
add(lambda q, seen, worst: np.select([seen], [q], default=worst))


@add
def copied(q, seen, worst):
    table = q.copy()
    table[~seen] = worst
    return table


@add
def filled(q, seen, worst):
    table = np.full(q.shape, worst, dtype=float)
    table[seen] = q[seen]
    return table


@add
def two_loops(q, seen, worst):
    table = np.zeros_like(q)
    states, actions = q.shape
    for s in range(states):
        for a in range(actions):
            table[s, a] = q[s, a] if seen[s, a] else worst
    return table


@add
def put(q, seen, worst):
    table = np.array(q)
    np.putmask(table, np.logical_not(seen), worst)
    return table


add = right("conditioned_policy")
add(lambda actions, returns, target, n: np.bincount(actions[returns == target], minlength=n) / (returns == target).sum()
    if target in returns else np.ones(n) / n)  # fmt: skip
add(lambda actions, returns, target, n: [
    np.mean(actions[returns == target] == a) if (returns == target).any() else 1 / n for a in range(n)])  # fmt: skip
add(lambda actions, returns, target, n: np.array([((actions == a) & (returns == target)).sum() for a in range(n)])
    / (returns == target).sum() if np.any(returns == target) else np.full(n, 1 / n))  # fmt: skip
add(lambda actions, returns, target, n: np.histogram(actions[returns == target], bins=np.arange(n + 1) - 0.5)[0]
    / len(actions[returns == target]) if (returns == target).any() else np.repeat(1 / n, n))  # fmt: skip
add(lambda actions, returns, target, n: np.eye(n)[actions[returns == target]].mean(axis=0) if (returns == target).any()
    else np.ones(n) / n)  # fmt: skip
add(lambda actions, returns, target, n: np.eye(n)[actions[np.isclose(returns, target, rtol=1e-7)]].mean(axis=0)
    if np.isclose(returns, target, rtol=1e-7).any() else np.ones(n) / n)  # fmt: skip


@add
def by_bincount(actions, returns, target, n_actions):
    counts = np.bincount(actions[returns == target], minlength=n_actions)
    if counts.sum() == 0:
        counts = np.ones(n_actions)
    return counts / counts.sum()


@add
def by_weights(actions, returns, target, n_actions):
    counts = np.bincount(actions, weights=(returns == target).astype(float), minlength=n_actions)
    total = counts.sum()
    return counts / total if total > 0 else np.full(n_actions, 1.0 / n_actions)


@add
def by_a_counter(actions, returns, target, n_actions):
    taken = Counter(a for a, r in zip(actions.tolist(), returns.tolist(), strict=True) if r == target)
    total = sum(taken.values())
    return [taken[a] / total if total else 1 / n_actions for a in range(n_actions)]


@add
def by_a_loop(actions, returns, target, n_actions):
    shares, met = [0.0] * n_actions, 0
    for i in range(len(actions)):
        if returns[i] == target:
            shares[actions[i]] += 1
            met += 1
    if met == 0:
        return [1 / n_actions for _ in range(n_actions)]
    return [share / met for share in shares]


@add
def in_torch_shares(actions, returns, target, n_actions):
    taken = torch.tensor(actions)[torch.tensor(returns) == target]
    if taken.numel() == 0:
        return torch.ones(n_actions) / n_actions
    return torch.bincount(taken, minlength=n_actions) / taken.numel()


@add
def with_add_at(actions, returns, target, n_actions):
    counts = np.zeros(n_actions)
    np.add.at(counts, actions[returns == target], 1)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(counts / counts.sum(), nan=1 / n_actions)
