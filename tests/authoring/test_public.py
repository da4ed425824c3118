"""The course without its solutions: what is copied, what is refused, and that no solution is in it."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from dt_helpers import cli
from dt_helpers.authoring import build, public
from dt_helpers.authoring.scripts import MARKERS
from dt_helpers.authoring.tree import Tree
from tests.course_tree import REPOSITORY, edit, make_tree

ANSWER = "total = [sum(rewards[step:]) for step in range(len(rewards))]\n    return total"


@pytest.fixture
def tree(tmp_path):
    """A small private course whose first solution is long enough to be found."""
    tree = make_tree(tmp_path / "private")
    script = tree.solutions / "01_returns.py"
    begin, end = MARKERS
    head, _, rest = script.read_text().partition(begin)
    script.write_text(f"{head}{begin}\n    {ANSWER}\n    {end}{rest.partition(end)[2]}")
    tree.project.write_text("[tool.dt-course]\nsolutions = false\n")
    tree.exercises_file.parent.mkdir(parents=True)
    (tree.root / "tests").mkdir()
    (tree.root / "tests" / "test_answers.py").write_text(ANSWER)
    (tree.root / "README.md").write_text("# A course\n")
    build.write(build.plan(tree))
    return tree


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_it_holds_notebooks_and_package_and_neither_solutions_nor_tests(tree, tmp_path):
    folder = tmp_path / "public"
    assert public.write(tree, folder) == len(files(folder))
    assert files(folder) == [
        "README.md",
        "dt_helpers/assets/course/exercises.json",
        "nbgrader_config.py",
        "notebooks/decision_transformer/01_returns.ipynb",
        "notebooks/decision_transformer/02_window.ipynb",
        "pyproject.toml",
    ]
    assert public.leaks(tree, folder) == []


def test_a_second_time_what_is_gone_goes_and_what_is_theirs_stays(tree, tmp_path):
    folder = tmp_path / "public"
    for name in (".git/HEAD", ".github/workflows/theirs.yml", "notebooks/decision_transformer/00_old.ipynb"):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text("theirs")
    public.write(tree, folder)
    (tree.root / "README.md").write_text("# Another\n")
    public.write(tree, folder)
    assert (folder / "README.md").read_text() == "# Another\n"
    assert {".git/HEAD", ".github/workflows/theirs.yml"} <= set(files(folder))
    assert "notebooks/decision_transformer/00_old.ipynb" not in files(folder)


def in_markdown(tree):
    (tree.root / "README.md").write_text(f"Solve it like this:\n\n```python\n{ANSWER}\n```\n")


def in_the_package_laid_out_otherwise(tree):
    (tree.root / "dt_helpers" / "hint.py").write_text(ANSWER.replace("for step", "\n        for step"))


def in_json(tree):
    (tree.root / "dt_helpers" / "more.json").write_text(json.dumps({"all": [{"solution": ANSWER}]}))


def in_a_notebooks_lines(tree):
    cells = [{"cell_type": "code", "source": ANSWER.splitlines(keepends=True)}]
    (tree.root / "docs" / "pages").mkdir(parents=True)
    (tree.root / "docs" / "pages" / "shown.ipynb").write_text(json.dumps({"cells": cells}))


@pytest.mark.parametrize(
    "spoil",
    [in_markdown, in_the_package_laid_out_otherwise, in_json, in_a_notebooks_lines],
    ids=lambda one: one.__name__,
)
def test_a_solution_that_got_in_is_found_and_nothing_is_written(tree, tmp_path, spoil):
    spoil(tree)
    with pytest.raises(ValueError, match=r"files that would be public:\n.*: 01_returns"):
        public.write(tree, tmp_path / "public")
    assert not (tmp_path / "public").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["private"]


def test_a_package_that_shows_them_is_refused(tree, tmp_path):
    tree.project.write_text("[tool.dt-course]\n")
    build.write(build.plan(tree))
    with pytest.raises(ValueError, match="set `solutions = false`"):
        public.write(tree, tmp_path / "public")


def test_a_release_that_is_out_of_date_is_refused(tree, tmp_path):
    edit(tree.solutions / "02_window.py", "The last", "The very last")
    with pytest.raises(ValueError, match="run `dt-course release` first"):
        public.write(tree, tmp_path / "public")


def test_a_folder_with_solutions_is_refused(tree, tmp_path):
    with pytest.raises(FileExistsError, match="holds solutions, such as"):
        public.write(tree, tree.root)
    other = make_tree(tmp_path / "other").root
    with pytest.raises(FileExistsError, match="an empty folder"):
        public.write(tree, other)


@pytest.mark.parametrize("more", ["--check", "--execute", "--version 1.0.0"])
def test_the_command(tree, tmp_path, monkeypatch, capsys, more):
    monkeypatch.chdir(tree.root)
    folder = str(tmp_path / "public")
    assert cli.main(["release", "--public", folder, *more.split()]) == 2
    assert cli.main(["release", "--public", folder]) == 0
    assert f"6 files without solutions in {folder}" in capsys.readouterr().out


def test_of_this_course_nothing_is_public_that_solves_it(tmp_path):
    """A fork of it that turns graded: by the two commands that docs/your_course.md names."""
    shown = public.leaks(Tree(REPOSITORY), REPOSITORY / "dt_helpers")
    assert {path.name for path, _ in shown} == {"exercises.json"}, "what a course without grades shows on purpose"
    aside = shutil.ignore_patterns(".*", "web", "tests", "benchmarks", "output", "__pycache__")
    tree = Tree(shutil.copytree(REPOSITORY, tmp_path / "private", ignore=aside))
    edit(tree.project, "[tool.dt-course]\n", "[tool.dt-course]\nsolutions = false\n")
    build.write(build.plan(tree))
    folder = tmp_path / "public"
    public.write(tree, folder)
    assert public.leaks(tree, folder) == []
    assert [path.name for path in (folder / "solutions").iterdir()] == ["README.md"]
    assert all(one["solution"] is None for one in json.loads(Tree(folder).exercises_file.read_text()))
    notebooks = list(folder.glob("notebooks/*/*.ipynb"))
    assert len(notebooks) == 9 and not any(mark in path.read_text() for path in notebooks for mark in MARKERS)
    code = "from dt_helpers import check; print(check.__file__); check.context_window(lambda rows, n: rows[-n:])"
    where = os.environ | {"PYTHONPATH": str(folder)}
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, env=where, capture_output=True, text=True)
    assert ran.returncode == 0 and str(folder) in ran.stdout, ran.stderr[-500:]
