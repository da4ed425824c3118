"""What the check of a function says of wrong answers: on how many inputs, and of which kind."""

import numpy as np
import pytest
import torch

from dt_helpers.check import one_function


def judged(name, fn):
    return one_function.check(name, fn, seed=0, counts=False)


def loss(preds, targets, mask):
    kept = mask > 0
    return ((preds[kept] - targets[kept]) ** 2).mean().detach().requires_grad_()


def stacked(returns, states, actions):
    return torch.stack((returns, states, actions.detach()), dim=2).flatten(1, 2)


def heads(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2].detach()), predict_action(x[:, 1])


@pytest.mark.parametrize(
    ("name", "fn"), [("action_loss", loss), ("stacked_inputs", stacked), ("prediction_heads", heads)]
)
def test_a_gradient_that_is_lost_wherever_one_looks_is_lost_everywhere(name, fn):
    found = judged(name, fn)
    assert found.mistake == "lost-gradient" and "This happened" not in found.sentence


def subtracted(rewards, gamma=1.0):
    returns, total = np.zeros(len(rewards)), rewards.sum()
    for step, reward in enumerate(rewards):
        returns[step] = total
        total -= gamma * reward
    return returns


def rounded(rewards, gamma=1.0):
    return subtracted(rewards, round(gamma))


def halved(rewards, gamma=1.0):
    return np.cumsum(rewards[::-1])[::-1] * (1 + gamma) / 2


@pytest.mark.parametrize("fn", [subtracted, rounded, halved])
def test_who_is_wrong_with_a_discount_only_is_told_so(fn):
    found = judged("returns_to_go", fn)
    assert found.mistake == "discounted" and "gamma = 0.5" in found.hints[0]


@pytest.mark.parametrize(("token", "whose"), [(1, "state's"), (0, "return's")])
def test_both_predictions_that_are_read_from_the_wrong_token_are_named(token, whose):
    def predict(x, predict_return, predict_state, predict_action):
        return predict_return(x[:, token]), predict_state(x[:, token]), predict_action(x[:, 1])

    found = judged("prediction_heads", predict)
    assert found.mistake == "state-without-action"
    assert f"next state and the next return are predicted from the {whose} token" in found.sentence


def best(actions, returns, target, n_actions):
    return np.bincount(actions[returns == returns.max()], minlength=n_actions) / (returns == returns.max()).sum()


def worst(actions, returns, target, n_actions):
    return best(actions, -returns, target, n_actions)


def nearly_best(actions, returns, target, n_actions):
    near = returns >= returns.max() - 0.001
    return np.bincount(actions[near], minlength=n_actions) / near.sum() * (1 if len(returns) > 20 else 0.5)


@pytest.mark.parametrize("fn", [best, worst, nearly_best])
@pytest.mark.parametrize("seed", range(3))
def test_who_leaves_the_target_unread_remembers_nothing(fn, seed):
    found = one_function.check("conditioned_policy", fn, seed=seed, counts=False)
    assert not found.passed and "earlier call" not in found.sentence
    if fn is not nearly_best:
        assert found.mistake == "best-return"


def test_the_picture_shows_a_state_that_differs():
    def pessimistic(q, seen, worst):
        return np.where(seen, q, np.minimum(q, worst))

    for seed in range(6):
        found = one_function.check("pessimistic", pessimistic, seed=seed, counts=False)
        assert not found.strip or found.strip.expected != found.strip.given


def test_a_zero_is_a_zero_in_a_picture():
    def walk_rewards(walk, goal, lengths):
        return -1.0 * (walk[:-1] != goal)

    found = one_function.check("walk_rewards", walk_rewards, seed=0, counts=False)
    assert not found.passed and "-0" not in found.strip.given


def test_a_padded_row_is_called_one_though_a_real_row_looks_like_it():
    def pad_left(sequence, length, value):
        kept = sequence[:length]
        padded = np.vstack([np.full((length - len(kept), sequence.shape[1]), value, sequence.dtype), kept])
        return padded, (padded != value).any(axis=1).astype(float)

    found = one_function.check("pad_left", pad_left, seed=0, counts=False)
    padding = [label for label in found.strip.expected if label.endswith("·0")]
    assert padding and {label.partition("·")[0] for label in padding} == {"pad"}
    assert any(label.startswith("x") for label in found.strip.expected)
