"""Does an answer depend on earlier calls? Asked only of one that is wrong in a way that has no other name."""

import numpy as np

from dt_helpers.check.engine import comparing
from dt_helpers.check.engine.calling import Outcome, call
from dt_helpers.check.engine.exercise import Case, Exercise
from dt_helpers.check.engine.recognising import arrays


def kept_between_calls(exercise: Exercise, fn, cases: list[Case], outcomes: list[Outcome], at: int) -> str | None:
    """A sentence if `fn` gives another answer to what it was asked before, or an earlier answer to something new.

    `outcomes` are those of all calls so far, in order; `at` is the wrong one that is looked at.
    """
    several = len(exercise.results) > 1
    for i in dict.fromkeys((at, 0)):
        before, now = arrays(exercise, outcomes[i]), arrays(exercise, call(fn, cases[i], several))
        if before is not None and not _same(before, now):
            return "Asked the same twice, your function gives two different answers: it keeps something between calls."
    given = arrays(exercise, outcomes[at])
    if given is None or sum(array.size for array in given) < 2:
        return None
    for i in range(at):
        if _same(given, arrays(exercise, outcomes[i])) and not comparing.alike(cases[i], cases[at]):
            return "Your function gave the answer to an earlier call, whose inputs had the same shape, once more."
    return None


def _same(left: list[np.ndarray], right: list[np.ndarray] | None) -> bool:
    return (
        right is not None
        and len(left) == len(right)
        and all(a.shape == b.shape and np.array_equal(a, b, equal_nan=True) for a, b in zip(left, right, strict=True))
    )
