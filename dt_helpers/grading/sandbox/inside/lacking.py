"""What the sandbox lacks, and a kernel has: the course's package and data, a network, Colab, a graphics card, memory.

A statement that stops because of that would have gone on in a kernel, so the rest of its cell runs. What the statement
would have bound becomes a stand-in. `docs/grading.md` has the rule.
"""

from __future__ import annotations

import dis
import errno
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from types import CodeType, FrameType
from typing import Any

from . import uses
from .standins import WORKSPACE, StandIn, is_stand_in
from .uses import LOADED

STORED = {"STORE_NAME", "STORE_GLOBAL"}
CONTAINERS = (list, tuple, set, dict)
MOST = 1000  # values of a container, or names of a frame, to look at
# the kernel's own files, the folders of Colab and Kaggle, and what other notebooks have put into the workspace
PLACES = ("/proc", "/sys", "/content", "/kaggle", str(WORKSPACE.expanduser()))
MODULES = ("google.colab", "kaggle_secrets")
NOT_ALLOWED = {
    errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EAFNOSUPPORT,  # no network
    errno.EROFS, errno.EFBIG, errno.ENOSPC, errno.EPERM, errno.ENOSYS, errno.EMFILE, errno.EAGAIN, errno.ENOMEM,
}  # fmt: skip
OFFLINE = {"gaierror", "LocalEntryNotFoundError", "ConnectError"}  # of socket, huggingface_hub, httpx
TOLD = re.compile(  # by libraries, in exceptions of many types
    r"\bCUDA\b|\bNVIDIA\b|\bmps\b|OpenGL|\bEGL\b|GLFW|can't allocate memory|not enough memory|couldn't connect to"
)
OWN = (NameError, SyntaxError, SystemExit, KeyboardInterrupt)  # nothing that is lacking causes these
IMPORTED = {"IMPORT_NAME"}
KINDS = LOADED | STORED | IMPORTED
_known: dict[int, tuple[CodeType, set[tuple[str, str]]]] = {}  # by the code's id; it is kept, so no other has it


def is_why(error: BaseException | None, code: CodeType, ran: Iterable[CodeType], space: dict) -> bool:
    """Whether a statement's `code` stopped with an error that a kernel doesn't have. `ran`: the statements before it,
    in the namespace `space`."""
    if error is None or isinstance(error, OWN):
        return False
    if any(map(_of_the_machine, _chain(error))) or (isinstance(error, ImportError) and _imports_colab(code)):
        return True
    made_of_it = doubtful(ran, space)
    return bool(names(code, LOADED) & made_of_it) or any(_holds(frame, made_of_it) for frame in _frames(error))


def fill_in(code: CodeType, space: dict) -> None:
    """Bind what a statement would have bound, if nothing is bound yet."""
    for name in names(code, STORED):
        space.setdefault(name, StandIn(name))


def names(code: CodeType, kinds: set[str]) -> set[str]:
    """The global names that the code, or a function in it, loads, stores or imports."""
    return {name for kind, name in _uses(code) if kind in kinds}


def _uses(code: CodeType) -> set[tuple[str, str]]:
    """Kind and global name of its instructions. Kept, since each statement that fails asks for all that ran before."""
    if id(code) not in _known:
        found = {(one.opname, one.argval) for one in dis.get_instructions(code) if one.opname in KINDS}
        inner = [one for one in code.co_consts if isinstance(one, CodeType)]
        _known[id(code)] = code, found.union(*map(_uses, inner))
    return _known[id(code)][1]


def all_names(code: CodeType) -> set[str]:
    """The global names and the attributes that the code, or a function in it, uses."""
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return set(code.co_names).union(*map(all_names, inner))


def doubtful(ran: Iterable[CodeType], space: dict, known: Iterable[str] = ()) -> set[str]:
    """The names of stand-ins, and of whatever was made with them or with what is `known` to be made with them."""
    found = {name for name, value in space.items() if _is_or_has(value)}.union(known)
    for code in ran:
        if found.isdisjoint(all_names(code)):
            continue  # and so of what it loads
        loaded = names(code, LOADED)
        if loaded & found:
            found |= names(code, STORED) | {name for name in loaded - found if _may_be_filled(name, code, space)}
    return found


def _may_be_filled(name: str, code: CodeType, space: dict) -> bool:
    """Whether a statement may have put something into the container of that name, or into one in it."""
    value = space.get(name)
    if not isinstance(value, CONTAINERS):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(one, CONTAINERS) for one in islice(inner, MOST)) or not uses.only_reads(code, name)


def _holds(frame: FrameType, doubtful: set[str]) -> bool:
    """Whether a frame on the way to the error has a stand-in, or reads a doubtful name."""
    if frame.f_locals is frame.f_globals:
        return False  # the statement itself
    if frame.f_code.co_filename.startswith("<") and doubtful.intersection(frame.f_code.co_names):
        return True
    return any(_is_or_has(value) for value in list(frame.f_locals.values())[:MOST])


def _is_or_has(value: Any) -> bool:
    if is_stand_in(value):
        return True
    inner = value.values() if type(value) is dict else value if type(value) in CONTAINERS else ()
    return any(is_stand_in(one) for one, _ in zip(inner, range(MOST), strict=False))


def _of_the_machine(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or type(error).__name__ in OFFLINE:
        return True
    if isinstance(error, ConnectionError):
        return True
    if isinstance(error, OSError) and (error.errno in NOT_ALLOWED or str(error.filename or "").startswith(PLACES)):
        return True
    return bool(TOLD.search(_text(error)))


def _text(error: BaseException) -> str:
    try:
        return str(error)[:MOST]
    except Exception:  # a student's own
        return ""


def _imports_colab(code: CodeType) -> bool:
    return any(name.startswith(MODULES) for name in names(code, IMPORTED))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    seen: set[int] = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__ or getattr(error, "reason", None)  # type: ignore[assignment]


def _frames(error: BaseException) -> Iterator[FrameType]:
    trace = error.__traceback__
    while trace:
        yield trace.tb_frame
        trace = trace.tb_next
