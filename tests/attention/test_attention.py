import copy

import numpy as np
import pytest
import torch

from dt_helpers import attention, rollout
from tests.conftest import make_trajectories
from tests.rollout.conftest import model  # noqa: F401


@pytest.fixture
def watched(model):  # noqa: F811
    return attention.watch(model, target_return=3000, seed=5, max_steps=9, progress=False)


def test_the_episode_is_the_evaluated_one(model, watched):  # noqa: F811
    expected = rollout.evaluate(model, target_return=3000, episodes=1, seed=5, max_steps=9, progress=False)
    np.testing.assert_allclose(watched.evaluation.rewards, expected.rewards, atol=1e-4)


def test_an_action_shares_its_attention_among_the_tokens_that_it_may_see(watched):
    weights = watched.weights
    assert weights.shape == (9, 2, 5, 3)
    np.testing.assert_allclose(weights.sum(axis=(2, 3)), 1, atol=1e-5)
    assert (weights[:, :, -1, 2] == 0).all(), "the action that is predicted cannot be seen"
    assert (weights[1, :, :3] == 0).all(), "before the episode there is nothing"
    assert (weights[1, :, 3:].reshape(2, 6)[:, :5] > 0).all()
    np.testing.assert_allclose(watched.mean, weights[4:].mean(axis=0))


def test_the_weights_are_those_that_transformers_returns(model, watched):  # noqa: F811
    """At the first step the window is (R, s, a) alone, and can be written down here."""
    from dt_helpers import envs

    config, env = model.config, envs.make("HalfCheetah-v5")
    state = (torch.from_numpy(env.reset(seed=5)[0]) - torch.tensor(config.state_mean)) / torch.tensor(config.state_std)
    env.close()
    model.set_attn_implementation("eager")
    with torch.no_grad():
        output = model.original_forward(
            states=state[None, None].float(), actions=torch.zeros(1, 1, 6),
            returns_to_go=torch.full((1, 1, 1), 3000 / config.return_scale),
            timesteps=torch.zeros(1, 1, dtype=torch.long), output_attentions=True, return_dict=True,
        )  # fmt: skip
    for layer, weights in enumerate(output.attentions):
        np.testing.assert_allclose(watched.weights[0, layer, -1], weights[0].mean(dim=0)[1], atol=1e-5)


def test_the_model_is_left_as_it_was(model):  # noqa: F811
    model.set_attn_implementation("sdpa")
    attention.watch(model, max_steps=1, progress=False)
    assert model.config._attn_implementation == "sdpa"
    assert not model.encoder._forward_hooks and not model.encoder._forward_pre_hooks


def test_an_episode_shorter_than_the_window_has_no_mean(model):  # noqa: F811
    short = attention.watch(model, max_steps=4, progress=False)
    with pytest.raises(ValueError, match="has 4 steps, but K is 5"):
        _ = short.mean


def test_a_state_token_is_what_its_action_is_predicted_from(model):  # noqa: F811
    data = make_trajectories([9, 30], state_dim=17, act_dim=6)
    anchors = np.array([0, 3, 20])  # windows of 1, 4 and 5 steps
    tokens = attention.state_tokens(model, data, anchors)
    assert tokens.shape == (3, 32)
    predicted = model.predict_action(torch.from_numpy(tokens[2])).detach()
    steps = {key: torch.from_numpy(value[7:12])[None] for key, value in data.episode(1).items()}
    mean, std = (torch.tensor(x) for x in (model.config.state_mean, model.config.state_std))  # as in a replay
    action = model.original_forward(
        states=(steps["observations"] - mean) / std, actions=steps["actions"],
        returns_to_go=torch.from_numpy(data.returns_to_go[16:21])[None, :, None] / 1000,
        timesteps=torch.arange(7, 12)[None], return_dict=True,
    ).action_preds[0, -1]  # fmt: skip
    torch.testing.assert_close(predicted, action, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64], ids=str)
def test_a_model_in_another_number_type_is_looked_into_as_well(model, watched, dtype):  # noqa: F811
    other = copy.deepcopy(model).to(dtype)
    found = attention.watch(other, target_return=3000, seed=5, max_steps=5, progress=False)
    np.testing.assert_allclose(found.weights[0], watched.weights[0], atol=0.02)
    data = make_trajectories([9, 30], state_dim=17, act_dim=6)
    tokens = [attention.state_tokens(one, data, np.array([0, 20])) for one in (other, model)]
    np.testing.assert_allclose(*tokens, atol=0.1, rtol=0.05)


def test_principal_components_find_the_plane_that_the_points_lie_in():
    rng = np.random.default_rng(0)
    plane = np.linalg.qr(rng.normal(size=(6, 2)))[0].T  # (2, 6), orthonormal
    points = rng.normal(size=(200, 2)) * [5, 1] @ plane + 3
    directions, shares = attention.principal_components(points)
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-9)
    np.testing.assert_allclose(directions.T @ directions, plane.T @ plane, atol=1e-9)  # they span the same plane
    assert shares.sum() == pytest.approx(1) and shares[0] > 0.9
