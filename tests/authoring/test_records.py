"""What is taken for finished, and what isn't."""

import json

import nbformat
import pytest

from dt_helpers.authoring import records
from dt_helpers.authoring.parts import Part
from dt_helpers.authoring.records import Records


def part(source="print(1)", leaves=("film.mp4",)):
    cells = [nbformat.v4.new_markdown_cell("# Film"), nbformat.v4.new_code_cell(source)]
    return Part("06_film", "A part/of it", nbformat.v4.new_notebook(cells=cells), [1, 2], (), leaves)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".course"


@pytest.fixture
def kept(tmp_path, folder):
    """A record of a run with an output and a file."""
    done = part()
    done.notebook.cells[1].update(execution_count=3, outputs=[nbformat.v4.new_output("stream", text="1\n")])
    (tmp_path / "film.mp4").write_bytes(b"film")
    return Records(folder, tmp_path, "ci").keep(done, ["a run"], 10.0, 8.0)


def find(tmp_path, folder, wanted, before=("a run",), preset="ci", **options):
    return Records(folder, tmp_path, preset, **options).find(wanted, list(before))


def test_a_finished_part_is_found_with_its_outputs(tmp_path, folder, kept):
    again = part()
    assert find(tmp_path, folder, again) == kept
    assert again.notebook.cells[1].outputs[0].text == "1\n"
    assert again.notebook.cells[1].execution_count == 3
    nbformat.validate(again.notebook)


@pytest.mark.parametrize(
    "change", ["source", "preset", "before", "fresh", "file gone", "file changed", "record damaged", "record of old"]
)
def test_it_is_not_finished_any_more_when_something_has_changed(tmp_path, folder, kept, change):
    wanted, options = part(), {}
    if change == "source":
        wanted = part("print(2)")
    elif change == "preset":
        options = {"preset": "quick"}
    elif change == "before":
        options = {"before": ["another run"]}
    elif change == "fresh":
        options = {"fresh": True}
    elif change == "file gone":
        (tmp_path / "film.mp4").unlink()
    elif change == "file changed":
        (tmp_path / "film.mp4").write_bytes(b"another film")
    else:
        (path,) = folder.glob("*.json")
        path.write_text(path.read_text()[:50] if change == "record damaged" else json.dumps({"made_of": "x"}))
    assert find(tmp_path, folder, wanted, **options) is None
    assert wanted.notebook.cells[1].outputs == []


@pytest.mark.parametrize("what", ["_package", "_environment"])
def test_another_package_or_environment_throws_away_checkpoints_too(tmp_path, folder, kept, what, monkeypatch):
    checkpoints = tmp_path / "model" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "run.json").touch()
    assert find(tmp_path, folder, part()) == kept
    assert checkpoints.exists(), "a training that was interrupted goes on"
    monkeypatch.setattr(records, what, lambda: ["another"])
    assert find(tmp_path, folder, part()) is None
    assert not checkpoints.exists()
    monkeypatch.undo()
    assert find(tmp_path, folder, part()) is None


def test_the_package_is_known_by_its_content(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "PACKAGE", tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "data.py").write_text("x = 1")
    before = records._package()
    (tmp_path / "__pycache__" / "data.pyc").touch()
    assert records._package() == before
    (tmp_path / "data.py").write_text("x = 2")
    assert records._package() != before


def test_a_part_that_left_no_file_is_not_kept(tmp_path, folder):
    with pytest.raises(FileNotFoundError, match=r"film\.mp4"):
        Records(folder, tmp_path, "ci").keep(part(), [], 1.0, 1.0)
    assert find(tmp_path, folder, part(), before=()) is None


def test_forgetting_takes_away_the_files_as_well(tmp_path, folder, kept):
    found = Records(folder, tmp_path, "ci")
    found.forget(part())
    assert not (tmp_path / "film.mp4").exists()
    assert found.find(part(), ["a run"]) is None
    found.forget(part())
