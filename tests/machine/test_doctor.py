"""Each known breakage is provoked where that can be done here, and its own error is what has to be recognised."""

import os
import subprocess
import sys
from importlib import metadata

import gymnasium
import numpy as np
import pytest
import torch
from transformers import DecisionTransformerConfig, TrainingArguments

from dt_helpers import envs, video, workspace
from dt_helpers.authoring import CourseError
from dt_helpers.envs import legacy
from dt_helpers.machine import doctor
from tests.hidden_libraries import run_without


def means(text: str) -> str:
    (breakage,) = doctor.diagnose(text)
    return breakage.means


def error_of(call) -> str:
    with pytest.raises(Exception) as caught:
        call()
    return f"{type(caught.value).__name__}: {caught.value}"


def test_a_dataset_with_a_loading_script(tmp_path):
    import datasets

    folder = tmp_path / "decision_transformer_gym_replay"
    folder.mkdir()
    (folder / f"{folder.name}.py").write_text("")
    assert "loading script" in means(error_of(lambda: datasets.load_dataset(str(folder))))


def test_arguments_of_an_older_trainer(tmp_path):
    assert "TrainingArguments" in means(error_of(lambda: TrainingArguments(str(tmp_path), evaluation_strategy="no")))


def test_k_from_the_models_config():
    assert "transformers 5" in means(error_of(lambda: DecisionTransformerConfig().max_length))


def test_the_old_robots_names():
    assert "-v2 and -v3" in means(error_of(lambda: gymnasium.make("HalfCheetah-v2")))
    assert "-v2 and -v3" in means(error_of(lambda: envs.make("Hopper-v2")))


def test_gym_in_place_of_gymnasium():
    child = subprocess.run([sys.executable, "-c", "import mujoco_py"], capture_output=True, text=True)
    assert "gym 0.21 and mujoco-py" in means(child.stderr)


NUMPY_1 = "A module that was compiled using NumPy 1.x cannot be run in NumPy 2.0.2 as it may crash."
SWAPPED = "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88"


@pytest.mark.parametrize("said", [NUMPY_1, SWAPPED])
def test_a_numpy_that_was_swapped_by_what_it_prints(said):
    assert "NumPy was changed" in means(said)


def test_a_numpy_that_was_swapped_while_it_is_loaded(monkeypatch):
    assert list(doctor._numpy()) == []
    monkeypatch.setattr(np, "__version__", "1.26.4")
    (row,) = doctor._numpy()
    assert row.status == "fail" and "restart the kernel" in row.advice
    assert f"1.26.4 is loaded, and {metadata.version('numpy')} was installed" in row.found


def test_a_torch_that_cannot_use_numpy(monkeypatch):
    def refuse(array):
        raise RuntimeError("Numpy is not available")

    monkeypatch.setattr(torch, "from_numpy", refuse)
    (row,) = doctor._numpy()
    assert row.status == "fail" and "--force-reinstall" in row.advice
    assert "NumPy was changed" in means(row.found)


def test_a_torch_that_was_swapped():
    assert "torchvision" in means("RuntimeError: operator torchvision::nms does not exist")


def test_a_missing_gl_library(tmp_path):
    child = run_without(["EGL"], "import mujoco", tmp_path, MUJOCO_GL="egl")
    assert "OpenGL library" in means(child.stderr)


def test_black_frames(monkeypatch):
    from dt_helpers.video import render

    if render.choose() == render.DRAWING:
        pytest.fail("this test needs a working OpenGL: apt-get install libegl1 libgl1, or libosmesa6")
    monkeypatch.setattr(render.OpenGL, "render", lambda self, data: np.zeros((64, 64, 3), np.uint8))
    robot = envs.make("HalfCheetah-v5").unwrapped
    with render.Renderer(robot.model, 64, 64) as renderer, pytest.warns(UserWarning) as said:
        assert renderer.render(robot.data).any(), "the drawing has taken over"
    assert "black pictures" in means(str(said[0].message))


def test_no_ffmpeg(monkeypatch, tmp_path):
    import imageio_ffmpeg

    def no_exe():
        raise RuntimeError("No ffmpeg exe could be found. Install ffmpeg on your system")

    monkeypatch.setattr(imageio_ffmpeg._io, "get_ffmpeg_exe", no_exe)
    frames = [np.zeros((64, 64, 3), np.uint8)]
    assert "H.264" in means(error_of(lambda: video.record(frames, tmp_path / "x.mp4", fps=20)))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full is Linux's")
def test_a_full_disk():
    def write():
        with open("/dev/full", "w") as file:
            file.write("x")

    assert "disk is full" in means(error_of(write))


def test_a_workspace_that_cannot_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path / "file" / "dt_workspace"))
    assert "cannot be written" in means(error_of(workspace.workspace))
    assert "cannot be written" in means("PermissionError: [Errno 13] Permission denied: '/root/dt_workspace'")


def test_another_python():
    said = "ERROR: Package 'dt-helpers' requires a different Python: 3.10.12 not in '>=3.11'"
    assert "3.11 to 3.14" in means(said)


@pytest.mark.parametrize("breakage", doctor.BREAKAGES, ids=lambda breakage: breakage.means)
def test_each_says_what_to_do(breakage):
    assert breakage.remedy


def test_an_unknown_error_is_not_guessed_at():
    assert doctor.diagnose("ZeroDivisionError: division by zero") == []


def test_nbgrader_on_colab(monkeypatch):
    monkeypatch.delenv("COLAB_RELEASE_TAG", raising=False)
    assert list(doctor._notebook_on_colab()) == []
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release")
    names = {row.what for row in doctor._notebook_on_colab()}
    assert names == {"nbgrader", "jupyterlab"}, "which these tests have"


def test_a_grader_without_bubblewrap(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    row = doctor._sandbox()
    assert row.status == "warn" and row.advice
    monkeypatch.setattr(doctor.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert doctor._sandbox().status == "ok"


def test_gym_beside_gymnasium(monkeypatch):
    assert list(doctor._gym()) == []
    monkeypatch.setattr(doctor.metadata, "version", lambda name: "0.25.2")
    (row,) = doctor._gym()
    assert "0.25.2" in row.found and "gymnasium" in row.advice


def test_the_old_stack_says_what_to_do_where_it_is_missing():
    with pytest.raises(ValueError, match="make test-legacy"):
        envs.make("HalfCheetah-v3", backend="gym")
    with pytest.raises(ValueError, match="'gymnasium', or 'gym'"):
        envs.make("HalfCheetah-v3", backend="brax")
    assert legacy.VERSION == "0.21."


# The table of messages


@pytest.mark.parametrize("breakage", doctor.BREAKAGES, ids=lambda breakage: breakage.example[:40])
def test_each_example_is_recognised_as_what_it_is_and_nothing_else(breakage):
    assert doctor.diagnose(f"Traceback …\n{breakage.example}\n") == [breakage]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("mujoco.FatalError: an OpenGL platform library has not been loaded: glGetError", "OpenGL"),
        ("RuntimeError: Cannot use OSMesa rendering platform. The PYOPENGL_PLATFORM environment variable", "OpenGL"),
        (
            "Exception: \nYou appear to be missing MuJoCo.  We expected to find the file here: ~/.mujoco/mujoco210",
            "by hand",
        ),
        ("bwrap: setting up uid map: Permission denied", "AppArmor"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "Docker"),
        ("    self.assertEqual\nValueError: too many values to unpack (expected 4)", "gymnasium's gives five"),
        ("ModuleNotFoundError: No module named 'd4rl'", "gym 0.21"),
        ("TypeError: Trainer.__init__() got an unexpected keyword argument 'tokenizer'", "gone"),
        ("RuntimeError: invalid value for environment variable MUJOCO_GL: foo", "OpenGL"),
        ("OSError: We couldn't connect to 'https://huggingface.co' to load the files", "the Hub was not reached"),
        ("AttributeError: module 'numpy' has no attribute 'float'.\n`np.float` was a deprecated alias", "no longer"),
        ("RuntimeError: expected scalar type Float but found Double", "two types"),
        ("\tsize mismatch for embed_state.weight: copying a param with shape", "another robot"),
        ("RuntimeError: Found no NVIDIA driver on your system.", "torch sees none"),
        ("numpy._core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array", "memory"),
        ("gymnasium.error.DependencyNotInstalled: MuJoCo is not installed, run `pip install`", "lacks"),
        ("ERROR: Packages require a different Python. 3.8.18 not in:", "the course needs Python"),
        ("ValueError: Action dimension mismatch. Expected (3,), found (6,)", "another robot"),
        ("error: externally-managed-environment\n\n× This environment is externally managed", "system"),
    ],
)
def test_what_people_were_told(said, word):
    assert word in means(said)


def test_a_table_is_read_in_its_order():
    table = "[[breakage]]\nerror = 'new'\nmeans = 'm {pythons}'\nremedy = 'r'\nexample = 'new'\n"
    first, second = doctor.read(table + table.replace("new", "other"))
    assert first == doctor.Breakage("new", "m 3.11 to 3.14", "r", "new")
    assert second.error == "other"


def test_a_sandbox_that_may_not_work_is_told_with_what_helps(monkeypatch):
    def refused():
        raise CourseError("It needs bubblewrap;\n  bwrap: Creating new namespace failed: Operation not permitted\n")

    monkeypatch.setattr(doctor.shutil, "which", lambda name: f"/usr/bin/{name}")
    row = doctor._sandbox(refused)
    assert row.status == "warn"
    assert "Creating new namespace failed" in row.found
    assert "apparmor_restrict_unprivileged_userns=0" in row.advice
    assert doctor._sandbox(lambda: None).found == "bubblewrap works"


def test_a_grader_is_told_which_packages_of_the_students_are_lacking(monkeypatch):
    of_students = ['scipy_of_mine>=1 ; extra == "students"', 'numpy>=2 ; extra == "students"']
    named = ["numpy>=2", 'x ; extra == "lab"', *of_students]
    monkeypatch.setattr(metadata, "requires", lambda name: named)
    row = doctor.students_packages()
    assert row.status == "warn" and "not here: scipy_of_mine;" in row.found
    assert row.advice == "in the checkout: `pip install -e '.[students]'`"
    monkeypatch.setattr(metadata, "requires", lambda name: [*named[:2], named[3]])
    assert doctor.students_packages().status == "ok"
    assert "packages that students use" in str(doctor.examine(grader=True))
    assert "packages that students use" not in str(doctor.examine())
