"""The release as exercises: which cell students fill in, which cell checks it, and what grading needs to know of both.

A check cell of the form `check.<name>(<function>)` is graded by the check of that name. Cells that nbgrader leaves for
manual grading are left for it here too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dt_helpers.authoring import CourseError
from dt_helpers.check.exercises import NAMES
from dt_helpers.grading.text import slicing
from dt_helpers.grading.text.reading import Cell

if TYPE_CHECKING:  # a worker reads no notebooks, and nbformat takes a second to import
    from nbformat import NotebookNode


class NotGradeable(CourseError):
    """A check cell of the release that the grader can't understand."""


@dataclass(frozen=True)
class Task:
    """An exercise of the release: a solution cell, and the check cell that grades what it defines.

    Both ids are nbgrader's grade ids. If the solution cell itself is graded by hand, `check_id` is its own id and there
    is no `check`; if it is not graded, `check_id` is empty.
    """

    notebook: str  # "04_model"
    solution_id: str  # "stack_inputs"
    stub: str  # what students are given
    names: frozenset[str]  # what the solution cell defines
    check_id: str = ""  # "check_stack_inputs"
    points: float = 0.0
    check: str = ""  # the check's name: "stacked_inputs"
    target: str = ""  # the checked function or class: "stack_inputs"
    imports: tuple[str, ...] = ()  # the notebook's own import lines above the check


@dataclass(frozen=True)
class Released:
    """A notebook of the release."""

    name: str  # "04_model"
    node: NotebookNode
    tasks: tuple[Task, ...]

    @cached_property
    def cells(self) -> list[Cell]:
        """In the same form as a submission's cells."""
        return [
            Cell(number, cell.cell_type, cell.source, cell.get("id", ""), _marks(cell).get("grade_id", ""))
            for number, cell in enumerate(self.node.cells, 1)
        ]


def read(paths: Iterable[Path]) -> dict[str, Released]:
    """The notebooks at `paths`, such as `Places.notebooks()`, by name. Raises NotGradeable."""
    import nbformat

    return {path.stem: of(path.stem, nbformat.read(path, as_version=4)) for path in paths}


def tasks(paths: Iterable[Path]) -> list[Task]:
    """The graded exercises in the notebooks at `paths`, in the course's order."""
    return [task for released in read(paths).values() for task in released.tasks if task.check_id]


def of(name: str, notebook: NotebookNode) -> Released:
    """One notebook. Raises NotGradeable for a check cell of another form, or one without a solution cell."""
    found: dict[str, Task] = {}
    defined: dict[str, str] = {}  # a name -> the solution cell that defines it
    imports: list[str] = []
    for cell in notebook.cells:
        marks = _marks(cell)
        if marks.get("solution"):
            task = Task(name, marks["grade_id"], cell.source, slicing.defined(cell.source))
            if marks.get("grade"):
                task = replace(task, check_id=task.solution_id, points=float(marks["points"]))
            found[task.solution_id] = task
            defined |= dict.fromkeys(task.names, task.solution_id)
        elif cell.cell_type == "code" and marks.get("grade"):
            check, target = _call(name, cell)
            if target not in defined:
                raise NotGradeable(
                    f"{name}: {marks['grade_id']} checks {target}, which no solution cell above it defines."
                )
            task = found[defined[target]]
            if task.check_id:
                raise NotGradeable(
                    f"{name}: {task.solution_id} is already graded by {task.check_id}, so {marks['grade_id']} must "
                    "check what another solution cell defines."
                )
            own = {"check_id": marks["grade_id"], "points": float(marks["points"]), "check": check, "target": target}
            found[task.solution_id] = replace(task, **own, imports=tuple(imports))
        elif cell.cell_type == "code":
            imports += _imports(cell.source)
    return Released(name, notebook, tuple(found.values()))


def _marks(cell: NotebookNode) -> dict:
    return cell.metadata.get("nbgrader", {})


def _call(name: str, cell: NotebookNode) -> tuple[str, str]:
    """The check's name and its argument."""
    try:
        (line,) = ast.parse(cell.source).body
        call = line.value
        (argument,) = call.args
        if call.func.value.id == "check" and call.func.attr in NAMES and not call.keywords:
            return call.func.attr, argument.id
    except (SyntaxError, ValueError, AttributeError):
        pass
    raise NotGradeable(
        f"{name}: the cell {cell.metadata.nbgrader.grade_id} must be one line, check.<name>(<function>), with one of "
        f"the checks {', '.join(NAMES)}, but is {cell.source[:80]!r}."
    )


def _imports(source: str) -> list[str]:
    """The cell's import lines, at its top level."""
    try:
        nodes = ast.parse(source).body
    except SyntaxError:  # a magic
        return []
    return [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
