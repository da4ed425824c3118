"""Notebooks as students hand them in, made from a course's release and solutions."""

import copy
import json
import random
import zipfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dt_helpers.authoring.tree import Tree


def solved(tree: Tree, stem: str) -> NotebookNode:
    """The release with the solutions in its solution cells."""
    notebook = nbformat.read(tree.student(stem), as_version=4)
    answers = {cell.id: cell.source for cell in nbformat.read(tree.solution(stem), as_version=4).cells}
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = answers[cell.id]
    return notebook


def is_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def saved_by_colab(notebook: NotebookNode) -> NotebookNode:
    """As Colab saves it at its worst: ids of its own in the metadata, nbgrader's metadata gone, outputs kept."""
    notebook, ids = copy.deepcopy(notebook), random.Random(0)
    notebook.nbformat_minor = 0
    notebook.metadata = nbformat.from_dict(
        {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )
    for cell in notebook.cells:
        cell.pop("id", None)
        cell.metadata = nbformat.from_dict({"id": "".join(ids.choices("abcdefgXYZ0123", k=12))})
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="an output\n")]
    return notebook


def code(source: str, **more) -> NotebookNode:
    return nbformat.v4.new_code_cell(source, **more)


def save(notebook: NotebookNode | bytes | str, path: Path) -> Path:
    """Writes a notebook, or what somebody takes for one, without asking whether it is valid."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    else:
        path.write_text(notebook if isinstance(notebook, str) else json.dumps(notebook), encoding="utf-8")
    return path


def zipped(path: Path, files: dict[str, NotebookNode | bytes]) -> Path:
    """An archive of `files`: name in the archive -> notebook or bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2026, 11, 20, 12, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content if isinstance(content, bytes) else json.dumps(content))
    return path
