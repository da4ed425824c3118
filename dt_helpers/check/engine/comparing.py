"""Compares what came with what was expected: number of results, type, shape, values, dtype, device, gradients."""

from dataclasses import dataclass
from itertools import islice

import numpy as np

from dt_helpers.check.engine.answers import Answer, Unreadable, describe, is_tensor, read
from dt_helpers.check.engine.calling import Outcome
from dt_helpers.check.engine.exercise import Case, Exercise


@dataclass(frozen=True)
class Difference:
    """The first way in which an answer departs from what was expected."""

    slug: str | None  # None: shape and type are right, values are not
    sentence: str
    result: str = ""  # name of the result that departs
    index: tuple[int, ...] | None = None
    expected: float | None = None
    given: float | None = None


ONE_OFF = (": one entry too many.", ": one entry is missing.")
_COARSE = {"float16": 5e-3, "bfloat16": 3e-2}  # values that agree this closely are right, apart from the dtype


def tolerance(*dtypes: str, least: float = 0.0) -> float:
    """Relative to the largest number in the result: styles differ in the last digits, mistakes by far more."""
    exact = 1e-5 if set(dtypes) <= {"float64", "int64", "int32", "bool"} else 1e-4
    return max(exact, least, *(_COARSE.get(dtype, 0.0) for dtype in dtypes))


def close(given: np.ndarray, expected: np.ndarray, limit: float) -> np.ndarray:
    """Elementwise; NaN equals NaN."""
    expected = expected.astype(np.float64)
    with np.errstate(all="ignore"):
        apart = np.abs(given.astype(np.float64) - expected)
        scale = max(float(np.abs(expected[np.isfinite(expected)]).max(initial=0.0)), 0.1)
        return (apart <= limit * scale) | (np.isnan(given) & np.isnan(expected)) | (given == expected)


def unpack(exercise: Exercise, value) -> list:
    """The results in `value`, as many as the exercise has; raises `Unreadable` if it can't be split into that many."""
    count = len(exercise.results)
    if count == 1:
        return [value]
    if isinstance(value, dict | str | set):
        raise Unreadable(describe(value))
    few = slice(count + 1)  # one more is too many already, and there may be billions
    try:
        return list(value[few] if is_tensor(value) else islice(value, few.stop))
    except (TypeError, IndexError):  # not a sequence, or a tensor of a single number
        raise Unreadable(describe(value)) from None


def missing(values: list) -> int | None:
    """Position of the first result that was left as None or `...`."""
    return next((i for i, value in enumerate(values) if value is None or value is Ellipsis), None)


def find(exercise: Exercise, case: Case, outcome: Outcome, right: Outcome) -> Difference | None:
    """The first departure of `outcome` from `right`, the oracle's, or None when all of it is right."""
    if outcome.value is None or outcome.value is Ellipsis:
        return _unfilled(exercise, None, outcome.value)
    try:
        values = unpack(exercise, outcome.value)
    except Unreadable as problem:
        wanted = _list(exercise.results)
        return Difference("wrong-count", f"{exercise.function} has to return {wanted}; it returned {problem}.")
    at = missing(values)
    if at is not None:
        return _unfilled(exercise, at, values[at])
    count = len(exercise.results)
    if len(values) != count or (count == 1 and _is_several(exercise, values[0])):
        came = describe(outcome.value)
        return Difference(
            "wrong-count",
            f"{exercise.function} has to return {_number(count)} ({', '.join(exercise.results)}); it returned {came}.",
        )
    answers = []
    for name, value, wanted in zip(exercise.compared, (*values, *outcome.seen), right.value, strict=True):
        try:
            answers.append(read(value))
        except Unreadable as problem:
            return Difference("wrong-type", f"{name} has to be {_kind(exercise, wanted)}; it is {problem}.", name)
        if exercise.kind == "tensor" and answers[-1].kind != "tensor":
            sentence = f"{name} has to be a torch tensor, or the model can't go on with it; it is {describe(value)}."
            return Difference("wrong-type", sentence, name)
    return (
        _first(_shape, exercise, answers, right)
        or _first(_values, exercise, answers, right)
        or _first(_dtype, exercise, answers, right)
        or _first(_device, exercise, answers, right)
        or _changed(exercise, outcome)
        or _gradients(exercise, case, outcome, right)
    )


def alike(one: Case, other: Case) -> bool:
    """Whether two cases have inputs of the same numbers."""
    if len(one.args) != len(other.args) or one.kwargs != other.kwargs:
        return False
    pairs = zip(one.args, other.args, strict=True)
    return all(a is b or (not callable(a) and np.array_equal(read(a).array, read(b).array)) for a, b in pairs)


def same(given: list[np.ndarray], expected: list[np.ndarray], limit: float) -> bool:
    """Whether all results agree in shape and values: how a catalogued mistake is recognised."""
    return len(given) == len(expected) and all(
        g.shape == e.shape and bool(close(g, e, limit).all()) for g, e in zip(given, expected, strict=True)
    )


def _first(compare, exercise, answers, right: Outcome):
    for name, answer, expected in zip(exercise.compared, answers, right.value, strict=True):
        if difference := compare(name, answer, read(expected), exercise):
            return difference
    return None


def _shape(name: str, answer: Answer, right: Answer, exercise) -> Difference | None:
    if answer.array.shape == right.array.shape:
        return None
    sentence = f"{name} has shape {_shown(answer.array.shape)}; {_shown(right.array.shape)} was expected."
    if answer.array.ndim == right.array.ndim == 1 and abs(more := answer.array.size - right.array.size) == 1:
        sentence = f"{sentence[:-1]}{ONE_OFF[more < 0]}"
    return Difference("wrong-shape", sentence, name)


def _values(name: str, answer: Answer, right: Answer, exercise) -> Difference | None:
    if answer.array.dtype.kind == "c":
        return Difference("wrong-dtype", f"{name} holds complex numbers; real ones were expected.", name)
    limit = tolerance(right.dtype, answer.dtype, least=exercise.apart)
    if name.endswith("mask"):
        limit = 0.0  # almost 0 would count as real
    agree = close(answer.array, right.array, limit)
    if agree.all():
        return None
    if answer.array.dtype.kind in "iub" and (answer.array == np.trunc(right.array)).all():
        return Difference("wrong-dtype", f"{name} has dtype {answer.dtype}: the fractional part is cut off.", name)
    index = tuple(int(i) for i in np.argwhere(~agree)[0])
    given, expected = float(answer.array[index]), float(right.array[index])
    broken = ~np.isfinite(answer.array.astype(np.float64)) if answer.array.dtype.kind == "f" else np.zeros(1, bool)
    if broken.any():
        what = "NaN (not a number)" if np.isnan(answer.array).any() else "infinite numbers"
        return Difference("nan", f"{name} holds {what}.", name, index, expected, given)
    sentence = f"{name} has the right shape, but not the right values." if index else f"{name} is not the right number."
    return Difference(None, sentence, name, index, expected, given)


def _dtype(name: str, answer: Answer, right: Answer, exercise) -> Difference | None:
    if name.endswith("mask"):  # the model and the loss take a mask of any type
        fine, wanted = True, right.dtype
    elif exercise.kind == "tensor":  # float32, in which the course computes, is right for float64 too
        fine = answer.dtype == right.dtype or (right.dtype, answer.dtype) == ("float64", "float32")
        wanted = right.dtype
    elif right.dtype.startswith("int"):
        fine, wanted = answer.array.dtype.kind in "iu", right.dtype
    else:  # numpy widens and torch narrows by habit: any real float will do
        fine = answer.dtype in ("float32", "float64") or answer.kind in ("list", "number")
        wanted = "float32 or float64"
    if fine:
        return None
    return Difference(
        "wrong-dtype", f"The values of {name} are right, but its dtype is {answer.dtype}, not {wanted}.", name
    )


def _device(name: str, answer: Answer, right: Answer, exercise) -> Difference | None:
    if answer.device == right.device:
        return None
    return Difference("wrong-device", f"{name} is on another device ({answer.device}) than its inputs.", name)


def _changed(exercise, outcome: Outcome) -> Difference | None:
    if not outcome.changed:
        return None
    names = named(exercise, outcome.changed)
    return Difference("input-changed", f"The result is right, but {names} changed: your function writes to its input.")


def named(exercise: Exercise, positions: tuple[int, ...]) -> str:
    """The parameters at these positions, in words."""
    return _list([exercise.parameters[i] for i in positions])


def _gradients(exercise, case: Case, outcome: Outcome, right: Outcome) -> Difference | None:
    if not case.grad:
        return None
    given_parts = unpack(exercise, outcome.value)
    for name, part in zip(exercise.results, given_parts, strict=True):
        if not part.requires_grad:
            sentence = f"{name} has the right values, but no gradient flows back through it: the model could not learn."
            return Difference("lost-gradient", sentence, name)
    try:
        given = _slopes(given_parts, outcome.leaves)
    except RuntimeError:  # the graph is gone
        sentence = "The values are right, but no gradient can flow back any more: is backward() called inside?"
        return Difference("lost-gradient", sentence)
    pairs = list(zip(given, _slopes(right.value, right.leaves), strict=True))
    if all(theirs is not None and close(theirs.numpy(), ours.numpy(), 1e-3).all() for theirs, ours in pairs):
        return None
    for name, theirs, ours in zip(exercise.results, given_parts, right.value, strict=True):
        for slope, wanted in zip(_slopes([theirs], outcome.leaves), _slopes([ours], right.leaves), strict=True):
            if wanted is not None and wanted.any() and (slope is None or not slope.any()):
                sentence = f"{name} has the right values, but no gradient flows back to one of its inputs."
                return Difference("lost-gradient", sentence, name)
    return Difference("wrong-gradient", "The values are right, but the gradients that flow back are not.")


def _slopes(parts, leaves) -> tuple:
    """Gradients of a weighted sum of the parts with respect to the leaves; None where nothing arrives."""
    import torch

    first, *others = (
        (part * torch.linspace(0.5, 1.5, part.numel(), dtype=part.dtype).reshape(part.shape)).sum() for part in parts
    )
    return torch.autograd.grad(sum(others, first), leaves, allow_unused=True, retain_graph=True)


def _unfilled(exercise, at: int | None, left) -> Difference:
    """Nothing was returned, or `at` says which of several results was left open."""
    if at is not None:
        what = f"{exercise.results[at]} is {'None' if left is None else '...'}"
    elif left is None:
        what = "it returns None. If its body is written, is there a `return` at the end?"
        return Difference("unfilled", f"{exercise.function} is not filled in yet: {what}")
    else:
        what = "it returns ..."
    return Difference("unfilled", f"{exercise.function} is not filled in yet: {what}.")


def _is_several(exercise, value) -> bool:
    """Several results where one was asked for: a list of tensors, or a tuple of arrays; a list of rows is an array."""
    kinds = {"tensor": list | tuple, "array": tuple}.get(exercise.kind)
    if kinds is None or not isinstance(value, kinds):
        return False
    return any(getattr(part, "ndim", 0) for part in value)


def _kind(exercise, right) -> str:
    if exercise.kind == "tensor":
        return "a torch tensor"
    return "an array of numbers" if read(right).array.ndim else "a single number"


def _number(count: int) -> str:
    return {1: "one result", 2: "two results", 3: "three results"}[count]


def _list(names) -> str:
    names = list(names)
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _shown(shape: tuple) -> str:
    return f"{shape}" if shape else "() (a single number)"
