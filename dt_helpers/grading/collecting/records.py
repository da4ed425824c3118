"""What was collected, and when, so that an older download doesn't replace a newer one: grading/handed_in.csv."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime

from dt_helpers.grading.places import Places
from dt_helpers.grading.returning import tables

FILE = "handed_in.csv"


@dataclass(frozen=True)
class Record:
    """One notebook of one student, as it is in the folder of submissions."""

    student: str
    notebook: str
    platform: str
    serial: str  # sorts in the platform's order of submissions; empty if it has none
    file_time: str  # of the file or the archive's entry: for most platforms, the time of the download
    when: str  # when it was handed in, according to the platform; may be empty
    late: str  # "late" if the platform says so

    def older_than(self, other: Record) -> bool:
        """Compares by the platform's own order, else by the files' times."""
        if self.platform == other.platform and self.serial and other.serial:
            return self.serial < other.serial
        return self.file_time < other.file_time


class Records:
    """All records, by student and notebook."""

    def __init__(self, places: Places):
        self.places = places
        self.path = places.reports / FILE
        rows = [Record(*(row[one.name] for one in fields(Record))) for row in tables.read(self.path)]
        self.rows = {(row.student, row.notebook): row for row in rows}

    def add(self, record: Record) -> None:
        self.rows[record.student, record.notebook] = record

    def handed_in(self, student: str, assignment: str) -> str:
        """When the student's last notebook of the assignment was handed in, according to the platform; empty if
        unknown."""
        own = [row for row in self.rows.values() if row.student == student]
        return max((row.when for row in own if self.places.of(row.notebook).assignment == assignment), default="")

    def write(self) -> None:
        tables.write(
            self.path, [one.name for one in fields(Record)], [astuple(row) for _, row in sorted(self.rows.items())]
        )


def in_utc(moment: datetime | None) -> str:
    """In the form that nbgrader reads. Without a time zone it is this machine's time."""

    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if moment else ""
