"""For all files in a source: whose each is, and which of several versions counts."""

from __future__ import annotations

import filecmp
import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading.collecting import naming, platforms, sources
from dt_helpers.grading.collecting.classlist import ClassList
from dt_helpers.grading.collecting.identity import People, may_be_one
from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.collecting.platforms.reader import Claim, Download, Reader, may_be_work
from dt_helpers.grading.matching import MISSING, match
from dt_helpers.grading.release import Released

IN_ONE_GO = timedelta(minutes=1)  # files that were written together, by a copy or an unpacking, differ by less
_OLD = re.compile(r"(?:old|older|previous|backups?|alt|ancien|viejo|vecchio|oud)", re.I)
NO_NOTEBOOK = "neither its name nor its functions show which notebook of the release it is"


@dataclass(frozen=True)
class Candidate:
    """A student's notebook, its content in `staged`."""

    student: Student
    notebook: str
    claim: Claim
    found: sources.Found
    file: str  # where it came from, for messages
    staged: Path
    platform: str


class Source:
    """The content of one source. `left` gets each file that isn't used, with the reason."""

    def __init__(
        self,
        path: Path,
        folder: Path,
        releases: dict[str, Released],
        people: People,
        left: list[tuple[str, str]],
        student: str | None = None,
        assignments: Collection[str] = (ASSIGNMENT,),
    ):
        self.path, self.folder, self.releases, self.people, self.left = path, folder, releases, people, left
        self.student = student
        there = sources.listing(path)
        loose = path.is_file() and path.suffix.lower() != ".zip"
        classlist = ClassList() if student else people.classlist
        name = "" if loose else path.resolve().stem if path.is_file() else path.resolve().name
        download = Download(
            there.files,
            there.repositories,
            name=name,
            packed=path.is_file() and not loose,
            stems=releases,
            classlist=classlist,
            assignments=assignments,
        )
        self.reader: Reader = platforms.recognise(download)

    def chosen(self) -> list[Candidate]:
        """One file per student and notebook."""
        piles = defaultdict(list)
        for found in self.reader.download.files:
            for candidate in self._candidates(found):
                piles[candidate.student.id, candidate.notebook].append(candidate)
        self._ask_of_strangers(piles)
        return [one for _, pile in sorted(piles.items()) for one in self._choose(pile)]

    def _ask_of_strangers(self, piles: dict[tuple[str, str], list[Candidate]]) -> None:
        """Remove students with the same number but quite different names, unless a class list says who it is."""
        names: defaultdict[str, set[str]] = defaultdict(set)
        for (student, _), pile in piles.items():
            names[student] |= {one.claim.student.name for one in pile}
        for key in list(piles):
            student, own = key[0], sorted(names[key[0]])
            if self.people.entries.get(student) or all(may_be_one(own[0], name) for name in own):
                continue
            for one in piles.pop(key):
                self.left.append(
                    (one.file, f"{' and '.join(own)} have the same number: say whose it is with --student")
                )

    def _candidates(self, found: sources.Found) -> list[Candidate]:
        """The notebooks in a file: itself, or those in a student's archive."""
        if self.reader.own.fullmatch(found.path.name):
            return []
        try:
            if found.problem:
                raise ValueError(found.problem)
            if not may_be_work(found.path):
                raise ValueError("not a notebook")
            student, claim = self._whose(found)
        except ValueError as reason:
            self.left.append((self._called(found), str(reason)))
            return []
        answer = []
        for inner in sources.opened(found):
            try:
                answer.append(self._candidate(inner, student, claim))
            except ValueError as reason:
                self.left.append((self._called(inner), str(reason)))
        return answer

    def _whose(self, found: sources.Found) -> tuple[Student, Claim]:
        root = self.reader.download.root
        path = found.path.relative_to(root) if found.path.is_relative_to(root) else found.path
        if self.student:
            student = self.people.called(self.student)
            return student, Claim(student, path)
        claim = self.reader.claim(path)
        return self.people.settle(claim, self.reader), claim

    def _candidate(self, found: sources.Found, student: Student, claim: Claim) -> Candidate:
        file = found.inside or claim.file
        if found.problem:
            raise ValueError(found.problem)
        if found.inside and file.suffix.lower() in sources.ARCHIVES:
            raise ValueError("an archive in an archive: unpack it, and pass what is in it with --student")
        if not naming.is_notebook(file.name):
            raise ValueError("not a notebook")
        if naming.is_autosave(file.name):
            raise ValueError("a copy that Jupyter saved by itself")
        staged = self.folder / f"{len(list(self.folder.iterdir()))}.ipynb"
        try:
            sources.copy(found, staged, sources.LARGEST)
            stem = naming.notebook(file.name, self.releases) or self._by_content(staged)
        except ValueError:
            staged.write_bytes(b"")
            raise
        if stem is None:
            raise ValueError(NO_NOTEBOOK)
        if claim.assignment in self.releases and stem != claim.assignment:
            raise ValueError(f"it is {stem}, but was handed in for the assignment {claim.assignment}")
        inside = claim.file.with_suffix("") / found.inside if found.inside else claim.file
        claim = replace(claim, file=inside)
        return Candidate(student, stem, claim, found, self._called(found), staged, self.reader.name)

    def _choose(self, pile: list[Candidate]) -> list[Candidate]:
        """The one that counts; none if an instructor has to say which."""
        last = max(one.claim.attempt for one in pile)
        dated = all(one.claim.attempt for one in pile)  # or one may be older or newer than the others
        rest = [one for one in pile if one.claim.attempt == last or not dated]
        different = [rest[0], *(one for one in rest[1:] if not filecmp.cmp(one.staged, rest[0].staged, shallow=False))]
        because = self.reader.better_because
        best = different[0] if len(different) == 1 else None
        if best is None and (dated or not last):
            best, because = self._better(rest)
        if best is None:
            names = ", ".join(str(one.claim.file) for one in rest)
            for one in rest:
                reason = f"{len(rest)} files may be {one.notebook} of {one.student.id} ({names})"
                how = f"pass only the one that counts, with --student {one.student.id}"
                if not self.reader.trusted:
                    how += "; if they are two people's of one name, pass each with another --student"
                if one.found.inside and not self.reader.trusted:
                    how += "; pass a platform's download by itself"
                self.left.append((one.file, f"{reason}: {how}"))
            return []
        for one in pile:
            if one is not best:
                same = one in rest and one not in different
                reason = because if one in rest else "there is a newer one"
                self.left.append((one.file, "it is there twice" if same else f"{reason}: {best.file}"))
        return [best]

    def _better(self, pile: list[Candidate]) -> tuple[Candidate | None, str]:
        """The one that counts, and why. A folder's depth says nothing: many put their last version in one."""
        if pile[0].found.inside and len({one.found.path for one in pile}) == 1:  # times that the student's files had
            times = sorted(one.found.modified for one in pile)
            newest = [one for one in pile if one.found.modified == times[-1]]
            if len(newest) == 1 and times[-1] - times[-2] > IN_ONE_GO:
                return newest[0], "there is a newer one"
        else:
            claim = self.reader.better([one.claim for one in pile])
            if best := next((one for one in pile if one.claim is claim), None):
                return best, self.reader.better_because
        rest = [one for one in pile if not any(map(_OLD.fullmatch, one.claim.file.parent.parts))]
        return (rest[0] if len(rest) == 1 and self._theirs(pile) else None), "its folder's name says that it is old"

    def _theirs(self, pile: list[Candidate]) -> bool:
        """Whether all folders in a pile's paths are the student's own."""
        return self.reader.trusted or bool(pile[0].found.inside and len({one.found.path for one in pile}) == 1)

    def _by_content(self, path: Path) -> str | None:
        """The release's notebook whose exercises the file answers most."""
        found: dict[str, int] = {}
        for stem, release in self.releases.items():
            matched = match(release, path)
            found[stem] = sum(how != MISSING for how in matched.how.values())
        best = max(found, key=lambda stem: found[stem])
        return best if found[best] and list(found.values()).count(found[best]) == 1 else None

    def _called(self, found: sources.Found) -> str:
        if self.path.is_file() and found.path.name == self.path.name:
            return str(self.path)
        return str(self.path / found.path / (found.inside or ""))
