"""Beside the checks: hints in steps, the solution after honest tries, and what is solved so far."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from dt_helpers.check import tries
from dt_helpers.check.engine import card
from dt_helpers.check.engine.exercise import Exercise
from dt_helpers.check.engine.result import CheckFailed, CheckResult
from dt_helpers.check.exercises import exercise

COURSE = Path(__file__).parents[1] / "assets" / "course" / "exercises.json"  # made by `dt-course release`
HONEST = 3  # failed checks before a solution is shown


class Told:
    """Shown as a card in a notebook, as text in a terminal."""

    def __init__(self, mark: str, name: str, sentence: str, hints: tuple[str, ...] = (), code: str = ""):
        self.mark, self.name, self.sentence, self.hints, self.code = mark, name, sentence, hints, code

    def __str__(self) -> str:
        lines = [f"{self.mark} {self.name}: {self.sentence}"]
        lines += [f"  hint {i}: {hint}" for i, hint in enumerate(self.hints, 1)]
        return "\n".join([*lines, *(f"    {line}" for line in self.code.splitlines())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return card.card(self.mark, self.name, self.sentence, lines=self.code.splitlines(), hints=self.hints)


@dataclass(frozen=True)
class Known:
    """What the course says about one exercise."""

    check: str
    target: str  # the function or class that students write
    notebook: str
    title: str
    points: float
    solution: str | None  # None where the release shows none


@cache
def course() -> tuple[Known, ...]:
    """The exercises in the course's order."""
    return tuple(Known(**facts) for facts in json.loads(COURSE.read_text(encoding="utf-8")))


def hint(answer: Callable | str) -> Told:
    """One more hint for a function (or a check's name): first those for the mistake in it, then those for the exercise.

    Raises ValueError for a function that belongs to no exercise.
    """
    known = _known(answer)
    about = _exercise(known.check)
    hints: tuple[str, ...] = ()
    if callable(answer):
        verdict = _judge(known.check, answer)
        if isinstance(verdict, CheckResult):
            return Told("✓", known.check, "This is already right.")
        hints = verdict.all_hints if verdict.mistake != "unfilled" else ()
    hints = tuple(dict.fromkeys((*hints, *about.hints)))
    before = tries.of(known.check)
    shown = min(before.hints + 1, len(hints))
    tries.note(known.check, tries.Tries(before.failed, shown, before.solved))
    left = len(hints) - shown
    sentence = f"{left} more: ask again." if left else "That was the last one. " + _way_out(known, before)
    return Told("→", known.check, f"Hint {shown} of {len(hints)}. {sentence}", hints[:shown])


def solution(answer: Callable | str) -> Told:
    """The course's own solution for a function (or a check's name), once it is solved or has failed HONEST times.

    Raises ValueError for a function that belongs to no exercise.
    """
    known = _known(answer)
    before = tries.of(known.check)
    if known.solution is None:
        return Told("→", known.check, "This release of the course shows no solutions: ask your instructor.")
    if not before.solved and before.failed < HONEST:
        return Told("→", known.check, _way_out(known, before))
    return Told("→", known.check, "One way to write it:", code=known.solution)


class Progress:
    """What is solved, in all notebooks."""

    def __init__(self):
        found = tries.everything()
        self.rows = [(known, found.get(known.check, tries.Tries())) for known in course()]

    @property
    def sentence(self) -> str:
        solved = sum(each.solved for _, each in self.rows)
        points = sum(known.points for known, each in self.rows if each.solved)
        all_points = sum(known.points for known, _ in self.rows)
        return f"{solved} of {len(self.rows)} exercises solved, {points:g} of {all_points:g} points."

    def _lines(self) -> list[tuple[str, str, str, str]]:
        return [(_mark(each), known.notebook, known.title, _state(each)) for known, each in self.rows]

    def __str__(self) -> str:
        lines = self._lines()
        wide = [max(len(line[i]) for line in lines) for i in (1, 2)]
        table = [f"{mark} {a:<{wide[0]}}  {b:<{wide[1]}}  {c}".rstrip() for mark, a, b, c in lines]
        return "\n".join([*table, self.sentence])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        cell = '<td style="padding:1px 12px 1px 0;border:0;text-align:left;color:inherit">'
        rows = "".join(
            '<tr style="background:none">' + "".join(f"{cell}{escape(text)}</td>" for text in line) + "</tr>"
            for line in self._lines()
        )
        table = f'<table style="border:0;border-collapse:collapse;color:inherit;font-size:14px">{rows}</table>'
        return f'<div style="font-family:sans-serif;font-size:14px"><b>{escape(self.sentence)}</b>{table}</div>'


def progress() -> Progress:
    """Which exercises are solved, in all notebooks. In a notebook this outlasts the kernel."""
    return Progress()


def _mark(each: tries.Tries) -> str:
    return "✓" if each.solved else "…" if each.failed else "○"


def _state(each: tries.Tries) -> str:
    if each.solved:
        return "solved"
    return f"{each.failed} tries" if each.failed > 1 else "1 try" if each.failed else ""


def _way_out(known: Known, before: tries.Tries) -> str:
    missing = 0 if before.solved else max(0, HONEST - before.failed)
    if known.solution is None:
        return "Ask your instructor, or go back to the text above the exercise."
    ask = f"check.solution({known.target}) shows the solution"
    if not missing:
        return f"{ask}."
    checks = f"{missing} more failed {'check' if missing == 1 else 'checks'}"
    return f"{ask} after {checks} of an answer. (An unfilled function does not count.)"


def _judge(name: str, answer: Callable) -> CheckResult | CheckFailed:
    """The verdict. Asking for a hint does not count as a try, but a right answer counts as solved."""
    if name == "forward":
        from dt_helpers.check import whole_model

        verdict = whole_model.check(answer, counts=False)
    else:
        from dt_helpers.check import one_function

        verdict = one_function.check(name, answer, counts=False)
    if isinstance(verdict, CheckResult):
        tries.count(verdict)
    return verdict


def _exercise(name: str) -> Exercise:
    if name == "forward":
        from dt_helpers.check.whole_model.building import EXERCISE

        return EXERCISE
    return exercise(name)


def _known(answer: Callable | str) -> Known:
    wanted = answer if isinstance(answer, str) else getattr(answer, "__name__", type(answer).__name__)
    for known in course():
        if wanted in (known.target, known.check):
            return known
    there = ", ".join(known.target for known in course())
    raise ValueError(f"{wanted!r} is not an exercise of this course. The exercises are: {there}.")
