"""The policies of the stitching board (`docs/stitching_board.md`), on which any node can be the goal.

In notebook 7 a model knows one goal. Here the same walks serve every goal: where a walk comes to a node, it has arrived
there. So the goal is written beside the return, as one token for both, and the rest is the notebook's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from dt_helpers.stitching.model import Samples, Settings, fit, make_model
from dt_helpers.stitching.roads import Roads

POLICIES = ("Decision Transformer", "cloning", "cloning the walks that arrived")


def free_walks(roads: Roads, count: int = 1000, seed: int = 0) -> np.ndarray:
    """Walks that start at random nodes, follow random edges, and stop nowhere; (count, steps + 1).

    Raises ValueError if no edge leads away from some node.
    """
    if ends := [node for node in range(roads.nodes) if not roads.neighbours(node)]:
        raise ValueError(f"No edge leads away from the nodes {ends}: a walk that stops nowhere needs one at each node.")
    rng = np.random.default_rng(seed)
    walks = np.empty((count, roads.steps + 1), dtype=np.int64)
    walks[:, 0] = rng.integers(roads.nodes, size=count)
    for step in range(roads.steps):
        walks[:, step + 1] = [rng.choice(roads.neighbours(node)) for node in walks[:, step]]
    return walks


def until(walks: np.ndarray, goal: int) -> np.ndarray:
    """The walks (walks, steps + 1), which stay at the goal once they have come there."""
    return np.where(np.maximum.accumulate(walks == goal, axis=1), goal, walks)


def goals(roads: Roads) -> list[int]:
    """The nodes that an edge leads to."""
    return sorted({there for _, there in roads.graph.edges})


def token(roads: Roads, goal: int, left: np.ndarray | torch.Tensor | int):
    """What the model is told: the goal, and the class of the return, `model.return_classes`."""
    return goal * (roads.longest + 2) + left


class AnyGoal(Samples):
    """Walks as training samples once for each goal, with `token` in place of the return's class.

    `arrived`: only the walks that arrive.
    """

    def __init__(self, roads: Roads, walks: np.ndarray, conditioned: bool = True, arrived: bool = False):
        parts = []
        for goal in goals(roads):
            stopped = until(walks, goal)
            kept = stopped[stopped[:, -1] == goal] if arrived else stopped
            parts.append((goal, Samples(replace(roads, goal=goal), kept, conditioned=conditioned)))
        self.K = roads.steps
        self.walks = np.concatenate([part.walks for _, part in parts])
        self.classes = np.concatenate([token(roads, goal, part.classes) for goal, part in parts])
        self.moves = np.concatenate([part.moves for _, part in parts])
        self.rows = self.moves.nonzero()[0]


class Towards(nn.Module):
    """A policy of the board with its goal fixed: a model as those of notebook 7."""

    def __init__(self, policy: nn.Module, roads: Roads):
        super().__init__()
        self.policy, self.roads = policy, roads

    def forward(self, states, actions, returns_to_go, timesteps):
        """As the policy's, with classes of returns as `returns_to_go`, (batch, steps)."""
        told = token(self.roads, self.roads.goal, returns_to_go)
        return self.policy(states=states, actions=actions, returns_to_go=told, timesteps=timesteps)


def train_policies(
    roads: Roads, walks: np.ndarray, settings: Settings, seed: int = 0, progress: bool = True
) -> list[nn.Module]:
    """POLICIES, trained on `free_walks`, in `eval()` mode. Their weights are rounded to float16 numbers."""
    data = (AnyGoal(roads, walks), AnyGoal(roads, walks, False), AnyGoal(roads, walks, False, arrived=True))
    policies = []
    for samples in data:
        torch.manual_seed(seed)
        model = make_model(roads, settings)
        model.embed_return = nn.Embedding(token(roads, roads.nodes, 0), settings.hidden)
        trained, _ = fit(model, samples, settings, seed, progress)
        policies.append(trained.half().float())
    return policies
