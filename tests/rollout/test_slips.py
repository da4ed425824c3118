"""A slip in the loop, and the right loop with a model that makes it forget: the same episode."""

import numpy as np
import pytest
import torch

from dt_helpers import envs
from dt_helpers.check.exercises.run_episode.loop import Loop
from dt_helpers.rollout import slips

STEPS = 14
IN_THE_LOOP = {
    slips.NONE: Loop(),
    slips.RAW: Loop(normal=lambda observation, mean, std, t: observation),
    slips.UNSCALED: Loop(left=lambda left, reward, scale, asked: left - reward),
    slips.UNCOUNTED: Loop(left=lambda left, reward, scale, asked: asked),
    slips.HIDDEN: Loop(past=lambda actions: np.zeros_like(actions)),
    slips.TIMES: Loop(times=lambda t, K: (np.arange(t + 1) - max(t + 1 - K, 0)).clip(0)),
}


def play(loop, model):
    return np.array(loop(model, envs.make("HalfCheetah-v5"), 3000.0, STEPS, 5))


@pytest.mark.parametrize("slip", IN_THE_LOOP)
def test_a_forgetful_model_costs_what_the_slip_in_the_loop_does(model, slip):
    found = play(Loop(), slips.forgetful(model, slip))
    np.testing.assert_allclose(found[:8], play(IN_THE_LOOP[slip], model)[:8], atol=2e-3)
    least = 1e-6 if slip == slips.UNCOUNTED else 1e-4  # a few small rewards are little of a target
    assert slip == slips.NONE or np.abs(found - play(Loop(), model)).max() > least


def test_dropout_stays_on_whatever_the_loop_says_and_the_model_itself_is_left_alone(model):
    forgetful = slips.forgetful(model.eval(), slips.DROPOUT)
    torch.manual_seed(0)
    runs = [play(Loop(), forgetful) for _ in range(2)]
    assert (runs[0] != runs[1]).any()
    assert not model.training and (play(Loop(), model) == play(Loop(), model)).all()


def test_an_unknown_slip_is_told_the_known_ones(model):
    with pytest.raises(ValueError, match="one of none, states not normalised"):
        slips.forgetful(model, "nothing")
