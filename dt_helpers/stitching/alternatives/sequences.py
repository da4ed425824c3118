"""A Decision Transformer for episodes of choices: which state is embedded how is up to the caller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from dt_helpers.model import DecisionTransformerModel, make_config
from dt_helpers.stitching.model import Settings, fit


@dataclass(frozen=True)
class Episodes:
    """Recorded episodes of at most K steps; what follows the end of one is padding."""

    states: np.ndarray  # (episodes, K, ...)
    actions: np.ndarray  # (episodes, K) integers
    rewards: np.ndarray  # (episodes, K)
    lengths: np.ndarray  # (episodes,) steps until the end

    @property
    def K(self) -> int:
        return self.actions.shape[1]

    @property
    def returns_to_go(self) -> np.ndarray:
        """(episodes, K)"""
        return np.cumsum(self.rewards[:, ::-1], axis=1)[:, ::-1]

    @property
    def returns(self) -> np.ndarray:
        """(episodes,)"""
        return self.rewards.sum(axis=1)

    def without_returns(self) -> Episodes:
        """The same, but as if nothing had been earned: who learns from them is told no return."""
        return replace(self, rewards=np.zeros_like(self.rewards))

    def __getitem__(self, index) -> Episodes:
        """Some of the episodes."""
        return Episodes(*(getattr(self, name)[index] for name in self.__dataclass_fields__))

    def __len__(self) -> int:
        return len(self.actions)

    def draw(self, count: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        """`count` whole episodes as a batch, with the mask of the real steps: see `stitching.fit`."""
        row = rng.integers(len(self), size=count)
        arrays = {
            "states": self.states[row],
            "actions": self.actions[row],
            "returns_to_go": self.returns_to_go[row],
            "attention_mask": np.arange(self.K) < self.lengths[row, None],
        }
        return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}


class WholeReturns(nn.Module):
    """A table of embeddings for returns that are whole numbers: (batch, K) -> (batch, K, hidden).

    Each return that can be met, from `lowest` to `highest`, is a token of its own; a return beyond them is the nearest.
    """

    def __init__(self, lowest: int, highest: int, hidden: int):
        super().__init__()
        self.lowest, self.highest = lowest, highest
        self.table = nn.Embedding(highest - lowest + 1, hidden)

    def forward(self, returns: torch.Tensor) -> torch.Tensor:
        return self.table(returns.round().long().clamp(self.lowest, self.highest) - self.lowest)


def train(
    episodes: Episodes,
    embed_state: Callable[[int], nn.Module],
    n_actions: int,
    settings: Settings,
    seed: int = 0,
    progress: bool = True,
) -> tuple[DecisionTransformerModel, np.ndarray]:
    """A model that has learned the episodes' actions, and the loss at each step of the training (steps,).

    `embed_state` makes a module for a width: (batch, K, ...) -> (batch, K, hidden).
    """
    torch.manual_seed(seed)
    hidden, dropout = settings.hidden, settings.dropout
    config = make_config(
        1, n_actions, context_length=episodes.K, max_ep_len=episodes.K, hidden_size=hidden,
        n_layer=settings.layers, resid_pdrop=dropout, embd_pdrop=dropout, attn_pdrop=dropout,
    )  # fmt: skip
    model = DecisionTransformerModel(config)
    to_go = episodes.returns_to_go
    model.embed_return = WholeReturns(int(to_go.min()), int(to_go.max()), hidden)
    model.embed_state = embed_state(hidden)
    model.embed_action = nn.Embedding(n_actions, hidden)
    model.predict_action = nn.Linear(hidden, n_actions)
    return fit(model, episodes, settings, seed, progress)


@torch.no_grad()
def logits(model: DecisionTransformerModel, states: np.ndarray, actions: np.ndarray, to_go: np.ndarray) -> torch.Tensor:
    """Of the newest step's action, (batch, actions), after `states` (batch, t, ...), `actions` (batch, t - 1) and the
    returns still asked for (batch, t)."""
    batch, t = to_go.shape
    unknown = np.zeros((batch, 1), dtype=np.int64)  # the newest action's place; its own prediction doesn't look there
    return model(
        states=torch.from_numpy(np.ascontiguousarray(states)),
        actions=torch.from_numpy(np.concatenate([actions, unknown], axis=1)),
        returns_to_go=torch.from_numpy(np.ascontiguousarray(to_go)),
        timesteps=torch.arange(t).expand(batch, t),
    ).action_preds[:, -1]
