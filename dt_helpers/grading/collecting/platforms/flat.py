"""Platforms that put the student into each file's name: whatever follows their prefix, the student wrote."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath
from statistics import median

from dt_helpers.grading.collecting.naming import Student, fold, folder_name, numbered
from dt_helpers.grading.collecting.platforms.reader import Claim, Download, Reader, common_beginning, number
from dt_helpers.grading.collecting.times import moment


class Canvas(Reader):
    """ "Download Submissions": lovelaceada_LATE_4321_98765_02_dataset-1.ipynb, in one folder, last attempts only.

    instructure/canvas-lms lib/content_zipper.rb, get_filename: sortable name in lower case, LATE, the user's number;
    then the attachment's number and its name. A group's file has the group's name and the number of one member.
    Anonymous grading: anon_k3Jx9_98765_02_dataset.ipynb, LATE_anon_k3Jx9_… as there is no name; all of a download or
    nothing. app/models/attachment.rb, make_unique_filename: "-1" before the ending of a name that already existed.
    """

    name, key = "Canvas", "number"
    _NAMED = re.compile(r"(?P<name>[^/]*?)(?P<numbers>(?:_\d+){2,})_(?P<file>.+)", re.DOTALL)
    _ANONYMOUS = re.compile(
        r"(?:LATE_)?anon_(?:LATE_)?(?P<id>[0-9A-Za-z]{4,6})_(?P<attachment>\d+)_(?P<file>.+)", re.DOTALL
    )
    _AGAIN = re.compile(r"-\d+(?=(?:\.[A-Za-z][A-Za-z0-9]*)*\.[A-Za-z0-9]+$)")

    def __init__(self, download: Download):
        super().__init__(download)
        first = [
            self._like_the_release(readings) for path in download.work() if (readings := self._readings(path.name))
        ]
        self.usual = median([attachment for _, _, attachment, _ in first] or [0])
        marks = sum(bool(self._ANONYMOUS.fullmatch(path.name)) for path in download.work())
        self.anonymous = 2 * marks > len(download.work())  # else a student is called "anon"

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return len(path.parts) == 1 and bool(cls._ANONYMOUS.fullmatch(path.name) or cls._NAMED.fullmatch(path.name))

    def claim(self, path: PurePosixPath) -> Claim:
        if self.anonymous and (found := self._ANONYMOUS.fullmatch(path.parts[0])):
            who = numbered("anon", self.name, found["id"], slip=f"anon_{found['id']}_{found['attachment']}")
            late = "LATE" in path.parts[0][: found.start("id")].split("_")
            return self._claim(who, found["attachment"], found["file"], late, path)
        readings = self._readings(path.parts[0])
        if not readings:
            raise self.strange(path)
        name, user, attachment, file = self._plausible(readings)
        late = name.endswith("_LATE")
        who = numbered(name.removesuffix("_LATE"), self.name, user, slip=f"student_{user}_{attachment}")
        return self._claim(who, str(attachment), file, late, path)

    def _claim(self, who: Student, attachment: str, file: str, late: bool, path: PurePosixPath) -> Claim:
        """Attachments are numbered in order of upload; only names that Canvas itself numbered are the same file."""
        return Claim(who, PurePosixPath(file, *path.parts[1:]), late=late, serial=number(attachment))

    def better(self, claims: list[Claim]) -> Claim | None:
        """The last of several files that Canvas numbered because they had the same name; else none."""
        if len({self._AGAIN.sub("", str(claim.file)) for claim in claims}) > 1:
            return None
        return max(claims, key=lambda claim: claim.serial)

    @classmethod
    def _readings(cls, name: str) -> list[tuple[str, str, int, str]]:
        """All readings as (name, user, attachment, file): names may end with a number, files may begin with one."""
        found = cls._NAMED.fullmatch(name)
        if not found:
            return []
        numbers = found["numbers"][1:].split("_")
        return [
            (
                "_".join([found["name"], *numbers[:i]]),
                numbers[i],
                int(numbers[i + 1][:18]),
                "_".join([*numbers[i + 2 :], found["file"]]),
            )
            for i in range(len(numbers) - 1)
        ]

    def _like_the_release(self, readings: list) -> tuple[str, str, int, str]:
        """The first that leaves a notebook's own name: right for most files, though not for a forged one."""
        stems = tuple(self.download.stems)
        return next((one for one in readings if one[3].startswith(stems)), readings[0])

    def _plausible(self, readings: list) -> tuple[str, str, int, str]:
        """The first whose user is in the class, else the first with an attachment number close to the others'."""
        known = [one for one in readings if self.download.classlist.find("number", one[1])]
        usual = [one for one in readings if self.usual / 3 <= one[2] <= self.usual * 3]
        return next(iter([one for one in usual if one in known] or usual or readings))


class Blackboard(Reader):
    """ "Assignment File Download": PS1_ada_attempt_2026-11-23-10-00-00_02_dataset.ipynb, and a receipt, the same .txt.

    Seen in parsers of real downloads (BBGradebookOrganiser, gradex-cli): the column's name, the username (a group's
    name), the time of the attempt. Names of columns and users may contain underscores: the receipt's first line, "Name:
    Ada Lovelace (ada)", shows where the name begins; without it, the common prefix does.
    """

    name, key = "Blackboard", "login"
    _NAMED = re.compile(
        r"(?P<head>.+?)_attempt_(?P<when>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:\.txt|_(?P<file>.+))", re.DOTALL
    )
    own = re.compile(r".+?_attempt_\d{4}(?:-\d\d){5}\.txt", re.DOTALL)
    _RECEIPT = re.compile(r"\s*(?:Name|Nom|Nombre|Nome|Naam)\s*:\s*(?P<name>.*?)(?:\s*\((?P<login>[^()]+)\))?\s*$")

    def __init__(self, download: Download):
        super().__init__(download)
        self.receipts: dict[str, tuple[str, str]] = {}  # head -> (name, login; empty for a group)
        self.zoned: dict[str, datetime] = {}  # head and time -> the same time with its zone, of a receipt
        heads = set()
        for path in download.paths():
            if (found := self._NAMED.fullmatch(path.parts[0])) and len(path.parts) == 1:
                heads.add(found["head"])
                lines = download.text(path).splitlines() if found["file"] is None else []
                if when := next(filter(None, map(self._zoned, lines[:4])), None):
                    self.zoned[found["head"] + found["when"]] = when
                if lines and (receipt := self._RECEIPT.fullmatch(lines[0])):
                    self.receipts[found["head"]] = receipt["name"], receipt["login"] or ""
        self.common = self._in_common(heads)

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return len(path.parts) == 1 and bool(cls._NAMED.fullmatch(path.name))

    def claim(self, path: PurePosixPath) -> Claim:
        found = self._NAMED.fullmatch(path.parts[0])
        if not found or found["file"] is None:
            raise self.strange(path)
        name, _ = self.receipts.get(found["head"], ("", ""))
        login = self._login(found["head"])
        who = Student(folder_name(login) or "student", name or login, self.name, login)
        when = moment(f"{found['when'][:10]} {found['when'][11:].replace('-', ':')}")
        zoned = self.zoned.get(found["head"] + found["when"])
        if when and zoned and zoned.replace(tzinfo=None) == when:
            when = zoned
        return Claim(who, PurePosixPath(found["file"], *path.parts[1:]), found["when"], when)

    @staticmethod
    def _zoned(line: str) -> datetime | None:
        """The time in a line of a receipt's head, "Date Submitted: Friday, November 20, 2026 9:15:00 AM EST"."""
        when = moment(line.partition(":")[2])
        return when if when and when.tzinfo else None

    def _login(self, head: str) -> str:
        name, login = self.receipts.get(head, ("", ""))
        for known in (login, re.sub(r'[\\/:*?"<>|&]', "_", name)):
            if known and head.endswith(f"_{known}"):
                return known
        return head[len(self.common) :] or head

    def _in_common(self, heads: set[str]) -> str:
        """The column's name: what the receipts leave over, else the common prefix of all heads, up to an underscore."""
        for head in heads & self.receipts.keys():
            login = self._of_receipt(head)
            if login:
                return head[: -len(login)]
        same = common_beginning(heads)
        return same[: same.rfind("_") + 1]

    def _of_receipt(self, head: str) -> str:
        login = self.receipts[head][1]
        return login if login and head.endswith(f"_{login}") else ""


class Moodle(Reader):
    """ "Download all submissions": Ada Lovelace_1231_assignsubmission_file/02_dataset.ipynb, or all in one name.

    moodle/moodle mod/assign/classes/downloader.php: the full name, in which "_" becomes a space, and the participant's
    number in this assignment; before 4.1 the folder's name ends with "_". Groups: the group's name and number, which is
    no participant's; "Default group" without a number for those in none. Only the last attempt, without a time: the
    grading worksheet says when, who is late and who is in which group. Once it does, `slip` is a participant's number.
    """

    name, key, numbers_groups = "Moodle", "number", True
    _NAMED = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)", re.DOTALL)
    _NOBODY = re.compile(r"(?P<name>[^_/]*)_assignsubmission_[a-z]+_?(?P<file>.*)", re.DOTALL)

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return bool(cls._NAMED.fullmatch(path.parts[0]) or cls._NOBODY.fullmatch(path.parts[0]))

    def claim(self, path: PurePosixPath) -> Claim:
        named = self._NAMED.fullmatch(path.parts[0])
        found = named or self._NOBODY.fullmatch(path.parts[0])
        if not found:
            raise self.strange(path)
        file = PurePosixPath(*path.parts[1:]) if len(path.parts) > 1 else PurePosixPath(found["file"])
        if named:
            return Claim(numbered(named["name"], self.name, named["id"]), file)
        if not (found["name"] and fold(found["name"]) in self.download.classlist.groups):
            raise ValueError(f"of the students in no group ({found['name']!r}): say whose it is with --student")
        return Claim(Student(folder_name(found["name"]) or "group", found["name"], self.name, found["name"]), file)


class D2L(Reader):
    """ "Download": 123456-78901 - Ada Lovelace - Nov 23, 2026 1015 AM/02_dataset.ipynb, or all in one name.

    Seen in scripts for real downloads: of the two numbers one is the same in all, the folder's; the other is the
    user's. Older ones have "Ada Lovelace- Nov 23, …". Contains all submissions, with their times, unless the folder
    keeps only the last. The numbers tell the student also where a date can't be read.
    """

    name = "D2L"
    own = re.compile(r"index\.html")
    _NUMBERS = re.compile(r"(?P<first>\d{2,})-(?P<second>\d{2,}) ?- (?P<rest>.+)", re.DOTALL)
    _DASH = re.compile(r"\s*- ")
    _DATE = re.compile(r".*(?<!\d)(?:19|20)\d\d(?!\d).*", re.DOTALL)
    _CLOCK = re.compile(r"((?:19|20)\d\d),?\s+(\d{1,2})[-.: ]?(\d\d)(?=\s*(?:[AP]\.? ?M\.?)?$)", re.I)

    def __init__(self, download: Download):
        super().__init__(download)
        found = [match for path in download.work() if (match := self._NUMBERS.fullmatch(path.parts[0]))]
        first, second = ({match[group] for match in found} for group in ("first", "second"))
        self.user = "second" if len(first) == 1 < len(second) else "first"
        read = filter(None, map(self._read, download.work()))
        self.unread = sorted({when for _, _, when, _ in read if self._moment(when) is None})

    @classmethod
    def fits(cls, path: PurePosixPath) -> bool:
        return cls._read(path) is not None

    @classmethod
    def recognises(cls, download: Download) -> bool:
        return super().recognises(download) and any(cls._DATE.match(path.parts[0]) for path in download.work())

    @classmethod
    def _read(cls, path: PurePosixPath) -> tuple[re.Match, str, str, PurePosixPath] | None:
        """The numbers, the name, the date as it is written, the file: from the left, as the student wrote the rest."""
        found = cls._NUMBERS.fullmatch(path.parts[0])
        if not found:
            return None
        rest, folder = found["rest"], len(path.parts) > 1
        cuts = list(cls._DASH.finditer(rest))
        starts, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(rest)]
        pieces = [rest[start:end] for start, end in zip(starts, ends, strict=True)]
        dates = [i for i, piece in enumerate(pieces) if i and cls._DATE.fullmatch(piece)]
        date = (dates[-1] if folder else dates[0]) if dates else None
        if not folder and (date or 0) + 1 == len(pieces):
            return None  # no file
        if folder:
            name = rest[: ends[-1] if date is None else ends[date - 1]]
            return found, name, pieces[date] if date else "", PurePosixPath(*path.parts[1:])
        name = rest[: ends[date - 1] if date else ends[0]]
        return found, name, pieces[date] if date else "", PurePosixPath(rest[starts[(date or 0) + 1] :])

    @classmethod
    def _moment(cls, when: str) -> datetime | None:
        return moment(cls._CLOCK.sub(r"\1 \2:\3", when))

    def claim(self, path: PurePosixPath) -> Claim:
        read = self._read(path)
        if read is None:
            raise self.strange(path)
        found, name, text, file = read
        when = self._moment(text)
        attempt = when.isoformat() if when else ""
        return Claim(numbered(name, self.name, found[self.user]), file, attempt, when)
