"""Breakages that this course and its tutorial have met: recognised on this machine, or by the error they print."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.resources import files

from packaging.requirements import Requirement

from dt_helpers.machine.check_environment import (
    PYTHON_RANGE,
    EnvironmentReport,
    Row,
    apt_line,
    check_environment,
    pip_line,
)
from dt_helpers.machine.released import PYTHONS
from dt_helpers.workspace import host


@dataclass(frozen=True)
class Breakage:
    """One way in which things have broken: what is printed then, what it means, and what to do."""

    error: str  # a regular expression that the printed error matches
    means: str
    remedy: str  # commands in backticks
    example: str  # a line as it is printed


def read(text: str) -> tuple[Breakage, ...]:
    """The breakages of a table as assets/breakages.toml has it, in their order."""
    places = {"{pythons}": PYTHON_RANGE, "{newest}": PYTHONS[-1]}
    for place, said in places.items():
        text = text.replace(place, said)
    return tuple(Breakage(**table) for table in tomllib.loads(text)["breakage"])


BREAKAGES = read((files("dt_helpers") / "assets" / "breakages.toml").read_text(encoding="utf-8"))


def diagnose(text: str) -> list[Breakage]:
    """The known breakages that a traceback or another printed error mentions, in the catalogue's order."""
    return [breakage for breakage in BREAKAGES if re.search(breakage.error, text)]


def examine(grading: Callable[[], None] | None = None, grader: bool = False) -> EnvironmentReport:
    """`check_environment`, and what only shows if you know what to look for. Takes a few seconds.

    `grading` tries whether submissions can be graded, and raises a RuntimeError where they can't. `grader`: also look
    for what submissions may need.
    """
    rows = [*check_environment().rows, *_numpy(), *_gym(), *_notebook_on_colab(), _sandbox(grading)]
    return EnvironmentReport((*rows, *([students_packages()] if grader else [])))


def students_packages() -> Row:
    """Which packages the grader lacks of those that Colab has and students import: the extra `students`."""
    what, lacking = "packages that students use", []
    asked = [Requirement(text) for text in metadata.requires("dt-helpers") or ()]
    for one in asked:
        if one.marker and one.marker.evaluate({"extra": "students"}) and not one.marker.evaluate({"extra": ""}):
            try:
                metadata.version(one.name)
            except metadata.PackageNotFoundError:
                lacking.append(one.name)
    if not lacking:
        return Row(what, "all that Colab has and the extra `students` names")
    found = f"not here: {', '.join(lacking)}; an exercise that needs one waits for you"
    return Row(what, found, "warn", "in the checkout: `pip install -e '.[students]'`")


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
        advice = "install both again: " + pip_line("numpy", "torch").replace("install", "install --force-reinstall", 1)
        yield Row("numpy and torch", f"{type(error).__name__}: {error}".splitlines()[0], "fail", advice)


def _gym() -> Iterator[Row]:
    try:
        version = metadata.version("gym")
    except metadata.PackageNotFoundError:
        return
    advice = "" if host() else "the course uses gymnasium; `import gym` is only for the tutorial's old stack"
    yield Row("gym", f"{version}, beside gymnasium; not used", "ok", advice)


def _notebook_on_colab() -> Iterator[Row]:
    """Colab's kernel stops answering when nbgrader or a newer Jupyter moves the packages that it runs on."""
    if host() != "Google Colab":
        return
    installed = {distribution.metadata["Name"].lower() for distribution in metadata.distributions()}
    for name in sorted(installed & {"nbgrader", "jupyterlab"}):
        advice = "it moves packages that Colab's kernel needs: Runtime, Disconnect and delete runtime; do without it"
        yield Row(name, "installed on Colab, which does not have it", "fail", advice)


def _sandbox(attempt: Callable[[], None] | None = None) -> Row:
    what = "grading in a sandbox"
    if sys.platform != "linux":
        return Row(what, "not on this system: bubblewrap needs Linux", "warn", "grade on a Linux machine")
    if shutil.which("bwrap") is None:
        return Row(what, "bubblewrap is missing; only graders need it", "warn", apt_line("bubblewrap"))
    if attempt is None:
        return Row(what, "bubblewrap is installed")
    try:
        attempt()
    except RuntimeError as reason:
        said = next(
            (line.strip() for line in str(reason).splitlines() if "bwrap: " in line), str(reason).splitlines()[0]
        )
        remedy = next((known.remedy for known in diagnose(said)), "docs/platforms.md says what it needs")
        return Row(what, f"bubblewrap does not work; only graders need it: {said}", "warn", remedy)
    return Row(what, "bubblewrap works")
