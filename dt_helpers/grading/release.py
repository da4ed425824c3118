"""The release as a list of exercises, for all that shows results: names, order, points, stubs."""

from __future__ import annotations

from dataclasses import dataclass

import nbformat

from dt_helpers.grading.matching import exercises_of
from dt_helpers.grading.places import Places


@dataclass(frozen=True)
class Task:
    """An exercise of the course: the solution cell and the check cell below it."""

    notebook: str  # "04_model"
    solution: str  # grade id of the cell that students fill
    check: str  # grade id of the graded cell
    points: float
    stub: str  # what students were given
    names: frozenset[str]  # what the cell defines


def tasks(places: Places) -> list[Task]:
    """All exercises in the course's order."""
    found = []
    for path in places.notebooks():
        release = nbformat.read(path, as_version=4)
        points = {
            cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
            for cell in release.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        }
        for exercise in exercises_of(release):
            if exercise.check is not None:
                check = exercise.check.grade_id
                found.append(Task(path.stem, exercise.grade_id, check, points[check], exercise.stub, exercise.names))
    return found
