"""What a student's function returned, read into plain arrays, whatever it was written in."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

NAMES = {  # a type of numpy's numbers -> the name of its dtype, in the machine's own order of bytes
    np.dtype(name).type: name
    for name in (
        *("float16", "float32", "float64", "complex64", "complex128", "bool"),
        *("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    )
}


class Unreadable(Exception):
    """The result is not an array of numbers; the message says what it is."""


@dataclass(frozen=True)
class Answer:
    array: np.ndarray
    kind: str  # "tensor", "array", "list" or "number"
    dtype: str  # "float32"
    device: str = "cpu"
    tensor: object = None  # the tensor itself, for its gradient


def safely(read: Callable[[object], str], value) -> str:
    """`read(value)`, such as `str` of an exception; for an object that raises at this, a text that says so."""
    try:
        return str(read(value))
    except Exception as problem:
        return f"(its text can't be read: {type(problem).__name__})"


def is_tensor(value) -> bool:
    """Whether it is a torch tensor. torch is not imported for this: where nobody has, nobody returned a tensor."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def read(value) -> Answer:
    """`value` as an `Answer`; raises `Unreadable`."""
    if is_tensor(value):
        if value.device.type == "meta":
            raise Unreadable("a tensor on the meta device, which holds no numbers")
        plain = value.detach()
        if plain.is_sparse:
            plain = plain.to_dense()
        plain = plain.cpu()
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype == "bfloat16":
            plain = plain.float()
        return Answer(plain.numpy(), "tensor", dtype, value.device.type, value)
    if isinstance(value, np.ndarray | np.generic):
        return _numeric(np.asarray(value), "array" if isinstance(value, np.ndarray) else "number", value)
    if isinstance(value, bool | int | float | complex):
        return _numeric(np.asarray(value), "number", value)
    if hasattr(value, "__array__") and not isinstance(value, type):  # a pandas Series, for one
        return _numeric(np.asarray(value), "array", value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):  # lists, tuples, deques
        parts = [read(part).array for part in value]
        if len({part.shape for part in parts}) > 1:
            shapes = ", ".join(str(part.shape) for part in parts[:4])
            raise Unreadable(f"a {type(value).__name__} whose parts have different shapes: {shapes}")
        return _numeric(np.array(parts), "list", value)
    raise Unreadable(describe(value))


def _numeric(array: np.ndarray, kind: str, value) -> Answer:
    if array.dtype.kind not in "biufc":
        raise Unreadable(describe(value))
    return Answer(array, kind, dtype_name(array.dtype))


def dtype_name(dtype: np.dtype) -> str:
    """`str(dtype)`, for which numpy takes longer than for adding a thousand numbers."""
    plain = dtype.isnative and dtype.names is None
    return (NAMES.get(dtype.type) if plain else None) or str(dtype)


def describe(value) -> str:
    """`value` in a few words: "a list of 3", "a float32 tensor of shape (2, 3)"."""
    if value is None or value is Ellipsis:
        return repr(value)
    if is_tensor(value):
        dtype = str(value.dtype).removeprefix("torch.")
        return f"{article(dtype)} {dtype} tensor of shape {tuple(value.shape)}"
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return f"an array of Python objects (dtype object) of shape {value.shape}"
    if isinstance(value, np.ndarray) and value.dtype.kind in "USM":
        what = {"U": "texts", "S": "bytes", "M": "dates"}[value.dtype.kind]
        return f"an array of {what} (dtype {value.dtype}) of shape {value.shape}"
    if isinstance(value, np.ndarray):
        return f"{article(str(value.dtype))} {value.dtype} array of shape {value.shape}"
    if isinstance(value, list | tuple | dict | set | str):
        kind = "string" if isinstance(value, str) else type(value).__name__
        return f"a {kind} of {len(value)}"
    name = type(value).__name__
    return f"{article(name)} {name}"


def article(noun: str) -> str:
    """a or an"""
    return "an" if noun[:1].lower() in tuple("aeiou") and not noun.startswith("u") else "a"
