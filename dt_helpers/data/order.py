"""Columns that say which episode each row belongs to, and which of its steps it is: rows in any order, or fragments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dt_helpers.data import columns, remedies

EPISODE, STEP = "episode_index", "frame_index"


def arranged(
    parts: Mapping[str, np.ndarray], episode: np.ndarray, step: np.ndarray | None, say: Callable[[str], object]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The columns with the steps of each episode in their order, and the row at which each begins, (E + 1,).

    Raises ValueError where the order of the steps is not known.
    """
    parts = dict(parts)
    if step is not None:
        order = np.lexsort((step, episode))
        if (np.diff(order) != 1).any():
            say(f"rows are sorted by {EPISODE} and {STEP}")
            episode, step, parts = episode[order], step[order], {c: values[order] for c, values in parts.items()}
    starts = np.flatnonzero(np.concatenate([[True], episode[1:] != episode[:-1]]))
    if len(np.unique(episode)) != len(starts):
        raise ValueError(
            f"The rows of an episode are not next to each other ({EPISODE} returns to an earlier value), so the order "
            "of the steps is unknown. If files were joined whose numbers start again in each, give the episodes of "
            f"each file numbers of their own. Else add a column {STEP} with the step's number; or, if each episode's "
            "rows are in order among themselves, sort by the episode alone, "
            '`table.sort_values(..., kind="stable")`, which '
            "keeps that order."
        )
    if step is not None:
        _require_counted(step, starts, say)
        note_starts(STEP, step, starts, say)
    return parts, np.append(starts, len(episode))


def put_together(
    parts: dict[str, np.ndarray], offsets: np.ndarray, told: Mapping[str, np.ndarray], say: Callable[[str], object]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Rows of several steps, each an episode, or a fragment if `told`, the numbers of each step's episode and step as
    far as they are known, says so."""
    for column, values in told.items():
        if len(values) != offsets[-1]:
            raise ValueError(f"`{column}` must have one entry per step, {offsets[-1]}, but has {len(values)}.")
    if EPISODE not in told:
        if STEP in told:
            _require_whole(told[STEP], offsets)
        return parts, offsets
    parts, found = arranged(parts, told[EPISODE], told.get(STEP), say)
    if not np.array_equal(found, offsets):
        say(f"the steps of {len(offsets) - 1} rows are put together into {len(found) - 1} episodes by {EPISODE}")
    return parts, found


def _require_counted(step: np.ndarray, starts: np.ndarray, say: Callable[[str], object]) -> None:
    """Raises ValueError where two steps of an episode have the same number; says where numbers are left out."""
    rise, within = np.diff(step), np.ones(max(len(step) - 1, 0), bool)
    within[starts[1:] - 1] = False

    def first(where: np.ndarray) -> str:
        row = int(np.flatnonzero(where)[0])
        return f"{step[row]} of episode {int(np.searchsorted(starts, row, 'right')) - 1}"

    if (again := within & ~(rise > 0)).any():
        raise ValueError(
            f"`{STEP}` must have another number in each step of an episode, but {again.sum()} steps repeat one, first "
            f"{first(again)}: the order of the steps is unknown. If files were joined whose episodes' numbers start "
            "again in each, give those of each file numbers of their own; of windows that overlap, keep each step "
            f"once. If the rows are in order, leave {STEP} out."
        )
    if within.any() and (gaps := within & (rise > 1.5 * np.median(rise[within]))).any():
        say(f"`{STEP}` has gaps, {gaps.sum()} of them, first after {first(gaps)}: steps may be missing there")


def note_starts(name: str, step: np.ndarray, starts: np.ndarray, say: Callable[[str], object]) -> None:
    """Say where the numbers of the steps (N,) begin at another number in each episode, as those of windows do.

    starts : the rows at which episodes begin. A count that goes on from one episode to the next is none of a window.
    """
    if step.dtype.kind not in "iu" or len(starts) < 2 or len(step) < 2:
        return
    first, before = step[starts], step[starts[1:] - 1]
    within = np.setdiff1d(np.arange(1, len(step)), starts)
    by_one = len(within) > 0 and (np.diff(step)[within - 1] == 1).all()
    if by_one and len(np.unique(first)) > 1 and not (first[1:] > before).all():
        some = ", ".join(map(str, np.unique(first)[:4]))
        say(
            f"`{name}` begins at several numbers ({some}), another in each episode: are they windows of longer ones? "
            "Of windows that overlap, keep each step once"
        )


def _require_whole(step: np.ndarray, offsets: np.ndarray) -> None:
    """Raises ValueError if the numbers of the steps say that rows which should be episodes are fragments of them."""
    first = step[offsets[:-1][np.diff(offsets) > 0]]
    within = np.ones(max(len(step) - 1, 0), bool)
    within[offsets[1:-1][(offsets[1:-1] > 0) & (offsets[1:-1] < len(step))] - 1] = False
    whole = step.dtype.kind in "iu" and len(set(first.tolist())) > 1
    if whole or (within & ~(np.diff(step) > 0)).any():
        raise ValueError(
            f"`{STEP}` says that rows are fragments of episodes (they begin at {sorted(set(first.tolist()))[:5]}, or "
            f"it falls within a row): add a column {EPISODE} with the episode of each step."
        )


def labels(values: Any, column: str) -> np.ndarray:
    """Numbers, (n,), from numbers or from an episode's names, whose number is that of its first place."""
    found = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    words = found.dtype.kind in "USO" and found.size and isinstance(found.reshape(-1)[0], str | bytes)
    if words and column == EPISODE:  # the order of steps that are words isn't known
        import pandas

        found, _ = pandas.factorize(found.reshape(-1))
        missing = found < 0
    elif found.dtype.kind == "M":
        missing, found = np.isnat(found), found.astype("datetime64[ns]").astype(np.int64)
    else:
        found = columns.scalars(columns.array(values, column), column)
        missing = ~np.isfinite(found)
    if missing.any():
        raise ValueError(f"`{column}` is missing (null, nan) in {missing.sum()} rows. {remedies.dropped(column)}")
    return found
