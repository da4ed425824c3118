"""A dataset of episodes as a few flat arrays: every step of every episode, one after the other.

Episode i occupies the rows ``offsets[i]:offsets[i + 1]`` of each array. Nothing is copied out of the Arrow file
that it came from, and nothing here loops over steps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dt_helpers.data import columns, spaces
from dt_helpers.telling import tell

if TYPE_CHECKING:
    import datasets

COLUMNS = ("observations", "actions", "rewards", "dones")
ABOUT = "dt_helpers: "  # before what a description says as JSON
ROWS = 2**15  # that are looked at at a time, where all of them in float64 would fill the memory


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Episodes, flat. N is the number of steps in all, E the number of episodes.

    Columns may come as arrays, lists, tensors or frames of pandas; integers (N,) are taken for choices, which become
    one-hot rows. What had to be assumed is printed once and kept in `notes`. Raises ValueError, which names the column
    and what helps, if ranks, kinds, lengths or ends don't fit or a number isn't finite.
    """

    observations: np.ndarray  # (N, state_dim) float32; bytes stay, and float64 where float32 would lose what happens
    actions: np.ndarray  # (N, act_dim) float32, in the environment's units; one-hot rows for choices
    rewards: np.ndarray  # (N,) float32
    dones: np.ndarray  # (N,) bool, true where the robot fell; the clock running out is no "done"
    offsets: np.ndarray  # (E + 1,) int64, first row of each episode, then N
    name: str = field(default="unnamed")
    env: str | None = None  # the id of the environment that it was recorded in, where that is known
    action_space: spaces.Actions | None = None  # or gymnasium's; by default what the numbers say
    observation_space: spaces.Choices | None = None  # or gymnasium's; for observations that are choices
    notes: tuple[str, ...] = ()  # what had to be assumed

    def __post_init__(self):
        notes = list(self.notes)

        def say(note: str) -> None:
            if note and note not in notes:
                notes.append(note)
                tell(f"{self.name}: {note}.")

        given = {column: columns.array(getattr(self, column), column) for column in COLUMNS}
        rewards = columns.scalars(given["rewards"], "rewards")
        columns.same_length({**given, "rewards": rewards})
        offsets = columns.offsets(self.offsets, len(rewards))
        observations, observation_space = self._observations(given["observations"], say)
        actions, action_space = self._actions(given["actions"], offsets, say)
        found: dict[str, Any] = {
            "observations": columns.as_float(observations, "observations", say),
            "actions": columns.as_float(actions, "actions", say),
            "rewards": columns.as_float(rewards, "rewards", say),
            "dones": columns.flags(given["dones"], "dones", len(rewards)),
        }
        for column in ("observations", "rewards"):
            columns.require_finite(found[column], column, offsets, self.name)
        columns.note_ends(found["dones"], offsets, say)
        found |= {"offsets": offsets, "action_space": action_space, "observation_space": observation_space}
        for name, value in (found | {"notes": tuple(notes)}).items():
            object.__setattr__(self, name, value)

    def _observations(self, values: np.ndarray, say: Callable[[str], None]) -> tuple[np.ndarray, spaces.Choices | None]:
        given = self.observation_space
        space = given and spaces.of_gymnasium(given, "observations")
        if space is None and (values.ndim == 1 or values.shape[1:] == (1,)) and values.dtype.kind in "iu":
            space, note = spaces.infer(values, "observations")
            say(note)
        if not isinstance(space, spaces.Choices) or len(space.sizes) > 1:  # several bits are a vector as any other
            return columns.vectors(values, "observations", say), None
        return self._one_hot(values, space, "observations"), space

    def _actions(
        self, values: np.ndarray, offsets: np.ndarray, say: Callable[[str], None]
    ) -> tuple[np.ndarray, spaces.Actions]:
        given = self.action_space
        space = given and spaces.of_gymnasium(given, "actions")
        if values.dtype.kind not in "biu":
            columns.require_finite(values, "actions", offsets, self.name)
        if space is None:
            space, note = spaces.infer(values, "actions")
            say(note)
        if isinstance(space, spaces.Choices) and values.ndim <= 2:
            return self._one_hot(values, space, "actions"), space
        values = columns.vectors(values, "actions", say)
        if space is not None and space.dim != values.shape[1]:
            raise ValueError(
                f"`actions` have {values.shape[1]} numbers a step, but their space has {space.dim} ({space})."
            )
        assert not isinstance(space, spaces.Choices)  # of more dimensions, and so refused
        bounds, note = spaces.bounds(values, space)
        say(note)
        return values, bounds

    @staticmethod
    def _one_hot(values: np.ndarray, space: spaces.Choices, column: str) -> np.ndarray:
        rows = values.reshape(len(values), -1) if values.size else values
        if rows.ndim == 2 and rows.shape[1] == space.dim and space.dim > len(space.sizes):
            parts = np.split(rows, np.cumsum(space.sizes)[:-1], axis=1)
            if all((np.isin(part, (0, 1))).all() and (part.sum(axis=1) == 1).all() for part in parts):
                return rows
        if rows.ndim != 2 or rows.shape[1] != len(space.sizes) or (rows != np.round(rows)).any():
            raise ValueError(
                f"`{column}` should hold {space}, as whole numbers or one-hot rows, but they are of the shape "
                f"{values.shape} and the kind {values.dtype}."
            )
        whole = rows.astype(np.int64)
        lost = (whole < space.starts) | (whole >= np.add(space.starts, space.sizes))
        if lost.any():
            raise ValueError(
                f"`{column}` hold {whole[lost][0]}, which is not among the {space} that start at "
                f"{', '.join(map(str, space.starts))}."
            )
        return space.encode(whole)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        return f"Trajectories({self.name!r}, {len(self)} episodes, {self.n_steps} steps)"

    @property
    def space(self) -> spaces.Actions:
        """What the actions are: `action_space`, which is always known once the columns are read."""
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
        """Standard deviation of each component, with a little added so that one may divide by it, (state_dim,) float64;
        1 for `dead` ones."""
        return np.where(self.dead, 1.0, self._deviation + 1e-6 * min(1.0, self._deviation.max()))

    @cached_property
    def dead(self) -> np.ndarray:
        """The components that do not move in the data but for rounding, (state_dim,) bool."""
        deviation, most = self._deviation, self._deviation.max()
        rounding = (deviation < 1e-4) & (deviation <= 1e-5 * np.abs(self.state_mean))
        return rounding | (deviation <= 1e-6 * min(1.0, most))

    @cached_property
    def _deviation(self) -> np.ndarray:
        squares = np.zeros(self.state_dim)
        for begin in range(0, self.n_steps, ROWS):
            part = self.observations[begin : begin + ROWS] - self.state_mean  # (rows, state_dim) float64
            squares += np.square(part, out=part).sum(axis=0)
        return np.sqrt(squares / self.n_steps)

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
        kinds = {part.space: part.name for part in parts}
        action_space, notes = parts[0].space, [note for part in parts for note in part.notes]
        if len(kinds) > 1:
            told = "; ".join(f"{name}: {space}" for space, name in kinds.items())
            numbers = [space for space in kinds if isinstance(space, spaces.Continuous)]
            if len(numbers) < len(kinds):
                raise ValueError(f"The parts' actions are not of one kind: {told}.")
            lowest, highest = np.min([s.low for s in numbers], axis=0), np.max([s.high for s in numbers], axis=0)
            action_space = spaces.Continuous(tuple(lowest), tuple(highest))
            notes.append(f"the parts' actions have different bounds ({told}): do they mean the same?")
            tell(f"{name}: {notes[-1]}")
        lengths = np.concatenate([part.lengths for part in parts])
        joined = {column: np.concatenate([getattr(part, column) for part in parts]) for column in COLUMNS}
        envs = {part.env for part in parts}
        return cls(
            **joined,
            offsets=np.concatenate([[0], np.cumsum(lengths)]),
            name=name,
            env=envs.pop() if len(envs) == 1 else None,
            action_space=action_space,
            observation_space=parts[0].observation_space,
            notes=tuple(dict.fromkeys(notes)),
        )

    @classmethod
    def from_dataset(cls, dataset: datasets.Dataset, name: str = "unnamed", **options) -> Trajectories:
        """View a `datasets.Dataset` with one row an episode, as on the Hub, without decoding it; or read what else
        `dt_helpers.data.rows.read` takes, with its `options`.

        The arrays are the Arrow file's own memory where it lies in one piece. Raises ValueError if a column is missing.
        """
        from dt_helpers.data import rows

        return rows.read(dataset, name, **options)

    @property
    def description(self) -> str:
        """What had to be assumed, a line each, and last, as JSON, what the columns alone don't say."""
        about = spaces.about(self.space, self.observation_space, self.env)
        return "\n".join([*self.notes, *([f"{ABOUT}{json.dumps(about)}"] if about else [])])

    @staticmethod
    def described(text: str | None) -> dict:
        """The arguments ``env``, ``action_space``, ``observation_space`` and ``notes`` from a `description`."""
        *notes, last = (text or "").split("\n")
        if not last.startswith(ABOUT):
            return {}
        about = json.loads(last.removeprefix(ABOUT))
        kinds = {key: spaces.from_json(about.get(key)) for key in ("action_space", "observation_space")}
        return {"env": about.get("env"), "notes": tuple(notes), **kinds}

    def to_dataset(self) -> datasets.Dataset:
        """The same as a `datasets.Dataset`: one row an episode, columns and types as in the published sets."""
        import datasets
        import pyarrow as pa

        from dt_helpers.data import lists

        nested = {
            column: lists.nested(getattr(self, column).astype(kind, copy=False), self.offsets)
            for column, kind in zip(COLUMNS, (np.float32, np.float32, np.float32, bool), strict=True)
        }
        table = pa.table(nested, schema=features().arrow_schema)
        return datasets.Dataset(table, info=datasets.DatasetInfo(features=features(), description=self.description))


def features() -> datasets.Features:
    """Types of the columns, as in the published sets: `edbeeching/decision_transformer_gym_replay` on the Hub."""
    import datasets

    return datasets.Features(
        observations=datasets.Sequence(datasets.Sequence(datasets.Value("float32"))),
        actions=datasets.Sequence(datasets.Sequence(datasets.Value("float32"))),
        rewards=datasets.Sequence(datasets.Value("float32")),
        dones=datasets.Sequence(datasets.Value("bool")),
    )
