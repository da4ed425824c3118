"""Who is in the class, read from a platform's table: an exported gradebook, a worksheet, a roster."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dt_helpers.grading.collecting.naming import fold
from dt_helpers.grading.collecting.times import moment

# Names of the columns: Canvas, Moodle, Gradescope, Blackboard, Google Classroom, D2L, GitHub, Sakai, ILIAS,
# Schoology, nbgrader; a few in German, French, Spanish, Italian and Dutch.
COLUMNS = {
    "number": "id|identifier|user id|unique user id|kennung|identifiant|identificador|identificativo",
    "login": "sis login id|username|user name|login|login name|github_username|display id|anmeldename|benutzername|"
    "nom d'utilisateur|nombre de usuario|gebruikersnaam",
    "sid": "sis user id|student id|sid|matriculation|matrikelnummer|orgdefinedid|school uid|unique id",
    "email": "email|email address|e-mail|e-mail address|e-mail-adresse|email-adresse|roster_identifier|"
    "adresse de courriel|dirección de correo|indirizzo email|e-mailadres",
    "name": "student|full name|name|vollständiger name|nom complet|nombre completo|nome completo|volledige naam",
    "first": "first name|first_name|firstname|vorname|prénom|nombre|nome|voornaam",
    "last": "last name|last_name|lastname|surname|nachname|nom|apellido(s)|cognome|achternaam",
    "group": "group|team|student_repository_name|gruppe|groupe|grupo|gruppo",
    "members": "members",
    "late": "late submission|lateness (h:m:s)|lateness|status|statut|estado|stato|envío retrasado",
    "when": "last modified (submission)|submission time|submission date|submission_timestamp|"
    "zuletzt geändert (abgabe)|dernière modification (travail remis)|dernière modification (remise)|"
    "última modificación (entrega)|última modificación (envío)|ultima modifica (consegna)|"
    "laatst gewijzigd (inzending)|última modificação (envio)|última modificação (submissão)|fecha de envío",
}
_FIELD = {title: field for field, titles in COLUMNS.items() for title in titles.split("|")}
_NOBODY = {"points possible", "date", "points", "student test", "test student"}
_TO_GRADE = re.compile(r"needs (?:grading|marking)", re.I)  # Blackboard, in the column of the assignment
_LATE = re.compile(
    r"\blate\b|verspätet|zu spät|\bspäter\b|en retard|de retard|\bretard|\btarde\b|con retraso|retrasad|in ritardo|"
    r"te laat|atrasad|de atraso|com atraso",
    re.I,
)
_BLIND = re.compile(r"(?:participant|teilnehm|partecipante|deelnemer)[^\d]*\d+$", re.I)  # Moodle's identifiers
_EXTENDED = re.compile(r"extension|verlängerung|prórroga|prolongation|proroga|uitstel|prorrogação", re.I)


@dataclass(frozen=True)
class Entry:
    """A row of the class list."""

    name: str
    values: dict[str, str] = field(default_factory=dict, hash=False, compare=False)
    row: int = 0

    @property
    def late(self) -> bool | None:
        """Whether the platform says so; None if the table has no such column, or it is empty."""
        text = self.values.get("late", "").strip()
        if re.fullmatch(r"\d+:\d\d:\d\d", text):
            return bool(re.search("[1-9]", text))
        return bool(_LATE.search(text)) if text else None

    @property
    def handed_in(self) -> bool:
        """Whether the platform says that they handed something in."""
        return bool(re.search(r"\d", self.values.get("when", ""))) or "handed in" in self.values

    @property
    def when(self) -> datetime | None:
        return moment(self.values.get("when", ""))

    @property
    def nameless(self) -> bool:
        """Whether the table has only the platform's number, as in Moodle's anonymous marking."""
        return not {"name", "first", "last", "login"} & self.values.keys()

    @property
    def puzzle(self) -> str:
        """What the table says of lateness or time in words that are not known; empty if nothing."""
        text, status = self.values.get("when", ""), self.values.get("late", "")
        if re.search(r"\d", text) and not self.when:
            return text
        told = self.late or _EXTENDED.search(status) or re.fullmatch(r"[\d:]+", status)
        return status if re.search(r" - .*\d", status) and not told else ""


@dataclass
class ClassList:
    """All entries. False if there are none."""

    entries: list[Entry] = field(default_factory=list)
    groups: dict[str, list[Entry]] = field(default_factory=dict)  # name, folded -> members
    unknown: list[str] = field(default_factory=list)  # columns of Moodle's worksheet, if one may be lateness or time

    def __bool__(self) -> bool:
        return bool(self.entries or self.groups)

    def find(self, column: str, value: str) -> Entry | None:
        """The entry with this value in a column, ignoring case."""
        found = [one for one in self.entries if value and one.values.get(column, "").casefold() == value.casefold()]
        return found[0] if len(found) == 1 else None

    def named(self, text: str) -> list[Entry]:
        """All entries with this full name, login or e-mail address (or the part before its @), which comes first."""
        text = text.strip()
        logins = [one for one in self.entries if text.casefold() in _short(one)]
        if len(logins) == 1:
            return logins
        ways = {text.casefold(), text.casefold().replace(" ", "")}
        return [one for one in self.entries if fold(one.name) == fold(text) or ways & _short(one)]

    @classmethod
    def read(cls, path: Path) -> ClassList:
        """Raises ValueError if the file is not a table with students' names, logins or numbers."""
        content = path.read_bytes()
        for encoding in (
            ("utf-16", "utf-8-sig") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
        ):
            try:
                answer = cls.parse(content.decode(encoding))
                break
            except UnicodeDecodeError:
                answer = cls()
        if not answer:
            raise ValueError(
                f"{path} cannot be read as a class list: it needs a line with names of columns, such as "
                "Student and ID (Canvas), Identifier and Full name (Moodle), or First Name, Last Name, Email."
            )
        return answer

    @classmethod
    def parse(cls, text: str) -> ClassList:
        """A class list from a table with commas, semicolons or tabs; lines above the columns' names are skipped."""
        text = text.removeprefix("\ufeff")
        for delimiter in ",;\t":
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
            for i, header in enumerate(rows[:10]):
                fields = _fields(header)
                own = {*fields} - {""}
                if (len(own) > 1 and {"name", "last", "group"} & own) or {"number", "late"} <= own:
                    answer = cls._of(fields, rows[i + 1 :])
                    if "number" in own and not {"late", "when"} <= own and _BLIND.match(_first(fields, rows[i + 1 :])):
                        answer.unknown = [title for title, name in zip(header, fields, strict=True) if not name]
                    return answer
        return cls()

    @classmethod
    def _of(cls, fields: list[str], rows: list[list[str]]) -> ClassList:
        answer = cls()
        numbers = (
            [row[fields.index("number")].strip() for row in rows if len(row) > fields.index("number")]
            if "number" in fields
            else []
        )
        same = {re.sub(r"\d+$", "", text) for text in numbers if text}
        titled = len(same) == 1 and "late" in fields and not {"login", "sid"} & {*fields}  # Moodle: "Teilnehmer/in12"
        for number, row in enumerate(rows):
            values: dict[str, str] = {}
            for name, cell in zip(fields, row, strict=False):
                cell = cell.strip()
                if "@" in cell and name in ("number", "login", "sid") and "email" not in fields:
                    values.setdefault("email", cell)
                    name = name if name == "login" else ""
                if name and cell:
                    values.setdefault(name, cell.lstrip("#"))
            name = values.get("name") or f"{values.get('first', '')} {values.get('last', '')}".strip()
            name = name or values.get("login", "") or ("" if "group" in fields else values.get("number", ""))
            if found := re.search(r"\d+$", values.get("number", "")):  # Moodle: "Participant 1231"
                values["number"] = found[0] if titled or " " in values["number"] else values["number"]
            if any(_TO_GRADE.match(cell) for cell in row):
                values["handed in"] = "yes"
            if "members" in fields:
                people = [Entry(one.strip(), values, number) for one in values.get("members", "").split(";")]
                answer.entries += [one for one in people if one.name]
                answer.groups[fold(values.get("group", ""))] = people
            elif name and fold(name) not in _NOBODY and name.strip().lower() not in _NOBODY:
                entry = Entry(_first_last(name), values, number)
                answer.entries.append(entry)
                if "group" in values:
                    answer.groups.setdefault(fold(values["group"]), []).append(entry)
        return answer


def _fields(header: list[str]) -> list[str]:
    """The kind of each column; empty for others."""
    titles = [" ".join(title.split()).casefold() for title in header]
    fields = [_FIELD.get(title, "") for title in titles]
    if fields.count("late") > 1:  # Gradescope has Status, which says "Graded", and Lateness
        fields = ["" if title == "status" else field for title, field in zip(titles, fields, strict=True)]
    if "when" not in fields and "number" in fields:  # Moodle, in any language: "Last modified (submission)", "(grade)"
        heads = [title.partition("(")[0].strip() if title.strip().endswith(")") else "" for title in header]
        twice = [head for head in heads if head and heads.count(head) == 2]
        if twice:
            fields[heads.index(twice[0])] = "when"
    return fields


def _first(fields: list[str], rows: list[list[str]]) -> str:
    """The first number in the table, as it is written."""
    column = fields.index("number")
    return next((row[column].strip() for row in rows if len(row) > column), "")


def _first_last(name: str) -> str:
    """Canvas writes "Lovelace, Ada"; the last comma is the one before the first name."""
    last, comma, first = name.rpartition(",")
    return (
        f"{first.strip()} {last.strip()}"
        if comma and first.strip().lower() not in ("jr.", "sr.", "ii", "iii")
        else name
    )


def _short(entry: Entry) -> set[str]:
    email = entry.values.get("email", "").casefold()
    short = {entry.values.get("login", "").casefold(), email, email.partition("@")[0]}
    return short - {""}
