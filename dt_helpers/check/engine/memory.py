"""Does an answer depend on earlier calls? Asked only of one that is wrong in a way that has no other name."""

import numpy as np

from dt_helpers.check.engine import comparing
from dt_helpers.check.engine.calling import Outcome, call
from dt_helpers.check.engine.exercise import Case, Exercise
from dt_helpers.check.engine.recognising import arrays


def kept_between_calls(
    exercise: Exercise, fn, cases: list[Case], outcomes: list[Outcome], wrong: list[int]
) -> str | None:
    """A sentence if `fn` gives another answer to what it was asked before, or an earlier answer to something new.

    `outcomes` are those of all calls so far, in order; `wrong` are the places of those that are looked at.
    """
    several = len(exercise.results) > 1
    given = [arrays(exercise, outcome) for outcome in outcomes]
    for i in wrong:
        for j in range(len(cases)):
            if i != j and any(map(np.may_share_memory, given[i] or [], given[j] or [])):
                return "All calls write their result into the same place, so that what an earlier call gave changes."
    for i in dict.fromkeys((*wrong[:8], 0)):
        now = arrays(exercise, call(fn, cases[i], several))
        if (before := given[i]) is not None and not _same(before, now):
            return "Asked the same twice, your function gives two answers: it keeps something, or draws by chance."
    for i in wrong:
        if (answer := given[i]) is None or sum(array.size for array in answer) < 2:
            continue
        for j in range(i):
            if j not in wrong and _same(answer, given[j]) and not comparing.alike(cases[j], cases[i]):
                return "Your function gave the answer to an earlier call, whose inputs had the same shape, once more."
    return None


def _same(left: list[np.ndarray], right: list[np.ndarray] | None) -> bool:
    return (
        right is not None
        and len(left) == len(right)
        and all(a.shape == b.shape and np.array_equal(a, b, equal_nan=True) for a, b in zip(left, right, strict=True))
    )
