"""The tutorial's way that benchmarks compare with does the same as ours, number for number."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from dt_helpers import envs, rollout
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.model import TrainableDT, make_config
from tests.model.test_model import redraw

from .conftest import make_trajectories


@pytest.fixture(scope="module")
def tutorial():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
        import tutorial

        yield tutorial
        del sys.modules["tutorial"]


@pytest.fixture(scope="module")
def data():
    return make_trajectories([30, 1, 7, 50, 20], state_dim=17, act_dim=6)


@pytest.fixture(scope="module")
def models(tutorial):
    """The same weights in both; without dropout, which the tutorial's replay leaves on."""
    no_dropout = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
    config = make_config(hidden_size=32, n_layer=2, context_length=tutorial.K, max_ep_len=60, **no_dropout)
    config.state_mean, config.state_std, config.return_scale = [0.5] * 17, [2.0] * 17, tutorial.SCALE
    ours = redraw(TrainableDT(config))
    theirs = tutorial.Model(config)
    theirs.load_state_dict(ours.state_dict())
    return theirs, ours


def test_the_same_windows_for_the_same_draws(tutorial, data):
    theirs, ours = tutorial.Collator(data.to_dataset(), seed=0), DecisionTransformerGymDataCollator(data)
    np.testing.assert_allclose(theirs.state_mean, ours.state_mean, rtol=1e-6)
    np.testing.assert_allclose(theirs.p_sample, ours.p_sample)
    episodes, starts = theirs.draw(100)
    assert (episodes == 1).sum() < (episodes == 3).sum() and (starts < data.lengths[episodes]).all()
    batch = ours.gather(data.offsets[episodes] + starts)
    for key, value in theirs.gather(episodes, starts).items():
        assert value.dtype == batch[key].dtype
        torch.testing.assert_close(value, batch[key], rtol=1e-4, atol=1e-4)


def test_the_same_loss_and_gradient_for_the_same_weights(tutorial, data, models):
    batch = tutorial.Collator(data.to_dataset(), seed=0)([None] * 16)
    losses = [model.train()(**batch)["loss"] for model in models]
    torch.testing.assert_close(*losses)
    for model, loss in zip(models, losses, strict=True):
        model.zero_grad()
        loss.backward()
    for (name, theirs), ours in zip(models[0].named_parameters(), models[1].parameters(), strict=True):
        if theirs.grad is not None or ours.grad is not None:
            torch.testing.assert_close(theirs.grad, ours.grad, rtol=1e-3, atol=1e-5, msg=name)


def test_the_same_actions_in_the_replay(tutorial, models):
    theirs, ours = models
    seen = {"state_mean": np.full(17, 0.5), "state_std": np.full(17, 2.0), "act_dim": 6}
    env = envs.make("HalfCheetah-v5")
    earned = tutorial.replay(theirs.train(), type("Statistics", (), seen), env, 3000, seed=5, max_steps=30)
    expected = rollout.evaluate(ours, target_return=3000, episodes=1, seed=5, max_steps=30, progress=False)
    np.testing.assert_allclose(earned[:25], expected.rewards[0, :25], atol=2e-3)


def test_its_trainer_trains(tutorial, data, tmp_path):
    rows = data.to_dataset()
    trainer = tutorial.make_trainer(rows, tutorial.Collator(rows, seed=0), tmp_path, steps=2, disable_tqdm=True)
    before = trainer.model.embed_state.weight.detach().clone()
    assert trainer.train().global_step == 2
    assert not torch.equal(before, trainer.model.embed_state.weight)
