"""The source of a function or a class that was written in a notebook, with all that it needs, as a module of its own.

What a library has is imported; what was written in the notebook is copied; numbers, text and the like are written as
literals. So nothing has to be pickled, and another kernel reads what a student reads.
"""

from __future__ import annotations

import ast
import builtins
import dis
import inspect
import linecache
import sys
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

FUTURE = "from __future__ import annotations"  # then annotations need no names
Code = Callable | type


class NotToBeKept(ValueError):
    """A source that can't stand on its own. The message says why."""


def of(thing: Code) -> str:
    """A module that defines `thing`, a function or a class. Raises NotToBeKept where that is not possible."""
    collector = _Collector(_name(thing))
    collector.define(_name(thing), thing)
    return "\n\n".join(["\n".join([FUTURE, "", *collector.imports]), *collector.defined.values()]) + "\n"


class _Collector:
    """What has been found so far: imports, and the text of each name, in the order in which they are needed."""

    def __init__(self, asked: str):
        self.asked = asked
        self.imports: list[str] = []
        self.defined: dict[str, str] = {}
        self.found: dict[str, object] = {}

    def define(self, name: str, value: object) -> None:
        """Add `value`, which the notebook calls `name`, and before it what it needs."""
        if name in self.found:
            if self.found[name] is not value:
                raise NotToBeKept(f"{self.asked} can't be kept: it uses two things that are called {name}.")
            return
        self.found[name] = value
        line = _import(name, value)
        if line is not None:
            self.imports.append(line)
            return
        if isinstance(value, type) or next(_functions(value), None):
            text, namespace = self._written(name, value)
            for needed in _needed(text, namespace):
                if needed != name:
                    self.define(needed, namespace[needed])
            self.defined[name] = text
            return
        if not _is_plain(value):
            raise NotToBeKept(
                f"{self.asked} can't be kept: it uses {name}, a {type(value).__name__} that was made in the notebook. "
                f"Make it inside {self.asked}, or pass it as an argument."
            )
        self.defined[name] = f"{name} = {value!r}"

    def _written(self, name: str, value: Any) -> tuple[str, Mapping[str, object]]:
        """The statement that defines a function or class, from its cell, and the namespace in which that ran."""
        function = next(_functions(value), None)
        if function is None:
            raise NotToBeKept(
                f"{self.asked} can't be kept: it is not known where {name} was written (it has no method)."
            )
        text = "".join(linecache.getlines(function.__code__.co_filename))
        statement = _definition(text, value.__name__)
        if statement is None:
            raise NotToBeKept(f"{self.asked} can't be kept: the cell that defines {name} can't be found.")
        if isinstance(value, type):
            self._require_whole(value, statement)
        source = _segment(text, statement)
        if value.__name__ != name:  # an alias
            source += f"\n\n\n{name} = {value.__name__}"
        return source, function.__globals__

    def _require_whole(self, cls: type, statement: ast.stmt) -> None:
        assert isinstance(statement, ast.ClassDef)
        written = {part.name for part in ast.walk(statement) if isinstance(part, ast.FunctionDef)}
        later = [name for name, part in vars(cls).items() if isinstance(part, FunctionType) and name not in written]
        if later := [name for name in later if not name.startswith("__")]:
            raise NotToBeKept(
                f"{self.asked} can't be kept: {cls.__name__}.{later[0]} was added to the class after its definition. "
                "Write it in the class's own cell."
            )


def _name(thing: object) -> str:
    return getattr(thing, "__name__", type(thing).__name__)


def _import(name: str, value: object) -> str | None:
    """The line that imports it, if it is from a library."""
    if isinstance(value, ModuleType):
        return f"import {value.__name__}" if value.__name__ == name else f"import {value.__name__} as {name}"
    module, own = getattr(value, "__module__", None), getattr(value, "__qualname__", None) or _name(value)
    if not isinstance(module, str) or module == "__main__" or "." in own:
        return None
    if getattr(sys.modules.get(module), own, None) is not value or not getattr(sys.modules[module], "__spec__", None):
        return None
    return f"from {module} import {own}" + (f" as {name}" if own != name else "")


def _functions(value: Any) -> Iterator[FunctionType]:
    """The functions whose code tells where `value` was written."""
    if not isinstance(value, type):
        wrapped = inspect.unwrap(value) if callable(value) else value
        if isinstance(wrapped, FunctionType):
            yield wrapped
        return
    for part in vars(value).values():
        part = part.fget if isinstance(part, property) else getattr(part, "__func__", part)
        if isinstance(part, FunctionType) and part.__qualname__.startswith(f"{value.__qualname__}."):
            yield inspect.unwrap(part)


def _definition(text: str, name: str) -> ast.stmt | None:
    """The last statement of a cell that defines `name`."""
    found = None
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) and statement.name == name:
            found = statement
    return found


def _segment(text: str, statement: ast.stmt) -> str:
    """Its text, with its decorators and without blank lines around it."""
    first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))])
    return "\n".join(text.splitlines()[first - 1 : statement.end_lineno])


def _needed(source: str, namespace: Mapping[str, object]) -> list[str]:
    """The names from the notebook that a statement uses, when it is run and when what it defines is called."""
    code = compile(f"{FUTURE}\n{source}", "<kept>", "exec")
    names = dict.fromkeys(loaded(code))
    return [name for name in names if name in namespace and not hasattr(builtins, name) and name != "__name__"]


def loaded(code: CodeType) -> Iterator[str]:
    """Names of the globals that code loads, including those of its inner functions."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from loaded(constant)


def _is_plain(value: object) -> bool:
    try:
        return ast.literal_eval(repr(value)) == value
    except (ValueError, SyntaxError, TypeError, RecursionError):
        return False
