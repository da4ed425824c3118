"""Tabular Q-learning from recorded steps, and a table that is pessimistic about what was never recorded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dt_helpers.stitching.alternatives.counting import Steps

Update = Callable[..., float]  # the signature of `q_update`


def q_update(
    q: np.ndarray,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    done: bool,
    learning_rate: float,
    gamma: float,
) -> float:
    """What `q[state, action]` of a table (states, actions) becomes after one recorded step: the Bellman backup."""
    target = reward if done else reward + gamma * q[next_state].max()
    return float(q[state, action] + learning_rate * (target - q[state, action]))


def q_learning(
    steps: Steps,
    initial: np.ndarray,
    update: Update = q_update,
    learning_rate: float = 0.5,
    gamma: float = 1.0,
    sweeps: int = 10,
    seed: int = 0,
) -> np.ndarray:
    """The table (states, actions) after `sweeps` passes over the steps, each in an order of its own, from `initial` on.

    Offline: nothing but the recorded steps is ever tried.
    """
    q, rng = initial.copy(), np.random.default_rng(seed)
    columns = (steps.states, steps.actions, steps.rewards, steps.next_states, steps.done)
    recorded = list(zip(*(column.tolist() for column in columns), strict=True))
    for _ in range(sweeps):
        for place in rng.permutation(len(recorded)):
            state, action, reward, next_state, done = recorded[place]
            q[state, action] = update(q, state, action, reward, next_state, done, learning_rate, gamma)
    return q


def pessimistic(q: np.ndarray, seen: np.ndarray, worst: float) -> np.ndarray:
    """The table (states, actions) with `worst` for each action that was not `seen` (states, actions)."""
    return np.where(seen, q, worst)
