"""What there is to grade: the check cells of the release, and what each of them is about.

A check cell of the form `check.<name>(<function>)` is graded by the check of that name. Cells that nbgrader leaves to a
human being are left to one.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dt_helpers.authoring import CourseError
from dt_helpers.check.exercises import NAMES

if TYPE_CHECKING:  # a worker has no notebooks, and nbformat takes a second to import
    from nbformat import NotebookNode


class NotGradeable(CourseError):
    """A check cell of the release that the grader can't understand."""


@dataclass(frozen=True)
class Question:
    """One check cell."""

    notebook: str  # "04_model"
    grade_id: str  # "check_stack_inputs"
    points: float
    check: str  # "stacked_inputs"
    target: str  # the function or class that is checked: "stack_inputs"
    own: str  # grade id of the solution cell that defines it
    imports: tuple[str, ...]  # the notebook's own import lines before the check


def of(name: str, notebook: NotebookNode) -> list[Question]:
    """The questions of one released notebook. Raises NotGradeable for a check cell of another form."""
    questions: list[Question] = []
    imports: list[str] = []
    defined: dict[str, str] = {}  # name -> grade id of the cell that defines it
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            defined |= dict.fromkeys(_defines(cell.source), marks["grade_id"])
        elif marks.get("grade"):
            check, target = _question(name, cell)
            if target not in defined:
                raise NotGradeable(
                    f"{name}: {marks['grade_id']} checks {target}, which no solution cell before it defines."
                )
            own = defined[target]
            found = (marks["grade_id"], float(marks["points"]), check, target, own, tuple(imports))
            questions.append(Question(name, *found))
        else:
            imports += _imports(cell.source)
    return questions


def _question(name: str, cell: NotebookNode) -> tuple[str, str]:
    """The check's name and what it is given."""
    try:
        (line,) = ast.parse(cell.source).body
        call = line.value
        (argument,) = call.args
        if call.func.value.id == "check" and call.func.attr in NAMES and not call.keywords:
            return call.func.attr, argument.id
    except (SyntaxError, ValueError, AttributeError):
        pass
    raise NotGradeable(
        f"{name}: the cell {cell.metadata.nbgrader.grade_id} has to be one line, check.<name>(<function>), with one of "
        f"the checks {', '.join(NAMES)}. It is: {cell.source[:80]!r}"
    )


def _defines(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def _imports(source: str) -> list[str]:
    """The cell's import lines, at its top level."""
    try:
        nodes = ast.parse(source).body
    except SyntaxError:  # a magic
        return []
    return [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
