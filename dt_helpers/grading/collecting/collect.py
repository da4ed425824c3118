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

from dt_helpers.grading.collecting import naming, sources
from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.matching import MISSING, Matched, match
from dt_helpers.grading.places import Places
from dt_helpers.workspace import replacing

NAMELESS = "whose it is can't be told from its name: give it one, such as ada_02_dataset.ipynb, or use --student"
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
    collected = Collected()
    with tempfile.TemporaryDirectory(prefix="dt-collect-") as temporary:
        pile = _Pile(Path(temporary), releases, collected.left)
        for source in map(Path, given):
            for found in sources.files(source):
                file = str(source / found.path) if found.path.name != source.name else str(source)
                try:
                    named = _named(found, source, student)
                    pile.add(found, named, file)
                except ValueError as reason:
                    collected.left.append((file, str(reason)))
            pile.drop_guesses()
        collected.rows = [_placed(places, row, pile.place(row)) for _, row in sorted(pile.rows.items())]
        handed_in = pile.handed_in
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


class _Pile:
    """The notebooks that are to be kept, the newest of each, in a temporary folder."""

    def __init__(self, folder: Path, releases: dict[str, NotebookNode], left: list[tuple[str, str]]):
        self.folder, self.releases, self.left = folder, releases, left
        self.rows: dict[tuple[str, str], Row] = {}  # (student, notebook) -> the newest
        self.handed_in: dict[str, datetime] = {}  # student -> what a timestamp of nbgrader's says
        self.named, self.guesses = False, set()  # of the source at hand: has a file a student's name? which have none?

    def place(self, row: Row) -> Path:
        return self.folder / row.student.id / f"{row.notebook}.ipynb"

    def add(self, found: sources.Found, named: naming.Named, file: str) -> None:
        """Raises ValueError with the reason why a file can't be used."""
        staged = self.folder / "staged.ipynb"
        if found.path.name == TIMESTAMP:
            self.handed_in[named.student.id] = _moment(found, staged)
            return
        row = _row(found, named, file, staged, self.releases)
        key = row.student.id, row.notebook
        self.named |= not named.guessed
        self.guesses |= {key} if named.guessed else set()
        other = self.rows.get(key)
        if other and (other.modified, other.version) > (row.modified, row.version):
            row, other = other, row
        else:
            self.place(row).parent.mkdir(exist_ok=True)
            staged.replace(self.place(row))
            self.rows[key] = row
        if other:
            self.left.append((other.file, f"there is a newer one: {row.file}"))

    def drop_guesses(self) -> None:
        """At the end of a source: it isn't a student's own if some of its files carry students' names."""
        for key in self.guesses if self.named else ():
            self.left.append((self.rows.pop(key).file, NAMELESS))
        self.named, self.guesses = False, set()


def _named(found: sources.Found, source: Path, student: str | None) -> naming.Named:
    """Whose file it is. Raises ValueError with the reason why it can't be used."""
    if found.problem:
        raise ValueError(found.problem)
    if found.path.suffix.lower() != ".ipynb" and found.path.name != TIMESTAMP:
        raise ValueError("not a notebook")
    loose = source.is_file() and source.suffix.lower() != ".zip"
    named = naming.read(found.path, "" if loose else source.stem)
    if student:
        named = replace(named, student=Student(naming.folder_name(student), student), guessed=False)
    if named.student is None or not named.student.id:
        raise ValueError(NAMELESS)
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
