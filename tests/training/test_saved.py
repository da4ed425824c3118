import json

import pytest

from dt_helpers.training import saved

ONE = {saved.CONFIG: "1", saved.WEIGHTS: "1", saved.FACTS: json.dumps({"dataset": "hopper", "steps": 2000})}
OTHER = {saved.CONFIG: "2", saved.WEIGHTS: "2", saved.EVALUATION: json.dumps({"returns": [1000, 3000]})}


def put(folder, files):
    def write(written):
        for name, content in files.items():
            (written / name).write_text(content)

    saved.store(folder, write)


def files(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_a_model_takes_another_ones_place_with_all_that_belongs_to_it(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for model in (ONE, OTHER, ONE):
        put(tmp_path, model)
        assert files(tmp_path) == {**model, "notes.txt": "mine"}
        assert saved.place(tmp_path) == tmp_path
        assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_a_model_on_its_way_is_the_folders_model(tmp_path):
    put(tmp_path, ONE)
    before = saved.stamp(tmp_path)
    new = tmp_path / saved.FINISHED
    new.mkdir()
    for name, content in OTHER.items():
        (new / name).write_text(content)
    assert files(saved.place(tmp_path)) == OTHER and saved.there_is_one(tmp_path)
    assert saved.stamp(tmp_path) != before
    saved.settle(tmp_path)
    assert files(tmp_path) == OTHER and not new.exists()
    saved.settle(tmp_path)
    assert files(tmp_path) == OTHER


@pytest.mark.parametrize("missing", [saved.CONFIG, saved.WEIGHTS])
def test_a_part_is_no_model(tmp_path, missing):
    put(tmp_path, {name: content for name, content in ONE.items() if name != missing})
    assert not saved.there_is_one(tmp_path) and saved.describe(tmp_path) is None


def test_what_is_known_of_a_model(tmp_path):
    put(tmp_path, ONE)
    assert saved.describe(tmp_path) == " trained on hopper for 2,000 steps"
    put(tmp_path, OTHER)
    assert saved.describe(tmp_path) == ", measured return 2,000"
    put(tmp_path, ONE | OTHER)
    assert saved.describe(tmp_path) == " trained on hopper for 2,000 steps, measured return 2,000"
