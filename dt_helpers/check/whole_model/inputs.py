"""transformers' own model with redrawn weights, and inputs for it: what the forward check compares with.

With transformers' initialisation a wrong mask or a missing time embedding moves the outputs by less than 1e-3, and
with full masks not at all: so the weights are drawn with a standard deviation of 0.3, and rows are padded.
"""

import copy
from functools import cache

import numpy as np
import torch
from transformers import DecisionTransformerConfig, DecisionTransformerModel

from dt_helpers.check.engine.drawing_inputs import numbers, padding_mask

SIZES: dict[str, float] = {
    "state_dim": 5, "act_dim": 3, "hidden_size": 8, "max_ep_len": 30, "n_layer": 2, "n_head": 2, "n_positions": 64,
}  # fmt: skip
OTHER: dict[str, float] = {"state_dim": 4, "act_dim": 2, "hidden_size": 12, "n_head": 3, "n_layer": 1}
OTHER |= {"max_ep_len": 50, "n_positions": 128}
OTHER |= {"action_tanh": False, "layer_norm_epsilon": 1e-2}  # actions that are scores of choices, not torques
OTHER_WORDS = "other sizes, action_tanh=False"
DROPOUT = ("resid_pdrop", "embd_pdrop", "attn_pdrop")
SIZES |= dict.fromkeys(DROPOUT, 0.0)  # so that training gives the same numbers
OTHER |= dict.fromkeys(DROPOUT, 0.4)  # so that two calls of the encoder differ


def config(**options) -> DecisionTransformerConfig:
    """A small model; without token ids, or transformers warns about them on stderr."""
    return DecisionTransformerConfig(**(SIZES | {"bos_token_id": None, "eos_token_id": None} | options))


@cache
def small_oracle() -> DecisionTransformerModel:
    """transformers' model of that size, made once; its weights are whatever was loaded last."""
    return oracle(config())


@cache
def other_oracle() -> DecisionTransformerModel:
    """One with other settings, also made once."""
    return oracle(config(**OTHER))


def drawn_weights(model: torch.nn.Module, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """A state dict for the model, drawn from N(0, 0.3); layer norms' scales around 1."""
    norms = {f"{name}.weight" for name, part in model.named_modules() if isinstance(part, torch.nn.LayerNorm)}
    return {
        name: torch.from_numpy(rng.normal(float(name in norms), 0.3, value.shape).astype(np.float32))
        for name, value in model.state_dict().items()
    }


def oracle(settings: DecisionTransformerConfig) -> DecisionTransformerModel:
    """transformers' model with this configuration, in evaluation mode."""
    return DecisionTransformerModel(copy.deepcopy(settings)).eval()


def inputs(settings, rng: np.random.Generator, batch: int, steps: int, mask: bool = True) -> dict[str, torch.Tensor]:
    """A batch as the collator makes it: padding on the left, actions of -10 there, timesteps from anywhere.

    It has fewer steps if the model allows fewer (`max_ep_len`) or its encoder reads fewer tokens (`n_positions`).
    """
    steps = max(min(steps, settings.max_ep_len, settings.n_positions // 3), 1)
    attention_mask = padding_mask(rng, batch, steps)
    real = attention_mask > 0
    start = rng.integers(0, settings.max_ep_len - steps + 1, batch)
    if mask:
        start[0] = 0  # an episode that has just begun: its first real step is at time 0, as padding is
    else:
        start = np.maximum(start, min(3, settings.max_ep_len - steps))  # no row is at time 0: 0 isn't the lowest time
    since = np.arange(steps) - (~real).sum(dim=1, keepdim=True).numpy() * mask
    timesteps = torch.from_numpy(start[:, None] + since)
    batch_of = {
        "states": torch.from_numpy(numbers(rng, batch, steps, settings.state_dim)),
        "actions": torch.from_numpy(numbers(rng, batch, steps, settings.act_dim)),
        "rewards": torch.from_numpy(numbers(rng, batch, steps, 1)),
        "returns_to_go": torch.from_numpy(numbers(rng, batch, steps, 1)),
        "timesteps": timesteps,
        "attention_mask": attention_mask,
    }
    if not mask:
        del batch_of["attention_mask"]
        return batch_of
    for name in ("states", "rewards", "returns_to_go"):
        batch_of[name][~real] = 0.0
    batch_of["actions"][~real] = -10.0
    batch_of["timesteps"][~real] = 0
    return batch_of


def extremes(settings, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """A batch whose first row has no padding and ends with the last timestep that there is; some real numbers are 0.

    It has as many rows as steps, and as many steps as a step has tokens: code that tells axes apart by size fails.
    """
    batch = {name: value.flip(0) for name, value in inputs(settings, rng, 3, 3).items()}
    steps = batch["timesteps"].shape[1]
    batch["timesteps"][0] = torch.arange(settings.max_ep_len - steps, settings.max_ep_len)
    for step, name in enumerate(("returns_to_go", "states", "actions")):
        batch[name][0, step % steps] = 0.0
    return batch


def unmasked(settings, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """A batch without a mask, in which some steps look like padding: without a mask all steps are real."""
    batch = extremes(settings, rng)
    del batch["attention_mask"]
    return batch
