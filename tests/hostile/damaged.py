"""Files that are damaged, or not what they should be. What can be read counts in full; the rest gets a reason."""

import json
import os

import nbformat

from tests.grading.course import POINTS, POINTS_OF

from .register import case

WITHOUT_REPLAY = POINTS - POINTS_OF["06_replay"]
REPLAY = "06_replay.ipynb"


def replay(change):
    """Changes the JSON of one notebook."""

    def edit(folder):
        notebook = json.loads((folder / REPLAY).read_text())
        changed = change(notebook)
        (folder / REPLAY).write_text(json.dumps(notebook if changed is None else changed))

    return edit


def everywhere(change):
    """Changes all cells of all notebooks."""

    def edit(folder):
        for path in folder.glob("*.ipynb"):
            notebook = json.loads(path.read_text())
            for cell in notebook["cells"]:
                change(cell)
            path.write_text(json.dumps(notebook))

    return edit


def content(data: bytes):
    return lambda folder: (folder / REPLAY).write_bytes(data)


def _linked(target):
    def edit(folder):
        (folder / REPLAY).unlink()
        (folder / REPLAY).symlink_to(target)

    return edit


def _marks(**fields):
    return everywhere(lambda cell: cell["metadata"].get("nbgrader", {}).update(fields))


def _double(notebook):
    cells = notebook["cells"]
    at = next(i for i, cell in enumerate(cells) if cell["id"] == "context_window")
    cells.insert(at, json.loads(json.dumps(cells[at])))
    cells.append(json.loads(json.dumps(next(cell for cell in cells if cell["id"] == "check_context_window"))))


def _downgrade(folder):
    notebook = nbformat.read(folder / REPLAY, as_version=4)
    old = nbformat.convert(notebook, 3)
    (folder / REPLAY).write_text(json.dumps(old))


def _extra(folder):
    (folder / "more").mkdir()
    for name in ("more/06_replay.ipynb", "notes.txt", "06_replay (1).ipynb", "gradebook.db", "nbgrader_config.py"):
        (folder / name).write_text("{}")
    extra = {"cell_type": "code", "id": "x", "metadata": {}, "source": "1/0", "outputs": [], "execution_count": None}
    replay(lambda notebook: notebook["cells"].insert(0, extra))(folder)


case(2, "a duplicated cell", POINTS, edit=replay(_double))
case(2, "schema_version 1", POINTS, edit=_marks(schema_version=1))
case(2, "schema_version 9", POINTS, edit=_marks(schema_version=9))

case(4, "broken JSON", WITHOUT_REPLAY, edit=content(b'{"cells": ['), says="JSON")
case(4, "an empty file", WITHOUT_REPLAY, edit=content(b""), says="empty")
case(4, "a binary file", WITHOUT_REPLAY, edit=content(bytes(range(256)) * 100), says="06_replay")
case(4, "JSON 100 000 deep", WITHOUT_REPLAY, edit=content(b"[" * 100_000), says="06_replay")
case(4, "a dangling link", WITHOUT_REPLAY, edit=_linked("nowhere"), says="link")
case(4, "a link to the outside", WITHOUT_REPLAY, edit=_linked("/etc/passwd"), says="link")
case(4, "a link to an endless device", WITHOUT_REPLAY, edit=_linked("/dev/zero"), says="link")
case(4, "a pipe that nobody writes to", WITHOUT_REPLAY, edit=lambda f: ((f / REPLAY).unlink(), os.mkfifo(f / REPLAY)))
case(4, "a folder in place of a notebook", WITHOUT_REPLAY, edit=lambda f: ((f / REPLAY).unlink(), (f / REPLAY).mkdir()))
case(4, "lone surrogates", POINTS, edit=replay(lambda n: n["cells"][0].update(source="\ud800 \udfff")))
case(4, "nbformat 3", POINTS, edit=_downgrade)
case(4, "no kernelspec", POINTS, edit=replay(lambda n: n["metadata"].clear()))
case(
    4,
    "an unknown kernelspec",
    POINTS,
    edit=replay(lambda n: n["metadata"].update(kernelspec={"name": "r", "language": "R"})),
)
case(4, "50 MB of outputs", POINTS, edit=replay(lambda n: n["cells"][1].update(
    outputs=[{"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000} for _ in range(50)])))  # fmt: skip
case(4, "a missing notebook", WITHOUT_REPLAY, edit=lambda folder: (folder / REPLAY).unlink(), says="not handed in")
case(4, "a renamed notebook", WITHOUT_REPLAY, edit=lambda folder: (folder / REPLAY).rename(folder / "replay.ipynb"))
case(
    4, "nothing at all", None, edit=lambda folder: [path.unlink() for path in folder.glob("*.ipynb")], says="handed in"
)
case(4, "all notebooks broken", None, edit=lambda folder: [path.write_text("{") for path in folder.glob("*.ipynb")])
case(
    4,
    "grade ids renamed",
    POINTS,
    edit=everywhere(lambda cell: cell["metadata"].get("nbgrader", {}).update(grade_id="x")),
)
case(4, "cell ids lost", POINTS, edit=everywhere(lambda cell: cell.pop("id", None)))
case(4, "flags flipped", POINTS, edit=_marks(grade=False, solution=False, locked=False))
case(4, "points changed", POINTS, edit=_marks(points=1000))
case(4, "solutions marked as tests", POINTS, edit=_marks(grade=True, solution=True, points=50))
case(4, "all cells markdown", POINTS, edit=everywhere(lambda cell: cell.update(cell_type="markdown")))
case(4, "the tests deleted", POINTS, edit=replay(lambda n: n.update(
    cells=[cell for cell in n["cells"] if not cell["id"].startswith("check_")])))  # fmt: skip
case(4, "all metadata lost", POINTS, edit=everywhere(lambda cell: cell.update(metadata={}, id="same")))
case(4, "cells in reverse order", POINTS, edit=replay(lambda n: n["cells"].reverse()))
case(4, "cells and files besides", POINTS, edit=_extra)
