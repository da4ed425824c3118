from dataclasses import replace

import numpy as np
import pytest
import torch

from dt_helpers import rollout, training
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine import bars
from dt_helpers.rollout.sweep import sweep
from dt_helpers.training import cloning
from tests.conftest import make_trajectories


@pytest.fixture(scope="module")
def cheetah(cheetah_data):
    return training.clone(cheetah_data, steps=20, progress=False)


def acting(lengths, seed=0, per_episode=0.0) -> Trajectories:
    """Episodes whose actions follow from the state, and in which `per_episode` is added for each episode's number."""
    data = make_trajectories(lengths, seed=seed)
    states = (data.observations - data.state_mean) / data.state_std
    return replace(data, actions=np.tanh(states[:, :2] + per_episode * data.episode_of[:, None]).astype(np.float32))


def test_it_learns_what_the_data_does():
    data = acting([100] * 10)
    model = training.clone(data, steps=400, batch_size=64, progress=False)
    _, actions, _ = model(torch.tensor((data.observations - data.state_mean) / data.state_std).float()[None])
    assert actions.shape == (1, 1000, 2) and not model.training
    assert (actions[0].detach().numpy() - data.actions).std() < 0.05
    assert model.config.held_out_loss < 0.01


def test_equal_seeds_give_equal_weights_and_the_programs_own_numbers_are_left_alone(trajectories):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first, again, other = (training.clone(trajectories, 5, seed, progress=False).state_dict() for seed in (1, 1, 2))
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)
    for name, weights in first.items():
        torch.testing.assert_close(weights, again[name], rtol=0, atol=0)
        assert (weights != other[name]).any()


def test_held_out_episodes_are_not_trained_on(trajectories):
    """Other actions there change nothing but the error there."""
    _, held_out = trajectories.hold_out(0.05)
    changed = trajectories.actions.copy()
    changed[np.isin(trajectories.episode_of, held_out)] *= -1
    first, other = (
        training.clone(data, 5, progress=False) for data in (trajectories, replace(trajectories, actions=changed))
    )
    for name, weights in first.state_dict().items():
        torch.testing.assert_close(weights, other.state_dict()[name], rtol=0, atol=0)
    assert first.config.held_out_loss != other.config.held_out_loss


def test_only_the_best_episodes_if_asked():
    """The best tenth of 20 that are not held out: two, whatever the others do."""
    data = acting([20] * 21)
    train, _ = data.hold_out(0.05)
    best = train[np.argsort(data.returns[train])[-2:]]
    changed = np.where(np.isin(data.episode_of, best)[:, None], data.actions, -data.actions)
    first, other = (
        training.clone(some, 5, progress=False, best=0.1).state_dict()
        for some in (data, replace(data, actions=changed))
    )
    for name, weights in first.items():
        torch.testing.assert_close(weights, other[name], rtol=0, atol=0)


def test_it_is_evaluated_as_a_decision_transformer_is_and_no_target_matters(cheetah):
    settings = {"episodes": 2, "max_steps": 10, "progress": False}
    low, high = rollout.evaluate_targets(cheetah, "HalfCheetah-v5", [0, 9000], **settings)
    assert (low.target_return, high.target_return) == (0, 9000)
    np.testing.assert_allclose(low.rewards, high.rewards, atol=1e-3)
    again = rollout.evaluate(cheetah, target_return=-100, seed=0, **settings)
    np.testing.assert_allclose(again.rewards, low.rewards, atol=1e-3)


def test_its_actions_are_those_of_its_layers(cheetah):
    states = torch.randn(4, 17)
    action = rollout.get_action(cheetah, states, torch.zeros(4, 6), torch.zeros(4), torch.zeros(4, 1), torch.arange(4))
    torch.testing.assert_close(action, cheetah.layers(states[-1]))


def test_it_is_filmed_and_swept(cheetah, cheetah_data, tmp_path):
    film, evaluation = rollout.record(cheetah, path=tmp_path / "clone.mp4", max_steps=3, progress=False)
    assert (tmp_path / "clone.mp4").stat().st_size > 0 and film is not None and evaluation.lengths.tolist() == [3]
    result = sweep(cheetah, cheetah_data, targets=[100, 200], episodes=1, max_steps=3, progress=False)
    assert result.table["mean"].iloc[0] == pytest.approx(result.table["mean"].iloc[1], abs=1e-3)


def test_another_robot_is_refused(cheetah):
    with pytest.raises(ValueError, match="Hopper-v5 has 11 state and 3 action dimensions"):
        rollout.evaluate(cheetah, "Hopper-v5", progress=False)


@pytest.mark.parametrize("options", [{"steps": 0}, {"best": 0.0}, {"best": 1.5}])
def test_settings_that_make_no_sense_are_refused(trajectories, options):
    with pytest.raises(ValueError, match="steps must be at least 1, and best above 0"):
        training.clone(trajectories, progress=False, **options)


@pytest.mark.parametrize("column", ["observations", "actions"])
def test_numbers_that_are_none_are_refused(trajectories, column):
    values = getattr(trajectories, column).copy()
    values[3, 1] = np.nan
    with pytest.raises(ValueError, match=f"The {column} of .* not finite"):
        training.clone(replace(trajectories, **{column: values}), progress=False)


def test_a_single_episode_is_refused():
    with pytest.raises(ValueError, match="at least 2 episodes"):
        training.clone(make_trajectories([30]), progress=False)


def test_the_bar_is_closed_when_somebody_stops_it(trajectories, monkeypatch):
    shown = []

    def kept(*args, **options):
        shown.append(bars.bar(*args, **options))
        return shown[0]

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cloning, "bar", kept)
    monkeypatch.setattr(cloning.nn.functional, "mse_loss", stop)
    with pytest.raises(KeyboardInterrupt):
        training.clone(trajectories)
    assert shown[0].disable  # what tqdm says of a bar that is closed


@pytest.mark.parametrize(("preset", "count"), [("ci", "FEW"), ("quick", "STEPS"), ("", "STEPS")])
def test_how_many_steps_it_takes_is_the_presets(cheetah_data, preset, count, monkeypatch):
    monkeypatch.setenv("DT_PRESET", preset)
    monkeypatch.setattr(cloning, "FEW", 2)
    monkeypatch.setattr(cloning, "STEPS", 4)
    taken = []
    monkeypatch.setattr(
        cloning.torch.optim.lr_scheduler, "CosineAnnealingLR", lambda _, steps: taken.append(steps) or Rate()
    )
    training.clone(cheetah_data, progress=False)
    assert taken == [getattr(cloning, count)]


class Rate:
    def step(self):
        pass
