"""What a card says is so for each answer that is told it, not only for others in its family."""

import numpy as np
import pytest
import torch

from dt_helpers.check import one_function


def told(name, fn):
    found = one_function.check(name, fn, seed=1, counts=False)
    assert not found.passed
    return found


def sums(rewards, gamma=1.0, result=None):
    """The right returns, or what a loop from the end writes to `result`."""
    result = np.zeros(len(rewards)) if result is None else result
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        result[t] = running
    return result


def all_but_the_last(rewards, gamma=1.0):
    returns = sums(rewards, gamma)
    returns[-1] = 0
    return returns


def in_the_wrong_direction(rewards, gamma=1.0):
    result = np.zeros(len(rewards))
    for t in range(len(rewards) - 1):
        result[t] = rewards[t] + gamma * result[t + 1]
    return result


def without_own_reward(rewards, gamma=1.0):
    result = sums(rewards, gamma)
    for t in range(1, len(rewards)):
        result[t] = result[t - 1] - rewards[t]
    return result


RETURNS = [
    (all_but_the_last, "the other returns are right", "missing"),
    (lambda r, gamma=1.0: sums(r[:-1], gamma, np.zeros(len(r))), "missing from all", "the other returns are right"),
    (lambda r, gamma=1.0: np.round(sums(r, gamma)), "whole numbers", "parts are cut off"),
    (lambda r, gamma=1.0: sums(r)[::-1], "gamma has no effect", "numbers are right"),
    (lambda r, gamma=1.0: sums(r, gamma) / len(r), "divided by the number of steps", "mean"),
    (lambda r, gamma=1.0: np.full(len(r), np.mean(r)), "mean of all rewards", "still to come;"),
    (lambda r, gamma=1.0: sums(r, gamma) - sums(r, gamma).mean(), "mean of the returns is subtracted", "standard"),
    (lambda r, gamma=1.0: sums(np.maximum(r, 0), gamma), "Negative rewards count as 0", "never fall"),
    (lambda r, gamma=1.0: r + sums(r, gamma), "counted twice", "sum of returns"),
    (lambda r, gamma=1.0: r * gamma ** np.arange(len(r)), "times a power of gamma", "as they were"),
    (lambda r, gamma=1.0: np.cumsum(r)[::-1], "last number is the first reward", "up to each step"),
    (lambda r, gamma=1.0: 2 * r - sums(r, gamma), "comes after a step is subtracted", "All returns"),
    (lambda r, gamma=1.0: np.append(0.0, sums(r, gamma)), "a 0 before the first", "after the last step"),
    (lambda r, gamma=1.0: sums(r, 0.99), "0.99 whatever gamma is", "not used"),
    (in_the_wrong_direction, "and the last one 0", "right shape"),
    (without_own_reward, "holds the first reward still", "right shape"),
]


@pytest.mark.parametrize(("fn", "said", "unsaid"), RETURNS)
def test_returns_to_go(fn, said, unsaid):
    sentence = told("returns_to_go", fn).sentence
    assert said in sentence and unsaid not in sentence


def padded(sequence, length, value, cut=True):
    kept = sequence[:length]
    missing = length - len(kept)
    rows = np.concatenate([np.full((missing, sequence.shape[1]), float(value)), kept])
    return rows, np.append(np.zeros(missing), np.ones(len(kept if cut else sequence)))


def both_axes(sequence, length, value):
    missing = length - len(sequence[:length])
    return np.pad(sequence[:length], (missing, 0), constant_values=value), padded(sequence, length, value)[1]


def one_column(sequence, length, value):
    rows, mask = padded(sequence, length, 0)
    rows[mask == 0, 0] = value
    return rows, mask


def mean_row(sequence, length, value):
    rows, mask = padded(sequence, length, 0)
    rows[mask == 0] = sequence[:length].mean(axis=0)
    return rows, mask


PADDED = [
    (lambda s, n, v: padded(s, n, 0), "hold 0, whatever", "don't hold"),
    (lambda s, n, v: padded(s, n, -v), "minus `value`", "whatever"),
    (lambda s, n, v: (padded(s, n, v)[0], padded(s, n, v)[1][:, None]), "(length, 1)", "each number in"),
    (mean_row, "the sequence's own numbers", "repeats rows"),
    (lambda s, n, v: (s[:n], padded(s, n, v)[1]), "The mask is right", "Nothing was padded"),
    (lambda s, n, v: padded(s, n, v, cut=False), "the mask is too long", "first `length` rows have to be kept"),
    (both_axes, "Columns were padded as well as rows", "shape"),
    (one_column, "Only one number of each padded row", "right shape"),
    (lambda s, n, v: tuple(part[::-1] for part in padded(s, n, v)), "Both results are in reverse", "The real rows are"),
]


@pytest.mark.parametrize(("fn", "said", "unsaid"), PADDED)
def test_pad_left(fn, said, unsaid):
    sentence = told("pad_left", fn).sentence
    assert said in sentence and unsaid not in sentence


def test_a_mask_that_is_too_long_is_seen_to_be_in_the_picture():
    strip = told("pad_left", lambda s, n, v: padded(s, n, v, cut=False)).strip
    assert strip is not None and strip.given[: len(strip.expected)] == strip.expected and strip.given[-1] == "·1"


def loss(change):
    """A loss of predictions, targets and the squared errors of the real steps."""
    return lambda p, t, m: change(p, t, m, ((p - t) ** 2)[m > 0])


LOSSES = [
    (loss(lambda p, t, m, errors: errors.mean(0)), "one for each component of the actions", "step or row"),
    (loss(lambda p, t, m, errors: errors.mean(1)), "one for each step", "row"),
    (loss(lambda p, t, m, errors: errors), "one for each component of each action", "row"),
    (loss(lambda p, t, m, errors: ((p - t) ** 2).mean((1, 2))), "one for each row", "step"),
    (loss(lambda p, t, m, errors: ((p.tanh() - t) ** 2)[m > 0].mean()), "A tanh is applied", "clipped"),
    (loss(lambda p, t, m, errors: ((p.tanh() - t.tanh()) ** 2)[m > 0].mean()), "to predictions and targets", "number"),
    (loss(lambda p, t, m, errors: errors.clamp(max=1).mean()), "cut to 1", "Predictions"),
    (loss(lambda p, t, m, errors: errors.min()), "smallest", "largest"),
    (loss(lambda p, t, m, errors: (p - t)[m > 0].std()), "standard deviation", "variance"),
    (loss(lambda p, t, m, errors: errors.sum() / (errors.numel() - 1)), "one number less", "more"),
    (loss(lambda p, t, m, errors: (p - t).mean() ** 2), "the padding counts too", "nothing"),
    (loss(lambda p, t, m, errors: (p - t)[m > 0].abs().sum()), "sum over all steps", "sum of the squared"),
]


@pytest.mark.parametrize(("fn", "said", "unsaid"), LOSSES)
def test_action_loss(fn, said, unsaid):
    sentence = told("action_loss", fn).sentence
    assert said in sentence and unsaid not in sentence


def moved_first(x, predict_return, predict_state, predict_action):
    x = x.permute(0, 2, 1, 3)
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


HEADS = [
    (moved_first, "all three tokens of a single step", "wrong axis"),
    (lambda x, r, s, a: (r(x[:, 2].mean(1)), s(x[:, 2].mean(1)), a(x[:, 1].mean(1))), "their mean", "one step only"),
    (
        lambda x, r, s, a: (r(x[:, 2])[:, 1:], s(x[:, 2])[:, 1:], a(x[:, 1])[:, 1:]),
        "of the first step are missing",
        "other steps",
    ),
    (lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]).tanh(), a(x[:, 1])), "tanh was applied to state_preds", "another"),
    (lambda x, r, s, a: (r(x[:, 2]), (s(x[:, 1]) + s(x[:, 2])) / 2, a(x[:, 1])), "from the mean of", "before a head"),
    (lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(x[:, 2].roll(1, 1))), "has not seen the present state", "shifted"),
]


@pytest.mark.parametrize(("fn", "said", "unsaid"), HEADS)
def test_prediction_heads(fn, said, unsaid):
    sentence = told("prediction_heads", fn).sentence
    assert said in sentence and unsaid not in sentence


TIMES = [
    (lambda r, s, a, t: (r + t.mean(1, True), s + t.mean(1, True), a + t.mean(1, True)), "mean of all", "single step"),
    (lambda r, s, a, t: (r + t.cumsum(1), s + t.cumsum(1), a + t.cumsum(1)), "sum of all times up to", "another step"),
    (lambda r, s, a, t: (t - r, t - s, t - a), "embeddings are subtracted", "The time is subtracted"),
    (lambda r, s, a, t: (2 * t, 2 * t, 2 * t), "Only a multiple of the time", "Only the time"),
    (lambda r, s, a, t: (r + 3 * t, s + 2 * t, a + t), "one twice and one three times", "grows"),
    (lambda r, s, a, t: (r, s + 2 * t, a + t), "missing in the returns. The states carry", "order"),
    (lambda r, s, a, t: (s, r, a), "not each of them holds the time once", "shape"),
    (lambda r, s, a, t: (r + t, s + t, a + s), "added to one another", "shape"),
]


@pytest.mark.parametrize(("fn", "said", "unsaid"), TIMES)
def test_time_embeddings(fn, said, unsaid):
    sentence = told("time_embeddings", fn).sentence
    assert said in sentence and unsaid not in sentence


def steps(*parts):
    return torch.stack(parts, dim=2)


def one_place_on(*parts):
    result = torch.zeros_like(steps(*parts).flatten(1, 2))
    for t in range(parts[0].shape[1]):
        for i, part in enumerate(parts):
            result[:, t + i] = part[:, t]
    return result


STACKED = [
    (lambda r, s, a: steps(r, s, a).flatten(1, 2).flip(1), "in the order a, s, R", "since a token sees"),
    (lambda r, s, a: torch.cat((r, s, a), dim=1).flip(1), "reversed blocks", "since a token sees"),
    (lambda r, s, a: steps(r, s, a).flatten(1, 2)[:1], "Only the first row", "used for all"),
    (lambda r, s, a: (r + s + a) / 3, "mean of the three tokens", "added up"),
    (lambda r, s, a: torch.cat((r, s, s), dim=1), "in blocks, not step by step", "shape"),
    (lambda r, s, a: steps(r, s, a)[:, :-1].flatten(1, 2), "last step are not in the sequence", "shape"),
    (one_place_on, "written over others", "right shape"),
]


@pytest.mark.parametrize(("fn", "said", "unsaid"), STACKED)
def test_stack_inputs(fn, said, unsaid):
    sentence = told("stacked_inputs", fn).sentence
    assert said in sentence and unsaid not in sentence


MASKS = [
    (lambda m: torch.ones_like(m), "it has K columns", "shape"),
    (lambda m: 1 - m, "it has K columns", "shape"),
    (lambda m: m.flip(1).repeat(1, 3), "repeated as a whole", "shape"),
    (lambda m: m.repeat_interleave(3, dim=1)[:, None], "more than two axes", "three tokens still"),
    (lambda m: m.repeat_interleave(3, dim=1) * 3, "holds 3", "not repeated"),
    (lambda m: torch.cat((m, m, 0 * m), dim=1), "a block of zeros", "carry its mask"),
    (lambda m: m.repeat_interleave(3, dim=1).flip(0), "rows of the batch are in reverse", "mixed"),
    (lambda m: m.repeat_interleave(3, dim=1).sort(dim=1).values, "as if they had been counted or sorted", "You count"),
]


@pytest.mark.parametrize(("fn", "said", "unsaid"), MASKS)
def test_stack_attention_mask(fn, said, unsaid):
    sentence = told("stacked_attention_mask", fn).sentence
    assert said in sentence and unsaid not in sentence
