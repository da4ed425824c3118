"""What a reader of a platform's download has to know and to answer: one class a platform, one object a download."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import ClassVar

import dateutil.parser

from dt_helpers.grading.collecting import naming, sources
from dt_helpers.grading.collecting.classlist import ClassList
from dt_helpers.grading.collecting.naming import Student


@dataclass(frozen=True)
class Claim:
    """What the platform says about one file."""

    student: Student
    file: PurePosixPath  # as the student called it: below the student's own folder, or a bare name
    attempt: str = ""  # sorts as the platform orders attempts, the last one last; empty: it doesn't say
    when: datetime | None = None  # handed in; without a zone: this machine's time
    late: bool | None = None  # None: the platform doesn't say
    look_up: str = ""  # what the class list has in the reader's column; empty: the platform's number
    group: str = ""  # what the class list has in the column of groups, if it may be one; empty: the student's name
    serial: str = ""  # sorts what was handed in at different times, where attempts are not told apart


@dataclass
class Download:
    """A source that is to be read, with what readers look up."""

    files: list[sources.Found]
    repositories: set[PurePosixPath] = field(default_factory=set)  # relative to `root`
    root: PurePosixPath = field(default_factory=PurePosixPath)  # the folder in which the platform's own names begin
    name: str = ""  # of the source
    packed: bool = False  # it is an archive
    stems: Collection[str] = ()  # the release's notebooks
    classlist: ClassList = field(default_factory=ClassList)

    def paths(self) -> list[PurePosixPath]:
        """All files, relative to the root; what lies elsewhere is left out."""
        return [found.path.relative_to(self.root) for found in self.files if found.path.is_relative_to(self.root)]

    def work(self) -> list[PurePosixPath]:
        """Those that may be somebody's notebooks."""
        return [path for path in self.paths() if may_be_work(path)]

    def text(self, path: PurePosixPath | str) -> str:
        """What a side file of the platform's says; empty where there is none."""
        wanted = self.root / path
        found = next((found for found in self.files if found.path == wanted), None)
        try:
            return sources.text(found) if found else ""
        except ValueError:
            return ""


class Reader:
    """Who handed in what, when and in which attempt, in one platform's download."""

    name: ClassVar[str]  # of the platform, as instructors write it
    share: ClassVar[float] = 0.8  # of the notebooks and archives that have to have the platform's shape
    key: ClassVar[str] = ""  # the column of the class list in which the platform's own number for a student stands
    numbers_groups: ClassVar[bool] = False  # a group has a number of its own, which may be a participant's as well
    trusted: ClassVar[bool] = True  # the platform says who it is, even where the class list doesn't have them
    own: ClassVar[re.Pattern] = re.compile(r"(?!)")  # names of files that the platform itself puts beside

    def __init__(self, download: Download):
        self.download = download

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        """Whether a path, relative to the download's root, has the platform's shape."""
        raise NotImplementedError

    @classmethod
    def recognises(cls, download: Download) -> bool:
        work = download.work()
        return bool(work) and sum(map(cls.fits, work)) >= cls.share * len(work)

    def claim(self, path: PurePosixPath) -> Claim:
        """Whose a file is. Raises ValueError with the reason where that can't be told."""
        raise NotImplementedError

    def better(self, claims: list[Claim]) -> Claim | None:
        """Which of several files of one notebook in one attempt counts, if that can be told: the one at the top."""
        return nearest(claims) if self.trusted else None

    def strange(self, path: PurePosixPath) -> ValueError:
        return ValueError(
            f"{path.name} is not named as {self.name} names what it gives out: say whose it is, --student"
        )


def nearest(claims: list[Claim]) -> Claim | None:
    """The one file at the top of a student's own folder: a copy in a folder below is a copy."""
    depth = min(len(claim.file.parts) for claim in claims)
    top = [claim for claim in claims if len(claim.file.parts) == depth]
    return top[0] if len(top) == 1 else None


def may_be_work(path: PurePosixPath) -> bool:
    return naming.is_notebook(path.name) or path.suffix.lower() == ".zip"


def common_beginning(names: Collection[str]) -> str:
    """What all of several names begin with, letter by letter; empty for one name."""
    first, last = min(names, default=""), max(names, default="")
    same = [one == other for one, other in zip(first, last, strict=False)]
    return first[: [*same, False].index(False)] if first != last else ""


def number(text: str) -> str:
    """A whole number that sorts as text."""
    return f"{int(text):012d}"


def moment(text: str) -> datetime | None:
    """A time as platforms write it; None for what is none."""
    try:
        return dateutil.parser.parse(text) if text.strip() else None
    except (ValueError, OverflowError):
        return None
