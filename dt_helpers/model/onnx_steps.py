"""A model as ONNX that goes on where it was: only the steps that are new go in, with keys and values of those before.

The tokens are a_0, R_1, s_1, a_1, R_2, s_2, ...: each step brings the action of the step before it, which was not known
then. The first of them is never shown, so that a window begins with a return-to-go, as everywhere in the course.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import torch
from torch import nn

from dt_helpers.model import DecisionTransformerModel, fast_cpu, onnx_form

INPUTS = ("states", "actions", "returns_to_go", "timesteps", "action_timesteps", "keys", "values")
OUTPUTS = ("action", "attention", "keys_then", "values_then")
PER_STEP = 3  # tokens


def fits(model: nn.Module) -> TypeGuard[DecisionTransformerModel]:
    """Whether a model's tokens depend on nothing before them, so that their keys and values can be kept: those of the
    course's model do, as it is written; a student's own forward pass is not known."""
    return fast_cpu.fits(model) and fast_cpu.looks_back(model.embed_state) == 0


class Steps(nn.Module):
    """n new steps behind the p tokens whose keys and values are kept."""

    def __init__(self, model: DecisionTransformerModel):
        super().__init__()
        self.model = model
        self.register_buffer("place", model.encoder.wpe.weight[0].detach().clone())  # the only position that is used

    def forward(
        self,
        states: torch.Tensor,  # (1, n, state_dim), normalised
        actions: torch.Tensor,  # (1, n, act_dim), of the steps before
        returns_to_go: torch.Tensor,  # (1, n, 1), scaled
        timesteps: torch.Tensor,  # (1, n) int64
        action_timesteps: torch.Tensor,  # (1, n) int64
        keys: torch.Tensor,  # (layers, p, hidden)
        values: torch.Tensor,  # (layers, p, hidden)
    ) -> tuple[torch.Tensor, ...]:
        """The last step's action (1, act_dim), the weights (layers, p + 3n) with which its state's token attends to all
        tokens, and keys and values with those of the new tokens (layers, p + 3n, hidden)."""
        model, time = self.model, self.model.embed_timestep
        tokens = (
            model.embed_action(actions) + time(action_timesteps),
            model.embed_return(returns_to_go) + time(timesteps),
            model.embed_state(states) + time(timesteps),
        )
        h = model.embed_ln(torch.stack(tokens, dim=2).flatten(1, 2))[0] + self.place  # (3n, hidden)
        rows = torch.arange(h.shape[0])[:, None] + keys.shape[1]
        columns = torch.arange(h.shape[0] + keys.shape[1])[None]
        hidden = (columns > rows) | (columns == 0)
        mask = torch.zeros(hidden.shape).masked_fill(hidden, torch.finfo(torch.float32).min)
        kept, looks = [], []
        blocks = fast_cpu.layers(model)
        for block, before_keys, before_values in zip(blocks, keys, values, strict=True):
            query, key, value = block.attn.c_attn(block.ln_1(h)).chunk(3, dim=-1)  # (3n, hidden) each
            key, value = torch.cat([before_keys, key]), torch.cat([before_values, value])
            if block is blocks[-1]:
                h, query, mask = h[-1:], query[-1:], mask[-1:]
            weights = (query @ key.T * block.attn.scaling + mask).softmax(dim=-1)
            h = h + block.attn.c_proj(weights @ value)
            h = h + block.mlp.c_proj(block.mlp.act(block.mlp.c_fc(block.ln_2(h))))
            kept.append((key, value))
            looks.append(weights[-1])
        action = model.predict_action(model.encoder.ln_f(h))
        then = [torch.stack(parts) for parts in zip(*kept, strict=True)]
        return action, torch.stack(looks), *then


def inputs(window: dict[str, np.ndarray], steps: slice, kept: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """INPUTS for some steps of a window (`onnx_form.random_window`), behind the keys and values in `kept`."""
    before, timesteps = np.roll(window["actions"], 1, axis=1), window["timesteps"]
    columns = (window["states"], before, window["returns_to_go"], timesteps, np.maximum(timesteps - 1, 0))
    return dict(zip(INPUTS, (*(column[:, steps] for column in columns), *kept), strict=True))


def none_kept(config: Any, tokens: int = 0) -> list[np.ndarray]:
    """Keys and values (layers, tokens, hidden) before the first step: zeros, if of any tokens at all."""
    return [np.zeros((config.n_layer, tokens, config.hidden_size), np.float32) for _ in range(2)]


def write(model: DecisionTransformerModel, path: Path) -> float:
    """Write a model that `fits` to `path` as ONNX, and run it, step by step and in one go.

    Returns the largest difference between its actions and the model's. Weights are kept as by `onnx_form.write`.
    Raises ImportError without the extra ``web``, and ValueError if the model can't be exported, or acts differently.
    """
    model.eval()
    rng, name, K = np.random.default_rng(0), type(model).__name__, model.config.context_length
    window = onnx_form.random_window(model.config, K, rng)
    # no size may be 0 or 1 in the example, or the exporter would take it for fixed
    twice = {key: np.concatenate([value, value], axis=1) for key, value in window.items()}
    shapes = tuple({1: torch.export.Dim.DYNAMIC} for _ in INPUTS)
    first = onnx_form.tensors(inputs(twice, slice(0, 2), none_kept(model.config, 4 * PER_STEP)))
    onnx_form.save(Steps(model), first, INPUTS, OUTPUTS, path, shapes, name)
    with torch.inference_mode():
        expected = onnx_form.Step(model)(*onnx_form.tensors(window))[0].numpy()
    at_once = onnx_form.run(path, inputs(window, slice(None), none_kept(model.config)))
    one_by_one = none_kept(model.config)
    for step in range(K):
        action, _, *one_by_one = onnx_form.run(path, inputs(window, slice(step, step + 1), one_by_one))
    return onnx_form.compared(name, [at_once[0], action], [expected, expected])
