"""A dataset of episodes as a few flat arrays: every step of every episode, one after the other.

Episode i occupies the rows ``offsets[i]:offsets[i + 1]`` of each array. Nothing is copied out of the Arrow file
that it came from, and nothing here loops over steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

COLUMNS = ("observations", "actions", "rewards", "dones")
ROWS = 2**15  # that are looked at at a time, where all of them in float64 would fill the memory


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Episodes, flat. N is the number of steps in all, E the number of episodes.

    Raises ValueError if the arrays do not describe the same steps.
    """

    observations: np.ndarray  # (N, state_dim) float32
    actions: np.ndarray  # (N, act_dim) float32
    rewards: np.ndarray  # (N,) float32
    dones: np.ndarray  # (N,) bool, true where the robot fell; the clock running out is no "done"
    offsets: np.ndarray  # (E + 1,) int64, first row of each episode, then N
    name: str = field(default="unnamed")

    def __post_init__(self):
        rows = {column: len(getattr(self, column)) for column in COLUMNS}
        if len(set(rows.values())) != 1:
            raise ValueError(f"All columns must have one row a step, but their lengths are {rows}.")
        offsets = self.offsets
        if len(offsets) < 2 or offsets[0] != 0 or offsets[-1] != rows["rewards"] or (np.diff(offsets) < 1).any():
            raise ValueError(
                f"offsets must rise from 0 to the number of steps ({rows['rewards']}) with at least one step an "
                f"episode, but they are {np.asarray(offsets)}."
            )

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        return f"Trajectories({self.name!r}, {len(self)} episodes, {self.n_steps} steps)"

    @property
    def n_steps(self) -> int:
        return int(self.offsets[-1])

    @property
    def state_dim(self) -> int:
        return self.observations.shape[1]

    @property
    def act_dim(self) -> int:
        return self.actions.shape[1]

    @cached_property
    def lengths(self) -> np.ndarray:
        """Steps in each episode, (E,) int64."""
        return np.diff(self.offsets)

    @cached_property
    def returns(self) -> np.ndarray:
        """Sum of the rewards of each episode, (E,) float64."""
        return np.add.reduceat(self.rewards, self.offsets[:-1], dtype=np.float64)

    @cached_property
    def returns_to_go(self) -> np.ndarray:
        """At each step the sum of its own reward and all later ones of its episode, (N,) float32."""
        to_go = np.empty(self.n_steps, np.float32)
        for first, stop in zip(self.offsets[:-1], self.offsets[1:], strict=True):
            to_go[first:stop] = np.cumsum(self.rewards[first:stop][::-1], dtype=np.float64)[::-1]
        return to_go

    @cached_property
    def episode_of(self) -> np.ndarray:
        """The episode that each step belongs to, (N,) int32."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.lengths)

    @cached_property
    def state_mean(self) -> np.ndarray:
        """Mean of each observation's component over all steps, (state_dim,) float64."""
        return self.observations.mean(axis=0, dtype=np.float64)

    @cached_property
    def state_std(self) -> np.ndarray:
        """Standard deviation of each component, plus 1e-6 so that one may divide by it, (state_dim,) float64."""
        squares = np.zeros(self.state_dim)
        for begin in range(0, self.n_steps, ROWS):
            part = self.observations[begin : begin + ROWS] - self.state_mean  # (rows, state_dim) float64
            squares += np.square(part, out=part).sum(axis=0)
        return np.sqrt(squares / self.n_steps) + 1e-6

    def episode(self, index: int) -> dict[str, np.ndarray]:
        """One episode's columns, views of the flat arrays."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"Episode {index} was asked for, but there are {len(self)}.")
        index %= len(self)
        rows = slice(self.offsets[index], self.offsets[index + 1])
        return {column: getattr(self, column)[rows] for column in COLUMNS}

    def hold_out(self, share: float = 0.05, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Two sorted arrays of episode indices: those to train on, and `share` of all (at least one) to evaluate on."""
        if not 0 < share < 1 or len(self) < 2:
            raise ValueError(
                f"share must lie between 0 and 1 (it is {share}), and 2 episodes are the least ({self!r})."
            )
        order = np.random.default_rng(seed).permutation(len(self))
        count = min(max(1, round(share * len(self))), len(self) - 1)
        return np.sort(order[count:]), np.sort(order[:count])

    @classmethod
    def concatenate(cls, parts: Sequence[Trajectories], name: str = "unnamed") -> Trajectories:
        """The episodes of all `parts`, one part after the other. ValueError if their robots' dimensions differ."""
        dimensions = {(part.state_dim, part.act_dim) for part in parts}
        if len(dimensions) != 1:
            raise ValueError(f"The parts need the same state and action dimensions; they have {sorted(dimensions)}.")
        lengths = np.concatenate([part.lengths for part in parts])
        columns = (np.concatenate([getattr(part, column) for part in parts]) for column in COLUMNS)
        return cls(*columns, np.concatenate([[0], np.cumsum(lengths)]), name=name)

    @classmethod
    def from_dataset(cls, dataset: datasets.Dataset, name: str = "unnamed") -> Trajectories:
        """View a `datasets.Dataset` with one row an episode, as on the Hub, without decoding it.

        The arrays are the Arrow file's own memory where it lies in one piece. Raises ValueError if a column is missing.
        """
        missing = [column for column in COLUMNS if column not in dataset.column_names]
        if missing:
            raise ValueError(
                f"The dataset lacks the columns {missing}; it has {dataset.column_names}. "
                f"Expected are {list(COLUMNS)}, one row an episode."
            )
        table = dataset.with_format("arrow")[:]
        rewards, offsets = _flat(table["rewards"])
        observations, rows = _flat(table["observations"])
        actions, action_rows = _flat(table["actions"])
        dones, done_rows = _flat(table["dones"])
        for column, given in (("observations", rows), ("actions", action_rows), ("dones", done_rows)):
            if not np.array_equal(given, offsets):
                raise ValueError(f"The episodes in {column!r} are not as long as those in 'rewards'.")
        return cls(
            _as(observations, np.float32), _as(actions, np.float32), _as(rewards, np.float32), _as(dones, bool),
            offsets, name=name,
        )  # fmt: skip

    def to_dataset(self) -> datasets.Dataset:
        """The same as a `datasets.Dataset`: one row an episode, columns and types as in the published sets."""
        import datasets
        import pyarrow as pa

        columns = {column: _nested(getattr(self, column), self.offsets) for column in COLUMNS}
        return datasets.Dataset(pa.table(columns, schema=features().arrow_schema))


def features() -> datasets.Features:
    """Types of the columns, as in the published sets: `edbeeching/decision_transformer_gym_replay` on the Hub."""
    import datasets

    return datasets.Features(
        observations=datasets.Sequence(datasets.Sequence(datasets.Value("float32"))),
        actions=datasets.Sequence(datasets.Sequence(datasets.Value("float32"))),
        rewards=datasets.Sequence(datasets.Value("float32")),
        dones=datasets.Sequence(datasets.Value("bool")),
    )


def _as(array: np.ndarray, dtype: type) -> np.ndarray:
    return array.astype(dtype, copy=False)


def _flat(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """An Arrow column of lists (of lists) -> its values (N,) or (N, dim), and the rows' offsets (E + 1,)."""
    import pyarrow as pa

    # Joining copies, even a single chunk.
    column = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
    lengths = column.value_lengths().to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    inner = column.flatten()
    if not pa.types.is_nested(inner.type):
        return inner.to_numpy(zero_copy_only=False), offsets
    widths = inner.value_lengths().to_numpy(zero_copy_only=False)
    if len(set(widths[:1]) | {widths.min(), widths.max()}) != 1:
        raise ValueError(f"Every step must have as many numbers as the others; they have {set(widths.tolist())}.")
    return inner.flatten().to_numpy(zero_copy_only=False).reshape(len(inner), widths[0]), offsets


def _nested(values: np.ndarray, offsets: np.ndarray):
    """The inverse of `_flat`: an Arrow array with one list an episode."""
    import pyarrow as pa

    flat = pa.array(np.ascontiguousarray(values).reshape(-1))
    if values.ndim == 2:
        flat = pa.ListArray.from_arrays(pa.array(np.arange(len(values) + 1, dtype=np.int32) * values.shape[1]), flat)
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), flat)
