"""A run whose loss or weights aren't finite stops, says where, and overwrites nothing."""

import numpy as np
import pytest
import torch

from dt_helpers import training
from dt_helpers.training import watch
from tests.conftest import make_trajectories

TINY = {"steps": 4, "batch_size": 8, "eval_steps": 2, "save_steps": 2, "context_length": 5}


def logarithm(predictions, targets, mask):
    return torch.log(0 * (predictions - targets)).mean()


def quotient(predictions, targets, mask):
    return (predictions - targets).square().mean() / (0 * predictions.sum())


def root(predictions, targets, mask):
    """The loss itself is 0; its gradient isn't a number."""
    return (predictions - predictions.detach()).square().sqrt().mean()


STOPS = {
    "a logarithm of 0": ({}, logarithm),
    "a division by 0": ({}, quotient),
    "a gradient without a limit": ({}, root),
    "a huge rate": ({"learning_rate": 1e30, "matrix_rate": None}, None),
    "an infinite rate": ({"learning_rate": float("inf")}, None),
}


@pytest.mark.parametrize("name", STOPS)
def test_the_run_stops_and_the_good_model_stays(name, tmp_path):
    changes, criterion = STOPS[name]
    data = make_trajectories([20] * 6)
    training.train(data, training.preset("ci", **TINY), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises(watch.NotFinite, match=r"Training stopped at step [1-4]: .*not finite.*Nothing was overwritten"):
        training.train(data, training.preset("ci", **TINY, **changes), tmp_path, seed=1, criterion=criterion)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    assert all(weight.isfinite().all() for weight in training.load(tmp_path).parameters())


def test_the_message_names_the_windows_of_the_batch(tmp_path):
    with pytest.raises(watch.NotFinite, match=r"windows \(episode/step\) \d+/\d+, \d+/\d+, .* and 3 more"):
        training.train(make_trajectories([20] * 6), training.preset("ci", **TINY), tmp_path, criterion=logarithm)
    assert not list(tmp_path.glob("*.safetensors"))


@pytest.mark.parametrize("rate", [1e38, 3e37])
def test_a_clone_stops_as_well(rate):
    with pytest.raises(watch.NotFinite, match=r"Cloning stopped: the loss is not finite\. A lower learning_rate"):
        training.clone(make_trajectories([20] * 6), steps=20, progress=False, learning_rate=rate)


def test_a_model_that_does_the_same_everywhere_is_said_to(tmp_path, capsys):
    zero = training.preset("ci", **TINY | {"learning_rate": 0.0, "matrix_rate": None, "eval_steps": 1})
    training.train(make_trajectories([20] * 6), zero, tmp_path)
    assert "has learned nothing more that holds for other episodes" in capsys.readouterr().out
    assert np.isfinite(training.load(tmp_path).config.return_scale)
