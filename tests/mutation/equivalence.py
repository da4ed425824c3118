"""Whether an answer means the same as the right one, asked of many inputs and without the checks' own machinery."""

import functools
import itertools

import numpy as np
import torch
from transformers import DecisionTransformerModel

from dt_helpers.check.exercises import exercise
from dt_helpers.check.exercises.run_episode import policy, world
from dt_helpers.check.whole_model import inputs as model_cases

from . import drawing


def equivalent(name: str, answer, draws: int = 0) -> bool:
    """True if the answer is right on all inputs tried, all small sizes and `draws` more of any that the statement
    allows; False at the first one where it isn't.
    """
    if name == "forward":
        return _same_model(answer, draws)
    if name == "run_episode":
        return _same_episodes(answer)
    rng = np.random.default_rng(7)
    dtypes = name != "stacked_attention_mask"  # the encoder takes a mask of any dtype
    count = 1 if name in ("returns_to_go", "stacked_inputs", "stacked_attention_mask", "action_loss") else None
    for args in itertools.chain(_inputs(name, rng), (drawing.drawn(name, rng) for _ in range(draws))):
        right = exercise(name).oracle(*args)
        copies = [arg.clone() if isinstance(arg, torch.Tensor) else np.copy(arg) if isinstance(arg, np.ndarray) else arg
                  for arg in args]  # fmt: skip
        try:
            given = answer(*copies)
            given = [given] if len(right) == 1 or count else list(given)
            if len(given) != len(right) or not all(_same(g, r, dtypes) for g, r in zip(given, right, strict=True)):
                return False
            if not all(_same(now, was) for now, was in zip(copies, args, strict=True) if hasattr(was, "shape")):
                return False
        except Exception:
            return False
    return True


def _same(given, right, dtypes: bool = True) -> bool:
    if isinstance(given, list | tuple):
        given = np.array(given)
    if isinstance(right, torch.Tensor):
        if not isinstance(given, torch.Tensor) or given.shape != right.shape or (dtypes and given.dtype != right.dtype):
            return False
        return torch.allclose(given.double(), right.double(), rtol=1e-5, atol=1e-6)
    return np.shape(given) == np.shape(right) and np.allclose(given, right, rtol=1e-5, atol=1e-6)


def _inputs(name: str, rng):
    """Inputs of the exercise's kind, in all sizes up to 4 or so."""
    sizes = list(itertools.product((1, 2, 3), (1, 2, 4), (1, 2, 3, 5)))
    tensor, mask = functools.partial(drawing.tensor, rng), functools.partial(drawing.mask, rng)

    if name == "returns_to_go":
        for steps, gamma in itertools.product(range(1, 9), (1.0, 0.9, 0.5)):
            yield rng.normal(size=steps), gamma
        yield (rng.normal(size=5),)  # without discount
        yield rng.normal(size=5), 0
    elif name == "pad_left":
        for steps, width, length, value in itertools.product(range(1, 6), (1, 3), range(1, 7), (0.0, -10.0, 0.5)):
            yield rng.normal(size=(steps, width)), length, value
    elif name in ("time_embeddings", "stacked_inputs"):
        for size in sizes:
            yield tuple(tensor(*size) for _ in range(4 if name == "time_embeddings" else 3))
    elif name == "stacked_attention_mask":
        for batch, steps, lead in sizes:
            yield (mask(batch, steps, lead),)
            yield (mask(batch, steps, lead).long(),)
    elif name == "prediction_heads":
        for batch, steps, hidden in sizes:
            yield tensor(batch, 3, steps, hidden), *(torch.nn.Linear(hidden, out) for out in (1, 2, 3))
    elif name == "action_loss":
        for batch, steps, dim in sizes:
            yield tensor(batch, steps, dim), tensor(batch, steps, dim), mask(batch, steps, dim)
    elif name == "context_window":
        for steps, width, length in itertools.product(range(1, 7), (1, 3), range(1, 8)):
            yield tensor(steps, width), length
    elif name == "next_target_return":
        for scale in (1000.0, 10.0, 3.0):
            for _ in range(5):
                yield float(rng.normal(2, 5)), float(rng.normal(0, scale)), scale
            yield float(rng.normal(2, 5)), 0.0, scale
    elif name == "walk_rewards":
        for steps, arrives, goal in itertools.product((1, 2, 5), (0, 1, 2, 5, 9), (0, 2)):
            walk = rng.integers(4, size=steps + 1)
            walk[walk == goal] = 3
            walk[arrives:] = goal
            yield walk, goal, rng.uniform(0.5, 2, (4, 4))
    elif name == "choose_target":
        for steps, _ in itertools.product(range(1, 6), range(12)):
            targets = -np.cumsum(rng.uniform(0.5, 1.5, steps))
            yield targets, targets + rng.choice([0.0, 0.6, -0.6, 2.0, -2.0, -np.inf], steps)
    elif name == "next_node":
        for nodes, count, shift in itertools.product((2, 3, 6), (1, 2, 5), (-3.0, 0.0, 3.0)):
            neighbours = np.sort(rng.permutation(nodes)[:count])
            yield tensor(nodes) + shift, torch.from_numpy(neighbours)
    elif name == "best_tenth":
        for count, levels in itertools.product((1, 2, 9, 10, 11, 19, 20, 35, 58), (2, 5, 1000)):
            yield (np.where(rng.random(count) < 0.2, -np.inf, rng.integers(levels, size=count) - levels / 2.0),)
    elif name == "q_update":
        for states, actions, done, shift in itertools.product((2, 4), (1, 2, 4), (True, False), (-3.0, 0.0)):
            state, next_state = (int(place) for place in rng.integers(states, size=2))
            step = (state, int(rng.integers(actions)), float(rng.normal()), next_state, done)
            yield rng.normal(size=(states, actions)) + shift, *step, float(rng.uniform(0.1, 1)), float(rng.random())
    elif name == "pessimistic":
        for states, actions, worst in itertools.product((1, 2, 4), (1, 3, 4), (-5.0, 0.0, 0.5)):
            yield rng.normal(size=(states, actions)), rng.random((states, actions)) < 0.5, worst
    elif name == "conditioned_policy":
        for count, n_actions, target in itertools.product((1, 2, 8, 20), (1, 2, 4), (-1.0, 0.0, 2.0, 7.0)):
            yield rng.integers(n_actions, size=count), rng.choice([-1.0, 0.0, 1.0, 2.0], count), target, n_actions
    else:
        raise KeyError(f"There are no inputs for {name} here: without them every mutant would count as equivalent.")


def _same_episodes(answer) -> bool:
    """Of all kinds: each K, each length, each way to end."""
    rng = np.random.default_rng(7)

    def played(function, makers, numbers):
        model, env = (maker() for maker in makers)
        return function(model, env, *numbers), *model.record.seen(), *env.record.seen()

    for K, steps, ends in itertools.product((1, 2, 4), (1, 2, 3, 6), ({}, {"terminated_at": 2}, {"truncated_at": 3})):
        mean, std, scale = rng.uniform(1, 4, 3), rng.uniform(0.3, 3, 3), rng.uniform(2, 9)
        makers = (
            policy.drawn(rng, K, mean, std, scale, 2, 20, training=True),
            world.drawn(rng, steps, scale, mean, std, 2, 1.0, **ends),
        )
        numbers = rng.uniform(-0.5, 3) * scale, steps, int(rng.integers(1, 1000))
        try:
            given = played(answer, makers, numbers)
            right = played(lambda *args: exercise("run_episode").oracle(*args)[0], makers, numbers)
            for g, r in zip(given, right, strict=True):
                if np.shape(g) != np.shape(r) or not np.allclose(g, r, rtol=1e-4, atol=1e-4):
                    return False
        except Exception:
            return False
    return True


def _same_model(cls, draws: int) -> bool:
    rng = np.random.default_rng(7)
    oracle = DecisionTransformerModel(model_cases.config()).eval()
    try:
        model = cls(model_cases.config()).eval()
        every = list(itertools.product((1, 2), (1, 3), (True, False), (True, False, None)))
        for batch, steps, masked, return_dict in (*every, *(drawing.windows(rng) for _ in range(draws))):
            state = model_cases.drawn_weights(oracle, rng)
            oracle.load_state_dict(state)
            model.load_state_dict(state)
            inputs = model_cases.inputs(oracle.config, rng, batch, steps, mask=masked)
            with torch.no_grad():
                right = oracle(**inputs, return_dict=return_dict)
                given = model(**inputs, return_dict=return_dict)
            if return_dict is False:
                right, given = (dict(zip("sar", values, strict=True)) for values in (right, given))
            real = inputs["attention_mask"] > 0 if masked else torch.ones(batch, steps) > 0
            for key in right:
                if key != "last_hidden_state" and not torch.allclose(given[key][real], right[key][real], atol=1e-5):
                    return False
    except Exception:
        return False
    return True
