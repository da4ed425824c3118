"""A world in which a lucky return is no plan: each step takes 1 for sure, or gambles.

A gamble wins 4 with one chance in five and loses 1 otherwise: 0 on average. So the best plan is never to gamble, but
the highest returns in any recording are those of lucky gamblers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from dt_helpers.model import DecisionTransformerModel
from dt_helpers.stitching import model as on_graphs
from dt_helpers.stitching.alternatives.counting import Steps
from dt_helpers.stitching.alternatives.sequences import Episodes, logits

STEPS = 5
SAFE, GAMBLE = 0, 1
WIN, LOSE, CHANCE = 4.0, -1.0, 0.2
Act = Callable[[np.ndarray, np.ndarray], np.ndarray]  # actions so far (n, t), rewards so far (n, t) -> actions (n,)


class StepEncoder(nn.Module):
    """There is nothing to see but which step it is: (batch, K) -> (batch, K, hidden)."""

    def __init__(self, hidden: int):
        super().__init__()
        self.table = nn.Embedding(STEPS, hidden)

    def forward(self, steps: torch.Tensor) -> torch.Tensor:
        return self.table(steps)


def preset(name: str | None = None, **changes) -> on_graphs.Settings:
    """As `stitching.preset`, for a world that is learned in seconds."""
    settings = on_graphs.preset(name)
    return replace(settings, **{"steps": min(settings.steps, 300), "hidden": 32} | changes)


def play(act: Act, count: int, seed: int = 0) -> Episodes:
    """Episodes of somebody who chooses each step's actions by what was done and earned so far."""
    rng = np.random.default_rng(seed)
    actions = np.zeros((count, 0), dtype=np.int64)
    rewards = np.zeros((count, 0))
    for _ in range(STEPS):
        chosen = act(actions, rewards)
        luck = np.where(rng.random(count) < CHANCE, WIN, LOSE)
        rewards = np.column_stack([rewards, np.where(chosen == GAMBLE, luck, 1.0)])
        actions = np.column_stack([actions, chosen])
    states = np.tile(np.arange(STEPS), (count, 1))
    return Episodes(states, actions, rewards, np.full(count, STEPS))


def record(count: int = 2000, seed: int = 0) -> Episodes:
    """Episodes of somebody who tosses a coin for each action."""
    rng = np.random.default_rng([seed, 1])  # other numbers than the luck's
    return play(lambda actions, rewards: rng.integers(2, size=count), count, seed)


def asked(model: DecisionTransformerModel, target: float) -> Act:
    """A model that is asked for a return, always with its likeliest action."""

    def act(actions: np.ndarray, rewards: np.ndarray) -> np.ndarray:
        count, t = actions.shape
        spent = np.column_stack([np.zeros(count), np.cumsum(rewards, axis=1)])  # (count, t + 1)
        states = np.tile(np.arange(t + 1), (count, 1))
        return logits(model, states, actions, target - spent).argmax(dim=1).numpy()

    return act


def greedy(q: np.ndarray) -> Act:
    """Anyone who takes the best action of a table (STEPS, 2)."""
    return lambda actions, rewards: np.full(len(actions), q[actions.shape[1]].argmax())


def steps_of(episodes: Episodes) -> Steps:
    """The recorded steps, for Q-learning; a state is the number of the step."""
    shape = episodes.actions.shape
    episode, step = (index.ravel() for index in np.indices(shape))
    last = step == STEPS - 1
    columns = (episodes.actions.ravel(), episodes.rewards.ravel())
    after = np.where(last, 0, step + 1)  # after the last there is nothing; the place of a row is needed all the same
    return Steps(step, *columns, after, last, episodes.returns_to_go.ravel(), episode)


def conditioned_policy(actions: np.ndarray, returns: np.ndarray, target: float, n_actions: int) -> np.ndarray:
    """Shares (n_actions,) of the actions (n,) among the episodes whose return (n,) is the target; all alike where none
    is. A perfect Decision Transformer draws its action so."""
    taken = actions[returns == target]
    if not len(taken):
        return np.full(n_actions, 1 / n_actions)
    return np.bincount(taken, minlength=n_actions) / len(taken)
