"""Stand-ins for what is known to be an array or a tensor: `isinstance` says so, and so do its parts and copies.

`type(x) is type(stand_in)` is still false; `made_of` finds answers that ask for the type of a stand-in.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import torch

from . import facts
from .standins import StandIn

SAME = {"copy", "ravel", "flatten", "clone", "detach", "cpu", "contiguous"}  # methods that keep the dtype
MAKE = ("from_numpy", "as_tensor", "tensor", "asarray")  # torch's functions that make a tensor of an array


class _Kind(type):
    """The type of a kind's type: `isinstance(x, type(stand_in))` is as in a kernel."""

    real: type

    def __instancecheck__(cls, instance):
        return type.__instancecheck__(cls, instance) or isinstance(instance, cls.real)

    def __subclasscheck__(cls, subclass):
        return type.__subclasscheck__(cls, subclass) or issubclass(subclass, cls.real)

    def __eq__(cls, other):
        return other is cls or other is cls.real

    def __hash__(cls):
        return hash(cls.real)


class ArrayStandIn(StandIn, metaclass=_Kind):
    """For an array of a known dtype. An item of an array of known shape is a number of numpy's, not a stand-in."""

    real = np.ndarray
    of_dtypes = (np.dtype,)

    @property  # type: ignore[misc]  # `isinstance` asks for it
    def __class__(self):
        return np.ndarray

    def __getattr__(self, name: str):
        return _method(self._name, self._known, name) or super().__getattr__(name)

    def __getitem__(self, key):
        known = _part(self._known, key)
        if known.get("ndim") == 0:
            return known["dtype"].type(StandIn.acting.number)
        return StandIn(f"{self._name}[...]", known)


class TensorStandIn(StandIn, metaclass=_Kind):
    """For a tensor of a known dtype."""

    real = torch.Tensor
    of_dtypes = (torch.dtype,)

    @property  # type: ignore[misc]  # `isinstance` asks for it
    def __class__(self):
        return torch.Tensor

    def __getattr__(self, name: str):
        return _method(self._name, self._known, name) or super().__getattr__(name)

    def __getitem__(self, key):
        return StandIn(f"{self._name}[...]", _part(self._known, key) or facts.of_tensor(self._known["dtype"]))


def _method(owner: str, known: facts.Facts, name: str) -> StandIn | None:
    """A method that keeps the dtype."""
    if name not in SAME:
        return None
    return StandIn(f"{owner}.{name}", {"()": {key: known[key] for key in ("dtype", "itemsize")}})


def _part(known: facts.Facts, key: Any) -> facts.Facts:
    """Of what an index gives; raises IndexError as the array would."""
    of = facts.of_array if isinstance(known["dtype"], np.dtype) else facts.of_tensor
    keys = key if isinstance(key, tuple) else (key,)
    if any(type(one) in (list, np.ndarray, torch.Tensor) for one in keys):
        return of(known["dtype"])
    if "shape" in known and all(one is None or one is ... or isinstance(one, slice | int | np.integer) for one in keys):
        return of(known["dtype"], np.broadcast_to(np.int8(0), known["shape"])[key].shape)
    return {}


def _makes_a_tensor(make):
    @functools.wraps(make)
    def made(*args, **kwargs):
        given = args[0] if args else kwargs.get("data", kwargs.get("obj"))
        if not isinstance(given, StandIn) or not isinstance(given.dtype, np.dtype | torch.dtype):
            return make(*args, **kwargs)
        dtype, shape = kwargs.get("dtype") or given.dtype, given.shape
        if isinstance(dtype, np.dtype):
            dtype = torch.from_numpy(np.empty(0, dtype)).dtype
        return StandIn(
            f"torch.{make.__name__}(...)", facts.of_tensor(dtype, shape if isinstance(shape, tuple) else None)
        )

    return made


def install() -> None:
    """Make torch's functions that take an array take its stand-in."""
    for name in MAKE:
        setattr(torch, name, _makes_a_tensor(getattr(torch, name)))
