from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import torch

from dt_helpers import stitching
from dt_helpers.stitching import board


def test_free_walks_follow_edges_and_stop_nowhere():
    roads = stitching.draw_roads(5)
    walks = board.free_walks(roads, 100, seed=1)
    assert walks.shape == (100, 11) and set(walks[:, 0]) == set(range(20))
    assert all(roads.graph.has_edge(here, there) for walk in walks.tolist() for here, there in pairwise(walk))
    assert np.array_equal(walks, board.free_walks(roads, 100, seed=1))
    assert not np.array_equal(walks, board.free_walks(roads, 100, seed=2))


def test_a_dead_end_is_refused():
    roads = stitching.Roads(nx.DiGraph([(1, 0), (2, 1)]), goal=0, steps=3)
    with pytest.raises(ValueError, match=r"No edge leads away from the nodes \[0\]"):
        board.free_walks(roads)


@pytest.mark.parametrize(
    ("goal", "expected"), [(2, [3, 2, 2, 2]), (3, [3, 3, 3, 3]), (1, [3, 2, 4, 1]), (0, [3, 2, 4, 1])]
)
def test_a_walk_stays_where_it_has_arrived(goal, expected):
    assert board.until(np.array([[3, 2, 4, 1]]), goal).tolist() == [expected]


def test_a_goal_is_a_node_that_a_street_leads_to(line):
    assert board.goals(line) == [0, 1, 2, 3, 4]
    assert board.goals(stitching.Roads(nx.DiGraph([(1, 0), (0, 2), (2, 0)]), 0, 3)) == [0, 2]


def test_goal_and_return_share_a_token_and_no_two_are_alike(line):
    tokens = [board.token(line, goal, left) for goal in range(5) for left in range(line.longest + 2)]
    assert tokens == list(range(board.token(line, line.nodes, 0)))


@pytest.fixture
def loops() -> stitching.Roads:
    """3 → 2 → 1 → 0 → 3, and a short cut from 3 to 1."""
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([(3, 2, 1), (2, 1, 1), (1, 0, 1), (0, 3, 1), (3, 1, 1)])
    return stitching.Roads(graph, goal=0, steps=3)


def test_each_walk_teaches_each_goal(loops):
    walks = np.array([[3, 2, 1, 0], [0, 3, 1, 0]])
    samples = board.AnyGoal(loops, walks)
    size, never = loops.longest + 2, loops.longest + 1
    assert samples.walks.shape == (8, 4)
    assert samples.walks[2:4].tolist() == [[3, 2, 1, 1], [0, 3, 1, 1]]  # for the goal 1
    assert samples.classes[2].tolist() == [size + 2, size + 1, size]
    assert samples.classes[5].tolist() == [2 * size + never] * 3  # from 0 by 3 and 1 nobody comes to 2
    assert samples.moves.tolist() == [3, 0, 2, 2, 1, 3, 0, 1]


def test_clones_know_the_goal_and_no_return(loops):
    walks = np.array([[3, 2, 1, 0], [0, 3, 1, 0]])
    everything = board.AnyGoal(loops, walks, conditioned=False)
    size = loops.longest + 2
    assert everything.classes.tolist() == [[goal * size] * 3 for goal in (0, 0, 1, 1, 2, 2, 3, 3)]
    arrived = board.AnyGoal(loops, walks, conditioned=False, arrived=True)
    assert len(arrived.walks) == 7, "all but the walk that does not come to 2"


def test_policies_differ_and_can_be_asked_as_the_notebook_asks(loops):
    walks = board.free_walks(loops, 40)
    settings = stitching.preset("ci", steps=20, hidden=8)
    policies = board.train_policies(loops, walks, settings, progress=False)
    assert len(policies) == len(board.POLICIES)
    for policy in policies:
        assert not policy.training
        assert all(torch.equal(p, p.half().float()) for p in policy.parameters())
    for one, other in ((0, 1), (1, 2)):
        pairs = zip(policies[one].parameters(), policies[other].parameters(), strict=True)
        assert not all(torch.equal(*pair) for pair in pairs)
    for goal in board.goals(loops):
        roads = stitching.Roads(loops.graph, goal, loops.steps)
        asked = stitching.ask(board.Towards(policies[0], roads), roads)
        assert asked.achieved.shape == (3, 3)


def test_the_goal_is_told():
    roads = stitching.draw_roads(0, nodes=8, edge_probability=0.25, steps=6)
    given = {}
    board.Towards(lambda **inputs: given.update(inputs), stitching.Roads(roads.graph, 3, 6))(
        torch.zeros(1, 2), torch.zeros(1, 2), torch.tensor([[4, 3]]), torch.zeros(1, 2)
    )
    assert given["returns_to_go"].tolist() == [[3 * 8 + 4, 3 * 8 + 3]]
