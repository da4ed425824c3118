"""The course without its solutions, for a public repository beside a private one that holds them.

Students' notebooks, the package and the pages are copied as a release left them. Before anything is put in place, all
of it is searched for the solutions' text.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dt_helpers.authoring import build
from dt_helpers.authoring.scripts import MARKERS
from dt_helpers.authoring.setting import shows_solutions
from dt_helpers.authoring.tree import Tree

# What students and the notebooks' setup cells need, and the pages that these link to. No tests: most hold answers.
PUBLIC = (
    "dt_helpers/**/*",
    "notebooks/**/*.ipynb",
    "docs/**/*",
    "experts/**/*",
    "binder/*",
    "kaggle/**/*",
    ".devcontainer/*",
    "solutions/README.md",
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CITATION.cff", "LICENSE"),
    *("pyproject.toml", "uv.lock", "environment.yml", "nbgrader_config.py", ".gitignore", ".gitattributes"),
)
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", ".cache"}
LEAST = 30  # characters without spaces; a shorter solution can't be told from ordinary code


def write(tree: Tree, folder: Path) -> int:
    """Write the course without its solutions into `folder`, and answer how many files that are.

    The folder is new, empty, or what an earlier call wrote, with git's data or not: folders and files of the same names
    are replaced, others stay. Raises ValueError if the package shows solutions, if the release is out of date or if a
    solution's text is in a file; FileExistsError if the folder holds solutions. Then nothing is written.
    """
    if shows_solutions(tree):
        raise ValueError(
            "The package shows the solutions: set `solutions = false` below [tool.dt-course] in pyproject.toml, and "
            "run `dt-course release`."
        )
    if not (plan := build.plan(tree)).up_to_date:
        raise ValueError(f"The release is out of date: run `dt-course release` first.\n{plan.report(tree, False)}")
    if there := [path for path in (folder / "solutions").rglob("*") if path.suffix in (".py", ".ipynb")]:
        raise FileExistsError(f"{folder} holds solutions, such as {there[0]}: name an empty folder, or a public clone.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".dt-public-", dir=folder.parent) as temporary:
        staged = Path(temporary)
        files = sorted(_files(tree))
        for path in files:
            copy = staged / path.relative_to(tree.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
        if found := leaks(tree, staged):
            lines = "\n".join(f"{path.relative_to(staged)}: {stem}" for path, stem in found)
            raise ValueError(f"Solutions are in files that would be public:\n{lines}")
        folder.mkdir(exist_ok=True)
        for new in sorted(staged.iterdir()):
            old = folder / new.name
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            new.replace(old)
    return len(files)


def leaks(tree: Tree, folder: Path) -> list[tuple[Path, str]]:
    """The files in `folder` that hold a solution of the course as it is written, but for its spaces, each with the name
    of the notebook. Files that are not text are passed over."""
    known = [(stem, text) for stem, text in _solutions(tree) if len(text) >= LEAST]
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            text = _squeezed(_text(path))
        except UnicodeDecodeError:
            continue
        found += [(path, stem) for stem in dict.fromkeys(stem for stem, solution in known if solution in text)]
    return found


def _files(tree: Tree) -> set[Path]:
    """The checkout's files that are public."""
    found = {path for pattern in PUBLIC for path in tree.root.glob(pattern)}
    return {path for path in found if path.is_file() and LEFT_OUT.isdisjoint(path.parts)}


def _solutions(tree: Tree) -> Iterator[tuple[str, str]]:
    """What is between the markers in the scripts, without spaces, with the script's name."""
    begin, end = map(re.escape, MARKERS)
    for script in tree.scripts():
        for solution in re.findall(f"{begin}(.*?){end}", script.read_text(encoding="utf-8"), re.DOTALL):
            yield script.stem, _squeezed(solution)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _text(path: Path) -> str:
    """The file's text; of JSON, and so of notebooks, that of its strings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix not in (".json", ".ipynb"):
        return text
    try:
        return "\n".join(_strings(json.loads(text)))
    except ValueError:
        return text


def _strings(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        yield "".join(value)  # the lines of a cell
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
