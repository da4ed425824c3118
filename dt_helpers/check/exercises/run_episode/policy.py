"""The model of the check: a Decision Transformer in what matters to the loop, and in nothing else.

Each position sees its own return-to-go, state and time, and all of the steps before it, as far as the mask has them; it
doesn't see its own action. So whatever leaves a Decision Transformer's action as it was, such as the padding's values,
leaves this one's, too.
"""

from dataclasses import dataclass

import numpy as np
import torch

from dt_helpers.check.engine.answers import describe
from dt_helpers.check.engine.exercise import Maker
from dt_helpers.check.engine.faces import Model

HIDDEN = 12
MOST = 64  # episodes that are asked about at once
WHOLE = (torch.int64, torch.int32)


@dataclass(frozen=True, eq=False)
class Policy(Maker):
    """What a model is made from; each call makes one."""

    config: dict  # context_length, state_mean, state_std, return_scale, state_dim, act_dim, max_ep_len
    weights: dict[str, np.ndarray]  # float64: rounding, which is not the same on all machines, stays far below
    training: bool = True  # the mode in which it comes

    def __call__(self, like=None) -> Model:
        asked = _Asked(self)
        return Model(self.config, asked.answer, asked, self.training)


def drawn(
    rng, K: int, mean, std, scale: float, act_dim: int, max_ep_len: int, training: bool, far: float = 1.0
) -> Policy:
    """A policy with these numbers and any weights. `far` is the size of a usual normalised state."""
    state_dim = len(mean)
    config = {
        "state_dim": state_dim,
        "act_dim": act_dim,
        "context_length": K,
        "max_ep_len": max_ep_len,
        "state_mean": mean.tolist(),
        "state_std": std.tolist(),
        "return_scale": scale,
    }
    sizes = {
        "return": (1, HIDDEN, 0.6),
        "state": (state_dim, HIDDEN, 0.8 / far / state_dim**0.5),
        "action": (act_dim, HIDDEN, 1.5 / act_dim**0.5),
        "time": (max_ep_len, HIDDEN, 0.6),
        "to_state": (HIDDEN, state_dim, 0.3),
        "to_action": (HIDDEN, act_dim, 1.0 / HIDDEN**0.5),
        "to_return": (HIDDEN, 1, 0.3),
    }
    weights = {name: rng.normal(size=size) * spread for name, (*size, spread) in sizes.items()}
    weights["dropout"] = np.where(rng.permutation(HIDDEN) < HIDDEN // 3, 0.0, 1.5)
    return Policy(config, weights, training)


class _Asked:
    """One model, and what it was asked."""

    def __init__(self, policy: Policy):
        self.policy = policy
        self.learned = False
        self.windows: list[tuple] = []  # of each question, what was shown, the actions predicted from it, and the mode

    def __deepcopy__(self, memo) -> "_Asked":
        return self  # who asks a copy of the model asks the model

    def answer(self, method: str, training, learns, *window):
        """state_preds, action_preds and return_preds, each (batch, steps, ...)."""
        self.learned |= bool(learns)
        shown = self._arrays(*window)
        predicted = [array.astype("float32") for array in self._predict(bool(training), *shown)]
        self.windows.append((shown, predicted[1], bool(training)))
        return tuple(map(torch.from_numpy, predicted))

    def seen(self) -> tuple:
        """Whether gradients were kept track of: 0 or 1."""
        return (float(self.learned),)

    def _predict(self, training: bool, states, actions, returns_to_go, timesteps, mask) -> tuple[np.ndarray, ...]:
        w = self.policy.weights
        now = returns_to_go @ w["return"] + states @ w["state"] + w["time"][timesteps]
        real = mask[..., None]  # (batch, steps, 1)
        later = real * np.tanh(now + actions @ w["action"])  # what later steps see of this one
        before, count = later.cumsum(axis=1) - later, real.cumsum(axis=1) - real
        hidden = np.tanh(now) + 1.5 * before / np.maximum(count, 1)  # (batch, steps, hidden)
        if training:
            hidden = hidden * w["dropout"]
        return hidden @ w["to_state"], np.tanh(hidden @ w["to_action"]), hidden @ w["to_return"]

    def _arrays(self, states, actions, returns_to_go, timesteps, mask) -> tuple[np.ndarray, ...]:
        """What the model was given, if it fits; else it raises what torch would, in words of its own."""
        config, shape = self.policy.config, _shape("states", states)
        if len(shape) != 3 or shape[2] != config["state_dim"]:
            raise ValueError(f"states has shape {shape}; (batch, steps, {config['state_dim']}) was expected")
        batch, steps = shape[:2]
        if batch > MOST or steps > config["max_ep_len"]:
            raise ValueError(f"states has shape {shape}; no episode is longer than {config['max_ep_len']} steps")
        mask = torch.ones(batch, steps) if mask is None else mask
        wanted = {
            "actions": (actions, (batch, steps, config["act_dim"])),
            "returns_to_go": (returns_to_go, (batch, steps, 1)),
            "timesteps": (timesteps, (batch, steps)),
            "attention_mask": (mask, (batch, steps)),
        }
        for name, (value, fits) in wanted.items():
            if (shape := _shape(name, value)) != fits:
                raise ValueError(f"{name} has shape {shape}; {fits} was expected, to go with the states")
        for name, value in (("states", states), ("actions", actions), ("returns_to_go", returns_to_go)):
            if value.dtype != torch.float32:
                raise RuntimeError(f"{name} is of dtype {_dtype(value)}; the model computes in float32")
        if timesteps.dtype not in WHOLE:
            raise RuntimeError(f"timesteps is of dtype {_dtype(timesteps)}; whole numbers (int64) were expected")
        times = timesteps.numpy()
        if times.size and not 0 <= times.min() <= times.max() < config["max_ep_len"]:
            raise IndexError(f"timesteps go from {times.min()} to {times.max()}; the model knows 0 to max_ep_len - 1")
        given = (states, actions, returns_to_go, timesteps, mask.to(torch.float32))
        return tuple(value.numpy().copy() for value in given)  # a student may write to them later on


def _shape(name: str, value) -> tuple[int, ...]:
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{name} has to be a tensor; it is {describe(value)}")
    return tuple(value.shape)


def _dtype(value: torch.Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")
