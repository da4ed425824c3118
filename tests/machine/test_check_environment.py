import os
import subprocess
import sys
from importlib import metadata

import pytest

from dt_helpers import workspace
from dt_helpers.machine import check_environment
from dt_helpers.machine.check_environment import EnvironmentReport, Row
from dt_helpers.video import render
from tests.hidden_libraries import run_without


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("DT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path


@pytest.fixture
def probes(monkeypatch):
    def answer(*found):
        monkeypatch.setattr(render, "backends", lambda: [render.Probe(*each) for each in found])

    return answer


def by_name(rows):
    return {row.what: row for row in rows}


def test_this_machine_can_run_the_course():
    report = check_environment.check_environment()
    rows = by_name(report.rows)
    assert report.ok, str(report)
    assert rows["Python"].found == ".".join(map(str, sys.version_info[:3]))
    assert rows["torch"].found.startswith(f"{metadata.version('torch')} (needs >=")
    assert {"mujoco", "transformers", "imageio-ffmpeg"} < rows.keys()
    assert "nbgrader" not in rows  # an extra is not asked for
    assert rows["runs in"].found == "plain Python, no notebook"
    assert rows["a replay is shown by"].found == render.NAMES[render.choose()]
    assert rows["video"].found.startswith("H.264 by ffmpeg")
    assert str(workspace.cache_dir()) in rows["cache folder"].found
    assert not list(workspace.cache_dir().iterdir())
    for row in report.rows:
        assert row.status == "ok" or row.advice, f"nothing to do about {row}"


def test_without_opengl_it_says_what_to_install_and_that_a_replay_is_drawn(tmp_path):
    code = (
        "from dt_helpers.machine import check_environment as environment; "
        "print(environment.EnvironmentReport(tuple(environment._rendering())))"
    )
    child = run_without(["EGL", "OSMesa"], code, tmp_path)
    assert child.returncode == 0, child.stderr
    assert "libEGL.so.1" in child.stdout
    assert "libegl1 libgl1" in child.stdout
    assert "libosmesa6" in child.stdout
    assert child.stdout.endswith("The course works here; 2 things could be better, see the arrows.\n")
    assert "a replay is shown by  our own drawing" in child.stdout


def test_a_backend_that_is_missing_is_no_problem_where_another_works(probes):
    probes(("egl", False, "libEGL.so.1: no such file"), ("osmesa", True))
    rows = by_name(check_environment._rendering())
    assert {row.status for row in rows.values()} == {"ok"}
    assert "OSMesa works" in rows["rendering: EGL"].found
    assert "libegl1" in rows["rendering: EGL"].advice
    assert rows["a replay is shown by"].found == "OSMesa"


def test_that_opengl_was_switched_off_is_said(probes, monkeypatch):
    probes()
    monkeypatch.setenv("MUJOCO_GL", "disable")
    (row,) = check_environment._rendering()
    assert row.found == "our own drawing (no OpenGL), because MUJOCO_GL=disable"


def test_a_wish_that_keeps_mujoco_from_being_imported_is_named(tmp_path):
    code = "from dt_helpers.machine import check_environment as environment; print(*environment._mujoco())"
    child = run_without(["EGL"], code, tmp_path, MUJOCO_GL="egl")
    assert "status='fail'" in child.stdout, child.stderr
    assert "unset the environment variable MUJOCO_GL" in child.stdout
    assert not list(check_environment._mujoco())


def test_missing_and_old_packages_are_named_with_the_command_that_helps(monkeypatch):
    wanted = [
        "torch>=2.6",
        "mujoco>=3.2.3",
        "numpy>=2.0",
        "winpty>=1; sys_platform == 'no'",
        "nbgrader>=0.9; extra == 'grade'",
    ]
    have = {"torch": "2.1.0", "numpy": "2.0"}

    def version(name):
        if name not in have:
            raise metadata.PackageNotFoundError(name)
        return have[name]

    monkeypatch.setattr(metadata, "requires", lambda name: wanted)
    monkeypatch.setattr(metadata, "version", version)
    torch, mujoco, numpy = check_environment._packages()
    assert torch == Row("torch", "2.1.0, but the course needs >=2.6", "fail", '`pip install --upgrade "torch>=2.6"`')
    assert mujoco == Row("mujoco", "not installed (needs >=3.2.3)", "fail", '`pip install "mujoco>=3.2.3"`')
    assert numpy == Row("numpy", "2.0 (needs >=2.0)")


def test_a_course_that_is_not_installed_is_told(monkeypatch):
    def requires(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)
    (row,) = check_environment._packages()
    assert (row.status, row.advice) == ("fail", "in the course's folder: `pip install -e .`")


def test_packages_that_do_not_fit_together_are_told(tmp_path):
    (tmp_path / "torch.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    code += "from dt_helpers.machine import check_environment as environment; "
    child = subprocess.run(
        [sys.executable, "-c", code + "print(environment._accelerator())"], capture_output=True, text=True, timeout=120
    )
    assert "RuntimeError: operator torchvision::nms does not exist" in child.stdout, child.stderr
    assert "status='fail'" in child.stdout
    assert "pip install" in child.stdout


def test_a_newer_python_is_a_warning(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 15, 0, "final", 0))
    row = check_environment._python()
    assert row.status == "warn"
    assert "3.11 to 3.14" in row.advice


def test_an_older_python_fails(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 12, "final", 0))
    row = check_environment._python()
    assert row.status == "fail"
    assert "3.11 to 3.14" in row.advice


def test_a_machine_that_renders_black_frames_is_told(probes):
    probes(("egl", False, "it renders black frames"), ("osmesa", False, "libOSMesa.so.8: no such file"))
    rows = by_name(check_environment._rendering())
    assert "black frames" in rows["rendering: EGL"].found
    assert rows["rendering: EGL"].status == "warn"
    assert rows["a replay is shown by"].found == "our own drawing (no OpenGL)"


def test_a_folder_that_cannot_be_written_is_named_with_its_variable(folders, monkeypatch):
    (folders / "file").write_text("in the way")
    monkeypatch.setenv("DT_CACHE", str(folders / "file" / "cache"))
    rows = by_name(check_environment._folders())
    assert rows["cache folder"].status == "fail"
    assert "DT_CACHE" in rows["cache folder"].advice
    assert rows["workspace folder"].status == "ok"


@pytest.mark.parametrize(("free", "status"), [(5e9, "ok"), (4e8, "warn"), (1e7, "fail")])
def test_little_room_on_the_disk_is_told(monkeypatch, free, status):
    monkeypatch.setattr(
        check_environment.shutil, "disk_usage", lambda path: check_environment.shutil._ntuple_diskusage(1, 1, free)
    )
    for row in check_environment._folders():
        assert row.status == status
        assert ("free some space" in row.advice) == (status != "ok")


def test_an_encoder_that_does_not_work_is_told(monkeypatch):
    import imageio_ffmpeg

    def no_exe():
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(imageio_ffmpeg._io, "get_ffmpeg_exe", no_exe)
    row = check_environment._video()
    assert row.status == "fail"
    assert "No ffmpeg exe" in row.found
    assert "imageio-ffmpeg" in row.advice


def test_commands_fit_where_they_are_typed(monkeypatch):
    monkeypatch.setattr(check_environment.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert check_environment.apt_line("libosmesa6") == "`sudo apt-get install -y libosmesa6`"
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(check_environment, "in_notebook", lambda: True)
    assert check_environment.apt_line("libosmesa6") == "`!apt-get install -y libosmesa6`"
    assert check_environment.pip_line("torch>=2.6") == '`%pip install "torch>=2.6"`, then restart the kernel'
    monkeypatch.setattr(check_environment.shutil, "which", lambda name: None)
    assert "`" not in check_environment.apt_line("libosmesa6")


def test_the_report_reads_well_as_text_and_as_html():
    fine = EnvironmentReport((Row("Python", "3.12.1"), Row("a <b>", "x & y", "warn", 'say `pip install "x>=1"`')))
    assert str(fine) == (
        "ok    Python  3.12.1\n"
        "warn  a <b>   x & y\n"
        '              → say `pip install "x>=1"`\n'
        "\n"
        "The course works here; one thing could be better, see the arrows."
    )
    html = fine._repr_html_()
    assert "a &lt;b&gt;" in html
    assert "<code>pip install &quot;x&gt;=1&quot;</code>" in html
    assert "color: inherit" in html
    assert fine.ok
    broken = EnvironmentReport((*fine.rows, Row("torch", "not installed", "fail", "x"), Row("y", "z", "fail", "x")))
    assert not broken.ok
    assert broken.verdict.startswith("2 things are missing")
    assert (repr(fine), repr(broken)) == ("<EnvironmentReport ok=True>", "<EnvironmentReport ok=False>")
    assert EnvironmentReport(fine.rows[:1]).verdict == "Everything is there."
