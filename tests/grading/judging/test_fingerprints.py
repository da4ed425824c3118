"""A result is good as long as nothing changed that it depends on."""

import ast
import os
from pathlib import Path

import pytest

from dt_helpers.grading.judging import fingerprints
from dt_helpers.grading.judging.fingerprints import of_files, of_the_grader


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "06_replay.ipynb"
    path.write_text("{}")
    return path


def test_the_same_files_have_the_same_and_other_bytes_another(file):
    before = of_files([file])
    os.utime(file, (0, 0))
    assert of_files([file]) == before
    file.write_text("{ }")
    assert of_files([file]) != before


def test_names_count_and_so_does_a_file_that_is_missing(file):
    before = of_files([file])
    assert of_files([file, file.with_name("05_training.ipynb")]) != before
    assert of_files([file.rename(file.with_name("05_training.ipynb"))]) != before


def test_what_is_no_regular_file_is_not_read(file):
    file.unlink()
    for make in (file.mkdir, lambda: os.mkfifo(file), lambda: file.symlink_to("/dev/zero")):
        make()
        assert len(of_files([file])) == 64
        file.rmdir() if file.is_dir() else file.unlink()


def test_the_grader_s_own_code_counts(tmp_path, monkeypatch):
    before = of_the_grader()
    for module in fingerprints.MODULES:
        assert (fingerprints.PACKAGE / "grading" / f"{module}.py").is_file()
    of_the_grader.cache_clear()
    monkeypatch.setattr(fingerprints, "MODULES", fingerprints.MODULES[:-1])
    assert of_the_grader() != before
    of_the_grader.cache_clear()


DECIDE_NOTHING = {  # a verdict imports them, and is the same whatever they do
    "__init__.py", "authoring/__init__.py", "grading/__init__.py", "machine/__init__.py", "machine/cgroup.py",
    "machine/hardware.py", "machine/released.py", "machine/telling.py", "machine/threads.py", "workspace/__init__.py",
}  # fmt: skip


def imported(path):
    """The files of the package that a module imports, at its top or anywhere in it."""
    package = fingerprints.PACKAGE
    base = path.relative_to(package.parent).parent.parts
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = base[: len(base) - node.level + 1] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    for name in names:
        place = package.parent.joinpath(*name.split("."))
        yield from (one for one in (place.with_suffix(".py"), place / "__init__.py") if package in one.parents)


def test_all_code_that_a_verdict_comes_from_counts():
    package = fingerprints.PACKAGE
    grading = package / "grading"
    todo = [grading / name for name in ("judging/verdicts.py", "judging/worker.py", "matching.py", "release.py")]
    todo += (grading / "sandbox/inside").glob("*.py")
    found = set()
    while todo:
        path = todo.pop()
        if path not in found and path.is_file():
            found.add(path)
            todo += imported(path)
    assert len(found) > 50
    left = {str(path.relative_to(package)) for path in found - set(fingerprints.sources())}
    assert left <= DECIDE_NOTHING


def test_so_do_the_frozen_tensors_and_nothing_that_python_makes_by_the_way():
    names = [path.name for path in fingerprints.sources()]
    assert any(name.endswith(".safetensors") for name in names)
    assert not [name for name in names if name.endswith(".pyc")]


@pytest.mark.parametrize("file", ["sandbox/view.py", "sandbox/inside/new.py", "text/new.py", "judging/new.json"])
def test_a_change_of_any_file_of_these_folders_is_noticed(tmp_path, monkeypatch, file):
    import shutil

    shutil.copytree(fingerprints.PACKAGE / "grading", tmp_path / "grading")
    monkeypatch.setattr(fingerprints, "PACKAGE", Path(tmp_path))
    of_the_grader.cache_clear()
    before = of_the_grader()
    with (tmp_path / "grading" / file).open("a") as source:
        source.write("# changed")
    of_the_grader.cache_clear()
    assert of_the_grader() != before
    of_the_grader.cache_clear()
