"""What can be tried of a graphics card without one: what is chosen by what torch says, and torch's meta device."""

import pytest
import torch
from torch import nn

from dt_helpers import training
from dt_helpers.machine import hardware
from dt_helpers.model import TrainableDT, make_config
from dt_helpers.training import beginning, muon, trainer
from tests.gpu import __main__ as lane
from tests.model.test_model import batch_of

SMALL = {"state_dim": 5, "act_dim": 3, "context_length": 6, "hidden_size": 16, "n_layer": 1, "max_ep_len": 50}


@pytest.fixture
def machine(monkeypatch):
    """Makes torch say what it would on a machine with this device, and with bfloat16 or not."""

    def machine(kind, bf16=False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: kind == "cuda")
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: kind == "mps")
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Tesla T4")
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: bf16 or including_emulation)
        for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
            monkeypatch.setattr(torch.cpu, name, lambda: bf16 and kind == "cpu", raising=False)

    return machine


@pytest.mark.parametrize(
    ("kind", "bf16"), [("cuda", True), ("cuda", False), ("mps", False), ("cpu", True), ("cpu", False)]
)
def test_training_takes_bfloat16_where_it_is_in_hardware_and_never_float16(machine, monkeypatch, tmp_path, kind, bf16):
    machine(kind, bf16)
    monkeypatch.setattr(trainer, "TrainingArguments", lambda **options: options)
    options = training.arguments(training.preset("quick"), tmp_path)
    assert options["bf16"] == bf16 and "fp16" not in options
    assert not training.arguments(training.preset("ci"), tmp_path)["bf16"], "its precision is fp32"
    turned = muon.Muon([nn.Parameter(torch.zeros(2, 3))], [nn.Parameter(torch.zeros(2))])
    assert turned.dtype == (torch.bfloat16 if bf16 else torch.float32)


@pytest.mark.parametrize(("kind", "attention"), [("cuda", "sdpa"), ("mps", "eager"), ("cpu", "eager")])
def test_the_shortcuts_of_the_processor_are_left_to_it(machine, kind, attention):
    machine(kind)
    model = beginning.with_quickest_attention(TrainableDT(make_config(**SMALL)))
    assert model.config._attn_implementation == attention
    model = beginning.prepare(model, training.preset("quick"))
    assert (model.shortcut is not None) == (kind == "cpu")


@pytest.mark.parametrize("n_head", [1, 2])
@pytest.mark.parametrize("mask", [True, False])
def test_a_training_step_makes_nothing_on_another_device_than_its_batch(n_head, mask):
    """The loss is one that needs no numbers, of which the meta device has none."""
    model = TrainableDT(make_config(n_head=n_head, **SMALL)).to("meta").train()
    model.set_attn_implementation("eager")
    model.criterion = lambda preds, targets, mask: ((preds - targets).square() * mask[..., None]).sum()
    model.hidden_actions = 0.5
    batch = {key: value.to("meta") for key, value in batch_of(model.config).items() if mask or key != "attention_mask"}
    output = model(**batch)
    output["loss"].backward()
    assert {value.device.type for value in output.values()} == {"meta"}
    assert {p.grad.device.type for p in model.parameters() if p.grad is not None} == {"meta"}


@pytest.mark.parametrize("shape", [(4, 4), (4, 8), (8, 4)])
def test_muon_turns_matrices_where_they_are(shape):
    matrix = nn.Parameter(torch.zeros(shape))
    optimizer = muon.Muon([matrix], [nn.Parameter(torch.zeros(2))])
    there = nn.Parameter(matrix.detach().to("meta"))
    there.grad = torch.zeros(shape, device="meta")
    with torch.no_grad():
        optimizer._turn([there], lr=0.1, momentum=0.9)
    assert optimizer.state[there]["momentum_buffer"].device.type == "meta" and there.grad is None


@pytest.mark.parametrize(
    ("kind", "driver", "ends", "says"),
    [
        ("cpu", False, 0, "NOT RUN: torch "),
        ("cpu", True, 1, "make test-gpu TORCH_INDEX="),
        ("cuda", True, 7, "On cuda (Tesla T4), float32"),
        ("mps", False, 7, "On mps (a Mac's), float32"),
    ],
)
def test_without_a_card_the_lane_says_so_and_passes(machine, monkeypatch, tmp_path, capsys, kind, driver, ends, says):
    machine(kind)
    ran = []
    monkeypatch.setattr(pytest, "main", lambda arguments: ran.append(arguments) or 7)
    monkeypatch.setattr(lane, "DRIVER", tmp_path if driver else tmp_path / "none")
    assert lane.main(["-k", "muon"]) == ends
    assert says in capsys.readouterr().out
    assert ran == ([] if kind == "cpu" else [[str(lane.LANE), "-k", "muon"]])
    assert lane.LANE.is_file()


def test_the_device_follows_what_torch_says(machine):
    for kind in ("cuda", "mps", "cpu"):
        machine(kind)
        assert hardware.device().type == kind
