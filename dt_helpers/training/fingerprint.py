"""Digests that tell data, weights and functions apart, and are the same in every process.

A function is its bytecode, its constants and defaults, and what it refers to: the cells of its closure, and the globals
that its code loads, each looked into unless it is a library's. Names of files, line numbers, comments and the
docstring don't count, so that a cell that is run again in a fresh kernel defines the same function.
"""

from __future__ import annotations

import builtins
import enum
import hashlib
import re
import sys
import sysconfig
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial
from pathlib import Path, PurePath
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import TYPE_CHECKING

import numpy as np
import torch

from dt_helpers.data import spaces
from dt_helpers.workspace.sources import loaded

if TYPE_CHECKING:
    from dt_helpers.data.trajectories import Trajectories

CODE = "its code"
PLAIN = (type(None), bool, int, float, complex, str, bytes, type(...), range, torch.dtype, torch.device, re.Pattern)
PYTHON = Path(sysconfig.get_path("stdlib")).resolve()
MOST = 20_000  # things that are looked into
HAS_DOCSTRING = 0x4000000  # in the flags of Python 3.13's code
OF_A_CLASS = {  # what Python notes in every class, some of it with line numbers
    "__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__annotations__", "__annotate_func__",
    "__annotations_cache__", "__firstlineno__", "__static_attributes__", "__abstractmethods__", "_abc_impl",
}  # fmt: skip


class Untold(Exception):
    """What a function does depends on something that can't be looked into. The message names it."""


def of_data(data: Trajectories) -> str:
    """Digest of all that is recorded: every number of every step, and where episodes begin."""
    digest = hashlib.sha256()
    for array in (data.observations, data.actions, data.rewards, data.dones, data.offsets):
        array = np.asarray(array)
        digest.update(f"{array.dtype} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).data)
    if data.space != spaces.unit(data.act_dim):
        digest.update(str(data.space).encode())
    return digest.hexdigest()


def of_weights(weights: Mapping[str, torch.Tensor]) -> str:
    """Digest of a model's parameters by name, as float32: a model and its saved copy agree."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(f"{name} {tuple(weights[name].shape)} ".encode())
        digest.update(weights[name].detach().float().cpu().contiguous().numpy().data)
    return digest.hexdigest()


def of_function(function: Callable) -> dict[str, str]:
    """Digests of the parts of a function, or of another callable, so that a message can say what has changed: `CODE`,
    and by name what it refers to. Raises Untold where something can't be looked into, such as an open file.
    """
    teller = _Teller()
    inside = {id(function): 0}
    try:
        if isinstance(function, FunctionType):
            told = {name: teller.tell(part, inside) for name, part in _referred(function).items()}
            told[CODE] = teller.body(function, inside)
        else:
            told = {CODE: teller.tell(function, {})}
    except Untold:
        raise
    except Exception as error:  # a function may refer to the strangest things
        raise Untold(f"something that can't be looked into ({type(error).__name__}: {error})") from error
    return {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in told.items()}


class _Teller:
    """Puts things into words: the same text for what behaves the same."""

    def __init__(self):
        self.left = MOST

    def tell(self, value: object, seen: dict[int, int]) -> str:
        """`seen`: what the value is a part of, by id."""
        self.left -= 1
        if self.left < 0:
            raise Untold("too many things")
        if type(value) in PLAIN:
            return f"{type(value).__name__} {value!r}"
        if id(value) in seen:
            return f"seen {seen[id(value)]}"
        inside = {**seen, id(value): len(seen)}
        match value:
            case enum.Enum() | PurePath():
                return f"{_name(type(value))} {value!s}"
            case torch.Tensor():
                flat = value.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
                return f"tensor {value.dtype} {tuple(value.shape)} {_digest(flat.numpy().tobytes())}"
            case np.ndarray() | np.generic() if not value.dtype.hasobject:
                return f"array {value.dtype} {value.shape} {_digest(value.tobytes())}"
            case Mapping():
                pairs = sorted(f"{self.tell(key, inside)}: {self.tell(item, inside)}" for key, item in value.items())
                return f"{_name(type(value))} {pairs}"
            case list() | tuple() | deque():
                return f"{_name(type(value))} {self.all(value, inside)}"
            case Set():
                return f"{_name(type(value))} {sorted(self.all(value, inside))}"
            case CodeType():
                return self.code(value, inside)
            case ModuleType():
                return f"module {value.__name__} {_own_source(value)}"
            case FunctionType() if _is_library(value.__globals__.get("__name__")) and "<" not in value.__qualname__:
                return f"function {_name(value)}"
            case FunctionType():
                return f"function {self.body(value, inside)} {self.tell(_referred(value), inside)}"
            case MethodType():
                return f"method {self.all((value.__func__, value.__self__), inside)}"
            case BuiltinFunctionType() | WrapperDescriptorType() | MethodDescriptorType() | np.ufunc():
                owner = getattr(value, "__self__", None) or getattr(value, "__objclass__", None)
                bound = "" if owner is None or isinstance(owner, ModuleType) else self.tell(owner, inside)
                return f"builtin {getattr(value, '__module__', '')} {value.__name__} {bound}"
            case partial():
                return f"partial {self.all((value.func, value.args, value.keywords), inside)}"
            case staticmethod() | classmethod():
                return f"{type(value).__name__} {self.tell(value.__func__, inside)}"
            case property():
                return f"property {self.all((value.fget, value.fset), inside)}"
            case type() if _is_library(value.__module__):
                return f"class {_name(value)}"
            case type():
                own = {name: part for name, part in vars(value).items() if name not in OF_A_CLASS}
                return f"class {self.tell(own, inside)} {self.all(value.__bases__, inside)}"
        return self.object(value, inside)

    def all(self, values: Iterable, seen: dict[int, int]) -> list[str]:
        return [self.tell(value, seen) for value in values]

    def object(self, value: object, seen: dict[int, int]) -> str:
        """By what a copy would be made of."""
        try:
            made_of = value.__reduce_ex__(4)
        except Exception as error:  # whatever an object raises that can't be copied
            raise Untold(f"an object of type {_name(type(value))}") from error
        if isinstance(made_of, str):
            return f"{_name(type(value))} {made_of}"
        how, arguments, state, items, pairs = (*made_of, None, None, None)[:5]
        return f"object {self.all((type(value), how, arguments, state, list(items or ()), dict(pairs or ())), seen)}"

    def body(self, function: FunctionType, seen: dict[int, int]) -> str:
        code = function.__code__
        documented = function.__doc__ is not None and code.co_consts[:1] == (function.__doc__,)
        code = code.replace(co_consts=(None, *code.co_consts[1:])) if documented else code
        given = (function.__defaults__, function.__kwdefaults__, function.__dict__)
        return f"{self.code(code, seen)} {self.all(given, seen)}"

    def code(self, code: CodeType, seen: dict[int, int]) -> str:
        counts = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags & ~HAS_DOCSTRING
        names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
        return f"code {counts} {names} {code.co_code.hex()} {self.all(code.co_consts, seen)}"


def _referred(function: FunctionType) -> dict[str, object]:
    """What a function refers to by name: the variables around it, and the globals that it loads."""
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # no value yet
            found[name] = "unbound"
    for name in loaded(function.__code__):
        if name in function.__globals__:
            found[name] = function.__globals__[name]
        elif not hasattr(builtins, name):
            found[name] = "unbound"
    return found


def _is_library(module: str | None) -> bool:
    """Whether a module belongs to Python or to an installed package. Their versions tell those apart; the course's own
    package counts as code that is being worked on."""
    top = (module or "").partition(".")[0]
    if top in ("dt_helpers", "__main__", ""):
        return False
    found = sys.modules.get(top)
    origin = getattr(found, "__file__", None) or next(iter(getattr(found, "__path__", ())), None)
    if origin is None:  # built into Python, or gone
        return found is not None
    path = Path(origin).resolve()
    return path.is_relative_to(PYTHON) or bool({"site-packages", "dist-packages"} & set(path.parts))


def _own_source(module: ModuleType) -> str:
    """The digest of a module's file, unless it is a library's."""
    path = getattr(module, "__file__", None)
    return "" if _is_library(module.__name__) or path is None else _digest(Path(path).read_bytes())


def _name(thing: type | FunctionType) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
