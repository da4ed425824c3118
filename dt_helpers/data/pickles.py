"""Pickles like kzl's and .npz files: arrays and plain containers only, nothing that can run code."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np

from dt_helpers.data import hdf5, rows
from dt_helpers.data.trajectories import Trajectories

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
    files; or a dict of flat columns. Raises ValueError for anything but arrays and plain containers."""
    try:
        content = _Restricted(io.BytesIO(path.read_bytes()), encoding="latin1").load()
    except ValueError:
        raise
    except Exception as error:  # whatever a damaged pickle raises
        raise ValueError(f"{path.name} cannot be read as a pickle ({type(error).__name__}: {error}).") from error
    if isinstance(content, dict):
        return hdf5.from_columns(content, name, f"{path.name} holds a dict, but not of flat columns", **options)
    if not isinstance(content, list):
        raise ValueError(
            f"{path.name} must hold a list of episodes, each a dict with observations, actions, rewards and "
            f"terminals, but holds a {type(content).__name__}."
        )
    return rows.read(content, name, **options)


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
            "`numpy.cumsum([0, *map(len, values)])`."
        ) from error


def from_npz(path: Path, name: str, **options) -> Trajectories:
    """Flat columns as in a D4RL file; or blocks of equally long episodes, (episodes, steps, ...)."""
    try:
        with np.load(path, allow_pickle=False) as file:
            content = {key: _column(file, key) for key in file.files}
    except OddColumn:
        raise
    except Exception as error:  # not a zip file, or a broken one
        raise ValueError(f"{path.name} cannot be read as .npz ({error}).") from error
    named = rows.named(content, options.get("rename") or {})
    rewards = named.get("rewards")
    if rewards is not None and rewards.ndim == 2 and rewards.shape[1] > 1:
        blocks = {
            column: named[column] for column in ("observations", "actions", "rewards", "dones") if column in named
        }
        options.pop("rename", None)
        count = len(rewards)
        return rows.read([{c: values[i] for c, values in blocks.items()} for i in range(count)], name, **options)
    return hdf5.from_columns(content, name, f"{path.name} does not hold flat columns", **options)
