"""What a student's function has from the course's data and package, which the sandbox lacks: by name, for a person who
looks at it. Whether that matters is another question.
"""

from __future__ import annotations

import dis
import inspect
import re
import traceback
from collections.abc import Iterable
from types import CodeType, FrameType
from typing import Any

from . import lacking, uses
from .standins import is_stand_in

OF_ALL = {"locals", "vars", "eval", "exec"}  # a function that has one of these may read any of its arguments
OF_THE_TYPE = (TypeError, AttributeError)  # what a stand-in causes that is of another type than the real thing
ASK_FOR_A_TYPE = {"type", "__class__"}
OF_A_FUNCTION = re.compile("FAST|DEREF|CLOSURE")  # instructions for a function's own names


class MadeOf:
    """`ran`: the statements of a notebook, `space`: its names, `roots`: the names that its check cell asks about."""

    def __init__(self, ran: Iterable[CodeType], space: dict, roots: Iterable[str]):
        self.space, self.statements = space, [(code, lacking.names(code, lacking.STORED)) for code in ran]
        self.names: set[str] = set()
        while len(self.names) < len(
            found := lacking.doubtful((code for code, _ in self.statements), space, self.names)
        ):
            self.names = found
        self._reached: set[str] = set()  # all names that the roots lead to
        self.read = sorted(self._read(roots))

    @property
    def asks_for_a_type(self) -> bool:
        """Whether a statement that the roots lead to asks for the type of something, and reads a stand-in: a type is
        another one than in a kernel, and no other number changes that."""
        return any(
            bool(lacking.all_names(code) & ASK_FOR_A_TYPE) and any(map(self._is_of_the_data, lacking.all_names(code)))
            for code, bound in self.statements
            if bound & self._reached
        )

    def origin(self, name: str) -> str:
        """The stand-in that a name's value was made of; empty if it is one itself, or none is found."""
        todo, seen = [name], {name}
        for one in todo:
            for other in sorted(self._loaded(one) - seen):
                if self._is_of_the_data(other):
                    return "" if is_stand_in(self.space.get(name)) else other
                seen.add(other)
                todo.append(other)
        return ""

    def chosen_by(self, names: Iterable[str], function: Any) -> list[str]:
        """The names by which it is chosen which function has one of these names: made of the data, so that a kernel may
        choose another one."""
        todo, found = [*names], set()
        for name in todo:
            for code, bound in self.statements:
                if name in bound and _chooses(code, name, self.space):
                    for other in sorted(self.names & _read_outside(code, _code(function))):
                        if is_stand_in(self.space.get(other)) or not callable(self.space.get(other)):
                            found.add(other)
                        elif other not in todo:
                            todo.append(other)
        return sorted(found)

    def in_place(self, function: Any, arguments: Iterable[str]) -> list[str]:
        """The names that a function seems to read in place of arguments: named like one, or asked for what is."""
        code = _code(function)
        return [name for name in self.read if code and any(_is_like(one, self._words(name, code)) for one in arguments)]

    def _words(self, name: str, code: CodeType) -> set[str]:
        """The name, and what is asked for where it is read, and where it is bound."""
        bound = [lacking.all_names(statement) for statement, names in self.statements if name in names]
        return {name}.union(uses.asked_for(code, name), *bound)

    def is_why(self, error: BaseException) -> bool:
        """Whether the student's line that raised an error reads such a name, and the error is one of a wrong type."""
        if not isinstance(error, OF_THE_TYPE):
            return False
        frames = [pair for pair in traceback.walk_tb(error.__traceback__) if pair[0].f_code.co_filename.startswith("<")]
        return bool(frames) and self._is_read_in(*frames[-1])

    def _read(self, roots: Iterable[str]) -> set[str]:
        """The names of values, not of functions, that the roots lead to."""
        todo, seen, found = [*roots], set(roots), set()
        for name in todo:
            value = self.space.get(name)
            if name in self.names and (is_stand_in(value) or not callable(value) or _is_another_s_type(value)):
                found.add(name)
                continue
            todo += (new := self._loaded(name) - seen)
            seen |= new
        self._reached = seen
        return found

    def _is_of_the_data(self, name: str) -> bool:
        value = self.space.get(name)
        return is_stand_in(value) and not inspect.ismodule(value)

    def _loaded(self, name: str) -> set[str]:
        """The names made of the course's data that the statements read which bind a name."""
        read = [lacking.names(code, lacking.LOADED) for code, bound in self.statements if name in bound]
        return self.names.intersection(set().union(*read))

    def _is_read_in(self, frame: FrameType, line: int) -> bool:
        for one in dis.get_instructions(frame.f_code):
            if one.positions is None or one.positions.lineno != line:
                continue
            if one.opname in lacking.LOADED and one.argval in self.names:
                return True
            if OF_A_FUNCTION.search(one.opname) and is_stand_in(frame.f_locals.get(one.argval)):
                return True
        return False


def _is_another_s_type(value: Any) -> bool:
    """Whether it is a class that the notebook has not defined: the type of a number, say."""
    return isinstance(value, type) and value.__module__ != "__main__"


def _chooses(code: CodeType, name: str, space: dict) -> bool:
    """Whether a statement that binds a name to a function may bind it to one or another: it has branches or a loop, or
    the function is another name's, too."""
    if any("JUMP" in step.opname or step.opname == "FOR_ITER" for step in dis.get_instructions(code)):
        return True
    value = space.get(name)
    return is_stand_in(value) or (callable(value) and any(value is space[other] for other in space if other != name))


def _read_outside(code: CodeType, function: CodeType | None) -> set[str]:
    """The global names that a statement reads itself, or in a lambda or a comprehension, but not in functions that it
    defines."""
    found = {step.argval for step in dis.get_instructions(code) if step.opname in lacking.LOADED}
    inner = [one for one in code.co_consts if isinstance(one, CodeType) and one.co_name.startswith("<")]
    return found.union(*(_read_outside(one, function) for one in inner if one is not function))


def _is_like(argument: str, words: Iterable[str]) -> bool:
    """Whether the argument's name is one of the words, or a part of one: scale, SCALE, return_scale."""
    return any(f"_{argument}_".lower() in f"_{word}_".lower() for word in words)


def _code(function: Any) -> CodeType | None:
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    return code if isinstance(code, CodeType) else None


def roots(statements: Iterable[CodeType], space: dict) -> set[str]:
    """The names that statements of a check's cell read, without what is the course's."""
    read = set().union(*(lacking.names(code, lacking.LOADED) for code in statements))
    return {name for name in read if not is_stand_in(space.get(name))}


def unread(function: Any) -> list[str]:
    """The arguments that a function never reads, as far as its code tells."""
    code = _code(function)
    if code is None:
        return []
    loaded: set[str] = set()
    todo = [code]
    for one in todo:
        todo += [inner for inner in one.co_consts if isinstance(inner, CodeType)]
        for step in dis.get_instructions(one):
            if "LOAD" in step.opname and (step.opname in lacking.LOADED or OF_A_FUNCTION.search(step.opname)):
                loaded.update(step.argval if isinstance(step.argval, tuple) else [step.argval])
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return [] if loaded & OF_ALL else [name for name in arguments if name not in loaded and name != "self"]
