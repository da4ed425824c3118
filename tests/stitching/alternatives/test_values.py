import numpy as np
import pytest

from dt_helpers import stitching
from dt_helpers.stitching import alternatives


@pytest.fixture(scope="module")
def recorded():
    """A graph, its recorded steps, and which actions were seen."""
    roads = stitching.draw_roads(seed=5)
    steps = alternatives.steps_of(roads, stitching.random_walks(roads, 300, seed=5))
    seen = np.zeros((roads.nodes, roads.nodes), dtype=bool)
    seen[steps.states, steps.actions] = True
    return roads, steps, seen


def test_one_backup():
    q = np.array([[2.0, 0.0], [-4.0, -3.0]])
    assert alternatives.q_update(q, 0, 0, 1.0, 1, False, 0.5, 1.0) == 0.0
    assert alternatives.q_update(q, 0, 0, 1.0, 1, True, 0.5, 1.0) == 1.5
    assert q[0, 0] == 2.0


def test_values_from_zero_promise_what_no_path_keeps(recorded):
    roads, steps, seen = recorded
    q = alternatives.q_learning(steps, np.zeros(seen.shape))
    assert (q[~seen] == 0).all() and (q.max(axis=1)[roads.starts] == 0).all()
    assert not any(path[-1] == roads.goal for path in alternatives.follow(roads, q.argmax(axis=1)))


def test_pessimistic_values_are_those_of_the_shortest_recorded_paths(recorded):
    roads, steps, seen = recorded
    start = alternatives.pessimistic(np.zeros(seen.shape), seen, -100.0)
    q = alternatives.q_learning(steps, start, sweeps=20)
    taken = [-stitching.path_return(roads, path) for path in alternatives.follow(roads, q.argmax(axis=1))]
    assert np.allclose(taken, -q.max(axis=1)[roads.starts], atol=1e-3)
    assert np.allclose(taken, [roads.shortest()[node] for node in roads.starts])
    assert (start[~seen] == -100).all() and (start[seen] == 0).all()


def test_the_update_that_is_given_is_the_one_that_is_used(recorded):
    _, steps, seen = recorded
    rewards = alternatives.q_learning(steps, np.zeros(seen.shape), lambda q, s, a, reward, *rest: reward, sweeps=1)
    assert (rewards[seen] == -1).all()
