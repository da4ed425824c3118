"""What runs side by side: a notebook, or a part of one that needs no other part; and what each waits for.

``course.toml`` beside the percent scripts says so, in a table for each notebook that needs one::

    [06_replay]
    after = ["05_training"]    # notebooks whose results it takes from the workspace, if there are any
    leaves = ["replay.mp4"]    # files in the workspace that others, or the reader, will look for

    [09_challenges]
    parts = ["Other robots"]   # headings; from one to the next the cells need nothing but those before the first
"""

from __future__ import annotations

import copy
import tomllib
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import nbformat
from nbformat import NotebookNode

from dt_helpers.authoring import scripts
from dt_helpers.authoring.tree import Tree

KEYS = {"after", "leaves", "parts"}


@dataclass(frozen=True, eq=False)
class Part:
    """A notebook, or a part of it, as a notebook of its own: the cells before the first part, then the part's own."""

    stem: str  # of the notebook
    heading: str | None  # None: the whole notebook
    notebook: NotebookNode
    numbers: list[int]  # its cells' numbers, counted from 1 in the whole notebook
    after: tuple[str, ...] = ()  # stems of notebooks that are run before
    leaves: tuple[str, ...] = ()  # files in the workspace

    @property
    def name(self) -> str:
        return f"{self.stem}: {self.heading}" if self.heading else self.stem


def read(tree: Tree, stems: list[str] | None = None) -> tuple[dict[str, NotebookNode], list[Part]]:
    """The notebooks of the percent scripts (all of them, or those named), and their parts, in the order of the course.

    The parts' cells are the notebooks' own: the outputs of a part's run are in its notebook. Only the cells before the
    first part are copies, in all parts but the first. Raises ValueError for a course.toml that is wrong.
    """
    table = _table(tree)
    notebooks = {s.stem: scripts.read(s) for s in tree.scripts() if stems is None or s.stem in stems}
    return notebooks, [part for stem, notebook in notebooks.items() for part in _split(stem, notebook, table[stem])]


def number_executions(notebook: NotebookNode) -> None:
    """Number the executed cells from 1, as if one kernel had run them all."""
    executed = [c for c in notebook.cells if c.cell_type == "code" and c.execution_count is not None]
    for count, cell in enumerate(executed, 1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count


def _table(tree: Tree) -> dict[str, dict]:
    """What ``course.toml`` says about each notebook; nothing if there is no such file."""
    path, stems = tree.course_file, [script.stem for script in tree.scripts()]
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not TOML: {error}") from None
    for stem, entry in said.items():
        if not isinstance(entry, dict) or not all(key in KEYS and _is_texts(value) for key, value in entry.items()):
            raise ValueError(f"{path}: [{stem}] may hold lists of text called {', '.join(sorted(KEYS))}; got {entry}.")
        if unknown := {stem, *entry.get("after", [])}.difference(stems):
            names = ", ".join(sorted(unknown))
            raise ValueError(f"{path} names {names}, which is not a notebook. The notebooks are: {', '.join(stems)}.")
    try:
        TopologicalSorter({stem: entry.get("after", []) for stem, entry in said.items()}).prepare()
    except CycleError as error:
        raise ValueError(f"{path}: these notebooks wait for each other: {' → '.join(error.args[1])}.") from None
    return {stem: said.get(stem, {}) for stem in stems}


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _split(stem: str, notebook: NotebookNode, entry: dict) -> list[Part]:
    after, leaves = tuple(entry.get("after", [])), tuple(entry.get("leaves", []))
    headings = entry.get("parts", [])
    if headings and leaves:
        raise ValueError(f"course.toml: {stem} has parts, but `leaves` does not say which of them leaves the files.")
    begins = [_place(stem, notebook, heading) for heading in headings]
    if begins != sorted(set(begins)):
        raise ValueError(f"course.toml: the parts of {stem} are not in the notebook's order: {', '.join(headings)}.")
    if not headings:
        return [whole(stem, notebook, after, leaves)]
    parts: list[Part] = []
    for heading, begin, end in zip(headings, begins, [*begins[1:], len(notebook.cells)], strict=True):
        cells = [*range(begins[0]), *range(begin, end)]
        piece = _notebook(notebook, cells)
        if parts:
            piece.cells[: begins[0]] = copy.deepcopy(piece.cells[: begins[0]])
        parts.append(Part(stem, heading, piece, [n + 1 for n in cells], after))
    return parts


def whole(stem: str, notebook: NotebookNode, after: tuple[str, ...] = (), leaves: tuple[str, ...] = ()) -> Part:
    """A notebook as one part."""
    cells = list(range(len(notebook.cells)))
    return Part(stem, None, _notebook(notebook, cells), [n + 1 for n in cells], after, leaves)


def _notebook(whole: NotebookNode, cells: list[int]) -> NotebookNode:
    notebook = nbformat.v4.new_notebook(metadata=copy.deepcopy(whole.metadata))
    notebook.cells = [whole.cells[n] for n in cells]
    return notebook


def _place(stem: str, notebook: NotebookNode, heading: str) -> int:
    """The text cell with the heading ``## heading``."""
    for n, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and f"## {heading}" in cell.source.splitlines():
            return n
    raise ValueError(f"course.toml: no text cell of {stem} has the heading '## {heading}'.")
