"""What a run takes from its data: the returns' scale, room for its timesteps, K where episodes are short.

The robots keep their published constants. What was taken is printed, and so is what can't be learned.
"""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np

from dt_helpers.data import spaces
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.envs import ROBOTS
from dt_helpers.training.settings import Settings

PUBLISHED = 1000.0  # `scale` and `max_ep_len` of https://github.com/kzl/decision-transformer/blob/master/gym
SUITED = (0.1, 10.0)  # deviations of scaled returns for which `PUBLISHED` will do


def return_scale(data: Trajectories) -> float:
    """What returns are divided by: `PUBLISHED` for the course's robots and for returns that suit it, else the returns'
    deviation, or, where that is 0, their size."""
    deviation = float(data.returns.std())
    size = float(np.abs(data.returns).max())
    robot, _, _ = (data.env or "").rpartition("/")[2].rpartition("-v")
    if robot in ROBOTS or SUITED[0] <= deviation / PUBLISHED <= SUITED[1]:
        return PUBLISHED
    return deviation if deviation > 1e-9 * size else size or 1.0


def of_model(settings: Settings, config) -> Settings:
    """`settings` with what a model that is trained further already has: its sizes, K, scale and timesteps."""
    sizes = {name: getattr(config, name) for name in ("max_ep_len", "hidden_size", "n_layer", "n_head")}
    facts = ReplayFacts.of(config)
    return replace(settings, scale=facts.return_scale, context_length=facts.context_length, **sizes)


def resolve(settings: Settings, data: Trajectories, further: bool = False) -> tuple[Settings, list[str]]:
    """`settings` with numbers for what has to be taken from the data, and lines that say what was taken and what can't
    be learned. `further`: they are those of a model (`of_model`). Raises ValueError for settings that are out of range.
    """
    for name in ("context_length", "steps", "batch_size", "hidden_size", "n_layer", "n_head"):
        value = getattr(settings, name)
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{name} has to be a whole number, at least 1, not {value!r}.")
    if settings.hidden_size % settings.n_head:
        raise ValueError(
            f"hidden_size has to be a multiple of n_head, as each head has its share of a token's components; they are "
            f"{settings.hidden_size} and {settings.n_head}."
        )
    for name in ("scale", "max_ep_len"):
        value = getattr(settings, name)
        if value is not None and not value > 0:
            raise ValueError(f"{name} has to be above 0, or None to take it from the data; it is {value!r}.")
    longest = int(data.lengths.max())
    taken: dict[str, Any] = {}
    said: list[str] = []
    if settings.scale is None:
        taken["scale"] = return_scale(data)
        if taken["scale"] != PUBLISHED:
            said.append(f"returns are divided by {taken['scale']:.4g}")
    if settings.max_ep_len is None:
        taken["max_ep_len"] = max(int(PUBLISHED), longest)
        if longest > PUBLISHED:
            said.append(f"timesteps up to {longest:,} have an embedding")
    elif longest > settings.max_ep_len:
        said.append(
            f"timesteps from {settings.max_ep_len:,} on look the same (max_ep_len), and episodes have {longest:,}"
        )
    if longest < settings.context_length and not further:
        taken["context_length"] = longest
        said.append(f"K is {longest}, the longest episode")
    space = data.space
    if isinstance(space, spaces.Continuous) and not space.is_unit and not further:
        said.append(f"actions are scaled from their bounds, {space}, to ±1")
    elif isinstance(space, spaces.Choices):
        said.append(f"actions are {space}, one-hot, learned by cross-entropy")
    lines = [f"{data.name}: taken from the data: {', '.join(said)}."] if said else []
    return replace(settings, **taken), lines + _unlearnable(data)


def _unlearnable(data: Trajectories) -> list[str]:
    lines = []
    if data.dead.any():
        lines.append(
            f"{data.name}: observations {np.flatnonzero(data.dead).tolist()} are constant in the data: nothing can be "
            "learned from them, and another value would meet untrained weights."
        )
    deviation, size = float(data.returns.std()), float(np.abs(data.returns).max())
    if deviation <= 1e-6 * size:
        lines.append(
            f"{data.name}: all returns are the same ({data.returns[0]:.4g}): the model can't learn to follow a target."
        )
    elif size > 100 * deviation:
        lines.append(
            f"{data.name}: the returns' deviation is only {deviation:.3g}, and they are as large as {size:.4g}: a "
            "target may have little effect. Subtract a constant from the rewards."
        )
    return lines
