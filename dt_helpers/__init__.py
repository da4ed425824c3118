"""Helpers of the Decision Transformer course.

The data's way, module by module::

    data ─▶ collator ─▶ model ─▶ training ─▶ rollout ─▶ video
                          ▲
                check ◀── the student's functions

Modules are imported when they are first used, so that ``import dt_helpers`` costs milliseconds and no torch. It tells
torch how its threads should wait, so it belongs before ``import torch``: see `dt_helpers.machine.threads`.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from dt_helpers.machine import released, threads

threads.prepare()

__version__ = released.VERSION
_PLACES = {  # what a notebook asks for by a short name, and where it is
    "attention": "attention",
    "attention_plots": "attention.plots",
    "card": "training.card",
    "check": "check",
    "check_environment": "machine.check_environment",
    "cloning": "training.cloning",
    "collator": "collator",
    "data": "data",
    "envs": "envs",
    "experts": "data.experts",
    "formats": "data.formats",
    "hub": "data.hub",
    "live": "rollout.live",
    "model": "model",
    "muon": "training.muon",
    "pixel_plots": "pixels.plots",
    "pixels": "pixels",
    "plots": "plots",
    "published": "training.published",
    "rollout": "rollout",
    "slider": "rollout.slider",
    "slips": "rollout.slips",
    "stitching": "stitching",
    "sweep": "rollout.sweep",
    "training": "training",
    "video": "video",
    "workspace": "workspace",
}
__all__ = sorted(_PLACES)


def __getattr__(name: str) -> ModuleType | Callable:
    if name not in _PLACES:
        raise AttributeError(f"module 'dt_helpers' has no attribute {name!r}; it has {', '.join(__all__)}")
    module = import_module(f"dt_helpers.{_PLACES[name]}")
    return module.check_environment if name == "check_environment" else module


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
