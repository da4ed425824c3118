"""A student's own modules: the files that were handed in beside the notebooks, and those that the notebooks name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

MOST_FILES, MOST_BYTES = 20, 256 << 10  # of all files together


@dataclass(frozen=True)
class Beside:
    """What is beside a student's notebooks."""

    files: dict[str, str] = field(default_factory=dict)  # name -> text
    named: frozenset[str] = frozenset()  # modules that are files of the student's, as the notebooks' text has it


def paths(folder: Path) -> list[Path]:
    """The modules in a folder of a submission, as many as are taken: plain files whose names can be imported."""
    found: list[Path] = []
    left = MOST_BYTES
    for path in sorted(folder.glob("*.py")):
        if path.is_symlink() or not path.is_file() or not path.stem.isidentifier():
            continue
        left -= path.stat().st_size
        if left < 0 or len(found) == MOST_FILES:
            break
        found.append(path)
    return found


def read(folder: Path, texts: Iterable[str]) -> Beside:
    """What is in a folder of a submission, and named in its notebooks' cells."""
    files = {path.name: path.read_bytes().decode("utf-8", "replace") for path in paths(folder)}
    return Beside(files, frozenset(name for text in texts for name in re.findall(r"\b(\w+)\.py\b", text)))
