"""Who handed in what, read from the names that learning platforms and students give to files. Nothing is opened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from dt_helpers.authoring.tree import ASSIGNMENT

# Moodle, "Download all submissions": Ada Lovelace_123456_assignsubmission_file_/02_dataset.ipynb, or in one name.
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)", re.DOTALL)
# Canvas, "Download submissions": lovelaceada_LATE_4321_98765_02_dataset-1.ipynb; the first number is the user's.
_CANVAS = re.compile(r"(?P<name>[^_/]+)(?P<late>_LATE)?_(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)
# Blackboard: ada_attempt_2026-11-23-10-00-00_02_dataset.ipynb, with the name of the assignment in front or not.
_BLACKBOARD = re.compile(r"(?:.*_)?(?P<name>[^_/]+)_attempt_[\d-]+_(?P<file>.+)", re.DOTALL)
_PREFIXED = re.compile(r"(?P<name>.+?)_(?P<file>\d\d_[a-z]+.*)", re.DOTALL)  # ada_02_dataset.ipynb
_COPY = re.compile(r"(Copy of|Kopie von|Copie de|Copia de|Cópia de) ")  # what Colab puts in front
_NO_STUDENT = {ASSIGNMENT, "notebooks", "submitted", "submissions", "."}  # folders that are nobody's name


@dataclass(frozen=True)
class Student:
    """Somebody who handed something in. `id` names folders and stands in the gradebook."""

    id: str
    name: str = ""  # as the platform writes it
    lms: str = ""  # "Moodle", "Canvas", "Blackboard" or nothing
    lms_id: str = ""  # the platform's number for the student


@dataclass(frozen=True)
class Named:
    """What a path says."""

    student: Student | None
    file: str  # the name that the student gave to the file
    late: bool = False  # the platform says so
    guessed: bool = False  # the student is the source's name, for want of another


def read(path: PurePosixPath, source: str = "") -> Named:
    """What the path of a submitted file says; `path` is relative to a source, a folder or an archive called `source`.

    The platforms' own names come first, then a folder of the student's, then a name in front of the notebook's, then
    the source's name.
    """
    for part in path.parts:
        inside = path.name if part is not path.parts[-1] else None  # of a folder or an archive that is named so
        if found := _MOODLE.fullmatch(part):
            return Named(_numbered(found, "Moodle"), inside or found["file"])
        if found := _CANVAS.fullmatch(part):
            return Named(_numbered(found, "Canvas"), inside or found["file"], bool(found["late"]))
        if found := _BLACKBOARD.fullmatch(part):
            return Named(Student(folder_name(found["name"]), found["name"], "Blackboard"), inside or found["file"])
    folders = [part for part in path.parts[:-1] if part not in _NO_STUDENT]
    prefixed = _PREFIXED.fullmatch(_COPY.sub("", path.name))
    if folders and not (prefixed and folders[0] == source):
        return Named(_called(folders[0] if folders[0] != source else folders[-1]), path.name)
    if prefixed:
        return Named(_called(prefixed["name"]), prefixed["file"])
    return Named(_called(source) if source not in _NO_STUDENT else None, path.name, guessed=True)


def notebook(file: str, stems: Collection[str]) -> str | None:
    """The release's notebook that a file's name names ("Copy of 02_dataset (1).ipynb"), or None."""
    found = [stem for stem in stems if re.search(rf"(?<![^\W_]){re.escape(stem)}(?![^\W_])", file)]
    return found[0] if len(found) == 1 else None


def version(file: str) -> int:
    """The number that browsers and platforms put behind a name that is there already: 02_dataset (1).ipynb, -1."""
    found = re.search(r"[ -]\(?(\d+)\)?(?:\.\w+)?$", file)
    return int(found[1]) if found else 0


def folder_name(name: str) -> str:
    """A name as a folder can have it: letters and digits of any alphabet, single hyphens. Empty if nothing is left."""
    name = unicodedata.normalize("NFC", name.replace("\0", ""))
    return re.sub(r"[^\w.@+-]+", "-", name).strip("-._")[:80]


def _numbered(found: re.Match, lms: str) -> Student:
    """With the platform's number, since two students may have one name."""
    return Student(f"{folder_name(found['name']) or 'student'}-{found['id']}", found["name"], lms, found["id"])


def _called(name: str) -> Student | None:
    folder = folder_name(name)
    return Student(folder) if folder else None
