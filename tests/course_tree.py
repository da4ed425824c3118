"""Small courses in temporary folders, made of the scripts in fixtures/course."""

import re
import shutil
import subprocess
from pathlib import Path

from dt_helpers.authoring import build
from dt_helpers.authoring.tree import Tree

REPOSITORY = Path(__file__).parent.parent
SCRIPTS = Path(__file__).parent / "fixtures" / "course"


def tracked() -> list[str]:
    """The files that git tracks, below the repository; where a source distribution was unpacked, what that held."""
    if (REPOSITORY / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
        names = listed.stdout.split("\0")
    else:
        names = (REPOSITORY / "dt_helpers.egg-info" / "SOURCES.txt").read_text(encoding="utf-8").splitlines()
    own = ("dt_helpers.egg-info/", "setup.cfg", "PKG-INFO")  # of the distribution
    return [name for name in names if name and not name.startswith(own) and (REPOSITORY / name).is_file()]


def make_tree(root: Path, *, released: bool = False, checked: bool = False) -> Tree:
    """A checkout in `root` with two notebooks and the real nbgrader configuration.

    The check cells are plain asserts, which run quickly; `checked`: the course's checks, as the grader wants them.
    """
    tree = Tree(root)
    shutil.copytree(SCRIPTS, tree.solutions)
    shutil.copy(REPOSITORY / "nbgrader_config.py", tree.config)
    if checked:
        for script, name in (("01_returns", "returns_to_go"), ("02_window", "context_window")):
            path = tree.solutions / f"{script}.py"
            path.write_text(re.sub(r"^assert .*", f"check.{name}({name})", path.read_text(), flags=re.MULTILINE))
    if released:
        build.write(build.plan(tree))
    return tree


def add_script(tree: Tree, name: str, *cells: str) -> Path:
    """A further script of the given code cells."""
    path = tree.solutions / f"{name}.py"
    path.write_text("\n\n".join(f"# %%\n{cell}" for cell in cells) + "\n")
    return path


def declare(tree: Tree, text: str) -> None:
    """The course.toml of the course."""
    tree.course_file.write_text(text)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
