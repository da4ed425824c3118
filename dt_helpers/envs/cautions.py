"""What goes wrong unseen in others' environments: copies that share one world, wrappers that keep statistics."""

from __future__ import annotations

import time
from collections.abc import Mapping

import gymnasium
import numpy as np

from dt_helpers.machine.telling import tell

SHARED = "its copies share one world"
KEPT = "what happens in an episode depends on those before it"
APART = "two copies of it did not run side by side"
STEPS, SECONDS = 200, 1.0  # at most so many steps, and so long, are looked at


def why_one_alone(one: gymnasium.Env, other: gymnasium.Env, name: str) -> str:
    """Why copies of an environment can't run side by side: the simulator is one for the whole process, or starts do not
    depend on the seed alone. Empty if they can. Both are reset and stepped; what looks odd besides is printed."""
    try:
        alone, again = _steps(one, None), _steps(one, None)
        if alone[0] != again[0]:
            return "the same seed gave different starts"
        if alone[: len(again)] != again[: len(alone)]:
            tell(
                f"{name}: the same seed and the same actions gave two different episodes. Is everything drawn from "
                "`self.np_random`, and put back by reset()?"
            )
            return ""
        beside = _steps(one, other)
        if alone[: len(beside)] == beside[: len(alone)]:
            return ""
        last = _steps(one, None)
        return SHARED if alone[: len(last)] == last[: len(alone)] else KEPT
    except (TypeError, ValueError):  # of another interface: it is told where the environment is used
        return ""
    except Exception:  # if one copy fails as well, it is told there too
        return APART


def _steps(env: gymnasium.Env, beside: gymnasium.Env | None) -> list[tuple]:
    """What an episode shows in its first steps, with the same actions each time."""
    until = time.monotonic() + SECONDS
    found: list[tuple] = [(_shown(env.reset(seed=0)[0]),)]
    if beside is not None:
        beside.reset(seed=1)
    env.action_space.seed(0)
    over = False
    while len(found) < STEPS and not over and time.monotonic() < until:
        action = env.action_space.sample()
        if beside is not None:
            beside.step(action)
        observation, reward, terminated, truncated, _ = env.step(action)
        over = bool(terminated or truncated)
        found.append((_shown(observation), _shown(reward), over))
    return found


def _shown(value: object) -> object:
    """What can be compared, of numbers in any container and of any kind: an array's bytes, in its parts' order."""
    if isinstance(value, Mapping):
        return tuple((name, _shown(value[name])) for name in sorted(value, key=str))
    if isinstance(value, tuple | list):
        return tuple(map(_shown, value))
    array = np.asarray(value)
    return type(value) if array.dtype == object else (array.shape, array.tobytes())


def tell_statistics(env: object, name: str) -> None:
    """Print what a wrapper does that normalises by what it has seen so far, such as gymnasium's NormalizeReward."""
    while isinstance(env, gymnasium.Wrapper):
        if "return_rms" in vars(env):
            tell(f"{name}: {type(env).__name__} scales the rewards, so that returns are not the environment's own.")
        if "obs_rms" in vars(env):
            tell(
                f"{name}: {type(env).__name__} scales observations by what it has seen, and each copy begins with "
                "nothing: record and evaluate in one instance, with its `update_running_mean = False` from then on."
            )
        env = env.env


def require_fixed_size(space: gymnasium.Space, name: str) -> None:
    """Raises ValueError if the size of the observations, or of a part of them, changes from step to step."""
    if odd := _of_no_fixed_size(space, "what it observes"):
        raise ValueError(f"{name}: {odd} has no fixed size: wrap the environment, so that it observes a Box.")


def _of_no_fixed_size(space: gymnasium.Space, name: str) -> str:
    if isinstance(space, gymnasium.spaces.Sequence | gymnasium.spaces.Graph):
        return f"{name}, a {type(space).__name__},"
    parts: list = []
    if isinstance(space, gymnasium.spaces.Dict):
        parts = list(space.spaces.items())
    if isinstance(space, gymnasium.spaces.Tuple):
        parts = list(enumerate(space.spaces))
    return next((odd for key, part in parts if (odd := _of_no_fixed_size(part, f"the part {key!r}"))), "")
