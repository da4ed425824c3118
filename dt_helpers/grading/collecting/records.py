"""What was collected when, so that an older download doesn't replace a newer one. Kept in grading/handed_in.csv."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime

from dt_helpers.grading.places import Places
from dt_helpers.grading.returning import tables

FILE = "handed_in.csv"


@dataclass(frozen=True)
class Record:
    """One notebook of one student, as it lies in the folder of submissions."""

    student: str
    notebook: str
    platform: str
    serial: str  # sorts as the platform orders what was handed in; empty: it doesn't say
    file_time: str  # of the file, or in the archive: of the download, for most platforms
    when: str  # handed in, as the platform says; empty: it doesn't
    late: str  # "late" where the platform says so

    def older_than(self, other: Record) -> bool:
        """By the platform's own order, else by the files' times."""
        if self.platform == other.platform and self.serial and other.serial:
            return self.serial < other.serial
        return self.file_time < other.file_time


class Records:
    """All of them, by student and notebook."""

    def __init__(self, places: Places):
        self.path = places.reports / FILE
        rows = [Record(*(row[one.name] for one in fields(Record))) for row in tables.read(self.path)]
        self.rows = {(row.student, row.notebook): row for row in rows}

    def add(self, record: Record) -> None:
        self.rows[record.student, record.notebook] = record

    def handed_in(self, student: str) -> str:
        """When the last of a student's notebooks was, as the platform says; empty if it doesn't."""
        return max((row.when for row in self.rows.values() if row.student == student), default="")

    def write(self) -> None:
        tables.write(
            self.path, [one.name for one in fields(Record)], [astuple(row) for _, row in sorted(self.rows.items())]
        )


def in_utc(moment: datetime | None) -> str:
    """As nbgrader reads it. Without a zone it is this machine's time."""

    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if moment else ""
