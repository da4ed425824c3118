"""Between a model and an environment: from observations to the model's states, from its predictions to actions.

Whatever an environment may return wrongly gets a clear error here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import Env
from gymnasium import spaces as kinds

from dt_helpers.data import spaces
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.envs import cautions, door
from dt_helpers.machine.telling import tell

FAR = 50  # standard deviations from the data's mean; beyond it, a warning is printed


class Robot:
    """An environment as the model sees it."""

    def __init__(
        self,
        env: Env,
        config,
        facts: ReplayFacts,
        observe: Callable[[Env], np.ndarray] | None = None,
        rng: np.random.Generator | None = None,  # draws choices by their probabilities; None: the likeliest is taken
        said: set[str] | None = None,  # what has been told already, by any robot of a run
    ):
        self.env, self.config, self.observe, self.rng = env, config, observe, rng
        self.name, self.actions = door.name_of(env), facts.action_space
        self.cells, self.key, self.shape = facts.observation_space, facts.observation_key, facts.observation_shape
        self.said = set() if said is None else said
        self.allowed: np.ndarray | None = None  # for choices: those that the environment has

    def reset(self, seed: int) -> np.ndarray:
        """The first state (state_dim,). Raises ValueError if the model has other sizes."""
        state = self._state(door.reset(self.env, seed), 0)
        self._require_fit(len(state))
        return state

    def step(self, prediction: np.ndarray) -> tuple[np.ndarray, float, bool, np.ndarray]:
        """Step with the prediction (act_dim,). Returns the state (state_dim,), the reward, whether the episode is over,
        and the action as the model will see it (act_dim,)."""
        action, seen = self._action(prediction)
        observation, reward, terminated, truncated = door.step(self.env, action)
        over = terminated or truncated
        if over and observation is None:  # no action follows
            return np.zeros(self.config.state_dim), reward, over, seen
        state = self._state(observation, None)
        if len(state) != self.config.state_dim:
            raise ValueError(
                f"{self.name}: the observations must be of one shape, but reset() gave {self.config.state_dim} "
                f"numbers, and step() {len(state)}: wrap the environment, so that it observes a Box."
            )
        return state, reward, over, seen

    def _state(self, observation: object, step: int | None) -> np.ndarray:
        state = self._encoded(observation) if self.observe is None else np.asarray(self.observe(self.env))
        if not np.isfinite(state).all():
            raise ValueError(f"{self.name} returned an observation that is not finite (nan, inf): {state}.")
        return state

    def _encoded(self, observation: Any) -> np.ndarray:
        space, dim = self.env.observation_space, self.config.state_dim
        if self.key is not None and isinstance(space, kinds.Dict | kinds.Tuple):
            space, observation = self._read(space, observation)
        elif isinstance(self.key, tuple) and len(self.key) > 1 and "order" not in self.said:
            self.said.add("order")
            parts = ", ".join(map(str, self.key))
            tell(f"{self.name} observes a single vector: are its numbers in the order of the data's parts, {parts}?")
        if self.cells is not None:
            state = self.cells.encode(np.asarray(observation).reshape(1, -1))[0]
            if state.sum() < len(self.cells.sizes) and "unknown" not in self.said:
                self.said.add("unknown")
                tell(f"{self.name} shows {observation}, which the data does not have: the model sees zeros there.")
            return state
        cautions.require_fixed_size(space, self.name)
        if isinstance(space, kinds.Dict | kinds.Tuple):
            flat = door.flattened(self.env, space, observation) if space.is_np_flattenable else np.zeros(0)
            if len(flat) == dim:
                self._ask_order(space)
                return flat
            plain = _plain(space, observation)
            if len(plain) == dim:
                return plain
            raise ValueError(
                f"{self.name} observes a {type(space).__name__} of {len(plain)} numbers ({len(flat)} if gymnasium "
                f"flattens it), but the model was made for {dim}: train on data that was read with key=, or flatten "
                "both with gymnasium.wrappers.FlattenObservation."
            )
        if isinstance(space, kinds.Discrete) and np.size(observation) != 1:
            raise ValueError(
                f"{self.name} declares {space} as its observation_space, one whole number, but observes "
                f"{np.shape(observation)}: declare what it observes, MultiBinary({np.size(observation)}) or a Box."
            )
        if isinstance(space, kinds.Discrete) and dim == space.n > 1:
            return np.asarray(kinds.flatten(space, observation), np.float32)
        found = np.asarray(observation, None if isinstance(observation, np.ndarray) else np.float64)
        if self.shape is not None and found.ndim > 1 and found.shape != tuple(self.shape) and found.size == dim:
            raise ValueError(
                f"{self.name} observes {found.shape}, but the observations in the model's data were "
                f"{tuple(self.shape)} before they were flattened: put the axes in the same order."
            )
        return found.reshape(-1)

    def _ask_order(self, space) -> None:
        """The data had vectors, or parts whose names it did not keep."""
        if isinstance(space, kinds.Dict) and len(space.spaces) > 1 and self.key is None and "order" not in self.said:
            self.said.add("order")
            parts = ", ".join(map(str, space.spaces))
            tell(f"{self.name} observes parts, in this order: {parts}. Do the data's vectors have it too?")

    def _read(self, space, observation: Any) -> tuple[Any, Any]:
        """The parts that the model's data was read with, in its order: their space, and the observation of it."""
        parts = [self.key] if isinstance(self.key, str) else list(self.key or ())
        if lost := [part for part in parts if not isinstance(space, kinds.Dict) or part not in space.spaces]:
            raise ValueError(
                f"{self.name} observes {space}, which has no part {lost[0]!r}; the model's data was read with "
                f"key={self.key!r}. Use the environment that its data comes from."
            )
        space = spaces.by_name(space, parts)
        return (space[parts[0]], observation[parts[0]]) if len(parts) == 1 else (space, observation)

    def _action(self, prediction: np.ndarray) -> tuple[object, np.ndarray]:
        """The action for the environment, and the action as the model will see it."""
        space = self.env.action_space
        if isinstance(self.actions, spaces.Choices):
            logits = prediction if self.allowed is None else np.where(self.allowed, prediction, -np.inf)
            if self.rng is not None:  # the largest of logits + Gumbel noise is a draw from their softmax
                logits = logits + self.rng.gumbel(size=logits.shape)
            chosen = self.actions.decode(logits)
            return _shaped(chosen, space), self.actions.encode(chosen[None])[0]
        if isinstance(space, kinds.Discrete):  # a model of one-hot rows
            return int(space.start + prediction.argmax()), prediction
        action = self.actions.from_model(prediction)
        if np.issubdtype(space.dtype, np.integer):
            action = np.rint(action)
        if isinstance(space, kinds.Box):
            action = np.clip(action.reshape(space.shape), space.low, space.high).astype(space.dtype, copy=False)
        return action, prediction

    def _require_fit(self, state_dim: int) -> None:
        space, name = self.env.action_space, self.name
        have = (self.config.state_dim, self.config.act_dim)
        choices = self.actions if isinstance(self.actions, spaces.Choices) else None
        found = spaces.of_gymnasium(space, f"The actions of {name}:")
        need = (state_dim, found.dim)
        if choices is None and isinstance(found, spaces.Choices) and (found.dim != have[1] or len(found.sizes) > 1):
            raise ValueError(f"{name} takes {space} as actions, but the model's are continuous: {self._discrete()}.")
        same = choices is not None or found.dim == have[1]
        if choices is not None and isinstance(found, spaces.Choices):
            same = len(found.sizes) == len(choices.sizes)
            need = (state_dim, found.dim) if not same else (state_dim, have[1])
        if state_dim != have[0] or not same:
            raise ValueError(
                f"{name} has {need[0]} state and {need[1]} action dimensions, but the model was made for {have[0]} and "
                f"{have[1]}. Use the environment that its data comes from."
            )
        if choices is not None:
            self._require_choices(choices, found, space)
        self._require_cells(self.env.observation_space)

    def _require_choices(self, own: spaces.Choices, found: spaces.Actions, space) -> None:
        if isinstance(found, spaces.Continuous):
            if not np.issubdtype(space.dtype, np.integer) or found.dim != len(own.sizes):
                raise ValueError(
                    f"{self.name} takes {space} as actions, but the model's are {own}, as its data holds whole "
                    "numbers. If they are not choices, read the data with `action_space=env.action_space`."
                )
            low, size = np.ravel(space.low).astype(float), np.ravel(space.high).astype(float) + 1
        else:
            low = np.array(found.starts)
            size = low + found.sizes
        numbers = [start + np.arange(count) for start, count in zip(own.starts, own.sizes, strict=True)]
        if any(0 > part[0] < first for part, first in zip(numbers, low, strict=True)):  # it is in the data
            raise ValueError(
                f"{self.name} takes {space} as actions, but those in the model's data go down to "
                f"{', '.join(str(part[0]) for part in numbers)}. Does that stand for no action? Then leave these steps "
                "out. Or does the data count from another number? Then add the difference to its actions before."
            )
        allowed = [(part >= first) & (part < end) for part, first, end in zip(numbers, low, size, strict=True)]
        if any(not part[-1] for part in allowed):
            raise ValueError(
                f"{self.name} takes {space} as actions, but those in the model's data go up to "
                f"{', '.join(str(part[-1]) for part in numbers)}. Use the environment that its data comes from; if the "
                f"data counts from another number than the environment, which counts from "
                f"{', '.join(str(int(start)) for start in low)}, add the difference to its actions before."
            )
        self.allowed = np.concatenate(allowed)

    def _require_cells(self, space) -> None:
        """Observations that are choices must be counted from the same number."""
        if not (isinstance(self.cells, spaces.Choices) and isinstance(space, kinds.Discrete)):
            return
        first, last = self.cells.starts[0], self.cells.starts[0] + self.cells.sizes[0] - 1
        if space.start > first and space.start + space.n - 1 > last:
            raise ValueError(
                f"{self.name} observes {space}, but the states in the model's data are {first} to {last}. If the data "
                f"counts from 0, add {space.start - first} to its observations before; if it counts as the environment "
                "does, read it with `observation_space=env.observation_space`."
            )

    @staticmethod
    def _discrete() -> str:
        return "train on whole numbers, or read the data with `action_space=env.action_space`"


def tell_bounds(robot: Robot) -> None:
    """Say if the environment's action bounds are wider or narrower than the model's."""
    space, own = robot.env.action_space, robot.actions
    if not isinstance(space, kinds.Box) or not isinstance(own, spaces.Continuous):
        return
    low, high = np.ravel(space.low), np.ravel(space.high)
    known = np.isfinite(low) & np.isfinite(high)
    width = np.where(known, high, 1) - np.where(known, low, 0)
    apart = known & (np.maximum(np.abs(low - own.low), np.abs(high - own.high)) > 1e-2 * width)
    if apart.any() and "bounds" not in robot.said:
        robot.said.add("bounds")
        other = spaces.Continuous(tuple(low), tuple(high))
        tell(
            f"{robot.name} has other action bounds, {other}, than the model's data, {own}: actions beyond them are "
            "clipped, and the model never leaves its own. If the data was logged in other units, wrap the environment: "
            "gymnasium.wrappers.RescaleAction(env, low, high), with the data's bounds."
        )


def tell_origin(facts: ReplayFacts, name: str) -> None:
    """Say so if the model's data comes from another robot."""
    from dt_helpers import data

    home = data.home(facts)
    if home is not None and _robot(home) != _robot(name) and isinstance(name, str):
        tell(f"The model learned from recordings of {home} ({facts.dataset or ''}), but this is {name}.")


def _robot(name: str) -> str:
    return name.rpartition("/")[2].rpartition("-v")[0]


def _plain(space: Any, observation: Any) -> np.ndarray:
    """The numbers of an observation with parts, as they are there: no choice becomes one-hot."""
    if not isinstance(space, kinds.Dict | kinds.Tuple):
        return np.ravel(observation)
    names: Any = space.spaces if isinstance(space, kinds.Dict) else range(len(space.spaces))
    return np.concatenate([_plain(space[name], observation[name]) for name in names])


def _shaped(chosen: np.ndarray, space) -> object:
    """Choices (parts,) in the form of the environment's space."""
    if isinstance(space, kinds.Discrete):
        return np.int64(chosen[0])
    return chosen.reshape(space.shape).astype(space.dtype)
