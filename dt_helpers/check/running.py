"""One check from beginning to end: draw, call, compare, and say what the matter is."""

import secrets

import numpy as np

from . import catalogue, comparing, generic, probing, reference, tries
from .answers import Unreadable, read
from .calling import Outcome, call, quietly
from .comparing import Difference
from .exercise import Case, Exercise, Mistake
from .report import CheckFailed, CheckResult

_ENOUGH = 2  # numbers: any single one is what some mistake or other would give


def check(name: str, fn, seed: int | None = None) -> CheckResult | CheckFailed:
    """The verdict on `fn`, a student's version of the exercise's function; never raises what `fn` raises."""
    seed = secrets.randbits(32) if seed is None else seed
    with quietly():
        exercise = catalogue.exercise(name)
        verdict = judge(exercise, fn, seed)
    tries.count(verdict)
    return verdict


def judge(exercise: Exercise, fn, seed: int) -> CheckResult | CheckFailed:
    """The same without counting tries."""
    if problem := generic.not_callable(exercise, fn):
        return _generic(exercise, problem, None, None, seed)
    cases = exercise.cases(np.random.default_rng(seed)) + reference.cases(exercise.name)
    rights = [Outcome(value=case.expected) if case.expected else call(exercise.oracle, case) for case in cases]
    for case, right in zip(cases, rights, strict=True):
        if right.error:
            raise RuntimeError(f"the oracle of {exercise.name} failed on {case.label}") from right.error
    outcomes = [call(fn, case, several=len(exercise.results) > 1) for case in cases]
    findings = [_finding(exercise, *triple) for triple in zip(cases, outcomes, rights, strict=True)]
    at = next((i for i, finding in enumerate(findings) if finding), None)
    if at is None:
        if problem := probing.wrong_device(exercise, fn, cases[0]):
            return _generic(exercise, problem, cases[0], None, seed)
        return CheckResult(exercise.name, exercise.function, len(cases))
    return _diagnose(exercise, cases, outcomes, rights, findings, seed)


def _finding(exercise: Exercise, case: Case, outcome: Outcome, right: Outcome) -> Difference | None:
    if outcome.error is not None:
        return generic.from_exception(exercise, case, outcome.error)
    return comparing.find(exercise, case, outcome, right)


def _diagnose(exercise, cases, outcomes, rights, findings, seed) -> CheckFailed:
    wrong = [i for i, finding in enumerate(findings) if finding]
    at = next((i for i in wrong if findings[i].slug == "unfilled"), wrong[0])
    mistake = None
    visible = [i for i in wrong if findings[i].slug in (None, "wrong-shape", "nan")]
    if findings[at].slug != "unfilled" and visible:
        mistake = recognise(exercise, cases, outcomes, visible)
        if mistake or (findings[at].slug == "exception" and cases[at].core is False):
            at = visible[0]
    finding = findings[at]
    if not mistake and finding.slug is None:
        changed = next((f for f in findings if f and f.slug == "input-changed"), None)
        if outcomes[at].changed and changed is None:
            names = ", ".join(exercise.parameters[i] for i in outcomes[at].changed)
            finding = Difference(
                "input-changed",
                f"{names} changed while your function ran, and the result is wrong: it writes to its input.",
                finding.result, finding.index, finding.expected, finding.given,
            )  # fmt: skip
    if not mistake and finding.slug is not None:
        return _generic(exercise, finding, cases[at], outcomes[at].error, seed)
    return CheckFailed(
        name=exercise.name,
        function=exercise.function,
        mistake=mistake.slug if mistake else None,
        sentence=mistake.sentence if mistake else finding.sentence,
        hints=mistake.hints if mistake else exercise.hints,
        difference=finding,
        case=cases[at].label,
        seed=seed,
        strip=_strip(exercise, cases[at], outcomes[at], rights[at]),
    )


def recognise(exercise: Exercise, cases, outcomes, visible) -> Mistake | None:
    """The catalogued mistake that gives what the student's function gave, in all cases, else in all ordinary ones."""
    given = [_arrays(exercise, outcome) for outcome in outcomes]
    for only_core in (False, True):
        indices = [i for i in range(len(cases)) if given[i] is not None and (cases[i].core or not only_core)]
        telling = [i for i in visible if i in indices and not all(np.isnan(array).all() for array in given[i])]
        if sum(array.size for i in telling for array in given[i]) < _ENOUGH:
            continue
        order = telling + [i for i in indices if i not in telling]
        for mistake in exercise.mistakes():
            if all(_reproduces(exercise, mistake, cases[i], given[i]) for i in order):
                return mistake
    return None


def _reproduces(exercise: Exercise, mistake: Mistake, case: Case, given) -> bool:
    try:
        value = mistake.reproduce(*case.args, **case.kwargs)
    except (RuntimeError, IndexError, ValueError, TypeError, ZeroDivisionError):
        return False
    arrays = _arrays(exercise, Outcome(value))
    return comparing.same(given, arrays, comparing.tolerance(*(str(array.dtype) for array in arrays)))


def _arrays(exercise: Exercise, outcome: Outcome) -> list[np.ndarray] | None:
    """What came, as arrays, or None if it can't be read so."""
    if outcome.error is not None:
        return None
    try:
        return [read(value).array for value in comparing.unpack(exercise, outcome.value)]
    except Unreadable:
        return None


def _strip(exercise, case, outcome, right):
    given = _arrays(exercise, outcome)
    if exercise.strip is None or given is None or len(given) != len(exercise.results):
        return None
    return exercise.strip(case, [read(value).array for value in right.value], given)


def _generic(exercise, finding: Difference, case: Case | None, error, seed) -> CheckFailed:
    return CheckFailed(
        name=exercise.name,
        function=exercise.function,
        mistake=finding.slug,
        sentence=finding.sentence,
        hints=generic.hints(finding, error),
        difference=finding,
        case=case.label if case else "",
        seed=seed,
        error=error,
    )
