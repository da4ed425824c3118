"""What code does with a global name: whether it only reads a container, and what it asks the name's value for."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType

LOADED = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
READS = {"DICT_MERGE", "DICT_UPDATE", "LIST_EXTEND", "SET_UPDATE", "GET_ITER", "CONTAINS_OP", "UNPACK_SEQUENCE"}
METHODS = {"get", "items", "keys", "values", "copy", "index", "count"}  # of containers, which change nothing
ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD"}


def only_reads(code: CodeType, name: str) -> bool:
    """Whether the code, or a function in it, certainly puts nothing into the container of that name."""
    return all(_reads(after) for after in _after(code, name))


def asked_for(code: CodeType, name: str) -> set[str]:
    """The attributes, and theirs, and the keys that the code, or a function in it, takes of the name's value."""
    found: set[str] = set()
    for after in _after(code, name):
        for step in after:
            if step.opname in ATTRIBUTES or (step.opname == "LOAD_CONST" and isinstance(step.argval, str)):
                found.add(step.argval)
            elif not _is_an_item(step):
                break
    return found


def _after(code: CodeType, name: str) -> Iterator[list[dis.Instruction]]:
    """The instructions after each one that loads the name."""
    steps = [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]
    for place, step in enumerate(steps):
        if step.opname in LOADED and step.argval == name:
            yield steps[place + 1 :]
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _after(inner, name)


def _reads(after: list[dis.Instruction]) -> bool:
    """Whether what follows the load of a container reads it: an item, a loop, `**`, a method."""
    first, second = (*after, after[-1])[:2]  # at least what it is loaded for
    if first.opname in READS or _is_an_item(first) or (first.opname in ATTRIBUTES and first.argval in METHODS):
        return True
    return first.opname.startswith("LOAD_") and first.opname not in ATTRIBUTES and _is_an_item(second)


def _is_an_item(step: dis.Instruction) -> bool:
    return step.opname == "BINARY_SUBSCR" or (step.opname == "BINARY_OP" and step.argrepr == "[]")
