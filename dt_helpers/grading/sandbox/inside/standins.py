"""In place of what a solution must not be built from: the course's helpers, which hold its answers, and
transformers' own whole model, whose file the sandbox gets with that class cut out.

Notebooks import the helpers, and a student may have called a plot or a check in a solution cell: a stand-in takes any
call and does nothing. Inside the student's function it refuses, since no answer can come from it.
"""

import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType

HELPERS = "dt_helpers"
LIBRARY = "transformers.models.decision_transformer.modeling_decision_transformer"


class NotInTheSandbox(RuntimeError):
    """The student's function called something that the course provides."""


class StandIn:
    """Takes every attribute and every call; refuses calls while a check is going on."""

    refuses = False

    def __init__(self, name: str):
        self.__dict__["_name"] = name

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self._name}.{name}")

    def __call__(self, *args, **kwargs):
        if StandIn.refuses:
            raise NotInTheSandbox(f"{self._name} is not there while grading: write what it does yourself")
        return StandIn(f"{self._name}(...)")

    def __setattr__(self, name, value):
        pass

    def __getitem__(self, key):
        return StandIn(f"{self._name}[...]")

    def __iter__(self):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False


class _Module(ModuleType):
    __path__ = ()

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")


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
