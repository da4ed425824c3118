"""An environment and a model as a student's function meets them. What they do is done by those they ask: in a check
an object beside them, while grading the grader's own process, over a pipe. `record` is that object, if it is at hand.

Nothing in here knows the environment's state or the model's weights: it goes into the sandbox as it is.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import nn

Ask = Callable[..., Any]  # (method, *what it is given) -> its answer; raises what the method raises


class Environment:
    """With gymnasium's `reset` and `step`. `facts`: state_dim, act_dim."""

    kind = "environment"
    METHODS = ("reset", "step")

    def __init__(self, facts: dict, ask: Ask, record: Any = None):
        self.facts, self.ask, self.record = facts, ask, record
        self.observation_space = _box(facts["state_dim"], np.inf)
        self.action_space = _box(facts["act_dim"], 1.0)

    def made_of(self) -> dict:
        """What another one like it is made of, but for whom it asks."""
        return {"facts": self.facts}

    def reset(self, *, seed=None, options=None):
        """The first observation (state_dim,) and a dict; each start without a seed is another one."""
        return self.ask("reset", seed)

    def step(self, action):
        """The next observation, the reward, terminated, truncated and a dict. As gymnasium's robots it takes whatever
        numpy reads, and no tensor: their reward is computed with numpy's functions, which fail on one."""
        if isinstance(action, torch.Tensor) and not action.requires_grad:  # numpy itself refuses one with a gradient
            raise TypeError("env.step takes an array, and this action is a torch tensor: action.numpy() is an array")
        return self.ask("step", np.asarray(action, dtype=np.float64))

    def render(self):
        return None

    def close(self):
        pass

    @property
    def unwrapped(self):
        return self


class Model(nn.Module):
    """Called like the Decision Transformer. `facts` is its config; `training` is the mode in which it comes."""

    kind = "model"
    METHODS = ("predict",)

    def __init__(self, facts: dict, ask: Ask, record: Any = None, training: bool = True):
        super().__init__()
        self.facts, self.ask, self.record = facts, ask, record
        self.config = SimpleNamespace(**facts)
        self.weight = nn.Parameter(torch.zeros(()))  # so that gradients flow, unless they are turned off
        self.train(training)

    def made_of(self) -> dict:
        return {"facts": self.facts, "training": self.training}

    @property
    def device(self) -> torch.device:
        return self.weight.device

    @property
    def dtype(self) -> torch.dtype:
        return self.weight.dtype

    def forward(
        self,
        states=None,
        actions=None,
        rewards=None,
        returns_to_go=None,
        timesteps=None,
        attention_mask=None,
        output_hidden_states=None,
        output_attentions=None,
        return_dict=None,
    ):
        given = [states, actions, returns_to_go, timesteps, attention_mask]
        tensors = [value for value in given if isinstance(value, torch.Tensor)]
        learns = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in (self.weight, *tensors))
        given = [value.detach() if isinstance(value, torch.Tensor) else value for value in given]
        found = self.ask("predict", self.training, learns, *given)
        if learns:
            found = [value + 0 * self.weight for value in found]
        return tuple(found) if return_dict is False else Predictions(zip(Predictions.names, found, strict=True))


class Predictions(dict):
    """As transformers' outputs: read by attribute, by name or by place."""

    names = ("state_preds", "action_preds", "return_preds")

    def __getattr__(self, name: str):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, key):
        return super().__getitem__(key) if isinstance(key, str) else self.to_tuple()[key]

    def to_tuple(self) -> tuple:
        return tuple(self.values())


FACES: dict[str, type] = {face.kind: face for face in (Environment, Model)}


def _box(width: int, limit: float) -> SimpleNamespace:
    """What is read of a gymnasium space."""
    high = np.full(width, limit, np.float32)
    return SimpleNamespace(shape=(width,), low=-high, high=high, dtype=np.dtype(np.float32))
