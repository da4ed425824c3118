"""One check for everything that becomes a `Trajectories`: ranks, dtypes, lengths, finiteness, ends of episodes.

Errors are ValueErrors that name the user's columns: what was expected, what came, what to do.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dt_helpers.data import remedies

ROWS = 2**16  # examined at a time
SHORTER = (
    "pass a list of episodes, each as long as it was: `{column: values[:length] for column, values in episode.items()}`"
)
PADDING = f"they look like padding, which would be learned: {SHORTER}"
DROP = 'on_nan="drop episodes"'


def array(values: Any, column: str) -> np.ndarray:
    """An array of numbers from an array, a list, a tensor, or a pandas DataFrame or Series."""
    if hasattr(values, "detach"):  # torch
        values = values.detach().cpu()
        values = values.float() if str(values.dtype) == "torch.bfloat16" else values
    if hasattr(values, "to_numpy"):  # pandas, pyarrow, polars
        values = values.to_numpy()
    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(float), np.nan)
    if isinstance(values, Mapping):
        raise ValueError(
            f"`{column}` must be one array, but is a dict with {list(values)}. {remedies.of_parts(column, [*values])}"
        )
    try:
        found = np.asarray(values)
        if found.dtype == object:  # of numbers, of None, of arrays
            found = np.array([_numbers(value) for value in found.reshape(-1)]).reshape(*found.shape, *_rest(found))
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"`{column}` must hold numbers, the same number of them in every step, but can't be read so ({error})."
            + _advice(error, values, column)
        ) from error
    if found.dtype.kind not in "biuf":
        first = found.reshape(-1)[0] if found.size else None
        raise ValueError(
            f"`{column}` must hold numbers, but its dtype is {found.dtype}. {remedies.to_numbers(first, column)}"
        )
    return found


def shape(values: Any) -> tuple[int, ...] | None:
    """The lengths of the axes; None of what is no array, such as lists of different lengths."""
    try:
        return tuple(np.shape(values))
    except ValueError:
        return None


def plain(values: Any) -> np.ndarray:
    """As an array; without an entry, and of two axes, where there is none."""
    return np.zeros((0, 0)) if shape(values) is None else np.asarray(values)


def _advice(error: Exception, values: Any, column: str) -> str:
    if isinstance(error, NotANumber):
        return f" {remedies.to_numbers(error.value, column)}"
    return remedies.uneven(values)


class NotANumber(TypeError):
    """A value among numbers that is none, such as text, which float() would accept, or a date."""

    def __init__(self, value: object):
        what = "text" if isinstance(value, str | bytes) else f"a {type(value).__name__}"
        shown = f"with {[*value]}" if isinstance(value, Mapping) else reprlib.repr(value)
        super().__init__(f"there is {what} among them, {shown}")
        self.value = value


def _numbers(value: object) -> np.ndarray:
    if isinstance(value, remedies.NO_NUMBERS):
        raise NotANumber(value)
    found = np.asarray(np.nan if value is None else value)
    if found.dtype.kind not in "biuf":
        found = np.array([_numbers(part) for part in found.reshape(-1)]) if found.ndim else found.astype(float)
    return found.astype(float)


def _rest(values: np.ndarray) -> tuple[int, ...]:
    return np.shape(_numbers(values.reshape(-1)[0])) if values.size else ()


def scalars(values: np.ndarray, column: str) -> np.ndarray:
    """(n,) unchanged, (n, 1) -> (n,)."""
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]  # (steps, environments)
    if values.ndim != 1:
        several = ""
        if column == "rewards" and values.ndim == 2:
            several = (
                " If each step has several rewards, of several agents or aims, make one of them: "
                "`(rewards * weights).sum(axis=1)`; if they are those of every action, take the chosen one's: "
                "`rewards[numpy.arange(len(rewards)), actions]`."
            )
        elif values.ndim == 2 and values.shape[1] > 1:
            several = (
                " If each step has several, of several agents, make one of them: `values.all(axis=1)` where an episode "
                "ends with its last agent, `values.any(axis=1)` where it ends with its first."
            )
        if values.ndim == 2 and values.shape[1] > 1:
            several += (
                " If they are (episodes, steps), make a list of episodes: "
                f"`[{{name: values[i] for name, values in data.items()}} for i in range({values.shape[0]})]`."
                " If each row is a file with several episodes, join the files: `{name: numpy.concatenate(values) for "
                "name, values in data.items()}`."
            )
        if values.ndim == 2 and values.shape[0] >= values.shape[1] > 1:
            several += (
                " If they are (steps, environments), as in a buffer, make all columns with these axes flat, one "
                f"environment after another, `values.swapaxes(0, 1).reshape({values.size}, -1)`, with `timeouts` true "
                f"in the last step of each, `numpy.arange({values.size}) % {len(values)} == {len(values) - 1}`; are all"
                ' rows in their places ("What is beside what" in docs/your_data.md)?'
            )
        raise ValueError(
            f"`{column}` must be flat, one number per step, (steps,), but its shape is {values.shape}: put the steps "
            f"of all episodes one after another, with `offsets` saying where each episode begins.{several}"
        )
    return values


def flags(values: np.ndarray, column: str, steps: int | None = None) -> np.ndarray:
    """0 and 1 as bool, (n,)."""
    values = scalars(values, column)
    if steps is not None and len(values) != steps:
        raise ValueError(
            f"`{column}` must hold one flag per step, 0 or 1, but has {len(values)} entries for {steps} steps."
        )
    if values.dtype != bool:
        odd = values[(values != 0) & (values != 1)]
        if len(odd):
            raise ValueError(f"`{column}` must hold one flag per step, 0 or 1, but holds {odd[0]}.")
        values = values.astype(bool)
    return values


def same_length(columns: dict[str, np.ndarray]) -> None:
    rows = {column: len(values) if np.ndim(values) else 0 for column, values in columns.items()}
    if len(set(rows.values())) != 1:
        remedy = "If each episode also holds the observation after its last step, leave that out."
        last = {np.shape(values)[-1] if np.ndim(values) else 0 for values in columns.values()}
        if len(last) == 1 and last.pop() > max(rows.values()):  # as MATLAB and Julia write them
            remedy = "Their last axes are all of one length: turn the arrays round, `numpy.asarray(values).T`."
        lying = [name for name, values in columns.items() if np.ndim(values) == 2 and np.shape(values)[0] == 1]
        if lying and {np.shape(columns[name])[1] for name in lying} == set(rows.values()) - {1}:
            remedy = (
                f"{', '.join(f'`{name}`' for name in lying)} {'are rows' if len(lying) > 1 else 'is a row'} of shape "
                f"{np.shape(columns[lying[0]])}, as MATLAB writes a list: `values.ravel()`."
            )
        raise ValueError(f"All columns must have one row per step, but their lengths are {rows}. {remedy}")


def offsets(values: object, steps: int) -> np.ndarray:
    found = np.asarray(array(values, "offsets"))
    found = found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found
    whole = found.ndim == 1 and (found.dtype.kind in "iu" or (found == np.round(found)).all())
    found = found.astype(np.int64) if whole else found
    if not whole or len(found) < 2 or found[0] != 0 or found[-1] != steps or (np.diff(found) < 1).any():
        hint = ""
        if whole and found.sum() == steps and (found > 0).all():
            hint = " They look like lengths: np.concatenate([[0], np.cumsum(lengths)])."
        if whole and len(found) and found[0] > 0 and found[-1] == steps and (np.diff(found) > 0).all():
            hint = " They look like ends: np.concatenate([[0], ends])."
        if not steps:
            hint = " There are no steps: the data is empty."
        raise ValueError(
            f"offsets must rise from 0 to the number of steps ({steps}) with at least one step per episode, but they "
            f"are {found}.{hint}"
        )
    return found


def finite(values: np.ndarray, column: str) -> np.ndarray | None:
    """Indices (n,) of the rows that hold a non-finite number, or None."""
    if values.dtype.kind != "f":
        return None
    bad = [
        begin + np.flatnonzero(~np.isfinite(part).reshape(len(part), -1).all(axis=1))
        for begin in range(0, len(values), ROWS)
        if not np.isfinite(part := values[begin : begin + ROWS]).all()
    ]
    return np.concatenate(bad) if bad else None


def require_finite(values: np.ndarray, column: str, starts: np.ndarray, name: str) -> None:
    bad = finite(values, column)
    if bad is None:
        return
    row = int(bad[0])
    episode = int(np.searchsorted(starts, row, "right")) - 1
    first = np.ravel(values[row])
    found = first[~np.isfinite(first)][0]
    what = f"Fix them, or leave such episodes out: `data.formats.open(..., {DROP})`."
    if column == "actions":
        what = (
            "Is that a row in which nothing was done, such as one of another kind? Then leave it out of all columns, "
            f"in a table with `table.dropna(subset=[{column!r}])` (under the column's name there). Else: " + what
        )
    if len(starts) > 2 and np.array_equal(bad, starts[1:] - 1):
        what = (
            "They stand in the last step of each episode: does it hold only the observation after the end? Then leave "
            f"that row out of each, in a table with `table.dropna(subset=[{column!r}])`; but if its reward and flags "
            'belong to the step before it, move them up first: see "What is beside what" in docs/your_data.md.'
        )
    if np.isin(bad, starts).all() and len(bad) == len(starts) - 1:
        what = (
            f"They stand in the first step of each episode: is `{column}` a row late, beside the state that it led to? "
            'See "What is beside what" in docs/your_data.md.'
        )
    if values.ndim == 2 and len(never := np.flatnonzero(~np.isfinite(values).any(axis=0))):
        what = (
            f"Their columns {never.tolist()} are never finite: leave them out, `numpy.delete(values, "
            f"{never.tolist()}, axis=1)`."
        )
    elif at_ends(bad, starts):
        what = f"They fill up the ends of episodes: {PADDING}."
    raise ValueError(
        f"The {column} of {name!r} hold numbers that are not finite (nan, inf): in {len(bad)} of {len(values)} steps, "
        f"first {found} in row {row}, episode {episode}, step {row - int(starts[episode])}. " + what
    )


def at_ends(rows: np.ndarray, starts: np.ndarray) -> bool:
    """Whether these rows, which rise, are the last steps of their episodes, of one of them several."""
    episodes, first, counts = np.unique(
        np.searchsorted(starts, rows, "right") - 1, return_index=True, return_counts=True
    )
    return bool((rows[first] + counts == starts[episodes + 1]).all() and counts.max() > 1)


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def sentence(name: str, note: str) -> str:
    """A note as it is printed: one that asks has its mark already."""
    return f"{name}: {note}" if note.endswith("?") else f"{name}: {note}."


def as_float(values: np.ndarray, column: str, say: Callable[[str], None]) -> np.ndarray:
    """As float32; uint8 observations unchanged; float64 where float32 is too coarse for a column's changes."""
    if values.dtype == np.float32 or (values.dtype == np.uint8 and column == "observations"):
        return values
    with np.errstate(over="ignore"):
        narrow = values.astype(np.float32)
    if values.dtype.kind not in "fiu" or values.dtype.itemsize < 4:
        return narrow
    if not np.isfinite(narrow).all() and np.isfinite(values).all():
        raise ValueError(f"`{column}` holds {np.abs(values).max():.3g}, too large for float32: rescale it.")
    if column == "rewards" and len(values) and (np.spacing(np.abs(narrow).max()) > 1e-2 * values.std() > 0):
        grain = np.spacing(np.abs(narrow).max())
        say(
            f"rewards of up to {np.abs(values).max():.4g} are rounded to multiples of {grain:g} in float32: subtract a "
            "constant from them"
        )
    if column == "observations" and np.isfinite(narrow).all():
        deviation = values.std(axis=0, dtype=np.float64)
        lost = np.spacing(np.abs(narrow).max(axis=0)) > 1e-3 * deviation
        lost &= deviation > 0
        if lost.any():
            say(
                f"observations {np.flatnonzero(lost).tolist()} lose precision in float32 (far from 0, with small "
                "changes): they are kept in float64"
            )
            return values.astype(np.float64)
    return narrow


def note_ends(dones: np.ndarray, starts: np.ndarray, say: Callable[[str], object], column: str = "dones") -> None:
    """Say where an episode continues after a `done`, or another flag that ends episodes."""
    inside = np.setdiff1d(np.flatnonzero(dones), starts[1:] - 1, assume_unique=True)
    if len(inside):
        episode = int(np.searchsorted(starts, inside[0], "right")) - 1
        say(
            f"`{column}` are true within episodes, {times(len(inside))}, first in episode {episode} at step "
            f"{int(inside[0] - starts[episode])}: the rewards after it still count. Are these several episodes?"
        )
