import pytest

from dt_helpers.workspace import own
from tests.workspace.cells import Notebook


@pytest.fixture(autouse=True)
def workspace(monkeypatch, tmp_path):
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path))
    return tmp_path


def cell(text: str) -> dict:
    return Notebook().run(text)


def test_kept_in_one_notebook_run_in_the_next(workspace, capsys):
    assert own.kept("double") is None
    assert "double: the course's own" in capsys.readouterr().out
    own.keep(cell("def double(x):\n    return 2 * x")["double"])
    path = workspace / "functions" / "double.py"
    mine = own.kept("double")
    assert mine(4) == 8 and "double: yours." in capsys.readouterr().out
    assert own.source_file(mine) == path and own.source_file(cell) is None
    own.keep(cell("def double(x):\n    return x + x + 0")["double"])  # of the same length: time stamps may be equal
    assert own.kept("double") is not mine and own.kept("double")(5) == 10
    own.forget("double")
    assert own.kept("double") is None


@pytest.mark.parametrize("raised", ["NotImplementedError()", "NotImplementedError"])
def test_what_is_not_written_yet_is_not_kept(workspace, capsys, raised):
    names = cell(f"def helper(x):\n    raise {raised}\ndef double(x):\n    return helper(x)")
    own.keep(names["double"])
    assert "double isn't written yet" in capsys.readouterr().out and own.kept("double") is None


def test_a_file_that_can_not_be_read_is_named(workspace):
    path = workspace / "functions" / "double.py"
    path.parent.mkdir()
    path.write_text("def double(x) return x")
    with pytest.raises(ValueError, match=rf"{path} can't be run \(SyntaxError.*Keep double again"):
        own.kept("double")
    path.write_text("other = 3")
    with pytest.raises(ValueError, match="defines no double"):
        own.kept("double")


def test_a_function_is_asked_for():
    with pytest.raises(ValueError, match=r"keep\(\) takes a function or a class.*not 3"):
        own.keep(3)
