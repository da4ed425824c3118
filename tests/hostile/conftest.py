"""One run over all cases, each between two honest submissions, and a table of what came of it."""

import hashlib
import os
import socket
import sqlite3
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dt_helpers.grading.limits import Limits
from dt_helpers.grading.results import SubmissionResult
from dt_helpers.hardware import usable_cores
from tests.grading.course import POINTS, REPOSITORY, grades, hand_in, make_course

from . import cheating, damaged, failing, harming  # noqa: F401 (they register their cases)
from .register import CASES, KINDS, Case

LIMITS = Limits(seconds=10, cpu_seconds=5)
_table = []


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


def _name(case: Case) -> str:
    return f"{CASES.index(case):03d}-mischief"


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    places = make_course(tmp_path_factory.mktemp("hostile") / "course")
    _gradebook(places.root / "gradebook.db")
    with socket.create_server(("127.0.0.1", 0)) as server:
        connections = []
        threading.Thread(target=_listen, args=(server, connections), daemon=True).start()
        words = {"@ROOT@": str(places.root), "@REPOSITORY@": str(REPOSITORY), "@PORT@": str(server.getsockname()[1])}
        for number, case in enumerate(CASES):
            hand_in(places, f"{number:03d}-honest")
            folder = hand_in(places, _name(case), **{cell: _filled(text, words) for cell, text in case.texts.items()})
            if case.edit:
                case.edit(folder)
        hand_in(places, f"{len(CASES):03d}-honest")
        before = _contents(places.root)
        results = grades(places, limits=LIMITS, jobs=usable_cores())
        survivors = [path for path in Path("/proc").glob("[0-9]*/comm") if _read(path) == b"outlives\n"]
        found = Run(results, before, _contents(places.root), connections, survivors)
    _fill_table(found)
    return found


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


def _fill_table(run: Run) -> None:
    for kind in KINDS:
        cases = [case for case in CASES if case.kind == kind]
        gained = sum((run.of(case).score or 0) > (case.points or 0) for case in cases if _name(case) in run.results)
        lost = sum(_name(case) not in run.results for case in cases)
        neighbours = {f"{CASES.index(case) + step:03d}-honest" for case in cases for step in (0, 1)}
        harmed = sum(name not in run.results or run.results[name].score != POINTS for name in neighbours)
        _table.append((kind, len(cases), gained, lost, len(neighbours), harmed))
    columns = list(zip(*_table, strict=True))[1:4]
    harmed = sum(result.score != POINTS for result in run.honest.values())
    _table.append(("all", *map(sum, columns), len(run.honest), harmed))
    changed = sum(content != run.after.get(path) for path, content in run.before.items())
    _table.append(("files of the course changed", changed))
    _table.append(("processes left behind", len(run.survivors)))
    _table.append(("connections", len(run.connections)))


def pytest_terminal_summary(terminalreporter):
    if not _table:
        return
    terminalreporter.section("hostile submissions")
    head = ("kind", "cases", "points gained", "without a result", "honest beside them", "harmed")
    for row in (head, *_table):
        terminalreporter.write_line(f"{row[0]:<28}" + "".join(f"{cell:>20}" for cell in row[1:]))
