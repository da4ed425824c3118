"""The source distribution holds what git tracks, so that it passes its own tests. `make test-sdist` builds one.

MANIFEST.in is read by setuptools itself, in a folder of empty files with the names that git tracks.
"""

import os
import tomllib

import pytest
from setuptools.command.egg_info import FileList

from tests.course_tree import REPOSITORY, tracked

LEFT_OUT = {".gitignore": "there is no git where it is unpacked"}
# What building, testing and grading leave in a checkout
BESIDE = [
    "tests/__pycache__/test_cli.cpython-313.pyc",
    "solutions/decision_transformer/.ipynb_checkpoints/01_setup-checkpoint.ipynb",
    "output/course.html",
    "submitted/ada/decision_transformer/02_dataset.ipynb",
    "web/live/node_modules/three/package.json",
    "web/live/models/1-mixed/model.json",
    "web/live/dist/index.html",
    ".cache/dt/a.json",
    ".venv/lib/a.py",
    "gradebook.db",
]


@pytest.fixture
def held(tmp_path, monkeypatch):
    """Answers what a source distribution of files with these names would hold, with this MANIFEST.in."""

    def held(names, manifest):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        monkeypatch.chdir(tmp_path)
        files = FileList()
        for line in manifest.splitlines():
            if line and not line.startswith("#"):
                files.process_template_line(line)
        return {os.path.normpath(name) for name in files.files} | set(packaged(tmp_path))

    return held


def packaged(root) -> list[str]:
    """What setuptools takes along by itself: the package's modules and data, the licence, MANIFEST.in itself."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    data = settings["tool"]["setuptools"]["package-data"]["dt_helpers"]
    found = {path for pattern in ("**/*.py", *data) for path in (root / "dt_helpers").glob(pattern) if path.is_file()}
    return (
        [path.relative_to(root).as_posix() for path in found] + settings["project"]["license-files"] + ["MANIFEST.in"]
    )


MANIFEST = (REPOSITORY / "MANIFEST.in").read_text(encoding="utf-8")


def test_it_holds_what_git_tracks_and_nothing_else(held):
    assert held([*tracked(), *BESIDE], MANIFEST) == set(tracked()) - set(LEFT_OUT)


def test_what_is_left_out_is_there():
    assert set(LEFT_OUT) <= set(tracked()) or not (REPOSITORY / ".git").exists()


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("graft kaggle\n", "kaggle/01_setup/kernel-metadata.json"),
        ("graft tests\n", "tests/test_sdist.py"),
        (" uv.lock", "uv.lock"),
        ("graft .github\n", ".github/workflows/test.yml"),
    ],
)
def test_a_line_that_is_gone_is_noticed(held, line, missing):
    assert MANIFEST.count(line) == 1
    assert missing in set(tracked()) - held(tracked(), MANIFEST.replace(line, ""))


@pytest.mark.parametrize(
    "line", ["prune web/live/models\n", "prune web/live/dist\n", "global-exclude *.py[cod] .ipynb_checkpoints/*\n"]
)
def test_a_line_that_keeps_something_out_is_needed(held, line):
    assert MANIFEST.count(line) == 1
    assert held([*tracked(), *BESIDE], MANIFEST.replace(line, "include README.md\n")) & set(BESIDE)
