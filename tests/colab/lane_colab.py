"""The notebooks as a student in Colab meets them: ``make test-colab``.

pytest runs inside the runtime's own environment, with the pytest that Colab brings. The file's name keeps it out of
`make test`.
"""

import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from tests.colab import runtime
from tests.colab.runtime import REPOSITORY, Runtime, printed

STUDENTS = sorted((REPOSITORY / "notebooks/decision_transformer").glob("*.ipynb"))
SOLUTIONS = sorted((REPOSITORY / "solutions/decision_transformer").glob("*.ipynb"))
# what `pip install mujoco` brings along that Colab does not have
MAY_COME = {"dt-helpers", "mujoco", "mujoco-core", "mujoco-studio", "glfw", "pyopengl", "websockets", "etils"}
DRIVE = 'from google.colab import drive\ndrive.mount("/content/drive")'


def stem(path: Path) -> str:
    return path.stem


def read(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def setup_cell(path: Path):
    return next(cell for cell in read(path).cells if cell.cell_type == "code")


@pytest.fixture(scope="session")
def origin(tmp_path_factory):
    return runtime.publish(tmp_path_factory.mktemp("github"))


@pytest.fixture
def colab(tmp_path, origin) -> Runtime:
    return Runtime(tmp_path, origin)


def run_cells(colab: Runtime, *sources: str):
    return colab.run(new_notebook(cells=[new_code_cell(source) for source in sources])).cells


def test_this_is_colabs_kernel():
    listed = (Path(__file__).with_name("freeze.txt")).read_text().splitlines()
    for pin in (line for line in listed if "==" in line and not line.startswith("#")):
        name, _, version = pin.partition("==")
        assert metadata.version(name) == version
    assert not {"mujoco", "jupyterlab", "nbgrader"} & {line.split("==")[0] for line in runtime.preinstalled()}


@pytest.mark.parametrize("path", STUDENTS, ids=stem)
def test_a_setup_cell_in_a_new_runtime_moves_no_package_and_may_run_again(path, colab):
    runtime.renew()
    before = runtime.freeze()
    cell = setup_cell(path)
    begin = time.monotonic()
    first, second, loaded = run_cells(
        colab, cell.source, cell.source, "import dt_helpers, sys; print(dt_helpers.__file__)"
    )
    print(f"{path.stem}: setup ran twice in {time.monotonic() - begin:.0f} s")
    assert str(REPOSITORY / "dt_helpers") not in printed(loaded), "the installed course, not the checkout's folder"
    said = printed(first) + printed(first, "stderr") + printed(second)
    assert "restart" not in said.lower()
    after = runtime.freeze()
    assert before - after == set(), "packages of the runtime were moved"
    assert {line.split("==")[0].lower() for line in after - before} <= MAY_COME
    check = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert check.returncode == 0, check.stdout


@pytest.mark.parametrize("path", SOLUTIONS, ids=stem)
def test_a_solution_runs(path, colab):
    notebook = colab.run(read(path))
    shown = "".join(
        output.data.get("text/html", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type in ("display_data", "execute_result")
    )
    if path.stem[:2] in ("01", "06"):
        assert "data:video/mp4;base64," in shown


def test_without_drive_it_is_said_that_the_work_goes_with_the_runtime(colab):
    *_, said = run_cells(colab, setup_cell(STUDENTS[0]).source, "print(workspace())")
    assert "Colab deletes together with this runtime" in printed(said)
    assert str(colab.folder / "root" / "dt_workspace") in printed(said)


def test_a_training_that_was_cut_off_goes_on_in_the_next_runtime(colab):
    """The first kernel dies after a checkpoint. In the second one nothing is left but Drive."""
    train = "from dt_helpers import data, training\n" + (
        "model = training.train(data.load('halfcheetah-expert', 8), training.preset(save_steps=5, steps={steps}))"
    )
    die = (
        "import os, signal\nfrom dt_helpers.training.checkpoints import Checkpoints\nsaved = Checkpoints.on_save\n"
        "def die(self, args, state, control, **kwargs):\n"
        "    saved(self, args, state, control, **kwargs)\n"
        f"    if state.global_step == 10: os.kill(os.getpid(), {int(signal.SIGKILL)})\n"
        "Checkpoints.on_save = die"
    )
    setup = setup_cell(next(path for path in STUDENTS if path.stem == "05_training")).source
    train = train.format(steps=15)
    with pytest.raises(DeadKernelError):
        run_cells(colab, setup, DRIVE, die, train)
    assert (colab.drive / "dt_workspace/model/checkpoints/checkpoint-10").is_dir()

    _, _, trained, said = run_cells(colab, setup, DRIVE, train, "print(training.load().config.dataset)")
    assert "kept in Google Drive" in printed(trained)
    assert "Going on from checkpoint-10 of an interrupted run." in printed(trained)
    assert "halfcheetah-expert" in printed(said)
    assert not (colab.drive / "dt_workspace/model/checkpoints").exists()
    assert (colab.drive / "dt_workspace/model/model.safetensors").is_file()
