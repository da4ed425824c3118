"""What actions and observations are, numbers within bounds or choices, and how they are converted for the model.

A model's actions lie within ±1. Numbers with other bounds are scaled to that and back; choices (gymnasium's Discrete,
MultiDiscrete, MultiBinary) are one-hot rows, one part per choice. The spaces are kept as JSON in the model's config.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from dt_helpers.data import lists, shapes

MOST_CHOICES = 1000  # integers with a wider range are numbers
NARROW = 0.1  # actions within this share of ±1 are scaled by the data's own range
ROUNDING = 1e-3  # by which actions may leave ±1


def _tuples(space: Continuous | Choices, kind: type) -> None:
    """Convert each field to a tuple of `kind`."""
    for field in fields(space):
        object.__setattr__(space, field.name, tuple(kind(x) for x in getattr(space, field.name)))


@dataclass(frozen=True)
class Continuous:
    """A vector of numbers within bounds, in the environment's units."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self):
        _tuples(self, float)

    @property
    def dim(self) -> int:
        return len(self.low)

    @property
    def is_unit(self) -> bool:
        """Whether the bounds are ±1, so that no scaling is needed."""
        return set(self.low) <= {-1.0} and set(self.high) <= {1.0}

    def to_model(self, actions: np.ndarray) -> np.ndarray:
        """Actions (..., dim), clipped to the bounds and scaled to ±1."""
        if self.is_unit:
            return actions
        low, high = np.asarray(self.low), np.asarray(self.high)
        half = (high - low) / 2
        scaled = (actions - (low + high) / 2) / np.where(half > 0, half, 1)
        return np.clip(scaled, -1, 1).astype(np.float32)

    def from_model(self, predictions: np.ndarray) -> np.ndarray:
        """The inverse of `to_model`."""
        if self.is_unit:
            return predictions
        low, high = np.asarray(self.low), np.asarray(self.high)
        return np.clip((low + high) / 2 + (high - low) / 2 * predictions, low, high).astype(np.float32)

    def __str__(self) -> str:
        if len(set(self.low)) == len(set(self.high)) == 1:
            return f"{self.low[0]:.4g} to {self.high[0]:.4g}"
        return ", ".join(f"{low:.4g} to {high:.4g}" for low, high in zip(self.low, self.high, strict=True))


@dataclass(frozen=True)
class Choices:
    """One or several choices per step, as one-hot rows: part i has `sizes[i]` numbers, the first for `starts[i]`."""

    sizes: tuple[int, ...]
    starts: tuple[int, ...]

    def __post_init__(self):
        _tuples(self, int)

    @property
    def dim(self) -> int:
        return sum(self.sizes)

    def encode(self, choices: np.ndarray) -> np.ndarray:
        """Choices (n,) or (n, parts) -> one-hot rows (n, dim) float32; an unknown choice becomes zeros."""
        choices = np.asarray(choices).reshape(len(choices), len(self.sizes))
        parts = [
            (choices[:, i, None] - start == np.arange(size))
            for i, (size, start) in enumerate(zip(self.sizes, self.starts, strict=True))
        ]
        return np.concatenate(parts, axis=1).astype(np.float32)

    def decode(self, rows: np.ndarray) -> np.ndarray:
        """The largest entry of each part: rows (..., dim) -> choices (..., parts) int64."""
        parts = np.split(np.asarray(rows), np.cumsum(self.sizes)[:-1], axis=-1)
        return np.stack([part.argmax(axis=-1) + start for part, start in zip(parts, self.starts, strict=True)], axis=-1)

    def to_model(self, actions: np.ndarray) -> np.ndarray:
        return actions

    def __str__(self) -> str:
        return " and ".join(
            f"{size} choices" + f" from {start}" * (start != 0)
            for size, start in zip(self.sizes, self.starts, strict=True)
        )


Actions = Continuous | Choices


def from_json(description: dict | None) -> Actions | None:
    """The inverse of `to_json`."""
    if not description:
        return None
    return (Choices if "sizes" in description else Continuous)(**{key: tuple(v) for key, v in description.items()})


def to_json(space: Actions | None) -> dict | None:
    return None if space is None else {key: list(value) for key, value in asdict(space).items()}


def about(
    actions: Actions,
    observations: Choices | None = None,
    **told: object,
) -> dict:
    """The entries for a model's config or a dataset's description, as JSON, with what else is `told`, if known."""
    bounds = None if actions == unit(actions.dim) else actions
    told |= {"action_space": to_json(bounds), "observation_space": to_json(observations)}
    return {key: value for key, value in told.items() if value is not None}


def of_model(config) -> Actions:
    """The actions of a model; ±1 if its config, like a published model's, says nothing."""
    return from_json(getattr(config, "action_space", None)) or unit(config.act_dim)


def sizes(space: Actions) -> tuple[int, int]:
    """How many numbers an action may have in the data: as the model has it, and as the environment does."""
    return space.dim, len(space.sizes) if isinstance(space, Choices) else space.dim


def unit(dim: int) -> Continuous:
    return Continuous((-1.0,) * dim, (1.0,) * dim)


def of_gymnasium(space, what: str) -> Actions:
    """From a gymnasium space. Bounds may be infinite. Raises ValueError for an unsupported kind of space."""
    from gymnasium import spaces

    match space:
        case Continuous() | Choices():
            return space
        case spaces.Box():
            return Continuous(tuple(np.ravel(space.low)), tuple(np.ravel(space.high)))
        case spaces.Discrete():
            return Choices((space.n,), (space.start,))
        case spaces.MultiDiscrete():
            return Choices(tuple(np.ravel(space.nvec)), tuple(np.ravel(space.start)))
        case spaces.MultiBinary():
            size = int(np.prod(space.shape))
            return Choices((2,) * size, (0,) * size)
    remedy = "needs a wrapper whose actions are a Box: numbers, which it rounds where a choice is meant."
    if what == "observations":
        remedy = "is for observations with parts, which need no `observation_space=`; vectors need none either."
    raise ValueError(
        f"{what} must be in a Box, Discrete, MultiDiscrete or MultiBinary space, not {space}. A Tuple or Dict {remedy}"
    )


def by_name(space, key=None):
    """A gymnasium space with its parts, and the parts within them, in the order of their names, in which they are read;
    or with the parts `key` alone, in the order given. A keyword ``Dict(b=..., a=...)`` has an order of its own."""
    from gymnasium import spaces

    if key is not None or isinstance(space, spaces.Dict):
        inner: Any = space.spaces if isinstance(space, spaces.Dict) else None
        return spaces.Dict([(part, by_name(inner[part])) for part in lists.names(inner, key)])
    return spaces.Tuple([by_name(part) for part in space.spaces]) if isinstance(space, spaces.Tuple) else space


def refuse_images(space, asked: bool, way: str) -> None:
    """As `shapes.refuse_images`, for the parts of a gymnasium space."""
    inner = getattr(space, "spaces", ())
    groups: list[Mapping] = [inner] if isinstance(inner, Mapping) else [{i: part} for i, part in enumerate(inner)]
    for parts in groups:  # of a Tuple none can be chosen
        largest = {name: max(_leaves(part), key=lambda leaf: np.prod(leaf.shape or ())) for name, part in parts.items()}
        shapes.refuse_images({name: (leaf.shape or (), leaf.dtype) for name, leaf in largest.items()}, asked, way)


def _leaves(space) -> list:
    inner = getattr(space, "spaces", ())
    parts = inner.values() if isinstance(inner, Mapping) else inner
    return [leaf for part in parts for leaf in _leaves(part)] or [space]


def infer(values: np.ndarray, what: str, limit: int = MOST_CHOICES) -> tuple[Actions | None, str]:
    """Choices if an array (n,) or (n, parts) holds integers or one-hot rows, else None; and a note about it."""
    if values.ndim > 2:
        return None, ""
    if values.dtype == bool or np.issubdtype(values.dtype, np.integer):
        columns = values.reshape(len(values), -1).astype(np.int64)
        lowest, highest = columns.min(axis=0), columns.max(axis=0)
        starts = np.minimum(lowest, 0)
        sizes = highest - starts + 1
        if (sizes <= limit).all():
            space = Choices(tuple(np.maximum(sizes, 2 if what == "actions" else 1)), tuple(starts))
            return space, f"{what} are whole numbers, read as {space} (set another space with `{what[:-1]}_space=`)"
        if what == "actions":
            return None, (
                f"actions are whole numbers, read as numbers: they go beyond {limit:,}. Are they choices? Then number "
                "those that occur: `pandas.Series(actions).factorize()[0]`"
            )
        return None, (
            f"observations are whole numbers, read as numbers: they go beyond {limit:,}. Are they choices, such as "
            f"places? Then `observation_space=gymnasium.spaces.Discrete({int(highest.max()) + 1})`"
        )
    elif what == "actions" and values.ndim == 2 and values.shape[1] > 1:
        head = values[:1000]  # enough to rule out most data that isn't one-hot
        if _are_one_hot(head) and _are_one_hot(values) and len(np.unique(values.argmax(axis=1))) > 1:
            space = Choices((values.shape[1],), (0,))
            return space, f"{what} are one-hot rows, read as {space} (set another space with `{what[:-1]}_space=`)"
    if what == "actions" and values.dtype.kind == "f" and _are_whole(values[:1000]) and _are_whole(values):
        choices, _ = infer(values.astype(np.int64), what, limit)
        if isinstance(choices, Choices) and values.min() < values.max():
            return None, (
                "actions are whole numbers saved as floats, read as numbers. Are they choices? Then "
                f"`action_space={_code(choices)}`, or convert them with .astype(int)"
            )
    return None, ""


def _are_whole(values: np.ndarray) -> bool:
    return bool((np.abs(values) < MOST_CHOICES).all() and (values == np.round(values)).all())


def _code(space: Choices) -> str:
    one = len(space.sizes) == 1
    sizes, starts = (space.sizes[0], space.starts[0]) if one else (list(space.sizes), list(space.starts))
    start = f", start={starts}" if any(space.starts) else ""
    return f"gymnasium.spaces.{'Discrete' if one else 'MultiDiscrete'}({sizes}{start})"


def _are_one_hot(rows: np.ndarray) -> bool:
    return bool(np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all())


def bounds(actions: np.ndarray, declared: Continuous | None) -> tuple[Continuous, str]:
    """Bounds of actions (n, dim), and a note about them: the declared bounds where they are finite; without any, ±1 if
    the data stays within that; else the data's own range."""
    lowest, highest = actions.min(axis=0).astype(float), actions.max(axis=0).astype(float)  # (dim,)
    if declared is not None:
        low, high = np.array(declared.low), np.array(declared.high)
        infinite = ~(np.isfinite(low) & np.isfinite(high)) | (np.abs(low) > 1e30) | (np.abs(high) > 1e30)
        space = Continuous(tuple(np.where(infinite, lowest, low)), tuple(np.where(infinite, highest, high)))
        if infinite.any():
            return space, f"actions without bounds are scaled to ±1 by the data's own range: {space}"
        beyond = (lowest < low - ROUNDING * (high - low)) | (highest > high + ROUNDING * (high - low))
        if beyond.any():
            i = int(np.flatnonzero(beyond)[0])
            return space, (
                f"actions exceed their bounds ({lowest[i]:.4g} to {highest[i]:.4g} in component {i}, whose bounds are "
                f"{low[i]:.4g} to {high[i]:.4g}): training clips them"
            )
        return space, ""
    within = (lowest >= -1 - ROUNDING).all() and (highest <= 1 + ROUNDING).all()
    size = np.maximum(np.abs(lowest), np.abs(highest))
    narrow = (size < NARROW) & (lowest < highest)
    if within and not narrow.any():
        return unit(len(lowest)), ""
    space = Continuous(tuple(lowest), tuple(highest))
    where = "stay far within ±1" if within else "exceed ±1"
    return space, (
        f"actions {where}, and are scaled to it by the data's own range: {space} "
        "(to use the environment's bounds: `action_space=env.action_space`)"
    )


def one_hot(values: np.ndarray, space: Choices, column: str) -> np.ndarray:
    """Whole numbers (N, ...), or one-hot rows already, as one-hot rows (N, dim). Raises ValueError for others."""
    rows = values.reshape(len(values), -1) if values.size else values
    if rows.ndim == 2 and rows.shape[1] == space.dim and space.dim > len(space.sizes):
        parts = np.split(rows, np.cumsum(space.sizes)[:-1], axis=1)
        if all((np.isin(part, (0, 1))).all() and (part.sum(axis=1) == 1).all() for part in parts):
            return rows
    if rows.ndim != 2 or rows.shape[1] != len(space.sizes) or (rows != np.round(rows)).any():
        raise ValueError(
            f"`{column}` must hold {space}, as whole numbers or one-hot rows, but have shape {values.shape} and "
            f"dtype {values.dtype}."
        )
    whole = rows.astype(np.int64)
    lost = (whole < space.starts) | (whole >= np.add(space.starts, space.sizes))
    if lost.any():
        raise ValueError(
            f"`{column}` hold {whole[lost][0]}, which is not among the {space} that start at "
            f"{', '.join(map(str, space.starts))}."
        )
    return space.encode(whole)
