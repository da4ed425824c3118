"""The Decision Transformer on a graph, and its training.

The model is the course's own class. A robot's states are numbers, but nodes are names: embedding tables replace the
linear layers that embed numbers, and cross-entropy replaces squared error.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dt_helpers.machine.bars import bar
from dt_helpers.model import DecisionTransformerModel, make_config
from dt_helpers.stitching.roads import Rewards, Roads, returns_to_go, walk_rewards


@dataclass(frozen=True)
class Settings:
    """One training run on walks."""

    steps: int = 1000  # optimiser steps
    batch_size: int = 64  # pieces of walks per step
    learning_rate: float = 2e-3  # at its peak; rises over the first tenth of the steps, falls to 0 as a cosine
    weight_decay: float = 0.1  # AdamW's
    max_grad_norm: float = 1.0  # gradients are clipped to this norm
    ema: float = 0.98  # decay of the moving average of the weights, which is the final model
    hidden: int = 64
    layers: int = 1
    dropout: float = 0.0


def preset(name: str | None = None, **changes) -> Settings:
    """The settings of a training run: a few steps for ``"ci"``, else the defaults; `changes` replace some of them.

    Without a name, ``$DT_PRESET`` decides, as in the rest of the course.
    """
    name = name or os.environ.get("DT_PRESET") or "quick"
    return replace(Settings(steps=40, batch_size=32) if name == "ci" else Settings(), **changes)


class Drawn(Protocol):
    """What a model is fitted to."""

    @property
    def K(self) -> int: ...  # steps in each piece

    def draw(self, count: int, rng: np.random.Generator) -> dict[str, torch.Tensor]: ...


class Samples:
    """Walks as training samples: the rest of a walk, from any step before the goal, is a walk too.

    `conditioned`: if False, every return has the same class, and a model that learns from it does behaviour cloning.
    """

    def __init__(self, roads: Roads, walks: np.ndarray, rewards: Rewards = walk_rewards, conditioned: bool = True):
        self.K = walks.shape[1] - 1
        self.classes = return_classes(roads, returns_to_go(roads, walks, rewards))  # (walks, K)
        if not conditioned:
            self.classes[:] = 0
        self.walks = walks
        self.moves = (walks[:, :-1] != roads.goal).sum(axis=1)  # steps to the goal, or all steps
        self.rows = self.moves.nonzero()[0]  # a walk that starts at the goal teaches nothing

    def draw(self, count: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        """`count` pieces, (count, K) each: states, actions, classes of the returns-to-go, and which steps are real.

        Padding follows the real steps, where causal attention does not look.
        """
        row = rng.choice(self.rows, count)[:, None]  # (count, 1)
        step = rng.integers(self.moves[row]) + np.arange(self.K)  # (count, K)
        real = step < self.moves[row]
        step = np.minimum(step, self.K - 1)
        arrays = (self.walks[row, step], self.walks[row, step + 1], self.classes[row, step], real)
        names = ("states", "actions", "returns_to_go", "attention_mask")
        return {name: torch.from_numpy(array) for name, array in zip(names, arrays, strict=True)}


def return_classes(roads: Roads, returns: np.ndarray) -> np.ndarray:
    """Returns as classes: the cost still to pay, 0 to `roads.longest`, and one more class for "never arrives"."""
    never = roads.longest + 1
    return np.where(np.isinf(returns), never, -returns).astype(np.int64)


def make_model(roads: Roads, settings: Settings) -> DecisionTransformerModel:
    """The model of notebook 4, with embedding tables in place of the linear embeddings, and a logit for each node as
    its action."""
    hidden, dropout = settings.hidden, settings.dropout
    config = make_config(
        roads.nodes, roads.nodes, context_length=roads.steps, max_ep_len=roads.steps, hidden_size=hidden,
        n_layer=settings.layers, resid_pdrop=dropout, embd_pdrop=dropout, attn_pdrop=dropout,
    )  # fmt: skip
    model = DecisionTransformerModel(config)
    model.embed_return = nn.Embedding(roads.longest + 2, hidden)  # each return is a token of its own
    model.embed_state = nn.Embedding(roads.nodes, hidden)
    model.embed_action = nn.Embedding(roads.nodes, hidden)
    model.predict_action = nn.Linear(hidden, roads.nodes)
    return model


def train(roads: Roads, samples: Samples, settings: Settings, seed: int = 0, progress: bool = True):
    """Train a model to predict each step's action. Returns it in `eval()` mode, and the loss at each step (steps,)."""
    torch.manual_seed(seed)
    return fit(make_model(roads, settings), samples, settings, seed, progress)


def fit(model: DecisionTransformerModel, samples: Drawn, settings: Settings, seed: int = 0, progress: bool = True):
    """The same for a model of any choices: `action_preds` are logits, and `samples.draw` gives batches as above."""
    rng = np.random.default_rng(seed)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=settings.steps, pct_start=0.1, cycle_momentum=False
    )
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(settings.ema))
    losses = []
    with bar(settings.steps, "training", show=progress) as shown:
        for _ in range(settings.steps):
            batch = samples.draw(settings.batch_size, rng)
            real = batch.pop("attention_mask")  # (batch, K)
            logits = model(**batch, timesteps=torch.arange(samples.K).expand(real.shape)).action_preds
            loss = cross_entropy(logits[real], batch["actions"][real])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), settings.max_grad_norm)
            optimizer.step()
            schedule.step()
            average.update_parameters(model)
            losses.append(loss.item())
            shown.update()
    return average.module.eval(), np.array(losses)
