"""Vectors, matrices and pictures: the shape of what is observed, or done, in each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

PICTURE = 16  # pixels along a side: uint8 observations of at least this size are images
COLOURS = (1, 3, 4)  # channels of a picture


def vectors(values: np.ndarray, column: str, say: Callable[[str], None]) -> np.ndarray:
    """(n,) -> (n, 1), (n, d) unchanged; observations of more dimensions are flattened, actions and images refused."""
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim > 2 and column == "observations" and not _are_pictures(values):
        say(f"observations of shape {values.shape[1:]} are flattened to {int(np.prod(values.shape[1:]))} numbers")
        values = values.reshape(len(values), -1)
    if values.ndim != 2 or not values.shape[1]:
        if column == "observations" and _are_pictures(values):
            raise ValueError(
                f"`observations` are images of shape {values.shape}, but the model takes vectors, (steps, numbers). "
                "For images there is an encoder: see dt_helpers.pixels and the challenges notebook. If they are not "
                "images: `observations.astype(numpy.float32).reshape(len(observations), -1)`."
            )
        if column == "actions" and values.ndim > 2:
            raise ValueError(
                f"`actions` must be one vector per step, (steps, numbers), but their shape is {values.shape}. If the "
                "first axis is that of the steps: `action_space=env.action_space`, or `actions.reshape(len(actions), "
                "-1)`. If it is that of the episodes: put the steps of all episodes one after another, with `offsets` "
                "saying where each episode begins."
            )
        raise ValueError(
            f"`{column}` must be flat, one vector per step, (steps, numbers), but its shape is {values.shape}: "
            f"put the steps of all episodes one after another, with `offsets` saying where each episode begins."
        )
    return values


def _are_pictures(values: np.ndarray) -> bool:
    """Bytes of their size, or other numbers that have an axis of one, three or four colours as well."""
    shape = values.shape[1:]
    coloured = len(shape) == 3 and min(shape[0], shape[2]) in COLOURS
    return _are_as_large(shape) and (values.dtype == np.uint8 or coloured)


def _are_as_large(shape: tuple[int, ...]) -> bool:
    return len(shape) > 1 and bool(np.sort(shape)[-2] >= PICTURE)


def refuse_images(parts: Mapping[Any, tuple[tuple[int, ...], Any]], asked: bool, way: str = "choose key= from") -> None:
    """Raises ValueError if one of several parts of observations, of which the shape in a step and the dtype are given,
    is an image; or, unless it was asked for by its name, a matrix as large: its numbers would outweigh the others."""
    images = [p for p, (shape, dtype) in parts.items() if _are_as_large(shape) and (dtype == np.uint8 or not asked)]
    if images:
        others = ", ".join(repr(part) for part in parts if part not in images)
        shape, dtype = parts[images[0]]
        what = "images" if dtype == np.uint8 else "as large as images, which key= can ask for,"
        raise ValueError(
            f"`observations[{images[0]!r}]` are {what} of shape {shape}, but the model takes vectors, (steps, numbers)"
            f"{f': {way} {others}' if others else ''}. For images there is an encoder: see dt_helpers.pixels and the "
            "challenges notebook."
        )


def require_shape(values: np.ndarray, space: Any, column: str) -> None:
    """Raises ValueError if matrices (n, a, b) have their axes in a different order than a gymnasium space says: once
    flattened, their numbers would not be the environment's."""
    given, wanted = values.shape[1:], getattr(space, "shape", None) or ()
    if len(given) > 1 and len(wanted) > 1 and given != wanted and sorted(given) == sorted(wanted):
        raise ValueError(
            f"`{column}` have shape {given} in each step, but their space has {tuple(wanted)}: put the axes in the "
            "same order, with numpy.swapaxes or numpy.moveaxis."
        )
