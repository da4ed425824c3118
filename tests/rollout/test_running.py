"""What the command line asks for where an agent doesn't say what it learned from."""

from types import SimpleNamespace

import pytest
from transformers import DecisionTransformerConfig

from dt_helpers.rollout import running

LEAST = {"context_length": 20, "state_mean": [0.0] * 17, "state_std": [1.0] * 17, "return_scale": 1000.0}


def agent(**known):
    """A model as somebody else saves it: its config has what acting needs, and what is `known`."""
    return SimpleNamespace(config=DecisionTransformerConfig(state_dim=17, act_dim=6, **LEAST, **known))


@pytest.mark.parametrize(
    ("ask", "option"),
    [
        (lambda one: running.environment(one, None), "--env ID"),
        (running.recordings, "--data NAME or FILE"),
        (running.target, "--target-return"),
    ],
)
def test_without_a_dataset_in_its_config_the_option_is_named(ask, option):
    with pytest.raises(ValueError, match=option) as said:
        ask(agent())
    assert "None" not in str(said.value)


@pytest.mark.parametrize(
    ("ask", "option"), [(lambda one: running.environment(one, None), "--env ID"), (running.recordings, "--data FILE")]
)
def test_a_dataset_that_the_course_does_not_have_is_named(ask, option):
    with pytest.raises(ValueError, match=f"'mazes'.*{option}"):
        ask(agent(dataset="mazes"))


def test_what_is_given_or_known_is_taken():
    assert running.environment(agent(), "Hopper-v5") == "Hopper-v5"
    assert running.environment(agent(dataset="hopper-expert"), None).startswith("Hopper-")
    assert running.recordings(agent(dataset="hopper-expert")) == "hopper-expert"
