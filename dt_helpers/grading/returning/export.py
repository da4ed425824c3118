"""The final scores in columns that platforms import.

Rows are matched by the platform's own number for a student, which `collect` read from its download. If the instructor
passes the file that the platform offers for download, it is filled in and keeps all its rows and columns, its separator
and its language. Each member of a group has a row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from dt_helpers.grading.collecting.identity import is_participant, may_be_one, within
from dt_helpers.grading.collecting.naming import Student, fold
from dt_helpers.grading.gradebook.marks import Record
from dt_helpers.grading.returning import tables
from dt_helpers.grading.returning.sheets import Sheet

# The column of a platform's own table with its number for a student; empty: names are used.
KEYS = {"canvas": "number", "moodle": "number", "blackboard": "login", "sakai": "login", "schoology": "sid", "d2l": ""}
_KEPT = ("EX", "N/A")  # Canvas: excused; not given the assignment (instructure/canvas-lms lib/gradebook_exporter.rb)
_NO = ("no", "nein", "non", "não")  # in Moodle's column "Grade can be changed"
_REMARK = re.compile(r"Partly graded: \d+ of \d+ exercises wait for your instructor\.")  # as `remark` writes it
_KEY_TITLES = {"login": "Username", "sid": "School UID", "": "Last Name"}


@dataclass
class Exported:
    """A file for the platform, and who is missing from it."""

    path: Path
    filled: int
    without_score: list[str]  # never graded: left empty, which is not the same as zero
    not_in_template: list[str]  # graded, but the platform's file has no row for them
    without_number: list[str]  # the gradebook doesn't know the platform's number
    partly: list[str] = field(default_factory=list)  # some of it still has to be graded by hand
    lacking: list[str] = field(default_factory=list)  # some notebooks were not handed in
    doubtful: list[str] = field(default_factory=list)  # the number belongs to another student in the platform's file
    above: list[str] = field(default_factory=list)  # more than the platform's maximum, which it may refuse
    anonymous: list[str] = field(default_factory=list)  # the platform has told a mark in place of the number
    unchecked: list[str] = field(default_factory=list)  # no worksheet told whether the number is a group's
    kept: list[str] = field(default_factory=list)  # excused, or not given the assignment: the cell is left as it is
    locked: list[str] = field(default_factory=list)  # the platform's file says that it takes no change
    zeros: list[str] = field(default_factory=list)  # no points at all, which Moodle may skip


def write(
    platform: str, records: list[Record], column: str, path: Path, template: Path | None = None, scale: bool = False
) -> Exported:
    """The file for a platform, one of `KEYS`; see `canvas`, `moodle` and `other`."""
    if platform == "canvas":
        return canvas(records, column, path, template, scale)
    if platform == "moodle":
        return moodle(records, path, template, scale)
    return other(platform, records, column, path, template, scale)


def people(platform: str, records: Iterable[Record], students: dict[str, Student]) -> tuple[list[Record], list[str]]:
    """The records to export to the platform, and the students who were collected from another one.

    Canvas imports marks by users' numbers: anonymous students have none.

    A group has one record per member that the platform names, with that member's name and number.
    """
    answer, others = [], []
    checks = platform == "moodle"
    for record in (record for record in records if record.marks):
        student = students.get(record.student, Student(record.student))
        if student.lms.lower() not in (platform, ""):
            others.append(record.student)
            continue
        members = [(name, number) for name, number in student.members if number]
        for name, number in members:
            *first, last = words_of(name)
            own = replace(record, first_name=" ".join(first), last_name=last, lms_id=number)
            answer.append(replace(own, checked=checks))  # in Moodle, only a worksheet tells the members
        if platform == "canvas" and student.slip.startswith("anon_"):
            record = replace(record, lms_id="", anonymous=True)
        if checks and not members:  # a group's number is no participant's
            record = replace(record, lms_id="" if student.members else record.lms_id, checked=bool(student.slip))
        answer += [] if members else [record]
    return answer, others


def numbered(records: Iterable[Record], students: dict[str, Student]) -> list[Record]:
    """The records with the numbers that the platform gave the students in this assignment, where these are known."""
    known = {name: student.lms_id for name, student in students.items() if student.lms_id}
    return [replace(record, lms_id=known.get(record.student, record.lms_id)) for record in records]


def words_of(name: str) -> list[str]:
    """A name's words, the last one last."""
    last, comma, first = name.rpartition(",")
    return f"{first.strip()} {last.strip()}".split() if comma else name.split() or [""]


def canvas(
    records: list[Record], column: str, path: Path, template: Path | None = None, scale: bool = False
) -> Exported:
    """A file for Canvas' "Import Grades".

    `column` is the assignment as Canvas' own export calls it, "Decision Transformer (12345)"; in a `template` a part
    of it is enough. For `scale` and the errors raised, see `filled_in`.
    """
    if template is None:
        header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
        most = max((record.max_score for record in records), default=0.0)
        rows = [["    Points Possible", "", "", "", "", most]]
        known = [record for record in records if record.lms_id]
        rows += [[_last_first(r), r.lms_id, "", "", "", r.score] for r in known]
        tables.write(path, header, rows)
        return _exported(path, records, known, [])
    sheet = Sheet.read(template, number="ID")
    return filled_in(records, sheet, path, "number", sheet.with_in_name(column), scale)


def moodle(records: list[Record], path: Path, template: Path | None = None, scale: bool = False) -> Exported:
    """A file for Moodle's "Upload grading worksheet"; `template` is what "Download grading worksheet" gave.

    Without one it is in English: Moodle expects the columns' names in the uploader's language
    (moodle/moodle mod/assign/feedback/offline/importgradeslib.php). It then has no comments, as an empty one may
    delete what was written in Moodle (process_import_grades in locallib.php beside it).
    """
    if template is None:
        header = ["Identifier", "Full name", "Email address", "Grade", "Maximum grade", "Last modified (grade)"]
        known = [record for record in records if record.lms_id]
        tables.write(
            path, header, [[f"Participant {r.lms_id}", r.name, r.email, r.score, r.max_score, "-"] for r in known]
        )
        unchecked = [record.student for record in known if not record.checked]
        return replace(_exported(path, records, known, []), unchecked=unchecked, zeros=_zeros(known))
    sheet = Sheet.read(template, number="Identifier", grade="Grade")
    grade = sheet.column("grade")
    assert grade is not None  # or it would not have been read
    if sheet.column("maximum") is None and any(sheet.cell(row, sheet.column("scale")) for row in sheet.rows):
        raise ValueError(
            f"{template} is of an assignment that is marked by a scale, of which Moodle takes nothing but the words: "
            "set the assignment's grade to points there, and download the worksheet again."
        )
    blind = not any(sheet.column(kind) is not None for kind in ("name", "first", "last"))
    title = sheet.cell(sheet.rows[0], sheet.column("number")) if sheet.rows and blind else ""

    def may_be(own: str, listed: str) -> bool:
        return is_participant(own, title) or (not blind and within(own, listed))

    people = _by_member(records, sheet)
    return replace(
        filled_in(people, sheet, path, "number", grade, scale, as_key=_digits, may_be=may_be), zeros=_zeros(people)
    )


def other(
    platform: str, records: list[Record], column: str, path: Path, template: Path | None, scale: bool = False
) -> Exported:
    """Another platform's own table with its `column` filled in. Raises ValueError without a `template`."""
    if template is None:
        raise ValueError(f"{platform} only imports its own table: pass the one that it exported with --template FILE.")
    key = KEYS[platform]
    sheet = Sheet.read(template, **{key or "last": _KEY_TITLES[key]})
    return filled_in(records, sheet, path, key, sheet.with_in_name(column), scale)


def filled_in(
    records: list[Record],
    sheet: Sheet,
    path: Path,
    key: str,
    column: int,
    scale: bool,
    as_key: Callable[[str], str] = str.casefold,
    may_be: Callable[[str, str], bool] = may_be_one,
) -> Exported:
    """The sheet's rows with scores in the given column; rows of students who were not graded stay unchanged.

    A row is matched by the platform's number; if its name is another student's, it is skipped, and so is a student whom
    the platform has excused. A remark that an earlier export left is brought up to date. Raises ValueError if the sheet
    has another maximum, unless scores are scaled to it.
    """
    rows, comment = _rows(sheet, key, as_key), sheet.column("comment")
    used, doubtful, strangers, above, kept, locked = [], [], [], [], [], []
    for record in records:
        row = rows.get(as_key(record.lms_id) if key else fold(record.name)) if record.lms_id or not key else None
        if row is None:
            strangers += [record] if record.lms_id or not key else []
        elif not _is(record, _name(sheet, row), may_be):
            doubtful.append(record.student)
        elif sheet.cell(row, column).upper() in _KEPT:
            kept.append(record.student)
        else:
            used.append(record)
            locked += [record.student] if sheet.cell(row, sheet.column("open")).casefold() in _NO else []
            if record.score is not None:
                most = sheet.maximum(row, column)
                score = _scaled(record.score, record.max_score, most, scale, sheet.path)
                above += [record.student] if most is not None and score > most else []
                sheet.put(row, column, sheet.number(score, column))
            there = re.sub(r"<[^>]*>", "", sheet.cell(row, comment)).strip()
            if comment is not None and there != remark(record) and (not there or _REMARK.fullmatch(there)):
                sheet.put(row, comment, remark(record))
    sheet.write(path)
    exported = _exported(
        path, records if key else [replace(r, lms_id=r.lms_id or "-") for r in records], used, strangers
    )
    return replace(exported, doubtful=doubtful, above=above, kept=kept, locked=locked)


def remark(record: Record) -> str:
    """The remark on a score that isn't final."""
    waiting = sum(mark.score is None for mark in record.marks.values())
    if record.score is None or not waiting:
        return ""
    return f"Partly graded: {waiting} of {len(record.marks)} exercises wait for your instructor."


def _zeros(records: list[Record]) -> list[str]:
    return [record.student for record in records if record.score == 0]


def _scaled(score: float, own: float, most: float | None, scale: bool, path: Path) -> float:
    """A score out of `own`, for a sheet with the maximum `most`."""
    if most is None or most == own:
        return score
    if not scale:
        raise ValueError(
            f"The maximum in {path} is {most:g}, but in the gradebook it is {own:g}: change it on the "
            "platform, or convert the scores with --scale."
        )
    return score * most / own


def _rows(sheet: Sheet, key: str, as_key: Callable[[str], str]) -> dict[str, list[str]]:
    """The rows by the platform's number, or by name if it has none; two rows with the same name are left out."""
    found = [
        (as_key(sheet.cell(row, sheet.column(key))) if key else fold(_name(sheet, row)), row) for row in sheet.rows
    ]
    counts = Counter(one for one, _ in found)
    return {one: row for one, row in found if one and counts[one] == 1}


def _name(sheet: Sheet, row: list[str]) -> str:
    full = sheet.cell(row, sheet.column("name"))
    return full or f"{sheet.cell(row, sheet.column('first'))} {sheet.cell(row, sheet.column('last'))}".strip()


def _is(record: Record, name: str, may_be: Callable[[str, str], bool]) -> bool:
    """Whether a name in a platform's file may be the student's: one is empty, or they agree."""
    own = f"{record.first_name} {record.last_name}".strip()
    return own in ("", record.student) or (record.checked and not name) or may_be(own, name)


def _by_member(records: list[Record], sheet: Sheet) -> list[Record]:
    """A record per member of each group that Moodle's worksheet names, with the member's own number and name."""
    groups: dict[str, list[list[str]]] = {}
    for row in sheet.rows:
        groups.setdefault(fold(sheet.cell(row, sheet.column("group"))), []).append(row)
    rows, answer = _rows(sheet, "number", _digits), []
    for record in records:
        own, members = rows.get(record.lms_id), groups.get(fold(record.name), [])
        if not members or (own and fold(_name(sheet, own)) == fold(record.name)):
            answer.append(record)
            continue
        for row in members:
            number = _digits(sheet.cell(row, sheet.column("number")))
            answer.append(replace(record, first_name="", last_name=_name(sheet, row), lms_id=number))
    return answer


def _exported(path: Path, records: list[Record], used: list[Record], strangers: list[Record]) -> Exported:
    return Exported(
        path,
        filled=sum(record.score is not None for record in used),
        without_score=[record.student for record in records if record.score is None],
        not_in_template=[record.student for record in strangers],
        without_number=[record.student for record in records if not (record.lms_id or record.anonymous)],
        anonymous=[record.student for record in records if record.anonymous],
        partly=[record.student for record in used if remark(record)],
    )


def _digits(text: str) -> str:
    """Moodle's number in "Participant 11", "Teilnehmer/in11"."""
    found = re.search(r"\d+$", text.strip())
    return found[0] if found else ""


def _last_first(record: Record) -> str:
    return ", ".join(filter(None, [record.last_name, record.first_name])) or record.student
