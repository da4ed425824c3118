"""The outputs that nbval compares when it replays the solutions: enough of them, and none that may differ elsewhere."""

import re

import nbformat
import pytest

from dt_helpers.authoring import scripts

from .test_notebooks import TREE, read

TAG = "nbval-check-output"
PICTURE = re.compile(r"<Picture size [\d.]+x[\d.]+ with \d+ Axes>")  # in inches that the plot's code says
DIFFERS = {
    "a time": re.compile(r"\d:\d\d|\d (?:ms|s)\b|step/s"),
    "a path": re.compile(r"~/|/\w+/|\\\w+\\"),
    "a measured number": re.compile(r"\d\.\d"),
    "a progress bar": re.compile(r"\r|%\|"),
}
CELLS = [
    (s.stem, cell) for s in TREE.scripts() for cell in read(TREE.solution(s.stem)).cells if cell.cell_type == "code"
]
COMPARED = [(stem, cell) for stem, cell in CELLS if TAG in cell.metadata.get("tags", ())]


def text_of(cell: nbformat.NotebookNode) -> str:
    """What a cell's output says to those who see no HTML and no picture."""
    return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)


def test_dozens_are_compared_among_them_every_check():
    assert len(COMPARED) >= 30
    assert {cell.id for _, cell in CELLS if scripts.is_graded(cell)} <= {cell.id for _, cell in COMPARED}


@pytest.mark.parametrize(("stem", "cell"), COMPARED, ids=[cell.id for _, cell in COMPARED])
def test_what_is_compared_is_the_same_everywhere(stem, cell):
    assert cell.outputs and cell.execution_count, "there is nothing to compare with"
    assert not [output for output in cell.outputs if output.get("name") == "stderr"]
    said = PICTURE.sub("", text_of(cell))
    assert {what for what, pattern in DIFFERS.items() if pattern.search(said)} == set(), said


def test_the_pages_and_the_makefile_replay_with_nbval_lax_and_say_why():
    """Plain ``--nbval`` would compare each cell's output, times and paths among them."""
    pages = [TREE.root / name for name in ("Makefile", "README.md", "solutions/README.md", "docs", ".ci")]
    pages = [file for page in pages for file in (page.rglob("*") if page.is_dir() else [page]) if file.is_file()]
    strict = re.compile(r"--nbval(?!-)")
    assert [page for page in pages if strict.search(page.read_text(encoding="utf-8", errors="replace"))] == []
    guide = (TREE.root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "plain `--nbval` compares all, and fails where times and paths differ" in guide
    assert len(strict.findall(guide)) == 1 and "--nbval-lax" in (TREE.root / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "said",
    ["12 ms", "0:03", "[00:12<00:00]", "~/.cache/x", "/home/ada/x", r"C:\Users\ada", "loss 0.731", "50%|###"],
)
def test_what_may_differ_is_recognised(said):
    assert any(pattern.search(said) for pattern in DIFFERS.values())
