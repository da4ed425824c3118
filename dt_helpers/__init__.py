"""Helpers of the Decision Transformer course.

The way of the data, one module after another::

    data ─▶ collator ─▶ model ─▶ training ─▶ rollout ─▶ video
                          ▲
                check ◀── the student's functions

Modules are imported when they are first used, so that ``import dt_helpers`` costs milliseconds and no torch. It says to
torch how its threads should wait, so it belongs before ``import torch``: see `dt_helpers.threads`.
"""

from importlib import import_module
from types import ModuleType

from dt_helpers import threads

threads.prepare()

__version__ = "0.1.0"
__all__ = [
    "card",
    "check",
    "check_environment",
    "collator",
    "data",
    "envs",
    "experts",
    "model",
    "plots",
    "rollout",
    "training",
    "video",
    "workspace",
]


def __getattr__(name: str) -> ModuleType:
    if name == "check_environment":
        return import_module("dt_helpers.environment").check_environment
    if name in __all__:
        return import_module(f"dt_helpers.{name}")
    raise AttributeError(f"module 'dt_helpers' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
