import sys
import types
from pathlib import Path

import pytest

from dt_helpers import workspace


def test_folders_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("DT_CACHE", str(tmp_path / "c"))
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path / "w"))
    assert workspace.cache_dir() == tmp_path / "c"
    assert workspace.workspace() == tmp_path / "w"
    assert (tmp_path / "c").is_dir() and (tmp_path / "w").is_dir()


def test_folders_default_to_the_home(monkeypatch, tmp_path):
    for name in ("DT_CACHE", "DT_WORKSPACE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(Path, "expanduser", lambda self: Path(str(self).replace("~", str(tmp_path), 1)))
    assert workspace.cache_dir() == tmp_path / ".cache" / "dt_helpers"
    assert workspace.workspace() == tmp_path / "dt_workspace"


@pytest.fixture
def colab(monkeypatch, tmp_path):
    monkeypatch.delenv("DT_WORKSPACE", raising=False)
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release")
    monkeypatch.setenv("HOME", str(tmp_path / "root"))
    monkeypatch.setattr(workspace, "COLAB", tmp_path / "content")
    monkeypatch.setattr(workspace, "_said", set())
    return tmp_path


def test_on_colab_it_is_said_once_that_the_runtime_takes_the_work_with_it(colab, capsys):
    assert workspace.workspace() == workspace.workspace() == colab / "root" / "dt_workspace"
    said = capsys.readouterr().out
    assert said.count("Colab deletes") == said.count("drive.mount(") == 1


def test_on_colab_the_work_is_in_drive_as_soon_as_that_is_mounted(colab, capsys):
    workspace.workspace()
    (colab / "content" / "drive" / "MyDrive").mkdir(parents=True)
    assert workspace.workspace() == colab / "content" / "drive" / "MyDrive" / "dt_workspace"
    assert capsys.readouterr().out.endswith("Your work is kept in Google Drive, in the folder dt_workspace.\n")


def test_a_workspace_of_ones_own_choice_counts_on_colab_too(colab, monkeypatch, capsys):
    monkeypatch.setenv("DT_WORKSPACE", str(colab / "mine"))
    assert workspace.workspace() == colab / "mine"
    assert capsys.readouterr().out == ""


def test_colab_is_known_by_its_module(monkeypatch):
    monkeypatch.delenv("COLAB_RELEASE_TAG", raising=False)
    assert not workspace.on_colab()
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    assert workspace.on_colab()


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_replacing_is_all_or_nothing(tmp_path, kind):
    target = tmp_path / "target"

    def write(path, text):
        if kind == "folder":
            path.mkdir()
            path = path / "inside"
        path.write_text(text)

    def read():
        return (target / "inside" if kind == "folder" else target).read_text()

    with workspace.replacing(target) as staged:
        write(staged, "old")
    assert read() == "old"
    with pytest.raises(RuntimeError), workspace.replacing(target) as staged:
        write(staged, "half")
        raise RuntimeError
    assert read() == "old"
    with workspace.replacing(target) as staged:
        write(staged, "new")
    assert read() == "new"
    assert list(tmp_path.iterdir()) == [target]
