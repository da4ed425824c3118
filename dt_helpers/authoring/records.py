"""What a run of the course has finished, so that one that was killed goes on where it stopped.

A record is written when a part is finished, whole or not at all, and holds the outputs of its cells. It counts as long
as everything that the part was made of is the same: its source, the preset, this package, the installed versions, and
the very runs that it comes after.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import uuid
from dataclasses import asdict, dataclass
from importlib.metadata import distributions
from pathlib import Path

import nbformat

import dt_helpers
from dt_helpers.authoring.parts import Part
from dt_helpers.workspace import replacing

PACKAGE = Path(dt_helpers.__file__).parent


@dataclass(frozen=True)
class Record:
    """One finished run of a part."""

    run: str  # a name that no other run has
    made_of: str  # a hash
    left: dict[str, list[int]]  # file in the workspace -> its size in bytes and its modification time in nanoseconds
    seconds: float
    cpu: float
    cells: list[dict]  # outputs and execution_count of each code cell


class Records:
    """The records in `folder`, of parts that leave their files in `workspace`.

    If they were made by different code or in a different environment, or if everything has to run again (`fresh`), they
    are thrown away, and with them the checkpoints of training runs that were not finished.
    """

    def __init__(self, folder: Path, workspace: Path, preset: str, fresh: bool = False) -> None:
        self.folder, self.workspace = folder, workspace
        self.basis = _hash({"preset": preset, "package": _package(), "environment": _environment()})
        note = folder / "basis"
        if fresh or not note.exists() or note.read_text(encoding="utf-8") != self.basis:
            for checkpoints in workspace.glob("*/checkpoints/run.json"):
                shutil.rmtree(checkpoints.parent)
            shutil.rmtree(folder, ignore_errors=True)
            with replacing(note) as staged:
                staged.write_text(self.basis, encoding="utf-8")

    def find(self, part: Part, before: list[str]) -> Record | None:
        """The record of the part that came after the runs `before`, with its outputs put into the part's cells.

        None if there is none, or if a file that the part left is gone or has been replaced.
        """
        try:
            record = Record(**json.loads(self._path(part).read_text(encoding="utf-8")))
            same = record.made_of == self._made_of(part, before) and record.left == self._left(part)
        except (OSError, ValueError, TypeError):  # none, one of its files is gone, or it is a record of another version
            return None
        if not same:
            return None
        for cell, kept in zip(_code_cells(part), record.cells, strict=True):
            cell.update(nbformat.from_dict(kept))
        return record

    def keep(self, part: Part, before: list[str], seconds: float, cpu: float) -> Record:
        """Note that the part is finished. Raises FileNotFoundError if it did not leave what it should."""
        cells = [{"outputs": cell.outputs, "execution_count": cell.execution_count} for cell in _code_cells(part)]
        record = Record(uuid.uuid4().hex, self._made_of(part, before), self._left(part), seconds, cpu, cells)
        with replacing(self._path(part)) as staged:
            staged.write_text(json.dumps(asdict(record)), encoding="utf-8")
        return record

    def forget(self, part: Part) -> None:
        """Throw away the record of the part, and what it left, so that it is not taken for the new run's."""
        for path in (self._path(part), *(self.workspace / name for name in part.leaves)):
            path.unlink(missing_ok=True)

    def _path(self, part: Part) -> Path:
        name = "".join(letter if letter.isalnum() else "_" for letter in part.name)
        return self.folder / f"{name}.json"

    def _made_of(self, part: Part, before: list[str]) -> str:
        source = [[cell.cell_type, cell.source] for cell in part.notebook.cells]
        return _hash({"basis": self.basis, "source": source, "before": before})

    def _left(self, part: Part) -> dict[str, list[int]]:
        found = {name: (self.workspace / name).stat() for name in part.leaves}
        return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in found.items()}


def _code_cells(part: Part) -> list[nbformat.NotebookNode]:
    return [cell for cell in part.notebook.cells if cell.cell_type == "code"]


def _package() -> dict[str, str]:
    """Hash of each file of this package, as it is now."""
    files = [path for path in sorted(PACKAGE.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(PACKAGE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _environment() -> list[str]:
    """This Python and everything that is installed for it, with versions."""
    return [sys.version, *sorted({f"{found.name} {found.version}" for found in distributions()})]


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
