"""A notebook's page: what students get, and below each cell that is the same in the solution what that printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dt_helpers.authoring import setup_cell
from dt_helpers.authoring.setting import shows_solutions
from dt_helpers.authoring.site.outputs import Below, below, secrets
from dt_helpers.authoring.site.pages import BADGE
from dt_helpers.authoring.tree import Tree

HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Film:
    file: str  # in the page's folder
    about: str  # the heading above it
    anchor: str


@dataclass
class NotebookPage:
    """`text` is Markdown with an empty ``<div id=… class="dt-output">`` where `outputs` (id -> HTML) belong."""

    title: str
    text: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    films: list[Film] = field(default_factory=list)


def read(tree: Tree, stem: str) -> NotebookPage:
    """The page of the notebook `stem`. A release without solutions shows no outputs: they are of the solutions."""
    student = nbformat.read(tree.student(stem), as_version=4)
    if shows_solutions(tree) and tree.solution(stem).exists():
        return page(student, nbformat.read(tree.solution(stem), as_version=4), stem)
    return page(student, None, stem)


def of_page(path: Path) -> NotebookPage:
    """The page of an executed notebook that is no part of the course."""
    notebook = nbformat.read(path, as_version=4)
    return page(notebook, notebook, path.stem)


def page(student: NotebookNode, solution: NotebookNode | None, stem: str) -> NotebookPage:
    """Outputs stand below the cells whose source the solution shares: never below an exercise."""
    executed = {(cell.id, cell.source): cell for cell in solution.cells if cell.cell_type == "code"} if solution else {}
    untold = secrets(solution, student) if solution else set()
    made = NotebookPage(title=stem)
    parts: list[str] = []
    heading = stem
    for cell in student.cells:
        if cell.cell_type == "markdown":
            if headings := HEADING.findall(cell.source):
                heading = re.sub(r"[*`$]", "", headings[-1])
                made.title = heading if made.title == stem else made.title
            parts.append(cell.source)
        elif cell.cell_type == "code":
            parts.append(_code(cell))
            if twin := executed.get((cell.id, cell.source)):
                parts.append(_place(made, cell.id, below(twin, heading, untold), heading))
    made.text = _with_download("\n\n".join(part for part in parts if part), stem)
    return made


def _code(cell: NotebookNode) -> str:
    if not cell.source.strip():
        return ""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", cell.source)), default=0))
    block = f"{fence}python\n{cell.source}\n{fence}"
    if not setup_cell.is_setup(cell):
        return block
    indented = "\n".join(f"    {line}" if line else "" for line in block.split("\n"))
    return (
        f'??? abstract "The setup cell: it installs what is missing, and imports what this notebook uses"\n\n{indented}'
    )


def _with_download(text: str, stem: str) -> str:
    """The notebook as a file, beside the buttons that open it elsewhere; without any, below the title."""
    places = [badge.end() for badge in BADGE.finditer(text)] or [text.find("\n") + 1]
    button = f'\n<a class="md-button" href="../{stem}.ipynb" download>Download</a>\n'
    return text[: places[-1]] + button + text[places[-1] :]


def _place(made: NotebookPage, cell_id: str, found: Below, heading: str) -> str:
    if not found.html:
        return ""
    anchor = f"cell-{cell_id}"
    made.outputs[anchor] = found.html
    made.files |= found.files
    made.films += [Film(file, heading, anchor) for file in found.films]
    return f'<div id="{anchor}" class="dt-output"></div>'


def with_outputs(html: str, outputs: dict[str, str]) -> str:
    """The page's HTML with the outputs in their places, which the generator has not read as Markdown."""
    return re.sub(
        r'(<div id="(cell-[^"]+)" class="dt-output">)(</div>)',
        lambda found: found[1] + outputs.get(found[2], "") + found[3],
        html,
    )
