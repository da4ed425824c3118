"""Does an answer depend on earlier calls? Asked only of a wrong answer that has no other name."""

from dataclasses import replace

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
        beside = outcomes[i].beside
        sharing = [j for j in range(len(cases)) if j != i and (j in beside or _share_memory(given[i], given[j]))]
        if any(j < i and j not in wrong for j in sharing):
            return _AGAIN
        if sharing:
            return "All calls write their result to the same place, so the result of an earlier call changes."
    for i in dict.fromkeys((*wrong[:8], 0)):
        now = arrays(exercise, call(fn, cases[i], several))
        if (before := given[i]) is not None and not _same(before, now):
            return TWO_ANSWERS
    for i in wrong:
        if (answer := given[i]) is None or sum(array.size for array in answer) < 2:
            continue
        for j in range(i):
            if j in wrong or comparing.alike(cases[j], cases[i]):
                continue
            if _same(answer, given[j]) and _keeps_on(exercise, fn, cases[i], cases[j], given[j]):
                return _AGAIN
            if len({cases[k].edge for k in wrong}) == 1:
                continue  # one kind of input has a name of its own
            for key in _argument_keys(cases[i], cases[j]):
                kept = _right(exercise, _with(cases[i], key, cases[j]))
                if not _close(answer, kept):
                    continue
                if _keeps_on(exercise, fn, cases[i], cases[j], key=key):
                    name = exercise.parameters[key] if isinstance(key, int) else key
                    return f"Your function used {name} from an earlier call, whose inputs had the same shapes."
    return None


TWO_ANSWERS = "Your function gives two answers to the same inputs: it keeps something, or it is random."
RANDOM = "Do you draw at random, or leave dropout on? The same inputs have to give the same answer."
_AGAIN = "Your function returned the answer to an earlier call, whose inputs had the same shape, once more."
_SEEDS = range(101, 111)


def _keeps_on(exercise: Exercise, fn, case: Case, earlier: Case, first=None, key=None) -> bool:
    """Whether `fn` gives remembered answers to fresh inputs like these two as well: by chance, or for a reason of its
    own, a wrong answer may equal an earlier one. `first` is the earlier answer, `key` the argument that is kept: always
    the first one, or always the last one."""
    shown, varied, kept = 0, key is None, {"the first", "the last"}
    for before, now in _like(exercise, earlier, case):
        was = arrays(exercise, call(fn, before, len(exercise.results) > 1))
        given = arrays(exercise, call(fn, now, len(exercise.results) > 1))
        if key is None:
            remembered = {"the first": first, "the last": was}
        else:
            remembered = {
                which: _right(exercise, _with(now, key, one))
                for which, one in (("the first", earlier), ("the last", before))
            }
        kept = {which for which in kept if _close(given, remembered[which])}
        if not kept:
            return False
        shown += not _close(given, _right(exercise, now))
        # An argument that inputs of this kind always have may as well be taken for one that is the same everywhere.
        varied = varied or not np.array_equal(_argument(earlier, key), _argument(before, key))
    return shown > 2 and varied


def _close(left: list[np.ndarray] | None, right: list[np.ndarray] | None) -> bool:
    return left is not None and right is not None and comparing.same(left, right, comparing.tolerance("float32"))


def _like(exercise: Exercise, *cases: Case):
    """Fresh cases with the labels of these, all from one draw, and with other numbers than the last one."""
    labels = [case.label.removesuffix(", once more") for case in cases]
    for seed in _SEEDS:
        drawn = {case.label: case for case in exercise.cases(np.random.default_rng(seed))}
        if all(label in drawn for label in labels) and not comparing.alike(drawn[labels[-1]], cases[-1]):
            yield tuple(drawn[label] for label in labels)


def _argument_keys(case: Case, earlier: Case) -> list[int | str]:
    """Which arguments could be kept: those of two calls with the same shapes, but for whole numbers, which are sizes
    and places."""
    if len(case.args) != len(earlier.args) or case.kwargs.keys() != earlier.kwargs.keys():
        return []
    ours, theirs = (dict(enumerate(one.args)) | one.kwargs for one in (case, earlier))
    plain = [key for key in ours if not callable(ours[key])]
    if any(np.shape(ours[key]) != np.shape(theirs[key]) for key in plain):
        return []
    return [key for key in plain if not isinstance(ours[key], int)]


def _argument(case: Case, key: int | str):
    return case.kwargs[key] if isinstance(key, str) else case.args[key]


def _with(case: Case, key: int | str, other: Case) -> Case:
    """The case with one argument of another one."""
    if isinstance(key, str):
        return replace(case, kwargs=case.kwargs | {key: other.kwargs[key]})
    return replace(case, args=(*case.args[:key], other.args[key], *case.args[key + 1 :]))


def _right(exercise: Exercise, case: Case) -> list[np.ndarray] | None:
    """The right results; None for arguments that don't go together."""
    right = call(exercise.oracle, case)
    return None if right.error else [read(value).array for value in right.value]


def _share_memory(one: list[np.ndarray] | None, other: list[np.ndarray] | None) -> bool:
    return any(map(np.may_share_memory, one or [], other or []))


def _same(left: list[np.ndarray], right: list[np.ndarray] | None) -> bool:
    return (
        right is not None
        and len(left) == len(right)
        and all(a.shape == b.shape and np.array_equal(a, b, equal_nan=True) for a, b in zip(left, right, strict=True))
    )
