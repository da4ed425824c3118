"""Stand-ins for what a solution must not use: the course's helpers, which hold its answers, and transformers' own whole
model, whose file the sandbox gets without that class.

Notebooks import the helpers, and a student may call a plot or a check anywhere: a stand-in has every attribute, takes
every call, and acts as 4.0, [4.0, 4.0] or two stand-ins where a number, an array or a pair is needed: not as 1, since
an answer that is wrongly divided by it would be right. What is known of the published data it says as that is. Inside
the student's function it refuses calls, since no answer can come from it, except for those that only show something,
and an array's own methods. Anything imported under an exception's name is an exception, which nothing raises.
`docs/grading.md` has the list.

All of them can act otherwise: an answer that is then the same has made nothing of them.
"""

import importlib.util
import operator
import re
import sys
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from . import facts

HELPERS = "dt_helpers"
CHECKS = f"{HELPERS}.check."
LIBRARY = "transformers.models.decision_transformer.modeling_decision_transformer"
EXCEPTION = re.compile(r"(?!__)\w*(Error|Failed|Unavailable|Unreadable|Exception|Warning)$")
SHOWS = re.compile(r"\.(\w*plots|video|slider)\b")  # a picture left in the function changes no answer
ABSENT = "is not available while grading"
WORKSPACE = Path("~/dt_workspace")
PARTS = 2  # when a stand-in is unpacked: helpers that return several values mostly return a pair
OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]
COMPARISONS = ["lt", "le", "gt", "ge"]


@dataclass(frozen=True)
class Acting:
    """What a stand-in is taken for where nothing is known of it."""

    number: float = 4.0  # a power of 2: to multiply by it and divide by it again changes no digit
    index: int = 1
    length: int = PARTS
    true: bool = True
    equal: bool = False  # to anything else


OTHERWISE = Acting(8192.0, 0, 1000, False, True)


class NotInTheSandbox(RuntimeError):
    """The student's function called something that the course provides."""


class Unraised(Exception):
    """The base of the exceptions in place of the course's."""


class Inherited:
    """The base class in place of one of the course's."""

    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name: str):
        return _named(type(self).__name__, name)


class StandIn:
    """Has every attribute and takes every call; refuses calls during a check. `known`: its facts."""

    refuses = False
    acting = Acting()
    of_dtypes: tuple[type, ...] = ()  # whatever is known to have such a dtype is of this kind: see `arrays`
    __array_priority__ = 1000

    def __new__(cls, name: str = "", known: facts.Facts = {}):  # noqa: B006 (it is never changed)
        kinds = (kind for kind in StandIn.__subclasses__() if isinstance(known.get("dtype"), kind.of_dtypes))
        return object.__new__(next(kinds, cls))

    def __init__(self, name: str, known: facts.Facts = {}):  # noqa: B006 (it is never changed)
        self.__dict__ |= {"_name": name, "_known": known}

    def __getattr__(self, name: str):
        if name in ("_name", "_known"):  # of a copy that is being made
            raise AttributeError(name)
        if name in self._known:
            value = self._known[name]
            return StandIn(f"{self._name}.{name}", value) if isinstance(value, dict) else value
        value = facts.of_torch(self._name, name)
        return _named(self._name, name) if value is None else value

    def __call__(self, *args, **kwargs):
        if self._name.startswith(CHECKS) and (args or kwargs):
            given[self._name.removeprefix(CHECKS)] = next(iter((*args, *kwargs.values())))
        if StandIn.refuses and not SHOWS.search(self._name) and not _is_of_an_array(self._name):
            raise NotInTheSandbox(f"{self._name} {ABSENT}: write what it does yourself")
        known = self._known.get("()") or facts.of_call(self._name, args, kwargs)
        return StandIn(f"{self._name}(...)", known)

    def __repr__(self):
        return f"<{self._name}, which {ABSENT}>"

    def __format__(self, spec):
        try:
            return format(StandIn.acting.number, spec)
        except ValueError:
            return format(repr(self), "")

    def __float__(self):
        return StandIn.acting.number

    __int__ = __round__ = __trunc__ = __floor__ = __ceil__ = lambda self, *digits: int(StandIn.acting.number)

    def __index__(self):
        return StandIn.acting.index

    def __bool__(self):
        return StandIn.acting.true

    def __len__(self):
        return self._known.get("len()", StandIn.acting.length)

    def __eq__(self, other):
        if isinstance(other, StandIn):
            return self is other or StandIn.acting.equal
        return StandIn.acting.number == other if hasattr(other, "__array__") else StandIn.acting.equal

    def __ne__(self, other):
        found = self == other
        return not found if isinstance(found, bool) else ~found

    __hash__ = object.__hash__

    def __iter__(self):
        return iter([self[i] for i in range(min(PARTS, self._known.get("len()", PARTS)))])

    def __next__(self):
        return StandIn(f"next({self._name})")

    def __reversed__(self):
        return iter(self)

    def __contains__(self, item):
        return StandIn.acting.equal

    def __getitem__(self, key):
        known = self._known.get(key) if isinstance(key, str) else None
        return StandIn(f"{self._name}[...]", known if isinstance(known, dict) else {})

    def __setitem__(self, key, value):
        pass

    def __delitem__(self, key):
        pass

    def __array__(self, dtype=None, copy=None):
        shape, own = self._known.get("shape", PARTS), self._known.get("dtype")
        own = own if own is None or isinstance(own, np.dtype) else str(own).removeprefix("torch.")
        return np.full(shape, StandIn.acting.number, dtype or own)

    def __neg__(self):
        return -StandIn.acting.number

    def __pos__(self):
        return StandIn.acting.number

    __abs__ = __pos__

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False

    def __await__(self):
        return self
        yield

    def __mro_entries__(self, bases):
        return (Inherited,)

    def __instancecheck__(self, instance):
        return False

    def __subclasscheck__(self, subclass):
        return False


def _number(value):
    return StandIn.acting.number if isinstance(value, StandIn) else value


for _name in OPERATORS + COMPARISONS:
    _operator = getattr(operator, _name)
    setattr(StandIn, f"__{_name}__", lambda self, other, do=_operator: do(_number(self), _number(other)))
    if _name in OPERATORS:
        setattr(StandIn, f"__r{_name}__", lambda self, other, do=_operator: do(_number(other), _number(self)))


def _is_of_an_array(name: str) -> bool:
    """Whether it is a method that arrays have, of something that the course has given: of its data, say."""
    owner, _, method = name.rpartition(".")
    return any(mark in owner for mark in (")", "]")) and hasattr(np.ndarray, method)


given: dict[str, Any] = {}  # name of a check -> what a cell has given to it last
_kept: dict[str, Any] = {}


def keep(thing) -> None:
    """In place of the course's: kept for this notebook."""
    _kept[getattr(thing, "__name__", "")] = thing


def kept(name: str):
    """What was kept in this notebook, else None, as in a kernel of which no other notebook has run."""
    return _kept.get(name)


def workspace() -> Path:
    """In place of the course's: an empty folder of this notebook's, in which the student's files can be."""
    folder = WORKSPACE.expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


THE_STUDENT_S: dict[str, dict[str, Any]] = {  # hold no answer but the student's
    "dt_helpers.workspace": {"workspace": workspace},
    "dt_helpers.workspace.own": {"keep": keep, "kept": kept},
}


def _named(owner: str, name: str):
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (Unraised,), {}) if EXCEPTION.match(name) else StandIn(f"{owner}.{name}")


def is_stand_in(value) -> bool:
    """Whether a value is a stand-in for the course's."""
    return isinstance(value, StandIn | _Module) or (type(value) is type and issubclass(value, Unraised))


class _Module(ModuleType):
    __path__ = ()  # type: ignore[assignment]  # a sequence is enough

    # a notebook's setup cell finds the helpers too old for no course, and goes on to what the student wrote below
    __version__ = "9999"

    def __getattr__(self, name: str):
        return THE_STUDENT_S.get(self.__name__, {}).get(name) or _named(self.__name__, name)


class _Finder(MetaPathFinder, Loader):
    """Finds the helpers' stand-ins, and transformers' model in the file `library`. `exported`: module -> the names that
    a star import brings."""

    def __init__(self, library: str, exported: dict[str, list[str]]):
        self.library, self.exported = library, exported

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == HELPERS:
            return importlib.util.spec_from_loader(name, self, is_package=True)
        if name == LIBRARY:
            return importlib.util.spec_from_file_location(name, self.library)
        return None

    def create_module(self, spec):
        module = _Module(spec.name)
        module.__dict__["__all__"] = self.exported.get(spec.name, [])
        return module

    def exec_module(self, module):
        pass


def install(library: str, exported: dict[str, list[str]]) -> None:
    """Make imports of the helpers return stand-ins, and load transformers' model from the file `library`. `exported`:
    module -> the names that a star import of it brings."""
    sys.meta_path.insert(0, _Finder(library, exported))
