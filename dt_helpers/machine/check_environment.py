"""Check what this machine has for the course, and say what to do about anything missing."""

import html
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

from dt_helpers.machine.released import PYTHONS
from dt_helpers.machine.telling import as_html, in_notebook
from dt_helpers.video import render
from dt_helpers.workspace import cache_dir, host, workspace

PACKAGE = "dt-helpers"
PYTHON_RANGE = f"{PYTHONS[0]} to {PYTHONS[-1]}"
LITTLE_SPACE, NO_SPACE = 1.0, 0.1  # GB
APT = {"egl": "libegl1 libgl1", "osmesa": "libosmesa6"}
COLORS = {"ok": "#2f9e55", "warn": "#c77f0a", "fail": "#dd4b4b"}  # legible on white and on near-black
MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


@dataclass(frozen=True)
class Row:
    """One thing that was checked. `advice` says what to do, with commands in backticks; empty if nothing."""

    what: str
    found: str
    status: str = "ok"  # "ok", "warn": the course works without it, "fail": it doesn't
    advice: str = ""


@dataclass(frozen=True)
class EnvironmentReport:
    """The rows of `check_environment`, as text by ``print`` and as a table in a notebook."""

    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """Whether the course works here; optional things don't count."""
        return all(row.status != "fail" for row in self.rows)

    @property
    def verdict(self) -> str:
        """The conclusion, in one sentence."""
        fails, warns = (sum(row.status == status for row in self.rows) for status in ("fail", "warn"))
        if fails:
            are = "One thing is" if fails == 1 else f"{fails} things are"
            return f"{are} missing: do what the arrows say, then run this again."
        better = "one thing" if warns == 1 else f"{warns} things"
        return (
            "Everything is there." if not warns else f"The course works here; {better} could be better, see the arrows."
        )

    def __str__(self) -> str:
        wide = max(len(row.what) for row in self.rows)
        lines = []
        for row in self.rows:
            lines.append(f"{row.status:4}  {row.what:{wide}}  {row.found}")
            if row.advice:
                lines.append(f"{'':{wide + 8}}→ {row.advice}")
        return "\n".join([*lines, "", self.verdict])

    def __repr__(self) -> str:
        return f"<EnvironmentReport ok={self.ok}>"

    def _repr_html_(self) -> str:
        cell = "text-align: left; padding: 2px 10px; vertical-align: top; white-space: normal"
        lines = []
        for row in self.rows:
            mark = f'<b style="color: {COLORS[row.status]}; white-space: nowrap">{MARKS[row.status]} {row.status}</b>'
            found = html.escape(row.found) + (f"<br>→ {as_html(row.advice)}" if row.advice else "")
            columns = (mark, html.escape(row.what), found)
            lines.append("<tr>" + "".join(f'<td style="{cell}">{column}</td>' for column in columns) + "</tr>")
        table = '<table style="color: inherit; font-size: inherit">'
        return f"{table}{''.join(lines)}</table><p><b>{html.escape(self.verdict)}</b></p>"


def check_environment() -> EnvironmentReport:
    """Check Python, the packages, the accelerator, rendering, video, and the folders. Takes a few seconds."""
    first = [_place(), _python(), *_packages(), *_mujoco()]
    with ThreadPoolExecutor(1) as pool:
        rendering = pool.submit(lambda: list(_rendering()))  # in child processes, while this one imports torch
        return EnvironmentReport((*first, _accelerator(), *rendering.result(), _video(), *_folders()))


def pip_line(*requirements: str) -> str:
    words = " ".join(f'"{requirement}"' for requirement in requirements)
    return f"`%pip install {words}`, then restart the kernel" if in_notebook() else f"`pip install {words}`"


def apt_line(packages: str) -> str:
    if shutil.which("apt-get") is None:
        return f"ask your package manager for Debian's {packages}"
    root = "" if not hasattr(os, "geteuid") or os.geteuid() == 0 else "sudo "
    return f"`{'!' if in_notebook() else ''}{root}apt-get install -y {packages}`"


def _place() -> Row:
    if name := host():
        return Row("runs in", name)
    return Row("runs in", "Jupyter" if in_notebook() else "plain Python, no notebook")


def _python() -> Row:
    version = ".".join(map(str, sys.version_info[:3]))
    oldest, newest = (tuple(map(int, name.split("."))) for name in (PYTHONS[0], PYTHONS[-1]))
    if sys.version_info[:2] < oldest:
        return Row("Python", version, "fail", f"the course needs {PYTHON_RANGE}: make an environment with one")
    if sys.version_info[:2] > newest:
        return Row("Python", version, "warn", f"the course is for {PYTHON_RANGE}: use one of them if it fails")
    return Row("Python", version)


def _packages() -> Iterator[Row]:
    """One row for each package that the installed course requires, with the version that it needs."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        yield Row("packaging", "not installed", "fail", pip_line("packaging"))
        return
    try:
        wanted = [Requirement(line) for line in metadata.requires(PACKAGE) or []]
    except metadata.PackageNotFoundError:
        yield Row(PACKAGE, "not installed", "fail", "in the course's folder: " + pip_line("-e .").replace('"', ""))
        return
    for requirement in wanted:
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        bound = str(requirement.specifier)
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Row(requirement.name, f"not installed (needs {bound})", "fail", pip_line(str(requirement)))
            continue
        if requirement.specifier.contains(version, prereleases=True):
            yield Row(requirement.name, f"{version} (needs {bound})")
        else:
            advice = pip_line(str(requirement)).replace("install", "install --upgrade")
            yield Row(requirement.name, f"{version}, but the course needs {bound}", "fail", advice)


def _accelerator() -> Row:
    try:
        import torch

        from dt_helpers.machine.hardware import has_bf16, usable_cores
    except Exception as error:  # a broken mix of versions can raise anything at import
        advice = "reinstall the packages above: " + pip_line("torch", "transformers", "accelerate")
        return Row("training on", f"{type(error).__name__}: {error}".splitlines()[0], "fail", advice)
    bf16 = "bfloat16" if has_bf16() else "float32, no bfloat16"
    if torch.cuda.is_available():
        gpu = torch.cuda.get_device_properties(0)
        return Row("training on", f"GPU (cuda): {gpu.name}, {gpu.total_memory / 1e9:.0f} GB, {bf16}")
    if torch.backends.mps.is_available():
        return Row("training on", f"GPU (mps) of this Mac, {bf16}")
    cores = usable_cores()
    return Row("training on", f"CPU, {cores} core{'s' if cores != 1 else ''}, {bf16}: enough for the course")


def _rendering() -> Iterator[Row]:
    """One row for each OpenGL backend, and one for what a replay will use."""
    probes = render.backends()
    works = [render.NAMES[probe.name] for probe in probes if probe.works]
    for probe in probes:
        what = f"rendering: {render.NAMES[probe.name]}"
        install = apt_line(APT[probe.name]) if probe.name in APT else "update the graphics driver"
        if probe.works:
            yield Row(what, "works")
        elif works:
            yield Row(what, f"not found, and not needed: {works[0]} works", "ok", f"if you want it: {install}")
        else:
            yield Row(what, f"does not work: {probe.reason}", "warn", install)
    asked = "" if probes else f", because MUJOCO_GL={os.environ['MUJOCO_GL']}"
    yield Row("a replay is shown by", [*works, render.NAMES[render.DRAWING]][0] + asked)


def _mujoco() -> Iterator[Row]:
    """A row if MuJoCo can't be imported."""
    try:
        import mujoco  # noqa: F401
    except Exception as error:  # a MUJOCO_GL that doesn't work here raises AttributeError and others
        wish = os.environ.get("MUJOCO_GL")
        unset = f"unset the environment variable MUJOCO_GL, now {wish!r}, and start again"
        yield Row(
            "physics",
            f"MuJoCo can't be imported: {type(error).__name__}: {error}",
            "fail",
            unset if wish else pip_line("mujoco"),
        )


def _video() -> Row:
    try:
        import imageio_ffmpeg

        from dt_helpers.video import record

        with tempfile.TemporaryDirectory() as folder:
            record([np.full((64, 64, 3), gray, np.uint8) for gray in (40, 90, 140)], Path(folder) / "try.mp4", fps=20)
        return Row("video", f"H.264 by ffmpeg {imageio_ffmpeg.get_ffmpeg_version().split('-')[0]}")
    except Exception as error:
        return Row("video", f"{type(error).__name__}: {error}".splitlines()[0], "fail", pip_line("imageio-ffmpeg"))


def _folders() -> Iterator[Row]:
    places: tuple[tuple[str, Callable[[], Path], str], ...] = (
        ("cache folder", cache_dir, "DT_CACHE"),
        ("workspace folder", workspace, "DT_WORKSPACE"),
    )
    for what, folder, variable in places:
        elsewhere = f"set the environment variable {variable} to a folder "
        try:
            path = folder()
            with tempfile.TemporaryFile(dir=path) as file:
                file.write(b"x")
            free = shutil.disk_usage(path).free / 1e9
        except OSError as error:
            yield Row(what, f"can't be written to: {error}", "fail", elsewhere + "that you can write to")
            continue
        status = "ok" if free > LITTLE_SPACE else "warn" if free > NO_SPACE else "fail"
        advice = "" if status == "ok" else f"free some space, or {elsewhere}on another disk"
        yield Row(what, f"{_short(path)}, {free:.1f} GB free", status, advice)


def _short(path: Path) -> str:
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)
