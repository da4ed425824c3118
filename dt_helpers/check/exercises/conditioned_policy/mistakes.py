"""The right answer, and what students take for the policy of somebody who is asked for a return."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(actions, returns, target, n_actions):
    """(n,) actions, (n,) returns, a return, a number -> (n_actions,)"""
    taken = [action for action, earned in zip(actions.tolist(), returns.tolist(), strict=True) if earned == target]
    if not taken:
        return (np.full(n_actions, 1 / n_actions),)
    return (np.array([taken.count(action) / len(taken) for action in range(n_actions)]),)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _counts(actions, n_actions):
    return np.bincount(actions, minlength=n_actions).astype(float)


def _uniform(n_actions):
    return np.full(n_actions, 1 / n_actions)


def _shares(actions, n_actions):
    """All alike if there are none."""
    return _counts(actions, n_actions) / len(actions) if len(actions) else _uniform(n_actions)


def _kept(which):
    """The shares among other episodes: `which(returns, target)`."""
    return lambda actions, returns, target, n_actions: _shares(actions[which(returns, target)], n_actions)


def _instead(otherwise):
    """Right, but for a target that is never met."""

    def policy(actions, returns, target, n_actions):
        taken = actions[returns == target]
        return _shares(taken, n_actions) if len(taken) else otherwise(actions, returns, target, n_actions)

    return policy


def _one_run(which):
    """Of the episodes that met the target, those of one run of neighbours: the first (0) or the last one (-1)."""

    def policy(actions, returns, target, n_actions):
        met = np.flatnonzero(returns == target)
        runs = np.split(met, np.flatnonzero(np.diff(met) > 1) + 1)
        return _shares(actions[runs[which]], n_actions)

    return policy


def _of_each(value):
    """A number of each action's returns, 0 where it was never taken."""

    def numbers(actions, returns, target, n_actions):
        each = [returns[actions == action] for action in range(n_actions)]
        return np.array([value(own, target) if len(own) else 0.0 for own in each])

    return numbers


def _normalised(numbers):
    def policy(*given):
        found = numbers(*given)
        return found / found.sum() if found.sum() else _uniform(given[-1])

    return policy


_FAMILIES = (
    (
        "one-run-only",
        "Of the episodes that met the target, only some that stand next to one another are counted.",
        ("`itertools.groupby` joins neighbours only. Does a loop end too early?",),
        (_one_run(-1), _one_run(0)),
    ),
    (
        "chance-of-the-target",
        "You turn it round: that is how often each action's episodes meet the target. What is wanted is how often the "
        "episodes that meet the target took each action.",
        ("Out of which episodes is the share taken: those with the action, or those with the return?",),
        (
            _of_each(lambda own, target: np.mean(own == target)),
            _normalised(_of_each(lambda own, target: np.mean(own == target))),
        ),
    ),
    (
        "target-ignored",
        "Those are the shares among all episodes, whatever they earned.",
        ("What is the target for?",),
        (lambda a, r, t, n: _counts(a, n) / len(a),),
    ),
    (
        "at-least",
        "You count episodes that earned more, or less, as well; only those with exactly the target return are wanted.",
        ("Is it ==, or >=? A return-to-go in training is what was really earned.",),
        (
            _kept(lambda r, t: r >= t),
            _kept(lambda r, t: r <= t),
        ),
    ),
    (
        "at-least",
        "You count the episodes that earned more than the target, or less; those with exactly that return are wanted.",
        ("Is it ==, or > or <? A return-to-go in training is what was really earned.",),
        (
            _kept(lambda r, t: r > t),
            _kept(lambda r, t: r < t),
        ),
    ),
    (
        "best-return",
        "You take the episodes with the best return, or with the worst, whatever the target is.",
        ("Which argument says what return is asked for?",),
        (
            _kept(lambda r, t: r == r.max()),
            _kept(lambda r, t: r == r.min()),
        ),
    ),
    (
        "all-but-the-target",
        "You count the episodes that missed the target.",
        ("Is it == or !=?",),
        (_kept(lambda r, t: r != t),),
    ),
    (
        "counts",
        "Those are counts; shares are wanted, which add up to 1.",
        ("What has each count to be divided by?",),
        (
            lambda a, r, t, n: _counts(a[r == t], n),
            lambda a, r, t, n: _counts(a[r == t], n) if (r == t).any() else _uniform(n),
        ),
    ),
    (
        "counts",
        "Those are the counts in all episodes; the shares among those with the target return are wanted.",
        ("What is the target for, and what has each count to be divided by?",),
        (lambda a, r, t, n: _counts(a, n),),
    ),
    (
        "divided-by-all",
        "The counts are divided by the number of all episodes; then the shares don't add up to 1.",
        ("Among how many episodes did you count?",),
        (
            lambda a, r, t, n: _counts(a[r == t], n) / len(a),
            lambda a, r, t, n: _counts(a[r == t], n) / len(a) if (r == t).any() else _uniform(n),
        ),
    ),
    (
        "divided-wrongly",
        "The counts are divided by something else than their sum.",
        ("The shares have to add up to 1.",),
        (
            lambda a, r, t, n: _counts(a[r == t], n) / n,
            lambda a, r, t, n: _counts(a[r == t], n) / max(_counts(a[r == t], n).max(), 1),
            lambda a, r, t, n: _counts(a[r == t], n) / n if (r == t).any() else _uniform(n),
            lambda a, r, t, n: _counts(a[r == t], n) / _counts(a[r == t], n).max() if (r == t).any() else _uniform(n),
        ),
    ),
    (
        "values",
        "Your numbers are made of each action's returns, as values are; a policy that imitates asks how often an "
        "action was taken.",
        ("What do returns do here: do they choose episodes, or are they averaged or added up?",),
        (
            _of_each(lambda own, target: own.mean()),
            _of_each(lambda own, target: own.sum()),
            _of_each(lambda own, target: own.max()),
            _normalised(_of_each(lambda own, target: own.sum())),
        ),
    ),
    (
        "likeliest",
        "Only the action that was taken most often came back, or its share; the shares of all actions are wanted.",
        ("(n_actions,) numbers come out.",),
        (
            lambda a, r, t, n: int(_counts(a[r == t], n).argmax()),
            lambda a, r, t, n: _counts(a[r == t], n).max() / max(len(a[r == t]), 1),
        ),
    ),
    (
        "likeliest",
        "The action that was taken most often has a share of 1; those that were taken less often have a share, too.",
        ("Of four episodes one took action 0, and three took action 1: which share has each?",),
        (lambda a, r, t, n: (np.arange(n) == _counts(a[r == t], n).argmax()) * 1.0,),
    ),
    (
        "taken-actions",
        "The actions of the episodes came back; how often each of them occurs is wanted.",
        ("`np.bincount` counts.",),
        (lambda a, r, t, n: a[r == t], lambda a, r, t, n: np.unique(a[r == t])),
    ),
    (
        "never-met-unshared",
        "Where an episode meets the target all is right. Where none does, all actions have to get the same share.",
        ("Three actions of which nothing is known: which share has each?",),
        (
            _instead(lambda a, r, t, n: np.zeros(n)),
            _instead(lambda a, r, t, n: np.isin(np.arange(n), a) / len(np.unique(a))),
            _instead(lambda a, r, t, n: _counts(a, n) / len(a)),
            _instead(lambda a, r, t, n: np.full(n, np.nan)),
            _instead(lambda a, r, t, n: np.ones(n)),
            _instead(lambda a, r, t, n: _shares(a[r == r[np.abs(r - t).argmin()]], n)),
            _instead(lambda a, r, t, n: _shares(a[np.abs(r - t) == np.abs(r - t).min()], n)),  # on both sides, too
            _instead(lambda a, r, t, n: (np.arange(n) == 0) * 1.0),
            _instead(lambda a, r, t, n: np.full(n, 0.5)),
            _instead(lambda a, r, t, n: _shares(a[r == r.max()], n)),
        ),
    ),
    (
        "always-alike",
        "All actions get the same share, or all that occur, whatever the episodes did.",
        ("That is only for a target that no episode has met.", "How often was each action taken?"),
        (
            lambda a, r, t, n: _uniform(n),
            lambda a, r, t, n: (_counts(a[r == t], n) > 0) / max((_counts(a[r == t], n) > 0).sum(), 1),
            lambda a, r, t, n: _shares(np.unique(a[r == t]), n),
        ),
    ),
    (
        "too-short",
        "There are fewer numbers than actions: some that don't occur are left out.",
        ("What does `minlength` do in `np.bincount`?",),
        (
            lambda a, r, t, n: np.bincount(a[r == t]) / len(a[r == t]) if (r == t).any() else _uniform(n),
            lambda a, r, t, n: (
                np.unique(a[r == t], return_counts=True)[1] / len(a[r == t]) if (r == t).any() else _uniform(n)
            ),
            lambda a, r, t, n: np.eye(a.max() + 1)[a[r == t]].mean(axis=0) if (r == t).any() else _uniform(n),
            lambda a, r, t, n: _kept(np.equal)(a, r, t, a.max() + 1),
        ),
    ),
    (
        "smoothed",
        "Something is added to each count, so that no action has a share of 0; plain counts are wanted.",
        ("At which number do you begin to count?",),
        (
            lambda a, r, t, n: (_counts(a[r == t], n) + 1) / (_counts(a[r == t], n) + 1).sum(),
            lambda a, r, t, n: (_counts(a[r == t], n) + 1e-2) / (_counts(a[r == t], n) + 1e-2).sum(),
        ),
    ),
    (
        "softmax",
        "Those are the shares that a softmax makes of the counts; plain shares are wanted.",
        ("Divide by the sum.",),
        (lambda a, r, t, n: np.exp(_counts(a[r == t], n)) / np.exp(_counts(a[r == t], n)).sum(),),
    ),
    (
        "percent",
        "Those are percentages; shares are wanted, which add up to 1.",
        ("A half is 0.5.",),
        (lambda a, r, t, n: 100 * _shares(a[r == t], n),),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
