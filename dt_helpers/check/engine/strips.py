"""The strip of tokens, rows or numbers that was expected, above the one that came: what is where, by name."""

from itertools import islice

import numpy as np

from dt_helpers.check.engine.answers import is_tensor
from dt_helpers.check.engine.comparing import close
from dt_helpers.check.engine.exercise import Strip

LIMIT = 12  # boxes in a row


def strip(context, expected, given) -> Strip:
    return Strip(_short(expected), _short(given), (context[0], _short(context[1])) if context else None)


def _short(labels) -> tuple[str, ...]:
    labels = tuple(labels)
    return labels if len(labels) <= LIMIT else (*labels[: LIMIT - 1], "…")


def array(value) -> np.ndarray:
    return value.detach().numpy() if is_tensor(value) else np.asarray(value)


def name(known: dict[str, np.ndarray], part: np.ndarray) -> str:
    """The name of the known array that `part` equals, or "?"."""
    for name, array in known.items():
        if array.shape == part.shape and close(part, array, 1e-4).all():
            return name
    return "?"


def figures(array: np.ndarray, digits: int = 3) -> tuple[str, ...]:
    return tuple(f"{float(x) + 0.0:.{digits}g}" for x in islice(np.asarray(array).flat, LIMIT + 1))


def beside(expected: np.ndarray, given: np.ndarray) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both as figures, with as many digits as it takes for what differs to look different."""
    same = close(given, expected, 1e-5).flat if given.shape == expected.shape else ()
    for digits in range(3, 8):
        rows = figures(expected, digits), figures(given, digits)
        if all(fine or right != came for fine, right, came in zip(same, *rows, strict=False)):
            return rows
    return rows
