"""One run over cases, of which each run draws half, with honest submissions between them, and a table of what came of
it.

A case that harms whoever comes after it is found out by the next one too, hostile or not: but for the exercise that it
attacks each is solved, and its score has to be exact. So an honest one for each group of cases is enough, and of a case
the notebook that it changes; in a campaign each case is whole, and between two honest ones of its own.
"""

import hashlib
import os
import socket
import sqlite3
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dt_helpers.grading.results import SubmissionResult
from dt_helpers.grading.sandbox.limits import Limits
from dt_helpers.machine.hardware import usable_cores
from tests.grading.course import POINTS, POINTS_OF, REPOSITORY, SOLUTIONS, grades, hand_in, make_course
from tests.grading.fuzz.answers import RIGHT
from tests.sizes import size, some

from . import cheating, damaged, failing, harming, playing, reaching  # noqa: F401 (they register their cases)
from .register import CASES as ALL
from .register import KINDS, Case

CASES = [
    ALL[place] for place in sorted(some("hostile submissions", size("hostile", small=80, whole=len(ALL)), len(ALL)))
]
LIMITS = Limits(seconds=10, cpu_seconds=3)
ALONE = RIGHT["run_episode"][0]  # calls none of the functions that a case attacks, which the course's own solution does
GROUP = size("cases between two honest ones", small=15, whole=1)
WHOLE = size("hostile submissions with all their notebooks", small=0, whole=1)
HONEST = [*range(0, len(CASES), GROUP), len(CASES)]  # they are graded before the cases of these numbers


@dataclass
class Run:
    """What the run left."""

    results: dict[str, SubmissionResult]
    before: dict[str, str]  # path -> content of what is not the students' to read or write
    after: dict[str, str]
    connections: list = field(default_factory=list)
    survivors: list = field(default_factory=list)

    def of(self, case: Case) -> SubmissionResult:
        return self.results[_name(case)]

    @property
    def honest(self) -> dict[str, SubmissionResult]:
        return {name: result for name, result in self.results.items() if name.endswith("honest")}


def attacked(case: Case) -> tuple[str, ...]:
    """The notebooks that are handed in: all, or those with what the case changes, and one beside a changed file."""
    if WHOLE:
        return tuple(POINTS_OF)
    changed = {stem for stem, cells in SOLUTIONS.items() if cells & case.texts.keys()}
    return tuple(sorted(changed | {"03_collator", "06_replay"} if case.edit else changed))


def worth(case: Case) -> float | None:
    """The points that the case is to get for what is handed in."""
    return case.points and case.points - POINTS + sum(POINTS_OF[stem] for stem in attacked(case))


def _name(case: Case) -> str:
    return f"{CASES.index(case):03d}-mischief"


def _honest(number: int) -> str:
    return f"{number:03d}-honest"  # sorted, and so graded, before the case of that number


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    places = make_course(tmp_path_factory.mktemp("hostile") / "course")
    _gradebook(places.root / "gradebook.db")
    with socket.create_server(("127.0.0.1", 0)) as server:
        connections = []
        threading.Thread(target=_listen, args=(server, connections), daemon=True).start()
        words = {"@ROOT@": str(places.root), "@REPOSITORY@": str(REPOSITORY), "@PORT@": str(server.getsockname()[1])}
        for number in HONEST:
            hand_in(places, _honest(number))
        for case in CASES:
            texts = {cell: _filled(text, words) for cell, text in ({"run_episode": ALONE} | case.texts).items()}
            folder = hand_in(places, _name(case), attacked(case), **texts)
            if case.edit:
                case.edit(folder)
        before = _contents(places.root)
        results = grades(places, limits=LIMITS, jobs=usable_cores())
        survivors = [path for path in Path("/proc").glob("[0-9]*/comm") if _read(path) == b"outlives\n"]
        return Run(results, before, _contents(places.root), connections, survivors)


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _gradebook(path: Path) -> None:
    with sqlite3.connect(path) as book:
        book.execute("create table grade (student text, points real)")
        book.execute("insert into grade values ('me', 0), ('ada', 22)")
    book.close()


def _listen(server: socket.socket, connections: list) -> None:
    while True:
        try:
            connections.append(server.accept())
        except OSError:
            return


def _contents(root: Path) -> dict[str, str]:
    """All of the course but the results that the run writes."""
    found = {}
    for folder, _, files in os.walk(root):
        for name in files:
            path = Path(folder) / name
            if path.is_symlink() or not path.is_file():
                found[str(path)] = "special"
            elif "results" not in path.parts:
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def table(run: Run) -> str:
    """What came of it, by kind of case."""
    rows = [("kind", "cases", "points gained", "without a result", "honest beside them", "harmed")]
    for kind in KINDS:
        cases = [case for case in CASES if case.kind == kind]
        gained = sum((run.of(case).score or 0) > (worth(case) or 0) for case in cases if _name(case) in run.results)
        lost = sum(_name(case) not in run.results for case in cases)
        rows.append((kind, len(cases), gained, lost, *_harmed(run, {n for case in cases for n in _beside(case)})))
    cases, gained, lost = (sum(column) for column in list(zip(*rows[1:], strict=True))[1:4])
    rows.append(("all", cases, gained, lost, *_harmed(run, set(HONEST))))
    changed = sum(content != run.after.get(path) for path, content in run.before.items())
    rows += [("files of the course changed", changed), ("processes left behind", len(run.survivors))]
    rows.append(("connections", len(run.connections)))
    return "\n".join(f"{row[0]:<28}" + "".join(f"{cell:>20}" for cell in row[1:]) for row in rows)


def _beside(case: Case) -> tuple[int, int]:
    """The numbers of the honest submissions before and after it."""
    after = next(number for number in HONEST if number > CASES.index(case))
    return HONEST[HONEST.index(after) - 1], after


def _harmed(run: Run, numbers: set[int]) -> tuple[int, int]:
    """How many honest ones these are, and how many of them have lost their result or points."""
    found = [run.results.get(_honest(number)) for number in numbers]
    return len(found), sum(result is None or result.score != POINTS for result in found)
