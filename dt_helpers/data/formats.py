"""Datasets in other people's formats: a Minari dataset, a D4RL HDF5 file, parquet in the Hub's layout.

`open` takes whatever of these it is given; `dt_helpers.data.load` is for the course's own and the published sets.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dt_helpers.data.trajectories import Trajectories
from dt_helpers.workspace import replacing

if TYPE_CHECKING:
    import minari

HDF5 = (".hdf5", ".h5")
EXTRA = "pip install 'dt-helpers[formats]'"


def open(source: str | Path, name: str | None = None) -> Trajectories:
    """The episodes in `source`: a D4RL file (``.hdf5``), a parquet file or a folder of them, or a Minari dataset's id.

    `name` is the dataset's name, by default one taken from the source. Raises FileNotFoundError if there is no such
    file, ValueError if what is in it is not what is expected, and ImportError with what to install.
    """
    path = Path(source)
    if path.suffix in HDF5:
        return from_hdf5(path, name)
    if path.suffix == ".parquet" or path.is_dir():
        return from_parquet(path, name)
    return from_minari(str(source), name)


def from_hdf5(path: str | Path, name: str | None = None) -> Trajectories:
    """The episodes of a D4RL file: flat ``observations``, ``actions``, ``rewards``, ``terminals`` and ``timeouts``.

    An episode ends at a terminal or a timeout; without timeouts, after 1000 steps. Steps after the last such end are an
    episode that nobody finished, whose return is unknown: they are left out, as in the Decision Transformer's own
    script (https://github.com/kzl/decision-transformer/blob/master/gym/data/download_d4rl_datasets.py).
    """
    try:
        import h5py
    except ImportError as error:
        raise ImportError(f"A D4RL file is read with h5py: {EXTRA}") from error
    path = _existing(path)
    try:
        with h5py.File(path) as file:
            missing = [key for key in ("observations", "actions", "rewards", "terminals") if key not in file]
            if missing:
                raise ValueError(f"{path.name} is not a D4RL file: it lacks {missing} and has {sorted(file)}.")
            observations, actions = (file[key][:].astype(np.float32) for key in ("observations", "actions"))
            rewards = file["rewards"][:].astype(np.float32).reshape(-1)
            terminals = file["terminals"][:].astype(bool).reshape(-1)
            timeouts = file["timeouts"][:].astype(bool).reshape(-1) if "timeouts" in file else None
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read as HDF5: {error}") from error
    ends = np.flatnonzero(terminals if timeouts is None else terminals | timeouts) + 1  # first row after each episode
    if timeouts is None:
        ends = _cut(ends, len(rewards), 1000)
    if not len(ends):
        raise ValueError(f"{path.name} holds no episode that ends: no terminal and no timeout in {len(rewards)} steps.")
    rows = slice(0, ends[-1])
    offsets = np.concatenate([[0], ends])
    columns = (column[rows] for column in (observations, actions, rewards, terminals))
    return Trajectories(*columns, offsets, name=name or path.stem)


def _cut(ends: np.ndarray, steps: int, longest: int) -> np.ndarray:
    """Ends of episodes, with those over `longest` steps cut into pieces of that length; a rest at the end is left."""
    starts = np.concatenate([[0], ends])
    stops = np.concatenate([ends, [steps]])
    cuts = [np.arange(start + longest, stop + 1, longest) for start, stop in zip(starts, stops, strict=True)]
    return np.unique(np.concatenate([ends, *cuts]))


def from_minari(dataset: minari.MinariDataset | str, name: str | None = None) -> Trajectories:
    """The episodes of a Minari dataset, or of the one with that id on this machine (``minari download`` gets it).

    Observations and actions must be vectors. The observation after an episode's last step, which Minari keeps, is
    dropped: nothing is done there.
    """
    if isinstance(dataset, str):
        dataset = _minari_by_id(dataset)
    spaces = {"observations": dataset.observation_space, "actions": dataset.action_space}
    for what, space in spaces.items():
        if len(space.shape or ()) != 1:
            raise ValueError(f"{dataset.id}: its {what} have to be vectors, but they are {space}.")
    episodes = list(dataset.iterate_episodes())
    lengths = [len(episode.rewards) for episode in episodes]

    def joined(column: str, dtype: type) -> np.ndarray:
        parts = (getattr(episode, column)[:steps] for episode, steps in zip(episodes, lengths, strict=True))
        return np.concatenate([np.asarray(part, dtype) for part in parts])

    return Trajectories(
        joined("observations", np.float32),
        joined("actions", np.float32),
        joined("rewards", np.float32),
        joined("terminations", bool),
        np.concatenate([[0], np.cumsum(lengths)]),
        name=name or dataset.id,
    )


def _minari_by_id(id: str) -> minari.MinariDataset:
    try:
        import minari
    except ImportError as error:
        raise ImportError(f"{id!r} is no file, and Minari's datasets are read with minari: {EXTRA}") from error
    here = minari.list_local_datasets()
    if id not in here:
        listed = ", ".join(here) or "none"
        raise FileNotFoundError(
            f"{id!r} is neither a file nor a Minari dataset on this machine (there is: {listed}). "
            f"For one that Minari publishes: `minari download {id}`."
        )
    return minari.load_dataset(id)


def to_parquet(data: Trajectories, folder: str | Path) -> Path:
    """Write `data` in the Hub's layout, ``<folder>/<its name>/train/0000.parquet``, and return the file's path.

    One row an episode, columns as in the published sets; the file appears when it is whole.
    """
    import pyarrow.parquet as pq

    path = Path(folder) / data.name / "train" / "0000.parquet"
    with replacing(path) as staged:
        pq.write_table(data.to_dataset().data.table, staged)
    return path


def from_parquet(path: str | Path, name: str | None = None) -> Trajectories:
    """The episodes of a parquet file, or of all in a folder, in the order of their names."""
    import datasets
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = _existing(path)
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(f"There is no parquet file in {path}.")
    try:
        table = pa.concat_tables([pq.read_table(file) for file in files])
    except pa.ArrowInvalid as error:
        raise ValueError(f"{path.name} cannot be read as parquet: {error}") from error
    folder = path if path.is_dir() else path.parent
    name = name or (folder.parent.name if folder.name == "train" else path.name.removesuffix(".parquet"))
    return Trajectories.from_dataset(datasets.Dataset(table), name)


def _existing(path: str | Path) -> Path:
    path = Path(path).expanduser()
    if not path.exists():
        raise FileNotFoundError(f"There is no {path}.")
    return path
