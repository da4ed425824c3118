"""In place of what a solution must not be built from: the course's helpers, which hold its answers, and
transformers' own whole model, whose file the sandbox gets with that class cut out.

Notebooks import the helpers, and a student may have called a plot or a check anywhere: a stand-in has every attribute,
takes every call, and where a number, an array or a pair is wanted, it is 1.0, [1.0, 1.0] or two stand-ins. Inside the
student's function it refuses to be called, since no answer can come from it. What is imported by the name of an
exception is one, which nothing raises. `docs/grading.md` has the list.
"""

import importlib.util
import operator
import re
import sys
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType

import numpy as np

HELPERS = "dt_helpers"
LIBRARY = "transformers.models.decision_transformer.modeling_decision_transformer"
EXCEPTION = re.compile(r"(?!__)\w*(Error|Failed|Unavailable|Unreadable|Exception|Warning)$")
PARTS = 2  # of a stand-in that is unpacked: what helpers return more than one of is mostly a pair
OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]
COMPARISONS = ["lt", "le", "gt", "ge"]


class NotInTheSandbox(RuntimeError):
    """The student's function called something that the course provides."""


class Inherited:
    """What a class inherits from in place of one of the course's."""

    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name: str):
        return _named(type(self).__name__, name)


class StandIn:
    """Takes every attribute and every call; refuses calls while a check is going on."""

    refuses = False
    __array_priority__ = 1000

    def __init__(self, name: str):
        self.__dict__["_name"] = name

    def __getattr__(self, name: str):
        return _named(self._name, name)

    def __call__(self, *args, **kwargs):
        if StandIn.refuses:
            raise NotInTheSandbox(f"{self._name} is not there while grading: write what it does yourself")
        return StandIn(f"{self._name}(...)")

    def __repr__(self):
        return f"<{self._name}, which is not there while grading>"

    def __format__(self, spec):
        try:
            return format(1.0, spec)
        except ValueError:
            return format(repr(self), "")

    def __float__(self):
        return 1.0

    def __int__(self):
        return 1

    __index__ = __round__ = __trunc__ = __floor__ = __ceil__ = lambda self, *digits: 1

    def __len__(self):
        return PARTS

    def __iter__(self):
        return iter([self[i] for i in range(PARTS)])

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
        return np.ones(PARTS, dtype)

    def __neg__(self):
        return -1.0

    def __pos__(self):
        return 1.0

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
    return 1.0 if isinstance(value, StandIn) else value


for _name in OPERATORS + COMPARISONS:
    _operator = getattr(operator, _name)
    setattr(StandIn, f"__{_name}__", lambda self, other, do=_operator: do(1.0, _number(other)))
    if _name in OPERATORS:
        setattr(StandIn, f"__r{_name}__", lambda self, other, do=_operator: do(_number(other), 1.0))


def _named(owner: str, name: str):
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (Exception,), {}) if EXCEPTION.match(name) else StandIn(f"{owner}.{name}")


def is_stand_in(value) -> bool:
    """Whether a value is the course's, as the sandbox has it."""
    return isinstance(value, StandIn | _Module)


class _Module(ModuleType):
    __path__ = ()  # type: ignore[assignment]  # a sequence is enough

    __version__ = "0"

    def __getattr__(self, name: str):
        return _named(self.__name__, name)


class _Finder(MetaPathFinder, Loader):
    """Finds the helpers' stand-ins, and transformers' model in the file that is given."""

    def __init__(self, library: str):
        self.library = library

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == HELPERS:
            return importlib.util.spec_from_loader(name, self, is_package=True)
        if name == LIBRARY:
            return importlib.util.spec_from_file_location(name, self.library)
        return None

    def create_module(self, spec):
        return _Module(spec.name)

    def exec_module(self, module):
        pass


def install(library: str) -> None:
    """From now on imports of the helpers give stand-ins, and transformers' model comes from the file `library`."""
    sys.meta_path.insert(0, _Finder(library))
