"""The drawn inputs: the edges that the design asks for are always among them."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dt_helpers.check import exercises, reference
from dt_helpers.check.engine.answers import read

NAMES = [name for name in exercises.NAMES if name != "forward"]
SEEDS = st.integers(0, 2**32 - 1)


def drawn(name, seed=0):
    return exercises.exercise(name).cases(np.random.default_rng(seed))


def ordinary(name, seed=0):
    return [case for case in drawn(name, seed) if not case.edge]


@pytest.mark.parametrize("name", NAMES)
def test_every_edge_is_drawn_and_told_in_a_sentence_with_a_hint(name):
    edges = exercises.exercise(name).edges
    assert {case.edge for case in drawn(name)} - {""} == set(edges) != set()
    for sentence, *hints in edges.values():
        assert sentence.endswith(".") and hints and all(hint.endswith((".", "?")) for hint in hints)


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_draws_the_same_inputs_and_another_seed_others(name):
    def flat(seed):
        return [
            np.asarray(arg).ravel().tolist() for case in drawn(name, seed) for arg in case.args if not callable(arg)
        ]

    assert flat(5) == flat(5)
    assert flat(5) != flat(6)


@pytest.mark.parametrize("name", ["time_embeddings", "stacked_inputs"])
def test_embeddings_have_the_edges(name):
    shapes = [tuple(case.args[0].shape) for case in drawn(name)]
    assert any(batch == 1 for batch, _, _ in shapes)
    assert any(steps == 1 for _, steps, _ in shapes)
    assert any(hidden % 3 for _, _, hidden in shapes)
    assert {case.args[0].dtype for case in drawn(name)} == {torch.float32, torch.float64}
    assert any(case.strided for case in drawn(name)) and all(case.grad for case in drawn(name))


@given(SEEDS)
def test_masks_are_padded_on_some_rows_and_not_on_others(seed):
    for name in ("stacked_attention_mask", "action_loss"):
        first = drawn(name, seed)[0].args[-1]
        real = first.sum(dim=1)
        assert 0 < real[0] < first.shape[1] and real[-1] == first.shape[1]
        assert all((row.diff() >= 0).all() for row in first)  # zeros on the left
    for case in drawn("action_loss", seed):
        preds, targets, mask = case.args
        assert mask.sum() > 0 and preds.shape == targets.shape and mask.shape == preds.shape[:2]
    assert {
        float(value) for case in drawn("action_loss", seed)[:3] for value in case.args[1][case.args[2] == 0].flatten()
    } == {-10, 0}


@given(SEEDS)
def test_a_targets_reward_is_worth_noticing(seed):
    """A mistake with the reward must not drown in the tolerance."""
    for case in ordinary("next_target_return", seed):
        target, reward, scale = (float(x) for x in case.args)
        assert abs(reward / scale) > 0.3 and scale != 1
        assert abs(target) < 15


@given(SEEDS)
def test_rewards_are_seldom_zero_and_windows_never_empty(seed):
    assert all((np.abs(case.args[0]) >= 0.2).all() for case in ordinary("returns_to_go", seed))
    assert all(min(case.args[0].shape) > 0 and case.args[1] > 0 for case in drawn("context_window", seed))


def test_sequences_are_shorter_equal_and_longer_than_the_window():
    for name in ("pad_left", "context_window"):
        differences = {np.sign(len(case.args[0]) - case.args[1]) for case in drawn(name)}
        assert differences == {-1, 0, 1}


@given(SEEDS)
def test_walks_that_arrive_stay_and_no_length_is_zero(seed):
    for case in drawn("walk_rewards", seed):
        walk, goal, lengths = case.args
        at_goal = walk == goal
        assert (np.diff(at_goal.astype(int)) >= 0).all() and (lengths > 0).all()
    assert {case.args[1] == 0 for case in drawn("walk_rewards", seed)} == {True, False}
    arrive = [case.args[0][-1] == case.args[1] for case in drawn("walk_rewards", seed)]
    assert {*arrive} == {True, False}


@given(SEEDS)
def test_targets_descend_and_some_rows_honour_none(seed):
    honoured = [case.args[1] >= case.args[0] for case in drawn("choose_target", seed)]
    assert all((np.diff(case.args[0]) < 0).all() for case in drawn("choose_target", seed))
    assert {bool(kept.any()) for kept in honoured} == {True, False}
    assert {int(np.argmax(kept)) for kept in honoured if kept.any()} >= {0, 2, 3}


@given(SEEDS)
def test_a_node_without_an_edge_would_often_win(seed):
    outsiders = 0
    for case in ordinary("next_node", seed):
        logits, neighbours = case.args
        assert len(set(logits.tolist())) == len(logits) and neighbours.tolist() == sorted(set(neighbours.tolist()))
        outsiders += int(logits.argmax()) not in neighbours.tolist()
    assert outsiders >= 8


@given(SEEDS)
def test_two_cases_tell_what_stands_for_no_edge_and_two_tell_the_largest_size(seed):
    """One number is what some mistake or other would give: it takes two to recognise one."""
    cases = [case.args for case in ordinary("next_node", seed)]
    assert sum(bool((logits[neighbours] < -1).all()) for logits, neighbours in cases) >= 2
    assert sum(int(logits.abs().argmax()) not in (int(logits.argmax()), *n.tolist()) for logits, n in cases) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_the_first_case_is_small_enough_for_a_picture(name):
    first = drawn(name)[0]
    shown = [arg for arg in first.args if not callable(arg)]  # of what lives, nothing is shown
    assert first.core and read(shown[0]).array.size <= 200


@pytest.mark.parametrize("name", ["time_embeddings", "stacked_inputs", "stacked_attention_mask", "prediction_heads"])
def test_the_models_exercises_have_a_frozen_case(name):
    (case,) = reference.cases(name)
    assert len(case.expected) == len(exercises.exercise(name).results)
