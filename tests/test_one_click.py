"""The files by which Binder and Codespaces make the course's machine."""

import json
import os
import subprocess
import tomllib

import pytest

from dt_helpers.authoring import setup_cell
from dt_helpers.authoring.setting import Setting
from dt_helpers.machine.released import PYTHONS
from tests.course_tree import REPOSITORY

BINDER = REPOSITORY / "binder"


def lines(name):
    text = (BINDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith(("#", "--"))]


def test_binder_installs_this_checkout_with_torch_as_the_package_wants_it():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    torch, course = lines("requirements.txt")
    assert torch in project["dependencies"]
    assert course == ".[lab]" and "lab" in project["optional-dependencies"]
    assert lines("runtime.txt")[0].removeprefix("python-") in PYTHONS


def test_what_binder_warms_are_commands_of_the_course():
    assert subprocess.run(["bash", "-n", str(BINDER / "postBuild")]).returncode == 0
    assert os.access(BINDER / "postBuild", os.X_OK)


def test_binders_packages_are_those_that_the_machine_is_told_to_install():
    from dt_helpers.machine.check_environment import APT

    assert set(lines("apt.txt")) == set(" ".join(APT.values()).split())


def test_the_codespace_makes_what_make_makes():
    container = json.loads((REPOSITORY / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    assert container["updateContentCommand"].startswith("make install ")
    assert "\ninstall: " in (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert container["image"].rpartition(":")[2] in PYTHONS
    for file in container["customizations"]["codespaces"]["openFiles"]:
        assert (REPOSITORY / file).is_file()


@pytest.mark.parametrize(
    "link",
    [
        "https://colab.research.google.com/github/ada/course/blob/v1.0.0/notebooks/decision_transformer/02_dataset.ipynb",
        "https://mybinder.org/v2/gh/ada/course/v1.0.0?labpath=notebooks%2Fdecision_transformer%2F02_dataset.ipynb",
        "https://kaggle.com/kernels/welcome?src=https://github.com/ada/course/blob/v1.0.0/notebooks/decision_transformer/02_dataset.ipynb",
        "https://deepnote.com/launch?url=https://github.com/ada/course/blob/v1.0.0/notebooks/decision_transformer/02_dataset.ipynb",
    ],
)
def test_a_badge_opens_the_students_notebook(link):
    assert f"]({link})" in setup_cell.badges("02_dataset", Setting("ada/course", "1.0.0"))
