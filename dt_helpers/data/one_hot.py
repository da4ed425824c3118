"""Choices that hide among numbers: columns that are one-hot, beside others."""

from __future__ import annotations

import numpy as np


def note(actions: np.ndarray) -> str:
    """A note, if some of the columns (n, dim) of actions that are numbers are one-hot, beside others; else nothing."""
    flags = ((actions == 0) | (actions == 1)).all(axis=0) & (actions.min(axis=0) < actions.max(axis=0))
    if flags.all():
        return ""
    for first in np.flatnonzero(flags):
        stop, chosen = first, np.zeros(len(actions))
        while stop < len(flags) and flags[stop] and (chosen <= 1).all():
            chosen, stop = chosen + actions[:, stop], stop + 1
            if (chosen == 1).all():
                return (
                    f"the columns {list(range(first, stop))} of actions are one-hot, a choice, and the model predicts "
                    "numbers there: the environment has to take the largest (gymnasium's `unflatten` takes the first "
                    "that isn't 0)"
                )
    return ""
