"""The frozen tensors are transformers' own: made again, they are the same; and the oracles agree with them."""

import json

import pytest
import torch
from safetensors.torch import load_file

from dt_helpers.check import make_reference, reference
from dt_helpers.check.exercises import exercise


@pytest.fixture(scope="module")
def made():
    return make_reference.make()


def test_made_again_they_are_the_same(made):
    """But for what the model makes of padding, which changes with transformers' version and means nothing."""
    frozen = reference.tensors()
    mask = frozen["attention_mask"][..., None]  # (batch, K, 1)
    counts = {f"{name}_preds": mask for name in ("return", "state", "action")}
    counts |= {"last_hidden_state": mask.repeat_interleave(3, dim=1), "x": mask[:, None]}
    assert made.keys() == frozen.keys()
    for name, value in frozen.items():
        assert value.dtype == made[name].dtype, name
        real = counts.get(name, torch.ones(()))
        torch.testing.assert_close(made[name] * real, value * real, rtol=1e-5, atol=1e-5, msg=name)


def test_the_manifest_says_how_they_were_made(tmp_path):
    manifest = reference.manifest()
    assert manifest["from"] == "transformers.DecisionTransformerModel"
    assert {"transformers", "torch"} <= manifest["versions"].keys()
    assert manifest["seed"] == make_reference.SEED
    make_reference.write(tmp_path)
    again = json.loads((tmp_path / "manifest.json").read_text())
    assert {**again, "versions": None} == {**manifest, "versions": None}
    assert load_file(tmp_path / "model.safetensors").keys() == reference.tensors().keys()


def test_the_frozen_batch_is_padded_and_the_weights_are_redrawn():
    mask = reference.batch()["attention_mask"]
    assert 0 < mask.sum() < mask.numel()
    spread = [value.std() for name, value in reference.weights().items() if value.ndim == 2 and value.numel() > 50]
    assert all(0.2 < float(std) < 0.4 for std in spread)


@pytest.mark.parametrize(
    ("oracle", "arguments", "results"),
    [
        (
            exercise("time_embeddings").oracle,
            ("embed_return", "embed_state", "embed_action", "embed_timestep"),
            ("timed_return", "timed_state", "timed_action"),
        ),
        (exercise("stacked_inputs").oracle, ("timed_return", "timed_state", "timed_action"), ("stacked_inputs",)),
        (exercise("stacked_attention_mask").oracle, ("attention_mask",), ("stacked_attention_mask",)),
    ],
)
def test_the_oracles_give_what_goes_through_transformers_own_model(made, oracle, arguments, results):
    given = oracle(*(made[name] for name in arguments))
    for value, name in zip(given, results, strict=True):
        torch.testing.assert_close(value, made[name])


def test_the_heads_oracle_gives_transformers_own_predictions(made):
    (case,) = reference.cases("prediction_heads")
    for value, right in zip(exercise("prediction_heads").oracle(*case.args), case.expected, strict=True):
        torch.testing.assert_close(value, right)
