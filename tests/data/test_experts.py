import importlib.util
import json
import sys
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest

from dt_helpers.data import experts


def test_actions_are_bounded_and_repeatable():
    expert = experts.load("halfcheetah", "1000k")
    observations = np.random.default_rng(0).normal(0, 3, (5, 17))
    actions = expert(observations)
    assert actions.shape == (5, 6) and np.abs(actions).max() <= 1
    np.testing.assert_allclose(expert(observations[2:3])[0], actions[2], atol=1e-6)


def test_stages_differ_and_unknown_ones_are_named():
    assert experts.stages("halfcheetah") == ["50k", "100k", "200k", "400k", "1000k"]
    assert experts.load("halfcheetah").name == "halfcheetah_td3_1000k"  # the last one
    observations = np.zeros((1, 17))
    assert not np.allclose(experts.load(stage="50k")(observations), experts.load(stage="1000k")(observations))
    with pytest.raises(ValueError, match="halfcheetah_td3_400k"):
        experts.load("halfcheetah", "2000k")
    with pytest.raises(ValueError, match="ant_td3"):
        experts.load("ant")


@pytest.mark.parametrize("name", experts.available())
def test_each_earns_what_its_provenance_says(name):
    """Measured anew: physics may differ in its last digits from machine to machine, and chaos makes more of that."""
    robot, stage = name.split("_td3_")
    facts = experts.provenance()[name]
    assert facts["steps"] == 1000 * int(stage.removesuffix("k"))
    for noise in (0.0, 0.1):
        noted = facts["measured"][f"noise {noise:g}"]
        now = experts.measure(robot, stage, noise, noted["episodes"], noted["seed"])
        error = np.hypot(noted["std"], now["std"]) / noted["episodes"] ** 0.5  # of the difference of the two means
        assert abs(now["mean"] - noted["mean"]) <= 3 * error + 0.01 * noted["mean"]


def test_the_average_of_what_is_recorded_is_smaller_at_the_bounds_and_the_action_elsewhere():
    actions = np.array([[0.0, 0.5, 0.99, 1.0, -1.0]], dtype=np.float32)
    drawn = np.clip(actions + 0.1 * np.random.default_rng(1).standard_normal((200_000, 5)), -1, 1).mean(axis=0)
    found = experts.averaged(lambda observations: actions, noise=0.1)(np.zeros((1, 3)))
    np.testing.assert_allclose(found, drawn[None], atol=1e-3)
    np.testing.assert_allclose(found[0, [0, 1, 3]], [0, 0.5, 1 - 0.1 / np.sqrt(2 * np.pi)], atol=1e-3)


def test_it_earns_less_than_the_expert_and_more_than_the_recordings():
    facts = experts.provenance()["halfcheetah_td3_1000k"]["measured"]
    found = experts.measure("halfcheetah", "1000k", noise=0.1, episodes=8, seed=100, average=True)
    assert facts["noise 0.1"]["mean"] < found["mean"] < facts["noise 0"]["mean"]


def test_the_best_reach_what_the_course_promises():
    best = {robot: experts.provenance()[experts.load(robot).name] for robot in ("halfcheetah", "hopper", "walker2d")}
    earned = {robot: facts["measured"]["noise 0"]["mean"] for robot, facts in best.items()}
    assert earned["halfcheetah"] >= 9000 and earned["hopper"] >= 3000 and earned["walker2d"] >= 3600


def learned(measured):
    """Whether the last of a robot's stages clearly earns more than the first; `measured` is what each earned."""
    first, last = measured[0], measured[-1]
    error = np.hypot(first["std"], last["std"]) / min(first["episodes"], last["episodes"]) ** 0.5
    return last["mean"] > 0 and last["mean"] - first["mean"] > max(5 * error, 0.5 * abs(first["mean"]))


@pytest.mark.parametrize("noise", ["noise 0", "noise 0.1"])
@pytest.mark.parametrize("robot", experts.robots())
def test_the_last_stage_of_every_robot_clearly_earns_more_than_its_first(robot, noise):
    known, stages = experts.provenance(), experts.stages(robot)
    assert len(stages) > 1, "ship an early stage as well: it shows what the last has learned"
    assert learned([known[f"{robot}_td3_{stage}"]["measured"][noise] for stage in stages])


def test_a_robot_that_learned_nothing_is_found_out():
    def earned(*means, std=20.0):
        return [{"mean": mean, "std": std, "episodes": 20} for mean in means]

    assert learned(earned(30, 40, 300)) and learned(earned(-50, 100))
    assert not learned(earned(100, 100)) and not learned(earned(100, 110)) and not learned(earned(-50, -20))
    assert not learned(earned(20, 60, std=200.0))


def test_provenance_is_complete():
    known = experts.provenance()
    assert sorted(known) == experts.available()
    for facts in known.values():
        assert {"steps", "env", "seed", "settings", "versions", "measured"} <= set(facts)
        assert facts["versions"] or facts["note"]


def test_training_that_is_done_is_left_alone(tmp_path, monkeypatch, capsys):
    """`make experts` once more. JAX and sbx live in an environment of their own, so stand-ins are imported here."""
    packages = ("callbacks", "env_util", "noise")
    stand_ins = ["jax", "optax", "sbx", "stable_baselines3", "stable_baselines3.common"]
    for name in stand_ins + [f"stable_baselines3.common.{package}" for package in packages]:
        monkeypatch.setitem(sys.modules, name, MagicMock())
    monkeypatch.setitem(sys.modules, "stable_baselines3.common.callbacks", MagicMock(BaseCallback=object))
    for variable in ("XLA_FLAGS", "JAX_PLATFORMS"):  # which it sets, for all that comes after
        monkeypatch.setenv(variable, "")
    file = Path(__file__).parents[2] / "experts" / "train.py"
    spec = importlib.util.spec_from_file_location("experts_train", file)
    train = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(train)

    checkpoint = tmp_path / "checkpoint"
    checkpoint.mkdir()
    (checkpoint / "steps.json").write_text(json.dumps(6000))
    train.train("hopper", 6000, 5000, 0, tmp_path, float("inf"))
    assert "has 6,000 steps already" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    assert [path.name for path in checkpoint.iterdir()] == ["steps.json"]
