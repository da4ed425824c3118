"""The data that a command line asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dt_helpers.data import Trajectories


def dataset(
    name: str, horizon: int | None = None, key: str | None = None, rename: list[str] | None = None, **how
) -> Trajectories:
    """One of the course's or the published datasets by name, or whatever `data.formats.open` reads. `rename` holds
    pairs such as ``obs=observations``."""
    from dt_helpers import data
    from dt_helpers.data import formats

    if not formats.is_file(name):
        return data.load(name, **how)
    if wrong := [pair for pair in rename or () if pair.count("=") != 1]:
        raise ValueError(f"--rename takes pairs such as obs=observations, not {wrong[0]!r}.")
    given: dict[str, Any] = {"horizon": horizon, "key": key, "rename": dict(pair.split("=") for pair in rename or ())}
    return formats.open(name, **{option: value for option, value in given.items() if value})
