"""Recorded steps, and clones that count what was done: a table, with no network between it and the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dt_helpers.stitching.roads import Rewards, Roads, returns_to_go, walk_rewards

BestTenth = Callable[[np.ndarray], np.ndarray]  # the signature of `best_tenth`
NOTHING = -1  # in a policy: nothing was recorded here, so it stays where it is


@dataclass(frozen=True)
class Steps:
    """Recorded steps, one after another, (n,) each. On a graph an action is the node that the step leads to."""

    states: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    next_states: np.ndarray
    done: np.ndarray  # whether the episode ended here, not merely the recording
    returns: np.ndarray  # -to-go; -inf where the goal was never reached
    walks: np.ndarray  # which walk it is from

    def __len__(self) -> int:
        return len(self.states)

    def __getitem__(self, index) -> Steps:
        """Some of the steps."""
        return Steps(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


def steps_of(roads: Roads, walks: np.ndarray, rewards: Rewards = walk_rewards) -> Steps:
    """All steps of walks (walks, steps + 1) that begin before the goal."""
    earned = np.stack([rewards(walk, roads.goal, roads.lengths) for walk in walks])  # (walks, steps)
    here, there = walks[:, :-1], walks[:, 1:]
    number = np.broadcast_to(np.arange(len(walks))[:, None], here.shape)
    every = Steps(here, there, earned, there, there == roads.goal, returns_to_go(roads, walks, rewards), number)
    return every[here != roads.goal]


def best_tenth(returns: np.ndarray) -> np.ndarray:
    """Positions of the tenth of the trajectories with the highest returns (n,), ascending; the tenth is rounded down,
    but is at least 1, and of equal returns the earlier ones are kept."""
    count = max(len(returns) // 10, 1)
    return np.sort(np.argsort(-returns, kind="stable")[:count])


def clone(steps: Steps, nodes: int) -> np.ndarray:
    """What was done most often at each node, (nodes,); `NOTHING` where nothing was recorded."""
    counts = np.zeros((nodes, nodes), dtype=int)
    np.add.at(counts, (steps.states, steps.actions), 1)
    return np.where(counts.any(axis=1), counts.argmax(axis=1), NOTHING)


def clone_best_at_each_node(steps: Steps, nodes: int, best: BestTenth = best_tenth) -> np.ndarray:
    """What was done most often by the best tenth of the visits to each node, by their returns-to-go, (nodes,)."""
    kept = [
        here[best(steps.returns[here])] for node in range(nodes) if len(here := (steps.states == node).nonzero()[0])
    ]
    return clone(steps[np.concatenate(kept)], nodes)


def follow(roads: Roads, policy: np.ndarray) -> list[list[int]]:
    """The path of a policy (nodes,) from each start; where no street leads to the node that it names, it stays."""
    paths = []
    for start in roads.starts:
        path = [start]
        while path[-1] != roads.goal and len(path) <= roads.steps:
            chosen = int(policy[path[-1]])
            path.append(chosen if chosen in roads.neighbours(path[-1]) else path[-1])
        paths.append(path)
    return paths
