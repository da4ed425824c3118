"""What goes wrong unseen in others' environments: copies that share one world, wrappers that keep statistics."""

from __future__ import annotations

import pickle
import time

import gymnasium

from dt_helpers.machine.telling import tell

STEPS, SECONDS = 50, 1.0  # at most so many steps, and so long, are looked at


def share_a_world(one: gymnasium.Env, other: gymnasium.Env) -> bool:
    """Whether a copy of an environment goes on differently if another one is stepped beside it, as where the simulator
    is one for the whole process. Both are reset and stepped."""
    try:
        alone = _steps(one, None, STEPS)
        if _steps(one, None, len(alone)) != alone:
            return False  # what a seed doesn't determine tells nothing
        return _steps(one, other, len(alone)) != alone
    except Exception:  # whatever it is, it is told where the environment is used
        return False


def _steps(env: gymnasium.Env, beside: gymnasium.Env | None, most: int) -> list[bytes]:
    """What an episode shows in its first steps, with the same actions each time."""
    until = time.monotonic() + (SECONDS if most == STEPS else 60)
    found = [pickle.dumps(env.reset(seed=0)[0])]
    if beside is not None:
        beside.reset(seed=1)
    env.action_space.seed(0)
    over = False
    while len(found) < most and not over and time.monotonic() < until:
        action = env.action_space.sample()
        if beside is not None:
            beside.step(action)
        observation, reward, terminated, truncated, _ = env.step(action)
        over = bool(terminated or truncated)
        found.append(pickle.dumps((observation, float(reward), over)))
    return found


def tell_statistics(env: object, name: str) -> None:
    """Print what a wrapper does that normalises by what it has seen so far, such as gymnasium's NormalizeReward."""
    while isinstance(env, gymnasium.Wrapper):
        if "return_rms" in vars(env):
            tell(f"{name}: {type(env).__name__} scales the rewards, so that returns are not the environment's own.")
        if "obs_rms" in vars(env):
            tell(
                f"{name}: {type(env).__name__} scales observations by what it has seen, and each copy begins with none: "
                "record and evaluate in one instance, with its `update_running_mean = False` from then on."
            )
        env = env.env
