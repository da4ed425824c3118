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
