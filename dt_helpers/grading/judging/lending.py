"""Correct versions of what a student got wrong, lent to the exercises that build on it, so that each counts separately.

They are the checks' own oracles. A session gets them only for exercises already judged, and as text that is compiled
without its source.
"""

from __future__ import annotations

import inspect

from dt_helpers.check import exercises
from dt_helpers.grading.release import Task

_TEXT = """
from itertools import pairwise
import numpy as np

{oracle}

def {target}(*args, _right={name}, **kwargs):
    found = _right(*args, **kwargs)
    return found[0] if len(found) == 1 else found
"""


def right(task: Task) -> str | None:
    """The text of a module that defines the task's function correctly; None for a class."""
    if task.check == "forward":
        return None
    oracle = exercises.exercise(task.check).oracle
    return _TEXT.format(oracle=inspect.getsource(oracle), target=task.target, name=oracle.__name__)
