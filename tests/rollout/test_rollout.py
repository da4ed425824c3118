import copy

import numpy as np
import pytest
import torch

from dt_helpers import envs, rollout
from dt_helpers.machine import bars
from dt_helpers.model import TrainableDT, make_config
from dt_helpers.rollout import slider
from dt_helpers.training import fingerprint


def plain_episode(model, target_return, seed, steps):
    """The tutorial's loop: one episode, everything kept from the start, one call of get_action a step."""
    config = model.config
    env = envs.make("HalfCheetah-v5")
    mean, std = torch.tensor(config.state_mean), torch.tensor(config.state_std)
    state, _ = env.reset(seed=seed)
    states = torch.zeros(0, 17)
    actions, rewards, returns_to_go = (
        torch.zeros(0, 6),
        torch.zeros(0),
        torch.tensor([target_return / config.return_scale]),
    )
    for t in range(steps):
        states = torch.cat([states, (torch.from_numpy(state).float() - mean)[None] / std])
        actions = torch.cat([actions, torch.zeros(1, 6)])
        timesteps = torch.arange(t + 1).clamp(max=config.max_ep_len - 1)
        with torch.no_grad():
            actions[-1] = rollout.get_action(model, states, actions, rewards, returns_to_go, timesteps)
        state, reward, *_ = env.step(actions[-1].numpy())
        rewards = torch.cat([rewards, torch.tensor([reward])])
        returns_to_go = torch.cat([returns_to_go, returns_to_go[-1:] - reward / config.return_scale])
    env.close()
    return rewards


def test_evaluation_is_the_plain_loop_for_each_episode(model):
    evaluation = rollout.evaluate(model, target_return=3000, episodes=3, seed=5, max_steps=40, progress=False)
    assert evaluation.rewards.shape == (3, 40) and evaluation.lengths.tolist() == [40] * 3
    for i in range(3):
        expected = plain_episode(model, 3000, seed=5 + i, steps=40)
        np.testing.assert_allclose(evaluation.rewards[i, :25], expected[:25], atol=2e-3)


def test_the_target_and_the_seed_matter_and_nothing_else_does(model):
    settings = {"episodes": 2, "max_steps": 10, "progress": False}
    first = rollout.evaluate(model, target_return=3000, **settings)
    model.train()
    again = rollout.evaluate(model, target_return=3000, **settings)
    assert not model.training
    np.testing.assert_array_equal(first.rewards, again.rewards)
    assert (first.rewards != rollout.evaluate(model, target_return=-3000, **settings).rewards).any()
    assert (first.rewards != rollout.evaluate(model, target_return=3000, seed=9, **settings).rewards).any()


def test_several_targets_are_as_many_evaluations(model):
    settings = {"episodes": 2, "seed": 3, "max_steps": 10, "progress": False}
    returns = []
    together = rollout.evaluate_targets(
        model, "HalfCheetah-v5", [3000, -500], on_step=lambda robots, t, earned: returns.append(earned), **settings
    )
    assert [evaluation.target_return for evaluation in together] == [3000, -500]
    for evaluation in together:
        alone = rollout.evaluate(model, target_return=evaluation.target_return, **settings)
        np.testing.assert_allclose(evaluation.rewards, alone.rewards, atol=2e-3)
        np.testing.assert_array_equal(evaluation.lengths, alone.lengths)
    np.testing.assert_allclose(returns[-1], np.concatenate([evaluation.returns for evaluation in together]))


@pytest.mark.parametrize(("targets", "episodes"), [([], 2), ([3000], 0)])
def test_nothing_to_evaluate_is_refused(model, targets, episodes):
    with pytest.raises(ValueError, match="At least one target return and one episode"):
        rollout.evaluate_targets(model, "HalfCheetah-v5", targets, episodes, progress=False)


def test_get_action_pads_and_cuts_to_K(model):
    generator = torch.Generator().manual_seed(0)
    history = [torch.randn(12, n, generator=generator) for n in (17, 6, 1, 1)]
    states, actions, rewards, returns_to_go = history
    timesteps = torch.arange(12)
    arguments = (states, actions, rewards, returns_to_go, timesteps)
    whole = rollout.get_action(model, *arguments)
    assert whole.shape == (6,)
    torch.testing.assert_close(whole, rollout.get_action(model, *(x[-5:] for x in arguments)))
    short = [x[:2] for x in arguments]
    expected = model.original_forward(
        states=short[0][None], actions=short[1][None], returns_to_go=short[3][None], timesteps=short[4][None]
    ).action_preds[0, -1]
    torch.testing.assert_close(rollout.get_action(model, *short), expected)


def test_summary_and_score():
    evaluation = rollout.Evaluation("HalfCheetah-v3", 9000.0, np.array([[10.0, 20.0], [30.0, 40.0]]), np.array([2, 2]))
    assert (evaluation.mean, evaluation.std, evaluation.worst) == (50, 20, 30)
    assert "D4RL score 2.7" in str(evaluation)
    assert "D4RL" not in str(rollout.Evaluation("HalfCheetah-v5", 1.0, evaluation.rewards, evaluation.lengths))


def test_a_model_for_another_robot_is_refused(model):
    with pytest.raises(ValueError, match="11 state and 3 action dimensions"):
        rollout.evaluate(model, "Hopper-v5", progress=False)


def test_a_config_without_statistics_is_refused():
    with pytest.raises(ValueError, match="state_mean"):
        rollout.evaluate(TrainableDT(make_config(hidden_size=32, n_layer=1)), progress=False)


def test_a_recorded_episode_is_the_evaluated_one(model, tmp_path):
    settings = {"target_return": 3000, "seed": 4, "max_steps": 6, "progress": False}
    shown, evaluation = rollout.record(
        model, path=tmp_path / "replay.mp4", width=64, height=64, backend="drawing", **settings
    )
    assert shown.path.stat().st_size > 0
    expected = rollout.evaluate(model, episodes=1, **settings)
    np.testing.assert_array_equal(evaluation.rewards, expected.rewards)
    assert "7 frames at 20 per second" in shown.note


def test_the_model_may_be_shown_something_else_than_the_environments_observation(model):
    settings = {"target_return": 3000, "episodes": 2, "max_steps": 6, "progress": False}
    same = rollout.evaluate(model, **settings, observe=lambda env: env.unwrapped._get_obs())
    np.testing.assert_array_equal(same.rewards, rollout.evaluate(model, **settings).rewards)
    nothing = rollout.evaluate(model, **settings, observe=lambda env: np.zeros(17))
    assert (same.rewards[:, 0] != nothing.rewards[:, 0]).all()
    with pytest.raises(ValueError, match="9 state and 6 action dimensions"):
        rollout.evaluate(model, **settings, observe=lambda env: env.unwrapped.data.qpos)


@pytest.fixture
def made(monkeypatch):
    """The environments that were made, each with whether it is closed."""
    made, own = [], envs.make

    def make(*arguments, **options):
        env = own(*arguments, **options)
        made.append(env)
        env.closed, close = False, env.close

        def note():
            env.closed = True
            close()

        env.close = note
        return env

    monkeypatch.setattr(envs, "make", make)
    yield made
    assert made and all(env.closed for env in made)
    assert not bars.tqdm._instances, "a bar was left open"


def stop(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("moment", [0, 1, 4])
def test_interrupted_it_closes_its_environments_and_its_bar(model, made, moment):
    def on_step(robots, t, returns):
        if t == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rollout.evaluate(model, episodes=3, max_steps=6, on_step=on_step)
    assert len(made) == 3


def test_the_first_environments_are_closed_when_a_later_one_cannot_be_made(model, made, monkeypatch):
    make = envs.make

    def fifth_fails(*arguments):
        if len(made) == 4:
            raise ValueError("no fifth robot")
        return make(*arguments)

    monkeypatch.setattr(envs, "make", fifth_fails)
    with pytest.raises(ValueError, match="no fifth robot"):
        rollout.evaluate(model, episodes=8, max_steps=6)
    assert len(made) == 4


def test_a_model_that_does_not_fit_leaves_no_environment_open(model, made):
    with pytest.raises(ValueError, match="Hopper"):
        rollout.evaluate(model, "Hopper-v5", episodes=2)


def test_an_interrupted_film_leaves_nothing(model, made, tmp_path, monkeypatch):
    monkeypatch.setattr(rollout.fast_cpu.Actor, "act", stop)
    settings = {"max_steps": 6, "backend": "drawing"}
    with pytest.raises(KeyboardInterrupt):
        rollout.record(model, path=tmp_path / "replay.mp4", width=64, height=64, **settings)
    with pytest.raises(KeyboardInterrupt):
        slider.film(model, "HalfCheetah-v5", [1000, 2000], tmp_path / "films.mp4", size=(64, 64), **settings)
    assert list(tmp_path.iterdir()) == []


TYPES = [torch.bfloat16, torch.float16, torch.float64]


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_a_model_in_another_number_type_acts_as_it_does_in_float32(model, dtype, tmp_path):
    other = copy.deepcopy(model).to(dtype)
    settings = {"target_return": 3000, "seed": 4, "max_steps": 6, "progress": False}
    found = rollout.evaluate(other, episodes=2, **settings)
    np.testing.assert_allclose(
        found.rewards[:, 0], rollout.evaluate(model, episodes=2, **settings).rewards[:, 0], atol=0.1
    )
    _, filmed = rollout.record(other, path=tmp_path / "a.mp4", width=64, height=64, backend="drawing", **settings)
    np.testing.assert_allclose(filmed.rewards[0], found.rewards[0], atol=0.05)


@pytest.mark.parametrize("inputs", [torch.float32, torch.float64, torch.float16], ids=str)
@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_get_action_takes_inputs_of_any_type(model, dtype, inputs):
    generator = torch.Generator().manual_seed(0)
    history = [torch.randn(7, n, generator=generator) for n in (17, 6, 1, 1)]
    expected = rollout.get_action(model, *history, torch.arange(7))
    found = rollout.get_action(copy.deepcopy(model).to(dtype), *(x.to(inputs) for x in history), torch.arange(7))
    torch.testing.assert_close(found.float(), expected.float(), atol=0.05, rtol=0.05)


def test_the_weights_that_were_measured_are_noted(model):
    evaluation = rollout.evaluate(model, episodes=1, max_steps=2, progress=False)
    assert evaluation.weights == fingerprint.of_weights(model.state_dict())
