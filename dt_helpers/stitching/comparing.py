"""Compare paths with the shortest ones and with the data that they were learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dt_helpers.stitching.roads import Roads, best_in_data, path_return


@dataclass(frozen=True)
class Comparison:
    """One path from each start, and how good it is."""

    starts: np.ndarray  # (starts,)
    taken: np.ndarray  # (starts,) length of each path, infinite if it does not arrive
    shortest: np.ndarray  # (starts,) length of the shortest path
    in_data: (
        np.ndarray
    )  # (starts,) length of the shortest walk in the data that starts there, infinite if there is none
    new: np.ndarray  # (starts,) whether the path occurs nowhere in the data, not even within a walk

    @property
    def optimal(self) -> float:
        """Share of the starts whose path is a shortest one."""
        return float(np.mean(self.taken == self.shortest))

    @property
    def arrived(self) -> float:
        """Share of the starts whose path arrives."""
        return float(np.mean(np.isfinite(self.taken)))

    @property
    def excess(self) -> float:
        """Mean excess length of the paths that arrive over the shortest ones."""
        arrived = np.isfinite(self.taken)
        return float(np.mean((self.taken - self.shortest)[arrived])) if arrived.any() else float("nan")

    @property
    def data_optimal(self) -> float:
        """Share of the starts from which some walk in the data is a shortest path."""
        return float(np.mean(self.in_data == self.shortest))

    @property
    def better_than_data(self) -> float:
        """Share of the starts whose path is shorter than every walk in the data that starts there."""
        return float(np.mean(self.taken < self.in_data))

    @property
    def stitched(self) -> float:
        """Share of the starts whose path is a shortest one and occurs nowhere in the data."""
        return float(np.mean(self.new & (self.taken == self.shortest)))

    def __str__(self) -> str:
        return (
            f"{self.optimal:.0%} of the paths are shortest, {self.arrived:.0%} arrive, "
            f"on average {self.excess:.2f} too long; {self.new.mean():.0%} occur nowhere in the data"
        )


def compare(roads: Roads, walks: np.ndarray, paths: Mapping[int, Sequence[int]]) -> Comparison:
    """Compare paths (start -> nodes) with Dijkstra's and with the walks (walks, steps + 1)."""
    starts = np.array(sorted(paths))
    shortest, best = roads.shortest(), -best_in_data(roads, walks)
    return Comparison(
        starts=starts,
        taken=np.array([-path_return(roads, paths[start]) for start in starts]),
        shortest=np.array([shortest[start] for start in starts], dtype=float),
        in_data=best[starts],
        new=np.array([is_new(walks, paths[start]) for start in starts]),
    )


def is_new(walks: np.ndarray, path: Sequence[int]) -> bool:
    """Whether no walk contains the whole path."""
    return len(_holders(walks, np.asarray(path))) == 0


def is_covered(walks: np.ndarray, path: Sequence[int]) -> bool:
    """Whether some walk takes each of the path's steps."""
    nodes = np.asarray(path)
    return all(len(_holders(walks, nodes[i : i + 2])) for i in range(len(nodes) - 1))


def segments(walks: np.ndarray, path: Sequence[int]) -> list[tuple[int, int, int]]:
    """The walks that a path is stitched from, as few as possible: (walk, first, last) says that the path's nodes from
    `first` to `last` are consecutive in that walk. A path within a single walk has one segment.

    Raises ValueError for a step that no walk makes.
    """
    nodes = np.asarray(path)
    found, first = [], 0
    while first < len(nodes) - 1:
        for last in range(len(nodes) - 1, first, -1):  # the longest piece that some walk contains
            holders = _holders(walks, nodes[first : last + 1])
            if len(holders):
                found.append((int(holders[0]), first, last))
                break
        else:
            raise ValueError(f"No walk goes from {nodes[first]} to {nodes[first + 1]}.")
        first = last
    return found


def _holders(walks: np.ndarray, piece: np.ndarray) -> np.ndarray:
    """The walks in which the nodes of `piece` are consecutive."""
    if len(piece) > walks.shape[1]:
        return np.array([], dtype=np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(walks, len(piece), axis=1)  # (walks, places, nodes)
    return (windows == piece).all(axis=2).any(axis=1).nonzero()[0]
