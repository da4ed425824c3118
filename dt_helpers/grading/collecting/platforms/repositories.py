"""Tools that make folders for students to work in: GitHub Classroom's repositories, nbgrader's exchange."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

from dt_helpers.grading.collecting.naming import Student, folder_name
from dt_helpers.grading.collecting.platforms.reader import Claim, Download, Reader, common_beginning, only
from dt_helpers.grading.collecting.times import moment

TIMESTAMP = "timestamp.txt"  # nbgrader's: when a submission was handed in
SECRET = "submission_secret.txt"  # nbgrader's: lets students find their feedback


class GitHubClassroom(Reader):
    """`gh classroom clone student-repos`: ps1-submissions/ps1-ada/…, one repository per student or team.

    docs.github.com, "Using GitHub Classroom with GitHub CLI": <assignment>-<username>, or <assignment>-<team>. A file
    counts in the folder where the class has it; git's own data is not read, since the student controls it. Times and
    the members of a team are only in the classroom's grades.csv.
    """

    name, key, trusted = "GitHub Classroom", "login", False
    better_because = "the class has its notebooks in another folder"
    _NOBODY = frozenset({"template", "starter", "solution", "solutions"})

    def __init__(self, download: Download):
        super().__init__(download)
        tops = {path.parts[0] for path in download.paths() if len(path.parts) > 1}
        outer = download.root.name.removesuffix("-submissions")
        fits = outer and all(top.startswith(f"{outer}-") for top in tops)
        same = common_beginning(tops)
        self.slug = f"{outer}-" if fits else same[: same.rfind("-") + 1]
        self.logins = {top.removeprefix(self.slug) for top in tops}
        folders = Counter(PurePosixPath(*path.parts[1:]).parent for path in download.work() if len(path.parts) > 1)
        self.usual = (
            folders.most_common(1)[0][0] if folders else PurePosixPath()
        )  # the folder that the notebooks are handed out in

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return len(path.parts) > 1

    @classmethod
    def recognises(cls, download: Download) -> bool:
        work = download.work()
        inside = [
            path for path in work if PurePosixPath(path.parts[0]) in download.repositories and len(path.parts) > 1
        ]
        return bool(work) and len(inside) >= cls.share * len(work)

    def claim(self, path: PurePosixPath) -> Claim:
        if not self.fits(path):
            raise self.strange(path)
        login = path.parts[0].removeprefix(self.slug)
        if login.lower() in self._NOBODY:
            raise ValueError("the repository that the others were made from")
        first, _, again = login.rpartition("-")
        if again.isdigit() and first in self.logins and not self.download.classlist:
            raise ValueError(f"a second repository of {first}, or another student's? Pass the class list with --roster")
        who = Student(folder_name(login) or "student", login, self.name, login)
        return Claim(who, PurePosixPath(*path.parts[1:]), group=path.parts[0])

    def better(self, claims: list[Claim]) -> Claim | None:
        """The one in the folder where most of the class has it."""
        return only([claim for claim in claims if claim.file.parent == self.usual])


class _Nbgrader(Reader):
    """What both of nbgrader's folders share: the student named by nbgrader's folder, the time by its timestamp."""

    name, key = "nbgrader", "number"
    better_because = "nbgrader only looks at the top of the folder"
    own = re.compile(r"timestamp\.txt|submission_secret\.txt")

    def __init__(self, download: Download):
        super().__init__(download)
        folders = {found for path in download.work() if (found := self._folder(path))}
        counts = Counter(assignment for _, assignment, _, _ in folders)
        best = [name for name in counts if counts[name] == max(counts.values())]
        own = [name for name in download.assignments if name in counts]
        self.assignments = own or (best if len(best) == 1 else [])

    @classmethod
    def _folder(cls, path: PurePosixPath) -> tuple[str, str, str, int] | None:
        """Student, assignment, the time if the name has it, and how many parts of the path these take."""
        raise NotImplementedError

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return cls._folder(path) is not None

    def claim(self, path: PurePosixPath) -> Claim:
        found = self._folder(path)
        if found is None:
            raise self.strange(path)
        student, assignment, when, depth = found
        if not self.assignments:
            raise ValueError("it holds several assignments: pass the folder of one")
        if assignment not in self.assignments:
            raise ValueError(f"it was handed in for another assignment, {assignment}")
        top = PurePosixPath(*path.parts[:depth])
        time = moment(self.download.text(top / TIMESTAMP)) or moment(when)
        if student.startswith((".", " ")) or len(student) > 100:
            raise ValueError(f"{student!r} can't be the name of a student's folder")
        who = Student(student, "", self.name, student, slip=self.download.text(top / SECRET).strip())
        file, attempt = PurePosixPath(*path.parts[depth:]), time.isoformat() if time else ""
        return Claim(who, file, attempt, time, assignment=assignment)

    def better(self, claims: list[Claim]) -> Claim | None:
        return only([claim for claim in claims if len(claim.file.parts) == 1])


class NbgraderInbound(_Nbgrader):
    """The exchange's inbound/: ada+ps1+2026-11-20 10:00:00.000000 UTC+Zm9vYmFyYmF6/…, every attempt.

    jupyter/nbgrader exchange/default/submit.py: student, assignment, time and twelve random characters, which are
    optional.
    """

    _NAMED = re.compile(
        r"(?P<student>.+)\+(?P<assignment>[^+]+)\+(?P<when>\d{4}-\d\d-\d\d \d\d[:_.-]?\d\d[:_.-]?\d\d(?:\.\d+)? [^+]+?)"
        r"(?:\+[\w-]{12})?"
    )

    @classmethod
    def _folder(cls, path: PurePosixPath) -> tuple[str, str, str, int] | None:
        found = cls._NAMED.fullmatch(path.parts[0]) if len(path.parts) > 1 else None
        return (found["student"], found["assignment"], found["when"], 1) if found else None


class NbgraderSubmitted(_Nbgrader):
    """nbgrader's submitted/: ada/ps1/02_dataset.ipynb, and timestamp.txt beside it.

    nbgrader's documentation, "The course directory": {student}/{assignment}, the state of the last attempt.
    """

    _OF_THE_COURSE = frozenset({"notebooks", "solutions", "source", "release", "feedback", "autograded"})

    @classmethod
    def _folder(cls, path: PurePosixPath) -> tuple[str, str, str, int] | None:
        return (path.parts[0], path.parts[1], "", 2) if len(path.parts) > 2 else None

    @classmethod
    def recognises(cls, download: Download) -> bool:
        """Many have two levels of folders: nbgrader's have its timestamp or an assignment's name."""
        work = download.work()
        stamped = {path.parent for path in download.paths() if path.name == TIMESTAMP and len(path.parts) == 3}
        own = [path for path in work if len(path.parts) > 2 and path.parts[0] not in cls._OF_THE_COURSE]
        named = download.assignments
        own = [path for path in own if path.parts[1] in named or PurePosixPath(*path.parts[:2]) in stamped]
        return bool(work) and len(own) >= cls.share * len(work)
