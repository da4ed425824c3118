"""From whatever instructors download to nbgrader's submitted/<student>/<assignment>/NN_name.ipynb.

A download is read as a whole by its platform's reader (`platforms`); the platform and the class list say who the
students are (`identity`), and the last attempt counts (`choosing`). What could not be used, or needs a question
answered, is listed with the reason: nothing is dropped silently.
"""

from __future__ import annotations

import filecmp
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from dt_helpers.grading import release
from dt_helpers.grading.collecting import roster as students_file
from dt_helpers.grading.collecting.choosing import Candidate, Source
from dt_helpers.grading.collecting.classlist import ClassList
from dt_helpers.grading.collecting.identity import People
from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.collecting.platforms.repositories import SECRET, NbgraderInbound
from dt_helpers.grading.collecting.platforms.repositories import TIMESTAMP as TIMESTAMP
from dt_helpers.grading.collecting.records import Record, Records, in_utc
from dt_helpers.grading.matching import MISSING, Matched, match
from dt_helpers.grading.places import Places
from dt_helpers.workspace import replacing


@dataclass(frozen=True)
class Row:
    """A notebook that was collected."""

    student: Student
    notebook: str
    file: str  # where it came from
    late: bool  # the platform says so
    matched: Matched
    change: str = "new"  # "new", "replaced", "unchanged"
    when: datetime | None = None  # when it was handed in, according to the platform

    @property
    def ways(self) -> str:
        """How its exercises were found: "4 by cell id, 1 missing: predict"."""
        if self.matched.unreadable:
            return "unreadable"
        counts = Counter(how for how in self.matched.how.values() if how != MISSING)
        parts = [f"{count} by {how}" for how, count in counts.items()]
        if lost := [solution for solution, how in self.matched.how.items() if how == MISSING]:
            parts.append(f"{len(lost)} missing: {', '.join(lost)}")
        return ", ".join(parts) or "no exercises"

    @property
    def notes(self) -> str:
        late = ("late",) if self.late else ()
        return "; ".join([*late, *self.matched.notes, *filter(None, [self.matched.unreadable])])


@dataclass
class Collected:
    """The outcome of collecting."""

    rows: list[Row] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)  # a file that was not used, and why
    platforms: list[str] = field(default_factory=list)  # what each source was recognised as
    absent: list[str] = field(default_factory=list)  # those in the class list with nothing collected
    strangers: list[str] = field(default_factory=list)  # those not in the class list: groups, perhaps
    alike: list[str] = field(default_factory=list)  # those of whose name several are in the class list
    unread: list[str] = field(default_factory=list)  # times in the downloads that were not understood
    puzzles: list[str] = field(default_factory=list)  # what the class list says of lateness in unknown words

    @property
    def students(self) -> dict[str, Student]:
        return {row.student.id: row.student for row in self.rows}

    def by_assignment(self, places: Places) -> list[tuple[Places, dict[str, Student]]]:
        """The places of each assignment of which something was collected, and the students who handed it in."""
        found: dict[str, tuple[Places, dict[str, Student]]] = {}
        for row in self.rows:
            own = places.of(row.notebook)
            found.setdefault(own.assignment, (own, {}))[1][row.student.id] = row.student
        return list(found.values())


def collect(
    places: Places,
    given: Iterable[Path],
    student: str | None = None,
    roster: Path | None = None,
    wanted: Collection[str] = (),
) -> Collected:
    """Collect the submissions in `given`: downloads from platforms, folders, zip archives, notebooks.

    `student` is whose they are if nothing else says so; `roster` the class list that a platform exported; `wanted` the
    assignments to collect, all by default. Raises FileNotFoundError for a missing source, ValueError for an archive or
    a class list that can't be read, and for an assignment that does not exist; problems with a single file are noted
    in the returned value.
    """
    names, chosen = ([one.assignment for one in places.assignments(some)] for some in ((), wanted))
    releases = release.read(places.notebooks())
    collected, records = Collected(), Records(places)
    people = People(students_file.read(places), ClassList.read(roster) if roster else ClassList())
    for path in map(Path, given):
        with tempfile.TemporaryDirectory(prefix="dt-collect-") as temporary:
            source = Source(path, Path(temporary), releases, people, collected.left, student, names)
            people.classlist = people.classlist or source.reader.download.classlist
            collected.platforms.append(source.reader.name or "no platform's")
            collected.unread += source.reader.unread
            for candidate in source.chosen():
                if places.of(candidate.notebook).assignment not in chosen:
                    why = "belongs to another assignment" if candidate.notebook in names else "has no points to give"
                    collected.left.append((candidate.file, f"{candidate.notebook} {why}"))
                    continue
                row = _row(candidate, people, releases)
                if placed := _placed(places, row, candidate, records, collected.left):
                    collected.rows.append(placed)
    collected.rows = _last(collected.rows)
    for own, students in collected.by_assignment(places):
        for one in students.values():
            _stamp(own, one, records.handed_in(one.id, own.assignment))
    if collected.rows:
        records.write()
    if people.classlist:
        absent, lost = people.absent()
        collected.absent = [one.name for one in absent]
        collected.puzzles = [f"{one.name}: {one.puzzle}" for one in people.classlist.entries if one.puzzle]
        if people.classlist.unknown:
            collected.puzzles.append(
                f"one of the columns {', '.join(people.classlist.unknown)} may be lateness or time"
            )
        collected.alike = [one.id for one in people.alike()]
        collected.strangers = [one.id for one in people.strangers()]
        collected.left += [
            (one.name, "handed in, according to the class list, but not found here by that name") for one in lost
        ]
    return collected


def survey(places: Places, roster: Path | None = None, wanted: Collection[str] = ()) -> Collected:
    """What is already in the folder of submissions, matched in the same way; nothing is written."""
    releases = release.read(places.notebooks())
    collected, records, known = Collected(), Records(places), students_file.read(places)
    there = [(own, student) for own in places.assignments(wanted) for student in own.students()]
    for own, student in there:
        who = known.get(student, Student(student))
        known[student] = who
        for path in sorted(own.submitted(student).iterdir()):
            of_this = path.stem in releases and places.of(path.stem).assignment == own.assignment
            if of_this and path.suffix == ".ipynb":
                record = records.rows.get((student, path.stem))
                late = bool(record and record.late)
                collected.rows.append(
                    Row(who, path.stem, str(path), late, match(releases[path.stem], path), "unchanged")
                )
            elif path.name not in (TIMESTAMP, SECRET) and not path.name.startswith("."):
                collected.left.append((str(path), "not a notebook of the release"))
    if roster:
        absent, lost = People(known, ClassList.read(roster)).absent()
        collected.absent = [one.name for one in [*absent, *lost]]
    return collected


def _row(candidate: Candidate, people: People, releases: dict[str, release.Released]) -> Row:
    """The platform's download takes precedence over its class list."""
    matched = replace(match(releases[candidate.notebook], candidate.staged), notebook=candidate.notebook)
    late, when = candidate.claim.late, candidate.claim.when
    for listed in people.entries.get(candidate.student.id, [])[:1]:
        late = listed.late if late is None else late
        when = when or listed.when
    return Row(candidate.student, candidate.notebook, candidate.file, bool(late), matched, when=when)


def _placed(
    places: Places, row: Row, candidate: Candidate, records: Records, left: list[tuple[str, str]]
) -> Row | None:
    """Move the notebook to where nbgrader expects it; None if a newer one is there."""
    target = places.of(row.notebook).submitted(row.student.id) / f"{row.notebook}.ipynb"
    record = Record(
        row.student.id,
        row.notebook,
        candidate.platform,
        candidate.claim.serial or candidate.claim.attempt,
        candidate.found.modified.isoformat(),
        in_utc(row.when),
        "late" if row.late else "",
    )
    change, there = "new", records.rows.get((row.student.id, row.notebook))
    if target.is_file() and not target.is_symlink():
        change = "unchanged" if filecmp.cmp(candidate.staged, target, shallow=False) else "replaced"
    if change == "replaced" and there and record.older_than(there):
        left.append((row.file, f"older than the one collected before; to use it, remove {target}"))
        return None
    if change != "unchanged":
        with replacing(target) as place:
            place.write_bytes(candidate.staged.read_bytes())
    if not (there and change == "unchanged" and record.older_than(there)):
        records.add(record)
    return replace(row, change=change)


def _last(rows: list[Row]) -> list[Row]:
    """One row per notebook that several sources have: the last, which is the one there now."""
    return [row for _, row in sorted({(row.student.id, row.notebook): row for row in rows}.items())]


def _stamp(places: Places, student: Student, when: str) -> None:
    """Note for nbgrader when the platform says that it was handed in, to judge lateness; empty if unknown.

    Also nbgrader's own secret, if the submission came through its exchange.
    """
    texts = {TIMESTAMP: f"{when}\n" if when else ""}
    if student.lms == NbgraderInbound.name and student.slip:
        texts[SECRET] = student.slip
    for name, text in texts.items():
        path = places.submitted(student.id) / name
        if not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
            with replacing(path) as staged:
                staged.write_text(text, encoding="utf-8")
