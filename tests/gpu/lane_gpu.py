"""What a graphics card changes, on a real one: ``make test-gpu``, which says so where there is none.

On the processor, to try the tests themselves: ``DT_LANE_DEVICE=cpu``. The file's name keeps it out of `make test`.
"""

import os

import numpy as np
import pytest
import torch
from torch import nn

from dt_helpers import check, rollout, training
from dt_helpers.check.exercises import exercise
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine import hardware
from dt_helpers.model import TrainableDT, make_config
from dt_helpers.training import muon
from tests.conftest import make_trajectories
from tests.model.test_model import batch_of, redraw
from tests.mutation.solutions import SOLUTIONS
from tests.training.test_training import TINY, interrupt

DEVICE = os.environ.get("DT_LANE_DEVICE") or hardware.device().type

SMALL = {"state_dim": 5, "act_dim": 3, "context_length": 6, "hidden_size": 32, "n_layer": 2, "max_ep_len": 50}


@pytest.fixture(autouse=True)
def on_the_processor_if_asked(monkeypatch):
    if DEVICE == "cpu":
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def steering() -> Trajectories:
    """Episodes in which the action says what the first number of the state is: something to learn."""
    data = make_trajectories([40] * 12)
    actions = np.tanh(data.observations[:, :1] / 3).repeat(2, axis=1)
    return Trajectories(data.observations, actions, data.rewards, data.dones, data.offsets, name="steering")


def test_training_is_there_in_the_dtype_that_it_has_and_learns(tmp_path):
    settings = training.preset("quick", steps=60, eval_steps=30, save_steps=30, n_layer=1)
    args = training.arguments(settings, tmp_path / "arguments")
    assert args.device.type == DEVICE
    assert args.bf16 == hardware.has_bf16() and not args.fp16
    model = training.train(steering(), settings, output=tmp_path / "model")
    assert model.device.type == DEVICE
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())
    batch = {key: value.to(DEVICE) for key, value in batch_of(model.config).items()}
    assert all(value.device.type == DEVICE for value in model(**batch).values())
    saved = training.load(tmp_path / "model")
    for key, value in saved.state_dict().items():
        assert torch.equal(value, model.state_dict()[key].cpu()), key


def test_an_interrupted_run_goes_on_there(tmp_path, monkeypatch, capsys):
    data, settings = make_trajectories([40] * 4), training.preset("ci", **{**TINY, "steps": 6})
    whole = training.train(data, settings, output=tmp_path / "whole")
    interrupt(monkeypatch, data, tmp_path / "interrupted")
    capsys.readouterr()
    resumed = training.train(data, settings, output=tmp_path / "interrupted")
    assert "Going on from checkpoint" in capsys.readouterr().out
    assert whole.device.type == resumed.device.type == DEVICE


@pytest.mark.parametrize("n_head", [1, 4])
@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_predictions_and_gradients_are_the_processors(n_head, attention):
    config = make_config(n_head=n_head, **SMALL)
    here = redraw(TrainableDT(config))
    there = TrainableDT(config).to(DEVICE).eval()
    there.load_state_dict(here.state_dict())
    there.set_attn_implementation(attention)
    batch = batch_of(config)
    ours, theirs = here(**batch), there(**{key: value.to(DEVICE) for key, value in batch.items()})
    ours["loss"].backward()
    theirs["loss"].backward()
    torch.testing.assert_close(theirs["action_preds"].cpu(), ours["action_preds"], rtol=1e-3, atol=1e-4)
    for (name, one), other in zip(here.named_parameters(), there.parameters(), strict=True):
        if one.grad is not None:
            scale = float(one.grad.abs().max()) or 1.0
            assert float((other.grad.cpu() - one.grad).abs().max()) < 1e-2 * scale, name


def test_half_the_bits_are_near():
    """bfloat16 where the card has it, as in training; else float16, in which only a forward pass is safe."""
    config = make_config(**SMALL)
    model = TrainableDT(config).to(DEVICE).eval()
    batch = {key: value.to(DEVICE) for key, value in batch_of(config).items()}
    dtype = torch.bfloat16 if hardware.has_bf16() or DEVICE == "cpu" else torch.float16
    with torch.no_grad(), torch.autocast(DEVICE, dtype):
        half = model(**batch)["action_preds"].float()
    with torch.no_grad():
        torch.testing.assert_close(half, model(**batch)["action_preds"], rtol=0.1, atol=0.03)


def test_muon_moves_matrices_as_on_the_processor():
    def moved(device: str) -> list[torch.Tensor]:
        generator = torch.Generator().manual_seed(0)
        matrices = [nn.Parameter(torch.randn(shape, generator=generator).to(device)) for shape in ((8, 8), (8, 32))]
        others = [nn.Parameter(torch.randn(8, generator=generator).to(device))]
        optimizer = muon.Muon(matrices, others)
        optimizer.dtype = torch.float32
        for _ in range(3):
            for parameter in [*matrices, *others]:
                parameter.grad = torch.randn(parameter.shape, generator=generator).to(device)
            optimizer.step()
        optimizer.load_state_dict(optimizer.state_dict())
        for parameter in [*matrices, *others]:
            parameter.grad = torch.randn(parameter.shape, generator=generator).to(device)
        optimizer.step()
        return [parameter.detach().cpu() for parameter in [*matrices, *others]]

    for there, here in zip(moved(DEVICE), moved("cpu"), strict=True):
        torch.testing.assert_close(there, here, rtol=1e-3, atol=1e-3)


def test_the_provided_model_runs_there_as_on_the_processor():
    returns = {}
    for device in ("cpu", DEVICE):
        model = training.load(training.PROVIDED).to(device)
        returns[device] = rollout.evaluate(model, episodes=2, max_steps=60, progress=False).returns
    np.testing.assert_allclose(returns[DEVICE], returns["cpu"], rtol=0.05)


@pytest.mark.parametrize("name", [name for name in SOLUTIONS if name == "forward" or exercise(name).kind == "tensor"])
def test_a_right_answer_passes_where_there_is_a_card(name):
    for answer in SOLUTIONS[name]:
        assert getattr(check, name)(answer).passed


def test_an_answer_that_mixes_devices_is_told_so():
    def stacked(attention_mask):
        rows = torch.zeros(attention_mask.shape[0], 3 * attention_mask.shape[1])  # on the processor, whatever comes
        rows += attention_mask.cpu().float().repeat_interleave(3, dim=1) if attention_mask.device.type != "meta" else 0
        return rows.to(attention_mask.dtype)

    with pytest.raises(check.CheckFailed) as failed:
        check.stacked_attention_mask(stacked)
    assert failed.value.mistake == "wrong-device"
