"""A student's notebook in the sandbox, from its first cell to a check cell.

An error in a cell does not stop the notebook, as in Jupyter. A cell that takes too long, or ends its Python, is set
aside: the notebook starts again without it, keeping only what it defines, and the student's page says so.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dt_helpers.grading.judging.beside import Beside
from dt_helpers.grading.judging.exceptions import rebuilt
from dt_helpers.grading.release import Task
from dt_helpers.grading.sandbox import Sandbox
from dt_helpers.grading.sandbox.session import Session, Stopped
from dt_helpers.grading.text import slicing
from dt_helpers.grading.text.script import THE_CHECK, Place, Script

ASLEEP = 4  # times the seconds of a cell: how long it may wait, for a file or another process
MOST_ASIDE = 5  # cells set aside in a notebook; after that, all scratch cells only provide definitions
UNREACHED = "The check in cell {} is not reached when the cells run: the one in cell {} counts."
IMPORTS = "imports"  # the name of the cell that runs the release's own imports


@dataclass
class Ran:
    """A notebook after the cells above a check have run."""

    session: Session
    found: dict  # what the sandbox says about the checked function
    data: bytes
    cells: dict[str, str]  # their names in tracebacks -> their text
    errors: dict[int, Exception | SystemExit] = field(default_factory=dict)  # number of a cell -> what it raised
    reached: bool = False  # whether the check cell gave something to the check, as far as known
    mended: bool = False  # whether the release's imports were run, as the notebook's own were not above the check


class Notebook:
    """One student's notebook. What one check reveals about its cells is kept for the next."""

    def __init__(self, script: Script, sandbox: Sandbox, beside: Beside | None = None):
        self.script, self.sandbox, self.beside = script, sandbox, beside or Beside()
        self.aside: dict[int | str, str] = {}  # number of a cell, or IMPORTS -> why it was set aside
        self._without: set[int | str] = set()  # for these, not even the definitions are run
        self._acts_otherwise = False
        self._counted: dict[str, Place] = {}  # id of a check -> its place that counted, where another was not reached

    def otherwise(self) -> Notebook:
        """The same notebook, with other numbers in place of the course's data."""
        other = Notebook(self.script, self.sandbox, self.beside)
        other.aside, other._without = dict(self.aside), set(self._without)
        other._acts_otherwise = not self._acts_otherwise
        return other

    @contextmanager
    def at(self, task: Task, lent: dict[str, str] | None = None) -> Iterator[Ran]:
        """The notebook when the task's check cell runs; `lent`: names and texts that replace the student's.

        Raises Stopped if it can't get that far, and Disturbed.
        """
        places: list[Place | None] = [*self.script.places(task.check_id)] or [None]
        mended, unreached, doubted = False, 0, False
        while True:
            place = places[unreached % len(places)]  # if none is reached, the first after all
            if doubted and not self.otherwise()._reaches(task, place, mended):
                unreached, doubted = unreached + 1, False
                continue
            with self.sandbox.session() as session:
                if self._acts_otherwise:
                    session.ask({"do": "act_otherwise"})
                ran = self._run(session, task, place, mended)
                if ran is None:
                    continue  # without the failing cell
                if not ran.reached and not doubted and 1 < len(places) > unreached:
                    doubted = True  # what the data says may decide that
                    continue
                for name, text in (lent or {}).items():
                    session.ask({"do": "lend", "name": name, "text": text})
                session.allow(self.sandbox.limits.cpu_seconds, self.sandbox.limits.seconds)
                ran.found, ran.data = session.ask({"do": "find", "target": task.target, "check": task.check})
                if ran.found.get("unchecked") == "missing" and not mended:
                    mended, unreached, doubted = True, 0, False
                    continue
                if place and unreached:
                    self._counted[task.check_id] = place
                yield ran
                return

    def text_of(self, task: Task) -> list[str]:
        """The cells that run before the task's check."""
        return [text for _, text in self.script.above(self._place(task))]

    def remarks(self, task: Task) -> list[str]:
        """Sentences on the check cell that counted, if it isn't the last, and on the cells set aside before it."""
        last, counted = self.script.checks.get(task.check_id), self._place(task)
        on_the_way = dict(self.script.above(counted))
        other = [UNREACHED.format(last.number, counted.number)] if last and counted and last != counted else []
        return other + [
            f"Cell {number} {reason}; it was set aside, except for its imports, functions, classes and plain values."
            for number, reason in self.aside.items()
            if number in on_the_way
        ]

    def gone(self, number: int | str, text: str) -> frozenset[str]:
        """The names that a cell would have bound, had it not been set aside; none of one of which nothing could run."""
        if number not in self.aside or number in self._without:
            return frozenset()
        return slicing.bindings(text) - slicing.bindings(slicing.definitions(text))

    def _reaches(self, task: Task, place: Place | None, mended: bool) -> bool:
        """Whether the call of the check is reached at this place, as far as known."""
        with self.sandbox.session() as session:
            if self._acts_otherwise:
                session.ask({"do": "act_otherwise"})
            ran = self._run(session, task, place, mended)
            return ran is not None and ran.reached

    def _place(self, task: Task) -> Place | None:
        return self._counted.get(task.check_id) or self.script.checks.get(task.check_id)

    def _run(self, session: Session, task: Task, place: Place | None, mended: bool) -> Ran | None:
        cells: list[tuple[int | str, str]] = list(self.script.above(place))
        if mended:
            imports = [(IMPORTS, line) for line in task.imports]
            cells = [*imports, *self.script.cells, *(pair for pair in cells if pair[0] == THE_CHECK)]
        ran = Ran(session, {}, b"", {_name(number): text for number, text in cells}, mended=mended)
        if self.beside.files:
            session.ask({"do": "files", "files": self.beside.files})
        for number, text in cells:
            if not (text := self._as_it_may_run(number, text, task)).strip():
                continue
            try:
                self._allow(session)
                do = "check" if number == THE_CHECK else "cell"
                asked = {"do": do, "name": _name(number), "text": text, "check": task.check, "target": task.target}
                answer, _ = session.ask(asked)
            except Stopped as reason:
                self._set_aside(number, str(reason))
                return None
            ran.reached = answer.get("reached") is True
            if "failed" in answer and isinstance(number, int):
                ran.errors[number] = rebuilt(answer["failed"])
        ran.reached |= THE_CHECK in self.aside  # nobody knows what it would have reached
        return ran

    def _as_it_may_run(self, number: int | str, text: str, task: Task) -> str:
        if number in self._without:
            return ""
        scratch = number not in self.script.own.values() and number not in (IMPORTS, THE_CHECK)
        if number in self.aside or (scratch and len(self.aside) >= MOST_ASIDE):
            return slicing.definitions(text)
        return text

    def _allow(self, session: Session) -> None:
        """A cell's seconds, but no more than what remains for all of them."""
        limits = self.sandbox.limits
        left = limits.cpu_seconds - session.patience.ran
        seconds = min(limits.cell_seconds, max(left, 1))
        session.allow(seconds, min(ASLEEP * limits.cell_seconds, limits.seconds))

    def _set_aside(self, number: int | str, reason: str) -> None:
        if number in self.aside or number == IMPORTS:
            self._without.add(number)
        self.aside.setdefault(number, reason)


def absent_package(error: BaseException) -> str:
    """The package that the grader lacks, if that caused the error; else empty."""
    named = re.fullmatch(r"No module named '(\w+)[\w.]*'", str(error)) if _is(error, "ModuleNotFoundError") else None
    try:
        return "" if not named or importlib.util.find_spec(named[1]) else named[1]
    except ValueError:  # a module that exists but has no spec
        return ""


def missing_for(ran: Ran, script: Script, task: Task, cause: BaseException | None) -> str:
    """The missing package that may be why the exercise failed; empty if there is none.

    That is one that the answer imports, or that a cell needed before it could define a name that the answer uses; a
    cell that fails below a missing import may have needed it.
    """
    if cause is not None and (package := absent_package(cause)):
        return package
    texts = dict(script.cells)
    lacking: dict[str, str] = {}  # name -> the missing package that kept it undefined
    package = ""
    for number, error in ran.errors.items():
        package = absent_package(error) or lacking.get(_unknown(error), "") or package
        if package:
            lacking |= dict.fromkeys(slicing.bindings(texts.get(number, "")), package)
    if "undefined" in ran.found:
        return lacking.get(task.target, "") or lacking.get(_unknown(ran.errors.get(THE_CHECK)), "")
    return lacking.get(_unknown(cause), lacking.get("*", "") if _unknown(cause) else "")


def set_aside_for(ran: Ran, notebook: Notebook, task: Task, cause: BaseException | None) -> str:
    """What the exercise may have failed for, as a cell that was set aside hasn't bound it; empty if there is none."""
    lacking: dict[str, int] = {}  # name -> the cell
    for number, text in ((number, text) for number, text in notebook.script.cells if _name(number) in ran.cells):
        lacking |= dict.fromkeys(notebook.gone(number, text), number)
        if (first := lacking.get(_unknown(ran.errors.get(number)))) is not None:
            lacking |= dict.fromkeys(slicing.bindings(text) - lacking.keys(), first)
    names = [_unknown(cause), _unknown(ran.errors.get(THE_CHECK)), task.target if "undefined" in ran.found else ""]
    name = next((name for name in names if name in lacking), "")
    if not name:
        return ""
    cell = lacking[name]
    return f"{'' if name == task.target else 'needs '}{name}, which cell {cell} makes: that cell {notebook.aside[cell]}"


def _unknown(error: BaseException | None) -> str:
    """The name that an error says is not defined."""
    named = re.match(r"name '(\w+)' is not defined", str(error)) if error and _is(error, "NameError") else None
    return named[1] if named else ""


def _is(error: BaseException, name: str) -> bool:
    return type(error).__name__ == name


def _name(number: int | str) -> str:
    return "the check's cell" if number == THE_CHECK else f"cell {number}"
