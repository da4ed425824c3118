"""Breakages that this course and its tutorial have met: recognised on this machine, or by the error they print."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from dt_helpers.machine.check_environment import EnvironmentReport, Row, apt_line, check_environment, pip_line
from dt_helpers.workspace import on_colab


@dataclass(frozen=True)
class Breakage:
    """One way in which things have broken: what is printed then, what it means, and what to do."""

    error: str  # a regular expression that the printed error matches
    means: str
    remedy: str  # commands in backticks


BREAKAGES = (
    Breakage(
        r"Dataset scripts are no longer supported|trust_remote_code.*not supported anymore",
        "the published dataset is read by its loading script, which datasets refuses since version 4",
        "read the same rows from the Hub's parquet branch: `data.load('halfcheetah-expert-v2')`",
    ),
    Breakage(
        r"unexpected keyword argument '(warmup_ratio|evaluation_strategy|no_cuda)'",
        "this argument is gone from TrainingArguments",
        "write `warmup_steps=0.1` (below 1 it is a share), `eval_strategy`, `use_cpu`; `training.arguments` does",
    ),
    Breakage(
        r"has no attribute '(max_length|use_return_dict)'",
        "transformers 5 took this out of models' configs",
        "use the course's `config.context_length` for K, and `config.return_dict`",
    ),
    Breakage(
        r"NameNotFound|Environment version .* deprecated|Environment `?(HalfCheetah|Hopper|Walker2d)`?.*doesn't exist"
        r"|mujoco v2 and v3 based environments",
        "gymnasium has no -v2 and -v3 robots of its own",
        "make it by the course: `envs.make('HalfCheetah-v3')` has the old physics, `envs.make()` today's",
    ),
    Breakage(
        r"No module named 'gym'|No module named 'mujoco_py'|extras_require.*must be a dictionary|use pip<24\.1",
        "this is code for gym 0.21 and mujoco-py, which today's tools cannot install",
        "use gymnasium: `from dt_helpers import envs; envs.make('HalfCheetah-v3')`; `make test-legacy` has both",
    ),
    Breakage(
        r"numpy\.dtype size changed|compiled using NumPy 1\.x|Numpy is not available|numpy\.core\.multiarray failed",
        "NumPy was changed under packages that were built for another one, or while it was loaded",
        "restart the kernel; if it stays, install both anew: `pip install --upgrade --force-reinstall numpy torch`",
    ),
    Breakage(
        r"operator torchvision::nms does not exist|undefined symbol.*(torch|c10)",
        "torch was changed under torchvision or another package that was built for another one",
        "`pip install --upgrade torch torchvision`, or on Colab: Runtime, Disconnect and delete runtime",
    ),
    Breakage(
        r"eglQueryString|libEGL\.so|libGL\.so|libOSMesa|FatalError.*(OpenGL|GLFW|gladLoadGL)|GLFW.*(DISPLAY|X11)",
        "an OpenGL library is missing, or MUJOCO_GL names one that is",
        "`apt-get install -y libegl1 libgl1 libosmesa6`, and unset MUJOCO_GL; else the course draws the robot itself",
    ),
    Breakage(
        r"black frame",
        "OpenGL gives black pictures: its context was lost, or the driver does not draw",
        "nothing has to be done: the course's own drawing takes over; for OpenGL, restart the kernel or set "
        "`MUJOCO_GL=osmesa` before the first import",
    ),
    Breakage(
        r"No ffmpeg exe could be found|Unknown encoder 'libx264'",
        "there is no ffmpeg that writes H.264",
        "`pip install imageio-ffmpeg`, which brings one, and unset IMAGEIO_FFMPEG_EXE",
    ),
    Breakage(
        r"No space left on device|is the disk full\?|Disk quota exceeded",
        "the disk is full",
        "make room, or set the environment variables DT_WORKSPACE and DT_CACHE to folders on another disk",
    ),
    Breakage(
        r"Read-only file system|(Permission denied|Not a directory|File exists): .*dt_(workspace|helpers)",
        "the workspace or the cache cannot be written",
        "set the environment variables DT_WORKSPACE and DT_CACHE to folders that you can write",
    ),
    Breakage(
        r"requires a different Python|Ignored the following versions that require a different python",
        "the course needs Python 3.11, 3.12 or 3.13",
        "make the environment with one of these: `make course PYTHON=python3.12`",
    ),
)


def diagnose(text: str) -> list[Breakage]:
    """The known breakages that a traceback or another printed error speaks of; the order is the catalogue's."""
    return [breakage for breakage in BREAKAGES if re.search(breakage.error, text)]


def examine() -> EnvironmentReport:
    """`check_environment`, and what only shows when one knows what to look for. Takes a few seconds."""
    return EnvironmentReport((*check_environment().rows, *_numpy(), *_gym(), *_notebook_on_colab(), _sandbox()))


def _numpy() -> Iterator[Row]:
    """Rows for a NumPy that was changed while it is loaded, or that torch cannot use."""
    import numpy

    installed = metadata.version("numpy")
    if numpy.__version__ != installed:
        found = f"{numpy.__version__} is loaded, and {installed} was installed since"
        yield Row("numpy", found, "fail", "restart the kernel, before anything is computed with a mixture of both")
    try:
        import torch

        torch.from_numpy(numpy.zeros(1)).numpy()
    except Exception as error:  # whatever a broken mixture raises
        advice = "install both anew: " + pip_line("numpy", "torch").replace("install", "install --force-reinstall", 1)
        yield Row("numpy and torch", f"{type(error).__name__}: {error}".splitlines()[0], "fail", advice)


def _gym() -> Iterator[Row]:
    try:
        version = metadata.version("gym")
    except metadata.PackageNotFoundError:
        return
    advice = "" if on_colab() else "the course uses gymnasium; `import gym` is for the tutorial's old stack alone"
    yield Row("gym", f"{version}, beside gymnasium; not used", "ok", advice)


def _notebook_on_colab() -> Iterator[Row]:
    """Colab's kernel stops answering when nbgrader or a newer Jupyter moves what lies below it."""
    if not on_colab():
        return
    installed = {distribution.metadata["Name"].lower() for distribution in metadata.distributions()}
    for name in sorted(installed & {"nbgrader", "jupyterlab"}):
        advice = "it moves packages below Colab's kernel: Runtime, Disconnect and delete runtime, and do without it"
        yield Row(name, "installed on Colab, which does not have it", "fail", advice)


def _sandbox() -> Row:
    what = "grading in a sandbox"
    if shutil.which("bwrap"):
        return Row(what, "bubblewrap is installed")
    if sys.platform != "linux":
        return Row(what, "not on this system: bubblewrap needs Linux", "warn", "grade on a Linux machine")
    return Row(what, "bubblewrap is missing; only graders need it", "warn", apt_line("bubblewrap"))
