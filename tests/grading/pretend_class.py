"""A small class as Moodle, Canvas and Colab would hand it in: ``python -m tests.grading.pretend_class FOLDER``.

It makes moodle.zip, canvas.zip and a folder colab, to try the walk of solutions/README.md with. Two students are right,
four have made mistakes of the usual kinds, one handed in a damaged file, and one would like to run a script.
"""

import copy
import re
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dt_helpers.authoring.tree import Tree
from tests.grading.course import POINTS_OF
from tests.grading.submissions import is_solution, save, saved_by_colab, solved, zipped

SCRIPT = "<script>document.title = 'run by a student'; alert('run by a student')</script>"
Change = str | Callable[[str], str]


def notebooks(tree: Tree, **changes: Change) -> dict[str, NotebookNode]:
    """A student's notebooks: all is right but for `changes`, solution cell -> another text."""
    made = {stem: solved(tree, stem) for stem in POINTS_OF}
    for notebook in made.values():
        for cell in filter(is_solution, notebook.cells):
            cell.source = re.sub(r"^ *### (BEGIN|END) SOLUTION *\n?", "", cell.source, flags=re.MULTILINE).rstrip()
            if change := changes.get(cell.id):
                cell.source = change if isinstance(change, str) else change(cell.source)
    return made


def blocks(text: str) -> str:
    """Stacked behind one another, not interleaved."""
    head = text[: text.index("    batch, K, hidden")]
    return head + "    return torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)"


def sees_itself(text: str) -> str:
    """The action is predicted from its own token."""
    return text.replace("predict_action(after_state)", "predict_action(after_action)")


def from_the_start(text: str) -> str:
    """What was earned so far, not what is still to come."""
    return text[: text.rindex('"""') + 3] + "\n    return np.cumsum(rewards)"


def make(folder: Path, tree: Tree) -> None:
    """Writes moodle.zip, canvas.zip and colab/ into `folder`."""
    stubs = {c.id: c.source for c in nbformat.read(tree.student("06_replay"), as_version=4).cells if is_solution(c)}
    class_in_moodle = {
        "Ada Lovelace_101": notebooks(tree),
        "Alan Turing_102": notebooks(tree, stack_inputs=blocks),
        "Grace Hopper_103": notebooks(tree, predict=sees_itself, next_target_return=stubs["next_target_return"]),
    }
    moodle = {
        f"{name}_assignsubmission_file_/{stem}.ipynb": notebook
        for name, own in class_in_moodle.items()
        for stem, notebook in own.items()
    }
    moodle["Kurt Gödel_104_assignsubmission_file_/02_dataset.ipynb"] = b'{"cells": [ cut off'
    moodle["Kurt Gödel_104_assignsubmission_onlinetext_/onlinetext.html"] = b"<p>The upload stopped.</p>"
    zipped(folder / "moodle.zip", moodle)

    emmy = notebooks(tree, stack_inputs="def stack_inputs(r, s, a)\n    return r", returns_to_go=from_the_start)
    archive = zipped(folder / "homework.zip", {f"homework/{stem}.ipynb": notebook for stem, notebook in emmy.items()})
    canvas = {"noetheremmy_2001_9001_homework.zip": archive.read_bytes()}
    archive.unlink()
    for stem, notebook in _twice(tree).items():
        canvas[f"hilbertdavid_LATE_2002_9002_{stem}.ipynb"] = notebook
    for stem, notebook in _scripted(tree).items():
        canvas[f"malloryeve_2003_9003_{stem}.ipynb"] = notebook
    zipped(folder / "canvas.zip", canvas)

    for stem, notebook in notebooks(tree).items():
        save(saved_by_colab(notebook), folder / "colab" / f"carl_{stem}.ipynb")
    save(saved_by_colab(notebooks(tree)["02_dataset"]), folder / "colab" / "Copy of 02_dataset.ipynb")


def _twice(tree: Tree) -> dict[str, NotebookNode]:
    """The first try was kept above a copy in which the student went on."""
    first, second = notebooks(tree, stack_inputs=blocks), notebooks(tree)
    cells = first["04_model"].cells
    place = next(i for i, cell in enumerate(cells) if cell.id == "stack_inputs")
    again = copy.deepcopy(second["04_model"].cells[place])
    again.id = "copied"
    cells.insert(place + 1, again)
    return first


def _scripted(tree: Tree) -> dict[str, NotebookNode]:
    """Scripts wherever a student can write: markdown, code, an exception's text."""
    text = f"def predict(x, *heads):\n    '''</textarea></pre>{SCRIPT}'''\n    raise ValueError({SCRIPT!r})"
    made = notebooks(tree, predict=text)
    for notebook in made.values():
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(SCRIPT))
    return made


if __name__ == "__main__":
    make(Path(sys.argv[1]), Tree.find())
