"""The plain answers, against numbers worked out by hand."""

import numpy as np
import torch

from dt_helpers.check.exercises import exercise


def test_returns_to_go():
    assert exercise("returns_to_go").oracle(np.array([1.0, 2.0, 3.0]))[0].tolist() == [6, 5, 3]
    assert exercise("returns_to_go").oracle(np.array([1.0, 2.0, 3.0]), 0.5)[0].tolist() == [2.75, 3.5, 3]


def test_pad_left():
    padded, mask = exercise("pad_left").oracle(np.array([[5.0], [6.0]]), 4, 0)
    assert padded.tolist() == [[0], [0], [5], [6]] and mask.tolist() == [0, 0, 1, 1]
    padded, mask = exercise("pad_left").oracle(np.array([[5.0], [6.0], [7.0]]), 2, 0)
    assert padded.tolist() == [[5], [6]] and mask.tolist() == [1, 1]


def test_action_loss():
    preds = torch.tensor([[[9.0, 9.0], [1.0, 2.0]]])
    targets = torch.tensor([[[-10.0, -10.0], [2.0, 4.0]]])
    (loss,) = exercise("action_loss").oracle(preds, targets, torch.tensor([[0.0, 1.0]]))
    assert loss.item() == 2.5


def test_context_window():
    sequence = torch.arange(5.0)[:, None]
    assert exercise("context_window").oracle(sequence, 2)[0].flatten().tolist() == [3, 4]
    assert exercise("context_window").oracle(sequence, 9)[0].shape == (5, 1)


def test_next_target_return():
    assert exercise("next_target_return").oracle(12.0, 500.0, 1000.0) == (11.5,)


def test_walk_rewards():
    lengths = np.array([[1.0, 9, 9], [2, 1, 9], [9, 3, 1]])
    assert exercise("walk_rewards").oracle(np.array([2, 1, 1, 0, 0]), 0, lengths)[0].tolist() == [-3, -1, -2, 0]
    assert exercise("walk_rewards").oracle(np.array([0, 0]), 0, lengths)[0].tolist() == [0]


def test_choose_target():
    targets = np.array([-1.0, -2.0, -3.0])
    assert exercise("choose_target").oracle(targets, np.array([-4.0, -2.0, -1.0])) == (-2,)
    assert exercise("choose_target").oracle(targets, np.array([-2.0, -np.inf, -4.0])) == (-3,)


def test_best_tenth():
    oracle = exercise("best_tenth").oracle
    assert oracle(np.array([1.0, 9, 3, 9, 9, 0, 2, 5, 4, 6, 7, 8, 1, 1, 1, 1, 1, 1, 1, 9]))[0].tolist() == [1, 3]
    assert oracle(np.array([-np.inf, -3.0, -2.0]))[0].tolist() == [2]
    assert oracle(np.full(29, -np.inf))[0].tolist() == [0, 1]


def test_q_update():
    q = np.array([[2.0, 0.0], [-4.0, -3.0]])
    assert exercise("q_update").oracle(q, 0, 0, 1.0, 1, False, 0.5, 1.0) == (0.0,)
    assert exercise("q_update").oracle(q, 0, 0, 1.0, 1, True, 0.5, 1.0) == (1.5,)
    assert exercise("q_update").oracle(q, 0, 1, 1.0, 1, False, 1.0, 0.5) == (-0.5,)


def test_pessimistic():
    q, seen = np.array([[0.0, -9.0], [2.0, 3.0]]), np.array([[True, True], [False, True]])
    assert exercise("pessimistic").oracle(q, seen, -5)[0].tolist() == [[0, -9], [-5, 3]]


def test_conditioned_policy():
    actions, returns = np.array([0, 1, 1, 2, 1]), np.array([4.0, 4.0, 4.0, 1.0, 1.0])
    assert exercise("conditioned_policy").oracle(actions, returns, 1.0, 4)[0].tolist() == [0, 0.5, 0.5, 0]
    assert exercise("conditioned_policy").oracle(actions, returns, 2.0, 4)[0].tolist() == [0.25] * 4


def test_next_node():
    assert exercise("next_node").oracle(torch.tensor([9.0, -2.0, -1.0, -3.0]), torch.tensor([1, 3])) == (1,)
