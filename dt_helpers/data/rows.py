"""Tables and lists of episodes: one row per episode, or one row per step with a column that names the episode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dt_helpers.data import columns, following, lists, marks, naming, order, remedies, rlds, single, unread
from dt_helpers.data.guesses import GUESSES, NEXT
from dt_helpers.data.order import EPISODE, STEP
from dt_helpers.data.trajectories import COLUMNS, Trajectories
from dt_helpers.machine.telling import tell

if TYPE_CHECKING:
    import datasets

READ = (*COLUMNS, NEXT)


def read(source: object, name: str = "unnamed", **options) -> Trajectories:
    """Episodes of a `datasets.Dataset`, a pandas DataFrame or a list of episodes (dicts, or objects with the columns
    as attributes).

    rename : {their name: ours} for columns. Ours are ``observations``, ``actions``, ``rewards`` and ``dones``; where a
        row is a step, also ``episode_index``, and ``frame_index`` if the rows are out of order.
    key : which part of dict or struct observations to read; several parts are concatenated in the order given.
    on_nan : "drop episodes" leaves out episodes with numbers that are not finite.
    Others, such as `env` and `action_space`, are passed to `Trajectories`.
    """
    import datasets

    remedies.require_known(options)
    refuse(options, "horizon", "here rows, or entries of the list, say where episodes end")
    rename = options.pop("rename", None) or {}
    splits = source if isinstance(source, Mapping) and hasattr(source, "column_names") else None
    if splits is not None:
        if "train" not in splits:
            raise ValueError(
                f"Pass one split, such as dataset[{next(iter(splits), 'train')!r}]; there are {list(splits)}."
            )
        source = splits["train"]
        if len(splits) > 1:
            tell(f"{name}: reading the split 'train' of {list(splits)}.")
    if isinstance(source, (datasets.IterableDataset, datasets.IterableDatasetDict)):
        raise ValueError(
            "An IterableDataset (streaming=True) has no known end: load it without streaming, or take a part of it: "
            "datasets.Dataset.from_list(list(stream.take(1000)))."
        )
    if hasattr(source, "to_pandas") and not isinstance(source, datasets.Dataset):  # of polars or pyarrow
        source = source.to_pandas()
    if hasattr(source, "columns") and hasattr(source, "to_dict"):  # a pandas DataFrame
        source = lists.of_pandas(source)
    if isinstance(source, (list, tuple)):
        return from_episodes(source, name, rename, **options)
    if not isinstance(source, datasets.Dataset):
        raise ValueError(
            f"Pass a datasets.Dataset, a DataFrame, a list of episodes or a dict of columns, not {type(source)}. What "
            "gives one episode after another becomes a list: list(episodes)."
        )
    return _from_table(source, name, rename, **options)


def from_episodes(episodes: Sequence, name: str, rename: Mapping[str, str], key=None, **options) -> Trajectories:
    """A list of episodes as in kzl's pickles: dicts of columns, or objects with the columns as attributes."""
    if not len(episodes):
        raise ValueError(f"{name} is empty: there are no episodes in the list.")
    steps = rlds.holds(episodes[0])
    given = rlds.columns_of(episodes, rename) if steps else episodes
    found = [naming.named(naming.as_dict(episode, i), rename) for i, episode in enumerate(given)]
    for episode in found:
        naming.require_columns(episode, COLUMNS)
    found = [single.of_episode(episode, READ) for episode in found]
    lists.refuse_steps(found)
    read = lists.chosen(found[0]["observations"], key)
    options = {"observation_key": read} | options
    note = _noting(name, options)
    unread.note_renamed(rename, note)
    if steps:
        note(rlds.LEFT_OUT)
    parts: dict[str, list[np.ndarray]] = {column: [] for column in COLUMNS}
    lengths: list[int] = []
    for i, episode in enumerate(found):
        if (these := lists.chosen(episode["observations"], key)) != read:
            raise ValueError(
                f"The observations of episode {i} have {_parts(these)}, those of episode 0 {_parts(read)}: all must "
                "have the same parts. key= chooses the ones to read."
            )
        rewards = columns.scalars(columns.array(episode["rewards"], "rewards"), "rewards")
        for column in COLUMNS:
            values = episode[column]
            values = lists.pick(values, key) if column == "observations" else values
            values = columns.array(values, column)
            if column == "dones" and values.ndim == 0:  # one flag, for the end of the episode
                values = np.arange(len(rewards)) == (len(rewards) - 1 if values else -1)
            parts[column].append(values)
        lengths.append(len(rewards))
    if all(len(part) == length + 1 for part, length in zip(parts["observations"], lengths, strict=True)):
        parts["observations"] = [part[:-1] for part in parts["observations"]]
        note("the observation after each episode's end is left out")
    for column, values in parts.items():
        lists.same_lengths(column, [len(part) for part in values], lengths)
    told, offsets = _look(found, lengths, note), np.concatenate([[0], np.cumsum(lengths)])
    joined = {column: _joined(values, column) for column, values in parts.items()}
    joined |= following.of_episodes(found, lengths, key)
    joined, offsets = following.put_together(joined, offsets, told, note)
    return assemble(joined, offsets, name, **options)


def _look(found: Sequence[Mapping], lengths: list[int], note: Callable[[str], None]) -> dict[str, np.ndarray]:
    """Say what the columns that are not read seem to know of episodes, and return the numbers of each step's episode
    and step, (N,), as far as they are there."""
    listed = {c for c, values in found[0].items() if len(columns.shape(values) or ()) == 1}
    told = {
        c: order.labels(np.concatenate([one[c] for one in found]), c)
        for c in (EPISODE, STEP)
        if c in listed and all(len(columns.shape(one.get(c, 0)) or ()) == 1 for one in found)
    }
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    flags = {
        c: [columns.plain(one[c]) for one in found]
        for c in listed
        if marks.is_flag(c) and all(c in one for one in found)
    }
    whole = {c: np.concatenate(parts) for c, parts in flags.items() if list(map(len, parts)) == lengths}
    masks = marks.note_flags_of_steps(whole, offsets, note)
    shared = [c for c in found[0] if marks.may_count(c) and all(c in one for one in found)]
    for c in [c for c in ("info", "infos") if c in found[0]]:
        steps_ = [one for one in found if isinstance(one.get(c), list | tuple | np.ndarray)]
        infos, ends = ([part for one in steps_ for part in np.ravel(one[name])] for name in (c, "dones"))
        marks.note_time_limit(infos, ends, note)
    marks.note_shorter({c: [one[c] for one in found] for c in shared}, lengths, note)
    unread.note([c for c in found[0] if c in listed], (EPISODE,), note, "episode", masks=masks)
    if EPISODE not in told:
        counts = [c for c in listed if unread.COUNT.match(str(c)) and all(c in one for one in found)]
        unread.note_counts(unread.whole({c: [one[c] for one in found] for c in counts}, lengths), offsets, note)
    return told


def _parts(names) -> str:
    return "no named parts" if names is None else "the parts " + ", ".join(map(repr, names))


def assemble(parts: dict, offsets: np.ndarray, name: str, on_nan: str | None = None, **options) -> Trajectories:
    """`Trajectories` from columns, each one array or one array per episode. Leaves out empty episodes and, with
    `on_nan`, those that hold numbers that are not finite."""
    if on_nan not in (None, "drop episodes"):
        raise ValueError(f"on_nan must be None or 'drop episodes', not {on_nan!r}.")
    joined = {column: _joined(values, column) for column, values in parts.items()}
    lengths, notes = np.diff(offsets), list(options.pop("notes", ()))
    if (lengths == 0).any() and len(offsets) > 1 and lengths.sum():
        notes.append(say(name, f"{(lengths == 0).sum()} empty episodes are left out"))
        offsets = np.concatenate([[0], np.cumsum(lengths[lengths > 0])])
    if on_nan:
        bad = {int(row) for column in ("observations", "actions", "rewards") for row in _bad(joined[column], column)}
        spoilt = np.unique(np.searchsorted(offsets, sorted(bad), "right") - 1)
        if len(spoilt):
            keep = ~np.isin(np.arange(len(offsets) - 1), spoilt)
            rows = np.repeat(keep, np.diff(offsets))
            why = "numbers that are not finite"
            if columns.at_ends(np.array(sorted(bad)), offsets):
                why += f" at the ends of episodes, where {columns.PADDING}"
            notes.append(say(name, f"{len(spoilt)} of {len(keep)} episodes are left out: {why}"))
            if not keep.any():
                raise ValueError(
                    f"{name}: every episode holds {why}; none is left. Without on_nan= the error says in which column."
                )
            joined = {column: values[rows] for column, values in joined.items()}
            offsets = np.concatenate([[0], np.cumsum(np.diff(offsets)[keep])])
    observations, actions, rewards, dones = (joined[column] for column in COLUMNS)
    return Trajectories(observations, actions, rewards, dones, offsets, name, notes=tuple(notes), **options)


def say(name: str, note: str) -> str:
    tell(columns.sentence(name, note))
    return note


def _noting(name: str, options: dict) -> Callable[[str], None]:
    """What says a note, and keeps it in the options."""

    def note(text: str) -> None:
        options["notes"] = (*options.get("notes", ()), say(name, text))

    return note


def refuse(options: dict, name: str, reason: str) -> None:
    """Raises ValueError if an option was set that has no meaning for this source."""
    if options.pop(name, None):
        raise ValueError(f"Leave {name}= out: {reason}.")


def _from_table(dataset: datasets.Dataset, name: str, rename: Mapping[str, str], key=None, **options) -> Trajectories:
    if rlds.holds(dict.fromkeys(dataset.column_names)):
        return from_episodes(dataset.with_format("numpy").to_list(), name, rename, key, **options)
    table = dataset.with_format("arrow")[:]
    table = {column: table[column] for column in dataset.column_names}
    found = single.of_rows(naming.named(table, rename), READ)
    options = {**Trajectories.described(dataset.info.description), **options}
    naming.require_columns(found, *(remedies.STEPS if remedies.rows_are_steps(found, GUESSES) else (COLUMNS,)))
    if not len(dataset):
        raise ValueError(f"{name} is empty: it has no rows.")
    if read := lists.chosen(found["observations"], key):
        options["observation_key"] = read
    import pyarrow as pa

    kind = found["rewards"].type
    if not pa.types.is_nested(kind) and not isinstance(kind, pa.ExtensionType):
        unread.note_renamed(rename, _noting(name, options))
        return _from_steps(found, name, key, **options)
    if EPISODE in found and lists.are_numbers(found[EPISODE]) and single.ids_repeat(found):
        if not lists.is_listed(found["observations"]):
            raise ValueError(
                "`rewards` hold a list in each row, so a row holds a whole episode here, but several rows have the "
                f"same `{EPISODE}`: leave that column out, or, if each is the episode of another agent, choose the "
                "rows of one. If a row is a step, make one number of its rewards."
            )
        raise ValueError(
            f"`{EPISODE}` says that a row is a step, but `rewards` hold a list in each row: a step has one reward. "
            "Make one of its numbers, their sum for instance: `[sum(numbers) for numbers in values]`."
        )
    if not lists.is_listed(found["rewards"]) and lists.is_listed(found["observations"]):
        raise ValueError(
            "`rewards` hold lists in the list of each row, and `observations` single numbers: each step needs one "
            "reward, and an observation that is a number or a list."
        )
    rewards, offsets = lists.flat(found["rewards"], "rewards")
    parts, lengths, note = {"rewards": rewards}, np.diff(offsets), _noting(name, options)
    unread.note_renamed(rename, note)
    for column in ("observations", "actions", "dones"):
        if column == "dones" and lists.are_numbers(found[column]):
            parts[column] = lists.at_ends(found[column], column, offsets)
            continue
        values, given = lists.flat(found[column], column, key)
        given = np.diff(given)
        if column == "observations" and len(given) and np.array_equal(given, lengths + 1):
            values = np.delete(values, np.cumsum(given) - 1, axis=0)
            note("the observation after each episode's end is left out")
        else:
            lists.same_lengths(column, given, lengths)
        parts[column] = values
    told = {c: lists.numbers_of(found[c], c) for c in (EPISODE, STEP) if c in found and lists.is_listed(found[c])}
    listed = [c for c in found if lists.is_listed(found[c])]
    flat = {c: lists.flat(found[c], c) for c in listed if marks.is_flag(c) and not found[c].null_count}
    flags = {c: values for c, (values, ends) in flat.items() if np.array_equal(ends, offsets)}
    unread.note(listed, (EPISODE,), note, "episode", masks=marks.note_flags_of_steps(flags, offsets, note))
    if EPISODE not in told:
        counts = {c: found[c].to_pylist() for c in listed if unread.COUNT.match(c)}
        unread.note_counts(unread.whole(counts, lengths), offsets, note)
    if NEXT in found and np.array_equal((after := lists.flat(found[NEXT], NEXT, key))[1], offsets):
        parts[NEXT] = after[0]
    parts, offsets = following.put_together(parts, offsets, told, note)
    return assemble(parts, offsets, name, **options)


def _from_steps(found: dict, name: str, key, **options) -> Trajectories:
    """One row per step, with the column `EPISODE`, and perhaps `STEP`."""
    text = [column for column in COLUMNS if lists.is_text(found[column])]  # is told first
    parts = {column: lists.steps_of(found[column], column, key) for column in (*text, *COLUMNS)}
    if EPISODE not in found:
        naming.require_columns(found, *remedies.STEPS)
    episode = lists.numbers_of(found[EPISODE], EPISODE)
    step = lists.numbers_of(found[STEP], STEP) if STEP in found else None
    note = _noting(name, options)
    singles = [c for c in found if lists.are_numbers(found[c])]
    counts = {c: lists.numbers_of(found[c], c) for c in singles if unread.COUNT.match(c) and not found[c].null_count}
    texts = [c for c in found if unread.COUNT.match(c) and lists.is_text(found[c])]
    written = {c: unread.numbered(found[c].to_numpy()) for c in texts}
    counts |= {c: values for c, values in written.items() if values.dtype.kind == "i"}
    flags = {c: lists.numbers_of(found[c], c) for c in singles if marks.is_flag(c) and not found[c].null_count}
    after = {NEXT: lists.steps_of(found[NEXT], NEXT, key)} if NEXT in found else {}
    arranged, offsets = order.arranged(parts | counts | flags | after, episode, step, note)
    unread.note_counts({c: arranged[c] for c in counts}, offsets, note)
    if after:
        following.ends(arranged, arranged[NEXT], offsets[1:], [EPISODE], None, note)
    parts = {c: arranged[c] for c in parts}
    masks = marks.note_flags_of_steps({c: arranged[c] for c in flags}, offsets, note)
    unread.note(singles if after else found, () if after else (NEXT,), note, "table", masks=masks)
    return assemble(parts, offsets, name, **options)


def _joined(values: object, column: str) -> np.ndarray:
    if not isinstance(values, list):
        return columns.array(values, column)
    shapes = {part.shape[1:] for part in values}
    if len(shapes) > 1:
        raise ValueError(f"All steps in `{column}` must have the same shape, but there are {sorted(shapes)[:5]}.")
    return np.concatenate(values) if values else np.zeros(0)


def _bad(values: np.ndarray, column: str) -> np.ndarray:
    return np.zeros(0, int) if (bad := columns.finite(values, column)) is None else bad
