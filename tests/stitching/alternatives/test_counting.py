"""Steps and clones on the graph of tests/stitching/conftest.py, where all can be counted by hand."""

import numpy as np

from dt_helpers.stitching import alternatives
from dt_helpers.stitching.alternatives import NOTHING


def test_steps_are_those_that_begin_before_the_goal(line, walks):
    steps = alternatives.steps_of(line, walks)
    assert steps.states.tolist() == [3, 2, 4, 1, 2, 1, 1, 3, 2, 1]
    assert steps.actions.tolist() == steps.next_states.tolist() == [2, 4, 1, 3, 1, 0, 3, 2, 1, 0]
    assert steps.rewards.tolist() == [-1, -2, -3, -1, -2, -1, -1, -1, -2, -1]
    assert steps.done.tolist() == [False] * 5 + [True] + [False] * 3 + [True]
    assert steps.returns.tolist() == [-np.inf] * 4 + [-3, -1, -5, -4, -3, -1]
    assert steps.walks.tolist() == [0] * 4 + [1] * 2 + [2] * 4
    assert len(steps) == 10 and len(steps[steps.done]) == 2


def test_the_best_tenth():
    assert alternatives.best_tenth(np.array([3.0, 5, 1, 5, 2])).tolist() == [1]
    assert alternatives.best_tenth(np.append(np.arange(28.0), -np.inf)).tolist() == [26, 27]
    assert alternatives.best_tenth(np.zeros(20)).tolist() == [0, 1]


def test_a_clone_does_what_was_done_most_often_and_nothing_where_nothing_was_recorded(line, walks):
    steps = alternatives.steps_of(line, walks)
    assert alternatives.clone(steps, 5).tolist() == [NOTHING, 0, 1, 2, 1]
    assert alternatives.clone(steps[steps.states == 1], 5).tolist() == [NOTHING, 0, NOTHING, NOTHING, NOTHING]


def test_the_best_tenth_at_a_node_is_that_of_its_own_visits(line, walks):
    steps = alternatives.steps_of(line, walks)
    assert alternatives.clone_best_at_each_node(steps, 5).tolist() == [NOTHING, 0, 1, 2, 1]
    worst = lambda returns: np.array([returns.argmin()])  # noqa: E731
    assert alternatives.clone_best_at_each_node(steps, 5, worst).tolist() == [NOTHING, 3, 4, 2, 1]


def test_a_policy_that_names_no_street_stays_where_it_is(line):
    paths = alternatives.follow(line, np.array([NOTHING, 0, 3, NOTHING, 1]))
    assert paths == [[1, 0], [2, 2, 2, 2, 2], [3, 3, 3, 3, 3], [4, 1, 0]]
