"""Match the text in a submitted notebook with the exercises of the release, whatever happened to the notebook.

A solution cell is found by its cell id, by nbgrader's grade id, or by the function that it defines: Colab may lose the
first two, and students copy, move, split and merge cells. The texts are for people to read; the script of the whole
notebook is what gets run. Nothing is run here.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from dt_helpers.grading.release import Released, Task
from dt_helpers.grading.text import checking, slicing
from dt_helpers.grading.text.reading import Cell, Unreadable, read
from dt_helpers.grading.text.script import Script, script

MISSING = "missing"
MOST_CODE = 400_000  # characters of a notebook to parse, which takes seconds; the rest is only searched for names
_WAYS = ("cell id", "grade id", "function")  # the most reliable first


@dataclass(frozen=True)
class Matched:
    """One submitted notebook, matched with the release's notebook of the same name."""

    notebook: str  # "04_model"
    solutions: dict[str, str]  # id of each solution cell -> the student's text (the release's own stub if missing)
    how: dict[str, str]  # id of each solution cell -> "cell id" | "grade id" | "function" | "missing"
    notes: tuple[str, ...] = ()  # oddities: duplicates and which one was used, helpers from other cells, lost ids
    unreadable: str | None = None  # the reason, if the file could not be read at all
    script: Script = field(default=Script(), compare=False)  # what is run


def match(release: Released, submitted: Path) -> Matched:
    """The answers in a submitted notebook. Never raises, whatever the file is; time and memory are bounded."""
    submitted = Path(submitted)
    stubs = {task.solution_id: task.stub for task in release.tasks}
    missing = dict.fromkeys(stubs, MISSING)
    try:
        cells, notes = read(submitted)
        return _match(release, cells, notes, submitted.stem)
    except Unreadable as error:
        return Matched(submitted.stem, stubs, missing, unreadable=str(error))
    except (Exception, RecursionError, MemoryError) as error:
        reason = f"The notebook could not be matched with the release: {type(error).__name__}."
        return Matched(submitted.stem, stubs, missing, unreadable=reason)
    finally:
        slicing.forget()


def untouched(text: str, stub: str) -> bool:
    """Whether a text is the release's own, ignoring trailing spaces and empty lines."""
    return [line.rstrip() for line in text.split("\n") if line.strip()] == [
        line.rstrip() for line in stub.split("\n") if line.strip()
    ]


def _match(release: Released, cells: list[Cell], notes: list[str], name: str) -> Matched:
    parsed = _affordable(cells)
    if beyond := [cell.number for cell in cells if cell.kind == "code" and cell.number not in parsed]:
        notes.append(
            f"more than {MOST_CODE:,} characters of code: cell {beyond[0]} and later ones were not searched for helpers"
        )
    defined = {c.number: (slicing.defined if c.number in parsed else slicing.named)(c.source) for c in cells}
    of_release = {cell.grade_id: cell for cell in release.cells if cell.grade_id}
    chosen: dict[str, tuple[Cell, str]] = {}
    for task in release.tasks:
        found = _candidates(task, of_release[task.solution_id], cells, defined)
        if not found:
            notes.append(f"{task.solution_id} was not found")
            continue
        cell, _ = chosen[task.solution_id] = _best(of_release.get(task.check_id), found, cells)
        if len(found) > 1:
            numbers = ", ".join(str(other.number) for other, _ in found)
            notes.append(f"{task.solution_id} occurs more than once (cells {numbers}): cell {cell.number} was used")
        if cell.kind != "code":
            notes.append(f"{task.solution_id} comes from cell {cell.number}, which is of type {cell.kind!r}")
    if any("skip-execution" in cell.tags for cell in cells):
        notes.append("a tag skip-execution, which is ignored")
    searched = [cell for cell in cells if cell.number in parsed]
    elsewhere = _Elsewhere(release, searched, {cell.number for cell, _ in chosen.values()})
    solutions = {}
    for task in release.tasks:
        if task.solution_id not in chosen:
            solutions[task.solution_id] = task.stub
            continue
        cell, _ = chosen[task.solution_id]
        helpers, sources = elsewhere.helpers(cell, task)
        if helpers:
            notes.append(f"{task.solution_id} uses definitions from cell {', '.join(map(str, sources))}")
        solutions[task.solution_id] = helpers + cell.source
    how = {solution: chosen[solution][1] if solution in chosen else MISSING for solution in solutions}
    checks = [of_release[task.check_id] for task in release.tasks if task.check]
    own = {solution: cell.number for solution, (cell, _) in chosen.items()}
    return Matched(name, solutions, how, tuple(notes), script=script(release.cells, checks, cells, own))


def _affordable(cells: list[Cell]) -> set[int]:
    """The numbers of the cells to parse: from the first, as many as the budget allows."""
    numbers, left = set(), MOST_CODE
    for cell in cells:
        left -= len(cell.source)
        if left < 0:
            break
        numbers.add(cell.number)
    return numbers


def _candidates(task: Task, own: Cell, cells: list[Cell], defined: dict[int, frozenset[str]]) -> list[tuple[Cell, str]]:
    """The cells that may answer `own`, the release's cell: in the notebook's order, each with how it was found.

    Cells that define the function are preferred, as an id alone says little; then code over cells that are no longer
    code, and an answer over an untouched stub. But where the release's own cell holds code of the student's, which may
    define the function in a way that only running it shows, a text cell with its name is not the answer.
    """
    found = []
    for cell in cells:
        by = (
            cell.id == own.id,
            cell.grade_id == task.solution_id,
            bool(task.names & defined[cell.number]),
        )
        if any(by):
            found.append((cell, _WAYS[by.index(True)]))
    if any(way != _WAYS[-1] and cell.kind == "code" and _holds_code(cell, task) for cell, way in found):
        found = [(cell, way) for cell, way in found if cell.kind == "code" or way != _WAYS[-1]]
    preferences = (
        lambda cell: bool(task.names & defined[cell.number]),
        lambda cell: cell.kind == "code",
        lambda cell: not untouched(cell.source, task.stub),
    )
    for preference in preferences:
        found = [pair for pair in found if preference(pair[0])] or found
    return found


def _holds_code(cell: Cell, task: Task) -> bool:
    """Whether a student wrote something into the cell that isn't a comment."""
    lines = (line.strip() for line in cell.source.split("\n"))
    return not untouched(cell.source, task.stub) and any(line and not line.startswith("#") for line in lines)


def _best(check: Cell | None, found: list[tuple[Cell, str]], cells: list[Cell]) -> tuple[Cell, str]:
    """The one that the student's own check cell checked: the last down to it, else the last of all."""
    asks = checking.places(check, [cell for cell in cells if cell.kind == "code"]) if check else []
    in_front = [pair for pair in found if asks and pair[0].number <= asks[0].number]
    return (in_front or found)[-1]


class _Elsewhere:
    """What a student defined outside the solution cell, for functions that use it."""

    def __init__(self, release: Released, cells: list[Cell], chosen: set[int]):
        self.given = {name for cell in release.cells if cell.kind == "code" for name in slicing.bindings(cell.source)}
        self.statements: list[ast.stmt] = []
        self.origin: dict[ast.stmt, Cell] = {}
        for cell in cells:
            tree = slicing.parse(cell.source) if cell.kind == "code" and cell.number not in chosen else None
            for statement in tree.body if tree else []:
                self.statements.append(statement)
                self.origin[statement] = cell

    def helpers(self, cell: Cell, task: Task) -> tuple[str, list[int]]:
        """The text that the cell's functions need from other cells, and the numbers of those cells."""
        tree = slicing.parse(cell.source)
        if tree is None:
            return "", []
        _, unknown = slicing.needed(tree.body, task.names or slicing.defined(cell.source))
        statements, _ = slicing.needed(self.statements, unknown - self.given)
        sources = sorted({self.origin[statement].number for statement in statements})
        parts = []
        for number in sources:
            own = [statement for statement in statements if self.origin[statement].number == number]
            parts.append(f"# from cell {number}")
            parts += [slicing.source(self.origin[statement].source, statement) for statement in own]
        return "\n".join([*parts, "", ""]) if parts else "", sources
