"""A student's feedback: one page with the score, the verdicts, named mistakes, hints, and the student's code.

It shows no hidden tests, as the checks are the grader's, and has no paths, no scripts, nothing that a browser loads.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from dt_helpers.grading.collecting.platforms.repositories import SECRET, TIMESTAMP
from dt_helpers.grading.gradebook.marks import Mark, Record
from dt_helpers.grading.matching import untouched
from dt_helpers.grading.places import Places
from dt_helpers.grading.release import Task
from dt_helpers.grading.results import ERROR, FAILED, GRADED, MISSING, NOT_RUN, PASSED, ExerciseResult, SubmissionResult
from dt_helpers.grading.returning import pages
from dt_helpers.workspace import replacing

TITLE = "Decision Transformer: feedback"
FILE = "feedback.html"
_VERDICTS = {
    PASSED: "✓ right",
    FAILED: "✗ not right yet",
    ERROR: "✗ stopped with an error",
    MISSING: "– not handed in",
    NOT_RUN: "? not graded yet",
}


@dataclass(frozen=True)
class Card:
    """An exercise on the page."""

    name: str
    look: str  # a class of the stylesheet: passed, failed, error, missing, waiting
    verdict: str
    score: float | None
    max_score: float
    mistake: str = ""
    sentence: str = ""
    lines: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()  # what was set aside or lent, an earlier verdict
    hints: tuple[str, ...] = ()
    comment: str = ""
    code: str = ""


@dataclass(frozen=True)
class Chapter:
    """A notebook on the page."""

    name: str
    cards: list[Card]
    notes: list[str]

    @property
    def score(self) -> float | None:
        given = [card.score for card in self.cards if card.score is not None]
        return sum(given) if given else None

    @property
    def max_score(self) -> float:
        return sum(card.max_score for card in self.cards)


def page(result: SubmissionResult, record: Record, tasks: list[Task]) -> str:
    """One student's page as HTML. Scores and comments come from the gradebook, verdicts from the result."""
    verdicts = {(exercise.notebook, exercise.check_id): exercise for exercise in result.exercises}
    chapters: dict[str, Chapter] = {}
    for task in tasks:
        matched = result.matched.get(task.notebook, {})
        chapter = chapters.setdefault(task.notebook, Chapter(task.notebook, [], _notes(matched)))
        key = task.notebook, task.check_id
        verdict = verdicts.get(key) or ExerciseResult(*key, 0.0, task.points, NOT_RUN)
        mark = record.marks.get(key, Mark(None, task.points))
        before = [one for one in result.before if (one.notebook, one.check_id) == key]
        remarks = (*verdict.remarks, *map(_again, before[-1:]))
        text = matched.get("solutions", {}).get(task.solution_id, "")
        chapter.cards.append(_card(task, replace(verdict, remarks=remarks), mark, text))
    score, most = record.score, record.max_score or sum(task.points for task in tasks)
    return pages.render(
        "feedback.html.j2",
        title=TITLE,
        name=record.name,
        score=score,
        max_score=most,
        percent=round(100 * min((score or 0) / most, 1)) if most else 0,
        penalty=record.penalty,
        remarks=[result.reason] if result.reason and result.state != GRADED else [],
        notebooks=list(chapters.values()),
    )


def write(places: Places, result: SubmissionResult, record: Record, tasks: list[Task]) -> None:
    """Write feedback/<student>/<assignment>/feedback.html, and what `nbgrader release_feedback` needs with it.

    nbgrader finds a page by the submission's secret and the notebook's name: students who handed in through its
    exchange get the page under the name of each notebook.
    """
    folder, text = places.feedback(result.student), page(result, record, tasks)
    submitted = places.submitted(result.student)
    names = [FILE]
    if (submitted / SECRET).is_file():
        names += [f"{stem}.html" for stem in result.matched]
    for name in names:
        with replacing(folder / name) as staged:
            staged.write_text(text, encoding="utf-8", errors="replace")
    for name, otherwise in ((TIMESTAMP, ""), (SECRET, secrets.token_hex(64))):
        with replacing(folder / name) as staged:
            staged.write_text(_first(submitted / name, folder / name) or otherwise, encoding="utf-8")


def _first(*paths: Path) -> str:
    """The text of the first file that exists and isn't empty."""
    texts = (
        path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file() and not path.is_symlink()
    )
    return next(filter(None, texts), "")


def _card(task: Task, verdict: ExerciseResult, mark: Mark, text: str) -> Card:
    look = "waiting" if verdict.status == NOT_RUN else verdict.status
    words = _VERDICTS.get(verdict.status, verdict.status)
    if mark.by_hand:
        words = f"graded by your instructor (automatically: {words})"
        look = "passed" if mark.score is not None and mark.score >= mark.max_score else "waiting"
    return Card(
        name=task.solution_id,
        look=look,
        verdict=words,
        score=mark.score,
        max_score=mark.max_score,
        mistake=(verdict.mistake or "").replace("-", " ") if verdict.status in (FAILED, ERROR) else "",
        sentence=verdict.sentence,
        lines=tuple(pages.without_paths(line) for line in verdict.lines),
        remarks=verdict.remarks,
        hints=verdict.hints if verdict.status in (FAILED, ERROR) else (),
        comment=mark.comment or "",
        code="" if untouched(text, task.stub) else text,
    )


def _again(before: ExerciseResult) -> str:
    words = _VERDICTS.get(before.status, before.status)
    return f"It was graded again. Before, it was: {words}, {before.points:g} of {before.max_points:g} points."


def _notes(matched: dict) -> list[str]:
    unreadable = matched.get("unreadable")
    return [unreadable] if unreadable else [f"Note: {note}." for note in matched.get("notes", ())]
