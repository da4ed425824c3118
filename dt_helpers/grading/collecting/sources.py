"""The files in what an instructor passes to `collect`: folders, archives, notebooks.

Nothing is unpacked: the caller says where a file's content goes and how long it may be, so an archive can neither
choose a path nor hide a zip bomb.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from dt_helpers.grading.text.reading import LARGEST as LARGEST  # of a file taken from a source
from dt_helpers.grading.text.reading import MB

MOST_FILES = 100_000  # in one source
LARGEST_ARCHIVE = 256 * MB  # of a student's own archive inside a source
ARCHIVES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"}  # of which zip alone is opened
MOST_INSIDE = 100  # files in such an archive
LONGEST_NAME = 1000  # characters of a path in an archive
_JUNK = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git"}
MARKS = {".git", ".github"}  # folders that mark a cloned repository


@dataclass(frozen=True)
class Found:
    """A file in a source; its content has not been read."""

    path: PurePosixPath  # relative to the source
    size: int
    modified: datetime  # local time, as in archives
    open: Callable[[], IO[bytes]]
    problem: str = ""  # why it can't be read
    inside: PurePosixPath | None = None  # within the student's own archive at `path`


@dataclass
class Listing:
    """What is in a source; students' own archives are not opened yet."""

    files: list[Found]
    repositories: set[PurePosixPath]  # folders with a .git or .github in them


def listing(source: Path) -> Listing:
    """All files of a source: a folder, an archive, or a single file.

    Raises FileNotFoundError if there is no such source and ValueError for a broken archive.
    """
    if source.is_dir():
        found = _in_folder(source)
    elif not source.is_file():
        raise FileNotFoundError(f"There is no {source}.")
    elif source.suffix.lower() == ".zip":
        found = _in_archive(source)
    else:
        found = iter([_plain(source, PurePosixPath(source.name))])
    answer = Listing([], set())
    for count, one in enumerate(found):
        if count >= MOST_FILES:
            raise ValueError(f"{source} has more than {MOST_FILES:,} files: pass its folders one by one.")
        for mark in MARKS.intersection(one.path.parts):
            answer.repositories.add(PurePosixPath(*one.path.parts[: one.path.parts.index(mark)]))
        if _wanted(one):
            answer.files.append(one)
    return answer


def opened(found: Found) -> Iterator[Found]:
    """The file itself, or the files in it if it is a student's archive."""
    if found.path.suffix.lower() != ".zip" or found.problem:
        yield found
        return
    try:
        for count, inner in enumerate(_in_archive(_content(found), found.path.name)):
            if count >= MOST_INSIDE:
                raise ValueError(f"it has more than {MOST_INSIDE} files")
            if _wanted(inner):
                yield replace(inner, path=found.path, inside=inner.path)  # the archive's path says whose it is
    except ValueError as error:
        yield Found(found.path, found.size, found.modified, found.open, str(error))


def text(found: Found, most: int = MB) -> str:
    """The text of a small file. Raises ValueError if it is longer than `most` or cannot be read."""
    with _readable(found) as file:
        return _Limited(file, most).read(most).decode("utf-8", errors="replace")


def _wanted(found: Found) -> bool:
    hidden = found.path.name.startswith((".", "~$")) or not MARKS.isdisjoint(found.path.parts)
    return _JUNK.isdisjoint(found.path.parts) and not hidden


def copy(found: Found, target: Path, most: int) -> None:
    """Write a file's content to `target`. Raises ValueError if it is longer than `most` or cannot be read."""
    with _readable(found) as content, target.open("wb") as file:
        limited = _Limited(content, most)
        while part := limited.read(MB):
            file.write(part)


class _Limited:
    """A file that yields no more than its limit, whatever size its archive states."""

    def __init__(self, file: IO[bytes], most: int):
        self.file, self.left = file, most

    def read(self, size: int) -> bytes:
        content = self.file.read(min(size, self.left + 1))
        self.left -= len(content)
        if self.left < 0:
            raise ValueError("it is too large")
        return content


def _in_folder(folder: Path) -> Iterator[Found]:
    for path in _walk(folder):
        relative = PurePosixPath(path.relative_to(folder).as_posix())
        if path.name in MARKS and path.is_dir():
            yield Found(relative, 0, datetime.fromtimestamp(0), lambda: io.BytesIO())
        elif path.is_symlink():
            yield Found(relative, 0, datetime.fromtimestamp(0), lambda: io.BytesIO(), "a symbolic link")
        elif path.is_file():
            yield _plain(path, relative)


def _walk(folder: Path) -> Iterator[Path]:
    """Everything below a folder, except a repository's own data."""
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink() and path.name not in MARKS:
            yield from _walk(path)


def _plain(path: Path, relative: PurePosixPath) -> Found:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        return Found(relative, 0, datetime.fromtimestamp(0), lambda: io.BytesIO(), "not a file")
    return Found(relative, status.st_size, datetime.fromtimestamp(status.st_mtime), lambda: path.open("rb"))


def _in_archive(path: Path | IO[bytes], name: str = "") -> Iterator[Found]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValueError(f"{name or path} cannot be read as a zip archive: {error}") from None
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        problem = "encrypted" if entry.flag_bits & 1 else ""
        name = entry.filename
        if len(name) > LONGEST_NAME:  # no file system allows it, and searching it for a student's name takes minutes
            name, problem = name[:LONGEST_NAME], f"a name of {len(name):,} characters"
        place = PurePosixPath(*[part for part in PurePosixPath(name).parts if part not in ("/", "..")])
        yield Found(place, entry.file_size, _date(entry), partial(archive.open, entry), problem)


def _date(entry: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*entry.date_time)
    except ValueError:  # archives may contain a 0th of January
        return datetime(1980, 1, 1)


def _content(found: Found) -> IO[bytes]:
    if found.size > LARGEST_ARCHIVE:
        raise ValueError(f"an archive of {found.size / MB:,.0f} MB; at most {LARGEST_ARCHIVE // MB} MB are opened")
    with _readable(found) as file:
        return io.BytesIO(_Limited(file, LARGEST_ARCHIVE).read(LARGEST_ARCHIVE))


@contextmanager
def _readable(found: Found) -> Iterator[IO[bytes]]:
    """The open file; anything wrong with it or its archive raises ValueError."""
    try:
        with found.open() as file:
            yield file
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise ValueError(f"it cannot be read: {error}") from None
