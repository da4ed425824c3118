"""The interface for reading a platform's download: one class per platform, one object per download."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import ClassVar

from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading.collecting import naming, sources
from dt_helpers.grading.collecting.classlist import ClassList
from dt_helpers.grading.collecting.naming import Student


@dataclass(frozen=True)
class Claim:
    """What the platform says about one file."""

    student: Student
    file: PurePosixPath  # the student's own name for it: below the student's folder, or a bare name
    attempt: str = ""  # sorts in the platform's order of attempts; empty if it has none
    when: datetime | None = None  # when it was handed in; without a time zone: this machine's time
    late: bool | None = None  # None: the platform doesn't say
    look_up: str = ""  # the value to find in the reader's column of the class list; empty: the platform's number
    group: str = ""  # the value to find in the column of groups, if it may be a group; empty: the student's name
    serial: str = ""  # sorts submissions by time, where attempts have no numbers
    assignment: str = ""  # nbgrader's name of the one that it was handed in for, if the platform says so


@dataclass
class Download:
    """A source to be read, and what readers look up in it."""

    files: list[sources.Found]
    repositories: set[PurePosixPath] = field(default_factory=set)  # relative to `root`
    root: PurePosixPath = field(default_factory=PurePosixPath)  # the folder where the platform's own names begin
    name: str = ""  # of the source
    packed: bool = False  # whether it is an archive
    stems: Collection[str] = ()  # the release's notebooks
    classlist: ClassList = field(default_factory=ClassList)
    assignments: Collection[str] = (ASSIGNMENT,)  # nbgrader's names of those that may be in it

    def paths(self) -> list[PurePosixPath]:
        """All files below the root, relative to it."""
        return [found.path.relative_to(self.root) for found in self.files if found.path.is_relative_to(self.root)]

    def work(self) -> list[PurePosixPath]:
        """Those that may be students' notebooks."""
        return [path for path in self.paths() if may_be_work(path)]

    def text(self, path: PurePosixPath | str) -> str:
        """The text of one of the platform's own files; empty if there is none."""
        wanted = self.root / path
        found = next((found for found in self.files if found.path == wanted), None)
        try:
            return sources.text(found) if found else ""
        except ValueError:
            return ""


class Reader:
    """Who handed in what, when and in which attempt, in one platform's download."""

    name: ClassVar[str]  # of the platform, as instructors know it
    share: ClassVar[float] = 0.8  # of the notebooks and archives that must have the platform's shape
    key: ClassVar[str] = ""  # the class list's column with the platform's own number for a student
    numbers_groups: ClassVar[bool] = False  # groups have their own numbers, which participants may have too
    trusted: ClassVar[bool] = True  # the platform says who it is, even if the class list doesn't have them
    better_because: ClassVar[str] = "there is a newer one"
    own: ClassVar[re.Pattern] = re.compile(r"(?!)")  # names of files that the platform itself adds

    def __init__(self, download: Download):
        self.download = download
        self.unread: list[str] = []  # times that were not understood

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        """Whether a path, relative to the download's root, has the platform's shape."""
        raise NotImplementedError

    @classmethod
    def recognises(cls, download: Download) -> bool:
        work = download.work()
        return bool(work) and sum(map(cls.fits, work)) >= cls.share * len(work)

    def claim(self, path: PurePosixPath) -> Claim:
        """Whose a file is. Raises ValueError with the reason if that can't be decided."""
        raise NotImplementedError

    def better(self, claims: list[Claim]) -> Claim | None:
        """Which of several files for one notebook in one attempt counts, if the platform's own names or places say."""
        return None

    def strange(self, path: PurePosixPath) -> ValueError:
        return ValueError(f"{path.name} is not named like {self.name}'s files: say whose it is with --student")


def only(claims: list[Claim]) -> Claim | None:
    """The claim, if there is one and no other."""
    return claims[0] if len(claims) == 1 else None


def may_be_work(path: PurePosixPath) -> bool:
    return naming.is_notebook(path.name) or path.suffix.lower() == ".zip"


def common_beginning(names: Collection[str]) -> str:
    """The common prefix of several names; empty for one name."""
    first, last = min(names, default=""), max(names, default="")
    same = [one == other for one, other in zip(first, last, strict=False)]
    return first[: [*same, False].index(False)] if first != last else ""


def number(text: str) -> str:
    """A whole number that sorts as text."""
    return f"{int(text):012d}"
