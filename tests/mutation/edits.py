"""Small changes to a syntax tree, each at one place, as beginners make them."""

import ast
import copy
from collections.abc import Callable, Iterator

_BINARY = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
_ORDER = (ast.Gt, ast.GtE, ast.Lt, ast.LtE, ast.Eq, ast.NotEq)
_METHODS = {
    "mean": "sum", "sum": "mean", "zeros": "ones", "ones": "zeros", "repeat_interleave": "repeat", "stack": "cat",
    "reversed": "list", "min": "max", "max": "min", "flatten": "squeeze", "argmax": "argmin", "argmin": "argmax",
    "train": "eval", "eval": "train", "cumsum": "cumprod", "reshape": "view", "zeros_like": "ones_like",
    "ones_like": "zeros_like", "append": "extend", "transpose": "swapaxes",
    "predict_state": "predict_action", "predict_return": "predict_state", "embed_state": "embed_action",
    "embed_return": "embed_state",
}  # fmt: skip

Edit = Callable[[ast.AST], object]


def changes(tree: ast.Module) -> list[tuple[int, str, Edit]]:
    """Every place of the tree, and every way to change it."""
    nodes = list(ast.walk(tree))
    names = sorted({node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)})
    names += [node.arg for node in nodes if isinstance(node, ast.arg) and node.arg != "self"]
    return [
        (place, f"line {getattr(node, 'lineno', 0)}: {change}", edit)
        for place, node in enumerate(nodes)
        for change, edit in _edits(node, list(dict.fromkeys(names)))
    ]


def changed(tree: ast.Module, place: int, edit: Edit) -> str:
    """The source of the tree with one change."""
    mutated = copy.deepcopy(tree)
    edit(list(ast.walk(mutated))[place])
    return ast.unparse(ast.fix_missing_locations(mutated))


def _edits(node: ast.AST, names: list[str]) -> Iterator[tuple[str, Edit]]:
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
        yield f"{type(node.op).__name__}= -> =", lambda n: _become(n, ast.Assign([n.target], n.value))
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], _ORDER):
        for other in _ORDER:
            if not isinstance(node.ops[0], other):
                change = f"{type(node.ops[0]).__name__} -> {other.__name__}"
                yield change, lambda n, other=other: n.ops.__setitem__(0, other())
    if isinstance(node, ast.UnaryOp):
        yield "sign dropped", lambda n: _become(n, n.operand)
    if isinstance(node, ast.BoolOp):
        yield "and <-> or", lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And())
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield "condition negated", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Name | ast.BinOp | ast.Call):
        yield "sign turned", lambda n: setattr(n, "value", ast.UnaryOp(ast.USub(), n.value))
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
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max", "range"):
        for i in range(len(node.args)) if len(node.args) > 1 else ():
            yield f"{node.func.id} without argument {i}", lambda n, i=i: n.args.pop(i)
            if node.func.id != "range":
                yield f"only argument {i} of {node.func.id}", lambda n, i=i: _become(n, n.args[i])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        yield "one round less", lambda n: n.args.__setitem__(-1, _beside(n.args[-1], -1))
        yield "one round more", lambda n: n.args.__setitem__(-1, _beside(n.args[-1], 1))
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name | ast.BinOp):
        for step in (1, -1):
            yield f"index {step:+}", lambda n, step=step: setattr(n, "slice", _beside(n.slice, step))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        yield f"without .{node.func.attr}()", lambda n: _become(n, n.func.value)
    if isinstance(node, ast.Call):
        for i in range(len(node.keywords)):
            yield f"without {node.keywords[i].arg}=", lambda n, i=i: n.keywords.pop(i)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        yield "call dropped", lambda n: _become(n, n.args[0])
    if isinstance(node, ast.Attribute) and node.attr in _METHODS:
        yield f"{node.attr} -> {_METHODS[node.attr]}", lambda n: setattr(n, "attr", _METHODS[n.attr])
    if isinstance(node, ast.Name) and node.id in _METHODS:
        yield f"{node.id} -> {_METHODS[node.id]}", lambda n: setattr(n, "id", _METHODS[n.id])
    if isinstance(node, ast.Break | ast.Continue):
        other = ast.Continue if isinstance(node, ast.Break) else ast.Break
        yield f"{type(node).__name__} -> {other.__name__}", lambda n, other=other: _become(n, other())
    if isinstance(node, ast.FunctionDef | ast.For | ast.While | ast.If | ast.With):
        for i, statement in enumerate(node.body):
            if not isinstance(statement, ast.Return) and len(node.body) > 1:
                yield f"without `{ast.unparse(statement)[:40]}`", lambda n, i=i: n.body.pop(i)
    if isinstance(node, ast.keyword) and node.arg is not None:
        yield f"{node.arg}= emptied", lambda n: setattr(n, "value", ast.Constant(None))


def _beside(node: ast.expr, step: int) -> ast.BinOp:
    """One more, or one less."""
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))


def _become(node: ast.AST, other: ast.AST) -> None:
    """Turns the node into the other one, in place."""
    node.__class__ = other.__class__
    node.__dict__ = other.__dict__
