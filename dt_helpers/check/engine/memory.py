"""Does an answer depend on earlier calls? Asked only of a wrong answer that has no other name."""

from dataclasses import replace

import numpy as np

from dt_helpers.check.engine import comparing
from dt_helpers.check.engine.calling import Outcome, call
from dt_helpers.check.engine.exercise import Case, Exercise
from dt_helpers.check.engine.recognising import arrays


def kept_between_calls(
    exercise: Exercise, fn, cases: list[Case], outcomes: list[Outcome], wrong: list[int]
) -> str | None:
    """A sentence if `fn` answers the same inputs differently a second time, or new inputs with an earlier answer.

    `outcomes` are those of all calls so far, in order; `wrong` are the positions of those that are looked at.
    """
    several = len(exercise.results) > 1
    given = [arrays(exercise, outcome) for outcome in outcomes]
    for i in wrong:
        sharing = [j for j in range(len(cases)) if j != i and _share_memory(given[i], given[j])]
        if any(j < i and j not in wrong for j in sharing):
            return _AGAIN
        if sharing:
            return "All calls write their result to the same place, so the result of an earlier call changes."
    for i in dict.fromkeys((*wrong[:8], 0)):
        now = arrays(exercise, call(fn, cases[i], several))
        if (before := given[i]) is not None and not _same(before, now):
            return "Your function gives two answers to the same inputs: it keeps something, or it is random."
    for i in wrong:
        if (answer := given[i]) is None or sum(array.size for array in answer) < 2:
            continue
        for j in range(i):
            if j in wrong or comparing.alike(cases[j], cases[i]):
                continue
            if _same(answer, given[j]):
                return _AGAIN
            if name := _kept_argument(exercise, cases[i], cases[j], answer):
                return f"Your function used {name} from an earlier call, whose inputs had the same shapes, once more."
    return None


_AGAIN = "Your function returned the answer to an earlier call, whose inputs had the same shape, once more."


def _kept_argument(exercise: Exercise, case: Case, earlier: Case, answer: list[np.ndarray]) -> str | None:
    """The argument for which `answer` would be right if it came from the earlier call."""
    if len(case.args) != len(earlier.args) or case.kwargs.keys() != earlier.kwargs.keys():
        return None
    ours, theirs = (dict(enumerate(one.args)) | one.kwargs for one in (case, earlier))
    if any(np.shape(ours[key]) != np.shape(theirs[key]) for key in ours if not callable(ours[key])):
        return None
    for key in ours:
        if callable(ours[key]):
            continue
        mixed = ours | {key: theirs[key]}
        args = tuple(mixed[position] for position in range(len(case.args)))
        kept = replace(case, args=args, kwargs={name: mixed[name] for name in case.kwargs})
        right = arrays(exercise, call(exercise.oracle, kept))
        if right is not None and comparing.same(answer, right, comparing.tolerance("float32")):
            return exercise.parameters[key] if isinstance(key, int) else key
    return None


def _share_memory(one: list[np.ndarray] | None, other: list[np.ndarray] | None) -> bool:
    return any(map(np.may_share_memory, one or [], other or []))


def _same(left: list[np.ndarray], right: list[np.ndarray] | None) -> bool:
    return (
        right is not None
        and len(left) == len(right)
        and all(a.shape == b.shape and np.array_equal(a, b, equal_nan=True) for a, b in zip(left, right, strict=True))
    )
