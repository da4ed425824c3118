"""The cells of a student's notebook: whatever the file contains, the result is cells or a reason.

nbformat is not used here: it refuses, or repairs by guessing, what a grader wants to see unchanged. A large file is
read in a separate process with limited memory and time. Only the standard library is imported, so that it is quick.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import stat
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

MB = 1 << 20
LARGEST = 256 * MB  # of a file
LARGE = 8 * MB  # above this, a separate process reads
MEMORY = 2048 * MB  # of that process
SECONDS = 60  # CPU time of that process: waiting on a busy machine doesn't count
LONGEST_CELL = 100_000  # characters
LONGEST_NOTEBOOK = 2_000_000  # characters of all cells together
MOST_CELLS = 2_000
# No link, and no waiting for a pipe's other end, where the system knows these; the bytes as they are on Windows.
READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"))


class Unreadable(ValueError):
    """No cells can be read from this file. The message is the reason, written for the student."""


@dataclass(frozen=True)
class Cell:
    number: int  # counted from 1
    kind: str  # "code", "markdown", "raw", "unknown"
    source: str
    id: str = ""
    grade_id: str = ""  # nbgrader's, from the metadata
    tags: tuple[str, ...] = ()


def read(path: Path) -> tuple[list[Cell], list[str]]:
    """The cells of the notebook at `path`, and notes on oddities. Raises Unreadable and nothing else."""
    try:
        size = _regular(path)
        if size > LARGEST:
            raise Unreadable(
                f"The file has {size / MB:,.0f} MB, but at most {LARGEST // MB} can be read. Clear its outputs."
            )
        return _in_a_process(path) if size > LARGE else _cells(_bytes(path))
    except Unreadable:
        raise
    except OSError as error:
        raise Unreadable(f"The file could not be opened: {error.strerror or type(error).__name__}.") from None
    except (Exception, RecursionError, MemoryError) as error:
        raise Unreadable(f"The file could not be read: {type(error).__name__}.") from None


def clean(text: str) -> str:
    """Text that every file, database and browser accepts: no lone surrogates, no NUL, newlines as \\n."""
    return re.sub("[\ud800-\udfff\0]", "\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _regular(path: Path) -> int:
    """The size of a regular file."""
    mode = os.lstat(path)
    if stat.S_ISLNK(mode.st_mode):
        raise Unreadable("The file is a symbolic link, not a notebook.")
    if not stat.S_ISREG(mode.st_mode):
        raise Unreadable("This is not a file.")
    return mode.st_size


def _bytes(path: Path) -> bytes:
    with open(os.open(path, READ), "rb") as file:
        return file.read(LARGEST + 1)


def _cells(content: bytes) -> tuple[list[Cell], list[str]]:
    if not content.strip():
        raise Unreadable("The file is empty.")
    notes: list[str] = []
    try:
        notebook = json.loads(_text(content, notes))
    except RecursionError:
        raise Unreadable("The file is nested too deeply to be a notebook.") from None
    except ValueError:
        raise Unreadable("The file is not a notebook: its JSON is broken.") from None
    if not isinstance(notebook, dict):
        raise Unreadable("The file is JSON, but not a notebook.")
    raw = notebook.get("cells")
    if raw is None:  # nbformat 3 and before
        sheets = notebook.get("worksheets")
        raw = [cell for sheet in _list(sheets) for cell in _list(_dict(sheet).get("cells"))] if sheets else None
        notes.append("an old format (nbformat 3)")
    if not isinstance(raw, list):
        raise Unreadable("The file is not a notebook: it has no cells.")
    return _tidied(raw, notes), notes


def _text(content: bytes, notes: list[str]) -> str:
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if b"\0" in content[:1000]:
            raise Unreadable("The file is not a notebook, but binary data.") from None
        notes.append("its encoding was broken, and some characters are lost")
        return content.decode(encoding, errors="replace")


def _tidied(raw: list, notes: list[str]) -> list[Cell]:
    cells, length = [], 0
    if len(raw) > MOST_CELLS:
        notes.append(f"{len(raw):,} cells, of which the first {MOST_CELLS:,} were read")
    for number, cell in enumerate(map(_dict, raw[:MOST_CELLS]), 1):
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join(line for line in source if isinstance(line, str))
        if not isinstance(source, str):
            continue
        if len(source) > LONGEST_CELL or length + len(source) > LONGEST_NOTEBOOK:
            notes.append(f"cell {number} was left out: it has {len(source):,} characters")
            continue
        length += len(source)
        metadata = _dict(cell.get("metadata"))
        cells.append(
            Cell(
                number,
                kind if (kind := cell.get("cell_type")) in ("code", "markdown", "raw") else "unknown",
                clean(source),
                _short(cell.get("id")) or _short(metadata.get("id")),  # Colab keeps it in the metadata
                _short(_dict(metadata.get("nbgrader")).get("grade_id")),
                tuple(_short(tag) for tag in _list(metadata.get("tags"))[:20]),
            )
        )
    return cells


def _dict(value) -> dict:
    return value if isinstance(value, dict) else {}


def _list(value) -> list:
    return value if isinstance(value, list) else []


def _short(value) -> str:
    return clean(value[:200]) if isinstance(value, str) else ""


def _in_a_process(path: Path) -> tuple[list[Cell], list[str]]:
    """The same, in a process that may fail or be killed without harm to this one."""
    command = [sys.executable, "-I", __file__, os.fspath(path)]
    run = subprocess.run(command, capture_output=True)
    if hasattr(signal, "SIGXCPU") and run.returncode == -signal.SIGXCPU:
        raise Unreadable(f"The file took more than {SECONDS} seconds to read. Clear its outputs.")
    if run.returncode:
        raise Unreadable("The file needs too much memory to be read. Clear its outputs.")
    answer = json.loads(run.stdout)
    if "reason" in answer:
        raise Unreadable(answer["reason"])
    return [Cell(**{**cell, "tags": tuple(cell["tags"])}) for cell in answer["cells"]], answer["notes"]


def _main(path: str) -> None:
    if importlib.util.find_spec("resource"):  # Windows has none
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    try:
        cells, notes = _cells(_bytes(Path(path)))
        answer = {"cells": [asdict(cell) for cell in cells], "notes": notes}
    except Unreadable as reason:
        answer = {"reason": str(reason)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main(sys.argv[1])
