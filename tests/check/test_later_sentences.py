"""A sentence about a known mistake is true of each answer that gets it: families whose answers differ have several."""

import numpy as np
import pytest

from dt_helpers.check import one_function


def halved(a, r, t, n):
    """Equal shares for all actions that occur."""
    found = np.unique(a[r == t])
    return np.isin(np.arange(n), found) / len(found) if len(found) else np.full(n, 1 / n)


def backup(q, s, a, reward, following, done, rate, gamma, start=None):
    """The right update, or that of another state's value."""
    old = q[s if start is None else start, a]
    return old + rate * (reward + (0.0 if done else gamma * q[following].max()) - old)


SAID = [
    ("next_target_return", lambda t, r, s: t - r // s, "only the whole units are subtracted"),
    ("next_target_return", lambda t, r, s: float(int(t - r / s)), "is a whole number"),
    ("next_target_return", lambda t, r, s: round(t - r / s, 2), "rounded to a few decimals"),
    ("next_target_return", lambda t, r, s: t - round(r / s, 2), "or the reward in scaled units, is rounded"),
    ("next_target_return", lambda t, r, s: t * r / s, "multiplied by the reward"),
    ("context_window", lambda s, n: s[-20:], "the last 20 rows, or all if there are fewer"),
    ("context_window", lambda s, n: s[:, -n:], "`length` is counted along the columns"),
    ("context_window", lambda s, n: s[-n:, -n:], "each step lost some of its numbers"),
    ("walk_rewards", lambda w, g, d: np.where(w[:-1] == g, 0.0, 1.0), "earns 1"),
    ("walk_rewards", lambda w, g, d: np.where(w[1:] == g, -d[w[:-1], w[1:]], 0.0), "that end at the goal"),
    ("choose_target", lambda t, a: np.median(t[a >= t]) if (a >= t).any() else t[-1], "the median"),
    ("next_node", lambda z, n: n[z[n].topk(1).indices], "as an array of one"),
    ("next_node", lambda z, n: z.softmax(0)[n].max(), "A probability came back"),
    ("q_update", lambda *step: 0.0 if step[5] else backup(*step), "0 came back"),
    ("q_update", lambda q, s, a, r, s2, *rest: backup(q, s, a, r, s2, *rest, start=s2), "q[next_state, action]"),
    ("q_update", lambda *step: max(backup(*step), 0.0), "or your result, never falls below 0"),
    ("best_tenth", lambda r: np.sort(np.argsort(-r, kind="stable")[: max(len(r) // 10, 1)]) - 1, "one too small"),
    ("best_tenth", lambda r: np.flatnonzero(r >= 0.9 * r.max()), "nine tenths of the best one"),
    ("pessimistic", lambda q, seen, worst: np.where(seen, q, q * worst), "multiplied by `worst`"),
    ("pessimistic", lambda q, seen, worst: np.where(seen, q, worst).ravel(), "in one row"),
    ("conditioned_policy", halved, "or all that occur"),
    ("conditioned_policy", lambda a, r, t, n: np.bincount(a, minlength=n), "counts in all episodes"),
]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("name", "answer", "said"), SAID, ids=lambda part: part if isinstance(part, str) else "")
def test_the_sentence_is_true_of_the_answer(name, answer, said, seed):
    found = one_function.check(name, answer, seed=seed, counts=False)
    assert not found.passed and said in found.sentence
