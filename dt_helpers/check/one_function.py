"""One check from beginning to end: draw, call, compare, and say what the matter is."""

import secrets
from dataclasses import replace

import numpy as np

from dt_helpers.check import exercises, reference, tries
from dt_helpers.check.engine import comparing, devices, generic
from dt_helpers.check.engine.answers import read
from dt_helpers.check.engine.calling import Outcome, call, quietly
from dt_helpers.check.engine.comparing import Difference
from dt_helpers.check.engine.exercise import Case, Exercise, Strip
from dt_helpers.check.engine.memory import kept_between_calls
from dt_helpers.check.engine.recognising import arrays, recognise
from dt_helpers.check.engine.result import CheckFailed, CheckResult
from dt_helpers.check.engine.time_limit import TookTooLong, time_limit

SECONDS = 20.0  # for all calls together; a right answer needs a hundredth of one
_READABLE = (None, "wrong-shape", "nan")  # what another name may be found for


def check(name: str, fn, seed: int | None = None) -> CheckResult | CheckFailed:
    """The verdict on `fn`, a student's version of the exercise's function; never raises what `fn` raises."""
    seed = secrets.randbits(32) if seed is None else seed
    exercise = exercises.exercise(name)
    if exercise.kind != "array":
        import torch  # noqa: F401 (before `quietly`, which puts torch's settings in order if it is there)
    try:
        with time_limit(SECONDS), quietly():
            verdict = judge(exercise, fn, seed)
    except TookTooLong:
        verdict = _failed(exercise, seed, generic.too_slow(exercise, SECONDS))
    tries.count(verdict)
    return verdict


def judge(exercise: Exercise, fn, seed: int) -> CheckResult | CheckFailed:
    """The same without counting tries, and without a limit on time."""
    if problem := generic.not_callable(exercise, fn):
        return _failed(exercise, seed, problem)
    cases = _cases(exercise, seed)
    rights = [_right(exercise, case) for case in cases]
    outcomes = []
    for case in cases:
        outcomes.append(call(fn, case, several=len(exercise.results) > 1))
        if isinstance(outcomes[-1].error, TookTooLong):
            return _failed(exercise, seed, generic.too_slow(exercise, SECONDS, outcomes[-1].error), case)
    findings = [_finding(exercise, *triple) for triple in zip(cases, outcomes, rights, strict=True)]
    wrong = [i for i, finding in enumerate(findings) if finding]
    if not wrong:
        if problem := devices.wrong_device(exercise, fn, cases[0]):
            return _failed(exercise, seed, problem, cases[0])
        return CheckResult(exercise.name, exercise.function, len(cases))
    at, found, hints = _named(exercise, fn, cases, outcomes, findings, wrong)
    pictured = found.slug not in generic.HINTS or found.slug == "keeps-state"
    strip = _strip(exercise, cases[at], outcomes[at], rights[at]) if pictured else None
    return _failed(exercise, seed, found, cases[at], hints, strip, outcomes[at].error)


def _cases(exercise: Exercise, seed: int) -> list[Case]:
    """All kinds of inputs; then the ordinary ones once more, with other numbers and in another order, so that an answer
    that remembers what it was asked, or counts its calls, is found out.
    """
    rng = np.random.default_rng(seed)
    cases = exercise.cases(rng) + reference.cases(exercise.name)
    again = [case for case in exercise.cases(rng) if case.core]
    return cases + [
        replace(again[i], label=f"{again[i].label}, once more", grad=()) for i in rng.permutation(len(again))
    ]


def _named(exercise, fn, cases, outcomes, findings, wrong) -> tuple[int, Difference, tuple[str, ...]]:
    """Which case to show, what is wrong, by its name where it has one, and what to look at."""
    at = _most_telling(cases, findings, wrong)
    found, outcome = findings[at], outcomes[at]
    if found.slug == "unfilled" and outcome.error is None:
        always = all(one.value is None and one.error is None for one in outcomes)
        found = generic.nothing(exercise, fn, cases[at], found, always)
    visible = [i for i in wrong if findings[i].slug in _READABLE]
    if found.slug == "unfilled" or not visible:
        hints = generic.HINTS["returns-nothing"] if "returns None: is" in found.sentence else None
        return at, _where(found, cases, wrong, exercise), hints or generic.hints(found, outcome.error)
    if mistake := recognise(exercise, cases, outcomes, visible):
        found = replace(findings[visible[0]], slug=mistake.slug, sentence=mistake.sentence)
        return visible[0], found, mistake.hints
    if found.slug not in _READABLE:
        return at, _where(found, cases, wrong, exercise), generic.hints(found, outcome.error)
    if outcome.changed:
        changed = comparing.named(exercise, outcome.changed)
        sentence = f"{changed} changed while your function ran, and its result is wrong."
        return at, replace(found, slug="input-changed", sentence=sentence), generic.HINTS["input-changed"]
    if kept := kept_between_calls(exercise, fn, cases, outcomes, wrong):
        return at, replace(found, slug="keeps-state", sentence=kept), generic.HINTS["keeps-state"]
    edges = [cases[i].edge for i in wrong]
    if all(edges):
        sentence, *hints = exercise.edges[edges[0]]
        return at, replace(found, slug=edges[0], sentence=sentence), tuple(hints)
    return at, _where(found, cases, wrong, exercise), generic.hints(found, outcome.error) or exercise.hints


def _most_telling(cases, findings, wrong) -> int:
    """The case to speak of: one that was left open, else an ordinary one that stopped, else the first."""
    unfilled = [i for i in wrong if findings[i].slug == "unfilled"]
    stopped = [i for i in wrong if findings[i].slug == "exception" and cases[i].core and not cases[i].strided]
    return (unfilled or stopped or wrong)[0]


def _where(found: Difference, cases, wrong, exercise) -> Difference:
    """The difference, and on how many of the inputs there is one, if not on all."""
    if len(wrong) == len(cases) or found.slug in ("unfilled", "wrong-signature", "wrong-count", "returns-nothing"):
        return found
    edges = {cases[i].edge for i in wrong}
    if len(edges) == 1 and (edge := edges.pop()) and found.slug not in _READABLE:
        return replace(found, sentence=f"{found.sentence}\n{exercise.edges[edge][0]}")
    return replace(found, sentence=f"{found.sentence}\nThat was so on {len(wrong)} of {len(cases)} inputs.")


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
    try:
        strip = exercise.strip(case, [read(value).array for value in right.value], given)
    except (ValueError, TypeError, IndexError):  # nothing that could be drawn
        return None
    return None if strip is None or set(strip.given) == {"?"} else strip


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
