"""From whatever instructors download to nbgrader's submitted/<student>/<assignment>/NN_name.ipynb.

Files are told apart by `naming`, else by what is in them; each is written under a name of our own, and the newest of
several wins. What could not be used is listed with its reason: nothing is dropped in silence.
"""

from __future__ import annotations

import filecmp
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import dateutil.parser
import nbformat
from nbformat import NotebookNode

from dt_helpers.grading import naming, sources
from dt_helpers.grading.matching import MISSING, Matched, match
from dt_helpers.grading.naming import Student
from dt_helpers.grading.places import Places
from dt_helpers.workspace import replacing

TIMESTAMP = "timestamp.txt"  # nbgrader's: when a submission was handed in


@dataclass(frozen=True)
class Row:
    """A notebook that was collected."""

    student: Student
    notebook: str
    file: str  # where it came from
    modified: datetime
    version: int
    late: bool
    matched: Matched
    change: str = "new"  # "new", "replaced", "unchanged"

    @property
    def ways(self) -> str:
        """How its exercises were found: "4 by cell id, 1 missing: predict"."""
        if self.matched.unreadable:
            return "unreadable"
        counts = Counter(how for how in self.matched.how.values() if how != MISSING)
        parts = [f"{count} by {how}" for how, count in counts.items()]
        if lost := [grade_id for grade_id, how in self.matched.how.items() if how == MISSING]:
            parts.append(f"{len(lost)} missing: {', '.join(lost)}")
        return ", ".join(parts) or "no exercises"

    @property
    def notes(self) -> str:
        late = ("late",) if self.late else ()
        return "; ".join([*late, *self.matched.notes, *filter(None, [self.matched.unreadable])])


@dataclass
class Collected:
    """What came of a collection."""

    rows: list[Row] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)  # a file that was not used, and why

    @property
    def students(self) -> dict[str, Student]:
        return {row.student.id: row.student for row in self.rows}


def collect(places: Places, given: Iterable[Path], student: str | None = None) -> Collected:
    """Collects the submissions in `given`: folders, zip archives (Moodle's, Canvas's, a student's), notebooks.

    `student` is the name for files that carry none. Raises FileNotFoundError for a source that isn't there, ValueError
    for an archive that can't be read; what is wrong with a single file is noted in the answer.
    """
    releases = {path.stem: nbformat.read(path, as_version=4) for path in places.notebooks()}
    collected, best, handed_in = Collected(), {}, {}
    with tempfile.TemporaryDirectory(prefix="dt-collect-") as temporary:
        for source in map(Path, given):
            for found in sources.files(source):
                file = str(source / found.path) if found.path.name != source.name else str(source)
                staged = Path(temporary) / "notebook.ipynb"
                try:
                    named = _named(found, source, student)
                    if found.path.name == TIMESTAMP:
                        handed_in[named.student.id] = _moment(found, staged)
                        continue
                    row = _row(found, named, file, staged, releases)
                except ValueError as reason:
                    collected.left.append((file, str(reason)))
                    continue
                place = Path(temporary) / row.student.id / f"{row.notebook}.ipynb"
                other = best.get((row.student.id, row.notebook))
                older, newer = sorted((row, other), key=lambda r: (r.modified, r.version)) if other else (None, row)
                if older:
                    collected.left.append((older.file, f"there is a newer one: {newer.file}"))
                if newer is row:
                    place.parent.mkdir(exist_ok=True)
                    staged.replace(place)
                    best[row.student.id, row.notebook] = row
        for key in sorted(best):
            collected.rows.append(_placed(places, best[key], Path(temporary) / key[0] / f"{key[1]}.ipynb"))
    for name in collected.students:
        own = [row for row in collected.rows if row.student.id == name]
        if any(row.change != "unchanged" for row in own):
            _stamp(places, name, handed_in.get(name) or max(row.modified for row in own))
    return collected


def survey(places: Places) -> Collected:
    """What lies in the folder of submissions already, matched in the same way; nothing is written."""
    releases = {path.stem: nbformat.read(path, as_version=4) for path in places.notebooks()}
    collected = Collected()
    for student in places.students():
        for path in sorted(places.submitted(student).iterdir()):
            if path.stem in releases and path.suffix == ".ipynb":
                modified = datetime.fromtimestamp(path.lstat().st_mtime)
                matched = match(releases[path.stem], path)
                collected.rows.append(
                    Row(Student(student), path.stem, str(path), modified, 0, False, matched, "unchanged")
                )
            elif path.name != TIMESTAMP and not path.name.startswith("."):
                collected.left.append((str(path), "no notebook of the release"))
    return collected


def _named(found: sources.Found, source: Path, student: str | None) -> naming.Named:
    """Whose file it is. Raises ValueError with the reason why it can't be used."""
    if found.problem:
        raise ValueError(found.problem)
    if found.path.suffix.lower() != ".ipynb" and found.path.name != TIMESTAMP:
        raise ValueError("not a notebook")
    loose = source.is_file() and source.suffix.lower() != ".zip"
    named = naming.read(found.path, "" if loose else source.stem)
    if student:
        named = replace(named, student=Student(naming.folder_name(student), student))
    if named.student is None or not named.student.id:
        raise ValueError("whose it is can't be told from its name: give it one, ada_02_dataset.ipynb, or --student")
    return named


def _row(found: sources.Found, named: naming.Named, file: str, staged: Path, releases: dict[str, NotebookNode]) -> Row:
    """The file as a row, its content in `staged`. Raises ValueError with the reason why it can't be one."""
    sources.copy(found, staged, sources.LARGEST)
    stem = naming.notebook(named.file, releases) or _by_content(staged, releases)
    if stem is None:
        raise ValueError("which notebook of the release it is can't be told, neither from its name nor its functions")
    matched = replace(match(releases[stem], staged), notebook=stem)
    return Row(named.student, stem, file, found.modified, naming.version(named.file), named.late, matched)


def _moment(found: sources.Found, staged: Path) -> datetime:
    """What a timestamp file of nbgrader's says."""
    sources.copy(found, staged, 200)
    try:
        moment = dateutil.parser.parse(staged.read_text(errors="replace"))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no time: {error}") from None


def _by_content(path: Path, releases: dict[str, NotebookNode]) -> str | None:
    """The notebook of the release of which the most exercises are found in the file."""
    found = {}
    for stem, release in releases.items():
        matched = match(release, path)
        found[stem] = sum(how != MISSING for how in matched.how.values())
    best = max(found, key=found.get)
    return best if found[best] and list(found.values()).count(found[best]) == 1 else None


def _placed(places: Places, row: Row, staged: Path) -> Row:
    """Moves the notebook to where nbgrader expects it."""
    target = places.submitted(row.student.id) / f"{row.notebook}.ipynb"
    change = "new"
    if target.is_file() and not target.is_symlink():
        change = "unchanged" if filecmp.cmp(staged, target, shallow=False) else "replaced"
    if change != "unchanged":
        with replacing(target) as place:
            place.write_bytes(staged.read_bytes())
    return replace(row, change=change)


def _stamp(places: Places, student: str, modified: datetime) -> None:
    """Notes when the newest of a student's notebooks was written, as nbgrader reads it, for lateness."""
    with replacing(places.submitted(student) / TIMESTAMP) as path:
        path.write_text(modified.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") + "\n")
