"""Messages between the grader and a sandboxed process: JSON and raw arrays, never pickle, bounded in size.

A message is two lengths, a JSON object, and the bytes of all arrays in order. Neither side trusts the other: anything
not of this form is a `WireError`.
"""

import json
import math
import socket
import struct
from collections.abc import Callable

import numpy as np
import torch

from dt_helpers.check.engine.answers import dtype_name

MAX_JSON, MAX_ARRAYS = 2 << 20, 16 << 20  # bytes of one message
MAX_PARTS = 200_000  # in the JSON from a student's process: each becomes an object of some 60 bytes
MAX_DIMENSIONS = 16
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128,
        torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
    )
}  # fmt: skip
NUMPY = {
    "float16", "float32", "float64", "complex64", "complex128", "bool",
    "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
    *map(str, map(np.dtype, (np.longdouble, np.clongdouble))),  # as wide as this machine makes them
}  # fmt: skip
_HEAD = struct.Struct(">II")
Wait = Callable[[socket.socket, bool], None]  # returns when a connection can be written to (True) or read from


class WireError(Exception):
    """Not a valid message, or one that is too large."""


class Closed(Exception):
    """The other side is gone."""


class Late(Exception):
    """The other side did not answer in time; the message says which limit was exceeded."""


class Arrays:
    """The arrays of a message being written."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, value) -> dict:
        """A description of a numpy array or of a dense tensor on the CPU, whose bytes are added; raises WireError."""
        if isinstance(value, torch.Tensor):
            value = value.detach()
            dtype = str(value.dtype).removeprefix("torch.")
            known = dtype in DTYPES
        else:
            dtype = dtype_name(value.dtype)
            known = dtype in NUMPY
        if not known:
            raise WireError(f"an array of dtype {dtype}")
        if self.size + value.nbytes > MAX_ARRAYS:
            raise WireError(f"arrays of more than {MAX_ARRAYS >> 20} MiB")
        if value.ndim > MAX_DIMENSIONS:
            raise WireError(f"an array of {value.ndim} dimensions")
        shape = list(value.shape)
        if isinstance(value, torch.Tensor):
            value = value.contiguous().reshape(-1).view(torch.uint8).numpy()
        data = value.tobytes()
        described = {"dtype": dtype, "shape": shape, "at": self.size}
        self.parts.append(data)
        self.size += len(data)
        return described


def array(described, data: bytes) -> np.ndarray:
    """The numpy array of a description, as a copy; raises WireError."""
    dtype, shape, at = _described(described, NUMPY)
    count = math.prod(shape)
    _check_room(count * np.dtype(dtype).itemsize, at, data)
    return np.frombuffer(data, dtype, count, at).reshape(shape).copy()


def tensor(described, data: bytes) -> torch.Tensor:
    """The tensor of a description, as a copy; raises WireError."""
    dtype, shape, at = _described(described, DTYPES)
    count = math.prod(shape)
    size = count * DTYPES[dtype].itemsize
    _check_room(size, at, data)
    if not count:
        return torch.empty(shape, dtype=DTYPES[dtype])
    raw = np.frombuffer(data, np.uint8, size, at)
    if dtype == "bool":
        raw = raw != 0  # any other byte would be a bool that is neither true nor false
    return torch.from_numpy(raw.copy()).view(DTYPES[dtype]).reshape(shape)


def _described(described, dtypes) -> tuple[str, list[int], int]:
    try:
        dtype, shape, at = described["dtype"], described["shape"], described["at"]
        numbers = [*shape, at]
    except (TypeError, KeyError):
        raise WireError("an array without dtype, shape and place") from None
    if not isinstance(dtype, str) or dtype not in dtypes:
        raise WireError("an array of an unknown dtype")
    if len(shape) > MAX_DIMENSIONS or not all(type(n) is int and 0 <= n <= MAX_ARRAYS for n in numbers):
        raise WireError("an array of a shape that can't be")
    return dtype, shape, at


def _check_room(size: int, at: int, data: bytes) -> None:
    if size > MAX_ARRAYS or at + size > len(data):
        raise WireError("an array that is longer than its message")


def send(connection: socket.socket, message: dict, arrays: Arrays | None = None, wait: Wait | None = None) -> None:
    """Raises Closed if the other side is gone, WireError for a message that is too long, and what `wait` raises.

    `wait` is for a non-blocking connection; without it, the connection must block."""
    text = json.dumps(message).encode("ascii")
    if len(text) > MAX_JSON:
        raise WireError(f"a message of more than {MAX_JSON >> 20} MiB")
    data = b"".join(arrays.parts) if arrays else b""
    left = memoryview(_HEAD.pack(len(text), len(data)) + text + data)
    while left:
        if wait:
            wait(connection, True)
        try:
            left = left[connection.send(left) :]
        except BlockingIOError:
            continue
        except OSError:
            raise Closed from None


def receive(connection: socket.socket, wait: Wait | None = None, most_parts: int | None = None) -> tuple[dict, bytes]:
    """The next message and the bytes of its arrays; raises WireError, Closed, and what `wait` raises.

    `most_parts`: the maximum number of values in the JSON, checked before it is parsed."""
    sizes = _HEAD.unpack(_exactly(connection, _HEAD.size, wait))
    if sizes[0] > MAX_JSON or sizes[1] > MAX_ARRAYS:
        raise WireError("a message that is too long")
    text, data = (_exactly(connection, size, wait, True) for size in sizes)
    if most_parts is not None and sum(map(text.count, (b",", b"[", b"{"))) > most_parts:
        raise WireError("a message of too many parts")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise WireError("a message that is not JSON") from None
    if not isinstance(message, dict):
        raise WireError("a message that is not an object")
    return message, data


def _exactly(connection: socket.socket, size: int, wait: Wait | None, begun: bool = False) -> bytes:
    """So many bytes; if the message has `begun`, they are probably there: it waits if not all of them are."""
    parts = bytearray()
    while len(parts) < size:
        if wait and not begun:
            wait(connection, False)
        begun = False
        try:
            part = connection.recv(min(size - len(parts), 1 << 20))
        except BlockingIOError:
            continue
        except OSError:
            raise Closed from None
        if not part:
            raise Closed
        parts += part
    return bytes(parts)
