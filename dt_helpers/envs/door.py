"""Open an environment given as an id, a class or another callable that makes one, or an instance, wrapped or not."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

import gymnasium
import numpy as np

from dt_helpers import envs
from dt_helpers.envs import cautions
from dt_helpers.machine.telling import tell, tell_once

_AGENTS = (
    "{} has several agents, and a model acts for one: write a gymnasium.Env around it whose observation, action and "
    "reward are those of one agent, or of all of them one after another."
)
_INTERFACE = (
    "gymnasium's interface is needed: reset(seed=...) returns (observation, info), step(action) five values, "
    "(observation, reward, terminated, truncated, info)"
)
Environment = object  # a str, a callable without required arguments, or a gymnasium.Env


def name_of(env: Environment) -> str:
    """An environment's name for messages: its id, or the name of its class or function."""
    if isinstance(env, str):
        return env
    if isinstance(env, gymnasium.Env):
        return env.spec.id if env.spec is not None else type(env.unwrapped).__name__
    return getattr(env, "__name__", type(env).__name__)


def open_all(env: Environment, count: int, stack: ExitStack, drawn: bool = False) -> list[gymnasium.Env]:
    """`count` environments, which `stack` closes; an instance is returned alone, and stays open. So is the one that a
    function gives again and again, in a wrapper or without.

    `drawn`: those that aren't MuJoCo's can ``render()`` frames. Raises ValueError for anything but an environment.
    """
    if isinstance(env, gymnasium.vector.VectorEnv) or several(env):
        raise ValueError(
            "Pass a single environment, not a vector environment: its id, its class, or a function that makes one. "
            "Several of them then run in parallel here."
        )
    if isinstance(env, gymnasium.Env):
        _require_spaces(env, env)
        return [env]
    with ExitStack() as closing:
        if count > 1 and _of_others(env):
            one = _closed_by(closing, _make(env, drawn))
            try:
                other = _closed_by(closing, _make(env, drawn))
            except Exception as error:
                tell(f"{name_of(env)}: a second copy can't be made ({error}), so its episodes run one after another.")
                closing.close()
                return [_closed_by(stack, _make(env, drawn))]
            alone = _inner(one) is not _inner(other) and cautions.why_one_alone(one, other, name_of(env))
            if alone:
                tell(f"{name_of(env)}: {alone}, so its episodes run one after another.")
                closers = closing.pop_all()
                if alone == cautions.SHARED:  # to close one copy may end the world of the other
                    return [_closed_by(stack, one)]
                if alone in (cautions.APART, cautions.KEPT):
                    closers.close()
                else:
                    stack.enter_context(closers)
                return [_closed_by(stack, _make(env, drawn))]
        made = [_closed_by(closing, _make(env, drawn)) for _ in range(count)]
        closers = closing.pop_all()
    if len({id(_inner(each)) for each in made}) < count:
        return made[:1]
    stack.enter_context(closers)
    return made


def reset(env: gymnasium.Env, seed: int) -> object:
    """The first observation. Raises ValueError if the environment has another interface than gymnasium's."""
    try:
        answer = env.reset(seed=seed)
    except TypeError as error:
        if "seed" not in str(error):
            raise
        raise ValueError(f"{name_of(env)}: reset() takes no seed, as in the old gym: {_INTERFACE}.") from error
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], Mapping | None)):
        raise ValueError(f"{name_of(env)}: reset() returned the observation alone, as in the old gym: {_INTERFACE}.")
    return answer[0]


def step(env: gymnasium.Env, action: object) -> tuple[object, float, bool, bool]:
    """The observation, the reward, whether the episode ended, and whether it was cut. Raises ValueError as `reset`."""
    answer = env.step(action)
    if len(answer) != 5:
        old = ", as in the old gym" if len(answer) == 4 else ""
        cost = " If there is a cost as well, take it from the reward in a wrapper." if len(answer) == 6 else ""
        raise ValueError(f"{name_of(env)}: step() returned {len(answer)} values{old}: {_INTERFACE}.{cost}")
    observation, reward, terminated, truncated = answer[:4]
    return observation, _number(reward, env), _flag(terminated, env, "third"), _flag(truncated, env, "fourth")


def _flag(value: object, env: gymnasium.Env, place: str) -> bool:
    """`terminated` or `truncated`. A number that is 0 or 1 is asked about, once: it may be a cost."""
    found = np.asarray(value)
    if found.dtype == bool and found.size == 1:
        return bool(found.reshape(()))
    name = "terminated" if place == "third" else "truncated"
    what = f"the {place} value of a step, `{name}`,"
    if found.size != 1 or found.dtype.kind not in "iuf" or found.reshape(()) not in (0, 1):
        raise ValueError(f"{name_of(env)}: {what} must be true or false, but is {value!r}: {_INTERFACE}.")
    if place == "third":
        tell_once(f"{name_of(env)}: {what} is a number, {value!r}. Is it a cost? 1 ends the episode here.")
    return bool(found.reshape(()))


def flattened(env: gymnasium.Env, space: gymnasium.Space, observation: object) -> np.ndarray:
    """An observation with parts as gymnasium flattens it. Raises ValueError if it is not of the space."""
    try:
        flat = np.asarray(gymnasium.spaces.flatten(space, observation))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ValueError(
            f"{name_of(env)} declares {space} as its observation_space, but observes {observation!r}, which is not of "
            f"it ({error}): declare what it observes."
        ) from error
    return flat


def _number(reward: object, env: gymnasium.Env) -> float:
    if isinstance(reward, Mapping):
        raise ValueError(_AGENTS.format(name_of(env)))
    try:
        (found,) = np.asarray(reward, np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name_of(env)}: the reward of a step must be one number, but is {reward!r}. Make one of it in a "
            "gymnasium.RewardWrapper."
        ) from None
    if not np.isfinite(found):
        raise ValueError(f"{name_of(env)}: the reward of a step is not finite: {found}.")
    return float(found)


def _inner(env: object) -> object:
    return getattr(env, "unwrapped", env)


def _closed_by(stack: ExitStack, made: gymnasium.Env) -> gymnasium.Env:
    """A class of one's own may have no ``close()``."""
    if hasattr(made, "close"):
        stack.callback(made.close)
    return made


def _make(env: Environment, drawn: bool) -> gymnasium.Env:
    if isinstance(env, str):
        made = envs.make(env)
        if drawn and not is_mujoco(made) and made.render_mode != "rgb_array":
            made.close()
            made = envs.make(env, render_mode="rgb_array")
        return made
    if _has_agents(env):
        raise ValueError(_AGENTS.format(name_of(env)))
    if not callable(env):
        raise ValueError(
            f"Pass an environment, not {env!r}: an id that is registered with gymnasium, such as 'HalfCheetah-v5', a "
            "class, a function that makes one, or an instance."
        )
    try:
        made = env(render_mode="rgb_array") if drawn else env()
    except TypeError:
        made = env()
    if _has_agents(made):
        raise ValueError(_AGENTS.format(name_of(env)))
    if isinstance(made, gymnasium.vector.VectorEnv) or several(made) or not hasattr(made, "step"):
        raise ValueError(f"{name_of(env)} must make one gymnasium environment, but made {made!r}.")
    _require_spaces(made, env)
    return made


def _require_spaces(made: gymnasium.Env, env: Environment) -> None:
    for name, example in (("observation_space", "Box(-numpy.inf, numpy.inf, (4,))"), ("action_space", "Discrete(2)")):
        if not isinstance(getattr(made, name, None), gymnasium.Space):
            raise ValueError(
                f"{name_of(env)} needs an `{name}` that is one of gymnasium's spaces, such as "
                f"`gymnasium.spaces.{example}`, but has {getattr(made, name, 'none')!r}."
            )


def several(env: object) -> bool:
    """Whether one object stands for several environments, as EnvPool's and Isaac Lab's do."""
    count = getattr(env, "num_envs", 1)
    return isinstance(count, int) and count > 1


def _of_others(env: Environment) -> bool:
    """Whether it is neither gymnasium's nor the course's own."""
    made_by = getattr(env, "__module__", "")
    if isinstance(env, str):
        spec = gymnasium.registry.get(env.rpartition(":")[2])
        made_by = "dt_helpers." if env in envs.V3 else str(spec.entry_point) if spec else ""
    return not str(made_by).startswith(("gymnasium.", "dt_helpers."))


def _has_agents(env: object) -> bool:
    """Whether it is one of PettingZoo's, whose spaces are methods that take the name of an agent."""
    return not isinstance(env, type) and callable(getattr(env, "observation_space", None))


def is_mujoco(env: gymnasium.Env) -> bool:
    return all(hasattr(env.unwrapped, name) for name in ("model", "data", "dt"))
