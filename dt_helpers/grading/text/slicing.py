"""What top-level statements of a student's code define and use, found in their syntax tree; nothing is run."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Iterable
from functools import lru_cache

BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)  # what parsing a student's text may raise
_MAGIC = re.compile(r"^(?=[ \t]*(?:[%!?]|[\w.]+\?+[ \t]*$))", re.MULTILINE)
_BUILTINS = frozenset(dir(builtins))
_remembered = lru_cache(512)  # a notebook's exercises ask for the same cells in turn


def parse(text: str) -> ast.Module | None:
    """The syntax tree, without magics; None if it is not Python."""
    return _read(text)[0]


@lru_cache(16)  # trees are large: only as many as are used in turn
def _read(text: str) -> tuple[ast.Module | None, list[str]]:
    """The syntax tree and its lines. IPython's syntax (%time, !ls, ?help) becomes comments if Python can't read it."""
    for version in (text, _MAGIC.sub("#", text)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an invalid escape in a student's string
                return ast.parse(version), version.split("\n")
        except BROKEN:
            continue
    return None, version.split("\n")


def named(text: str) -> frozenset[str]:
    """The names of apparent functions and classes at the top level; the text is not parsed."""
    return frozenset(re.findall(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", text, re.MULTILINE))


def forget() -> None:
    """Free the syntax trees of a finished notebook."""
    _read.cache_clear()
    bound.cache_clear()
    used.cache_clear()


@_remembered
def defined(text: str) -> frozenset[str]:
    """The names that functions, classes and assignments at the top level define; for broken code, as `named`."""
    tree = parse(text)
    if tree is None:
        return named(text)
    return frozenset(name for node in tree.body if not _is_import(node) for name in bound(node))


@_remembered
def bindings(text: str) -> frozenset[str]:
    """All names that a cell binds, including imports; "*" for a star import. For broken code, as `defined`."""
    tree = parse(text)
    return frozenset().union(*map(bound, tree.body)) if tree else defined(text)


@lru_cache(100_000)  # by identity of the statement, not by its content
def bound(statement: ast.stmt) -> frozenset[str]:
    """The names that a top-level statement binds or changes (`x.y = 1`, `x[0] = 1`)."""
    names: set[str] = set()
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue  # its body has its own scope
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            while isinstance(node, ast.Attribute | ast.Subscript):
                node = node.value
            if isinstance(node, ast.Name):
                names.add(node.id)
            continue
        todo += ast.iter_child_nodes(node)
    return frozenset(names)


@lru_cache(100_000)
def used(statement: ast.stmt) -> set[str]:
    """The global names that a top-level statement refers to, except built-ins."""
    names: set[str] = set()
    try:
        table = symtable.symtable(ast.unparse(statement), "submission", "exec")
    except BROKEN:
        return names
    tables = [table]
    while tables:
        table = tables.pop()
        top = table.get_type() == "module"
        names |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())}
        tables += table.get_children()
    return names - _BUILTINS


def needed(statements: Iterable[ast.stmt], names: Iterable[str]) -> tuple[list[ast.stmt], set[str]]:
    """The statements that bind `names`, with everything that these need; and the names that none binds."""
    givers: dict[str, list[ast.stmt]] = {}
    for statement in statements:
        for name in bound(statement):
            givers.setdefault(name, []).append(statement)
    todo, seen, chosen = list(names), set(), set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for statement in givers.get(name, []):
            if statement not in chosen:
                chosen.add(statement)
                todo += used(statement)
    ordered = [statement for statement in statements if statement in chosen or _is_for_all(statement)]
    return ordered, seen - givers.keys()


@_remembered
def definitions(text: str) -> str:
    """What a cell defines, imports and sets to plain values, on the same lines as before; nothing slow.

    Empty if it is not Python.
    """
    tree, lines = _read(text)
    kept = {number for node in tree.body if _is_quick(node) for number in _lines(node)} if tree else set()
    return "\n".join(line if number in kept else "" for number, line in enumerate(lines, 1))


def reached(texts: Iterable[str], name: str) -> set[str]:
    """The global names that `name` may use, directly and indirectly."""
    trees = [tree for text in texts if (tree := parse(text))]
    statements, _ = needed([statement for tree in trees for statement in tree.body], [name])
    return set().union(*map(used, statements))


def source(text: str, statement: ast.stmt) -> str:
    """The lines of a statement, including decorators."""
    numbers = _lines(statement)
    return "\n".join(_read(text)[1][numbers.start - 1 : numbers.stop - 1])


def _lines(statement: ast.stmt) -> range:
    decorators = [node.lineno for node in getattr(statement, "decorator_list", [])]
    assert statement.end_lineno is not None  # it was parsed
    return range(min([statement.lineno, *decorators]), statement.end_lineno + 1)


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_quick(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return isinstance(statement.value, ast.Constant | ast.Name | ast.Lambda)
    return _is_import(statement) or isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _is_for_all(statement: ast.stmt) -> bool:
    """Whether it is an import whose names or effects are unknown."""
    return isinstance(statement, ast.ImportFrom) and (
        statement.names[0].name == "*" or statement.module == "__future__"
    )
