"""Plain right answers, one for each exercise; each returns a tuple of results.

`tests/check/test_oracles.py` holds the model's ones against the tensors inside transformers' own
`DecisionTransformerModel`. numpy answers stay in numpy, so that their checks need no torch.
"""

from itertools import pairwise

import numpy as np


def returns_to_go(rewards, gamma=1.0):
    """R_t = r_t + gamma * R_{t+1}; (T,) -> (T,)"""
    returns = np.array(rewards, dtype=np.float64)
    for step in reversed(range(len(returns) - 1)):
        returns[step] += gamma * returns[step + 1]
    return (returns,)


def pad_left(sequence, length, value):
    """(t, d) -> (length, d), (length,)"""
    kept = sequence[:length]
    padding = length - len(kept)
    padded = np.concatenate([np.full((padding, sequence.shape[1]), value, dtype=np.float64), kept])
    return padded, np.concatenate([np.zeros(padding), np.ones(len(kept))])


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    """Four (batch, K, hidden) -> three of them."""
    return tuple(x + time_embeddings for x in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    """Three (batch, K, hidden) -> (batch, 3K, hidden), as in transformers' DecisionTransformerModel.forward."""
    import torch

    tokens = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)  # (batch, K, 3, hidden)
    return (tokens.flatten(1, 2),)


def stack_attention_mask(attention_mask):
    """(batch, K) -> (batch, 3K)"""
    return (attention_mask.repeat_interleave(3, dim=1),)


def predict(x, predict_return, predict_state, predict_action):
    """(batch, 3, K, hidden) and three heads -> return, state and action predictions, each (batch, K, its size)."""
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


def action_loss(action_preds, action_targets, attention_mask):
    """(batch, K, act_dim) twice and (batch, K) -> ()"""
    real = attention_mask > 0
    return (((action_preds - action_targets) ** 2)[real].mean(),)


def context_window(sequence, length):
    """(t, d) -> (min(t, length), d)"""
    return (sequence[-length:],)


def next_target_return(target_return, reward, scale):
    """`target_return` is in scaled units, `reward` is as the environment gave it."""
    return (target_return - reward / scale,)


def walk_rewards(walk, goal, lengths):
    """(steps + 1,) nodes, a node, (nodes, nodes) -> (steps,)"""
    return (np.array([0.0 if here == goal else -lengths[here, there] for here, there in pairwise(walk)]),)


def choose_target(targets, achieved):
    """(n,), the largest first, and (n,) -> one of the targets"""
    return (next((t for t, a in zip(targets, achieved, strict=True) if a >= t), targets[-1]),)


def next_node(logits, neighbours):
    """(nodes,) and (m,) -> one of the neighbours"""
    return (max(neighbours.tolist(), key=lambda node: float(logits[node])),)
