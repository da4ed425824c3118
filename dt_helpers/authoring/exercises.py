"""What the checks need to know about the course: its exercises in order, with their titles and solutions.

``check.progress()`` and ``check.solution(f)`` read it out of the package. A release for graded work holds no solutions:
``solutions = false`` below ``[tool.dt-course]`` in pyproject.toml.
"""

from __future__ import annotations

import json
import re

from nbformat import NotebookNode

from dt_helpers.authoring.scripts import MARKERS, grade_id
from dt_helpers.authoring.setting import shows_solutions
from dt_helpers.authoring.tree import Tree
from dt_helpers.grading import release

HEADING = re.compile(r"^#+\s*(?:Exercise:\s*)?(.+)", re.MULTILINE)


def text(tree: Tree, notebooks: dict[str, NotebookNode]) -> str:
    """The JSON of all exercises in the notebooks (name -> notebook) whose check is ``check.<name>(<function>)``."""
    shown = shows_solutions(tree)
    found = [facts for stem, notebook in notebooks.items() for facts in _of(stem, notebook, shown)]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _of(stem: str, notebook: NotebookNode, shown: bool) -> list[dict]:
    try:
        tasks = release.of(stem, notebook).tasks
    except release.NotGradeable:  # checks of another kind, which have no hints
        return []
    titles = _titles(notebook)
    return [
        {
            "check": task.check,
            "target": task.target,
            "notebook": stem,
            "title": titles.get(task.check_id, stem),
            "points": task.points,
            "solution": _without_markers(task.stub) if shown else None,
        }
        for task in tasks
        if task.check
    ]


def _titles(notebook: NotebookNode) -> dict[str, str]:
    """For each cell with a grade id, the heading above it."""
    found: dict[str, str] = {}
    title = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (headings := HEADING.findall(cell.source)):
            title = headings[-1][:1].upper() + headings[-1][1:]
        elif title and (name := grade_id(cell)):
            found[name] = title
    return found


def _without_markers(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if line.strip() not in MARKERS)
