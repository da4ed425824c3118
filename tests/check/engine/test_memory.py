"""An answer that remembers is told so; one whose wrong answer equals an earlier one by chance is not."""

import numpy as np
import pytest
import torch

from dt_helpers.check import exercises, one_function
from dt_helpers.check.engine.calling import quietly

SEEDS = (4, 11, 12, 13)


def named(check, made):
    """The names that a wrong answer gets, with several seeds; each time it is made anew."""
    with quietly():
        found = [one_function.judge(exercises.exercise(check), made(), seed) for seed in SEEDS]
    return {(verdict.passed, verdict.mistake) for verdict in found}


def by_shape():
    kept = {}

    def stack_attention_mask(attention_mask):
        return kept.setdefault(attention_mask.shape, attention_mask.repeat_interleave(3, dim=1)).clone()

    return stack_attention_mask


def discounts_by_length():
    kept = {}

    def returns_to_go(rewards, gamma=1.0):
        steps = np.arange(len(rewards))
        ahead = steps - steps[:, None]
        powers = kept.setdefault(len(rewards), np.where(ahead < 0, 0.0, float(gamma) ** np.maximum(ahead, 0)))
        return powers @ rewards

    return returns_to_go


@pytest.mark.parametrize(
    ("check", "made"), [("stacked_attention_mask", by_shape), ("returns_to_go", discounts_by_length)]
)
def test_what_is_kept_by_the_shape_is_noticed(check, made):
    assert named(check, made) == {(False, "keeps-state")}


def solid(attention_mask):
    """Real from the first real step to the last one: the answer to many a mask."""
    steps = torch.arange(attention_mask.shape[1])
    first = attention_mask.int().argmax(dim=1, keepdim=True)
    last = len(steps) - 1 - attention_mask.int().flip(1).argmax(dim=1, keepdim=True)
    whole = (steps >= first) & (steps <= last) & (attention_mask.sum(dim=1, keepdim=True) > 0)
    return whole.to(attention_mask.dtype).repeat_interleave(3, dim=1)


def the_longest_run(actions, returns, target, n_actions):
    """The shares in the longest run of episodes that met the target: few numbers that it could be."""
    met = np.flatnonzero(returns == target)
    runs = np.split(met, np.flatnonzero(np.diff(met) > 1) + 1)
    taken = actions[max(runs, key=len)]
    return np.bincount(taken, minlength=n_actions) / len(taken) if len(taken) else np.full(n_actions, 1 / n_actions)


@pytest.mark.parametrize(
    ("check", "answer"), [("stacked_attention_mask", solid), ("conditioned_policy", the_longest_run)]
)
def test_an_answer_that_equals_an_earlier_one_by_chance_is_not_said_to_remember(check, answer):
    assert (False, "keeps-state") not in named(check, lambda: answer)
