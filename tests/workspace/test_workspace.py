import errno
import subprocess
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


@pytest.mark.parametrize(
    ("variable", "name", "place", "said"),
    [
        ("KAGGLE_KERNEL_RUN_TYPE", "Kaggle", "KAGGLE", "saved version of this notebook"),
        ("DEEPNOTE_PROJECT_ID", "Deepnote", "DEEPNOTE", "among this project's files"),
    ],
)
def test_kaggle_and_deepnote_have_a_folder_for_the_work(monkeypatch, colab, capsys, variable, name, place, said):
    """Where the image is Colab's too, as Kaggle's is."""
    monkeypatch.setenv(variable, "x")
    monkeypatch.setattr(workspace, place, colab / "theirs")
    assert workspace.host() == name
    assert workspace.workspace() == workspace.workspace() == colab / "theirs" / "dt_workspace"
    assert capsys.readouterr().out.count(said) == 1
    monkeypatch.setenv("DT_WORKSPACE", str(colab / "mine"))
    assert workspace.workspace() == colab / "mine"


def test_the_places_of_a_student_s_files_are_those_of_the_platforms():
    assert [str(place) for place in (workspace.COLAB, workspace.KAGGLE, workspace.DEEPNOTE)] == [
        "/content",
        "/kaggle/working",
        "/work",
    ]


def test_colab_is_known_by_its_module(monkeypatch):
    monkeypatch.delenv("COLAB_RELEASE_TAG", raising=False)
    assert workspace.host() == ""
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    assert workspace.host() == "Google Colab"


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


def _folder(path, text):
    path.mkdir()
    (path / "file").write_text(text)


def test_the_old_one_stays_when_the_new_one_can_t_take_its_place(tmp_path, monkeypatch):
    target = tmp_path / "folder"
    _folder(target, "old")
    monkeypatch.setattr(workspace, "_exchanged", lambda one, other: False)
    rename = Path.replace

    def fails(self, to):
        if Path(to) == target:
            raise OSError(errno.ENOSPC if self.parent.joinpath("old-0").exists() else errno.ENOTEMPTY, "no")
        return rename(self, to)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError), workspace.replacing(target) as staged:
        _folder(staged, "new")
    assert (target / "file").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("before", ["folder", "file", "nothing", "empty"])
@pytest.mark.parametrize("after", ["folder", "file"])
def test_anything_takes_the_place_of_anything(tmp_path, monkeypatch, exchange, before, after):
    if not exchange:
        monkeypatch.setattr(workspace, "_exchanged", lambda one, other: False)
    target = tmp_path / "target"
    make = {"folder": lambda: _folder(target, "old"), "file": lambda: target.write_text("old"), "nothing": str}
    (make | {"empty": target.mkdir})[before]()
    with workspace.replacing(target) as staged:
        _folder(staged, "new") if after == "folder" else staged.write_text("new")
    assert (target / "file" if after == "folder" else target).read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("exchange", [True, False])
def test_several_processes_replace_one_folder_at_once(tmp_path, exchange):
    program = f"""
import sys
from pathlib import Path
from dt_helpers import workspace
if not {exchange}:
    workspace._exchanged = lambda one, other: False
for number in range(200):
    with workspace.replacing(Path(sys.argv[1])) as staged:
        staged.mkdir()
        (staged / "file").write_text(str(number))
"""
    command = [sys.executable, "-c", program, tmp_path / "folder"]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [one.communicate()[1] for one in running] == ["", "", ""]
    assert (tmp_path / "folder" / "file").read_text() == "199"


@pytest.mark.parametrize(
    ("variable", "folder"), [("DT_CACHE", workspace.cache_dir), ("DT_WORKSPACE", workspace.workspace)]
)
def test_a_folder_that_cannot_be_made_names_the_setting(variable, folder, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv(variable, str(tmp_path / "file" / "below"))
    with pytest.raises(
        OSError, match=f"below can't be made; set the environment variable {variable} to a folder"
    ) as said:
        folder()
    assert said.value.errno == errno.ENOTDIR
