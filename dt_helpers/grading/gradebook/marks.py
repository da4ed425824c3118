"""The final marks in the gradebook: automatic scores, and what instructors changed by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nbgrader import api
from sqlalchemy import select

from dt_helpers.grading.gradebook.database import open_gradebook
from dt_helpers.grading.places import Places
from dt_helpers.grading.release import Task


@dataclass(frozen=True)
class Mark:
    """The grade of one check cell."""

    score: float | None  # None: given neither by the grader nor by an instructor
    max_score: float
    by_hand: bool = False
    comment: str | None = None  # an instructor's


@dataclass
class Record:
    """A student in the gradebook."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)  # (notebook, check cell) -> mark
    penalty: float = 0.0  # for lateness
    checked: bool = False  # a class list has the number as the student's own
    anonymous: bool = False  # the platform hid who it is
    waiting: bool = False  # something is left for an instructor to grade

    @property
    def name(self) -> str:
        return " ".join(filter(None, [self.first_name, self.last_name])) or self.student

    @property
    def score(self) -> float | None:
        """Points in the whole assignment; None if nothing was graded."""
        given = [mark.score for mark in self.marks.values() if mark.score is not None]
        return max(sum(given) - self.penalty, 0.0) if given else None

    @property
    def max_score(self) -> float:
        return sum(mark.max_score for mark in self.marks.values())


def read(places: Places, tasks: Iterable[Task]) -> dict[str, Record]:
    """All students in the gradebook, by id, with their marks and comments on the assignment's tasks."""
    checks = {(task.notebook, task.solution_id): task.check_id for task in tasks}
    gradebook = open_gradebook(places)
    with gradebook:
        records = {
            row.id: Record(row.id, row.first_name or "", row.last_name or "", row.email or "", row.lms_user_id or "")
            for row in gradebook.db.execute(
                select(
                    api.Student.id,
                    api.Student.first_name,
                    api.Student.last_name,
                    api.Student.email,
                    api.Student.lms_user_id,
                )
            )
        }
        comments = {}
        for student, notebook, cell, text in gradebook.db.execute(
            _of_cells(places.assignment, api.Comment, api.SolutionCell, api.Comment.manual_comment)
        ):
            if text and (notebook, cell) in checks:
                comments[student, notebook, checks[notebook, cell]] = text
        columns = (
            api.Grade.auto_score,
            api.Grade.manual_score,
            api.Grade.extra_credit,
            api.Grade.needs_manual_grade,
            api.GradeCell.max_score,
        )
        grades = gradebook.db.execute(_of_cells(places.assignment, api.Grade, api.GradeCell, *columns))
        for student, notebook, cell, auto, manual, extra, waiting, most in grades:
            score = auto if manual is None else manual
            score = score if score is None or extra is None else score + extra
            by_hand = manual is not None or extra is not None
            mark = Mark(score, most, by_hand, comments.get((student, notebook, cell)))
            records[student].marks[notebook, cell] = mark
            records[student].waiting |= waiting
        penalties = (
            select(api.SubmittedAssignment.student_id, api.SubmittedNotebook.late_submission_penalty)
            .join(api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .where(api.Assignment.name == places.assignment)
        )
        for student, penalty in gradebook.db.execute(penalties):
            records[student].penalty += penalty or 0.0
    return records


def _of_cells(assignment, kind, cell, *columns):
    """Student, notebook and cell, and `columns`, for each grade or comment (`kind`) on a `cell` of its kind."""
    return (
        select(api.SubmittedAssignment.student_id, api.Notebook.name, cell.name, *columns)
        .select_from(kind)
        .join(api.SubmittedNotebook, kind.notebook_id == api.SubmittedNotebook.id)
        .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
        .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
        .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
        .join(cell, kind.cell_id == cell.id)
        .where(api.Assignment.name == assignment)
    )
