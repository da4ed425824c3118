"""What to do about columns and options that can't be read: sentences for the errors, each with code that works."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping

import numpy as np

from dt_helpers.data import texts

OPTIONS = ("rename", "key", "horizon", "on_nan", "env", "action_space", "observation_space")
OURS = ("notes", "observation_key")  # what one reader passes to the next
COLUMNS = ("observations", "actions", "rewards", "dones")
STEPS = (*COLUMNS, "episode_index"), "as a row is a step here, not an episode"  # what a table of steps needs
FALLS = ("terminals", "terminated", "terminations", "terminateds")  # other names of `dones`: the robot fell
ENDS = ("dones", *FALLS)
CLOCK = ("timeouts", "truncated", "truncations", "truncateds")  # time ran out
ANY_END = ("episode_terminals",)  # d3rlpy's: any end of an episode
NO_PART = re.compile(  # says which episode or step it is, and is no part of what is observed
    r"(.*\.)?(runs?|trials?|rollouts?|reps?|seeds?|envs?|t|date|time(_?stamps?)?|(time)?_?steps?|"
    r"((episode|eps?|traj(ectory)?|env|step|run|trial|transition)_?(id|idx|index|num(ber)?|name)?)s?)$",
    re.IGNORECASE,
)
AFTER = re.compile(r"(^|[._])(next|new|after)([._]|$)", re.IGNORECASE)  # of what follows the step
NEVER = ("frame_index", "timestamp", "timeouts", "truncated")  # parts of no vector
STARTS = re.compile(r"(.*\.)?(episode_starts?|is_first|firsts?|new_episode)$", re.IGNORECASE)  # true in the first step
GOES_ON = re.compile(
    r"(.*\.)?(discounts?|not_?dones?(_no_max)?|continues?|cont|non_?terminals?)$", re.IGNORECASE
)  # 0 at an end
SUMS = re.compile(r"(.*\.)?(rtgs?|returns?_?to_?go)$", re.IGNORECASE)
DIFFERENCES = (
    " within each episode, with the last of each as it is: `numpy.append(-numpy.diff(sums), sums[-1])` of one episode; "
    "of all steps one after another `numpy.where(ends, sums, sums - numpy.append(sums[1:], 0))`, where `ends` are true "
    "in the last step of each episode."
)
DATES = (datetime.date, datetime.timedelta, np.datetime64, np.timedelta64)
NO_NUMBERS = (str, bytes, Mapping, *DATES)


def to_numbers(value: object, column: str) -> str:
    """What makes numbers of values like this one: a sentence with code, in which they are `values`."""
    if isinstance(value, np.generic) and value.dtype.kind == "V":
        if value.dtype.names:
            return "Give each field a place: `numpy.lib.recfunctions.structured_to_unstructured(values)`."
        if texts.reads(lambda one: one.astype("float32"), value):  # ml_dtypes' bfloat16
            return 'Make numbers of them that NumPy knows: `numpy.asarray(values).astype("float32")`.'
    if isinstance(value, complex | np.complexfloating):
        return "Make two numbers of each: `numpy.stack([numpy.real(values), numpy.imag(values)], axis=-1)`."
    if isinstance(value, datetime.timedelta | np.timedelta64):
        return 'Make numbers of the durations: `pandas.to_timedelta(values).astype("int64")`.'
    if isinstance(value, datetime.date | np.datetime64):
        return (
            'Make numbers of the dates: `pandas.to_datetime(values).astype("int64")`, or number them in their order: '
            '`pandas.Series(values).rank(method="dense")`.'
        )
    if isinstance(value, Mapping):
        return of_dicts([*value])
    if isinstance(value, bytes) and value.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        return "These are images, for which there is an encoder: see dt_helpers.pixels and the challenges notebook."
    if isinstance(value, bytes) and len(value) % 4 == 0 and not value.decode("latin-1").isprintable():
        return (
            "If these are the bytes of arrays: `[numpy.frombuffer(value, numpy.float32) for value in values]`, with "
            "the dtype that was written."
        )
    if isinstance(value, str | bytes):
        return texts.of_text(value, column)
    return "Convert it to numbers."


def of_dicts(parts: list) -> str:
    """What makes vectors of a dict for each step, with these parts."""
    return (
        f"Join them, in the order in which the environment takes them: `[numpy.hstack([step[part] for part in {parts}])"
        " for step in values]`."
    )


def of_parts(column: str, parts: list) -> str:
    """What makes one array of a dict of arrays, with these parts."""
    if "[" in column:  # observations['robot']
        return (
            "Give each part in it a name of its own beside the others, such as `robot/speed`, or leave it out: `key=` "
            "takes the names of the parts to read."
        )
    return (
        "Join its parts, in the order in which the environment takes them: "
        f"`numpy.column_stack([values[part] for part in {parts}])`."
    )


def dropped(column: str) -> str:
    """What to do about rows in which a column is missing."""
    return (
        "Fill it in, or leave these rows out if they are no steps, in a table with "
        f"`table.dropna(subset=[{column!r}])` (under the column's name there)."
    )


def _size(step: Iterable) -> int:
    return sum(int(np.size(part)) for part in step)


def uneven(values: object) -> str:
    """For what NumPy can't make one array of."""
    if not isinstance(values, list | tuple) or not values:
        return ""
    if isinstance(values[0], tuple) and len({_size(step) for step in values}) > 1:
        return " The steps hold different numbers of numbers: make one vector of each, of the same size in all."
    if isinstance(values[0], tuple):
        return (
            " If each is a tuple of parts, make one row of numbers: `[numpy.hstack(step) for step in values]`; if "
            "these are actions, their environment then needs a wrapper that takes them so."
        )
    none = [i for i, value in enumerate(values) if value is None]
    if none == [len(values) - 1]:
        return " The last is None: if that step holds only the observation after the end, leave it out of all columns."
    return f" It is None in {len(none)} steps, first in step {none[0]}: fill it in." if none else ""


def for_mixed(table, error: Exception) -> str:
    """What to do about a DataFrame of which Arrow can't take a column."""
    import pyarrow as pa

    for column in table.columns:
        try:
            pa.array(table[column], from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError):
            first = table[column].iloc[0]
            if isinstance(first, complex) or getattr(getattr(first, "dtype", None), "kind", "") == "c":
                return (
                    f"`{column}` holds complex numbers. Make two numbers of each: "
                    "`[numpy.hstack([numpy.real(value), numpy.imag(value)]) for value in values]`."
                )
            if isinstance(first, list | tuple) and any(map(texts.is_written, first)):
                return (
                    f"`{column}` holds text beside numbers in each row: make numbers of the text first, in the column "
                    "that it comes from."
                )
            return (
                f"`{column}` mixes values of different kinds ({error}): every row must hold numbers, or lists of them. "
                "If each is one of a few choices, give each its number: `pandas.Series(values).map(str).factorize()[0]`"
                f"; if it isn't needed: `table.drop(columns={column!r})`."
            )
    return f"The table can't be read ({error})."


def rows_are_steps(table: Mapping, guesses: Mapping[str, str]) -> bool:
    """Whether a row of Arrow columns is a step: by the first of these columns that is there, under whatever name; else
    by all."""
    import pyarrow as pa

    for column in ("rewards", "episode_index", "frame_index"):
        if names := [name for name in table if name == column or re.match(guesses.get(column, "$^"), name, re.I)]:
            return all(pa.types.is_primitive(table[name].type) for name in names)
    return all(pa.types.is_primitive(column.type) for column in table.values())


def for_missing(missing: list, there: list, needed: Iterable[str], meant: Mapping[str, str]) -> str:
    """What to do about columns that aren't `there`. `meant` are those that seem to have other names."""
    starts = [name for name in there if STARTS.match(str(name))]
    unknown = [column for column in missing if column not in meant.values()]
    sums = [name for name in there if SUMS.match(str(name))] if "rewards" in unknown else []
    if not set(meant.values()) & set(missing) and not starts and not sums:
        meant = {"your name": missing[0]} | dict(meant)
    advice = f" If they have other names: rename={meant}." if meant else ""
    rest = [name for name in there if name not in (*needed, *meant, *starts, *ENDS, *NEVER)]
    rest = [name for name in rest if not NO_PART.match(str(name)) and not AFTER.search(str(name))]
    stems = [re.sub(r"\d+$", "", str(name)) for name in rest]  # state_feature_0, state_feature_1, ...
    numbered = [stem for name, stem in zip(rest, stems, strict=True) if stem != name and stems.count(stem) > 1]
    rest = [n for n, stem in zip(rest, stems, strict=True) if stem == numbered[0]] if numbered else rest[:2]
    steps = "episode_index" in needed
    numbers = all(str(name).isdecimal() for name in rest)  # which pandas has as numbers, or as text
    df = "df.rename(columns=str)" if numbers else "df"
    if steps and len(rest) > 1 and (whole := [c for c in ("observations", "actions") if c in unknown]):
        advice += (
            f' `{whole[0]}` of several columns, for instance: `df["{whole[0]}"] = {df}[{rest}].to_numpy().tolist()`.'
        )
    inner = [name for name in there if name in ("next", "info", "infos")]
    if "rewards" in unknown and inner:
        advice += (
            f" If they are in {inner[0]!r}, put its columns beside the others: "
            f'`data | {{"{inner[0]}." + name: values for name, values in data["{inner[0]}"].items()}}`.'
        )
    if sums:
        advice += f" The rewards are the differences of {sums[0]!r}{DIFFERENCES}"
    elif "rewards" in unknown and len(missing) < len(COLUMNS) and not inner:
        advice += " If there are no rewards, add a column of zeros; target returns then mean nothing."
    if ends := [column for column in unknown if column in ENDS]:
        advice += (
            f" `{ends[0]}` are true where an episode ended by itself, not where one begins or time ran out; if the "
            "data doesn't say, add a column of False."
        )
        on, *more = [name for name in there if GOES_ON.match(str(name))] or [None]
        if on:
            advice += f" Is {on!r} 0 there? Then `{ends[0]} = {on} == 0`, without the steps at which time ran out."
        if more:
            advice += f" Of {[on, *more]} take the one with the fewest zeros; where another is 0 too, time ran out."
    if starts and ("episode_index" in missing or "terminals" in missing):
        advice += f" {starts[0]!r} says where episodes begin: `{begun(starts[0], 'episode_index' in missing)}`."
    elif "episode_index" in unknown:
        advice += (
            " If no column names the episode: in a dict of columns, `formats.open(df.to_dict('list'))`, `terminals`, "
            "`timeouts` or horizon= say where one ends."
        )
    return advice


def begun(start: str, steps: bool) -> str:
    """What makes a column of a table of `steps`, or of flat columns, from the flags of first steps."""
    if steps:
        return f"episode_index = numpy.cumsum({start})"
    return f"offsets = [*numpy.flatnonzero({start}), len({start})]"


def require_meaning(rename: Mapping[str, str]) -> None:
    """Raises ValueError where the flags of episodes' first steps are renamed to those of their last, or returns-to-go
    to rewards."""
    for theirs, ours in rename.items():
        if ours == "rewards" and SUMS.match(str(theirs)):
            raise ValueError(
                f"rename= takes {theirs!r} for 'rewards', but it is a sum of rewards, up to the episode's end. The "
                f"rewards are its differences{DIFFERENCES}"
            )
        if ours in ENDS and STARTS.match(str(theirs)):
            raise ValueError(
                f"rename= takes {theirs!r} for {ours!r}, but it is true where an episode begins, not where one ended. "
                f"Make `{begun(theirs, True)}` of it for a table, `{begun(theirs, False)}` for a dict of columns."
            )


def require_known(options: Iterable[str]) -> None:
    """Raises ValueError for an option that no reader has, with the likely one."""
    for option in options:
        if option not in (*OPTIONS, *OURS):
            close = difflib.get_close_matches(option, OPTIONS, n=1, cutoff=0.5)
            hint = f" Did you mean {close[0]}=?" if close else ""
            raise ValueError(f"There is no option {option}=.{hint} The options are {', '.join(OPTIONS)}.")
