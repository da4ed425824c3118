"""Who a student is: identified by platform and number, checked against the class list, each with a permanent folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dt_helpers.grading.collecting.classlist import ClassList, Entry
from dt_helpers.grading.collecting.naming import Student, fold, folder_name, words
from dt_helpers.grading.collecting.platforms import Claim, Reader

_PARTICIPANT = re.compile(r"participante?|teilnehmer(?:in|innen)?|partecipante|deelnemer")


@dataclass
class People:
    """All students collected so far, those in a class list, and which of them are the same person."""

    known: dict[str, Student]  # by id; grows
    classlist: ClassList = field(default_factory=ClassList)
    entries: dict[str, list[Entry]] = field(default_factory=dict)  # student -> their entries in the class list

    def __post_init__(self) -> None:
        self.earlier = frozenset(self.known)

    def settle(self, claim: Claim, reader: Reader) -> Student:
        """The student of a claim, as in the class list. Raises ValueError if that is undecided."""
        student, found = claim.student, []
        classlist = reader.download.classlist
        if classlist:
            entry, members = _entry(claim, reader, classlist)
            if members:
                column = reader.key or "login"
                told = {fold(name) for name, number in student.members if number}  # by the download itself
                listed = [(one.name, one.values.get(column, "")) for one in members]
                listed = [(name, number) for name, number in listed if number or fold(name) not in told]
                numbers = {number for _, number in listed}
                others = [one for one in student.members if one[1] not in numbers]
                student = replace(student, members=(*listed, *others))
            if entry and not reader.trusted:
                student = _from(entry, student, classlist)
            elif entry:
                student = replace(student, name=entry.name)
            if entry and reader.numbers_groups:
                student = replace(student, slip=student.lms_id)
            found = members or [one for one in [entry] if one]
        student = self.housed(student)
        self.entries[student.id] = found
        return student

    def called(self, name: str) -> Student:
        """The student that an instructor names: an existing folder, or a new student."""
        return self.known.get(name) or self.housed(Student(folder_name(name), name))

    def housed(self, student: Student) -> Student:
        """The student with their own folder. Raises ValueError if only a name says who it is and it is taken."""
        for one in self.known.values():
            if student.lms_id and (one.lms, one.lms_id) == (student.lms, student.lms_id):
                if one.id in self.earlier and not may_be_one(one.name, student.name):
                    raise ValueError(
                        f"{student.lms}'s number {student.lms_id} was {one.name}'s before, but is {student.name}'s "
                        f"here: if they are the same person, pass --student {one.id}"
                    )
                slip, members = student.slip or one.slip, student.members or one.members
                return self._keep(
                    replace(student, id=one.id, name=student.name or one.name, slip=slip, members=members)
                )
        taken = {one.id.casefold(): one for one in self.known.values()}
        other = taken.get(student.id.casefold())
        if other and _same(other, student):
            return self._keep(replace(student, id=other.id, lms_id=student.lms_id or other.lms_id))
        if other and not student.lms_id:
            raise ValueError(
                f"there is already another {other.id}{f', from {other.lms}' if other.lms else ''}: "
                f"pass --student {other.id} if they are the same person, or rename the file"
            )
        if other:
            mark = hashlib.sha256(f"{student.lms}/{student.lms_id}".encode()).hexdigest()[:6]
            student = replace(student, id=f"{student.id[:70]}-{mark}")
        return self._keep(student)

    def absent(self) -> tuple[list[Entry], list[Entry]]:
        """Those in the class list who handed in nothing; and those who did, it says, but weren't collected."""
        present = {id(one) for entries in self.entries.values() for one in entries}
        others = [student for student in self.known.values() if not self.entries.get(student.id)]
        rest = [one for one in self.classlist.entries if id(one) not in present]
        rest = [one for one in rest if not any(_is(one, student) for student in others)]
        return [one for one in rest if not one.handed_in], [one for one in rest if one.handed_in]

    def strangers(self) -> list[Student]:
        """Those who are not in the class list: groups, perhaps."""
        found = [self.known[name] for name, entries in self.entries.items() if not entries]
        return [one for one in found if not one.members and len(self._named(one)) < 2]

    def alike(self) -> list[Student]:
        """Those whose name several in the class list have, and no number of the list's tells which they are."""
        found = [self.known[name] for name, entries in self.entries.items() if not entries]
        return [one for one in found if not one.members and len(self._named(one)) > 1]

    def _named(self, student: Student) -> list[Entry]:
        return self.classlist.named(student.name) if student.name else []

    def _keep(self, student: Student) -> Student:
        self.known[student.id] = student
        return student


def _entry(claim: Claim, reader: Reader, classlist: ClassList) -> tuple[Entry | None, list[Entry]]:
    """The entry in the class list, or the group. Raises ValueError if an instructor has to say which."""
    student = claim.student
    entry = classlist.find(reader.key, claim.look_up or student.lms_id) if reader.key else None
    group = classlist.groups.get(fold(claim.group or student.name))
    if student.members:
        own = [classlist.find(reader.key, number) for _, number in student.members if reader.key]
        return None, [*(group or []), *(one for one in own if one and one not in (group or []))]
    if reader.numbers_groups:  # a group's number may be a participant's too: its members have numbers of their own
        if group and not (entry and fold(student.name) == fold(entry.name)):
            return None, group
        may_be = is_participant if entry and entry.nameless else within
    else:
        may_be = may_be_one
        if group and (claim.group or not (entry and may_be(student.name, entry.name))):
            return (group[0], []) if len(group) == 1 else (None, group)
    if entry and student.name and not may_be(student.name, entry.name):
        if reader.numbers_groups:
            raise ValueError(
                f"{student.lms_id} is {entry.name} in the class list, and no group has this name: pass --student"
            )
        return None, [entry]  # a group's file, with the number of one of its members
    if entry:
        return entry, []
    found = classlist.named(student.name) if student.name else []
    if reader.trusted:  # another student of this name has another number there
        found = [one for one in found if not (reader.key and one.values.get(reader.key))]
    if len(found) == 1:
        return found[0], []
    if not reader.trusted:
        if found:
            raise ValueError(
                f"{len(found)} in the class list are called {student.name!r}: a login or number in place of the name "
                "decides, or --student"
            )
        raise ValueError(f"nobody in the class list is called {student.name!r}: say whose it is with --student")
    return None, []


def _from(entry: Entry, student: Student, classlist: ClassList) -> Student:
    """A student known only by name, as in the class list; with more details if two share that name."""
    if student.lms_id:
        return replace(student, name=entry.name)
    values = entry.values
    more = (
        values.get("login")
        or values.get("email", "").partition("@")[0]
        or values.get("sid", "")
        or values.get("number", "")
    )
    alike = sum(fold(one.name) == fold(entry.name) for one in classlist.entries) > 1
    name = f"{entry.name} {more}" if alike else entry.name
    return replace(
        student, id=folder_name(name), name=entry.name, lms_id=values.get("email", "") if student.lms else ""
    )


def may_be_one(name: str, other: str) -> bool:
    """Whether both may be one person: a common word, the same letters (Canvas omits spaces), or an empty name."""
    one, two = words(name), words(other)
    return bool({*one} & {*two}) or sorted("".join(one)) == sorted("".join(two)) or not one or not two


def within(name: str, other: str) -> bool:
    """Whether one name has all words or letters of the other, or is empty: Ada King Lovelace is Ada Lovelace."""
    one, two = {*words(name)}, {*words(other)}
    return one <= two or two <= one or "".join(sorted("".join(words(name)))) == "".join(sorted("".join(words(other))))


def is_participant(name: str, other: str) -> bool:
    """Whether a name is what Moodle calls everybody in anonymous marking, as `other` does: Teilnehmerin_201 is
    "Teilnehmer/in201"."""
    one, two = ("".join(sign for sign in "".join(words(text)) if sign.isalpha()) for text in (name, other))
    return bool(_PARTICIPANT.fullmatch(one)) or (bool(one) and two.startswith(one))


def _same(one: Student, other: Student) -> bool:
    return one.lms == other.lms and (one.lms_id == other.lms_id or not (one.lms_id and other.lms_id))


def _is(entry: Entry, student: Student) -> bool:
    values: Iterable[str] = {entry.values.get(column, "") for column in ("number", "login", "sid", "email")} - {""}
    names = [student.name, *(name for name, _ in student.members)]
    numbers = [student.lms_id, *(number for _, number in student.members)]
    return bool(set(values) & set(numbers)) or fold(entry.name) in [fold(name) for name in names if name]
