import numpy as np
import pytest

from dt_helpers import experts


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
