"""Which catalogued mistake gives what the student's function gave?"""

import numpy as np

from dt_helpers.check.engine import comparing
from dt_helpers.check.engine.answers import read
from dt_helpers.check.engine.calling import Outcome, call
from dt_helpers.check.engine.exercise import Case, Exercise, Maker, Mistake

_ENOUGH = 2  # numbers: a single one is what one mistake or another would give
_LARGE = 10**6  # numbers: no case has that many


def recognise(exercise: Exercise, cases, outcomes, visible) -> Mistake | None:
    """The catalogued mistake that gives what the student's function gave, in all cases, else in all ordinary ones."""
    found = {i: arrays(exercise, outcome) for i, outcome in enumerate(outcomes)}
    given = {i: answer for i, answer in found.items() if answer is not None}
    tried: dict[tuple[int, int], Outcome] = {}  # place of the case, and of the mistake in memory

    def gives(mistake: Mistake, i: int) -> Outcome:
        if (i, id(mistake)) not in tried:
            tried[i, id(mistake)] = _outcome(mistake, cases[i], outcomes[i])
        return tried[i, id(mistake)]

    errors = [i for i, case in enumerate(cases) if outcomes[i].error and case.core and not case.strided]
    for only_core in (False, True):
        indices = [i for i in given if cases[i].core or not only_core]
        if all(np.isnan(array).all() for i in indices for array in given[i]):
            continue  # NaN in some cases says something, NaN in all of them does not
        telling = [i for i in visible if i in indices]
        if sum(array.size for i in telling for array in given[i]) < _ENOUGH:
            continue
        order = telling + [i for i in indices if i not in telling]
        for mistake in exercise.mistakes():
            if all(_reproduces(exercise, gives(mistake, i), given[i]) for i in order) and all(
                _fails_alike(gives(mistake, i).error, outcomes[i].error) for i in errors
            ):
                return mistake
    return None


def _fails_alike(ours: BaseException | None, error: BaseException) -> bool:
    """Whether the mistake stops in an ordinary case as the student's function did."""
    return ours is not None and (isinstance(error, type(ours)) or type(error).__name__ == type(ours).__name__)


def _reproduces(exercise: Exercise, outcome: Outcome, given) -> bool:
    theirs = arrays(exercise, outcome)
    if theirs is None:
        return False
    limit = comparing.tolerance(*(str(array.dtype) for array in theirs), least=exercise.apart)
    return comparing.same(given, theirs, limit)


def _outcome(mistake: Mistake, case: Case, theirs: Outcome) -> Outcome:
    """What comes of the mistake, which leaves its inputs alone: only those that live are made for it."""
    if any(isinstance(arg, Maker) for arg in case.args):
        return call(mistake.reproduce, case, like=theirs)
    try:
        return Outcome(mistake.reproduce(*case.args, **case.kwargs))
    except Exception as error:
        return Outcome(error=error)


def arrays(exercise: Exercise, outcome: Outcome) -> list[np.ndarray] | None:
    """What was returned, as arrays, or None if it can't be read as such."""
    if outcome.error is not None:
        return None
    try:
        found = [read(value).array for value in (*comparing.unpack(exercise, outcome.value), *outcome.seen)]
    except Exception:  # also what an object raises that only pretends to be an array
        return None
    return found if sum(array.size for array in found) < _LARGE else None
