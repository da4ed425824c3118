"""Arrow's nested lists as flat arrays: columns of episodes, of steps, or of structs whose parts `key` selects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dt_helpers.data import columns, remedies, shapes
from dt_helpers.data.guesses import NEXT

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

NO_NEXT = f"leave `{NEXT}` out, or put the last observation there."


def in_order(parts: Iterable[str]) -> list[str]:
    """Names of parts in their order: that of the text, or of the numbers if all are whole numbers."""
    given = list(parts)
    return sorted(given, key=int) if all(str(part).isdecimal() for part in given) else sorted(given)


def names(parts: Mapping | None, key) -> list[str]:
    """The names of the parts to read, in this order. Raises ValueError if there is none of that name."""
    if parts is None:
        raise ValueError(f"key={key!r} names a part of the observations, but they have no named parts: leave key= out.")
    wanted = in_order(parts) if key is None else asked(key)
    if missing := [part for part in wanted if part not in parts]:
        raise ValueError(
            f"The observations have no part {missing[0]!r}: choose key= from {', '.join(map(repr, parts))}."
        )
    return wanted


def asked(key) -> list[str]:
    """The names in `key`, one or several. Raises ValueError for anything else."""
    wanted = [key] if isinstance(key, str) else list(key) if isinstance(key, Iterable) else []
    if not wanted or not all(isinstance(part, str) for part in wanted):
        raise ValueError(f'key= takes the name of a part of the observations, or a list of names, not {key!r}: "0".')
    return wanted


def by_part(values):
    """Dict observations from a list of one dict for each step: {part: list}; anything else unchanged."""
    listed = isinstance(values, list | tuple) or (isinstance(values, np.ndarray) and values.dtype == object)
    if not listed or not len(values) or not isinstance(values[0], Mapping):
        return values
    if odd := [i for i, step in enumerate(values) if not isinstance(step, Mapping) or {*step} != {*values[0]}]:
        raise ValueError(f"The observations of step {odd[0]} have other parts than {list(values[0])}, those of step 0.")
    parts = {part: by_part([step[part] for step in values]) for part in values[0]}
    deep = {p: inner for p, inner in parts.items() if isinstance(inner, Mapping)}
    flat = {f"{part}/{name}": values for part, inner in deep.items() for name, values in inner.items()}
    return {part: values for part, values in parts.items() if part not in deep} | flat


def pick(values, key):
    """The part `key` of dict observations, or all parts concatenated in the order of their names."""
    values = by_part(values)
    if not isinstance(values, Mapping):
        if key is not None:
            names(None, key)
        return values
    wanted = names(values, key)
    parts = [columns.array(values[part], f"observations[{part!r}]") for part in wanted]
    if len({len(part) for part in parts}) > 1:
        raise ValueError(
            "The parts of `observations` must have the same length, but have "
            f"{dict(zip(wanted, map(len, parts), strict=True))}."
        )
    if len(parts) > 1:
        steps = {part: (values.shape[1:], values.dtype) for part, values in zip(wanted, parts, strict=True)}
        shapes.refuse_images(steps, asked=key is not None)
    return parts[0] if len(parts) == 1 else np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)


def chosen(values, key) -> str | tuple[str, ...] | None:
    """Which parts `pick` takes: `key`, or all names in their order; None if the observations have no named parts.

    values : dict observations, of all steps or one for each, or an Arrow column of structs, in lists or not.
    """
    if key is not None:
        return key if isinstance(key, str) else tuple(asked(key))
    values = by_part(values)
    if isinstance(values, Mapping):
        return tuple(in_order(values))
    import pyarrow as pa

    kind: Any = getattr(values, "type", None)
    while hasattr(kind, "value_type"):
        kind = kind.value_type
    return tuple(in_order(field.name for field in kind)) if isinstance(kind, pa.StructType) else None


def are_numbers(column: pa.ChunkedArray) -> bool:
    """Whether each row is a single number, flag or date."""
    import pyarrow as pa

    return pa.types.is_primitive(column.type)


def at_ends(column: pa.ChunkedArray, name: str, offsets: np.ndarray) -> np.ndarray:
    """One flag per episode as one per step, (N,) bool: that of its last step."""
    flags = columns.flags(numbers_of(column, name), name)
    return np.isin(np.arange(offsets[-1]), (offsets[1:] - 1)[flags & (np.diff(offsets) > 0)])


def steps_of(column: pa.ChunkedArray, name: str, key) -> np.ndarray:
    import pyarrow as pa

    if pa.types.is_nested(column.type) or isinstance(column.type, pa.ExtensionType):
        return flat(_one_list(column, name), name, key)[0]
    return columns.array(column.to_numpy(), name)  # what is missing (null) becomes nan


def _one_list(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    import pyarrow as pa

    whole = pa.concat_arrays(column.chunks)
    return pa.chunked_array([pa.LargeListArray.from_arrays(pa.array([0, len(whole)], pa.int64()), whole)])


def is_text(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    return pa.types.is_string(column.type) or pa.types.is_large_string(column.type)


def is_listed(column: pa.ChunkedArray) -> bool:
    """Whether the rows of a column are lists of single values."""
    return hasattr(column.type, "value_type") and not hasattr(column.type.value_type, "value_type")


def numbers_of(column: pa.ChunkedArray, name: str) -> np.ndarray:
    """A column of numbers. An episode's may be text, its name: each text has the number of its first place. Of lists of
    them, all values."""
    import pyarrow as pa

    column = pa.compute.list_flatten(column) if is_listed(column) else column
    if column.null_count:
        raise ValueError(f"`{name}` is missing (null) in {column.null_count} rows. {remedies.dropped(name)}")
    column = column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
    if name == "episode_index" and is_text(column):
        return column.combine_chunks().dictionary_encode().indices.to_numpy()
    return columns.array(column.to_numpy(), name)


def flat(column: pa.ChunkedArray, name: str, key=None) -> tuple[np.ndarray, np.ndarray]:
    """An Arrow column of lists (of lists, of structs) -> its values (N, ...), and the rows' offsets (E + 1,)."""
    import pyarrow as pa

    # Joining copies, even a single chunk.
    column = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
    column = column.storage if isinstance(column, pa.ExtensionArray) else column
    if column.null_count:
        raise ValueError(
            f"`{name}` is missing (null) in {column.null_count} of {len(column)} rows. {remedies.dropped(name)}"
        )
    if pa.types.is_struct(column.type):
        parts = {
            part: flat(pa.chunked_array([column.field(part)]), whole) for part, whole in _wanted(column, name, key)
        }
        picked = pick({part: values for part, (values, _) in parts.items()}, key)
        return picked, next(iter(parts.values()))[1]
    if is_text(column):
        columns.array(column.to_numpy(zero_copy_only=False), name)  # raises
    if not hasattr(column, "value_lengths"):
        raise ValueError(
            f"`{name}` must hold a list in each row (a row is an episode here), but holds single values, {column.type}."
        )
    lengths = column.value_lengths().to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    return _inner(column.flatten(), name, key), offsets


def _wanted(struct: pa.StructArray, name: str, key) -> list[tuple[str, str]]:
    """The parts to read, each with the name that an error has for it. What isn't read may hold anything.

    Raises ValueError for parts of anything but observations: which comes first, only the environment knows."""
    if not name.startswith(("observations", NEXT)):
        inner = [field.name for field in struct.type]
        raise ValueError(f"`{name}` must hold numbers, but have the parts {inner}. {remedies.of_dicts(inner)}")
    return [(part, f"{name}[{part!r}]") for part in names({field.name: None for field in struct.type}, key)]


def _inner(values: pa.Array, name: str, key=None) -> np.ndarray:
    """The values in lists, (N,), (N, dim), ...; every step must have the same number of values."""
    import pyarrow as pa

    values = values.storage if isinstance(values, pa.ExtensionArray) else values
    if pa.types.is_struct(values.type):
        return pick({part: _inner(values.field(part), whole) for part, whole in _wanted(values, name, key)}, key)
    if key is not None and name == "observations":
        pick(None, key)
    if not pa.types.is_nested(values.type):
        if not (
            pa.types.is_floating(values.type) or pa.types.is_integer(values.type) or pa.types.is_boolean(values.type)
        ):
            first = values.drop_null()[:1].to_pylist() or [None]
            if pa.types.is_null(values.type):
                raise ValueError(f"`{name}` is empty: leave this part out of every step.")
            raise ValueError(
                f"`{name}` must hold numbers, but its values are of type {values.type}. "
                + remedies.to_numbers(first[0], name)
            )
        return (
            values.to_numpy(zero_copy_only=False).astype(float)
            if values.null_count
            else values.to_numpy(zero_copy_only=False)
        )
    if values.null_count:
        remedy = NO_NEXT if name == NEXT else remedies.dropped(name)
        raise ValueError(f"`{name}` is missing (null) in {values.null_count} of {len(values)} steps. {remedy}")
    widths = values.value_lengths().to_numpy(zero_copy_only=False)
    if len(widths) and widths.min() != widths.max():
        raise ValueError(
            f"Every step must have the same number of values, but the steps in `{name}` have "
            f"{', '.join(map(str, np.unique(widths)[:5]))}."
        )
    inner = _inner(values.flatten(), name)
    return inner.reshape(len(values), widths[0] if len(widths) else 0, *inner.shape[1:])


def nested(values: np.ndarray, offsets: np.ndarray):
    """An Arrow array with one list per episode."""
    import pyarrow as pa

    flat = pa.array(np.ascontiguousarray(values).reshape(-1))
    if values.ndim == 2:
        flat = pa.ListArray.from_arrays(pa.array(np.arange(len(values) + 1, dtype=np.int32) * values.shape[1]), flat)
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), flat)


def of_pandas(table) -> datasets.Dataset:
    """A DataFrame for Arrow. Raises ValueError that names the column that Arrow can't take."""
    import datasets
    import pyarrow as pa

    if any(name is not None and name not in table.columns for name in table.index.names):
        table = table.reset_index()  # which names the episode or the step
    for column in table.columns:  # of matrices, which Arrow takes as lists only
        first = next(iter(table[column]), None)
        if isinstance(first, np.ndarray) and first.ndim > 1:
            table = table.assign(**{column: [np.asarray(value).tolist() for value in table[column]]})
    try:
        return datasets.Dataset.from_pandas(table, preserve_index=False)
    except pa.ArrowException as error:
        raise ValueError(remedies.for_mixed(table, error)) from error


def refuse_steps(found: Sequence[Mapping]) -> None:
    """Raises ValueError if the dicts of a list hold a step each, not an episode: their rewards are single numbers."""
    rewards, seen = ({columns.shape(one[column]) for one in found} for column in ("rewards", "observations"))
    vectors = all(shape is not None and len(shape) == 1 and shape[0] > 1 for shape in seen)
    if len(found) > 1 and (rewards == {()} or (rewards == {(1,)} and vectors)):
        raise ValueError(
            f"The list holds {len(found)} dicts with a single number as `rewards`: these are steps, not episodes. Pass "
            "one dict of columns: `{name: numpy.array([step[name] for step in steps]) for name in steps[0]}`, with "
            f"`terminals`, `offsets` or an `episode_index` that says where episodes end."
        )


def refuse_episodes(found: Mapping) -> None:
    """Raises ValueError if the columns hold a list for each episode, of different lengths."""
    for name, values in found.items():
        shape = columns.shape(values)
        objects = isinstance(values, np.ndarray) and values.dtype == object and values.ndim == 1
        if (shape is None or objects) and name in remedies.COLUMNS + remedies.FALLS:
            lengths = {columns.shape(part) or () for part in values}
            if all(lengths) and len({shape[0] for shape in lengths}) > 1:
                raise ValueError(
                    f"`{name}` has {len(values)} entries of different lengths. If each is an episode, make a list of "
                    f"episodes: `[{{name: values[i] for name, values in data.items()}} for i in range({len(values)})]`."
                )


def same_lengths(column: str, given, lengths) -> None:
    if not np.array_equal(given, lengths):
        row = int(np.flatnonzero(np.not_equal(given, lengths))[0])
        raise ValueError(
            f"The episodes in {column!r} must be as long as those in 'rewards', but episode {row} has {given[row]} "
            f"steps there and {lengths[row]} in 'rewards'. Each column needs one entry per step."
        )


def features() -> datasets.Features:
    """Types of the columns, as in the published datasets: `edbeeching/decision_transformer_gym_replay` on the Hub."""
    import datasets

    return datasets.Features(
        observations=datasets.Sequence(datasets.Sequence(datasets.Value("float32"))),
        actions=datasets.Sequence(datasets.Sequence(datasets.Value("float32"))),
        rewards=datasets.Sequence(datasets.Value("float32")),
        dones=datasets.Sequence(datasets.Value("bool")),
    )
