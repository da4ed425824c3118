"""What instructors see in the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dt_helpers.grading import tables
from dt_helpers.grading.collect import Collected
from dt_helpers.grading.export import Exported
from dt_helpers.grading.places import Places

FILE = "collected.csv"


def collected(collected: Collected, places: Places, console: Console | None = None) -> None:
    """A table of what was matched how and of what was not; both are kept as a CSV file beside the reports."""
    console = console or Console()
    table = Table("student", "notebook", "", "exercises found", "remarks", title="Collected", title_justify="left")
    for row in collected.rows:
        colour = "red" if row.matched.unreadable else "yellow" if "missing" in row.ways else ""
        cells = [row.student.id, row.notebook, row.change, row.ways, row.notes]
        table.add_row(*map(escape, cells), style=colour)
    console.print(table)
    if collected.left:
        other = Table("file", "reason", title="Not used", title_justify="left")
        for file, reason in collected.left:
            other.add_row(escape(_short(file)), escape(reason))
        console.print(other)
    path = tables.write(
        places.reports / FILE,
        ["student", "notebook", "change", "exercises found", "remarks", "file"],
        [
            *((r.student.id, r.notebook, r.change, r.ways, r.notes, r.file) for r in collected.rows),
            *(("", "", "not used", "", reason, file) for file, reason in collected.left),
        ],
    )
    counts = (
        f"{len(collected.students)} students, {len(collected.rows)} notebooks, {len(collected.left)} files not used"
    )
    console.print(f"{counts}. This table: {escape(str(path))}", highlight=False, soft_wrap=True)


def exported(exported: Exported, console: Console | None = None) -> None:
    """What is in the file, and who is not."""
    console = console or Console()
    console.print(f"{exported.filled} scores in {escape(str(exported.path))}", highlight=False, soft_wrap=True)
    groups = {
        "Never graded, so left empty": exported.without_score,
        "Not in the platform's file": exported.not_in_template,
        "Without the platform's number (collect from its own zip, or set it in formgrader)": exported.without_number,
    }
    for title, students in groups.items():
        if students:
            console.print(escape(f"{title}: {', '.join(students)}"), style="yellow", highlight=False, soft_wrap=True)


def _short(file: str) -> str:
    """The end of a path, which tells more than its beginning."""
    parts = Path(file).parts
    return file if len(parts) < 4 else str(Path("…", *parts[-3:]))
