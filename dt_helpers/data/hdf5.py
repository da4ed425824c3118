"""D4RL's HDF5 files and arrays like them: flat columns, with flags that mark where episodes end."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np

from dt_helpers.data import columns, following, guesses, lists, marks, naming, order, remedies, rlds, rows, unread
from dt_helpers.data.trajectories import Trajectories

HORIZON = 1000  # of D4RL's robots; its older files have no timeouts
NEEDED = ("observations", "actions", "rewards", "terminals")
FALLS = ("terminated", "terminations", "terminateds")
EXTRA = "pip install 'dt-helpers[formats]'"


def from_hdf5(path: str | Path, name: str | None = None, **options) -> Trajectories:
    """The episodes of a D4RL file: flat ``observations``, ``actions``, ``rewards``, ``terminals`` and ``timeouts``; or
    of a file with one group per episode, like robomimic's (``data/demo_0/...``), where `key` selects the observations.
    Groups in those of observations are parts with names such as "agent/qpos".

    `from_columns` takes the `options` and explains where episodes end.
    """
    remedies.require_known(options)
    try:
        import h5py
    except ImportError as error:
        raise ImportError(f"Reading a D4RL file needs h5py: {EXTRA}") from error
    path, renamed = Path(path).expanduser(), options.get("rename") or {}
    if not path.exists():
        raise FileNotFoundError(f"There is no {path}.")
    try:
        with h5py.File(path) as file:
            demos = file["data"] if isinstance(file.get("data"), h5py.Group) else file
            seen = {"obs", "observations", *(theirs for theirs, ours in renamed.items() if ours == "observations")}
            groups = [key for key in demos if isinstance(demos[key], h5py.Group) and "actions" in demos[key]]
            if groups:
                rows.refuse(options, "horizon", "each group of the file is an episode")
                episodes = [_columns(demos[key], seen) for key in sorted(groups, key=_number)]
                for episode in episodes:
                    if "observations" not in episode and "obs" in episode and "observations" not in renamed.values():
                        episode["observations"] = episode["obs"]
                options.pop("rename", None)
                return rows.from_episodes(episodes, name or path.stem, renamed, **options)
            found = _columns(file, seen)
            there = sorted(file)
            if not found and there:
                raise ValueError(
                    f"{path.name} holds groups alone, {there[:5]}, and none of them has `actions`. If each step is a "
                    "group, read them with h5py, in the order of their numbers (h5py's own is that of the text: 1, 10, "
                    "11, 2), and pass a list of episodes, each a dict of columns."
                )
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read as HDF5: {error}") from error
    return from_columns(found, name or path.stem, f"{path.name} is not a D4RL file", there, **options)


def _number(group: str) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, group))
    return int(digits or 0), group


def are_numbered(given: Mapping) -> bool:
    """Whether the columns are those of episodes, ``rewards_0``, as `from_columns` reads them."""
    return {"actions_0", "rewards_0"} <= set(given)


def _numbered(given: Mapping) -> list[dict]:
    """Episodes of columns such as ``rewards_0``, as d3rlpy dumps them; parts of a tuple, ``observations_0_1``, as dict.

    Empty if the columns are others.
    """
    if not are_numbered(given):
        return []
    episodes: dict[int, dict] = {}
    for name, values in given.items():
        if found := re.fullmatch(r"(.+?)_(\d+)(?:_(\d+))?", str(name)):
            column, number, part = found.groups()
            episode = episodes.setdefault(int(number), {})
            if part is None:
                episode[column] = values
            else:
                episode.setdefault(column, {})[part] = values
    return [episodes[number] for number in sorted(episodes)]


def _columns(group, seen: Collection[str]) -> dict:
    """The arrays in a group; of groups in it, those `seen`, as the parts in them."""
    found = {key: group[key][()] for key in group if not hasattr(group[key], "keys")}
    return found | {key: parts for key in group if key in seen and key not in found and (parts := _leaves(group[key]))}


def _leaves(group, within: str = "") -> dict[str, np.ndarray]:
    """The arrays in a group and in the groups in it, however deep, under names such as ``agent/qpos``."""
    found: dict[str, np.ndarray] = {}
    for key, inner in group.items():
        found |= _leaves(inner, f"{within}{key}/") if hasattr(inner, "keys") else {f"{within}{key}": inner[()]}
    return found


def _one_each(values) -> bool:
    return len(shape := np.shape(values)) == 1 or (len(shape) == 2 and shape[1] == 1)


def from_columns(
    given: Mapping[str, object],
    name: str = "unnamed",
    problem: str = "These are not flat columns",
    there: list[str] | None = None,
    rename: Mapping[str, str] | None = None,
    horizon: int | None = None,
    key: str | Sequence[str] | None = None,
    **options,
) -> Trajectories:
    """Episodes from flat columns, all steps one after another.

    Columns with a number, ``rewards_0``, are episodes. Else one ends at a terminal or a timeout, or where ``offsets``
    or ``episode_index`` say. Without timeouts it ends after at most `horizon` steps (default: the limit of the
    environment `env`, else 1000, which is printed). Steps after the last end belong to an unfinished episode, whose
    return is unknown: they are left out, with a printed note, as in the Decision Transformer's own script
    (https://github.com/kzl/decision-transformer/blob/master/gym/data/download_d4rl_datasets.py).
    """
    remedies.require_known(options)
    if episodes := _numbered(given):
        rows.refuse({"horizon": horizon}, "horizon", "each number is an episode")
        return rows.from_episodes(episodes, name, rename or {}, key=key, **options)
    if rlds.holds(given):
        rows.refuse({"horizon": horizon}, "horizon", "the steps are one episode")
        return rows.from_episodes([given], name, rename or {}, key=key, **options)
    found = naming.named(given, rename or {})
    lists.refuse_episodes(found)
    told = marks.by_number(found) if "rewards" in found and "offsets" not in found else None
    if told:
        found["offsets"] = told.offsets
    falls = next((column for column in FALLS if column in found), None)
    if "terminals" not in found and falls:
        found["terminals"] = found[falls]
    if "terminals" not in found and "dones" in found and ("offsets" in found or order.EPISODE in found):
        found["terminals"] = found["dones"]
    missing = [column for column in NEEDED if column not in found]
    if missing:
        likely = guesses.likely(given, ["terminals"]).get("terminals") if "terminals" in missing else None
        advice = f" If `{likely[0]}` are true where the robot fell, they are the `terminals`." if likely else ""
        if meant := [name for name, ours in (rename or {}).items() if ours == "dones" and "terminals" in missing]:
            advice = f" If {meant[0]!r} is true where the robot fell, it is rename={ {meant[0]: 'terminals'} } here."
        try:
            naming.require_columns(found, NEEDED, also=(order.EPISODE, guesses.NEXT))
        except ValueError as error:
            hint = str(error).partition(", one row per episode.")[2]
            raise ValueError(
                f"{problem}: it lacks {missing} and has {there or sorted(given)}.{advice}{hint}"
            ) from error
    options = {"observation_key": lists.chosen(found["observations"], key)} | options
    found["observations"] = lists.pick(found["observations"], key)
    parts = {column: columns.array(found[column], column) for column in NEEDED}
    notes = list(options.pop("notes", ()))

    def say(note: str) -> None:
        notes.append(rows.say(name, note))

    unread.note_renamed(rename or {}, say)
    if told:
        say(told.note)
    columns.same_length(parts)
    steps, theirs = len(parts["rewards"]), {ours: name for name, ours in (rename or {}).items()}
    flags = {c: columns.array(found[c], c) for c in (*remedies.CLOCK, *remedies.ANY_END) if c in found}
    after = following.read(found[guesses.NEXT]) if guesses.NEXT in found else None
    if "offsets" in found:
        offsets = columns.scalars(columns.array(found["offsets"], "offsets"), "offsets")
    elif order.EPISODE in found:
        rows.refuse({"horizon": horizon}, "horizon", f"{order.EPISODE} says where episodes end")
        ids = {c: order.labels(found[c], c) for c in (order.EPISODE, order.STEP) if c in found}
        whole = parts | flags | ({} if after is None else {guesses.NEXT: after})
        columns.same_length(whole | ids)
        whole, offsets = order.arranged(whole, ids[order.EPISODE], ids.get(order.STEP), say)
        parts, flags = ({c: whole[c] for c in part} for part in (parts, flags))
        if after is not None:
            named = theirs.get(order.EPISODE, order.EPISODE)
            following.ends(parts, whole[guesses.NEXT], offsets[1:], [named], None, say)
    else:
        marks.note_numbers(found, steps, say)
        clocks = [theirs.get(column, column) for column in flags]
        offsets = _offsets(parts, flags, after, clocks, horizon, options.get("env"), say)
        parts = {column: values[: offsets[-1]] for column, values in parts.items()}
        flags = {}
    asked = {option: value for option, value in (("rename", rename), ("horizon", horizon)) if value}
    _look(found, parts["terminals"], flags, np.asarray(offsets), steps, asked, say)
    flag = "terminals" if "terminals" in given else "dones"
    marks.note_inverted(parts["terminals"], flag, say)
    parts["dones"] = columns.flags(parts.pop("terminals"), flag)
    return rows.assemble(parts, offsets, name, notes=tuple(notes), **options)


def _look(
    found: Mapping[str, Any],
    fell: np.ndarray,  # (steps read,), where episodes ended by themselves
    flags: Mapping[str, np.ndarray],
    offsets: np.ndarray,
    steps: int,
    asked: Mapping[str, object],
    say: Callable[[str], object],
) -> None:
    """Say what the columns that are not read seem to know of episodes; `flags` are those that were not asked for ends,
    `asked` the options with which the data is read."""
    known = "offsets" in found or order.EPISODE in found
    beside = [c for c, values in found.items() if not unread.may_matter(c) or _one_each(values)]
    lasting = {c: np.ravel(np.asarray(found[c])) for c in beside if marks.LENGTHS.match(str(c)) and _one_each(found[c])}
    lasting = {c: values for c, values in lasting.items() if len(values) == steps}
    masks = marks.note_flags_of_steps(lasting, offsets, say)
    last = np.isin(np.arange(steps), offsets[1:] - 1)
    loose = "offsets" in found or (
        order.EPISODE not in found and marks.fill_up({c: found[c] for c in beside}, last, masks)
    )
    beside = marks.note_masks({c: found[c] for c in beside}, last, np.asarray(found["terminals"]), say)
    for c in [c for c in ("info", "infos") if isinstance(found.get(c), list | tuple | np.ndarray)]:
        marks.note_time_limit(found[c], fell, say)
    if known:
        marks.note_numbers(found, steps, say)
    counts = {c: unread.numbered(np.ravel(np.asarray(found[c]))) for c in beside if unread.COUNT.match(str(c))}
    stop = int(offsets[-1])
    counts = {c: values[:stop] for c, values in counts.items() if len(values) == steps and values.dtype.kind in "iufM"}
    if order.EPISODE not in found or order.STEP not in found:  # then the rows may have been sorted
        unread.note_counts(counts, offsets, say)
    wanted = () if known else (order.EPISODE, guesses.NEXT)
    call = f"formats.open({', '.join(['data', *(f'{option}={value!r}' for option, value in asked.items())])})"
    unread.note(beside, wanted, say, "data with ends" if loose else "data", known, call, masks)
    read = next((column for column in FALLS if column in found), "terminals")
    used = ("terminals", read, *remedies.CLOCK, *remedies.ANY_END)
    unread.note_flags(fell, {c: found[c] for c in beside if c not in used}, say)
    for column, values in flags.items():
        columns.note_ends(columns.flags(values, column, steps), np.unique(offsets), say, column)


def _offsets(
    parts: dict[str, np.ndarray],
    flags: dict[str, np.ndarray],
    after,
    clocks: list[str],  # the flags' names in the file
    horizon: int | None,
    env: str | None,
    say: Callable,
) -> np.ndarray:
    """Where episodes begin, and the end of the last finished one."""
    steps = len(parts["rewards"])
    if horizon is not None and (not isinstance(horizon, Integral) or isinstance(horizon, bool) or horizon < 1):
        raise ValueError(f"horizon must be a whole number of steps, at least 1, not {horizon!r}.")
    end = columns.flags(parts["terminals"], "terminals", steps).copy()
    for column, values in flags.items():
        end |= columns.flags(values, column, steps)
    stops = np.flatnonzero(end) + 1  # first row after each episode
    if after is not None:
        timed = np.setdiff1d(stops, np.flatnonzero(columns.flags(parts["terminals"], "terminals")) + 1)
        stops = following.ends(parts, after, stops, clocks, timed, say)
    if (not flags and after is None) or horizon is not None:
        clock = horizon or _limit(env) or HORIZON
        before, stops = stops, _cut(stops, steps, int(clock))
        if len(stops) != len(before):
            whose = f", {env}'s limit" if _limit(env) else ""
            which = "" if horizon else f"{whose} (there are no timeouts; set another number with `horizon=`)"
            say(f"episodes are cut after {clock:,} steps{which}")
    if not len(stops):
        raise ValueError(
            f"No episode ends: there is no terminal and no timeout in {steps} steps. Say with `horizon=` after how "
            "many steps an episode ends."
        )
    if stops[-1] < steps:
        say(f"the last {steps - stops[-1]:,} of {steps:,} steps are an unfinished episode: they are left out")
    return np.concatenate([[0], stops])


def _limit(env: str | None) -> int | None:
    """The steps after which gymnasium ends an episode of this environment, if it knows it."""
    import gymnasium

    from dt_helpers import envs

    try:
        return gymnasium.spec(envs.V3.get(env, env)).max_episode_steps if env else None
    except gymnasium.error.Error:
        return None


def _cut(ends: np.ndarray, steps: int, longest: int) -> np.ndarray:
    """Ends of episodes, with those over `longest` steps cut into pieces of that length, without the remainder."""
    starts = np.concatenate([[0], ends])
    stops = np.concatenate([ends, [steps]])
    cuts = [np.arange(start + longest, stop + 1, longest) for start, stop in zip(starts, stops, strict=True)]
    return np.unique(np.concatenate([ends, *cuts]))
