"""Where a student's check cell is, and which of its statements calls the check; nothing is run.

A student may have written an answer into it, wrapped the call or given it another function: what the check is given is
seen when the cell runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from dt_helpers.grading.text import slicing
from dt_helpers.grading.text.reading import Cell

MOST = 10  # check cells of one exercise that are tried in turn
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


def places(check: Cell, code: Sequence[Cell]) -> list[Cell]:
    """The cells that call the release's `check`, the one that counts first: that is the last, as its outcome is what
    the student saw last. If its call isn't reached when it runs, the next counts, and so on; at most `MOST`.

    First come those with the check's grade id or cell id, and those that give it the exercise's function; then those
    with its ids that don't seem to call it; then those that give it another function.
    """
    name, argument = _named(check.source)
    ids = [
        cell
        for cell in code
        if (cell.grade_id and cell.grade_id == check.grade_id) or (cell.id and cell.id == check.id)
    ]
    calls = {cell.number: list(_calls(cell.source, name)) for cell in code}
    asks = [cell for cell in code if any(_is_given(call, argument) for call in calls[cell.number])]
    asks += [cell for cell in ids if _says(cell.source, name)]
    others = [cell for cell in code if calls[cell.number]]
    groups = (sorted(group, key=lambda cell: -cell.number) for group in (asks, ids, others))
    return list({cell.number: cell for group in groups for cell in group}.values())[:MOST]


def down_to(check: str, source: str) -> str:
    """The cell's lines down to the last statement that calls the check; all of them if none does, or if the call is in
    a function of the cell's own, which a later line may call."""
    name, _ = _named(check)
    tree, lines = slicing.parse(source), source.split("\n")
    calling = [node for node in tree.body if name in _attributes(node)] if tree else []
    ends = [node.end_lineno or 0 for node in calling[-1:] if not isinstance(node, _FUNCTION)]
    ends += [number for number, line in enumerate(lines, 1) if _is_magic(line) and _says(line, name)]
    hidden = calling and isinstance(calling[-1], _FUNCTION)
    return "\n".join(lines if hidden or not ends else lines[: max(ends)])


def _named(check: str) -> tuple[str, str]:
    """The check's name and the name that the release gives to it."""
    found = re.search(r"\.(\w+)\(\s*(\w*)", check)
    return (found[1], found[2]) if found else ("", "")


def _calls(source: str, name: str) -> Iterator[ast.Call]:
    """The calls of the check that run with the cell: in no function."""
    tree = slicing.parse(source) if _says(source, name) else None
    todo: list[ast.AST] = list(tree.body) if tree else []
    for node in todo:
        if isinstance(node, _FUNCTION):
            continue
        todo += ast.iter_child_nodes(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node
    for line in source.split("\n"):
        if _is_magic(line) and _says(line, name) and (part := slicing.parse(line[line.index("check.") :])):
            yield from (node for node in ast.walk(part) if isinstance(node, ast.Call))


def _is_given(call: ast.Call, argument: str) -> bool:
    return any(isinstance(given, ast.Name) and given.id == argument for given in call.args)


def _attributes(node: ast.AST) -> set[str]:
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def _says(text: str, name: str) -> bool:
    return bool(name) and bool(re.search(rf"\.{name}\b", text))


def _is_magic(line: str) -> bool:
    return line.lstrip().startswith("%") and "check." in line
