"""Which catalogued mistake gives what the student's function gave?"""

import numpy as np

from dt_helpers.check.engine import comparing
from dt_helpers.check.engine.answers import read
from dt_helpers.check.engine.calling import Outcome
from dt_helpers.check.engine.exercise import Case, Exercise, Mistake

_ENOUGH = 2  # numbers: any single one is what some mistake or other would give
_LARGE = 10**6  # numbers: no case has so many


def recognise(exercise: Exercise, cases, outcomes, visible) -> Mistake | None:
    """The catalogued mistake that gives what the student's function gave, in all cases, else in all ordinary ones."""
    found = {i: arrays(exercise, outcome) for i, outcome in enumerate(outcomes)}
    given = {i: answer for i, answer in found.items() if answer is not None}
    errors = [i for i, case in enumerate(cases) if outcomes[i].error and case.core and not case.strided]
    for only_core in (False, True):
        indices = [i for i in given if cases[i].core or not only_core]
        if all(np.isnan(array).all() for i in indices for array in given[i]):
            continue  # NaN in some cases tells, NaN in all of them does not
        telling = [i for i in visible if i in indices]
        if sum(array.size for i in telling for array in given[i]) < _ENOUGH:
            continue
        order = telling + [i for i in indices if i not in telling]
        for mistake in exercise.mistakes():
            if all(_reproduces(exercise, mistake, cases[i], given[i]) for i in order) and all(
                _fails_alike(mistake, cases[i], outcomes[i].error) for i in errors
            ):
                return mistake
    return None


def _fails_alike(mistake: Mistake, case: Case, error: BaseException) -> bool:
    """Whether the mistake stops in an ordinary case as the student's function did."""
    try:
        mistake.reproduce(*case.args, **case.kwargs)
    except Exception as ours:
        return isinstance(error, type(ours)) or type(error).__name__ == type(ours).__name__
    return False


def _reproduces(exercise: Exercise, mistake: Mistake, case: Case, given) -> bool:
    try:
        value = mistake.reproduce(*case.args, **case.kwargs)
    except (RuntimeError, IndexError, ValueError, TypeError, ZeroDivisionError):
        return False
    theirs = arrays(exercise, Outcome(value))
    if theirs is None:
        return False
    return comparing.same(given, theirs, comparing.tolerance(*(str(array.dtype) for array in theirs)))


def arrays(exercise: Exercise, outcome: Outcome) -> list[np.ndarray] | None:
    """What came, as arrays, or None if it can't be read so."""
    if outcome.error is not None:
        return None
    try:
        found = [read(value).array for value in comparing.unpack(exercise, outcome.value)]
    except Exception:  # also what an object raises that only pretends to be an array
        return None
    return found if sum(array.size for array in found) < _LARGE else None
