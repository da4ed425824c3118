"""Inputs of any size that the exercises' statements allow, drawn one by one, without the checks' own machinery."""

import numpy as np
import torch


def drawn(name: str, rng: np.random.Generator) -> tuple:
    """The arguments of one call."""
    batch, steps, hidden = (_size(rng, largest) for largest in (8, 40, 40))
    if name == "returns_to_go":
        rewards = rng.normal(size=_size(rng, 1000)) * 10.0 ** rng.integers(-2, 4)
        return rewards * (rng.random(len(rewards)) < rng.random()), float(rng.choice([1.0, 0.0, 0.5, rng.random()]))
    if name == "pad_left":
        rows = rng.normal(size=(steps, _size(rng, 8))) * (rng.random((steps, 1)) < 0.8)
        value = float(rng.choice([0.0, -10.0, 1.0, *rows[:1, 0], rng.normal()]))
        return rows.astype(rng.choice([np.float32, np.float64])), _size(rng, 40), value
    if name in ("time_embeddings", "stacked_inputs"):
        return tuple(tensor(rng, batch, steps, hidden) for _ in range(4 if name == "time_embeddings" else 3))
    if name == "stacked_attention_mask":
        return (mask(rng, batch, steps, 0).to(_one_of(rng, torch.float32, torch.int64, torch.bool)),)
    if name == "prediction_heads":
        heads = [torch.nn.Linear(hidden, _size(rng, 8) if i else 1) for i in range(3)]
        return tensor(rng, batch, 3, steps, hidden), *heads
    if name == "action_loss":
        dim = _size(rng, 8)
        real = mask(rng, batch, steps, int(rng.integers(batch)))  # floats, as in the batches of the course
        return tensor(rng, batch, steps, dim), tensor(rng, batch, steps, dim), real
    if name == "context_window":
        return tensor(rng, _size(rng, 300), _size(rng, 8)), _size(rng, 40)
    if name == "next_target_return":
        scale = float(rng.choice([1000.0, 1.0, 10.0, rng.uniform(0.5, 500)]))
        return float(rng.choice([0.0, rng.normal(2, 5)])), float(rng.choice([0.0, rng.normal(0, scale)])), scale
    if name == "walk_rewards":
        nodes = 1 + _size(rng, 12)
        walk, goal = rng.integers(nodes, size=2 + _size(rng, 30)), int(rng.integers(nodes))
        walk[walk == goal] = (goal + 1) % nodes
        walk[int(rng.integers(len(walk) + 1)) :] = goal
        return walk, goal, rng.uniform(0.5, 20, (nodes, nodes))
    if name == "choose_target":
        targets = -np.cumsum(rng.uniform(0.5, 1.5, _size(rng, 20)))
        gaps = [0.0, -0.5, 0.5, 0.6, -0.6, -0.49, 2.0, -2.0, -np.inf, rng.normal()]
        return targets, targets + rng.choice(gaps, len(targets))
    if name == "next_node":
        nodes = 1 + _size(rng, 20)
        neighbours = np.sort(rng.permutation(nodes)[: 1 + int(rng.integers(nodes))])
        return tensor(rng, nodes) * 10.0 ** rng.integers(-1, 3) + rng.choice([-50, 0, 50]), torch.from_numpy(neighbours)
    if name == "best_tenth":
        count = _size(rng, 60)
        returns = rng.integers(_one_of(rng, 2, 5, 1000), size=count) - rng.choice([0.0, 2.5, 500.0])
        return (np.where(rng.random(count) < rng.random(), -np.inf, returns),)
    if name == "q_update":
        states, actions = 1 + _size(rng, 8), _size(rng, 8)
        state, next_state = (int(place) for place in rng.integers(states, size=2))
        step = state, int(rng.integers(actions)), float(rng.normal()), next_state, bool(rng.integers(2))
        q = rng.normal(size=(states, actions)) + rng.choice([-3.0, 0.0])
        return q, *step, float(rng.choice([1.0, rng.uniform(0.01, 1)])), float(rng.choice([0.0, 1.0, rng.random()]))
    if name == "pessimistic":
        size = _size(rng, 8), _size(rng, 8)
        return rng.normal(size=size), rng.random(size) < rng.random(), float(rng.choice([-5.0, 0.0, rng.normal()]))
    if name == "conditioned_policy":
        count, n_actions = _size(rng, 30), _size(rng, 6)
        returns = rng.choice([-1.0, 0.0, 1.0, 2.0], count)
        return rng.integers(n_actions, size=count), returns, float(rng.choice([-1.0, 0.0, 2.0, 7.0])), n_actions
    raise KeyError(f"Nothing is drawn for {name} here: without it a mutant that passes counts as equivalent.")


def windows(rng: np.random.Generator) -> tuple[int, int, bool, bool | None]:
    """What a call of the whole model is made of: batch, K, whether there is a mask, and `return_dict`."""
    return _size(rng, 6), _size(rng, 20), bool(rng.integers(2)), _one_of(rng, True, False, None)


def tensor(rng, *shape):
    return torch.from_numpy(rng.normal(size=shape).astype(np.float32))


def mask(rng, batch, steps, lead):
    """Padding on the left, at least one real step in the row `lead`."""
    real = rng.integers(0, steps + 1, batch)
    real[lead % batch] = max(1, real[lead % batch])
    return torch.from_numpy((np.arange(steps) >= steps - real[:, None]).astype(np.float32))


def _size(rng: np.random.Generator, largest: int) -> int:
    """From 1 on, small ones more often."""
    return int(min(largest, 1 + rng.geometric(0.3))) if rng.random() < 0.7 else int(rng.integers(1, largest + 1))


def _one_of(rng: np.random.Generator, *things):
    return things[int(rng.integers(len(things)))]
