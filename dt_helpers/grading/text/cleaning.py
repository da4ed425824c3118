"""Clean text from a student's process before it is read, printed or stored.

Replaces lone surrogates and NUL, which databases and files refuse, and control characters, which can move a terminal's
cursor, clear its screen, or change the order in which text is shown.
"""

from __future__ import annotations

import re

LONGEST = 2000  # characters of one text
DEEPEST = 64  # levels of a message
NO_TEXTS = (int, bool, float, type(None))  # JSON's other values without parts
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, except tab and newline
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # directions and separators
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"  # surrogates, non-characters, invisible tags
)


class TooDeep(ValueError):
    """A message nested more deeply than any valid one."""


def plain(text: str, longest: int = LONGEST) -> str:
    """The text in a form that every terminal, file, database and page takes, at most `longest` characters."""
    if len(text) <= longest and text.isascii() and text.isprintable():
        return text  # nearly all are: the names of a message's parts
    start = text[: longest + 1].replace("\r\n", "\n").replace("\r", "\n")
    start = _UNFIT.sub("\ufffd", start)
    return start if len(start) <= longest else start[: longest - 1] + "…"


def cleaned(value, depth: int = 0):
    """The same for all texts in a JSON value, including keys of objects. Raises TooDeep."""
    if isinstance(value, str):
        return plain(value)
    if depth > DEEPEST:
        raise TooDeep(f"more than {DEEPEST} levels")
    as_they_are = NO_TEXTS if depth < DEEPEST else ()
    if isinstance(value, list):
        return [item if type(item) in as_they_are else cleaned(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {
            plain(key): item if type(item) in as_they_are else cleaned(item, depth + 1) for key, item in value.items()
        }
    return value
