"""Wrong answers made by machine: one small change to a right answer's syntax tree.

A change may leave the meaning as it was (`mask > 0` for `mask >= 1`). Such mutants are recognised without the checks,
by many inputs of the exercise's kind, and left out.
"""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from . import equivalence, solutions

_BINARY = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
_COMPARE = {ast.Gt: ast.Lt, ast.GtE: ast.Lt, ast.Lt: ast.Gt, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
_METHODS = {
    "mean": "sum", "sum": "mean", "zeros": "ones", "ones": "zeros", "repeat_interleave": "repeat", "stack": "cat",
    "reversed": "list", "min": "max", "max": "min", "flatten": "squeeze",
    "predict_state": "predict_action", "predict_return": "predict_state", "embed_state": "embed_action",
    "embed_return": "embed_state",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    change: str
    source: str
    answer: Callable


def mutants(name: str, eighths: Collection[int] = range(8)) -> list[Mutant]:
    """The mutants of the right answers to one check that do change the meaning, each once; or some eighths of them."""
    seen, found = set(), []
    for solution in solutions.SOLUTIONS[name]:
        tree = ast.parse(textwrap.dedent(inspect.getsource(solution)))
        for change, mutated in _changes(tree):
            source = ast.unparse(ast.fix_missing_locations(mutated))
            if source in seen:
                continue
            seen.add(source)
            if len(seen) % 8 not in eighths:
                continue
            namespace = dict(vars(solutions))
            try:
                exec(compile(source, "<mutant>", "exec"), namespace)
            except SyntaxError:
                continue
            answer = namespace[solution.__name__]
            if not equivalence.equivalent(name, answer):
                found.append(Mutant(f"{solution.__name__}: {change}", source, answer))
    return found


def _changes(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """The tree with one change, for every place and every way."""
    nodes = list(ast.walk(tree))
    names = sorted({node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)})
    names += [node.arg for node in nodes if isinstance(node, ast.arg) and node.arg != "self"]
    for place, node in enumerate(nodes):
        for change, edit in _edits(node, names):
            mutated = copy.deepcopy(tree)
            edit(list(ast.walk(mutated))[place])
            yield f"line {getattr(node, 'lineno', 0)}: {change}", mutated


def _edits(node: ast.AST, names: list[str]) -> Iterator[tuple[str, Callable]]:
    """Ways to change this node, each a function that changes the node at the same place of a copy."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in names:
            if other != node.id and node.id in names:
                yield f"{node.id} -> {other}", lambda n, other=other: setattr(n, "id", other)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for other in {node.value + 1, node.value - 1, -node.value, 0} - {node.value}:
            yield f"{node.value} -> {other}", lambda n, other=other: setattr(n, "value", other)
    if isinstance(node, ast.BinOp):
        if other := _BINARY.get(type(node.op)):
            yield f"{type(node.op).__name__} -> {other.__name__}", lambda n, other=other: setattr(n, "op", other())
        yield "left side only", lambda n: _become(n, n.left)
        yield "right side only", lambda n: _become(n, n.right)
        yield "sides swapped", lambda n: n.__dict__.update(left=n.right, right=n.left)
    if isinstance(node, ast.AugAssign) and (other := _BINARY.get(type(node.op))):
        yield f"{type(node.op).__name__}= -> {other.__name__}=", lambda n, other=other: setattr(n, "op", other())
    if isinstance(node, ast.Compare) and (other := _COMPARE.get(type(node.ops[0]))):
        yield f"{type(node.ops[0]).__name__} -> {other.__name__}", lambda n, other=other: n.ops.__setitem__(0, other())
    if isinstance(node, ast.UnaryOp):
        yield "sign dropped", lambda n: _become(n, n.operand)
    if isinstance(node, ast.Slice):
        if node.lower:
            yield "lower bound dropped", lambda n: setattr(n, "lower", None)
        if node.upper:
            yield "upper bound dropped", lambda n: setattr(n, "upper", None)
        yield "bounds swapped", lambda n: n.__dict__.update(lower=n.upper, upper=n.lower)
    if isinstance(node, ast.Tuple | ast.List) and len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
        yield "rotated", lambda n: n.elts.append(n.elts.pop(0))
        yield "first two swapped", lambda n: n.elts.__setitem__(slice(0, 2), n.elts[1::-1])
        yield "last repeated", lambda n: n.elts.__setitem__(0, n.elts[-1])
    if isinstance(node, ast.Call) and len(node.args) > 1:
        yield "arguments rotated", lambda n: n.args.append(n.args.pop(0))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        yield "call dropped", lambda n: _become(n, n.args[0])
    if isinstance(node, ast.Attribute) and node.attr in _METHODS:
        yield f"{node.attr} -> {_METHODS[node.attr]}", lambda n: setattr(n, "attr", _METHODS[n.attr])
    if isinstance(node, ast.Name) and node.id in _METHODS:
        yield f"{node.id} -> {_METHODS[node.id]}", lambda n: setattr(n, "id", _METHODS[n.id])
    if isinstance(node, ast.FunctionDef | ast.For | ast.If):
        for i, statement in enumerate(node.body):
            if not isinstance(statement, ast.Return) and len(node.body) > 1:
                yield f"without `{ast.unparse(statement)[:40]}`", lambda n, i=i: n.body.pop(i)
    if isinstance(node, ast.keyword) and node.arg is not None:
        yield f"{node.arg}= emptied", lambda n: setattr(n, "value", ast.Constant(None))


def _become(node: ast.AST, other: ast.AST) -> None:
    """Turns the node into the other one, in place."""
    node.__class__ = other.__class__
    node.__dict__ = other.__dict__
