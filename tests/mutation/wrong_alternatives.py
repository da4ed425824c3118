"""Wrong answers to the exercises of the notebook on alternatives, each with the mistake made on purpose."""

import math

import numpy as np
import torch

from .register import wrong

bad = wrong("best_tenth")
bad("lowest")(
    lambda returns: np.sort(np.argsort(returns)[: max(len(returns) // 10, 1)]),
    lambda returns: sorted(sorted(range(len(returns)), key=lambda i: returns[i])[: max(len(returns) // 10, 1)]),
)
bad("best-first")(
    lambda returns: np.argsort(-returns, kind="stable")[: max(len(returns) // 10, 1)],
    lambda returns: np.argsort(returns, kind="stable")[-max(len(returns) // 10, 1) :],
    lambda returns: sorted(range(len(returns)), key=lambda i: -returns[i])[: max(len(returns) // 10, 1)],
)
bad("returns-kept")(
    lambda returns: np.sort(returns)[-max(len(returns) // 10, 1) :],
    lambda returns: returns[np.sort(np.argsort(-returns, kind="stable")[: max(len(returns) // 10, 1)])],
    lambda returns: sorted(returns, reverse=True)[: max(len(returns) // 10, 1)],
)
bad("mask")(
    lambda returns: np.isin(np.arange(len(returns)), np.argsort(-returns, kind="stable")[: max(len(returns) // 10, 1)]),
)
bad("rounded")(
    lambda returns: np.sort(np.argsort(-returns, kind="stable")[: math.ceil(len(returns) / 10)]),
    lambda returns: np.sort(np.argsort(-returns, kind="stable")[: max(1, round(len(returns) / 10))]),
    lambda returns: np.sort(np.argsort(-returns, kind="stable")[: len(returns) // 10 + 1]),
)
bad("quantile")(
    lambda returns: np.flatnonzero(returns >= np.quantile(returns, 0.9)),
    lambda returns: np.where(returns >= np.percentile(returns, 90))[0],
    lambda returns: np.where(returns >= np.sort(returns)[-max(len(returns) // 10, 1)])[0],
)
bad("tenth-of-the-range")(
    lambda returns: np.where(returns >= returns.max() - (returns.max() - returns.min()) / 10)[0],
)
bad("nine-tenths")(
    lambda returns: np.sort(np.argsort(-returns, kind="stable")[max(len(returns) // 10, 1) :]),
    lambda returns: np.sort(np.argsort(returns, kind="stable")[max(len(returns) // 10, 1) :]),
)
bad("unsorted")(lambda returns: np.arange(max(len(returns) // 10, 1)))
bad("all-of-them")(lambda returns: np.argsort(-returns, kind="stable"))
bad("ten-kept")(lambda returns: np.sort(np.argsort(-returns, kind="stable")[:10]))
bad("one-kept")(lambda returns: [np.argmax(returns)], lambda returns: returns.argmax())
bad("few")(
    lambda returns: np.sort(np.argsort(-returns, kind="stable")[: len(returns) // 10]),
    lambda returns: np.sort(np.argsort(-returns, kind="stable")[: int(0.1 * len(returns))]),
)
bad("later-first")(
    lambda returns: np.sort(np.argsort(returns, kind="stable")[-max(len(returns) // 10, 1) :]),
    lambda returns: np.sort(np.argsort(returns, kind="stable")[::-1][: max(len(returns) // 10, 1)]),
)
bad("size-without-sign")(
    lambda returns: np.sort(np.argsort(-abs(returns), kind="stable")[: max(len(returns) // 10, 1)])
)
bad("lost-dropped")(
    lambda returns: np.sort(np.argsort(-returns, kind="stable")[: max(len(returns[returns > -np.inf]) // 10, 1)])
)
bad("counted-from-one")(lambda returns: np.sort(np.argsort(-returns, kind="stable")[: max(len(returns) // 10, 1)]) + 1)
bad("unfilled")(lambda returns: None, lambda returns: ...)
bad("exception")(
    lambda returns: np.sort(np.argsort(-returns)[: max(len(returns) / 10, 1)]),
    lambda returns: np.sort(np.argpartition(-returns, returns)[:10]),
)
bad("wrong-signature")(lambda returns, share: np.argsort(-returns)[: int(share * len(returns))])


@bad("input-changed")
def strikes_out(returns):
    kept = []
    for _ in range(max(len(returns) // 10, 1)):
        kept.append(int(returns.argmax()))
        returns[kept[-1]] = -np.inf
    return sorted(kept)


@bad("ties|later-first|quantile|all-alike")
def fast_sort_from_behind(returns):
    count = max(len(returns) // 10, 1)
    best = sorted(((r, i) for i, r in enumerate(returns)), reverse=True)[:count]
    return sorted(i for _, i in best)


bad = wrong("q_update")
bad("end-ignored")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q[s2].max() - q[s, a]),
    lambda q, s, a, r, s2, done, lr, gamma: (1 - lr) * q[s, a] + lr * (r + gamma * max(q[s2])),
)
bad("end-turned-round")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + done * gamma * q[s2].max() - q[s, a])
)
bad("end-skipped")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] if done else q[s, a] + lr * (r + gamma * q[s2].max() - q[s, a]),
    lambda q, s, a, r, s2, done, lr, gamma: 0 if done else q[s, a] + lr * (r + gamma * q[s2].max() - q[s, a]),
)
bad("end-jumps")(
    lambda q, s, a, r, s2, done, lr, gamma: r if done else q[s, a] + lr * (r + gamma * q[s2].max() - q[s, a])
)
bad("last-reward-lost")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * ((r + gamma * q[s2].max()) * (not done) - q[s, a])
)
bad("target-returned")(lambda q, s, a, r, s2, done, lr, gamma: r + gamma * q[s2].max() * (not done))
bad("change-returned")(
    lambda q, s, a, r, s2, done, lr, gamma: lr * (r + gamma * q[s2].max() * (not done) - q[s, a]),
    lambda q, s, a, r, s2, done, lr, gamma: r + gamma * q[s2].max() * (not done) - q[s, a],
)
bad("rate-turned-round")(
    lambda q, s, a, r, s2, done, lr, gamma: lr * q[s, a] + (1 - lr) * (r + gamma * q[s2].max() * (not done))
)
bad("old-not-subtracted")(lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q[s2].max() * (not done)))
bad("away-from-the-target")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] - lr * (r + gamma * q[s2].max() * (not done) - q[s, a]),
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (q[s, a] - r - gamma * q[s2].max() * (not done)),
)
bad("discount-missing")(lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + q[s2].max() * (not done) - q[s, a]))
bad("reward-discounted")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (gamma * (r + q[s2].max() * (not done)) - q[s, a]),
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * ((r if done else gamma * (r + q[s2].max())) - q[s, a]),
)
bad("reward-missing")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (gamma * q[s2].max() * (not done) - q[s, a])
)
bad("own-state")(lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q[s].max() * (not done) - q[s, a]))
bad("same-action")(lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q[s2, a] * (not done) - q[s, a]))
bad("not-the-largest")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q[s2].mean() * (not done) - q[s, a]),
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q[s2].sum() * (not done) - q[s, a]),
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * min(q[s2]) * (not done) - q[s, a]),
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * max(abs(q[s2])) * (not done) - q[s, a]),
)
bad("position")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q[s2].argmax() * (not done) - q[s, a])
)
bad("whole-table")(lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q.max() * (not done) - q[s, a]))
bad("column")(lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * q[:, a].max() * (not done) - q[s, a]))
bad("never-below-zero")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gamma * max(0, *q[s2]) * (not done) - q[s, a])
)
bad("unchanged")(lambda q, s, a, r, s2, done, lr, gamma: q[s, a])
bad("never-follows")(lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r - q[s, a]))
bad("old-lost")(lambda q, s, a, r, s2, done, lr, gamma: lr * (r + gamma * q[s2].max() * (not done)))
bad("rate-fixed")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + 0.1 * (r + gamma * q[s2].max() * (not done) - q[s, a]),
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + 0.99 * q[s2].max() * (not done) - q[s, a]),
)
bad("row")(lambda q, s, a, r, s2, done, lr, gamma: q[s] + lr * (r + gamma * q[s2].max() * (not done) - q[s]))
bad("first-place|exception")(lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (
    r + gamma * (q[s2].max() if s2 else 0) * (not done) - q[s, a]))  # fmt: skip
bad("unfilled")(lambda *step: None, lambda *step: ...)
bad("wrong-signature")(lambda q, s, a, r, s2: q[s, a] + 0.5 * (r + q[s2].max() - q[s, a]))
bad("exception")(
    lambda q, s, a, r, s2, done, lr, gamma: q[s, a] + lr * (r + gama * q[s2].max() - q[s, a]),  # noqa: F821
    lambda q, s, a, r, s2, done, lr, gamma: q(s, a) + lr * (r + gamma * q[s2].max() * (not done) - q(s, a)),
)


@bad("table|input-changed")
def in_place(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward + gamma * q[next_state].max() * (not done)
    q[state, action] += learning_rate * (target - q[state, action])
    return q


@bad("input-changed")
def value_in_place(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward + gamma * q[next_state].max() * (not done)
    q[state, action] += learning_rate * (target - q[state, action])
    return q[state, action]


@bad("table")
def table_of_a_copy(q, state, action, reward, next_state, done, learning_rate, gamma):
    new = q.copy()
    target = reward if done else reward + gamma * q[next_state].max()
    new[state, action] = q[state, action] + learning_rate * (target - q[state, action])
    return new


@bad("unfilled")
def changes_and_says_nothing(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward if done else reward + gamma * q[next_state].max()
    q[state, action] += learning_rate * (target - q[state, action])


@bad("all-the-way|end-jumps")
def return_too_early(q, state, action, reward, next_state, done, learning_rate, gamma):
    if done:
        return reward
    return q[state, action] + learning_rate * (reward + gamma * q[next_state].max() - q[state, action])


bad = wrong("pessimistic")
bad("turned-round")(
    lambda q, seen, worst: np.where(seen, worst, q),
    lambda q, seen, worst: np.where(~seen, q, worst),
    lambda q, seen, worst: q * ~seen + worst * seen,
)
bad("zeroed")(lambda q, seen, worst: q * seen, lambda q, seen, worst: np.where(seen, q, 0))
bad("infinite")(lambda q, seen, worst: np.where(seen, q, -np.inf))
bad("left-out")(lambda q, seen, worst: np.where(seen, q, np.nan), lambda q, seen, worst: q[seen])
bad("unchanged")(lambda q, seen, worst: q, lambda q, seen, worst: q.copy())
bad("worst-everywhere")(lambda q, seen, worst: np.full(q.shape, worst))
bad("never-above")(
    lambda q, seen, worst: np.where(seen, q, np.minimum(q, worst)),
    lambda q, seen, worst: np.maximum(np.where(seen, q, worst), worst),
    lambda q, seen, worst: np.maximum(q, worst),
)
bad("penalty")(
    lambda q, seen, worst: np.where(seen, q, q + worst),
    lambda q, seen, worst: np.where(seen, q, q - worst),
    lambda q, seen, worst: q + worst * (~seen),
)
bad("sign")(lambda q, seen, worst: np.where(seen, q, -worst))
bad("whole-states")(lambda q, seen, worst: np.where(seen.any(axis=1)[:, None], q, worst))
bad("a-number-a-state")(
    lambda q, seen, worst: np.where(seen, q, worst).max(axis=1),
    lambda q, seen, worst: np.where(seen, q, worst).argmax(axis=1),
)
bad("lowest-value")(
    lambda q, seen, worst: np.where(seen, q, q.min()), lambda q, seen, worst: np.where(seen, q, np.min(q))
)
bad("worst-fixed")(lambda q, seen, worst: np.where(seen, q, -100.0), lambda q, seen, worst: np.where(seen, q, -1))
bad("question-returned")(lambda q, seen, worst: seen, lambda q, seen, worst: 1.0 * seen)
bad("transposed")(lambda q, seen, worst: np.where(seen, q, worst).T)
bad("best-only")(
    lambda q, seen, worst: np.where(
        np.arange(q.shape[1]) == np.where(seen, q, -1e9).argmax(axis=1)[:, None], np.where(seen, q, worst), worst
    )
)
bad("zeros")(lambda q, seen, worst: np.where(q * seen, q * seen, worst))
bad("unfilled")(lambda q, seen, worst: None, lambda q, seen, worst: ...)
bad("exception")(
    lambda q, seen, worst: q if seen else worst,
    lambda q, seen, worst: np.where(seen, q),
    lambda q, seen, worst: q[~seen].fill_(worst),
)
bad("wrong-signature")(lambda q, seen: np.where(seen, q, -100.0))
bad("wrong-dtype")(lambda q, seen, worst: np.where(seen, q, worst).astype(int))


@bad("input-changed")
def written_in_place(q, seen, worst):
    q[~seen] = worst
    return q


@bad("unfilled")
def written_and_not_returned(q, seen, worst):
    q[~seen] = worst


@bad("worst-of-zero|worst-fixed|lowest-value")
def or_something(q, seen, worst):
    return np.where(seen, q, worst or -100.0)


bad = wrong("conditioned_policy")
bad("chance-of-the-target")(
    lambda actions, returns, target, n: [
        np.mean(returns[actions == a] == target) if (actions == a).any() else 0 for a in range(n)
    ],
    lambda actions, returns, target, n: np.array(
        [((actions == a) & (returns == target)).sum() / max((actions == a).sum(), 1) for a in range(n)]
    ),
)
bad("target-ignored")(
    lambda actions, returns, target, n: np.bincount(actions, minlength=n) / len(actions),
    lambda actions, returns, target, n: [np.mean(actions == a) for a in range(n)],
)
bad("at-least")(
    lambda actions, returns, target, n: (
        np.bincount(actions[returns >= target], minlength=n) / max((returns >= target).sum(), 1)
        if (returns >= target).any()
        else np.ones(n) / n
    ),
    lambda actions, returns, target, n: [
        np.mean(actions[returns <= target] == a) if (returns <= target).any() else 1 / n for a in range(n)
    ],
)
bad("all-but-the-target")(
    lambda actions, returns, target, n: [
        np.mean(actions[returns != target] == a) if (returns != target).any() else 1 / n for a in range(n)
    ]
)
bad("counts")(
    lambda actions, returns, target, n: np.bincount(actions[returns == target], minlength=n),
    lambda actions, returns, target, n: [((actions == a) & (returns == target)).sum() for a in range(n)],
)
bad("divided-by-all")(
    lambda actions, returns, target, n: np.bincount(actions[returns == target], minlength=n) / len(actions),
    lambda actions, returns, target, n: [((actions == a) & (returns == target)).mean() for a in range(n)],
)
bad("divided-wrongly")(lambda actions, returns, target, n: np.bincount(actions[returns == target], minlength=n) / n)
bad("values")(
    lambda actions, returns, target, n: [
        returns[actions == a].mean() if (actions == a).any() else 0.0 for a in range(n)
    ]
)
bad("likeliest")(
    lambda actions, returns, target, n: np.bincount(actions[returns == target], minlength=n).argmax(),
    lambda actions, returns, target, n: np.eye(n)[np.bincount(actions[returns == target], minlength=n).argmax()],
)
bad("taken-actions")(lambda actions, returns, target, n: actions[returns == target])
bad("nan|never-met-unshared|never-met")(
    lambda actions, returns, target, n: np.bincount(actions[returns == target], minlength=n) / (returns == target).sum()
)
bad("never-met-unshared")(
    lambda actions, returns, target, n: (
        np.bincount(actions[returns == target], minlength=n) / max((returns == target).sum(), 1)
    ),
    lambda actions, returns, target, n: (
        np.bincount(actions[returns == target], minlength=n) / (returns == target).sum()
        if (returns == target).any()
        else np.bincount(actions, minlength=n) / len(actions)
    ),
    lambda actions, returns, target, n: (
        np.bincount(actions[returns == target], minlength=n) / (returns == target).sum()
        if (returns == target).any()
        else np.ones(n)
    ),
)
bad("always-alike")(lambda actions, returns, target, n: np.ones(n) / n)
bad("too-short|action-never-taken")(
    lambda actions, returns, target, n: (
        np.bincount(actions[returns == target]) / (returns == target).sum()
        if (returns == target).any()
        else np.ones(n) / n
    ),
    lambda actions, returns, target, n: (
        np.unique(actions[returns == target], return_counts=True)[1] / (returns == target).sum()
        if (returns == target).any()
        else np.ones(n) / n
    ),
)
bad("smoothed")(
    lambda actions, returns, target, n: (
        (np.bincount(actions[returns == target], minlength=n) + 1) / ((returns == target).sum() + n)
    )
)
bad("percent")(
    lambda actions, returns, target, n: (
        100 * np.bincount(actions[returns == target], minlength=n) / (returns == target).sum()
        if (returns == target).any()
        else np.full(n, 100 / n)
    )
)
bad("target-of-zero")(
    lambda actions, returns, target, n: (
        np.bincount(actions[returns == target], minlength=n) / (returns == target).sum()
        if target and (returns == target).any()
        else np.ones(n) / n
    )
)
bad("near")(
    lambda actions, returns, target, n: [
        np.mean(actions[abs(returns - target) < 0.5] == a) if (abs(returns - target) < 0.5).any() else 1 / n
        for a in range(n)
    ]
)
bad("unfilled")(lambda actions, returns, target, n: None, lambda actions, returns, target, n: ...)
bad("wrong-signature")(lambda actions, returns, target: np.bincount(actions[returns == target]))
bad("None")(lambda actions, returns, target, n: [1 / max((returns == target).sum(), 1) for _ in range(n)])
bad("exception")(
    lambda actions, returns, target, n: torch.bincount(actions[returns == target], minlength=n),
)
