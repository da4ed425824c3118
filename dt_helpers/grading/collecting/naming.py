"""Read file names: which notebook a file is, which words a browser added, and what a folder may be called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

# What Drive, Colab, Windows and macOS add to the name of a copy, before or after it.
_COPY_BEFORE = re.compile(
    r"(?:copy of|copy|kopie von|kopie van|copie de|copia de|copia di|cópia de|kopia|kopi av|kopi af|kopia av)\s+", re.I
)
_COPY_BEHIND = re.compile(r"(?:\s*-\s*(?:copy|kopie|copie|copia|cópia)|\s*copy|のコピー|\s*的副本)$", re.I)
# A notebook as browsers and mail programs save it: x.ipynb.txt, x.ipynb.json, x (1).ipynb, x.ipynb (2)
_NOTEBOOK = re.compile(r"\.ipynb(?:\s*\(\d+\))?(?:\.(?:txt|json|ipynb|download|bin))*$", re.I)
_NUMBERED = re.compile(r"\s*\(\d+\)$")
_AUTOSAVE = re.compile(r"-checkpoint\.ipynb", re.I)
_VERSIONS = re.compile(
    r"(?:\d+|v\d*|final|finished|done|new|old|latest|corrected|fixed|mine|my|solution|solutions|solved|homework|hw|"
    r"assignment|submission|submit|copy|kopie|copia|copie|draft|version|backup|endversion|abgabe|lösung|rev|the)",
    re.I,
)


@dataclass(frozen=True)
class Student:
    """A student, or a group, who handed something in. `id` is the name of the folders and the id in the gradebook.

    `lms` and `lms_id` identify the student: names change, and two students may share one.
    """

    id: str
    name: str = ""  # as the platform writes it
    lms: str = ""  # the platform's name, such as "Moodle"; may be empty
    lms_id: str = ""  # the platform's number or login
    members: tuple[tuple[str, str], ...] = ()  # of a group: (name, platform's number) of each known member
    slip: str = ""  # what the platform needs in the name of a feedback file


def is_notebook(file: str) -> bool:
    return bool(_NOTEBOOK.search(file))


def is_autosave(file: str) -> bool:
    """Whether it is Jupyter's own copy of a notebook, uploaded with it or in its place."""
    return bool(_AUTOSAVE.search(file))


def notebook(file: str, stems: Collection[str]) -> str | None:
    """The release's notebook that a file is named after ("Copy of 02_dataset (1).ipynb"), or None."""
    found = [stem for stem in stems if re.search(_whole(stem), file)]
    return found[0] if len(found) == 1 else None


def label(file: str, stems: Collection[str]) -> str:
    """What precedes the notebook's name, else what follows it: perhaps the student's name. Empty if it is no name.

    "ada_02_dataset (1).ipynb" and "02_dataset_ada.ipynb" say ada, "my_02_dataset_final.ipynb" says nothing.
    """
    text = bare(file)
    stem = notebook(text, stems)
    if stem is None:
        return ""
    parts = [part.strip(" _-,;.") for part in re.split(_whole(stem), text, maxsplit=1)]
    return next((part for part in parts if not is_version(part)), "")


def is_version(text: str) -> bool:
    """Whether a text only names a version: "final v2"."""
    return all(_VERSIONS.fullmatch(word) for word in words(text))


def bare(file: str) -> str:
    """A file's name without its ending and whatever a browser or copying added."""
    text = unicodedata.normalize("NFC", file)
    text = re.sub(r"\.zip$", "", _NOTEBOOK.sub("", text), flags=re.I)
    before = None
    while before != text:
        before = text
        text = _COPY_BEHIND.sub("", _COPY_BEFORE.sub("", _NUMBERED.sub("", text), count=1)).strip("「」 ")
        text = _NOTEBOOK.sub("", text)
    return text


def fold(text: str) -> str:
    """A name for comparing: without case, accents, apostrophes or order, so "Lovelace, Ada" is "Ada Lovelace"."""
    return " ".join(sorted(word for word in words(text) if word not in ("jr", "sr", "ii", "iii", "iv"))) or text.strip()


def words(text: str) -> list[str]:
    """The words of a text, without case and accents."""
    text = unicodedata.normalize("NFKD", re.sub(r"['’`´]", "", text))
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).casefold()
    return re.findall(r"[^\W_]+", text)


def folder_name(name: str) -> str:
    """A name for a folder: letters and digits of any alphabet, single hyphens. Empty if nothing is left."""
    name = unicodedata.normalize("NFC", name.replace("\0", ""))
    return re.sub(r"[^\w.@+]+", "-", name).strip("-._")[:80]


def numbered(name: str, lms: str, number: str, **more) -> Student:
    """A student with the platform's number in the folder's name, as two may share a name."""
    tail = folder_name(number)
    head = folder_name(name)[: 79 - len(tail)] or "student"
    return Student(f"{head}-{tail}", name, lms, number, **more)


def _whole(stem: str) -> str:
    return rf"(?<![^\W_]){re.escape(stem)}(?![^\W_])"
