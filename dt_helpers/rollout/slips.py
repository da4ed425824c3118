"""What slips in the loop cost: models that are given what a loop with such a slip would give them."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

NONE, RAW, UNSCALED, UNCOUNTED, TIMES, HIDDEN, DROPOUT = SLIPS = (
    "none",
    "states not normalised",
    "reward not scaled",
    "target not counted down",
    "timesteps counted in the window",
    "past actions hidden",
    "dropout left on",
)
SHARE = 0.1  # of the units that dropout hides


def forgetful(model: nn.Module, slip: str) -> nn.Module:
    """The model as a right loop should meet it, to see what the slip costs. Raises ValueError for an unknown slip."""
    if slip not in SLIPS:
        raise ValueError(f"slip must be one of {', '.join(SLIPS)}; {slip!r} came.")
    return model if slip == NONE else _Forgetful(model, slip)


class _Forgetful(nn.Module):
    """Called for one episode at a time, with its newest steps last, as `run_episode` does."""

    def __init__(self, model: nn.Module, slip: str):
        super().__init__()
        self.config: Any = model.config
        self.slip = slip
        self.model = _dropping(model) if slip == DROPOUT else model.eval()
        self.asked = torch.zeros(1)  # the return-to-go of the episode's first step

    def train(self, mode: bool = True) -> _Forgetful:
        """Leaves the model's mode as it is."""
        return self

    def forward(
        self, states, actions, rewards=None, returns_to_go=None, timesteps=None, attention_mask=None, **options
    ):
        if timesteps[0, -1] == 0:
            self.asked = returns_to_go[0, -1]
        if self.slip == RAW:
            mean, std = (states.new_tensor(numbers) for numbers in (self.config.state_mean, self.config.state_std))
            states = states * std + mean
        if self.slip == UNSCALED:
            returns_to_go = self.asked - (self.asked - returns_to_go) * self.config.return_scale
        if self.slip == UNCOUNTED:
            returns_to_go = torch.ones_like(returns_to_go) * self.asked
        if self.slip == HIDDEN:
            actions = torch.zeros_like(actions)
        if self.slip == TIMES:
            steps = timesteps.shape[1]
            timesteps = (timesteps - (timesteps[:, -1:] + 1 - steps).clamp(min=0)).clamp(min=0)
        return self.model(states, actions, rewards, returns_to_go, timesteps, attention_mask, **options)


def _dropping(model: nn.Module) -> nn.Module:
    """A copy in training mode, with dropout."""
    dropping = copy.deepcopy(model).train()
    for layer in dropping.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = SHARE
    return dropping
