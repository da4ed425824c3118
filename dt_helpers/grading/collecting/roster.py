"""From which platform each student came: a number means nothing on another one. Kept in grading/students.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.places import Places
from dt_helpers.grading.returning import tables

FILE = "students.csv"
COLUMNS = ("student", "name", "platform", "number")


def read(places: Places) -> dict[str, Student]:
    """All students that were collected so far, by their ids."""
    try:
        with (places.reports / FILE).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        return {}
    return {row["student"]: Student(*(row[column] for column in COLUMNS)) for row in rows}


def add(places: Places, students: Iterable[Student]) -> None:
    """Adds students, or what is new about them."""
    known = read(places) | {student.id: student for student in students}
    rows = [(one.id, one.name, one.lms, one.lms_id) for _, one in sorted(known.items())]
    tables.write(places.reports / FILE, COLUMNS, rows)
