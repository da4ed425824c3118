"""Stand-ins for what a solution must not use: the course's helpers, which hold its answers, and transformers' own whole
model, whose file the sandbox gets without that class.

Notebooks import the helpers, and a student may call a plot or a check anywhere: a stand-in has every attribute, takes
every call, and acts as 4.0, [4.0, 4.0] or two stand-ins where a number, an array or a pair is needed: not as 1, since
an answer that is wrongly divided by it would be right. Inside the
student's function it refuses calls, since no answer can come from it, except for those that only show something.
Anything imported under an exception's name is an exception, which nothing raises. `docs/grading.md` has the list.
"""

import importlib.util
import operator
import re
import sys
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType
from typing import Any

import numpy as np

HELPERS = "dt_helpers"
LIBRARY = "transformers.models.decision_transformer.modeling_decision_transformer"
EXCEPTION = re.compile(r"(?!__)\w*(Error|Failed|Unavailable|Unreadable|Exception|Warning)$")
SHOWS = re.compile(r"\.(\w*plots|video|slider)\b")  # a picture left in the function changes no answer
NUMBER = 4.0  # a power of 2: to multiply by it and divide by it again changes no digit
PARTS = 2  # when a stand-in is unpacked: helpers that return several values mostly return a pair
OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]
COMPARISONS = ["lt", "le", "gt", "ge"]


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
    """Has every attribute and takes every call; refuses calls during a check."""

    refuses = False
    __array_priority__ = 1000

    def __init__(self, name: str):
        self.__dict__["_name"] = name

    def __getattr__(self, name: str):
        if name == "device" and "torch" in sys.modules:  # of a model, say: answers put tensors there
            return sys.modules["torch"].device("cpu")
        return _named(self._name, name)

    def __call__(self, *args, **kwargs):
        if StandIn.refuses and not SHOWS.search(self._name):
            raise NotInTheSandbox(f"{self._name} is not available while grading: write what it does yourself")
        return StandIn(f"{self._name}(...)")

    def __repr__(self):
        return f"<{self._name}, which is not available while grading>"

    def __format__(self, spec):
        try:
            return format(NUMBER, spec)
        except ValueError:
            return format(repr(self), "")

    def __float__(self):
        return NUMBER

    __int__ = __round__ = __trunc__ = __floor__ = __ceil__ = lambda self, *digits: int(NUMBER)

    def __index__(self):
        return PARTS - 1

    def __len__(self):
        return PARTS

    def __iter__(self):
        return iter([self[i] for i in range(PARTS)])

    def __next__(self):
        return StandIn(f"next({self._name})")

    def __reversed__(self):
        return iter(self)

    def __contains__(self, item):
        return False

    def __getitem__(self, key):
        return StandIn(f"{self._name}[...]")

    def __setitem__(self, key, value):
        pass

    def __delitem__(self, key):
        pass

    def __array__(self, dtype=None, copy=None):
        return np.full(PARTS, NUMBER, dtype)

    def __neg__(self):
        return -NUMBER

    def __pos__(self):
        return NUMBER

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
    return NUMBER if isinstance(value, StandIn) else value


for _name in OPERATORS + COMPARISONS:
    _operator = getattr(operator, _name)
    setattr(StandIn, f"__{_name}__", lambda self, other, do=_operator: do(NUMBER, _number(other)))
    if _name in OPERATORS:
        setattr(StandIn, f"__r{_name}__", lambda self, other, do=_operator: do(_number(other), NUMBER))


_kept: dict[str, Any] = {}


def keep(thing) -> None:
    """In place of the course's: kept for this notebook."""
    _kept[getattr(thing, "__name__", "")] = thing


def kept(name: str):
    """What was kept in this notebook, else None, as in a kernel of which no other notebook has run."""
    return _kept.get(name)


THE_STUDENT_S = {"dt_helpers.workspace.own": {"keep": keep, "kept": kept}}  # hold no answer but the student's


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
