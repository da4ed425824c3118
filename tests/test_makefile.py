"""What make would do, without doing it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.course_tree import REPOSITORY

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make, as on Windows")


def variable(name: str, folder: Path, *settings: str) -> str:
    """Its value in a checkout that lies in `folder`."""
    shutil.copy(REPOSITORY / "Makefile", folder)
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    outside = {"PATH": os.environ["PATH"]}  # `make test` hands its own variables to its tests
    command = ["make", *settings, "--eval", f"say: ; @echo '$({name})'", "say"]
    run = subprocess.run(command, cwd=folder, env=outside, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_a_folder_that_was_moved_makes_its_environment_anew(tmp_path):
    (tmp_path / "here").mkdir()
    made = variable("MADE", tmp_path / "here")
    assert variable("MADE", tmp_path / "here") == made
    (tmp_path / "here").rename(tmp_path / "moved to")
    assert variable("MADE", tmp_path / "moved to") != made


def test_the_pythons_are_those_of_the_project(tmp_path):
    assert variable("CANDIDATES", tmp_path) == "python3 python3.11 python3.12 python3.13 python3.14"
    assert variable("CANDIDATES", tmp_path, "PYTHON=python3.12") == "python3.12"


def test_torch_comes_from_its_index_for_processors_unless_it_is_told_otherwise(tmp_path):
    driver = Path("/proc/driver/nvidia/version").exists()
    linux = Path("/proc/version").exists()
    assert variable("TORCH_INDEX", tmp_path) == ("https://download.pytorch.org/whl/cpu" if linux and not driver else "")
    assert variable("TORCH_INDEX", tmp_path, "TORCH_INDEX=") == ""


def test_nothing_alarming_is_said_of_an_editable_installation(tmp_path):
    lines = [
        line for line in (REPOSITORY / "Makefile").read_text(encoding="utf-8").splitlines() if "--editable" in line
    ]
    assert len(lines) > 3 and all("$(EDITABLE)" in line for line in lines)
    name, _, value = variable("EDITABLE", tmp_path).partition("=")
    for said, heard in [("Editable installation.\n!!", False), ("Something else.", True)]:
        code = f"import warnings; warnings.warn({said!r}, UserWarning)"
        child = subprocess.run(
            [sys.executable, "-c", code], env={name: value.strip('"')}, capture_output=True, text=True, check=True
        )
        assert ("UserWarning" in child.stderr) == heard
