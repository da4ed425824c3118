"""The final scores in columns that Canvas and Moodle import.

Both match rows by the platform's own number for a student, which `collect` read from the names of the files. Where the
instructor gives the file that the platform offers for download, it is filled in and keeps all its rows and columns.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from dt_helpers.grading.gradebook.marks import Record
from dt_helpers.grading.returning import tables
from dt_helpers.workspace import replacing


@dataclass
class Exported:
    """A file for the platform, and who is missing in it."""

    path: Path
    filled: int
    without_score: list[str]  # never graded: left empty, which is not the same as zero
    not_in_template: list[str]  # graded, but the platform's file has no row for them
    without_number: list[str]  # the gradebook doesn't know the platform's number


def canvas(records: list[Record], column: str, path: Path, template: Path | None = None) -> Exported:
    """A file for Canvas' "Import Grades".

    `column` is the assignment as Canvas' own export calls it, "Decision Transformer (12345)"; in a `template` a part
    of it is enough.
    """
    if template is None:
        header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
        most = max((record.max_score for record in records), default=0.0)
        rows = [["    Points Possible", "", "", "", "", most]]
        known = [record for record in records if record.lms_id]
        rows += [[_last_first(r), r.lms_id, "", "", "", r.score] for r in known]
        tables.write(path, header, rows)
        return _exported(path, records, known, [])
    header, rows = _read(template, "ID")
    columns = [i for i, name in enumerate(header) if column in name]
    if len(columns) != 1:
        raise ValueError(f"{template} has {len(columns)} columns with {column!r} in their names: {', '.join(header)}.")
    return _fill(records, template, path, header, rows, header.index("ID"), columns[0], str)


def moodle(records: list[Record], path: Path, template: Path | None = None) -> Exported:
    """A file for Moodle's "Upload grading worksheet"; `template` is what "Download grading worksheet" gave."""
    if template is None:
        header = ["Identifier", "Full name", "Email address", "Grade", "Maximum grade"]
        known = [record for record in records if record.lms_id]
        rows = [[_participant(r.lms_id), r.name, r.email, r.score, r.max_score] for r in known]
        tables.write(path, header, rows)
        return _exported(path, records, known, [])
    header, rows = _read(template, "Identifier", "Grade")
    return _fill(records, template, path, header, rows, header.index("Identifier"), header.index("Grade"), _participant)


def _fill(records, template, path, header, rows, key: int, column: int, as_key) -> Exported:
    """The template's rows with scores in the given column; rows of nobody that was graded stay as they are."""
    by_key = {as_key(record.lms_id): record for record in records if record.lms_id}
    used = []
    for row in rows:
        row += [""] * (len(header) - len(row))
        record = by_key.pop(row[key].strip(), None)
        if record is not None:
            used.append(record)
            if record.score is not None:
                row[column] = f"{record.score:g}"
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    with replacing(path) as staged:
        staged.write_text("\ufeff" + text.getvalue(), encoding="utf-8", newline="")
    return _exported(path, records, used, list(by_key.values()))


def _exported(path: Path, records: list[Record], used: list[Record], strangers: list[Record]) -> Exported:
    return Exported(
        path,
        filled=sum(record.score is not None for record in used),
        without_score=[record.student for record in records if record.score is None],
        not_in_template=[record.student for record in strangers],
        without_number=[record.student for record in records if not record.lms_id],
    )


def _read(template: Path, *needed: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows. Raises ValueError when a column is missing."""
    try:
        rows = list(csv.reader(io.StringIO(template.read_text(encoding="utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{template} is no table in CSV: {error}") from None
    header = rows[0] if rows else []
    if missing := [name for name in needed if name not in header]:
        raise ValueError(f"{template} has no column {' and no column '.join(missing)}; it has {', '.join(header)}.")
    return header, rows[1:]


def _participant(number: str) -> str:
    return f"Participant {number}"


def _last_first(record: Record) -> str:
    return ", ".join(filter(None, [record.last_name, record.first_name])) or record.student
