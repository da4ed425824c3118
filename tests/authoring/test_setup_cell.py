"""The cell that every notebook begins with: it installs the course, and says when notebook and package don't fit."""

import importlib.util
import os
import site
import subprocess
import sys
import types

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dt_helpers.authoring import setup_cell
from dt_helpers.authoring.setting import Setting

SETTING = Setting("ada/course", "1.2.0")


def cell(setting=SETTING) -> str:
    notebook = new_notebook(cells=[new_code_cell("done = True", metadata={"tags": ["setup"]})])
    setup_cell.fill_in(notebook, "01_setup", setting)
    return notebook.cells[0].source


@pytest.fixture
def added(monkeypatch):
    """The folders that the cell takes modules from in addition."""
    folders = []
    monkeypatch.setattr(site, "addsitedir", folders.append)
    return folders


@pytest.fixture
def run(monkeypatch, added):
    """Runs the cell where the given version of the helpers is installed (None: none, and none is found after it);
    gives what pip was asked for. Of the other modules, the `missing` are not there.
    """

    def run(version, pip=0, printed="", missing=()):
        calls = []

        def call(command, **settings):
            calls.append(command[1:])
            return subprocess.CompletedProcess(command, pip(command) if callable(pip) else pip, "", printed)

        package = types.ModuleType("dt_helpers")
        if version:
            package.__version__ = version
        find = importlib.util.find_spec
        monkeypatch.setitem(sys.modules, "dt_helpers", package)
        monkeypatch.setattr(subprocess, "run", call)
        monkeypatch.setattr(
            importlib.util,
            "find_spec",
            lambda name: None if name in missing or (name == "dt_helpers" and not version) else find("json"),
        )
        package.__version__ = version or SETTING.version
        exec(cell(), space := {})
        assert space["done"]
        return calls

    return run


def test_missing_helpers_are_installed_from_the_release(run):
    assert run(None) == [["-m", "pip", "install", "--quiet", "dt-helpers @ git+https://github.com/ada/course@v1.2.0"]]


def test_where_they_are_there_nothing_is_installed_or_said(run, capsys):
    assert run("1.2.0") == []
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("driver", "missing", "index"), [(False, ["torch"], True), (True, ["torch"], False), (False, [], False)]
)
def test_torch_without_cuda_is_for_a_machine_with_neither_torch_nor_card(run, monkeypatch, driver, missing, index):
    monkeypatch.setattr(os.path, "exists", lambda path: driver and path == "/proc/driver/nvidia")
    *before, course = run(None, missing=missing)
    assert course == run(None)[-1] and "--upgrade" not in course, "a torch that is there stays"
    assert [command[-2:] for command in before] == [["https://download.pytorch.org/whl/cpu", "torch"]] * index


def test_where_that_torch_cannot_be_had_the_course_is_installed_all_the_same(run, monkeypatch):
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    assert len(run(None, pip=lambda command: int(command[-1] == "torch"), missing=["torch"])) == 2


def test_where_the_usual_folder_is_read_only_the_users_counts(run, added):
    run("1.2.0")
    assert added == []
    run(None)
    assert added == [site.getusersitepackages()]


def test_on_kaggle_a_failed_installation_asks_for_internet(run, monkeypatch):
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    with pytest.raises(RuntimeError, match="is Internet on in this notebook's settings"):
        run(None, pip=1)


@pytest.mark.parametrize("version", ["0.1.0", "1.1.9", "1.1.10.dev0", "0.9"])
def test_older_helpers_are_noticed_in_one_sentence(run, version):
    with pytest.raises(RuntimeError) as stopped:
        run(version)
    (sentence,) = stopped.value._render_traceback_()
    assert sentence == (
        f"This notebook needs the course's helpers 1.2.0, and {version} is installed: run "
        '%pip install "dt-helpers @ git+https://github.com/ada/course@v1.2.0" in a cell, then restart the kernel.'
    )


@pytest.mark.parametrize("version", ["1.2.1", "1.10.0", "2.0.0rc1"])
def test_newer_helpers_go_on_and_say_so(run, version, capsys):
    assert run(version) == []
    assert f"from version 1.2.0 of the course, and {version} is installed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        (
            "x\n  ERROR: No matching distribution found for torch>=2.9\n",
            "ERROR: No matching distribution found for torch",
        ),
        ("/usr/bin/python: No module named pip\n", "No module named pip"),
        ("", "pip gave no reason"),
    ],
)
def test_a_failed_installation_is_one_sentence(run, printed, reason):
    with pytest.raises(RuntimeError) as stopped:
        run(None, pip=1, printed=printed)
    (sentence,) = stopped.value._render_traceback_()
    assert sentence.startswith("The course's helpers could not be installed; is this machine online?")
    assert reason in sentence
    assert "\n" not in sentence


def test_without_a_network_pips_own_reason_is_in_the_sentence(tmp_path):
    """The real pip and git, which find no repository where the address leads."""
    hidden = (
        "import importlib.util as u\nfind = u.find_spec\nu.find_spec = lambda n: n != 'dt_helpers' and find(n) or None"
    )
    git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{tmp_path}/none/.insteadOf"}
    said = subprocess.run(
        [sys.executable, "-c", f"{hidden}\n{cell()}"],
        env=os.environ | git | {"GIT_CONFIG_VALUE_0": "https://github.com/"},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert "could not be installed; is this machine online?" in said.stderr
    assert "fatal: " in said.stderr.splitlines()[-1]
