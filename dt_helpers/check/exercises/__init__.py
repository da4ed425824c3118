"""The exercises, one file each (or a folder, where the mistakes fill a file of their own): `EXERCISE` holds all of it.

A file `<name>.py` in this folder is the exercise behind `check.<name>`; nothing else needs to know it. It holds the
signature, the cases that are drawn, the right answer, the mistakes that are known by name, the hints, and the picture.
"""

from functools import cache
from importlib import import_module
from pathlib import Path

from dt_helpers.check.engine.exercise import Exercise

FUNCTIONS = tuple(sorted(path.stem for path in Path(__file__).parent.iterdir() if path.stem[0] not in "_."))
NAMES = (*FUNCTIONS, "forward")  # the whole model has a module of its own, `whole_model`


@cache
def exercise(name: str) -> Exercise:
    """The exercise behind `check.<name>`."""
    return import_module(f"{__name__}.{name}").EXERCISE
