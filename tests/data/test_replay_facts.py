"""What a replay has to know goes along with a model, and is read from every kind of config that there is."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from transformers import DecisionTransformerConfig

from dt_helpers import training
from dt_helpers.data import spaces
from dt_helpers.data.replay_facts import NEEDED, ReplayFacts, lacking
from dt_helpers.model import make_config

MEAN, STD = np.array([0.1, -2.5]), np.array([1.5, 1 / 3])
CHOICES = spaces.Choices((4, 2), (0, 1))
ALL = ReplayFacts(7, MEAN, STD, 250.0, CHOICES, spaces.Choices((2,), (0,)), "Maze-v0", "mazes", 12.5, ("seen", "goal"))
PLAIN = ReplayFacts(7, MEAN, STD, 250.0, spaces.unit(3))


def same(one, other):
    arrays = all((getattr(one, name) == getattr(other, name)).all() for name in ("state_mean", "state_std"))
    rest = [{**vars(facts), "state_mean": None, "state_std": None} for facts in (one, other)]
    for facts in rest:  # JSON knows no tuples
        facts["observation_key"] = facts["observation_key"] and list(facts["observation_key"])
    return arrays and rest[0] == rest[1]


@pytest.mark.parametrize("facts", [ALL, PLAIN], ids=["all", "plain"])
def test_a_saved_config_gives_back_what_was_put_into_it(facts, tmp_path):
    config = make_config(state_dim=2, act_dim=facts.action_space.dim)
    facts.put(config)
    config.save_pretrained(tmp_path)
    assert same(ReplayFacts.of(DecisionTransformerConfig.from_pretrained(tmp_path)), facts)


def test_what_goes_without_saying_is_not_said():
    config = SimpleNamespace(dataset="mazes")
    PLAIN.put(config)
    assert vars(config).keys() == {*NEEDED, "dataset"}
    assert config.dataset == "mazes", "what isn't known takes nothing away"


@pytest.mark.parametrize("name", ["model", "model-mixed"])
def test_a_model_that_was_saved_by_an_earlier_version_is_read(name):
    folder = training.PROVIDED.with_name(name)
    stated = json.loads((folder / "config.json").read_text())
    assert not {"env", "target_return", "action_space"} & stated.keys(), "no longer one of an earlier version"
    facts = ReplayFacts.of(training.load(folder).config)
    assert (facts.context_length, facts.return_scale) == (stated["context_length"], stated["return_scale"])
    assert facts.state_mean.tolist() == stated["state_mean"] and facts.state_std.tolist() == stated["state_std"]
    assert facts.action_space == spaces.unit(6) and facts.dataset == stated["dataset"]
    assert (facts.env, facts.target_return, facts.observation_space) == (None, None, None)


def test_a_published_config_says_what_it_lacks():
    config = DecisionTransformerConfig(state_dim=17, act_dim=6, max_length=20)
    assert lacking(config) == list(NEEDED)
    with pytest.raises(ValueError, match=r"context_length.*state_mean.*state_std.*return_scale"):
        ReplayFacts.of(config)
