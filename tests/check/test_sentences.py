"""What a card says is so for each answer that is told it, not only for others in its family."""

import numpy as np
import pytest

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
