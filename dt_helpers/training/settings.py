"""The settings of a training run, and the three presets that the course uses."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields, replace

from dt_helpers.collator import Sampling


@dataclass(frozen=True)
class Settings:
    """One training run. The defaults are the tutorial's; `preset` gives the course's own."""

    preset: str = "tutorial"  # where these settings come from
    steps: int = 1920  # optimiser steps; the tutorial's 120 epochs, each of one window for each of 1000 episodes
    batch_size: int = 64  # windows per step
    learning_rate: float = 1e-4  # AdamW's, at its highest
    matrix_rate: float | None = None  # Muon's, for the encoder's matrices; None: AdamW trains them as well
    schedule: str = "linear"  # how the learning rate falls to 0 after the warm-up: "linear" or "cosine"
    warmup: float = 0.1  # share of the steps in which the learning rate rises
    weight_decay: float = 1e-4  # AdamW's
    max_grad_norm: float = 0.25  # gradients are clipped to this norm
    ema: float | None = None  # decay of the weights' moving average, which is what is saved; None: no average
    sampling: Sampling = "start"  # the step of a window that is drawn uniformly: its "start", or its "end"
    early: float = 0.0  # share of the windows that are repeats of the episodes' first steps
    hidden_actions: float = 0.0  # share of the windows in which the model does not see the past actions
    context_length: int = 20  # K, steps in a window
    max_ep_len: int | None = None  # timesteps that have an embedding; None: 1000, or as many as the data has
    hidden_size: int = 128  # components of a token
    n_layer: int = 3  # of the encoder
    n_head: int = 1  # of each layer
    return_spread: float | None = None  # if set, how the return embedding begins: see `dt_helpers.training.make_model`
    scale: float | None = None  # returns-to-go are divided by this; None: 1000 for the robots, else from the data
    time_slope: float | None = None  # if set, time embeddings are a straight line: see `dt_helpers.training.make_model`
    dropout: float = 0.1  # at embeddings, attention and residual branches
    precision: str = "fp32"  # "fp32", or "bf16": autocast, where the hardware has it
    held_out: float = 0.05  # share of the episodes that are for evaluation, not for training
    eval_steps: int = 240  # steps between two evaluations on held-out episodes
    save_steps: int = 240  # steps between two checkpoints

    def __post_init__(self):
        if self.precision not in ("fp32", "bf16"):
            raise ValueError(f"precision must be 'fp32' or 'bf16', not {self.precision!r}.")
        for name in ("matrix_rate", "ema", "return_spread", "time_slope"):
            if (value := getattr(self, name)) is not None and not value > 0:
                raise ValueError(f"{name} must be above 0, not {value!r}; None turns it off.")

    def to_dict(self) -> dict:
        return asdict(self)


_QUICK = Settings(
    preset="quick",
    steps=500,
    batch_size=32,
    learning_rate=2e-3,
    matrix_rate=0.02,
    ema=0.98,
    sampling="end",
    early=0.05,
    hidden_actions=0.9,
    return_spread=2.0,
    time_slope=0.05,
    dropout=0.0,
    precision="bf16",
    eval_steps=100,
    save_steps=100,
)
PRESETS = {
    "tutorial": Settings(scale=1000.0, max_ep_len=1000),
    "quick": _QUICK,
    "ci": replace(
        _QUICK, preset="ci", steps=30, batch_size=16, ema=0.9, precision="fp32", eval_steps=10, save_steps=10
    ),
}


def preset(name: str | None = None, **changes) -> Settings:
    """The settings of a preset: ``"ci"`` (seconds), ``"quick"`` (minutes on two cores), ``"tutorial"`` (its own).

    Without a name, ``$DT_PRESET`` or else ``"quick"``. `changes` replace single settings.
    Raises ValueError for an unknown preset, setting or precision.
    """
    name = name or os.environ.get("DT_PRESET") or "quick"
    if name not in PRESETS:
        raise ValueError(f"There is no preset {name!r}. Choose one of {', '.join(PRESETS)}.")
    known = [field.name for field in fields(Settings)]
    if unknown := sorted(set(changes) - set(known)):
        raise ValueError(f"Unknown settings {unknown}. The settings are: {', '.join(known)}.")
    return replace(PRESETS[name], **changes)
