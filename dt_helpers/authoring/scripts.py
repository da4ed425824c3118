"""From a percent script to a notebook that is the same, byte for byte, every time."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from dt_helpers.authoring import setup_cell
from dt_helpers.authoring.setting import Setting
from dt_helpers.authoring.tree import Tree

# No version in here: it differs between the people who build the notebooks.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}
KEPT_METADATA = ("nbgrader", "tags")  # of a cell; the rest is for editors only
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def read(script: Path) -> NotebookNode:
    """The notebook of a percent script: no outputs, the course's metadata, its address and version, stable cell ids.

    A cell's id is its grade id, else the script's name and a hash of the cell's text in the script, so that a cell that
    is inserted or moved changes no other cell's id, and a new version changes none at all.

    Raises ValueError for a grade id that is used twice or isn't fit for a cell id (letters, digits, ``-``, ``_``; at
    most 64), and for a solution cell without solution markers.
    """
    notebook = jupytext.read(script, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        for key in set(cell.metadata) - set(KEPT_METADATA):
            del cell.metadata[key]
        cell.id = _cell_id(cell, script, seen)
        _check_markers(cell, script)
    setup_cell.fill_in(notebook, script.stem, Setting.read(Tree(script.absolute().parents[2])))
    nbformat.validate(notebook)
    return notebook


def is_graded(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def grade_id(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _cell_id(cell: NotebookNode, script: Path, seen: Counter[str]) -> str:
    if name := grade_id(cell):
        seen[name] += 1
        if seen[name] > 1:
            raise ValueError(f"{script.name}: the grade id {name!r} is used twice. Give each cell its own.")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
            raise ValueError(
                f"{script.name}: the grade id {name!r} cannot be a cell id: use letters, digits, - and _, at most 64."
            )
        return name
    name = f"{script.stem[:48]}-{hashlib.sha256(cell.source.encode()).hexdigest()[:8]}"
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


def _check_markers(cell: NotebookNode, script: Path) -> None:
    is_solution = cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    if is_solution and not all(marker in cell.source for marker in MARKERS):
        raise ValueError(
            f"{script.name}: the solution cell {grade_id(cell)!r} has no {' … '.join(MARKERS)}: "
            "a student would get an empty cell instead of a function to fill in."
        )
