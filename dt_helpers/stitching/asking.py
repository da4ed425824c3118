"""Ask a model for returns: it walks, and the target that it achieves is kept. The distance to the goal is not used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from dt_helpers.model import DecisionTransformerModel
from dt_helpers.stitching.roads import Rewards, Roads, path_return, walk_rewards

NextNode = Callable[[torch.Tensor, torch.Tensor], int]  # the signature of `next_node`
ChooseTarget = Callable[[np.ndarray, np.ndarray], float]  # the signature of `choose_target`


def next_node(logits: torch.Tensor, neighbours: torch.Tensor) -> int:
    """The neighbour with the largest logit; `logits` (nodes,), `neighbours` (m,) nodes."""
    return int(neighbours[logits[neighbours].argmax()])


def choose_target(targets: np.ndarray, achieved: np.ndarray) -> float:
    """The largest of the targets (n,) that was achieved (n,) or exceeded; the smallest if none was."""
    honoured = targets[achieved >= targets]
    return float(honoured.max() if len(honoured) else targets.min())


@dataclass(frozen=True)
class Asked:
    """What a model did from each start for each target return."""

    starts: list[int]
    targets: np.ndarray  # (n,) returns, the largest first
    achieved: np.ndarray  # (starts, n) returns, -inf where it did not arrive
    paths: list[list[list[int]]]  # [start][target]: nodes

    def chosen(self, choose: ChooseTarget = choose_target) -> dict[int, float]:
        """start -> the target that `choose` picks for it."""
        return {start: float(choose(self.targets, row)) for start, row in zip(self.starts, self.achieved, strict=True)}

    def best(self, choose: ChooseTarget = choose_target) -> dict[int, list[int]]:
        """start -> the path that the model took for the chosen target."""
        places = [int(np.flatnonzero(self.targets == target)[0]) for target in self.chosen(choose).values()]
        return {start: paths[place] for start, paths, place in zip(self.starts, self.paths, places, strict=True)}


def ask(
    model: DecisionTransformerModel,
    roads: Roads,
    starts: Sequence[int] | None = None,
    decode: NextNode = next_node,
    rewards: Rewards = walk_rewards,
) -> Asked:
    """Let the model walk from each start (default: all nodes but the goal), asked for each return from -1 down to the
    lowest that a walk can have."""
    starts = roads.starts if starts is None else list(starts)
    targets = -np.arange(1.0, roads.longest + 1)
    n = len(targets)
    paths = follow(model, roads, np.repeat(starts, n), np.tile(targets, len(starts)), decode, rewards)
    achieved = np.array([path_return(roads, path) for path in paths]).reshape(len(starts), n)
    return Asked(starts, targets, achieved, [paths[i : i + n] for i in range(0, len(paths), n)])


@torch.no_grad()
def follow(
    model: DecisionTransformerModel,
    roads: Roads,
    starts: Sequence[int] | np.ndarray,
    targets: Sequence[float] | np.ndarray | None,
    decode: NextNode = next_node,
    rewards: Rewards = walk_rewards,
) -> list[list[int]]:
    """The paths that a model takes from the starts (n,) when asked for the target returns (n,), as one batch.

    Without targets the model does behaviour cloning. A path ends at the goal, or after `roads.steps` steps; if `decode`
    chooses a node that no edge leads to, it stays where it is. The cost of each step is subtracted from what the model
    may still spend; when nothing is left, it is asked to arrive within one more.
    """
    lengths = roads.lengths
    neighbours = [torch.tensor(roads.neighbours(node)) for node in range(roads.nodes)]
    paths = [[int(start)] for start in starts]
    left = np.zeros(len(paths)) if targets is None else -np.asarray(targets, dtype=float)  # cost that may still be paid
    asked = torch.zeros(len(paths), roads.steps, dtype=torch.long)
    for t in range(roads.steps):
        running = [i for i, path in enumerate(paths) if path[-1] != roads.goal]
        if not running:
            break
        if targets is not None:
            asked[:, t] = torch.from_numpy(left.clip(1, roads.longest)).long()
        states = torch.tensor([paths[i] for i in running])  # (running, t + 1)
        logits = model(
            states=states,
            actions=states.roll(-1, dims=1),  # where each step led; the newest is unknown, and ignored
            returns_to_go=asked[running, : t + 1],
            timesteps=torch.arange(t + 1).expand(states.shape),
        ).action_preds[:, -1]  # (running, nodes)
        for i, row in zip(running, logits, strict=True):
            here = paths[i][-1]
            chosen = int(decode(row, neighbours[here]))
            paths[i].append(chosen if chosen in neighbours[here] else here)
            left[i] += float(np.sum(rewards(np.array(paths[i][-2:]), roads.goal, lengths)))
    return paths
