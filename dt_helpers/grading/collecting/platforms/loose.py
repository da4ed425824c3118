"""Downloads in which only names that people chose say whose a file is: doubtful ones are asked about, never guessed."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import PurePosixPath

from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading.collecting import naming
from dt_helpers.grading.collecting.naming import Student, folder_name
from dt_helpers.grading.collecting.platforms.reader import Claim, Download, Reader

NAMELESS = "its name doesn't say whose it is: rename it, for example to ada_02_dataset.ipynb, or use --student"
# Names of folders and archives that are not students' names.
_NOBODY = re.compile(
    rf"{ASSIGNMENT}|notebooks?|submitted|submissions?|downloads?|inbox|inbound|attachments?|homeworks?|assignments?|"
    r"handed.?in|abgaben?|uploads?|takeout.*|classroom|drive|archive|all|class|new folder|unzipped|files|"
    r".*-\d{8}t\d+z-\d+",
    re.I,
)


class GoogleClassroom(Reader):
    """The assignment's folder in Drive, or Takeout of it: "Ada Lovelace - 02_dataset.ipynb", all in one folder.

    Classroom names its copy for each student "<student> - <title>"; what students upload keeps its own name, and
    nothing says whose it is: "Bob Byte - Ada Lovelace - 02_dataset" is asked about. Colab and
    Drive prepend "Copy of", "Kopie von". Two files with one name may be two
    students' or two attempts: both are asked about. There are no times.
    """

    name, key, trusted, share = "Google Classroom", "email", False, 0.5

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return len(path.parts) == 1 and " - " in naming.bare(path.name) and naming.is_notebook(path.name)

    def claim(self, path: PurePosixPath) -> Claim:
        text = naming.bare(path.name)
        stem = naming.notebook(text, self.download.stems)
        before = text[: text.index(stem)] if stem else text
        cuts = [found.start() for found in re.finditer(" - ", before)]
        names = [naming.bare(before[:cut]) for cut in cuts]
        known = [name for name in names if self.download.classlist.named(name)]
        if len(path.parts) > 1 or not names or not (known or stem or len(names) == 1):
            raise ValueError(NAMELESS)
        between = [naming.bare(piece) for piece in before.split(" - ")[1:-1]]
        if not known and not all(map(naming.is_version, between)):
            raise ValueError(f"is it {names[0]}'s, or {' or '.join(between)}'s? Say so with --student")
        name = known[-1] if known else names[0]
        return Claim(Student(folder_name(name) or "student", name, self.name, ""), PurePosixPath(path.name))


class Bare(Reader):
    """A folder of folders, or files that came by mail: ada/02_dataset.ipynb, ada_02_dataset.ipynb, ada.zip.

    With a class list, only full names and logins in it count as names. Without one, a folder's name, or what a file's
    name has besides the notebook's, counts, unless two different ones look like the same person.
    """

    name, trusted = "", False

    def __init__(self, download: Download):
        super().__init__(download)
        self.outer = self._outer()
        self.labels = {path: unicodedata.normalize("NFC", self._label(path)) for path in download.work()}
        spelled = defaultdict(set)
        for label in filter(None, self.labels.values()):
            spelled[naming.fold(label)].add(label)
        self.twice = {label for labels in spelled.values() if len(labels) > 1 for label in labels}
        self.nobody = not any(self.labels.values())  # so all of it may belong to one student, named by the source
        folders = {path.parts[0] for path in self.labels if len(path.parts) > 1}
        one_folder = len(folders) == 1 and all(len(path.parts) > 1 for path in self.labels)
        self.alone = self._somebody(download.name) if download.packed and one_folder and not self.outer else ""
        names = Counter(naming.notebook(path.name, download.stems) for path in self.labels)
        self.several = any(count > 1 for stem, count in names.items() if stem)

    @classmethod
    def recognises(cls, download: Download) -> bool:
        return True

    def claim(self, path: PurePosixPath) -> Claim:
        label = self.labels.get(path) or self._label(path)
        if not label and self.nobody and not self.several:
            label = self._somebody(self.download.name)
        if not label:
            packed = path.suffix.lower() == ".zip"
            raise ValueError(f"{NAMELESS}; pass a platform's download by itself" if packed else NAMELESS)
        if self.alone and label != self.alone and not self.download.classlist:
            raise ValueError(f"is it {self.alone}'s, as the archive's name says, or {label}'s? Say so with --student")
        if label in self.twice and not self.download.classlist:
            raise ValueError(
                f"{label} is written in several ways here: are they the same student? Say so with --student"
            )
        return Claim(Student(folder_name(label), label), path)

    def _outer(self) -> int:
        """How many outer folders are no student's, since they contain the work of several."""
        work = self.download.work()
        common = os.path.commonpath([path.parent for path in work]) if work else ""
        depth = len(PurePosixPath(common).parts)
        below = [path.parts[depth:] for path in work]
        names = {parts[0] if len(parts) > 1 else self._beside(parts[0]) for parts in below}
        names = {name for name in names if self._somebody(name) and not naming.is_version(name)}
        return depth if len(names) > 1 else 0

    def _label(self, path: PurePosixPath) -> str:
        """The student's name in a path; empty if there is none."""
        beside, source = self._beside(path.name), self.download.name
        folders = path.parts[self.outer : -1]
        if known := next((part for part in [*folders, beside, source] if self.download.classlist.named(part)), ""):
            return known
        names = [part for part in folders if self._somebody(part) and part != source and not naming.is_version(part)]
        if not beside and source in path.parts[:-1]:
            beside = source
        return names[0] if names else self._somebody(beside)

    def _beside(self, file: str) -> str:
        """The student's name in a file's name besides the notebook's, or an archive's name."""
        return naming.label(file, self.download.stems) or (naming.bare(file) if file.lower().endswith(".zip") else "")

    def _somebody(self, name: str) -> str:
        nobody = not folder_name(name) or name in self.download.assignments or _NOBODY.fullmatch(name)
        return "" if nobody else name
