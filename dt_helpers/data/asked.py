"""The one door for data: what a command line or a function is given, by name, as a file or as an object."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dt_helpers.data import Trajectories

Source = object  # `Trajectories`, the name of a dataset, or whatever `data.formats.open` reads


def opened(source: Source) -> Trajectories:
    """`source` itself if it is `Trajectories`; else the dataset of that name, or what `data.formats.open` reads."""
    from dt_helpers.data import formats

    return dataset(source) if isinstance(source, str) else formats.open(source)


def is_file(name: str) -> bool:
    """Whether a name means a file, a folder or a Minari dataset, not one that `data.load` knows."""
    from dt_helpers.data import PUBLISHED, SETS, formats

    return name not in (*SETS, *PUBLISHED) and (formats.is_file(name) or Path(name).exists() or formats.is_minari(name))


def dataset(
    name: str,
    horizon: int | None = None,
    key: str | None = None,
    rename: list[str] | None = None,
    **how,
) -> Trajectories:
    """One of the course's or the published datasets by name, or whatever `data.formats.open` reads. `rename` holds
    pairs such as ``obs=observations``. Raises ValueError for an option that has no meaning for this data."""
    from dt_helpers import data
    from dt_helpers.data import formats

    given: dict[str, Any] = {"horizon": horizon, "key": key, "rename": rename}
    given = {option: value for option, value in given.items() if value}
    if not is_file(name):
        if given and name in (*data.SETS, *data.PUBLISHED):
            raise ValueError(
                f"Leave --{' and --'.join(given)} out: {name} needs no reading of its columns, as files do."
            )
        return data.load(name, **how)
    if how.get("episodes") is not None:
        raise ValueError(f"Leave --episodes out: it is for the course's and the published datasets, not for {name}.")
    if wrong := [pair for pair in rename or () if pair.count("=") != 1]:
        raise ValueError(f"--rename takes pairs such as obs=observations, not {wrong[0]!r}.")
    if rename:
        given["rename"] = dict(pair.split("=") for pair in rename)
    return formats.open(name, **given)
