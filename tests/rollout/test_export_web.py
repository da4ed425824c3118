"""What is exported for the page ``live``."""

import json

import numpy as np
import pytest
import torch

from dt_helpers import cli, data, envs
from dt_helpers.model import TrainableDT, make_config
from dt_helpers.rollout import export_web


def cheetah_model(**settings):
    torch.manual_seed(0)
    config = make_config(17, 6, context_length=4, hidden_size=16, n_layer=1)
    facts = {"state_mean": [0.5] * 17, "state_std": [2.0] * 17, "return_scale": 1000.0, "dataset": "halfcheetah-mixed"}
    for name, value in (facts | settings).items():
        setattr(config, name, value)
    return TrainableDT(config).eval()


@pytest.fixture(autouse=True)
def little_data(monkeypatch, cheetah_data):
    monkeypatch.setattr(data, "load", lambda name, **options: cheetah_data)


def test_the_folder_has_all_that_a_replay_needs(tmp_path, cheetah_data):
    folder = export_web.export(cheetah_model(), tmp_path / "web")
    assert sorted(file.name for file in folder.iterdir()) == ["model.json", "model.onnx", "robot.xml"]
    facts = json.loads((folder / "model.json").read_text())
    assert (facts["format"], facts["env"], facts["context_length"]) == (2, "HalfCheetah-v5", 4)
    assert (facts["keeps"], facts["layers"], facts["hidden_size"]) == (True, 1, 16)
    assert facts["state_mean"] == [0.5] * 17 and facts["return_scale"] == 1000
    assert facts["rules"]["ctrl_cost_weight"] == 0.1 and facts["rules"]["healthy_z"] == [None, None]
    assert facts["targets"]["highest"] == cheetah_data.returns.max()
    xml = (folder / "robot.xml").read_text()
    assert "<include" not in xml and "file=" not in xml, "one file"


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64], ids=str)
def test_a_model_in_another_number_type_is_exported_and_stays_as_it_is(dtype, tmp_path):
    model = cheetah_model().to(dtype)
    assert (export_web.export(model, tmp_path / "web") / "model.onnx").stat().st_size > 1000
    assert model.dtype == dtype


def test_weights_are_rounded_if_half_the_size_is_asked_for(tmp_path):
    model = cheetah_model()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    sizes = [
        (export_web.export(model, tmp_path / str(half), half=half) / "model.onnx").stat().st_size
        for half in (False, True)
    ]
    assert sizes[0] - sizes[1] > 1.5 * 1000 * 16, "the time embeddings alone take 2 bytes each less"
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


@pytest.mark.parametrize("name", ["HalfCheetah-v5", "Hopper-v5", "Walker2d-v3"])
def test_a_robot_begins_where_gymnasium_begins(name):
    env = envs.make(name)
    facts, _ = export_web.robot(env, name)
    env.reset(seed=5)
    np.testing.assert_array_equal(facts["starts"][5]["qpos"], env.unwrapped.data.qpos)
    np.testing.assert_array_equal(facts["starts"][5]["qvel"], env.unwrapped.data.qvel)
    assert facts["frame_skip"] == env.unwrapped.frame_skip
    assert bool(facts["changed"]) == name.endswith("v3"), "the old bodies aren't in the file"
    env.close()


def test_a_model_of_another_environment_is_refused(tmp_path):
    with pytest.raises(ValueError, match="the model acts in 'Pendulum-v1'"):
        export_web.export(cheetah_model(), tmp_path / "web", "Pendulum-v1")
    with pytest.raises(ValueError, match=r"17 state and 6 action|11 state and 3 action"):
        export_web.export(cheetah_model(), tmp_path / "web", "Hopper-v5")
    assert not (tmp_path / "web").exists()


def test_a_model_of_other_data_is_asked_for_its_own_target(tmp_path):
    other = cheetah_model(dataset="mine", env="HalfCheetah-v5")
    with pytest.raises(ValueError, match=r"'mine' is not one of the course's.*set model.config.target_return"):
        export_web.export(other, tmp_path / "web")
    other.config.target_return = 4000.0
    facts = json.loads((export_web.export(other, tmp_path / "web") / "model.json").read_text())
    assert facts["targets"] == {"lowest": 400, "median": 2000, "suggested": 4000, "highest": 4000}


def test_the_command(tmp_path, capsys):
    model = tmp_path / "model"
    cheetah_model().save_pretrained(model)
    assert cli.main(["export-web", str(model), str(tmp_path / "web")]) == 0
    assert "The model is in" in capsys.readouterr().out
    assert cli.main(["export-web", str(tmp_path / "none"), str(tmp_path / "web")]) == 1
    assert "There is no trained model in" in capsys.readouterr().err
