"""Record a policy in any gymnasium environment, one step after another.

The course's robots are rolled out many at a time (`dt_helpers.data.simulate`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import gymnasium
import numpy as np

from dt_helpers.data import columns, endings, rows, spaces
from dt_helpers.data.trajectories import COLUMNS, Trajectories
from dt_helpers.envs import cautions, door
from dt_helpers.machine.bars import bar

LONGEST = 100_000  # steps of an episode, if nobody says after how many it is over


def record(
    policy: Callable[[np.ndarray], np.ndarray],
    env: door.Environment,
    episodes: int = 200,
    steps: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
    progress: bool = True,
    name: str = "recordings",
) -> Trajectories:
    """Episodes of `policy` in `env`: an id, a class, a function that makes an environment, or an instance.

    The policy turns observations (1, ...) into actions (1, ...), in the environment's units; Dict and Tuple
    observations are flattened as by gymnasium. `noise` is the standard deviation of the noise added to actions with
    bounds, in units of half their range; the sum is clipped to the bounds. Episode i starts at
    ``env.reset(seed=seed + i)`` and ends when the environment ends it, or after `steps`. The same arguments give the
    same data, where the environment draws everything from its seed.

    Raises ValueError for anything but an environment, for noise on actions that are choices, for spaces that
    `Trajectories` does not take, for observations that change their shape, and for an episode without an end.
    """
    rng = np.random.default_rng(seed)
    parts: dict[str, list] = {column: [] for column in COLUMNS}
    lengths = []
    with ExitStack() as stack:
        (opened,) = door.open_all(env, 1, stack)
        cautions.tell_statistics(opened, door.name_of(opened))
        cautions.require_fixed_size(opened.observation_space, door.name_of(opened))
        space = opened.action_space
        if noise and not isinstance(space, gymnasium.spaces.Box):
            raise ValueError(
                f"Noise needs actions with bounds, but those of {door.name_of(env)} are {space}: set noise=0."
            )
        spaces.refuse_images(opened.observation_space, asked=True, way="keep with gymnasium.wrappers.FilterObservation")
        nested = isinstance(opened.observation_space, gymnasium.spaces.Dict | gymnasium.spaces.Tuple)
        shown = stack.enter_context(bar(episodes, f"recording {name}", show=progress, unit="episode"))
        for i in range(episodes):
            observation: Any = door.reset(opened, seed + i)
            length, ended, terminated = 0, False, False
            while not ended and (steps is None or length < steps):
                seen = door.flattened(opened, opened.observation_space, observation) if nested else observation
                seen = columns.array(seen, "observations") if hasattr(seen, "detach") else seen  # a torch tensor
                seen = np.array(seen)  # the environment may change its own in place
                if parts["observations"] and seen.shape != parts["observations"][0].shape:
                    raise ValueError(
                        f"{door.name_of(opened)}: the observations must be of one shape, but the first was of shape "
                        f"{parts['observations'][0].shape}, and one in episode {i} of {seen.shape}: wrap the "
                        "environment, so that it observes a Box."
                    )
                action = np.array(policy(seen[None]))[0]
                if isinstance(space, gymnasium.spaces.Box):
                    action = _disturbed(action, space, noise, rng)
                observation, reward, terminated, truncated = door.step(opened, action)
                for column, value in zip(COLUMNS, (seen, action, reward, terminated), strict=True):
                    parts[column].append(np.array(value))
                length, ended = length + 1, terminated or truncated
                if steps is None and length == LONGEST and not ended:
                    raise ValueError(
                        f"An episode of {door.name_of(env)} has not ended after {LONGEST:,} steps: say with `steps=` "
                        "after how many to end it, or wrap the environment in gymnasium.wrappers.TimeLimit."
                    )
            lengths.append(length)
            shown.update()
        choice = isinstance(opened.observation_space, gymnasium.spaces.Discrete)
        cells = opened.observation_space if choice else None
    joined = {column: np.asarray(values) for column, values in parts.items()}
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    told: dict[str, Any] = {"env": door.name_of(opened), "action_space": space, "observation_space": cells}
    with endings.seen():
        return rows.assemble(joined, offsets, name, observation_key=_parts_in_order(opened.observation_space), **told)


def _parts_in_order(space: gymnasium.Space) -> tuple[str, ...] | None:
    """The names of the parts as gymnasium flattens them; None if the names alone don't say the order."""
    if not isinstance(space, gymnasium.spaces.Dict):
        return None
    simple = not any(isinstance(part, gymnasium.spaces.Dict | gymnasium.spaces.Tuple) for part in space.values())
    return tuple(space) if simple else None


def _disturbed(action: np.ndarray, space: gymnasium.spaces.Box, noise: float, rng: np.random.Generator) -> np.ndarray:
    half = (space.high - space.low) / 2  # (act_dim,)
    tremble = noise * half * rng.normal(size=half.shape) if noise else 0.0
    return np.clip(action + tremble, space.low, space.high).astype(space.dtype)
