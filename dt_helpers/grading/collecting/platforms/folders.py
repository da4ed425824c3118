"""Platforms that give each student a folder: everything in it is that student's, whatever its name."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import PurePosixPath

import yaml

from dt_helpers.grading.collecting.classlist import ClassList
from dt_helpers.grading.collecting.naming import Student, fold, numbered
from dt_helpers.grading.collecting.platforms.reader import Claim, Download, Reader, number
from dt_helpers.grading.collecting.times import moment


class Gradescope(Reader):
    """ "Export Submissions": assignment_7651231_export/submission_26011/…, and submission_metadata.yml beside them.

    Seen in a real export, and read in this way by otter-grader: submission_<id> has :submitters: (:name:, :sid:,
    :email:) and :created_at:. It is the active submission, not necessarily the newest; Gradescope has already unpacked
    students' archives.
    """

    name, key = "Gradescope", "sid"
    METADATA = "submission_metadata.yml"
    own = re.compile(re.escape(METADATA))

    def __init__(self, download: Download):
        super().__init__(download)
        try:
            found = yaml.safe_load(download.text(self.METADATA))
        except yaml.YAMLError:
            found = None
        self.submissions = found if isinstance(found, dict) else {}

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return len(path.parts) > 1 and bool(re.fullmatch(r"submission_\d+", path.parts[0]))

    def claim(self, path: PurePosixPath) -> Claim:
        if not self.fits(path):
            raise self.strange(path)
        known = self.submissions.get(path.parts[0])
        known = known if isinstance(known, dict) else {}
        when = known.get(":created_at")
        when = (
            moment(str(when)) if not isinstance(when, datetime) else when if when.tzinfo else when.replace(tzinfo=UTC)
        )
        return Claim(self._student(path.parts[0], known), PurePosixPath(*path.parts[1:]), when=when)

    def _student(self, folder: str, known: dict) -> Student:
        named = [one for one in known.get(":submitters") or [] if isinstance(one, dict)]
        people = [(str(one.get(":name") or ""), str(one.get(":sid") or one.get(":email") or "")) for one in named]
        if len(people) == 1 and people[0][1]:
            return numbered(people[0][0], self.name, people[0][1])
        return numbered(", ".join(name for name, _ in people), self.name, folder, members=tuple(people))


class Sakai(Reader):
    """ "Download All": PS1/Lovelace, Ada(ada)/Submission attachment(s)/…, or the same joined by "_".

    The attachments' folder is called in the site's language: grades.csv, or timestamp.txt beside it, shows what it is.

    sakaiproject/sakai AssignmentServiceImpl.java, zipSubmissions: "Last, First(eid)", timestamp.txt with the
    attachments; grades.csv says who is late. Names lose non-ASCII characters, equal ones get "+1". zipGroupSubmissions:
    "Team 1 (id)" and members.txt, "Last, First(eid); …".
    """

    name, key = "Sakai", "login"
    _FOLDER = re.compile(r"(?P<name>.*)\((?P<id>[^()]+)\)", re.DOTALL)
    _ENGLISH = "Submission attachment(s)"
    _JOINED = re.compile(
        r"(?P<name>.*?)\((?P<id>[^()]+)\)_(?P<folder>Submission attachment\(s\)|[^_]+)_(?P<file>.+)", re.DOTALL
    )
    _TABLE = ("Display ID", "ID", "Last Name", "First Name", "grade", "Submission date", "Late submission")
    own = re.compile(r"(?:timestamp|comments|members)\.txt|grades\.csv|feedbackText\.html")
    _MEMBER = re.compile(r"\s*(?P<name>.+?)\s*\((?P<id>[^()]+)\)\s*")

    def __init__(self, download: Download):
        super().__init__(download)
        self.logins = {found["id"] for path in download.work() if (read := self._read(path)) and (found := read[0])}
        download.classlist = download.classlist or ClassList.parse(self._in_english(download.text("grades.csv")))

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return bool(cls._read(path))

    @classmethod
    def recognises(cls, download: Download) -> bool:
        """Other folders end with brackets, too: Sakai's own files have to be there, or its English name."""
        if not super().recognises(download):
            return False
        paths = set(download.paths())
        tops = {path.parts[0] for path in download.work() if cls._read(path)}
        own = [top for top in tops if PurePosixPath(top, "timestamp.txt") in paths]
        english = [path for path in download.work() if cls._ENGLISH in "/".join(path.parts[:2])]
        return (
            PurePosixPath("grades.csv") in paths or (bool(own) and len(own) >= cls.share * len(tops)) or bool(english)
        )

    def _in_english(self, text: str) -> str:
        """The table with the titles of its columns in English, which have the same places in all languages."""
        for delimiter in ",;\t":
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
            first = next((i for i, row in enumerate(rows) if len(row) > 3 and row[0].strip() in self.logins), 0)
            if first:
                answer = io.StringIO()
                csv.writer(answer).writerows([self._TABLE[: len(rows[first])], *rows[first:]])
                return answer.getvalue()
        return text

    @classmethod
    def _read(cls, path: PurePosixPath) -> tuple[re.Match, PurePosixPath] | None:
        if found := cls._JOINED.fullmatch(path.parts[0]):
            return found, PurePosixPath(found["file"], *path.parts[1:])
        found = cls._FOLDER.fullmatch(path.parts[0])
        if found and len(path.parts) > 2:
            return found, PurePosixPath(*path.parts[2:])
        return None

    def claim(self, path: PurePosixPath) -> Claim:
        read = self._read(path)
        if read is None:
            raise self.strange(path)
        found, file = read
        name = found["name"].strip()
        last, comma, first = name.rpartition(",")
        shown = f"{first.strip()} {last.strip()}".strip() if comma else name
        members = self.download.text(f"{path.parts[0]}/members.txt") if len(path.parts) > 2 else ""
        people = [self._MEMBER.fullmatch(part) for part in _entities(members).split(";") if part.strip()]
        who = numbered(shown, self.name, found["id"], members=tuple((one["name"], one["id"]) for one in people if one))
        when = moment(self.download.text(f"{path.parts[0]}/timestamp.txt")) if len(path.parts) > 2 else None
        return Claim(who, file, when=when)


class Schoology(Reader):
    """ "Download All": Lovelace, Ada - s519321/Revision 2 - On time/02_dataset.ipynb, with all revisions.

    Seen in a description of the endpoint dropbox/download_all and in a tool that reads its archives.
    """

    name, key = "Schoology", "sid"
    _WHO = re.compile(r"(?P<name>.+) - (?P<id>[^/]+?)", re.DOTALL)
    _REVISION = re.compile(r"Revision (?P<number>\d+) - (?P<late>On time|Late)", re.I)

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        parts = path.parts
        return len(parts) > 2 and bool(cls._WHO.fullmatch(parts[0]) and cls._REVISION.fullmatch(parts[1]))

    def claim(self, path: PurePosixPath) -> Claim:
        if not self.fits(path):
            raise self.strange(path)
        who, revision = self._WHO.fullmatch(path.parts[0]), self._REVISION.fullmatch(path.parts[1])
        assert who and revision  # it fits
        last, comma, first = who["name"].rpartition(", ")
        name = f"{first} {last}" if comma else who["name"]
        return Claim(
            numbered(name, self.name, who["id"]),
            PurePosixPath(*path.parts[2:]),
            number(revision["number"]),
            late=revision["late"].lower() == "late",
        )


class Ilias(Reader):
    """ "Download All Submissions": PS1/Submissions/Lovelace_Ada_ada_4321/…, teams in "Team 811/" in front.

    ILIAS-eLearning/ILIAS ilExSubmission.php: last name, first name, login, the user's number; the folder is that of
    the member who uploaded, and several may have; nothing says whose of two is newer. Equal names become
    "x (2).ipynb", in the order of arrival; late files begin with "Late Submission - ". Non-ASCII letters become others
    or "_".
    """

    name, key = "ILIAS", "login"
    _FOLDER = re.compile(r"(?P<head>.*_.*_.+)_(?P<id>\d+)", re.DOTALL)
    _LATE = re.compile(r"(?:Late Submission|Verspaetete Abgabe|Verspätete Abgabe) - ")
    _AGAIN = re.compile(r" \((?P<number>[2-9]|[1-9]\d+)\)(?=\.[^.]+$|$)")

    def __init__(self, download: Download):
        super().__init__(download)
        self.teams: defaultdict[str, dict[str, str]] = defaultdict(dict)  # number -> login and name of who uploaded
        for found, team, _ in filter(None, map(self._read, download.paths())):
            login, name = self._person(found["head"])
            self.teams[team][login] = name

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return cls._read(path) is not None

    @classmethod
    def _read(cls, path: PurePosixPath) -> tuple[re.Match, str, PurePosixPath] | None:
        """The user's folder, the team's number, the file below."""
        team = re.fullmatch(r"Team (\d+)", path.parts[0])
        rest = path.parts[1:] if team else path.parts
        found = cls._FOLDER.fullmatch(rest[0]) if len(rest) > 1 else None
        return (found, team[1] if team else "", PurePosixPath(*rest[1:])) if found else None

    def claim(self, path: PurePosixPath) -> Claim:
        read = self._read(path)
        if read is None:
            raise self.strange(path)
        found, team, file = read
        login, name = self._person(found["head"])
        if team:
            members = tuple((name, login) for login, name in sorted(self.teams[team].items()))
            who = Student(f"Team-{team}", f"Team {team}", self.name, f"Team {team}", members)
        else:
            who = numbered(name, self.name, found["id"])
        late = self._LATE.match(file.parts[0])
        file = PurePosixPath(self._LATE.sub("", file.parts[0]), *file.parts[1:])
        again = self._AGAIN.search(file.parts[0])
        serial = number(again["number"] if again else "1")
        if team and len(self.teams[team]) > 1:
            file = PurePosixPath(found[0], file)  # so that two members' files are no versions of one
        group = f"Team {team}" if fold(f"Team {team}") in self.download.classlist.groups else team
        return Claim(who, file, late=bool(late), serial=serial, look_up=login, group=group)

    def _person(self, head: str) -> tuple[str, str]:
        """Login and name."""
        login = self._login(head)
        last, _, first = head.removesuffix(f"_{login}").partition("_")
        return login, f"{first} {last}".replace("_", " ").strip()

    def _login(self, head: str) -> str:
        """Logins may contain "_" too: the class list has them, else it is the last part."""
        parts = head.split("_")
        ends = ["_".join(parts[i:]) for i in range(2, len(parts))]
        return next((end for end in ends if self.download.classlist.find("login", end)), parts[-1])

    def better(self, claims: list[Claim]) -> Claim | None:
        if len({self._AGAIN.sub("", str(claim.file)) for claim in claims}) > 1:
            return None
        return max(claims, key=lambda claim: claim.serial)


def _entities(text: str) -> str:
    """Decode text in which Sakai wrote non-ASCII letters as &#1234;."""
    return re.sub(r"&#(\d{1,7});", lambda found: chr(int(found[1])) if int(found[1]) < 0x110000 else "", text)
