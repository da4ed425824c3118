"""The columns of a source under our names: what is missing, renamed, or there twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dt_helpers.data import remedies
from dt_helpers.data.guesses import likely
from dt_helpers.data.order import EPISODE
from dt_helpers.data.trajectories import COLUMNS


def require_columns(there, needed, what: str = "one row per episode", also=()) -> None:
    """Raises ValueError that names the missing columns, the columns present, and a likely `rename=`, with the columns
    `also` where they have other names."""
    there = list(there)
    missing = [column for column in needed if column not in there]
    if not missing:
        return
    guesses = likely(there, (*missing, *also))
    meant = {names[0]: column for column, names in guesses.items()}
    others = [
        f" Or does `{column}` mean {' or '.join(map(repr, names[1:]))}? Only one can be read."
        for column, names in guesses.items()
        if names[1:]
    ]
    raise ValueError(
        f"The dataset lacks the columns {missing}; it has {there}. It needs {list(needed)}, {what}."
        + remedies.for_missing(missing, there, needed, meant)
        + "".join(others)
    )


def as_dict(episode: Any, row: int) -> Mapping:
    """The columns of an episode: a dict's, a DataFrame's, or an object's attributes. ValueError for anything else."""
    if isinstance(episode, Mapping):
        return episode
    if hasattr(episode, "columns") and hasattr(episode, "to_dict"):  # a pandas DataFrame
        return {name: episode[name] for name in episode.columns}
    try:
        found = dict(vars(episode))
    except TypeError:
        found = {}
    if not found:
        raise ValueError(
            f"Each episode in the list must be a dict with {list(COLUMNS)}, but entry {row} is of type {type(episode)}."
        )
    return found


def named(given: Mapping, rename: Mapping[str, str]) -> dict:
    """The columns after `rename`, {their name: ours}. ValueError for one that isn't there, or means another thing."""
    spelt = {str(name): name for name in given}  # a table's columns may be numbers
    rename = {theirs if theirs in given else spelt.get(str(theirs), theirs): ours for theirs, ours in rename.items()}
    if wrong := [name for name in rename if name not in given]:
        raise ValueError(f"rename= names {wrong}, but the columns are {list(given)}.")
    remedies.require_meaning(rename)
    found = {rename.get(name, name): values for name, values in given.items()}
    for ours in rename.values():
        if len(names := [name for name in given if rename.get(name, name) == ours]) > 1:
            joined = f"list(numpy.column_stack([list(data[name]) for name in {names}]))"
            if ours == EPISODE:
                joined = f"pandas.DataFrame({{name: data[name] for name in {names}}}).groupby({names}).ngroup()"
            raise ValueError(
                f"{names} would all be `{ours}` after rename=, and only one can be read: leave out the others, or join "
                f'them before, for instance data["{ours}"] = {joined}.'
            )
    fallen = next((name for name in remedies.FALLS if name in found), None)
    if "dones" not in found and fallen:
        found["dones"] = found[fallen]
    return found
