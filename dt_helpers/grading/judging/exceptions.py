"""Exceptions from the sandbox, raised again with a type of the same name and the student's lines in the traceback.

The checks use both, as if the function had run here. The frames are made as in template engines: code that raises,
compiled with the name and the line that the traceback should show.
"""

from __future__ import annotations

import builtins
import linecache
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from dt_helpers.grading.sandbox.inside.asking import EXCEPTIONS
from dt_helpers.grading.sandbox.inside.child import MAX_FRAMES
from dt_helpers.grading.sandbox.inside.wire import WireError
from dt_helpers.grading.text.cleaning import plain

MAX_LINE, MAX_NAME = 20_000, 200
_LIBRARY = f"{sysconfig.get_path('purelib')}/a_library.py"


class _Mark(Exception):
    """Raised only to get a frame."""


def rebuilt(described) -> Exception | SystemExit:
    """The exception described by `inside.child.described`; raises WireError for anything else."""
    try:
        name, like, text, bare, frames = (described[key] for key in ("name", "like", "text", "bare", "frames"))
        places = [(str(file), int(line), str(function)) for file, line, function in frames]
    except (TypeError, KeyError, ValueError, OverflowError):
        raise WireError("an exception that can't be read") from None
    if not all(isinstance(value, str) for value in (name, like, text)) or len(places) > 2 * MAX_FRAMES:
        raise WireError("an exception that can't be read")
    name, text = plain(name, MAX_NAME).replace("\n", " ") or "Exception", plain(text)
    base = getattr(builtins, like) if like in EXCEPTIONS else Exception
    kind = type(name, (base,), {"__str__": lambda self: text, "__module__": "builtins"})
    error = kind() if bare else kind(text)
    error.from_the_sandbox = True
    error.operation = str(described.get("operation", ""))
    error.standing = described.get("standing") is True  # whether a stand-in for the course's may be why
    trace = None
    for file, line, function in reversed(places):
        trace = TracebackType(trace, *_frame(file, line, function))
    return error.with_traceback(trace)


def _frame(file: str, line: int, function: str):
    """A frame, its last instruction and its line."""
    if not _is_a_cell(file):
        file, line, function = _LIBRARY, 1, "function"
    line = min(max(line, 1), MAX_LINE)
    file, function = (plain(name, MAX_NAME) for name in (file, function))
    code = compile("\n" * (line - 1) + "raise mark", file, "exec")
    try:
        exec(code.replace(co_name=function, co_qualname=function), {"mark": _Mark()})
    except _Mark as mark:
        here = mark.__traceback__
        assert here is not None and here.tb_next is not None  # the frame that raised it
        trace = here.tb_next
        return trace.tb_frame, trace.tb_lasti, trace.tb_lineno


def _is_a_cell(file: str) -> bool:
    """Cells are called <name>. No line of any other file may be read: the name comes from the student's process."""
    return file.startswith("<") and file.endswith(">")


@contextmanager
def lines_of(cells: dict[str, str]) -> Iterator[None]:
    """Within the block, tracebacks show the lines of these cells (name -> text)."""
    names = [f"<{name}>" for name in cells]
    for name, text in zip(names, cells.values(), strict=True):
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    try:
        yield
    finally:
        for name in names:
            linecache.cache.pop(name, None)
