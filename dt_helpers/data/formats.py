"""Datasets in other formats: `open` recognises and reads them all.

`dt_helpers.data.load` loads the course's own and the published datasets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dt_helpers.data import pickles, remedies, rows, spaces
from dt_helpers.data.hdf5 import EXTRA, from_columns, from_hdf5
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine.telling import tell
from dt_helpers.workspace import replacing

if TYPE_CHECKING:
    import minari

__all__ = ["from_columns", "from_hdf5", "from_minari", "from_parquet", "is_file", "is_minari", "open", "to_parquet"]

HDF5 = (".hdf5", ".h5", ".hdf")
PICKLES = (".pkl", ".pickle")
CHUNK = re.compile(r"chunk-\d+")  # LeRobot's folders of one dataset
READ = (*HDF5, ".parquet", ".npz", *PICKLES)


def is_file(source: str) -> bool:
    """Whether a name on the command line means a file, a folder or a Minari dataset, not one that `data.load` knows."""
    return source.lower().endswith((*READ, ".csv", ".json", ".npy")) or "/" in source or "\\" in source


def is_minari(id: str) -> bool:
    """Whether there is a Minari dataset of this id on this machine."""
    if not re.search(r"-v\d+$", id):
        return False
    try:
        import minari
    except ImportError:
        return False
    return id in minari.list_local_datasets()


def open(source: object, name: str | None = None, **options) -> Trajectories:
    """The episodes in `source`: a D4RL file (``.hdf5``), a parquet file or a folder of them, a folder that `datasets`
    saved, ``.npz``, a pickle like kzl's, or a Minari dataset's id; or an object in memory: a `datasets.Dataset`, a
    DataFrame, a list of episodes, a dict of flat columns.

    `name` is the dataset's name (default: taken from the source). `options`:

    rename : {their name: ours} for columns.
    key : which part of dict observations to read, or a list of parts, in the order in which to concatenate them.
    horizon : steps after which an episode ends, where the data has no timeouts.
    on_nan : "drop episodes" leaves out episodes with numbers that are not finite.
    env : the environment, where the data doesn't say: an id, a class, a function that makes one, or an instance.
    action_space, observation_space : as in `Trajectories`, where the data doesn't say.

    Raises FileNotFoundError if there is no such file, ValueError, naming the user's columns, if its content is not what
    is expected, and ImportError, saying what to install.
    """
    remedies.require_known(options)
    if isinstance(source, Trajectories):
        if given := [*(["name"] if name else []), *options]:
            raise ValueError(
                f"Leave {'=, '.join(given)}= out: {source!r} has been read already. Read its source with them, or "
                "replace a field, as in dataclasses.replace(data, env=...)."
            )
        return source
    env = options.get("env")
    if isinstance(env, str) and _is_others(env):
        try:
            return _read(source, name, _of_environment(env) | options)
        except ValueError as error:
            data = _read(source, name, options)  # raises the same error if it is not about the spaces
            tell(f"{env} has other spaces, which are not used: {error}")
            return data
    if env is not None and not isinstance(env, str):
        options = _of_environment(env) | {name: value for name, value in options.items() if name != "env"}
    return _read(source, name, options)


def _read(source: object, name: str | None, options: dict) -> Trajectories:
    if not isinstance(source, str | Path):
        if hasattr(source, "iterate_episodes"):
            return from_minari(source, name, **options)
        if isinstance(source, Mapping) and not hasattr(source, "column_names"):
            return from_columns(source, name or "unnamed", **options)
        return rows.read(source, name or "unnamed", **options)
    path = Path(source).expanduser()
    _require_outside_minari(path)
    suffix = path.suffix.lower()
    if suffix in HDF5:
        return from_hdf5(path, name, **options)
    if suffix == ".parquet" or path.is_dir():
        return from_parquet(path, name, **options)
    if suffix in (".npz", *PICKLES):
        reader = pickles.from_npz if suffix == ".npz" else pickles.from_pickle
        return reader(_existing(path), name or path.stem, **options)
    if path.is_file():
        raise ValueError(
            f"{path.name} is not a format that can be read: {', '.join(READ)}. Read a table with pandas, a .csv "
            "with pandas.read_csv(...), a .jsonl with pandas.read_json(..., lines=True), and pass that: "
            "data.formats.open(table, rename=...). Load a .pt with torch.load(...), a .npy with numpy.load(...), and "
            "pass the arrays. Unpack a .gz or .bz2 first."
        )
    return from_minari(str(source), name, **options)


def _is_others(id: str) -> bool:
    """Whether gymnasium knows an environment of this id that is none of the course's robots, whose facts are known."""
    import gymnasium

    spec = gymnasium.registry.get(id)
    return spec is not None and not str(spec.entry_point).startswith(("gymnasium.envs.mujoco", "dt_helpers."))


def _of_environment(env: object) -> dict:
    """What data should know of its environment: an id, an instance, a class or a function that makes one."""
    from contextlib import ExitStack

    import gymnasium

    from dt_helpers.envs import door

    with ExitStack() as stack:
        (opened,) = door.open_all(env, 1, stack)
        seen = opened.observation_space
        of_cells = isinstance(seen, gymnasium.spaces.Discrete)
        told = {"observation_space": seen} if of_cells or len(getattr(seen, "shape", None) or ()) > 1 else {}
        return {"env": door.name_of(opened), "action_space": opened.action_space} | told


def _require_outside_minari(path: Path) -> None:
    for folder in (path / "data", path, path.parent):
        about = folder / "metadata.json"
        if folder.name == "data" and about.is_file():
            id = json.loads(about.read_text(encoding="utf-8")).get("dataset_id", "its id")
            raise ValueError(f"{path} belongs to a Minari dataset; pass the dataset's id: data.formats.open({id!r}).")


def from_minari(dataset: minari.MinariDataset | str, name: str | None = None, key=None, **options) -> Trajectories:
    """The episodes of a Minari dataset: an object, or the id of one on this machine (from ``minari download``).

    Dict and Tuple observations are flattened as by gymnasium, parts in the order of their names; `key` selects one of
    them, or several in the order given. The observation after an episode's last step, which Minari keeps, is dropped,
    as no action follows it.
    """
    import gymnasium
    import numpy as np

    remedies.require_known(options)
    for option in ("rename", "horizon"):
        rows.refuse(options, option, "Minari names the columns and ends the episodes itself")
    if isinstance(dataset, str):
        dataset = _minari_by_id(dataset)
    space, name = dataset.observation_space, name or dataset.id
    spaces.of_gymnasium(options.get("action_space", dataset.action_space), f"{dataset.id}: its actions")
    space = spaces.by_name(space, key)
    spaces.refuse_images(space, asked=key is not None, way="choose key= from")
    if len(space.shape or ()) > 1:
        raise ValueError(
            f"{dataset.id}: its observations must be vectors, but they are {space}. For images there is an "
            "encoder: see dt_helpers.pixels and the challenges notebook."
        )
    episodes = list(dataset.iterate_episodes())
    if not episodes:
        raise ValueError(f"{dataset.id} is empty: it has no episodes, or its filter leaves none.")
    lengths = [len(episode.rewards) for episode in episodes]

    def joined(column: str) -> np.ndarray:
        each = zip(episodes, lengths, strict=True)
        return np.concatenate([np.asarray(getattr(episode, column))[:steps] for episode, steps in each])

    nested = isinstance(space, gymnasium.spaces.Dict | gymnasium.spaces.Tuple)
    observations = (
        joined("observations")
        if not nested
        else np.concatenate(
            [_flattened(space, episode.observations, steps) for episode, steps in zip(episodes, lengths, strict=True)]
        )
    )
    one_hot = isinstance(space, gymnasium.spaces.Discrete)
    told = {
        "action_space": dataset.action_space,
        "observation_space": space if one_hot else None,
        "observation_key": key if isinstance(key, str) else tuple(space) if hasattr(space, "keys") else None,
        "env": getattr(dataset.spec, "env_spec", None) and dataset.spec.env_spec.id,
    }
    parts = {"observations": observations, "actions": joined("actions"), "rewards": joined("rewards")}
    parts["dones"] = joined("terminations")
    return rows.assemble(parts, np.concatenate([[0], np.cumsum(lengths)]), name, **{**told, **options})


def _flattened(space, observations, steps: int):
    """Observations of a Dict or Tuple space, flattened step by step as by gymnasium, (steps, numbers)."""
    import gymnasium
    import numpy as np

    def step(value, space, t):
        if isinstance(space, gymnasium.spaces.Dict):
            return {part: step(value[part], inner, t) for part, inner in space.spaces.items()}
        if isinstance(space, gymnasium.spaces.Tuple):
            return tuple(step(part, inner, t) for part, inner in zip(value, space.spaces, strict=True))
        return value[t]

    return np.stack([np.asarray(gymnasium.spaces.flatten(space, step(observations, space, t))) for t in range(steps)])


def _minari_by_id(id: str) -> minari.MinariDataset:
    try:
        import minari
    except ImportError as error:
        raise ImportError(f"{id!r} is not a file, and reading a Minari dataset needs minari: {EXTRA}") from error
    here = minari.list_local_datasets()
    if id not in here:
        listed = ", ".join(here) or "none"
        raise FileNotFoundError(
            f"{id!r} is neither a file nor a Minari dataset on this machine (there: {listed}). "
            f"To get one that Minari publishes: `minari download {id}`. Files that can be read: {', '.join(READ)}."
        )
    return minari.load_dataset(id)


def to_parquet(data: Trajectories, folder: str | Path) -> Path:
    """Write `data` in the Hub's layout, ``<folder>/<its name>/train/0000.parquet``, and return the file's path.

    One row per episode, columns as in the published datasets; the file appears only when complete. Raises ValueError
    for a name that would lead out of the folder.
    """
    import pyarrow.parquet as pq

    path = Path(folder) / data.name / "train" / "0000.parquet"
    if not path.resolve().is_relative_to(Path(folder).resolve()) or not data.name.strip("/. "):
        raise ValueError(f"The dataset's name becomes a folder, and {data.name!r} leads out of {folder}: rename it.")
    table = data.to_dataset().data.table
    if data.description:
        table = table.replace_schema_metadata(
            {**(table.schema.metadata or {}), b"description": data.description.encode()}
        )
    with replacing(path) as staged:
        pq.write_table(table, staged)
    return path


def from_parquet(path: str | Path, name: str | None = None, **options) -> Trajectories:
    """The episodes of a parquet file, or of all parquet files in a folder, in the order of their names. In the Hub's
    layout, with one folder per split, only those of ``train``; in LeRobot's, those of ``data``. Also reads what
    `save_to_disk` of `datasets` wrote."""
    import datasets
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = _existing(path)
    if path.is_dir() and ((path / "state.json").exists() or (path / "dataset_dict.json").exists()):
        return rows.read(datasets.load_from_disk(str(path)), name or path.name, **options)
    if (path / "meta" / "info.json").is_file():  # LeRobot's layout
        return from_parquet(path / "data", name or path.name, **options)
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not files:
        there = ", ".join(sorted(file.name for file in path.iterdir())[:5])
        raise FileNotFoundError(
            f"There is no parquet file in {path}; there are {there or 'no files'}. Read other files one by one, with "
            "numpy.load(...), zarr.open(...) or the like, and pass a list of episodes, or a dict of columns."
        )
    folders = sorted({file.parent for file in files if path not in (file, file.parent)})
    whole = len({folder.parent for folder in folders}) == 1 and all(CHUNK.fullmatch(folder.name) for folder in folders)
    if len(folders) > 1 and not whole:
        splits = [folder.relative_to(path).as_posix() for folder in folders]
        train = [folder for folder in folders if folder.name == "train"]
        if len(train) != 1:
            raise ValueError(f"{path} holds several datasets or splits, {splits}: pass the folder of one of them.")
        tell(f"{path.name}: reading the split 'train' of {splits}.")
        files = [file for file in files if file.parent == train[0]]
    try:
        table = pa.concat_tables([pq.read_table(file) for file in files])
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ValueError(f"{path.name} cannot be read as parquet: {error}") from error
    folder = path if path.is_dir() else path.parent
    name = name or (folder.parent.name if folder.name == "train" else (path.name if path.is_dir() else path.stem))
    told = (table.schema.metadata or {}).get(b"description", b"").decode()
    info = datasets.DatasetInfo(description=told)
    return rows.read(datasets.Dataset(table.replace_schema_metadata(None), info=info), name, **options)


def _existing(path: str | Path) -> Path:
    path = Path(path).expanduser()
    if not path.exists():
        raise FileNotFoundError(f"There is no {path}.")
    return path
