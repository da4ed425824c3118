"""The release: from the percent scripts to executed solutions and students' notebooks, and the address in pages.

    solutions/…/NN_name.py ─▶ solutions/…/NN_name.ipynb ─▶ notebooks/…/NN_name.ipynb
       (the source)             (with outputs)               (nbgrader; outputs empty)
    docs/pages/name.py     ─▶ docs/pages/name.ipynb

The same scripts give the same bytes, so that a test can make everything again and compare.
"""

from __future__ import annotations

import copy
import os
import shutil
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from rich.console import Console

from dt_helpers.authoring import exercises, expected, kaggle, parts, scripts, setup_cell, students
from dt_helpers.authoring.execution import STILL, WIDGET
from dt_helpers.authoring.lines import Lines, minutes_and_seconds
from dt_helpers.authoring.setting import Setting, per_notebook, rewritten
from dt_helpers.authoring.side_by_side import side_by_side
from dt_helpers.authoring.tree import Tree
from dt_helpers.machine.hardware import usable_cores
from dt_helpers.workspace import cache_dir, replacing


@dataclass
class Release:
    """What a release makes, and how it differs from the files that are there."""

    wanted: dict[Path, str]  # every generated file and its content
    drifted: list[Path] = field(default_factory=list)  # missing, or with different content
    orphans: list[Path] = field(default_factory=list)  # students' notebooks that no script and no setting asks for
    unpaired: list[Path] = field(default_factory=list)  # solution notebooks without a script: somebody's work
    strangers: list[Path] = field(default_factory=list)  # in the students' folder, but not made by a release
    unexecuted: dict[str, int] = field(default_factory=dict)  # notebook -> code cells without a run of their own

    @property
    def up_to_date(self) -> bool:
        return not (self.drifted or self.orphans or self.unpaired or self.strangers)

    def report(self, tree: Tree, written: bool) -> str:
        """What was done if `written`, else what a release would do; one line per file."""
        gone = [path for path in self.orphans if path.parent == tree.notebooks or path.name == kaggle.NAME]
        alone = [path for path in self.orphans if path not in gone]
        groups = [
            ("written" if written else "not up to date", self.drifted),
            ("removed" if written else "no longer has a script", gone),
            ("removed" if written else "is no assignment of its own", alone),
            ("has no script", self.unpaired),
            ("does not belong to the students' notebooks", self.strangers),
        ]
        lines = [f"{path.relative_to(tree.root)}: {what}" for what, paths in groups for path in paths]
        if not written and not self.up_to_date:
            lines.append("Run `make release` and commit what it makes.")
        notebooks = sum(path.suffix == ".ipynb" for path in self.wanted)
        old = ", ".join(f"{stem} ({count} cells)" for stem, count in self.unexecuted.items())
        if old:
            again = f"dt-course release --execute {' '.join(self.unexecuted)}"
            lines.append(f"Not executed since they changed: {old}. Run `{again}`.")
        elif self.up_to_date or written:
            lines.append(f"All {notebooks} notebooks are up to date.")
        return "\n".join(lines)


def plan(tree: Tree, executed: dict[str, NotebookNode] | None = None) -> Release:
    """Make everything in memory and compare it with the checkout; nothing is written.

    Outputs come from `executed` (name -> notebook), else from the solution notebook that is there, for the cells
    whose source is the same. Raises ValueError for a script or notebook that cannot be released.
    """
    notebooks: dict[str, NotebookNode] = {}
    unexecuted: dict[str, int] = {}
    course, pages = tree.scripts(), tree.pages()
    for script in (*course, *pages):
        stem = script.stem
        notebook = (executed or {}).get(stem)
        if notebook is None:
            notebook = scripts.read(script)
            carry_outputs(notebook, script.with_suffix(".ipynb"))
        _check_graded_outputs(notebook, stem)
        notebooks[stem] = notebook
        if count := sum(c.cell_type == "code" and c.execution_count is None for c in notebook.cells):
            unexecuted[stem] = count
    wanted = {page.with_suffix(".ipynb"): _text(notebooks.pop(page.stem)) for page in pages}
    solutions = {stem: _text(notebook) for stem, notebook in notebooks.items()}
    wanted |= {tree.solution(stem): text for stem, text in solutions.items()}
    handed_out = students.generate(tree, solutions)
    wanted |= {tree.student(stem): text for stem, text in handed_out.items()}
    if per_notebook(tree):
        graded = [stem for stem, notebook in notebooks.items() if any(map(scripts.is_graded, notebook.cells))]
        wanted |= {tree.alone(stem): handed_out[stem] for stem in graded}
        wanted |= {tree.source(stem): _text(_without_outputs(notebooks[stem])) for stem in graded}
    if tree.exercises_file.parent.is_dir():  # in a checkout without the package nothing needs it
        wanted[tree.exercises_file] = exercises.text(tree, notebooks)
    setting = Setting.read(tree)
    wanted |= kaggle.files(tree, list(notebooks), setting)
    wanted |= rewritten(tree, setting)
    release = Release(wanted, unexecuted=unexecuted)
    release.drifted = [path for path, text in wanted.items() if not _same(path, text)]
    folders = [tree.notebooks, *tree.released_alone()]
    made = [*folders, *tree.sources_alone()]
    release.orphans = [path for folder in made for path in sorted(folder.glob("*.ipynb")) if path not in wanted]
    release.orphans += kaggle.left_over(tree, wanted)
    release.unpaired = [path for path in sorted(tree.solutions.glob("*.ipynb")) if path not in wanted]
    release.strangers = [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
    ]
    return release


def write(release: Release) -> None:
    """Make the checkout what the release says: each file by rename, orphans removed.

    Raises FileExistsError, with nothing written, for a solution notebook without a script, and for files in the
    students' folder that no release made.
    """
    if release.unpaired:
        listed = " ".join(map(str, release.unpaired))
        raise FileExistsError(f"No percent script, so make one with `jupytext --to py:percent {listed}`, or remove it.")
    if release.strangers:
        listed = ", ".join(map(str, release.strangers))
        raise FileExistsError(f"Students get every file beside their notebooks, so move these elsewhere: {listed}.")
    for path in release.orphans:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    for path in release.drifted:
        with replacing(path) as staged:
            staged.write_text(release.wanted[path], encoding="utf-8", newline="\n")


def run(
    tree: Tree, names: list[str], *, console: Console, preset: str | None = None, still: float = STILL
) -> dict[str, NotebookNode]:
    """Execute the solution notebooks and pages called `names` (none: all of them), side by side, and note how long the
    notebooks took.

    They work in ``.cache/release``, emptied first when all of them run. Raises ValueError for an unknown name and
    CellFailed for a cell that fails.
    """
    pages = {script.stem: script for script in tree.pages()}
    found = [*(script.stem for script in tree.scripts()), *pages]
    if unknown := [name for name in names if name not in found]:
        raise ValueError(f"There is no notebook {', '.join(unknown)}. The notebooks are: {', '.join(found)}.")
    workspace = tree.root / ".cache" / "release"
    if not names:
        shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir(parents=True, exist_ok=True)
    executed, pieces = parts.read(tree, names or found)
    for stem in pages.keys() & set(names or found):
        executed[stem] = scripts.read(pages[stem])
        pieces.append(parts.whole(stem, executed[stem]))
    preset = preset or os.environ.get("DT_PRESET") or "quick"
    seconds = {}
    with Lines(console, [part.name for part in pieces]) as lines:
        running = side_by_side(
            pieces,
            jobs=min(usable_cores(), len(pieces)),
            folder=tree.solutions,
            workspace=workspace,
            preset=preset,
            still=still,
            seconds=expected.read(tree, preset),
            lines=lines,
        )
        with closing(running) as ended:
            for part, execution, error in ended:
                took = minutes_and_seconds(execution.seconds)
                lines.end(part.name, f"failed after {took}" if error else f"done in {took}")
                if error:
                    raise error
                if part.stem not in pages:
                    seconds[part.name] = execution.cpu
    readers_paths = {
        str(workspace): "~/dt_workspace",
        str(cache_dir()): "~/.cache/dt_helpers",
        str(tree.root): "decision-transformer-course",
        str(Path.home()): "~",
    }
    for notebook in executed.values():
        parts.number_executions(notebook)
        _hide_paths(notebook, readers_paths)
    if seconds:
        expected.note(tree, preset, seconds)
    return executed


def carry_outputs(notebook: NotebookNode, earlier: Path) -> None:
    """Take over the outputs of cells whose source is the same in the notebook `earlier`, if that exists.

    A setup cell is the same if the script's cell is: an address or a version changes nothing that it shows.
    Raises ValueError if `earlier` is not a notebook.
    """
    if not earlier.exists():
        return
    try:
        before = nbformat.read(earlier, as_version=4)
    except Exception as error:
        raise ValueError(f"{earlier} is not a notebook ({error}). Remove it and release again.") from None
    known: dict[str, list[NotebookNode]] = {}  # in their order, for a source that occurs several times
    for cell in before.cells:
        if cell.cell_type == "code":
            known.setdefault(_as_written(cell), []).append(cell)
    for cell in notebook.cells:
        if cell.cell_type == "code" and known.get(_as_written(cell)):
            old = known[_as_written(cell)].pop(0)
            cell.outputs = [output for output in old.outputs if WIDGET not in output.get("data", {})]
            cell.execution_count = old.execution_count


def _as_written(cell: NotebookNode) -> str:
    """What tells one code cell of the script from another."""
    return cell.id if setup_cell.is_setup(cell) else cell.source


def _check_graded_outputs(notebook: NotebookNode, stem: str) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code" and scripts.is_graded(cell):
            noise = [o.get("text", "") for o in cell.outputs if o.output_type == "stream" and o.name == "stderr"]
            if noise:
                raise ValueError(
                    f"{stem}: the check {scripts.grade_id(cell)!r} prints to stderr, and nbgrader gives 0 points "
                    f"for that: {noise[0].strip()[:200]}"
                )


def _hide_paths(notebook: NotebookNode, names: dict[str, str]) -> None:
    """Replace this machine's paths in outputs by `names`, those of a reader; the first that fits."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for path, name in names.items():
                if "text" in output:
                    output.text = output.text.replace(path, name)
                for mime, value in output.get("data", {}).items():
                    if isinstance(value, str):
                        output.data[mime] = value.replace(path, name)


def _without_outputs(notebook: NotebookNode) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _text(notebook: NotebookNode) -> str:
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4) + "\n"


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


if __name__ == "__main__":
    from dt_helpers.cli import main

    sys.exit(main(["release", *sys.argv[1:]]))
