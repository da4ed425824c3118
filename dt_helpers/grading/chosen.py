"""What a command is about: of which assignments something was handed in or graded, by the students that are named."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from dt_helpers.grading.places import Places
from dt_helpers.grading.release import Task
from dt_helpers.grading.results import Store, SubmissionResult

if TYPE_CHECKING:
    from dt_helpers.grading.gradebook.marks import Record


def handed_in(
    places: Places, wanted: Collection[str] = (), students: Collection[str] = (), others: Collection[str] = ()
) -> list[Places]:
    """The assignments of which something was handed in, by `students` if any are named; `others` must be there too.

    Raises ValueError if nothing was handed in, or nothing by one of those who are named.
    """
    found = [(own, set(own.students())) for own in places.assignments(wanted)]
    there = {student for _, own in found for student in own}
    if not there:
        raise ValueError("Nothing has been handed in yet: run `dt-course collect` first.")
    if unknown := {*students, *others} - {*there, "all"}:
        raise ValueError(
            f"Nothing was handed in by {', '.join(sorted(unknown))}. Use the names of the folders in "
            f"{places.steps['submitted']}/; `dt-course collect` lists them."
        )
    return [own for own, who in found if who & ({*students} or there)]


def graded(
    places: Places, wanted: Collection[str] = (), students: Collection[str] = ()
) -> list[tuple[Places, list[SubmissionResult], dict[str, Record], list[Task]]]:
    """Each assignment that was graded, with its results, of `students` if any are named, the gradebook's records by
    student, and the release's exercises.

    Raises ValueError if nothing was graded, or nothing of one of those who are named.
    """
    found = []
    for own in places.assignments(wanted):
        results = [one for one in Store(own.results).all() if not students or one.student in students]
        if results:
            found.append((own, results))
    if unknown := set(students) - {one.student for _, results in found for one in results}:
        raise ValueError(f"There are no results for {', '.join(sorted(unknown))}: run `dt-course grade` first.")
    if not found:
        raise ValueError("Nothing has been graded yet: run `dt-course collect` and `dt-course grade` first.")
    from dt_helpers.grading import release
    from dt_helpers.grading.gradebook import marks  # `grade` starts its workers before it opens a gradebook

    answer = []
    for own, results in found:
        tasks = release.tasks(own.notebooks())
        answer.append((own, results, marks.read(own, tasks), tasks))
    return answer
