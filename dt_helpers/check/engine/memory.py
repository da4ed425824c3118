"""Does an answer depend on earlier calls? Asked only of a wrong answer that has no other name."""

from dataclasses import replace
from itertools import islice

import numpy as np

from dt_helpers.check.engine import comparing
from dt_helpers.check.engine.answers import read
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
            if _same(answer, given[j]) and _keeps_on(exercise, fn, cases[i], lambda case, j=j: given[j]):
                return _AGAIN
            key = _kept_argument(exercise, fn, cases[i], cases[j], answer)
            if key is not None:
                name = exercise.parameters[key] if isinstance(key, int) else key
                return f"Your function used {name} from an earlier call, whose inputs had the same shapes, once more."
    return None


_AGAIN = "Your function returned the answer to an earlier call, whose inputs had the same shape, once more."


def _keeps_on(exercise: Exercise, fn, case: Case, remembered) -> bool:
    """Whether `fn` gives what it would if it remembered, `remembered(case)`, to fresh inputs like those of `case`, too:
    a wrong answer may equal an earlier one by chance, if there are few that it could give."""
    label = case.label.removesuffix(", once more")
    drawn = (fresh for seed in _SEEDS for fresh in exercise.cases(np.random.default_rng(seed)) if fresh.label == label)
    shown = 0
    for fresh in islice((fresh for fresh in drawn if not comparing.alike(fresh, case)), 6):
        right, kept = _right(exercise, fresh), remembered(fresh)
        now = arrays(exercise, call(fn, fresh, len(exercise.results) > 1))
        if kept is None or now is None or not comparing.same(now, kept, _CLOSE):
            return False
        shown += right is not None and not comparing.same(right, kept, _CLOSE)
    return shown > 1


_SEEDS = range(101, 111)
_CLOSE = comparing.tolerance("float32")


def _kept_argument(exercise: Exercise, fn, case: Case, earlier: Case, answer: list[np.ndarray]) -> int | str | None:
    """The argument, by its place or its name, that `fn` keeps from the earlier call."""
    if len(case.args) != len(earlier.args) or case.kwargs.keys() != earlier.kwargs.keys():
        return None
    ours, theirs = (dict(enumerate(one.args)) | one.kwargs for one in (case, earlier))
    if any(np.shape(ours[key]) != np.shape(theirs[key]) for key in ours if not callable(ours[key])):
        return None
    for key in ours:
        if callable(ours[key]):
            continue

        def remembered(case: Case, key=key) -> list[np.ndarray] | None:
            return _right(exercise, _with(case, key, theirs[key]))

        right = remembered(case)
        if right and comparing.same(answer, right, _CLOSE) and _keeps_on(exercise, fn, case, remembered):
            return key
    return None


def _right(exercise: Exercise, case: Case) -> list[np.ndarray] | None:
    """The right results; None for arguments that don't go together."""
    right = call(exercise.oracle, case)
    return None if right.error else [read(value).array for value in right.value]


def _with(case: Case, key: int | str, value) -> Case:
    """The case with another value of one argument."""
    if isinstance(key, str):
        return replace(case, kwargs=case.kwargs | {key: value})
    return replace(case, args=(*case.args[:key], value, *case.args[key + 1 :]))


def _share_memory(one: list[np.ndarray] | None, other: list[np.ndarray] | None) -> bool:
    return any(map(np.may_share_memory, one or [], other or []))


def _same(left: list[np.ndarray], right: list[np.ndarray] | None) -> bool:
    return (
        right is not None
        and len(left) == len(right)
        and all(a.shape == b.shape and np.array_equal(a, b, equal_nan=True) for a, b in zip(left, right, strict=True))
    )
