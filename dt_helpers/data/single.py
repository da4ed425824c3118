"""Columns with one number for each step, (N, 1), as (N,): flags and counts that are looked at but not read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dt_helpers.data import columns
from dt_helpers.data.order import EPISODE

if TYPE_CHECKING:
    import pyarrow as pa


def of_episode(episode: Mapping[str, Any], read: Collection[str]) -> dict[str, Any]:
    """An episode's columns, with those that are not `read` of shape (T, 1) as (T,)."""
    return {
        name: np.asarray(values)[:, 0] if name not in read and _is_single(values) else values
        for name, values in episode.items()
    }


def _is_single(values: Any) -> bool:
    shape = columns.shape(values)
    return shape is not None and len(shape) == 2 and shape[1] == 1


def of_rows(table: Mapping[str, pa.ChunkedArray], read: Collection[str]) -> dict[str, pa.ChunkedArray]:
    """A table's columns. Where a row is an episode, those that are not `read` and hold a list of one number for each
    step hold that number; where several rows have one `episode_index`, a row is a step, and so do the rewards and all
    that are not observations or actions."""
    if not ids_repeat(table):
        return {name: column if name in read else _unpacked(column, depth=2) for name, column in table.items()}
    vectors = [name for name in read if name.startswith(("observations", "actions"))]
    return {name: column if name in vectors else _unpacked(column, depth=1) for name, column in table.items()}


def ids_repeat(table: Mapping[str, pa.ChunkedArray]) -> bool:
    """Whether several rows have one `episode_index`."""
    import pyarrow as pa

    episode = table.get(EPISODE)
    if episode is None or pa.types.is_nested(episode.type):
        return False
    return len(pa.compute.unique(episode)) < len(episode)


def _unpacked(column: pa.ChunkedArray, depth: int) -> pa.ChunkedArray:
    """Lists of numbers, nested as deep as `depth`, without their innermost level if each has one entry."""
    import pyarrow as pa

    if _depth(column.type) != depth or column.null_count:
        return column
    rows = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
    inner = rows.flatten() if depth == 2 else rows
    if inner.null_count or (len(inner) and not pa.compute.all(pa.compute.equal(inner.value_lengths(), 1)).as_py()):
        return column
    if depth == 1:
        return pa.chunked_array([inner.flatten()])
    lengths = rows.value_lengths().to_numpy(zero_copy_only=False)
    offsets = pa.array(np.append(0, np.cumsum(lengths)), pa.int64())
    return pa.chunked_array([pa.LargeListArray.from_arrays(offsets, inner.flatten())])


def _depth(kind: pa.DataType) -> int:
    import pyarrow as pa

    depth = 0
    while pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        kind, depth = kind.value_type, depth + 1
    return depth if pa.types.is_primitive(kind) else 0
