"""What a run takes from its data, says, and refuses."""

import numpy as np
import pytest

from dt_helpers import training
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.training import scales
from dt_helpers.training.settings import preset
from tests.conftest import make_trajectories


def earning(returns, env=None, steps=2):
    """Episodes of a few steps with these returns, earned at the end."""
    rng = np.random.default_rng(0)
    n = steps * len(returns)
    rewards = np.zeros((len(returns), steps))
    rewards[:, -1] = returns
    rest = (rewards.ravel(), np.zeros(n), np.arange(0, n + 1, steps))
    return Trajectories(rng.normal(size=(n, 3)), rng.uniform(-1, 1, (n, 2)), *rest, env=env, name="mine")


SCALES = {  # returns, environment, scale
    "kitchen": ([0, 1, 2, 3, 4], None, np.sqrt(2)),
    "antmaze": ([0, 1, 0, 1], None, 0.5),
    "CartPole": ([10, 500, 10, 500], "CartPole-v1", 1000),
    "millions": ([1e6, 3e6], None, 1e6),
    "costs": ([-1e5, -3e5], None, 1e5),
    "hundredths": ([0.01, 0.03], None, 0.01),
    "all the same": ([7, 7, 7], None, 7),
    "all nothing": ([0, 0], None, 1),
    "one episode": ([3], None, 3),
    "a robot of somebody else's": ([1, 3], "lab/HalfCheetahBig-v1", 1),
    "a robot": ([1, 3], "HalfCheetah-v4", 1000),
    "a robot of the course": ([1, 3], "dt_helpers/Hopper-v3", 1000),
}


@pytest.mark.parametrize("name", SCALES)
def test_returns_are_divided_by_what_suits_them(name):
    returns, env, scale = SCALES[name]
    data = earning(returns, env)
    settings, lines = scales.resolve(preset("ci"), data)
    assert settings.scale == pytest.approx(scale, rel=1e-6)
    assert (f"returns are divided by {scale:.4g}" in lines[0]) == (scale != 1000)
    model = training.make_model(scales_collator(data, settings), settings)
    assert model.config.return_scale == pytest.approx(scale, rel=1e-6)
    assert scales.resolve(preset("ci", scale=25.0), data)[0].scale == 25


def scales_collator(data, settings):
    from dt_helpers.collator import DecisionTransformerGymDataCollator

    return DecisionTransformerGymDataCollator(data, settings.context_length, None, None)


@pytest.mark.parametrize(
    ("returns", "said"),
    [
        ([7, 7, 7], "all returns are the same (7): the model can't learn to follow a target"),
        ([1e5, 1e5 + 1], "deviation is only 0.5, and they are as large as 1e+05: a target may have little effect"),
    ],
)
def test_returns_that_can_not_be_told_apart_are_said(returns, said):
    assert any(said in line for line in scales.resolve(preset("ci"), earning(returns))[1])


@pytest.mark.parametrize(("steps", "room", "K"), [(3, 1000, 3), (30, 1000, 20), (1200, 1200, 20)])
def test_timesteps_and_windows_fit_the_episodes(steps, room, K):
    settings, lines = scales.resolve(preset("ci"), earning([1, 3], steps=steps))
    assert (settings.max_ep_len, settings.context_length) == (room, K)
    assert (f"timesteps up to {room:,} have an embedding" in lines[0]) == (room > 1000)
    assert ("K is 3, the longest episode" in lines[0]) == (K == 3)


@pytest.mark.parametrize("sizes", [(64, 2, 4), (32, 1, 1), (96, 1, 3)])
def test_the_models_sizes_are_settings(sizes):
    chosen = dict(zip(("hidden_size", "n_layer", "n_head"), sizes, strict=True))
    settings, _ = scales.resolve(preset("ci", **chosen), make_trajectories([30] * 3))
    config = training.make_model(scales_collator(make_trajectories([30] * 3), settings), settings).config
    assert (config.hidden_size, config.n_layer, config.n_head) == sizes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_head": 0}, "n_head has to be a whole number, at least 1, not 0"),
        ({"hidden_size": 100.5}, "hidden_size has to be a whole number"),
        ({"steps": 2.5}, "steps has to be a whole number"),
        ({"n_head": 3}, "hidden_size has to be a multiple of n_head.*128 and 3"),
        ({"scale": 0.0}, "scale has to be above 0, or None to take it from the data"),
        ({"scale": float("nan")}, "scale has to be above 0"),
    ],
)
def test_settings_out_of_range_are_refused_in_their_own_names(changes, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        training.train(make_trajectories([30] * 3), preset("ci", **changes), tmp_path)
