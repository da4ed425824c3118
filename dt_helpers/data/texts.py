"""Text where numbers should be: which code makes numbers of it."""

from __future__ import annotations

import ast
import datetime
import json
import re
import warnings
from collections.abc import Callable, Mapping

import numpy as np

FLAGS = re.compile(r"done|termina|timeout|trunc", re.IGNORECASE)  # columns of flags
TRUE = {"true": "false", "yes": "no"}  # what stands for a flag in text
LETTERS = {"t": "f", "y": "n"}  # in a column of flags only: elsewhere they may be directions
WRITTEN = {  # a list or a dict that was written out as text: how it is read, and the code that says so
    "[ast.literal_eval(text) for text in values]": ast.literal_eval,
    '[numpy.fromstring(text.strip("[]()"), sep=" ") for text in values]': lambda text: np.fromstring(
        text.strip("[]()"), sep=" "
    ),
    "[json.loads(text) for text in values]": json.loads,
}


def of_text(value: str | bytes, column: str) -> str:
    """What makes numbers of a column of texts like this one: a sentence with code, in which they are `values`."""
    if "[" in column:  # observations['mission']
        return "Leave this part out: `key=` takes the names of the parts to read."
    if reads(float, value):
        return "Make numbers of the text: `numpy.asarray(values, float)`."
    if isinstance(value, str) and re.match(r"\s*[\[({]", value):
        for code, read in WRITTEN.items():
            if reads(read, value):
                what = "dicts" if isinstance(read(value), Mapping) else "lists"
                return f"These are {what}, written as text: `{code}`."
    if isinstance(value, str):
        for mark, code in ((",", '","'), (";", '";"'), (None, "")):  # the last: blanks
            if len(parts := value.split(mark)) > 1 and all(reads(float, part) for part in parts):
                return (
                    "These are several numbers, written as text: "
                    f"`[[float(part) for part in text.split({code})] for text in values]`."
                )
    if flag := _of_flags(value, column):
        return flag
    if isinstance(value, str) and reads(datetime.datetime.fromisoformat, value):
        return 'Make numbers of the dates: `pandas.to_datetime(values).astype("int64")`.'
    if column == "next_observations":
        return (
            "Number it together with `observations`, with the numbers of the texts in both: `numbers = "
            "pandas.Series([*observations, *next_observations]).factorize()[0]`, `observations, next_observations = "
            "numpy.split(numbers, 2)`."
        )
    if column == "rewards":
        return "Rewards have to be numbers: is it another column?"
    own = " In an environment, use the numbers that it has for them, with pandas' map()."
    return "Give each text its number: `pandas.Series(values).factorize()[0]`." + own * (column == "actions")


def _of_flags(value: str | bytes, column: str) -> str:
    """For text that stands for true or false; numbers in the order of its first places could invert it."""
    for yes, no in (TRUE | (LETTERS if FLAGS.search(column) else {})).items():
        for spelt in (str.lower, str.capitalize, str.upper):
            pair = [spelt(yes), spelt(no)]
            known = [text.encode() for text in pair] if isinstance(value, bytes) else pair
            if value in known:
                return f"Make flags of the text: `pandas.Series(values).map({ {known[0]: 1.0, known[1]: 0.0} })`."
    if not FLAGS.search(column):
        return ""
    plain = value if isinstance(value, bytes) else str(value)
    flags = "`numpy.array([value {} {!r} for value in values])`"
    return f"If {plain!r} means true: {flags.format('==', plain)}; if it means false: {flags.format('!=', plain)}."


def reads(read: Callable, text: object) -> bool:
    """Whether `read` makes numbers, or a list or dict of anything, of it."""
    try:
        with warnings.catch_warnings(action="error"):  # NumPy only warns of text that it can't read
            return np.asarray(read(text)).dtype.kind in "biufO"
    except (ValueError, TypeError, SyntaxError, Warning):
        return False


def is_written(value: object) -> bool:
    """Whether it is numbers, or a list of them, as text."""
    return isinstance(value, str) and (reads(float, value) or bool(re.match(r"\s*[\[({]", value)))
