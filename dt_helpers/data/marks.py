"""Other ways in which data says where episodes end: numbers of rows, masks of what goes on, flags turned round."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dt_helpers.data import columns
from dt_helpers.data.remedies import ANY_END, CLOCK, GOES_ON
from dt_helpers.data.unread import MASK, PAD

NUMBERS = re.compile(r"(.*\.)?episode_?ends?$", re.IGNORECASE)  # Diffusion Policy's
LENGTHS = re.compile(  # DPPO's, RLlib's
    r"(.*\.)?((episode|ep|traj(ectory)?|path|seq(uence)?|valid)_?)?(lengths?|lens?)$|(num|n)_?steps$|T$", re.IGNORECASE
)

PARTLY = re.compile(r"len|steps|valid|size", re.IGNORECASE)  # names of what may be lengths


@dataclass(frozen=True)
class Told:
    offsets: np.ndarray  # (E + 1,)
    note: str


def by_number(found: Mapping[str, Any]) -> Told | None:
    """Where a column such as ``episode_ends`` (E,) holds the row after each episode, up to the number of steps; or one
    such as ``traj_lengths`` (E,) the steps of each, which add up to it."""
    steps = len(np.atleast_1d(np.asarray(found["rewards"])))
    for name, values in found.items():
        if LENGTHS.match(str(name)) and (counts := _counts(values)) is not None and counts.sum() == steps:
            return Told(np.append(0, np.cumsum(counts)), f"episodes are as long as `{name}` says")
        if NUMBERS.match(str(name)) and (rising := _rising(values)) is not None and rising[-1] == steps:
            return Told(np.append(0, rising), f"episodes end where `{name}` says")
        if NUMBERS.match(str(name)) and rising is not None and rising[-1] == steps - 1:
            raise ValueError(
                f"`{name}` must hold the row after each episode's end, up to {steps}, the number of steps, but ends "
                f"with {steps - 1}. If it holds each episode's last row: `{name} = numpy.asarray({name}) + 1`."
            )
    return None


def note_numbers(found: Mapping[str, Any], steps: int, say: Callable[[str], object]) -> None:
    """Say which column seems to hold numbers of rows at which episodes end, and is not read."""
    for name, values in found.items():
        counts = _counts(values) if LENGTHS.match(str(name)) else None
        if counts is not None and len(counts) < steps and counts.sum() != steps:
            say(f"`{name}` is not read: it adds up to {counts.sum():,}, and there are {steps:,} steps")
        if name == "offsets" or LENGTHS.match(str(name)):
            continue
        if NUMBERS.match(str(name)):
            _note_ends(name, values, steps, say)
            continue
        pairs = columns.plain(values)
        if (rising := _rising(values)) is not None and len(rising) < steps and rising[-1] == steps:
            say(f"`{name}` is not read; if it holds the row after each episode's end: `offsets = [0, *{name}]`")
        elif (counts := _counts(values)) is not None and 1 < len(counts) < steps and counts.sum() == steps:
            say(
                f"`{name}` is not read; if it holds the steps of each episode: "
                f"`offsets = numpy.append(0, numpy.cumsum({name}))`"
            )
        elif pairs.ndim == 2 and pairs.shape[1] == 2 and pairs.dtype.kind in "iu" and _are_ranges(pairs, steps):
            say(
                f"`{name}` is not read; if it holds each episode's first and last row: "
                f"`offsets = [*{name}[:, 0], {steps}]`"
            )


def _note_ends(name: object, values: Any, steps: int, say: Callable[[str], object]) -> None:
    """Say why what is called as the rows after episodes' ends is not read, if it is not one flag for each step."""
    rows, rising = _flat(values), _rising(values)
    if rows.ndim == 0 or len(rows) in (0, steps) or (rising is not None and rising[-1] == steps):
        return
    what = "it must rise up to that"
    if rising is not None and rising[-1] < steps:
        what = (
            f"it ends at {rising[-1]}: if the rows from there on are an episode that was not over, leave them out of "
            f"all columns, `values[:{rising[-1]}]`"
        )
    elif rows.ndim == 1 and rows[0] == 0:
        what = f"it begins with 0: if it holds the row at which each episode begins, `offsets = [*{name}, {steps}]`"
    say(f"`{name}` is not read: there are {steps} steps, and {what}")


def _are_ranges(pairs: np.ndarray, steps: int) -> bool:
    """Whether first and last rows (E, 2) cover all steps."""
    whole = 0 < len(pairs) < steps and pairs[0, 0] == 0 and pairs[-1, 1] in (steps - 1, steps)
    return bool(whole and (pairs[:, 0] <= pairs[:, 1]).all() and (np.diff(pairs[:, 0]) > 0).all())


def note_masks(
    beside: Mapping[str, Any], last: np.ndarray, fell: np.ndarray, say: Callable[[str], object]
) -> list[str]:
    """Say which mask is false in episodes' last steps only, `last` (N,) bool, and says more than `fell` (N,), which is
    read, and which within episodes; the names of the other columns."""
    others = []
    for name, values in beside.items():
        known = MASK.match(str(name)) or GOES_ON.match(str(name))
        off = np.ravel(np.asarray(values)) == 0 if known else np.zeros(1, bool)
        if len(off) != len(last):
            others.append(name)
        elif inside := _inside(off, last):
            say(f"`{name}` is not read; it is 0 within episodes, {columns.times(inside)}. Is an episode over there?")
        elif off.any() and not (off & ~last).any():
            known_ends = np.ravel(fell) != 0
            if known_ends.any() and not (known_ends & ~off).any():
                continue  # it says no less than what is read
            say(
                f"`{name}` is not read; it is 0 in last steps only, so it may say where the robot did not fall, as in "
                f"IQL's data: `terminals = {name} == 0`, with all ends that are flagged now as `timeouts`"
            )
        else:
            others.append(name)
    return others


def fill_up(beside: Mapping[str, Any], last: np.ndarray, masks: Collection[str] = ()) -> bool:
    """Whether a mask, by its name or among the `masks`, says of some of episodes' last steps, `last` (N,) bool, that
    they only fill up."""
    known = [values for name, values in beside.items() if MASK.match(str(name)) or name in masks]
    found = [np.ravel(np.asarray(values)) == 0 for values in known]
    found += [np.ravel(np.asarray(values)) != 0 for name, values in beside.items() if PAD.match(str(name))]
    return any(len(off) == len(last) and (off & last).any() for off in found)


def _inside(off: np.ndarray, last: np.ndarray) -> int:
    """In how many steps a mask is `off` (N,) bool with steps before and after them, in the same episode, in which it is
    not."""
    episode = np.cumsum(last) - last  # (N,)
    on = np.flatnonzero(~off)
    if not len(on):
        return 0
    after = np.searchsorted(on, np.arange(len(off)))  # the place in `on` of the next step
    known = (after > 0) & (after < len(on))
    before, after = on[np.maximum(after - 1, 0)], on[np.minimum(after, len(on) - 1)]
    return int((off & known & (episode[before] == episode) & (episode[after] == episode)).sum())


def may_count(name: object) -> bool:
    """Whether a column by this name may hold the number of an episode's steps."""
    return bool(LENGTHS.match(str(name)) or PARTLY.search(str(name)))


def is_flag(name: object) -> bool:
    """Whether a column by this name may hold flags of steps that are looked at: of time that ran out, of what lasts."""
    return str(name) in (*CLOCK, *ANY_END) or bool(LENGTHS.match(str(name)))


def note_flags_of_steps(
    flags: Mapping[str, np.ndarray], offsets: np.ndarray, say: Callable[[str], object]
) -> list[str]:
    """Say where time ran out within an episode. The names of columns such as ``lengths`` that hold flags: masks.

    flags : columns (N,) of which `is_flag` is true; offsets : (E + 1,), where episodes begin.
    """
    masks = []
    for name, values in flags.items():
        if not np.isin(values, (0, 1)).all():
            continue
        if LENGTHS.match(name):
            masks += [name] if not values.all() and values.any() else []
        else:
            columns.note_ends(values != 0, offsets, say, name)
    return masks


def note_time_limit(infos: Iterable, dones: Iterable, say: Callable[[str], object]) -> None:
    """Say where `infos`, a dict for each step, say of steps that are `dones` that time ran out there."""
    key = "TimeLimit.truncated"
    pairs = zip(infos, np.ravel(np.asarray(dones)), strict=False)
    if timed := sum(bool(isinstance(info, Mapping) and info.get(key) and done) for info, done in pairs):
        say(
            f"`{key}` is true in {timed} of the steps that are `dones`: time ran out there, so they should be False, "
            f"`[done and not info.get({key!r}) for done, info in zip(dones, infos)]`"
        )


def note_inverted(flags: Iterable, column: str, say: Callable[[str], object]) -> None:
    share = float(np.mean(np.asarray(flags) != 0))
    if 0.5 < share < 1:
        say(f"`{column}` are true in {share:.0%} of the steps. Are they turned round, true where the episode goes on?")


def _flat(values: Any) -> np.ndarray:
    """(n, 1) as (n,), and whole numbers that were saved as floats as what they are."""
    found = columns.plain(values)
    found = found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found
    whole = found.dtype.kind == "f" and np.isfinite(found).all() and (found == np.round(found)).all()
    return found.astype(np.int64) if whole else found


def _rising(values: Any) -> np.ndarray | None:
    """Whole numbers above 0 that rise, (n,), also from (n, 1); None for anything else."""
    found = _flat(values)
    rises = found.ndim == 1 and len(found) > 0 and found.dtype.kind in "iu" and found[0] > 0
    return found if rises and (np.diff(found) > 0).all() else None


def _counts(values: Any) -> np.ndarray | None:
    """Whole numbers above 0, (n,), also from (n, 1); None for anything else."""
    found = _flat(values)
    counts = found.ndim == 1 and len(found) > 0 and found.dtype.kind in "iu" and (found > 0).all()
    return found if counts else None


def cut(
    blocks: dict[str, np.ndarray], named: Mapping[str, Any], count: int, steps: int
) -> tuple[list[dict], list[str]]:
    """Episodes from blocks (count, steps, ...), each as long as a column such as ``path_lengths`` (count,) says; and
    notes on that, and on what may say so and is not read."""
    for name, values in named.items():
        found = _counts(values) if LENGTHS.match(str(name)) else None
        if found is not None and len(found) == count and found.max() <= steps:
            episodes = [{c: v[i, :length] for c, v in blocks.items()} for i, length in enumerate(found)]
            return episodes, [f"episodes are as long as `{name}` says"]
    notes = [
        f"`{name}` is not read; if it holds the steps of each episode: rename={ {name: 'traj_lengths'} }"
        for name, values in named.items()
        if may_count(name) and (found := _counts(values)) is not None
        if len(found) == count and found.min() < found.max() <= steps
    ]
    notes += [
        f"`{name}` is not read, since it says where episodes end in flat arrays, and these are (episodes, steps, ...)"
        for name in named
        if name == "offsets" or NUMBERS.match(str(name))
    ]
    return [{c: v[i] for c, v in blocks.items()} for i in range(count)], notes


def note_shorter(counts: Mapping[str, list], lengths: Sequence[int], say: Callable[[str], object]) -> None:
    """Say which of the counts, a list of one number for each episode, are smaller than the `lengths` of episodes."""
    for name, values in counts.items():
        found = np.array([np.ravel(value)[0] for value in values if np.size(value) == 1])
        if len(found) != len(lengths) or found.dtype.kind not in "iu" or (found < 1).any() or (found > lengths).any():
            continue
        if shorter := int((found < lengths).sum()):
            say(
                f"`{name}` is not read, and smaller than the number of steps in {shorter} of {len(lengths)} "
                f"episodes: if the other steps only fill up, leave them out, `values[:{name}]`"
            )
