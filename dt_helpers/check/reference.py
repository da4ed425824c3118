"""Frozen tensors from transformers' own DecisionTransformerModel, and the cases that come from them.

`python -m dt_helpers.check.make_reference` makes them; `reference/manifest.json` says with which versions and seed.
"""

import json
from functools import cache
from pathlib import Path

from dt_helpers.check.engine.exercise import Case

FOLDER = Path(__file__).parent / "reference"


@cache
def manifest() -> dict:
    """Versions, seed, and the sizes of the model."""
    return json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))


@cache
def tensors() -> dict:
    """All frozen tensors by name, in torch."""
    from safetensors.torch import load_file

    return load_file(FOLDER / "model.safetensors")


def cases(name: str) -> list[Case]:
    """The frozen cases of the exercise, for those functions whose results can be read off transformers' own model."""
    if name not in ("time_embeddings", "stacked_inputs", "stacked_attention_mask", "prediction_heads", "action_loss"):
        return []
    frozen = tensors()

    def case(*names, expected):
        args = tuple(frozen[key] for key in names)
        return Case("the frozen reference", args, expected=tuple(frozen[key] for key in expected), core=False)

    tokens = ("embed_return", "embed_state", "embed_action")
    if name == "time_embeddings":
        return [case(*tokens, "embed_timestep", expected=("timed_return", "timed_state", "timed_action"))]
    if name == "stacked_inputs":
        return [case("timed_return", "timed_state", "timed_action", expected=("stacked_inputs",))]
    if name == "stacked_attention_mask":
        return [case("attention_mask", expected=("stacked_attention_mask",))]
    if name == "action_loss":
        return [case("action_preds", "actions", "attention_mask", expected=("action_loss",))]
    predictions = tuple(frozen[key] for key in ("return_preds", "state_preds", "action_preds"))
    return [Case("the frozen reference", (frozen["x"], *_heads(frozen)), expected=predictions, core=False)]


def _heads(frozen: dict) -> tuple:
    import torch

    def linear(name):
        weight = frozen[f"weights.{name}.weight"]
        layer = torch.nn.utils.skip_init(torch.nn.Linear, weight.shape[1], weight.shape[0])
        layer.weight.data, layer.bias.data = weight, frozen[f"weights.{name}.bias"]
        return layer

    return (
        linear("predict_return"),
        linear("predict_state"),
        torch.nn.Sequential(linear("predict_action.0"), torch.nn.Tanh()),
    )


def weights() -> dict:
    """The frozen state dict."""
    return {name.removeprefix("weights."): value for name, value in tensors().items() if name.startswith("weights.")}


def batch() -> dict:
    """The frozen batch, as the collator makes it."""
    names = ("states", "actions", "rewards", "returns_to_go", "timesteps", "attention_mask")
    return {name: tensors()[name] for name in names}


def predictions(names) -> tuple:
    """What transformers' model with the frozen weights gave for the frozen batch."""
    return tuple(tensors()[name] for name in names)
