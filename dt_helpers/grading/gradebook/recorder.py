"""Write nbgrader's own gradebook, only from the grader's process: one transaction per submission.

What instructors enter in formgrader is kept: manual scores, extra credit, comments and extensions are never touched. A
grade that an instructor changed by hand is marked for another look when its submission is graded again, as by
`nbgrader autograde`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dateutil.parser
from nbgrader import api
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from sqlalchemy import select

from dt_helpers.grading import release
from dt_helpers.grading.collecting.collect import TIMESTAMP
from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.gradebook import database
from dt_helpers.grading.places import Places
from dt_helpers.grading.results import MISSING, NOT_RUN, UNREADABLE, ExerciseResult, SubmissionResult
from dt_helpers.grading.text.cleaning import plain

LONGEST_COMMENT = 10_000  # characters
MARKUP = re.compile(r"[<&$\\\[]|://|www\.|@")  # HTML, formulas, links
NO_RESPONSE = "No response."  # nbgrader's comment on an unchanged cell


class Recorder:
    """One assignment in the gradebook of a course, open for writing. A context manager, used by one thread.

    Opening it creates the database if there is none and enters the assignment with its cells, like
    `nbgrader generate_assignment`. Raises ValueError if the release's cells differ from those of submissions already
    recorded, and what `database.open_gradebook` raises.
    """

    def __init__(self, places: Places):
        self.places = places
        self.gradebook = database.open_gradebook(places)
        self.solutions = self._enter_assignment()  # (notebook, check cell) -> the solution cell of the task
        self.layout = self._layout()
        late = AssignLatePenalties(config=places.config())
        late.init_plugin()
        self.late_plugin = late.plugin_inst

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_) -> None:
        self.gradebook.close()

    def enrol(self, students: Iterable[Student]) -> None:
        """Enter students with their names and the platform's number, where the gradebook has none yet."""
        with self._transaction():
            for student in students:
                row = self._student(student.id)
                *first, last = [clean_name(part) for part in student.name.split()] or [""]
                row.first_name = row.first_name or " ".join(first)  # formgrader shows None as a name
                row.last_name = row.last_name or last or student.id
                row.lms_user_id = row.lms_user_id or student.lms_id or None

    def record(self, result: SubmissionResult) -> None:
        """Write the result of one submission, all or nothing.

        What was graded gets an automatic score; what could not be graded gets none and waits for an instructor. A
        student who handed nothing in gets no entry.
        """
        if result.state == MISSING:
            return
        with self._transaction() as session:
            submission = self._submission(result.student)
            session.flush()
            grades, comments = self._cells(submission)
            for exercise in result.exercises:
                grade = grades.get((exercise.notebook, exercise.check_id))
                if grade is None:
                    continue
                grade.auto_score = _auto_score(result, exercise)
                grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
                comment = comments.get((exercise.notebook, self.solutions.get((exercise.notebook, exercise.check_id))))
                if comment is not None:
                    comment.auto_comment = _comment(exercise)
            self._penalise(submission)

    def catch_up(self, results: Iterable[SubmissionResult]) -> list[SubmissionResult]:
        """Record the results that the gradebook lacks after a killed run, and return them."""
        known = self._auto_scores()
        missing = [result for result in results if result.state != MISSING and not _is_known(result, known)]
        for result in missing:
            self.record(result)
        return missing

    def _enter_assignment(self) -> dict[tuple[str, str], str]:
        """The assignment, its notebooks and cells, by nbgrader's own preprocessor."""
        self.gradebook.update_or_create_assignment(self.places.assignment)
        saver = SaveCells(log=logging.Logger("nbgrader", logging.ERROR))
        solutions: dict[tuple[str, str], str] = {}
        for name, released in release.read(self.places.notebooks()).items():
            where = {"notebook": name, "assignment": self.places.assignment, "db_url": self.places.db_url}
            try:
                if not self._is_entered(released):
                    saver.preprocess(released.node, {"nbgrader": where})
            except RuntimeError as error:
                raise ValueError(
                    f"The exercises in {self.places.tree.student(name)} differ from those that the gradebook has "
                    f"submissions for ({error}). Check out the release that was handed out, or start another "
                    "gradebook (--db)."
                ) from None
            solutions |= {(name, task.check_id): task.solution_id for task in released.tasks if task.check_id}
        return solutions

    def _is_entered(self, released: release.Released) -> bool:
        """Whether the gradebook has exactly this notebook. Checksums cover a cell's text, kind and points."""
        session = self.gradebook.db()
        found = select(api.Notebook.id).join(api.Assignment).where(api.Assignment.name == self.places.assignment)
        notebook = session.scalars(found.where(api.Notebook.name == released.name)).one_or_none()
        there = select(api.SourceCell.name, api.SourceCell.checksum).filter_by(notebook_id=notebook)
        marks = [cell.metadata.nbgrader for cell in released.node.cells if "nbgrader" in cell.metadata]
        same = dict(session.execute(there).all()) == {mark.grade_id: mark.checksum for mark in marks}
        self.gradebook.db.remove()
        return notebook is not None and same

    def _layout(self) -> dict[str, tuple[list[str], list[str]]]:
        """The ids of the assignment's notebooks, each with those of its graded cells and of its solution cells."""
        notebooks = self.gradebook.find_assignment(self.places.assignment).notebooks
        layout = {
            one.id: ([cell.id for cell in one.grade_cells], [cell.id for cell in one.solution_cells])
            for one in notebooks
        }
        self.gradebook.db.remove()
        return layout

    @contextmanager
    def _transaction(self) -> Iterator:
        session = self.gradebook.db()
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            self.gradebook.db.remove()

    def _student(self, name: str) -> api.Student:
        session = self.gradebook.db()
        student = session.get(api.Student, name)
        if student is None:
            student = api.Student(id=name)
            session.add(student)
            session.flush()
        return student

    def _submission(self, student: str) -> api.SubmittedAssignment:
        """The student's submission with a row for each grade and comment, as nbgrader creates it."""
        session = self.gradebook.db()
        row = self._student(student)
        assignment = session.scalars(select(api.Assignment.id).filter_by(name=self.places.assignment)).one()
        found = select(api.SubmittedAssignment).filter_by(assignment_id=assignment, student_id=student)
        submission = session.scalars(found).one_or_none()
        if submission is None:
            submission = api.SubmittedAssignment(assignment_id=assignment, student_id=row.id)
            session.add(submission)
            session.flush()
        there = set(session.scalars(select(api.SubmittedNotebook.notebook_id).filter_by(assignment_id=submission.id)))
        for notebook in self.layout.keys() - there:
            graded, solved = self.layout[notebook]
            entry = api.SubmittedNotebook(notebook_id=notebook, assignment_id=submission.id)
            session.add(entry)
            session.add_all(api.Grade(cell_id=cell, notebook=entry) for cell in graded)
            session.add_all(api.Comment(cell_id=cell, notebook=entry) for cell in solved)
        submission.timestamp = self._handed_in(student)
        return submission

    def _cells(self, submission: api.SubmittedAssignment) -> tuple[dict, dict]:
        """Grades and comments of a submission, by the names of notebook and cell."""
        session = self.gradebook.db()
        both = []
        for kind in (api.Grade, api.Comment):
            rows = session.execute(
                select(kind, api.Notebook.name, api.BaseCell.name)
                .join(api.SubmittedNotebook, kind.notebook_id == api.SubmittedNotebook.id)
                .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
                .join(api.BaseCell, kind.cell_id == api.BaseCell.id)
                .where(api.SubmittedNotebook.assignment_id == submission.id)
            )
            both.append({(notebook, cell): row for row, notebook, cell in rows})
        return both[0], both[1]

    def _penalise(self, submission: api.SubmittedAssignment) -> None:
        """nbgrader's penalty for lateness: none, unless nbgrader_config.py has a plugin that sets one."""
        session = self.gradebook.db()
        session.flush()
        seconds = submission.total_seconds_late if submission.assignment.duedate else 0
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = None
            if seconds > 0:
                session.refresh(notebook, ["score"])
                penalty = self.late_plugin.late_submission_penalty(submission.student_id, notebook.score, seconds)
                if penalty is not None:
                    notebook.late_submission_penalty = min(max(penalty, 0), notebook.score)

    def _handed_in(self, student: str) -> datetime | None:
        """When, in UTC and without a time zone, as nbgrader stores it."""
        try:
            text = (self.places.submitted(student) / TIMESTAMP).read_text(encoding="utf-8", errors="replace")
            moment = dateutil.parser.parse(text)
        except (OSError, ValueError, OverflowError):
            return None
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment

    def _auto_scores(self) -> dict[str, dict[tuple[str, str], float | None]]:
        """Student -> (notebook, check cell) -> automatic score."""
        rows = self.gradebook.db.execute(
            select(api.SubmittedAssignment.student_id, api.Notebook.name, api.BaseCell.name, api.Grade.auto_score)
            .join(api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Grade, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
            .join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .where(api.Assignment.name == self.places.assignment)
        )
        known: dict[str, dict] = {}
        for student, notebook, cell, score in rows:
            known.setdefault(student, {})[notebook, cell] = score
        self.gradebook.db.remove()
        return known


def clean_name(name: str) -> str:
    """A name that formgrader, which doesn't escape it, can show: no markup, no control characters."""
    return re.sub(r"[<>&\"\\`\x00-\x1f\x7f]", "", name)[:100]


def _auto_score(result: SubmissionResult, exercise: ExerciseResult) -> float | None:
    return None if result.state == UNREADABLE or exercise.status == NOT_RUN else exercise.points


def _is_known(result: SubmissionResult, known: dict) -> bool:
    cells = known.get(result.student)
    return cells is not None and all(
        cells.get((exercise.notebook, exercise.check_id), score) == score
        for exercise in result.exercises
        for score in [_auto_score(result, exercise)]
    )


def _comment(exercise: ExerciseResult) -> str | None:
    """What a student reads below the cell in formgrader and in nbgrader's own feedback.

    The latter renders it as markdown, with HTML and formulas. So if a student's text in it could be markup, it becomes
    an indented block, which is shown literally.
    """
    if exercise.mistake == "unfilled":
        return NO_RESPONSE
    if exercise.status == "passed" or not exercise.sentence:
        return None
    lines = [exercise.sentence, *(f"Hint: {hint}" for hint in exercise.hints)]
    text = plain("\n".join(lines), LONGEST_COMMENT)
    return text if MARKUP.search(text) is None else "\n".join(f"    {line}" for line in text.split("\n"))
