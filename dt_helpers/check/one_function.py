"""One check from beginning to end: draw, call, compare, and say what is wrong."""

import secrets
from dataclasses import replace

import numpy as np

from dt_helpers.check import exercises, reference, tries
from dt_helpers.check.engine import comparing, devices, generic, patterns
from dt_helpers.check.engine.answers import read
from dt_helpers.check.engine.calling import Outcome, afterwards, call, quietly
from dt_helpers.check.engine.comparing import Difference
from dt_helpers.check.engine.exercise import Case, Exercise, Strip
from dt_helpers.check.engine.memory import RANDOM, TWO_ANSWERS, kept_between_calls
from dt_helpers.check.engine.recognising import arrays, recognise
from dt_helpers.check.engine.result import CheckFailed, CheckResult
from dt_helpers.check.engine.time_limit import TookTooLong, within

SECONDS = 20.0  # for all calls together; a right answer needs a hundredth of a second
_GRADIENTS = ("lost-gradient", "wrong-gradient")  # looked at on some inputs only
_READABLE = (None, "wrong-shape", "nan")  # slugs for which a more exact name may be found


def check(name: str, fn, seed: int | None = None, counts: bool = True) -> CheckResult | CheckFailed:
    """The verdict on `fn`, a student's version of the exercise's function; never raises what `fn` raises. `counts`:
    whether it is noted as a try."""
    seed = secrets.randbits(32) if seed is None else seed
    exercise = exercises.exercise(name)
    if exercise.kind != "array":
        import torch  # noqa: F401 (before `quietly`, which puts torch's settings in order if it is there)
    try:
        with quietly():
            verdict = within(SECONDS, lambda: judge(exercise, fn, seed))
    except TookTooLong:
        verdict = _failed(exercise, seed, generic.too_slow(exercise, SECONDS))
    if counts:
        tries.count(verdict)
    return verdict


def judge(exercise: Exercise, fn, seed: int) -> CheckResult | CheckFailed:
    """The same without counting tries, and without a time limit."""
    if problem := generic.not_callable(exercise, fn):
        return _failed(exercise, seed, problem)
    cases = _cases(exercise, seed)
    rights = [_right(exercise, case) for case in cases]
    outcomes = []
    for case in cases:
        outcomes.append(call(fn, case, several=len(exercise.results) > 1))
        if isinstance(outcomes[-1].error, TookTooLong):
            return _failed(exercise, seed, generic.too_slow(exercise, SECONDS, outcomes[-1].error), case)
    outcomes = afterwards(fn, outcomes)
    findings = [_finding(exercise, *triple) for triple in zip(cases, outcomes, rights, strict=True)]
    wrong = [i for i, finding in enumerate(findings) if finding]
    if not wrong:
        if problem := devices.wrong_device(exercise, fn, cases[0]):
            return _failed(exercise, seed, problem, cases[0])
        return CheckResult(exercise.name, exercise.function, len(cases))
    at, found, hints = _named(exercise, fn, cases, outcomes, rights, findings, wrong)
    pictured = found.slug not in generic.HINTS or (found.slug == "keeps-state" and found.sentence != TWO_ANSWERS)
    strip = _strip(exercise, cases[at], outcomes[at], rights[at]) if pictured else None
    return _failed(exercise, seed, found, cases[at], hints, strip, outcomes[at].error)


def _cases(exercise: Exercise, seed: int) -> list[Case]:
    """All kinds of inputs; then the ordinary ones once more, with different numbers and in a different order, so that
    a function that remembers what it was asked, or counts its calls, is found out.
    """
    rng = np.random.default_rng(seed)
    cases = exercise.cases(rng) + reference.cases(exercise.name)
    again = [case for case in exercise.cases(rng) if case.core]
    return cases + [
        replace(again[i], label=f"{again[i].label}, once more", grad=()) for i in rng.permutation(len(again))
    ]


def _named(exercise, fn, cases, outcomes, rights, findings, wrong) -> tuple[int, Difference, tuple[str, ...]]:
    """Which case to show, what is wrong, by its name where it has one, and what to look at."""
    at = _most_telling(cases, findings, wrong)
    found, outcome = findings[at], outcomes[at]
    if found.slug == "unfilled" and outcome.error is None and outcome.value is None:
        always = all(one.value is None and one.error is None for one in outcomes)
        found = generic.nothing(exercise, fn, cases[at], found, always)
    asks = exercise.edges[cases[wrong[0]].edge][1:] if all(cases[i].edge for i in wrong) else ()
    visible = [i for i in wrong if findings[i].slug in _READABLE]
    if found.slug == "unfilled" or not visible:
        hints = generic.HINTS["returns-nothing"] if "returns None: is" in found.sentence else None
        return at, _where(found, cases, wrong, exercise), hints or (*asks, *generic.hints(found, outcome.error))
    if mistake := recognise(exercise, cases, outcomes, visible):
        found = replace(findings[visible[0]], slug=mistake.slug, sentence=mistake.sentence)
        return visible[0], found, mistake.hints
    if found.slug not in _READABLE:
        return at, _where(found, cases, wrong, exercise), (*asks, *generic.hints(found, outcome.error))
    if outcome.changed:
        changed = comparing.named(exercise, outcome.changed)
        sentence = f"{changed} changed while your function ran, and its result is wrong."
        return at, replace(found, slug="input-changed", sentence=sentence), generic.HINTS["input-changed"]
    if kept := kept_between_calls(exercise, fn, cases, outcomes, wrong):
        hints = generic.HINTS["keeps-state"]
        return at, replace(found, slug="keeps-state", sentence=kept), (RANDOM, *hints) if kept == TWO_ANSWERS else hints
    if _only_as_views(exercise, fn, cases, wrong):
        sentence = "The result is right for a contiguous array and wrong for a view with gaps between its elements."
        return at, replace(found, slug="views", sentence=sentence), generic.HINTS["views"]
    edges = [cases[i].edge for i in wrong]
    if all(edges):
        sentence, *hints = exercise.edges[edges[0]]
        return at, replace(found, slug=edges[0], sentence=sentence), tuple(hints)
    if exercise.explain and (sentence := exercise.explain(cases[visible[0]], outcomes[visible[0]].faces)):
        return (
            visible[0],
            _where(replace(findings[visible[0]], sentence=sentence), cases, wrong, exercise),
            exercise.hints,
        )
    if seen := patterns.pattern([_pairs(exercise, outcomes[i], rights[i]) for i in visible]):
        slug, sentence, hints = seen
        return at, replace(found, slug=slug, sentence=sentence), (*hints, *exercise.hints)
    return at, _where(found, cases, wrong, exercise), generic.hints(found, outcome.error) or exercise.hints


def _pairs(exercise: Exercise, outcome: Outcome, right: Outcome) -> list[patterns.Pair]:
    """Each result as an array, with the right one; none where the shapes differ."""
    given, wanted = arrays(exercise, outcome), [read(value).array for value in right.value]
    if given is None or [a.shape for a in given] != [a.shape for a in wanted]:
        return []
    return [(a.astype(float), b.astype(float)) for a, b in zip(given, wanted, strict=True)]


def _only_as_views(exercise, fn, cases, wrong) -> bool:
    """Whether the results are wrong for views only, and right for the same numbers in whole arrays."""
    if not all(cases[i].strided for i in wrong):
        return False
    for case in (replace(cases[i], strided=False) for i in wrong):
        if _finding(exercise, case, call(fn, case, several=len(exercise.results) > 1), _right(exercise, case)):
            return False
    return True


def _most_telling(cases, findings, wrong) -> int:
    """The case to report: one that was left unfilled, else an ordinary one that raised an exception, else the first."""
    unfilled = [i for i in wrong if findings[i].slug == "unfilled"]
    stopped = [i for i in wrong if findings[i].slug == "exception" and cases[i].core and not cases[i].strided]
    return (unfilled or stopped or wrong)[0]


def _where(found: Difference, cases, wrong, exercise) -> Difference:
    """The difference, and on how many of the inputs it was seen, if not on all."""
    looked_at = [case for case in cases if case.grad] if found.slug in _GRADIENTS else cases
    if len(wrong) == len(looked_at) or found.slug in ("unfilled", "wrong-signature", "wrong-count", "returns-nothing"):
        return found
    edges = [cases[i].edge for i in wrong]
    if all(edges) and found.slug not in _READABLE:
        return replace(found, sentence=f"{found.sentence}\n{exercise.edges[edges[0]][0]}")
    return replace(found, sentence=f"{found.sentence}\nThis happened on {len(wrong)} of {len(looked_at)} inputs.")


def _right(exercise: Exercise, case: Case) -> Outcome:
    if case.expected:
        return Outcome(value=case.expected)
    right = call(exercise.oracle, case)
    if right.error:
        raise RuntimeError(f"the oracle of {exercise.name} failed on {case.label}") from right.error
    return replace(right, value=(*right.value, *right.seen))


def _finding(exercise: Exercise, case: Case, outcome: Outcome, right: Outcome) -> Difference | None:
    if outcome.error is not None:
        return generic.from_exception(exercise, case, outcome.error)
    try:
        return comparing.find(exercise, case, outcome, right)
    except (Exception, SystemExit) as problem:  # an object that only pretends to be an array, a hook that exits
        return Difference("wrong-type", f"What {exercise.function} returned can't be read: {type(problem).__name__}.")


def _strip(exercise: Exercise, case: Case, outcome: Outcome, right: Outcome) -> Strip | None:
    given = arrays(exercise, outcome)
    if exercise.strip is None or given is None or len(given) != len(exercise.compared):
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
