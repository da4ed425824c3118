"""Messages for instructors in the terminal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dt_helpers.grading.collecting.collect import Collected, Row
from dt_helpers.grading.matching import MISSING
from dt_helpers.grading.results import ExerciseResult
from dt_helpers.grading.returning import tables
from dt_helpers.grading.returning.export import Exported
from dt_helpers.grading.returning.sending import Sent

FILE = "collected.csv"
THERE = {
    "Moodle": "Upload the marks before these pages: Moodle takes a student with a page for graded since the worksheet "
    "was downloaded, and skips the mark unless it is told to update those, too.",
    "Canvas": "Canvas shows each page under the name of the student's own file, such as 02_dataset.ipynb: tell "
    "students to save it as feedback.html, and to open that in a browser.",
}
UNCHECKED = (
    "Groups in Moodle have numbers of their own, which are other participants' too: if one of these is a group, first "
    "collect with --roster worksheet.csv"
)


def collected(collected: Collected, path: Path | None, console: Console | None = None) -> None:
    """A table of what was matched and how, and of what was not; with one row per notebook as CSV at `path`."""
    console = console or Console()
    table = Table("student", "notebooks", "exercises found", "remarks", title="Collected", title_justify="left")
    for student in collected.students:
        own = [row for row in collected.rows if row.student.id == student]
        colour = "red" if any(row.matched.unreadable for row in own) else "yellow" if _lost(own) else ""
        table.add_row(*map(escape, [student, _changes(own), _ways(own), _remarks(own)]), style=colour)
    console.print(table)
    if collected.left:
        other = Table("file", "reason", title="Not used", title_justify="left")
        for file, reason in collected.left:
            other.add_row(escape(_short(file)), escape(reason))
        console.print(other)
    unless = " by their own names (some may be in a group)" if collected.strangers else ""
    for title, names in {
        f"Nothing was collected{unless} of": collected.absent,
        "Not in the class list (a group? Add a column Group to it)": collected.strangers,
        "Several in the class list have this name, and only the platform's number or login, which the list lacks, can "
        "tell which they are": collected.alike,
        "Times in the download that were not understood, so that of two attempts the table asks": collected.unread[:3],
        f"Not understood in the class list, so not counted as late or as a time ({len(collected.puzzles)} rows)": (
            collected.puzzles[:3]
        ),
    }.items():
        if names:
            console.print(escape(f"{title}: {', '.join(names)}"), style="yellow", highlight=False, soft_wrap=True)
    if collected.platforms:
        console.print(escape(f"Read as {', '.join(collected.platforms)}."), highlight=False, soft_wrap=True)
    counts = (
        f"{len(collected.students)} students, {len(collected.rows)} notebooks, {len(collected.left)} files not used."
    )
    if path is not None:
        _write(collected, path)
        counts += f" Notebook by notebook: {path}"
    console.print(escape(counts), highlight=False, soft_wrap=True)


def _write(collected: Collected, path: Path) -> None:
    header = ["student", "notebook", "change", "exercises found", "remarks", "file"]
    rows = [(r.student.id, r.notebook, r.change, r.ways, r.notes, r.file) for r in collected.rows]
    unused = [("", "", "not used", "", reason, file) for file, reason in collected.left]
    absent = [(name, "", "nothing", "", "nothing was collected", "") for name in collected.absent]
    tables.write(path, header, [*rows, *unused, *absent])


def _changes(rows: list[Row]) -> str:
    counts = Counter(row.change for row in rows)
    return ", ".join(f"{count} {change}" for change, count in counts.items())


def _ways(rows: list[Row]) -> str:
    counts = Counter(how for row in rows for how in row.matched.how.values() if how != MISSING)
    return ", ".join(f"{count} by {how}" for how, count in counts.items()) or "none"


def _lost(rows: list[Row]) -> list[str]:
    """Solution cells missing from the notebooks that could be read."""
    readable = [row.matched for row in rows if not row.matched.unreadable]
    return [solution for matched in readable for solution, how in matched.how.items() if how == MISSING]


def _remarks(rows: list[Row]) -> str:
    late = ["late"] if any(row.late for row in rows) else []
    notes = [f"{row.notebook}: {note}" for row in rows for note in row.matched.notes]
    return "; ".join([*late, *notes, *(f"{r.notebook}: {r.matched.unreadable}" for r in rows if r.matched.unreadable)])


def waiting(students: list[tuple[str, str]], console: Console | None = None) -> None:
    """Who waits for an instructor, and why."""
    if students:
        table = Table("student", "waits because", title="Waiting for you", title_justify="left")
        for student, reason in students:
            table.add_row(escape(student), escape(reason))
        (console or Console()).print(table)


def changed(verdicts: list[tuple[str, ExerciseResult, ExerciseResult]], console: Console | None = None) -> None:
    """What a regrade has changed: the student, the verdict before, the verdict now."""
    for student, was, now in verdicts:
        exercise = now.check_id.removeprefix("check_")
        words = f"{student}, {exercise}: was {was.status} ({was.points:g}), is {now.status} ({now.points:g})."
        (console or Console()).print(escape(words), highlight=False, soft_wrap=True)


def exported(exported: Exported, others: list[str], console: Console | None = None) -> None:
    """What is in the file, and who is missing; `others` came from another platform."""
    console = console or Console()
    console.print(f"{exported.filled} scores in {escape(str(exported.path))}", highlight=False, soft_wrap=True)
    groups = {
        "Never graded, so left empty": exported.without_score,
        "From another platform": others,
        "Not in the platform's file": exported.not_in_template,
        "Partly graded, so not final": exported.partly,
        "Some notebooks not handed in, which `dt-course grade` calls partly": exported.lacking,
        "Skipped, as the number belongs to another student in the platform's file": exported.doubtful,
        "Excused, or not given the assignment, as the platform's file says, and left so": exported.kept,
        "Locked, as the platform's file says: it will skip the mark": exported.locked,
        "No points at all, which the newest Moodle leaves without a grade: look there, and type the 0": exported.zeros,
        "Above the platform's maximum, which it may refuse": exported.above,
        "Without the platform's number (collect from its own zip, or set it in formgrader)": exported.without_number,
        "Handed in anonymously: no import of marks can match them. Enter the marks by hand, or collect again once the "
        "assignment shows names": exported.anonymous,
        f"{UNCHECKED}, or give it here with --template": exported.unchecked,
    }
    for title, students in groups.items():
        if students:
            console.print(escape(f"{title}: {', '.join(students)}"), style="yellow", highlight=False, soft_wrap=True)


def sent(sent: Sent, platform: str, console: Console | None = None) -> None:
    """What is in an archive of feedback, and whose page is missing."""
    console = console or Console()
    console.print(f"{sent.sent} pages in {escape(str(sent.path))}", highlight=False, soft_wrap=True)
    if sent.sent and platform in THERE:
        console.print(THERE[platform], highlight=False, soft_wrap=True)
    groups = {
        f"Not from {platform}": sent.others,
        "Without the platform's number (collect its own download again)": sent.unknown,
        UNCHECKED: sent.unchecked,
    }
    for title, students in groups.items():
        if students:
            console.print(escape(f"{title}: {', '.join(students)}"), style="yellow", highlight=False, soft_wrap=True)


def _short(file: str) -> str:
    """The end of a path, which says more than its beginning."""
    parts = Path(file).parts
    return file if len(parts) < 4 else str(Path("…", *parts[-3:]))
