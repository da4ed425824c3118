"""One check from beginning to end: draw, call, compare, and say what the matter is."""

import secrets
from dataclasses import replace

import numpy as np

from dt_helpers.check import catalogue, reference, tries
from dt_helpers.check.engine import comparing, devices, generic
from dt_helpers.check.engine.answers import read
from dt_helpers.check.engine.calling import Outcome, call, quietly
from dt_helpers.check.engine.comparing import Difference
from dt_helpers.check.engine.exercise import Case, Exercise, Strip
from dt_helpers.check.engine.recognising import arrays, recognise
from dt_helpers.check.engine.result import CheckFailed, CheckResult


def check(name: str, fn, seed: int | None = None) -> CheckResult | CheckFailed:
    """The verdict on `fn`, a student's version of the exercise's function; never raises what `fn` raises."""
    seed = secrets.randbits(32) if seed is None else seed
    exercise = catalogue.exercise(name)
    if exercise.kind != "array":
        import torch  # noqa: F401 (before `quietly`, which puts torch's settings in order if it is there)
    with quietly():
        verdict = judge(exercise, fn, seed)
    tries.count(verdict)
    return verdict


def judge(exercise: Exercise, fn, seed: int) -> CheckResult | CheckFailed:
    """The same without counting tries."""
    if problem := generic.not_callable(exercise, fn):
        return _failed(exercise, seed, problem)
    cases = exercise.cases(np.random.default_rng(seed)) + reference.cases(exercise.name)
    rights = [_right(exercise, case) for case in cases]
    outcomes = [call(fn, case, several=len(exercise.results) > 1) for case in cases]
    findings = [_finding(exercise, *triple) for triple in zip(cases, outcomes, rights, strict=True)]
    wrong = [i for i, finding in enumerate(findings) if finding]
    if not wrong:
        if problem := devices.wrong_device(exercise, fn, cases[0]):
            return _failed(exercise, seed, problem, cases[0])
        return CheckResult(exercise.name, exercise.function, len(cases))

    at = next((i for i in wrong if findings[i].slug == "unfilled"), wrong[0])
    mistake = None
    visible = [i for i in wrong if findings[i].slug in (None, "wrong-shape", "nan")]
    if findings[at].slug != "unfilled" and visible:
        mistake = recognise(exercise, cases, outcomes, visible)
        at = visible[0] if mistake else at
    found, outcome = findings[at], outcomes[at]
    if mistake:
        found = replace(found, slug=mistake.slug, sentence=mistake.sentence)
    elif found.slug is None and outcome.changed:
        sentence = (
            f"{comparing.named(exercise, outcome.changed)} changed while your function ran, and its result is wrong."
        )
        found = replace(found, slug="input-changed", sentence=sentence)
    hints = mistake.hints if mistake else generic.hints(found, outcome.error) or exercise.hints
    strip = _strip(exercise, cases[at], outcome, rights[at]) if mistake or found.slug is None else None
    return _failed(exercise, seed, found, cases[at], hints, strip, outcome.error)


def _right(exercise: Exercise, case: Case) -> Outcome:
    if case.expected:
        return Outcome(value=case.expected)
    right = call(exercise.oracle, case)
    if right.error:
        raise RuntimeError(f"the oracle of {exercise.name} failed on {case.label}") from right.error
    return right


def _finding(exercise: Exercise, case: Case, outcome: Outcome, right: Outcome) -> Difference | None:
    if outcome.error is not None:
        return generic.from_exception(exercise, case, outcome.error)
    try:
        return comparing.find(exercise, case, outcome, right)
    except (Exception, SystemExit) as problem:  # an object that only pretends to be an array, a hook that exits
        return Difference("wrong-type", f"What {exercise.function} returned can't be read: {type(problem).__name__}.")


def _strip(exercise: Exercise, case: Case, outcome: Outcome, right: Outcome) -> Strip | None:
    given = arrays(exercise, outcome)
    if exercise.strip is None or given is None or len(given) != len(exercise.results):
        return None
    return exercise.strip(case, [read(value).array for value in right.value], given)


def _failed(exercise, seed, found: Difference, case=None, hints=None, strip=None, error=None) -> CheckFailed:
    return CheckFailed(
        name=exercise.name,
        function=exercise.function,
        mistake=found.slug,
        sentence=found.sentence,
        hints=generic.hints(found, error) if hints is None else hints,
        difference=found,
        case=case.label if case else "",
        seed=seed,
        strip=strip,
        error=error,
    )
