import networkx as nx
import numpy as np
import pytest

from dt_helpers import stitching
from dt_helpers.check.exercises import exercise


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("weights", [(1,), (1, 2, 3)])
def test_every_node_of_a_drawn_graph_can_reach_the_goal_in_time(seed, weights):
    roads = stitching.draw_roads(seed, weights=weights, goal=3)
    assert roads.nodes == 20 and roads.goal == 3
    shortest = roads.shortest()
    assert set(shortest) == set(range(20)) and shortest[3] == 0
    for start in roads.starts:
        path = nx.dijkstra_path(roads.graph, start, 3)
        assert nx.path_weight(roads.graph, path, "weight") == shortest[start]
        assert shortest[start] <= roads.longest
    assert set(nx.get_edge_attributes(roads.graph, "weight").values()) <= set(weights)


def test_a_seed_draws_the_same_graph_and_walks():
    first, again, other = (stitching.draw_roads(seed) for seed in (1, 1, 2))
    assert set(first.graph.edges) == set(again.graph.edges) != set(other.graph.edges)
    assert np.array_equal(stitching.random_walks(first, 20, 3), stitching.random_walks(again, 20, 3))


def test_a_graph_that_can_not_be_drawn_is_refused():
    with pytest.raises(ValueError, match="higher probability"):
        stitching.draw_roads(edge_probability=0.0)
    with pytest.raises(ValueError, match="positive whole numbers"):
        stitching.draw_roads(weights=[0.5, 1])


def test_walks_follow_edges_and_rest_at_the_goal():
    roads = stitching.draw_roads(0)
    walks = stitching.random_walks(roads, 200)
    assert walks.shape == (200, 11)
    assert set(walks[:, 0]) == set(range(20))
    for here, there in zip(walks[:, :-1].ravel(), walks[:, 1:].ravel(), strict=True):
        assert roads.graph.has_edge(here, there) or here == there == roads.goal


def test_lengths_are_those_of_the_edges_and_staying_costs_one(line):
    assert line.lengths[2, 1] == 2 and line.lengths[1, 2] == 0
    assert (line.lengths.diagonal() == 1).all()
    assert line.longest == 12
    assert line.neighbours(2) == [1, 4]


def test_rewards_are_those_of_the_check(line, walks):
    for walk in walks:
        right = exercise("walk_rewards").oracle(walk, 0, line.lengths)[0]
        assert np.array_equal(stitching.walk_rewards(walk, 0, line.lengths), right)
    assert stitching.walk_rewards(walks[1], 0, line.lengths).tolist() == [-2, -1, 0, 0]


def test_what_never_arrives_has_no_return(line, walks):
    to_go = stitching.returns_to_go(line, walks)
    assert to_go[0].tolist() == [-np.inf] * 4
    assert to_go[1].tolist() == [-3, -1, 0, 0]
    assert to_go[2].tolist() == [-5, -4, -3, -1]
    assert to_go[3].tolist() == [0, 0, 0, 0]
    assert stitching.path_return(line, [3, 2, 1, 0]) == -4
    assert stitching.path_return(line, [3, 2, 1]) == -np.inf


def test_the_best_walk_from_a_node_and_through_it(line, walks):
    assert stitching.best_in_data(line, walks).tolist() == [0, -5, -3, -np.inf, -np.inf]
    assert stitching.best_in_data(line, walks, parts=True).tolist() == [0, -1, -3, -4, -np.inf]
