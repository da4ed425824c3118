"""Columns that are there but not read, though they may say where episodes begin and end: a note for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dt_helpers.data import columns, order, remedies
from dt_helpers.data.guesses import FOLLOWING, NEXT, likely
from dt_helpers.data.order import EPISODE, STEP

ENDS = (*remedies.ENDS, *remedies.CLOCK, *remedies.ANY_END)
UNREAD = {EPISODE: "the episode of each step", NEXT: "the observation after each step"}
# False, and true, in steps that only fill up an episode
MASK = re.compile(r"(.*[._])?(masks?|filled|valids?|exist(s|ence)?)$", re.IGNORECASE)
PAD = re.compile(r"(.*[._])?((is)?pad(ded|ding)?s?)$", re.IGNORECASE)
LAST = re.compile(r"(.*\.)?is_last$", re.IGNORECASE)
KIND = re.compile(r"(.*\.)?step_?type$", re.IGNORECASE)  # dm_env's and TF-Agents': 0 first, 1 within, 2 last
KINDS = re.compile(r"(.*\.)?step_?types$", re.IGNORECASE)  # garage's: 2 where it fell, 3 where time ran out
OVER = re.compile(r"(.*\.)?(last|end_of_episode|episode_over)$", re.IGNORECASE)  # MushroomRL's: true in a last step
ENV = re.compile(r"(.*\.)?env_?(id|index|idx)s?$", re.IGNORECASE)
ELAPSED = re.compile(r"(.*\.)?elapsed_?steps?$", re.IGNORECASE)
COUNT = re.compile(
    r"(.*\.)?(t|(time|elapsed)?_?steps?|(time_?)?step_?(id|idx|index|num(ber)?)|time|time_?stamps?|date(_?time)?)$",
    re.IGNORECASE,
)
FELL = re.compile(r"(?<!non)(?<!non_)termina", re.IGNORECASE)
DOCS = 'see "What is beside what" in docs/your_data.md'
LEFT_OUT = {  # by what holds the columns
    "table": "table[table[{0!r}] != {2}]",
    **dict.fromkeys(
        ("episode", "data"),
        "{{name: numpy.array(values)[numpy.ravel({1}[{0!r}]) != {2}] for name, values in {1}.items() if "
        "numpy.ndim(values)}}",
    ),
    "data with ends": (  # the ends would be left out with the steps
        "[{{name: numpy.array(values[first:stop])[numpy.ravel(data[{0!r}][first:stop]) != {2}] for name, values in "
        "data.items() if len(values) == len(data[{0!r}])}} for first, stop in itertools.pairwise({3}.offsets)]"
    ),
}


def may_matter(name: object) -> bool:
    return any(pattern.match(str(name)) for pattern in (remedies.STARTS, MASK, PAD, LAST, KIND, KINDS, ENV, ELAPSED))


def note_counts(counts: Mapping[str, np.ndarray], offsets: np.ndarray, say: Callable[[str], object]) -> None:
    """Say where a column that counts an episode's steps, or its time, starts again within one, or falls all the time.

    counts : numbers of steps (N,) that are not read; offsets : (E + 1,), where episodes begin.
    """
    for name, values in counts.items():
        order.note_starts(name, values, offsets[:-1], say)
        falls = np.setdiff1d(np.flatnonzero(np.diff(values) < 0) + 1, offsets)
        within = len(values) - len(offsets) + 1
        repeats = np.setdiff1d(np.flatnonzero(np.diff(values) == 0) + 1, offsets)
        if not len(falls) and 0.2 * within < len(repeats) < within:
            say(f"`{name}` is the same in {len(repeats)} steps as in the step before: do several episodes take turns?")
            return
        if not len(falls):
            continue
        episode = int(np.searchsorted(offsets, falls[0], "right")) - 1
        where = f"first in episode {episode} at step {int(falls[0] - offsets[episode])}"
        if len(falls) > 0.2 * within:
            say(f"the rows are not in the order of `{name}`, {where}: rename={ {name: STEP} } sorts each episode by it")
        else:
            again = columns.times(len(falls))
            say(f"`{name}` starts again within episodes, {again}, {where}: are these several episodes?")
        return


def numbered(values: Any) -> np.ndarray:
    """Numbers or dates that are written as text as whole numbers (N,), if all can be read; else as they are."""
    found = columns.plain(values)
    if found.dtype.kind not in "OUS" or found.ndim != 1 or not len(found) or not isinstance(found[0], str):
        return found
    import pandas

    numbers = pandas.to_numeric(pandas.Series(found), errors="coerce")
    if numbers.isna().any():
        numbers = pandas.to_datetime(pandas.Series(found), errors="coerce", utc=True, format="mixed")
    return found if numbers.isna().any() else numbers.rank(method="dense").to_numpy().astype(np.int64)


def note_renamed(rename: Mapping[str, str], say: Callable[[str], object]) -> None:
    """Say what the flags of a step that is none stand for, where they are read as an end."""
    if last := next((theirs for theirs, ours in rename.items() if LAST.match(str(theirs)) and ours in ENDS), None):
        say(
            f"{last!r} is read as an end; if the step at which it is true holds only the observation after the end, "
            f"its action would be learned: leave that step out ({DOCS})"
        )


def whole(counts: Mapping[str, list], lengths: Sequence[int] | np.ndarray) -> dict[str, np.ndarray]:
    """Those of the counts, each a list of one (T,) per episode, that hold a whole number for each step, as (N,)."""
    arrays = {name: [numbered(values) for values in parts] for name, parts in counts.items()}
    return {
        name: np.concatenate(parts)
        for name, parts in arrays.items()
        if [part.shape for part in parts] == [(length,) for length in lengths]
        and all(part.dtype.kind in "iu" for part in parts if len(part))
    }


def note_flags(read: np.ndarray, others: Mapping, say: Callable[[str], object]) -> None:
    """Say which of the `others` says where the robot fell, if what is `read` (N,) never does."""
    if read.any():
        return
    for name, values in others.items():
        if FELL.search(str(name)) and np.shape(values) and np.any(values) and np.isin(values, (0, 1)).all():
            say(f"the flags that are read are never true, and `{name}` is: rename={ {name: 'terminals'} }")
            return


def note(
    found: Iterable,
    wanted,
    say: Callable[[str], object],
    holder: str,
    known: bool = True,
    call: str = "",
    masks: Sequence[str] = (),
) -> None:
    """Say which columns may be among the `wanted` ones under other names, or say where episodes begin and end.

    holder : what the code in a note calls that which holds the columns, a key of `LEFT_OUT`.
    known : whether the episodes are known without them.
    call : what reads the data as it was read now, in code.
    masks : columns that are masks by what they hold.
    """
    names = [str(name) for name in found]
    for ours, (other, *_) in likely(names, wanted).items():
        say(f"`{other}` is not read; if it holds {UNREAD[ours]}: rename={ {other: ours} }")

    family = [name for name in names if FOLLOWING.match(name)]
    if len(family) > 1 and NEXT in wanted:
        say(
            f"`{family[0]}` and {len(family) - 1} others are not read; together they are the observation after each "
            f"step: `{NEXT} = list(numpy.column_stack([{holder}[name] for name in {family}]))`"
        )

    def first(pattern: re.Pattern) -> str | None:
        return next((name for name in names if pattern.match(name)), None)

    def without(name: str, value: int) -> str:
        return LEFT_OUT[holder].format(name, holder, value, call)

    if start := first(remedies.STARTS):
        begun = f"if it is true where an episode begins: `{remedies.begun(start, False)}`"
        asked = f"is each action beside the state in which it was chosen? ({DOCS})"
        say(f"`{start}` is not read; {asked if known else begun}")
    if last := first(LAST):
        say(
            f"`{last}` is not read; if the step at which it is true holds only the observation after the end, its "
            f"action would be learned: leave that step out ({DOCS})"
        )
    if (over := first(OVER)) and not known:
        say(f"`{over}` is not read; if it is true in each episode's last step: rename={ {over: 'timeouts'} }")
    if kinds := first(KINDS):
        say(
            f"`{kinds}` is not read; in garage's data it is 2 where an episode ended by itself and 3 where time ran "
            f"out: `terminals = {kinds} == 2`, `timeouts = {kinds} == 3`"
        )
    if kind := first(KIND):
        say(
            f"`{kind}` is not read; if a row where it is 2 is no step, but the observation after an episode's end, as "
            f"in TF-Agents' data, leave it out: `{without(kind, 2)}`. Episodes then end where the next type is 2: "
            "`timeouts = next_step_type == 2`"
        )
    for pattern, stands, value in ((MASK, "false", 0), (PAD, "true", 1)):
        if mask := first(pattern) or (pattern is MASK and next(iter(masks), None)):
            say(
                f"`{mask}` is not read; if it is {stands} in steps that only fill up an episode, they would be "
                f"learned. Leave them out: `{without(mask, value)}`"
            )
    env, elapsed = first(ENV), first(ELAPSED)
    if env and elapsed and not known and STEP not in names:
        say(
            f"`{env}` and `{elapsed}` are not read; if the rows of several environments take turns: "
            f"rename={ {env: EPISODE, elapsed: STEP} }"
        )
