"""Which platform each student came from, as a number is only valid on its platform. Kept in grading/students.csv."""

from __future__ import annotations

import json
from collections.abc import Iterable

from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.places import Places
from dt_helpers.grading.returning import tables

FILE = "students.csv"
COLUMNS = ("student", "name", "platform", "number", "members", "slip")


def read(places: Places) -> dict[str, Student]:
    """All students collected so far, by id."""
    return {row["student"]: _student(row) for row in tables.read(places.reports / FILE)}


def _student(row: dict[str, str]) -> Student:
    members = tuple((name, number) for name, number in json.loads(row.get("members") or "[]"))
    return Student(row["student"], row["name"], row["platform"], row["number"], members, row.get("slip") or "")


def add(places: Places, students: Iterable[Student]) -> None:
    """Add students, or new details about them."""
    known = read(places) | {student.id: student for student in students}
    rows = [
        (
            one.id,
            one.name,
            one.lms,
            one.lms_id,
            json.dumps(one.members, ensure_ascii=False) if one.members else "",
            one.slip,
        )
        for _, one in sorted(known.items())
    ]
    tables.write(places.reports / FILE, COLUMNS, rows)
