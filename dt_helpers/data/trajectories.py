"""A dataset of episodes as a few flat arrays: every step of every episode, one after another.

Episode i is the rows ``offsets[i]:offsets[i + 1]`` of each array. Nothing loops over steps, or copies an Arrow file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dt_helpers.data import columns, endings, one_hot, shapes, spaces
from dt_helpers.machine.telling import tell

if TYPE_CHECKING:
    import datasets

COLUMNS = ("observations", "actions", "rewards", "dones")
ABOUT = "dt_helpers: "  # prefix of the JSON in a description
ROWS = 2**15  # processed at a time: all of them in float64 would fill the memory


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Episodes as flat arrays. N is the total number of steps, E the number of episodes.

    Columns may be arrays, lists, tensors or DataFrames; integers (N,) are read as choices, as one-hot rows. Assumptions
    are printed and kept in `notes`. ValueError says which column and what to do, if one doesn't fit or isn't finite.
    """

    observations: np.ndarray  # (N, state_dim) float32; uint8 stays; float64 where float32 is too coarse
    actions: np.ndarray  # (N, act_dim) float32, in the environment's units; one-hot rows for choices
    rewards: np.ndarray  # (N,) float32
    dones: np.ndarray  # (N,) bool, true where the robot fell; not where time ran out
    offsets: np.ndarray  # (E + 1,) int64, first row of each episode, then N
    name: str = field(default="unnamed")
    env: str | None = None  # id of the environment it was recorded in, if known
    action_space: spaces.Actions | None = None  # or a gymnasium space; by default inferred from the data
    observation_space: spaces.Choices | None = None  # or a gymnasium space; for observations that are choices
    notes: tuple[str, ...] = ()  # assumptions made while reading
    observation_key: str | tuple[str, ...] | None = None  # of dict observations: the parts that were read
    observation_shape: tuple[int, ...] | None = None  # of observations that were matrices, and are flattened

    def __post_init__(self):
        notes = list(self.notes)

        def say(note: str) -> None:
            if note and note not in notes:
                notes.append(note)
                tell(columns.sentence(self.name, note))

        given = {column: columns.array(getattr(self, column), column) for column in COLUMNS}
        rewards = columns.scalars(given["rewards"], "rewards")
        columns.same_length({**given, "rewards": rewards})
        offsets = columns.offsets(self.offsets, len(rewards))
        shapes.require_shape(given["observations"], self.observation_space, "observations")
        shapes.require_shape(given["actions"], self.action_space, "actions")
        shape = given["observations"].shape[1:]
        observations, observation_space = self._observations(given["observations"], say)
        actions, action_space = self._actions(given["actions"], offsets, say)
        found: dict[str, Any] = {
            "observations": columns.as_float(observations, "observations", say),
            "actions": columns.as_float(actions, "actions", say),
            "rewards": columns.as_float(rewards, "rewards", say),
            "dones": columns.flags(given["dones"], "dones", len(rewards)),
        }
        endings.look(found["dones"], offsets, found["observations"], given["actions"], rewards, say)
        found |= {"offsets": offsets, "action_space": action_space, "observation_space": observation_space}
        found |= {"observation_shape": shape} if len(shape) > 1 else {}
        for name, value in (found | {"notes": tuple(notes)}).items():
            object.__setattr__(self, name, value)
        self.require_finite()

    def require_finite(self) -> None:
        """Raises ValueError that names column, row and count if a number isn't finite: arrays may be changed later."""
        for column in COLUMNS[:3]:
            columns.require_finite(getattr(self, column), column, self.offsets, self.name)

    def _observations(self, values: np.ndarray, say: Callable[[str], None]) -> tuple[np.ndarray, spaces.Choices | None]:
        given = self.observation_space
        space = None if given is None else spaces.of_gymnasium(given, "observations")
        if space is None and (values.ndim == 1 or values.shape[1:] == (1,)) and values.dtype.kind in "iu":
            space, note = spaces.infer(values, "observations")
            say(note)
        if not isinstance(space, spaces.Choices) or len(space.sizes) > 1:  # several choices are a vector like any other
            return shapes.vectors(values, "observations", say), None
        return spaces.one_hot(values, space, "observations"), space

    def _actions(
        self, values: np.ndarray, offsets: np.ndarray, say: Callable[[str], None]
    ) -> tuple[np.ndarray, spaces.Actions]:
        given = self.action_space
        space = None if given is None else spaces.of_gymnasium(given, "actions")
        if values.dtype.kind not in "biu":
            columns.require_finite(values, "actions", offsets, self.name)
        if space is None:
            space, note = spaces.infer(values, "actions")
            say(note)
        if space is not None and values.ndim > 2 and np.prod(values.shape[1:]) in spaces.sizes(space):
            values = values.reshape(len(values), -1)  # as the space says, in its own shape
        if isinstance(space, spaces.Choices) and values.ndim <= 2:
            return spaces.one_hot(values, space, "actions"), space
        values = shapes.vectors(values, "actions", say)
        if space is not None and space.dim != values.shape[1]:
            raise ValueError(
                f"`actions` have {values.shape[1]} numbers per step, but their space has {space.dim} ({space})."
            )
        assert not isinstance(space, spaces.Choices)  # Choices with more dimensions: refused above
        bounds, note = spaces.bounds(values, space)
        say(note)
        say(one_hot.note(values))
        return values, bounds

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        return f"Trajectories({self.name!r}, {len(self)} episodes, {self.n_steps} steps)"

    @property
    def space(self) -> spaces.Actions:
        """`action_space`, which is never None once the columns are read."""
        assert self.action_space is not None
        return self.action_space

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
        """For each step, the sum of its own reward and all later ones in its episode, (N,) float32."""
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
        """Mean of each observation component over all steps, (state_dim,) float64."""
        return self.observations.mean(axis=0, dtype=np.float64)

    @cached_property
    def state_std(self) -> np.ndarray:
        """Standard deviation of each component, (state_dim,) float64, plus a little to make division safe; 1 for
        `dead` components."""
        return np.where(self.dead, 1.0, self._deviation + 1e-6 * min(1.0, self._deviation.max()))

    @cached_property
    def dead(self) -> np.ndarray:
        """Components that do not change in the data, except by rounding, (state_dim,) bool."""
        deviation, most = self._deviation, self._deviation.max()
        rounding = (deviation < 1e-4) & (deviation <= 1e-5 * np.abs(self.state_mean))
        if self.observations.dtype == np.float64:  # kept since float32 is too coarse for it: few values are rounding
            rounding[rounding] = [len(np.unique(values)) <= 16 for values in self.observations[:, rounding].T]
        return rounding | (deviation <= 1e-6 * min(1.0, most))

    @cached_property
    def _deviation(self) -> np.ndarray:
        squares = np.zeros(self.state_dim)
        for begin in range(0, self.n_steps, ROWS):
            part = self.observations[begin : begin + ROWS] - self.state_mean  # (rows, state_dim) float64
            squares += np.square(part, out=part).sum(axis=0)
        return np.sqrt(squares / self.n_steps)

    def episode(self, index: int) -> dict[str, np.ndarray]:
        """One episode's columns, as views of the flat arrays. Raises IndexError if there is no such episode."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"There is no episode {index}: there are {len(self)} episodes.")
        index %= len(self)
        rows = slice(self.offsets[index], self.offsets[index + 1])
        return {column: getattr(self, column)[rows] for column in COLUMNS}

    def hold_out(self, share: float = 0.05, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Two sorted arrays of episode indices: those to train on, and `share` of all (at least one) to evaluate on."""
        if not 0 < share < 1 or len(self) < 2:
            raise ValueError(
                f"share must lie between 0 and 1 (it is {share}), and at least 2 episodes are needed ({self!r})."
            )
        order = np.random.default_rng(seed).permutation(len(self))
        count = min(max(1, round(share * len(self))), len(self) - 1)
        return np.sort(order[count:]), np.sort(order[:count])

    @classmethod
    def concatenate(cls, parts: Sequence[Trajectories], name: str = "unnamed") -> Trajectories:
        """The episodes of all `parts`, in order. Raises ValueError if their dimensions or kinds of actions differ."""
        dimensions = {(part.state_dim, part.act_dim) for part in parts}
        if len(dimensions) != 1:
            raise ValueError(
                f"The parts must have the same state and action dimensions, but have {sorted(dimensions)}."
            )
        kinds = {part.space: part.name for part in parts}
        action_space, notes = parts[0].space, [note for part in parts for note in part.notes]
        if len(kinds) > 1:
            told = "; ".join(f"{name}: {space}" for space, name in kinds.items())
            numbers = [space for space in kinds if isinstance(space, spaces.Continuous)]
            if len(numbers) < len(kinds):
                raise ValueError(f"The parts' actions must be of one kind, but are {told}.")
            lowest, highest = np.min([s.low for s in numbers], axis=0), np.max([s.high for s in numbers], axis=0)
            action_space = spaces.Continuous(tuple(lowest), tuple(highest))
            notes.append(f"the parts' actions have different bounds ({told}): do they mean the same?")
            tell(f"{name}: {notes[-1]}")
        lengths = np.concatenate([part.lengths for part in parts])
        joined = {column: np.concatenate([getattr(part, column) for part in parts]) for column in COLUMNS}
        envs, keys = {part.env for part in parts}, {part.observation_key for part in parts}
        matrices = {part.observation_shape for part in parts}
        if len(read := {(key,) if isinstance(key, str) else key for key in keys if key is not None}) > 1:
            raise ValueError(
                f"All must have the same parts of observations, in the same order, but have {sorted(read)}: read them "
                "with the same key=."
            )
        return cls(
            **joined,
            offsets=np.concatenate([[0], np.cumsum(lengths)]),
            name=name,
            env=envs.pop() if len(envs) == 1 else None,
            action_space=action_space,
            observation_space=parts[0].observation_space,
            observation_key=keys.pop() if len(keys) == 1 else None,
            observation_shape=matrices.pop() if len(matrices) == 1 else None,
            notes=tuple(dict.fromkeys(notes)),
        )

    @classmethod
    def from_dataset(cls, dataset: datasets.Dataset, name: str = "unnamed", **options) -> Trajectories:
        """View a `datasets.Dataset` with one row per episode, as on the Hub, without decoding it; or read anything else
        that `dt_helpers.data.rows.read` takes, with its `options`.

        The arrays share the Arrow file's memory where it is contiguous. Raises ValueError if a column is missing.
        """
        from dt_helpers.data import rows

        return rows.read(dataset, name, **options)

    @property
    def description(self) -> str:
        """The `notes`, one per line, then one line of JSON with what the columns don't say."""
        told = {"env": self.env, "observation_key": self.observation_key, "observation_shape": self.observation_shape}
        about = spaces.about(self.space, self.observation_space, **told)
        return "\n".join([*self.notes, *([f"{ABOUT}{json.dumps(about)}"] if about else [])])

    @staticmethod
    def described(text: str | None) -> dict:
        """The arguments ``env``, ``..._space``, ``observation_...`` and ``notes`` from a `description`."""
        *notes, last = (text or "").split("\n")
        if not last.startswith(ABOUT):
            return {}
        about = json.loads(last.removeprefix(ABOUT))
        kinds = {key: spaces.from_json(about.get(key)) for key in ("action_space", "observation_space")}
        told = {key: about.get(key) for key in ("env", "observation_key", "observation_shape")}
        told = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
        return {**told, "notes": tuple(notes), **kinds}

    def to_dataset(self) -> datasets.Dataset:
        """As a `datasets.Dataset`: one row per episode, columns and types as in the published datasets."""
        import datasets
        import pyarrow as pa

        from dt_helpers.data import lists

        nested = {
            column: lists.nested(getattr(self, column).astype(kind, copy=False), self.offsets)
            for column, kind in zip(COLUMNS, (np.float32, np.float32, np.float32, bool), strict=True)
        }
        table = pa.table(nested, schema=lists.features().arrow_schema)
        info = datasets.DatasetInfo(features=lists.features(), description=self.description)
        return datasets.Dataset(table, info=info)
