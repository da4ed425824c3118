"""The right answer, and what students get wrong when they keep the best tenth."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(returns):
    """(n,) -> positions, ascending"""
    order = sorted(range(len(returns)), key=lambda i: -returns[i])  # `sorted` keeps the order of equal ones
    return (np.array(sorted(order[: max(len(returns) // 10, 1)])),)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _count(returns):
    return max(len(returns) // 10, 1)


def _falling(returns):
    """Positions, the highest return first."""
    return np.argsort(-returns, kind="stable")


def _rising(returns):
    return np.argsort(returns, kind="stable")


def _first(returns, count):
    """The so many highest."""
    return np.sort(_falling(returns)[:count])


def _above(returns, share):
    return np.flatnonzero(returns >= np.quantile(returns, share))


_FAMILIES = (
    (
        "lowest",
        "Those are the trajectories with the lowest returns; the highest are wanted.",
        ("`np.argsort` puts the lowest number first.",),
        (lambda r: np.sort(_rising(r)[: _count(r)]), lambda r: _rising(r)[: _count(r)]),
    ),
    (
        "best-first",
        "Those are the right trajectories, but their positions are wanted in ascending order.",
        ("Sort once more, by what this time?",),
        (
            lambda r: _falling(r)[: _count(r)],
            lambda r: _falling(r)[: _count(r)][::-1],
            lambda r: _rising(r)[-_count(r) :],
            lambda r: _rising(r)[::-1][: _count(r)],
            lambda r: np.sort(_falling(r)[: _count(r)])[::-1],
        ),
    ),
    (
        "returns-kept",
        "Returns came back; the positions of the trajectories are wanted, so that their steps can be looked up.",
        ("What is the difference between `np.sort` and `np.argsort`?",),
        (
            lambda r: r[_first(r, _count(r))],
            lambda r: np.sort(r)[-_count(r) :],
            lambda r: np.sort(r)[::-1][: _count(r)],
            lambda r: np.sort(r)[: _count(r)],
        ),
    ),
    (
        "mask",
        "A yes or no for each trajectory came back; the positions of those that are kept are wanted.",
        ("`np.flatnonzero` tells where an array is True.",),
        (
            lambda r: np.isin(np.arange(len(r)), _first(r, _count(r))),
            lambda r: np.isin(np.arange(len(r)), _first(r, -(-len(r) // 10))),
        ),
    ),
    (
        "rounded",
        "One too many is kept in some cases: a tenth is rounded down.",
        ("How many are kept of 26, and how many of 29?",),
        (
            lambda r: _first(r, -(-len(r) // 10)),
            lambda r: _first(r, max(round(len(r) / 10), 1)),
            lambda r: _first(r, len(r) // 10 + 1),
            lambda r: np.sort(_rising(r)[-round(len(r) / 10) :]),
        ),
    ),
    (
        "quantile",
        "You keep all that is above some return, or not below it. That can be too many, or too few where returns are "
        "equal; exactly a tenth of them, rounded down, is wanted.",
        ("Count first how many are kept, then take so many from the sorted positions.",),
        (
            lambda r: _above(r, 0.9),
            lambda r: np.flatnonzero(r > np.quantile(r, 0.9)),
            lambda r: np.flatnonzero(r >= np.sort(r)[::-1][_count(r) - 1]),
            lambda r: np.flatnonzero(r > np.sort(r)[::-1][min(_count(r), len(r) - 1)]),
        ),
    ),
    (
        "earliest-above",
        "Of those above some return you keep the earliest, as many as a tenth; the best of them are wanted.",
        ("In which order do the positions stand before they are cut?",),
        (
            lambda r: _above(r, 0.9)[: _count(r)],
            lambda r: np.flatnonzero(r > np.quantile(r, 0.9))[: _count(r)],
            lambda r: _first(np.where(r > np.quantile(r, 0.9, method="lower"), 1.0, 0.0), _count(r)),
        ),
    ),
    (
        "tenth-of-the-range",
        "You keep all returns within a tenth of the range below the best. That may be one trajectory or nearly all; a "
        "tenth of the trajectories is wanted.",
        ("A tenth of what?",),
        (lambda r: np.flatnonzero(r >= r.max() - 0.1 * (r.max() - r.min())),),
    ),
    (
        "tenth-of-the-range",
        "You keep all returns above nine tenths of the best one. That may be one trajectory, nearly all, or none where "
        "the best is below 0; a tenth of the trajectories is wanted.",
        ("A tenth of what?",),
        (lambda r: np.flatnonzero(r >= 0.9 * r.max()),),
    ),
    (
        "nine-tenths",
        "You leave out a tenth and keep the rest; the best tenth is wanted.",
        ("On which side of the slice's colon does the number belong?",),
        (
            lambda r: np.sort(_falling(r)[_count(r) :]),
            lambda r: np.sort(_rising(r)[_count(r) :]),
            lambda r: _falling(r)[_count(r) :],
            lambda r: _rising(r)[_count(r) :],
            lambda r: np.sort(_rising(r)[: -_count(r)]),
        ),
    ),
    (
        "unsorted",
        "That is a tenth of the trajectories, the first or the last in the order of recording, not the best of them.",
        ("Which function sorts positions by what stands there?",),
        (lambda r: np.arange(_count(r)), lambda r: np.arange(len(r))[-_count(r) :]),
    ),
    (
        "all-of-them",
        "All trajectories are kept.",
        ("How many is a tenth of them?",),
        (lambda r: np.arange(len(r)), lambda r: _rising(r), lambda r: _falling(r)),
    ),
    (
        "ten-kept",
        "Ten trajectories are kept, however many there are; a tenth of them is wanted.",
        ("Is there a number in the code where the length of `returns` belongs?",),
        (lambda r: _first(r, 10), lambda r: np.sort(_rising(r)[-10:]), lambda r: _falling(r)[:10]),
    ),
    (
        "one-kept",
        "Only the very best one is kept; a tenth of all of them is wanted.",
        ("How many are kept of 26?",),
        (lambda r: _first(r, 1), lambda r: int(r.argmax())),
    ),
    (
        "another-share",
        "Another share than a tenth is kept.",
        ("A tenth of n is n / 10.",),
        (
            lambda r: _first(r, max(len(r) // 100, 1)),
            lambda r: _first(r, max(len(r) // 5, 1)),
            lambda r: _first(r, max(len(r) // 2, 1)),
            lambda r: _first(r, max(len(r) // 9, 1)),
        ),
    ),
    (
        "one-too-few",
        "One too few is kept, at least in some cases.",
        ("A slice leaves out its end.", "In floats 1 - 0.9 is a little less than a tenth."),
        (
            lambda r: _first(r, max(len(r) // 10 - 1, 1)),
            lambda r: _first(r, len(r) // 10 - 1),
            lambda r: _first(r, max(int(len(r) * (1 - 0.9)), 1)),  # a little less than a tenth, in floats
        ),
    ),
    (
        "counted-from-one",
        "The positions are counted from 1; the first trajectory is at position 0.",
        ("What does `walks[0]` give?",),
        (lambda r: _first(r, _count(r)) + 1,),
    ),
    (
        "counted-from-one",
        "Each position is one too small; the first trajectory is at position 0.",
        ("What does `walks[0]` give?",),
        (lambda r: _first(r, _count(r)) - 1,),
    ),
    (
        "size-without-sign",
        "You compare the returns without their signs: a large loss counts as a success.",
        ("Is there an `abs`?",),
        (lambda r: np.sort(np.argsort(-np.abs(r), kind="stable")[: _count(r)]),),
    ),
    (
        "later-first",
        "Of equal returns you keep the later trajectory; the earlier one is wanted.",
        ("From which end of the sorted positions do you take? Equal ones stand there in the order of recording.",),
        (lambda r: np.sort(_rising(r)[-_count(r) :]),),
    ),
    (
        "lost-counted-as-zero",
        "Walks that never arrived count as 0 in your answer, and so as better than any loss; they are the worst.",
        ("Minus infinity can be compared like any number.",),
        (
            lambda r: _first(np.where(np.isfinite(r), r, 0.0), _count(r)),
            lambda r: np.sort(_rising(np.where(np.isfinite(r), r, 0.0))[-_count(r) :]),
        ),
    ),
    (
        "lost-dropped",
        "Walks that never arrived are dropped before you count; a tenth of all trajectories is wanted.",
        ("Minus infinity is a return like any other: the lowest.",),
        (lambda r: np.sort(_falling(r)[: max(int(np.isfinite(r).sum()) // 10, 1)]),),
    ),
    (
        "lost-dropped",
        "Your positions are those in a shorter array, without the walks that never arrived; all trajectories count.",
        ("Minus infinity is a return like any other: the lowest.",),
        (lambda r: _first(r[np.isfinite(r)], _count(r[np.isfinite(r)])),),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
