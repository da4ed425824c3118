"""A model that is trained further keeps its statistics, whatever the new data's are, and says what it learned from."""

import json

import gymnasium
import numpy as np
import pytest
import torch

from dt_helpers import training
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.training.settings import preset

TINY = {"steps": 4, "batch_size": 8, "eval_steps": 2, "save_steps": 2, "context_length": 5}


def recorded(shift=0.0, spread=1.0, bound=1.0, gain=1.0, state_dim=3, name="old", steps=20, **options):
    """Ten episodes with other means, spreads, bounds and returns."""
    rng = np.random.default_rng(0)
    n = 10 * steps
    observations = options.pop("observations", shift + spread * rng.normal(size=(n, state_dim)))
    actions = options.pop("actions", bound * rng.uniform(-1, 1, (n, 2)))
    rest = (gain * rng.normal(5, 2, n), np.zeros(n), np.arange(0, n + 1, steps))
    return Trajectories(observations, actions, *rest, name=name, **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("old")
    training.train(recorded(), preset("ci", **TINY), path)
    return path


@pytest.fixture
def model(folder):
    return training.load(folder)


KEPT = ("state_mean", "state_std", "return_scale", "context_length")
OTHER = {
    "other observations": ({"shift": 5, "spread": 3}, {}),
    "other bounds": ({"bound": 3}, {}),
    "other returns": ({"gain": 100}, {}),
    "other settings": ({}, {"context_length": 3, "scale": 7.0, "hidden_size": 64}),
    "short episodes": ({"steps": 4}, {}),
    "a robot's recordings": ({"env": "Hopper-v5"}, {}),
}


@pytest.mark.parametrize("name", OTHER)
def test_training_further_keeps_the_models_numbers_and_tells_the_new_data(name, model, folder, tmp_path, capsys):
    options, changes = OTHER[name]
    data = recorded(name="new", **options)
    before = {key: getattr(model.config, key) for key in KEPT}
    given = folder if name == "other bounds" else model  # a folder will do
    further = training.train(data, preset("ci", **TINY | changes), tmp_path, seed=1, model=given)
    saved = training.load(tmp_path).config
    for config in (further.config, saved):
        assert {key: getattr(config, key) for key in KEPT} == before
        assert ReplayFacts.of(config).action_space == ReplayFacts.of(model.config).action_space
        assert (config.dataset, config.env) == ("new", data.env)
        assert config.target_return == pytest.approx(np.quantile(data.returns, 0.9))
    facts = json.loads((tmp_path / "training.json").read_text())
    stated = {"scale": before["return_scale"], "context_length": 5, "hidden_size": 128, "dataset": "new"}
    assert {key: facts[key] for key in stated} == stated, "what is noted is what was trained with"
    assert "returns are divided by" not in capsys.readouterr().out
    assert model.config.dataset == "old" and not torch.equal(model.embed_state.weight, further.embed_state.weight)


def cells(space):
    seen = np.arange(200) % 3
    return recorded(observations=seen, observation_space=gymnasium.spaces.Discrete(3)) if space else recorded()


MISFITS = {
    "more observations": (lambda: recorded(state_dim=4), "4 state and 2 action dimensions"),
    "choices": (lambda: recorded(actions=np.arange(200) % 2), r"2 action dimensions \(2 choices\)"),
    "cells": (lambda: cells(True), "observations are 3 choices as one-hot rows, the model's numbers"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_data_of_another_kind_is_refused(name, model, tmp_path):
    made, words = MISFITS[name]
    with pytest.raises(ValueError, match=words):
        training.train(made(), preset("ci", **TINY), tmp_path, model=model)
    assert not (tmp_path / "config.json").exists()


@pytest.mark.parametrize(("had", "has"), [("sees", "feels"), (("sees", "goal"), ("goal", "sees")), ("sees", ("goal",))])
def test_other_parts_of_the_observations_are_refused(had, has, tmp_path):
    """Of as many numbers, which would pass in silence."""
    first = training.train(recorded(observation_key=had), preset("ci", **TINY), tmp_path / "m")
    with pytest.raises(ValueError, match=r"observations are the parts .*, the model's .*: use key="):
        training.train(recorded(observation_key=has), preset("ci", **TINY), tmp_path / "n", model=first)
    collator = DecisionTransformerGymDataCollator(recorded(observation_key=has), 5, first.config.return_scale, None)
    with pytest.raises(ValueError, match="the observations' parts"):
        training.make_trainer(first, collator, training.arguments(preset("ci"), tmp_path / "t"))


COLLATORS = {  # data, other arguments, and what the Trainer says to it
    "the same": ({}, {}, None),
    "other means": ({"shift": 3}, {}, "state_mean differ"),
    "other spreads": ({"spread": 3}, {}, "state_std differ"),
    "another scale": ({}, {"scale": 1000.0}, "return_scale differ"),
    "another K": ({}, {"max_len": 20}, "context_length differ"),
    "other bounds": ({"bound": 2}, {}, "the actions' bounds differ"),
    "another size": ({"state_dim": 4}, {}, "state_mean and state_std differ"),
    "later timesteps": ({}, {"max_ep_len": 5000}, "max_ep_len differ"),
}


@pytest.mark.parametrize("name", COLLATORS)
def test_a_trainer_of_a_model_wants_its_statistics(name, model, tmp_path):
    options, other, words = COLLATORS[name]
    arguments = {"max_len": 5, "scale": model.config.return_scale, "max_ep_len": 1000} | other
    collator = DecisionTransformerGymDataCollator(recorded(**options), **arguments)
    args = training.arguments(preset("ci", **TINY), tmp_path)
    if words is None:
        training.make_trainer(model, collator, args)
        return
    with pytest.raises(ValueError, match=f"{words}.*`collator.follow"):
        training.make_trainer(model, collator, args)
    if name != "another size":
        training.make_trainer(model, collator.follow(model.config), args)
        np.testing.assert_array_equal(collator.state_mean, model.config.state_mean)


@pytest.mark.parametrize("changes", [{}, {"hidden_size": 32, "n_head": 2}, {"ema": None}])
def test_a_finished_run_with_more_steps_goes_on_from_there_and_says_so(changes, tmp_path, capsys):
    first = training.train(recorded(), preset("ci", **TINY | changes), tmp_path)
    rate = {"learning_rate": 2e-3}
    training.train(recorded(), preset("ci", **TINY | changes | rate | {"steps": 7}), tmp_path)
    out = capsys.readouterr().out
    assert f"Going on from the model in {tmp_path}, 4 steps, to 7." in out
    assert json.loads((tmp_path / "training.json").read_text())["steps"] == 7
    again = training.load(tmp_path)
    assert again.config.hidden_size == first.config.hidden_size
    capsys.readouterr()
    training.train(recorded(), preset("ci", **TINY | changes | rate | {"steps": 9}), tmp_path)
    assert "7 steps, to 9." in capsys.readouterr().out


OTHERWISE = {
    "another seed": ({}, {"seed": 1}),
    "as asked": ({}, {"resume": False}),
    "another rate": ({"learning_rate": 1e-4}, {}),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_another_run_begins_again_and_says_what_it_replaces(name, tmp_path, capsys):
    changes, options = OTHERWISE[name]
    training.train(recorded(), preset("ci", **TINY), tmp_path)
    capsys.readouterr()
    training.train(recorded(), preset("ci", **TINY | {"steps": 6} | changes), tmp_path, **options)
    out = capsys.readouterr().out
    assert "Going on" not in out and "holds a model trained on old for 4 steps: it stays until this run" in out
