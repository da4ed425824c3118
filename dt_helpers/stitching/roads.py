"""A directed graph, a goal in it, and random walks: the data. The defaults are the paper's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

Rewards = Callable[[np.ndarray, int, np.ndarray], np.ndarray]  # the signature of `walk_rewards`


@dataclass(frozen=True)
class Roads:
    """A directed graph with nodes 0, 1, ..., and the goal among them."""

    graph: nx.DiGraph  # each edge has a "weight", its length
    goal: int
    steps: int  # in a walk, at most; every node is at most this many steps from the goal

    @property
    def nodes(self) -> int:
        return len(self.graph)

    @property
    def starts(self) -> list[int]:
        """All nodes but the goal."""
        return [node for node in range(self.nodes) if node != self.goal]

    @property
    def lengths(self) -> np.ndarray:
        """(nodes, nodes): the length of the step from one node to another; 1 for staying, 0 without an edge."""
        lengths = nx.to_numpy_array(self.graph, nodelist=range(self.nodes))
        np.fill_diagonal(lengths, 1.0)
        return lengths

    @property
    def longest(self) -> int:
        """The greatest length that a walk of `steps` steps can have."""
        return int(self.lengths.max()) * self.steps

    def neighbours(self, node: int) -> list[int]:
        """The nodes that the edges from a node lead to, in ascending order."""
        return sorted(self.graph.successors(node))

    def shortest(self) -> dict[int, float]:
        """The length of the shortest path from each node to the goal: Dijkstra's algorithm on the reversed edges."""
        return nx.single_source_dijkstra_path_length(self.graph.reverse(copy=False), self.goal)


def draw_roads(
    seed: int = 0,
    nodes: int = 20,
    edge_probability: float = 0.1,
    weights: Sequence[int] = (1,),
    steps: int = 10,
    goal: int = 0,
) -> Roads:
    """A random graph in which every node can reach the goal within `steps` steps; redrawn until that is so.

    Each edge exists with `edge_probability`, and its length is one of `weights`. Raises ValueError if 10,000 draws give
    no such graph, or if a weight is not a positive whole number (a model of discrete returns could not embed it).
    """
    if not all(int(weight) == weight and weight > 0 for weight in weights):
        raise ValueError(f"weights must be positive whole numbers, not {list(weights)}.")
    rng = np.random.default_rng(seed)
    for _ in range(10_000):
        graph = nx.gnp_random_graph(nodes, edge_probability, seed=int(rng.integers(2**31)), directed=True)
        for edge in graph.edges:
            graph.edges[edge]["weight"] = int(rng.choice(weights))
        roads = Roads(graph, goal, steps)
        paths = nx.single_source_dijkstra_path(graph.reverse(copy=False), goal)  # node -> the nodes on its way
        if len(paths) == nodes and max(len(path) for path in paths.values()) <= steps + 1:
            return roads
    raise ValueError(
        f"None of 10,000 graphs of {nodes} nodes with edge_probability={edge_probability} lets all nodes reach the "
        f"goal within {steps} steps. Choose a higher probability."
    )


def random_walks(roads: Roads, count: int = 1000, seed: int = 0) -> np.ndarray:
    """Walks that start at random nodes, follow random edges, and stay at the goal; (count, steps + 1)."""
    rng = np.random.default_rng(seed)
    moves = [np.array(roads.neighbours(node)) for node in range(roads.nodes)]
    moves[roads.goal] = np.array([roads.goal])
    walks = np.empty((count, roads.steps + 1), dtype=np.int64)
    walks[:, 0] = rng.integers(roads.nodes, size=count)
    for step in range(roads.steps):
        walks[:, step + 1] = [rng.choice(moves[node]) for node in walks[:, step]]
    return walks


def walk_rewards(walk: np.ndarray, goal: int, lengths: np.ndarray) -> np.ndarray:
    """The reward of each step: minus its length, and 0 once the goal is reached; (steps + 1,) nodes -> (steps,)."""
    return np.where(walk[:-1] == goal, 0.0, -lengths[walk[:-1], walk[1:]])


def returns_to_go(roads: Roads, walks: np.ndarray, rewards: Rewards = walk_rewards) -> np.ndarray:
    """The return-to-go of each walk at each step, (walks, steps); -inf where the walk never arrives.

    Minus the remaining steps would be wrong there: how far it still was to the goal is unknown.
    """
    earned = np.stack([rewards(walk, roads.goal, roads.lengths) for walk in walks])  # (walks, steps)
    to_go = np.cumsum(earned[:, ::-1], axis=1)[:, ::-1]
    arrives = walks[:, -1:] == roads.goal  # (walks, 1)
    return np.where(arrives, to_go, -np.inf)


def path_return(roads: Roads, path: Sequence[int], rewards: Rewards = walk_rewards) -> float:
    """The return of a path of any length; -inf if it does not end at the goal."""
    if path[-1] != roads.goal:
        return -np.inf
    return float(np.sum(rewards(np.asarray(path), roads.goal, roads.lengths)))


def best_in_data(roads: Roads, walks: np.ndarray, parts: bool = False) -> np.ndarray:
    """The best return among the walks that start at each node, (nodes,); -inf where none arrives.

    With `parts`, among all walks that pass through the node, counted from there.
    """
    to_go = returns_to_go(roads, walks)
    last = to_go.shape[1] if parts else 1
    best = np.full(roads.nodes, -np.inf)
    np.maximum.at(best, walks[:, :last].ravel(), to_go[:, :last].ravel())
    best[roads.goal] = 0.0
    return best
