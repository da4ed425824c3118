"""Pickles like kzl's and .npz files: arrays and plain containers only, nothing that can run code."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np

from dt_helpers.data import columns, guesses, hdf5, marks, naming, remedies, rows, unread
from dt_helpers.data.order import EPISODE, STEP
from dt_helpers.data.trajectories import COLUMNS, Trajectories

FLAGS = (*remedies.FALLS, "dones", *remedies.CLOCK, *remedies.ANY_END)
BESIDE = (EPISODE, STEP)  # of each step: which episode it belongs to, and which step it is
NUMPY = ("numpy.core", "numpy._core")  # before and since NumPy 2
ALLOWED = {  # what pickles of arrays, numbers, lists and dicts are made of
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("collections", "OrderedDict"),
    ("_codecs", "encode"),
    *((f"{core}.multiarray", name) for core in NUMPY for name in ("_reconstruct", "scalar")),
    *((f"{core}.numeric", "_frombuffer") for core in NUMPY),
}


class _Restricted(pickle.Unpickler):
    def find_class(self, module: str, name: str):
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        raise ValueError(
            f"The pickle needs {module}.{name}. Unpickling can run any code, so only lists and dicts of arrays and "
            "numbers are read. If you trust the file, unpickle it yourself and pass its arrays."
        )


def from_pickle(path: Path, name: str, **options) -> Trajectories:
    """A list of episodes, each a dict with ``observations``, ``actions``, ``rewards`` and ``terminals``, as in kzl's
    files; or a dict of flat columns; or several of either, dumped one after another. Raises ValueError for anything but
    arrays and plain containers."""
    try:
        content = _joined(_all_in(path), path.name)
    except ValueError:
        raise
    except Exception as error:  # whatever a damaged pickle raises
        raise ValueError(
            f"{path.name} cannot be read as a pickle ({type(error).__name__}: {error}). If joblib "
            "wrote it, `joblib.load(path)` gives what to pass; one in .gz or .xz has to be unpacked."
        ) from error
    if isinstance(content, dict):
        return hdf5.from_columns(content, name, f"{path.name} holds a dict, but not of flat columns", **options)
    if not isinstance(content, list):
        raise ValueError(
            f"{path.name} must hold a list of episodes, each a dict with observations, actions, rewards and "
            f"terminals, but holds a {type(content).__name__}."
        )
    return rows.read(content, name, **options)


def _all_in(path: Path) -> list:
    """What was dumped into the file, one after another."""
    stream = io.BytesIO(path.read_bytes())
    found: list[object] = []
    while not found or stream.tell() < stream.getbuffer().nbytes:
        found.append(_Restricted(stream, encoding="latin1").load())
    return found


def _joined(dumps: list, file: str) -> object:
    """One dump as it is; of several, each an episode or a list of them, the list of all episodes."""
    if len(dumps) == 1:
        return dumps[0]
    kinds = {type(one) for one in dumps}
    if kinds == {list}:
        return [episode for one in dumps for episode in one]
    if kinds == {dict}:
        return dumps
    raise ValueError(
        f"{file} holds {len(dumps)} pickles one after another, of type {', '.join(sorted(k.__name__ for k in kinds))}: "
        "each must be an episode, a dict of columns, or each a list of episodes."
    )


class OddColumn(ValueError):
    """A column that cannot be read, in a file that can."""


def _column(file: np.lib.npyio.NpzFile, key: str) -> np.ndarray:
    try:
        return file[key]
    except ValueError as error:  # objects
        raise OddColumn(
            f"`{key}` must hold numbers, but holds Python objects, such as None or uneven lists, which are not read "
            f"from a file since they can run code ({error}). Save None as nan, `values.astype(float)`, and episodes of "
            "different lengths one after another, `numpy.concatenate(values)`, with where they begin as `offsets`: "
            "`numpy.cumsum([0, *map(len, values)])`. Make one array of each part of dicts: "
            "`{part: numpy.array([step[part] for step in values]) for part in values[0]}`. If each dict is a whole "
            "episode, they are a list of episodes: `list(values)`. With `numpy.load(file, allow_pickle=True)` you get "
            "the values, if you trust the file; one dict of columns with `[...].item()`."
        ) from error


def from_npz(path: Path, name: str, **options) -> Trajectories:
    """Flat columns as in a D4RL file; or blocks of equally long episodes, (episodes, steps, ...), which is noted.

    Raises ValueError if blocks seem to be (steps, environments, ...), as in a buffer.
    """
    if not zipfile.is_zipfile(path):  # numpy would advise to load it as a pickle
        raise ValueError(
            f"{path.name} is no .npz: that is a zip of arrays, as `numpy.savez(path, **columns)` writes it."
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            content = {key: _column(file, key) for key in file.files}
    except OddColumn:
        raise
    except Exception as error:  # a broken one
        raise ValueError(f"{path.name} cannot be read as .npz ({error}).") from error
    if hdf5.are_numbered(content):
        return hdf5.from_columns(content, name, **options)
    named = naming.named(content, options.get("rename") or {})
    deep = getattr(named.get("rewards"), "ndim", 0) == 3  # (episodes, steps, 1)
    if deep:
        of_steps = ("rewards", *FLAGS, *BESIDE)
        named |= {c: named[c][..., 0] for c in of_steps if c in named and named[c].shape[2:] == (1,)}
    rewards = named.get("rewards")
    own = {c: named[c].ndim for c in COLUMNS[:2] if c in named}
    fits = own.get("observations", 3) > 1 + deep and own.get("actions", 2) > 1
    if fits and rewards is not None and rewards.ndim == 2 and rewards.shape[1] > 1:
        count, steps = rewards.shape
        columns.same_length({c: named[c] for c in (*COLUMNS, *FLAGS) if c in named})
        _require_episodes(named, count, steps)
        blocks = {column: named[column] for column in (*COLUMNS, *BESIDE) if column in named}
        told = {c for c in named if unread.may_matter(c) or marks.is_flag(c)}
        blocks |= {c: named[c] for c in told if named[c].shape == (count, steps)}
        options.pop("rename", None)
        note = (
            f"read as {count} episodes of {steps} steps each; if the arrays are (steps, environments, ...), turn them "
            "round with array.swapaxes(0, 1)"
        )
        episodes, others = marks.cut(blocks, named, count, steps)
        notes = (rows.say(name, text) for text in (note, *others))
        options["notes"] = (*options.get("notes", ()), *notes)
        return rows.read(episodes, name, **options)
    return hdf5.from_columns(content, name, f"{path.name} does not hold flat columns", **options)


def _require_episodes(named: dict[str, np.ndarray], count: int, steps: int) -> None:
    """Raises ValueError if what marks the ends, or follows each step, says that rows of blocks aren't episodes."""
    there = {column: columns.array(named[column], column) for column in FLAGS if column in named}
    flags = {c: values.reshape(count, steps) != 0 for c, values in there.items() if values.size == count * steps}
    reason = next((f"`{c}` are true within rows" for c, values in flags.items() if values[:, :-1].any()), "")
    starts = {c: named[c] for c in named if remedies.STARTS.match(str(c)) and named[c].shape == (count, steps)}
    reason = reason or next((f"`{c}` are true within rows" for c, values in starts.items() if values[:, 1:].any()), "")
    ended = np.any([values[:, -1] for values in flags.values()], axis=0) if flags else np.zeros(count, bool)
    if not reason and ended.any() and not ended.all() and (clocks := [c for c in remedies.CLOCK if c in flags]):
        reason = f"neither `dones` nor `{clocks[0]}` is true at the end of {(~ended).sum()} rows"
    seen, after = named.get("observations"), named.get(guesses.NEXT)
    if not reason and seen is not None and after is not None and seen.shape == after.shape:
        along, across = np.isclose(after[:, :-1], seen[:, 1:]).mean(), np.isclose(after[:-1], seen[1:]).mean()
        reason = f"`{guesses.NEXT}` are in the next row, not the next column" if across > along else ""
    if reason:
        raise ValueError(
            f"The arrays of shape ({count}, {steps}, ...) are not (episodes, steps, ...): {reason}. If they are "
            "(steps, environments, ...), as in a buffer, make all of them flat, one environment after another, with "
            f"array.swapaxes(0, 1).reshape({count * steps}, -1), and set `timeouts` in the last step of each. "
            "If shorter episodes were filled up, pass a list of dicts with their own steps."
        )
