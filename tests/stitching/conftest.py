"""A graph that can be checked by hand, and walks on it."""

import networkx as nx
import numpy as np
import pytest

from dt_helpers.stitching import Roads


@pytest.fixture
def line() -> Roads:
    """3 → 2 → 1 → 0, and back from 1 to 3; the step from 2 to 1 has length 2, and a detour 2 → 4 → 1 has length 5."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(5))
    graph.add_weighted_edges_from([(3, 2, 1), (2, 1, 2), (1, 0, 1), (1, 3, 1), (2, 4, 2), (4, 1, 3)])
    return Roads(graph, goal=0, steps=4)


@pytest.fixture
def walks() -> np.ndarray:
    return np.array([[3, 2, 4, 1, 3], [2, 1, 0, 0, 0], [1, 3, 2, 1, 0], [0, 0, 0, 0, 0]])
