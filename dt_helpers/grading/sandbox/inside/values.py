"""Values on the wire: what a student's function is given and what it returns, as a tree of small descriptions.

Tensors that gradients flow through are apart, in the list "graph", and the tree names them by their number there.
"""

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from itertools import islice

import numpy as np
import torch
from torch import nn

from dt_helpers.check.engine.answers import describe, dtype_name
from dt_helpers.check.engine.calling import gappy_array, gappy_tensor, is_gappy

from . import wire
from .standins import StandIn
from .strangers import ArrayLike, Bytes, Iterable, Iterates, Set, Stranger, Table, Text

MAX_NODES, MAX_DEPTH, MAX_ITERATED = 20_000, 8, 64
MAX_INTEGER = 1 << 64  # larger ones are in no array
MAX_TYPES = 64  # that a message may name
NAME = 60  # characters of the name of a type
OUTPUTS = (  # all that is ever read from an object or a mapping
    *("state_preds", "action_preds", "return_preds"),
    *("last_hidden_state", "hidden_states"),
)


class Packer:
    """Writes values for a message; `fields` are the names that are read from objects and mappings."""

    def __init__(self, fields: tuple[str, ...] = ()):
        self.arrays, self.fields = wire.Arrays(), fields
        self.graph: list[torch.Tensor] = []
        self.live: list = []  # the arrays and tensors themselves
        self._nodes = 0

    def message(self, **parts) -> dict:
        """The parts of a message, each a packed value, with the graph's tensors described."""
        return parts | {"graph": [self._described(tensor) for tensor in self.graph]}

    def pack(self, value, depth: int = 0) -> dict:
        """Raises WireError for what is too large or too deep; an unknown type becomes its name."""
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise wire.WireError("a result of too many parts")
        if value is None or value is Ellipsis:
            return {"k": "none" if value is None else "ellipsis"}
        if isinstance(value, StandIn):
            return self._array(np.asarray(value), "arraylike") | {"name": StandIn.__name__}
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value, "array" if isinstance(value, np.ndarray) else "scalar")
        if isinstance(value, int) and abs(value) >= MAX_INTEGER:
            return {"k": "object", "name": type(value).__name__[:NAME]}
        if isinstance(value, bool | int | float):
            return {
                "k": "number",
                "v": value if isinstance(value, bool) else (int, float)[isinstance(value, float)](value),
            }
        if isinstance(value, complex):
            return {"k": "complex", "v": [value.real, value.imag]}
        if isinstance(value, str | bytes | set):
            return {"k": "sized", "name": type(value).__name__[:NAME], "n": _size(value)}
        if isinstance(value, Mapping):
            return self._fields(value, value.get, depth)
        if isinstance(value, list | tuple):
            items = [self.pack(item, depth + 1) for item in value]
            return {"k": "tuple" if isinstance(value, tuple) else "list", "items": items}
        if isinstance(value, nn.Module):
            return self._module(value)
        if hasattr(value, "__array__") and not isinstance(value, type):
            return self._array(np.asarray(value), "arraylike") | {"name": type(value).__name__[:NAME]}
        if isinstance(value, Sequence):
            return {"k": "list", "items": [self.pack(item, depth + 1) for item in value]}
        if isinstance(value, Iterator):
            first = [item for _, item in zip(range(MAX_ITERATED), value, strict=False)]
            name = type(value).__name__[:NAME]
            return {"k": "iterator", "name": name, "items": [self.pack(item, depth + 1) for item in first]}
        fields = self._fields(value, lambda name: getattr(value, name, None), depth)
        if isinstance(value, KeysView | ValuesView | ItemsView | frozenset):
            return fields | {"k": "iterable", "items": [self.pack(x, depth + 1) for x in islice(value, MAX_ITERATED)]}
        return fields

    def _tensor(self, value: torch.Tensor) -> dict:
        if value.device.type == "meta":
            return {"k": "meta", "dtype": str(value.dtype).removeprefix("torch."), "shape": list(value.shape)}
        self.live.append(value)
        if value.requires_grad:
            self.graph.append(value)
            return {"k": "tensor", "graph": len(self.graph) - 1}
        return {"k": "tensor"} | self._described(value)

    def _described(self, value: torch.Tensor) -> dict:
        gappy = bool(value.ndim) and value.layout == torch.strided and value.stride(-1) == 2
        plain = value.detach()
        plain = (plain.to_dense() if plain.layout != torch.strided else plain).cpu()
        return {"a": self.arrays.add(plain), "gappy": gappy, "parameter": isinstance(value, nn.Parameter)}

    def _array(self, value, kind: str) -> dict:
        array = np.asarray(value)
        if dtype_name(array.dtype) not in wire.NUMPY:
            name = describe(array).partition(" ")[2] if array.ndim else type(value).__name__  # without its article
            return {"k": "object", "name": name[:NAME], "shape": list(array.shape)}
        self.live.append(array)
        return {"k": kind, "a": self.arrays.add(array), "gappy": is_gappy(array)}

    def _module(self, module: nn.Module) -> dict:
        """The layers that heads are made of; any other module is an object."""
        if type(module) is nn.Linear and module.bias is not None:
            return {"k": "linear", "weight": self.pack(module.weight), "bias": self.pack(module.bias)}
        if type(module) is nn.Sequential:
            return {"k": "sequential", "items": [self._module(part) for part in module]}
        if type(module) is nn.Tanh:
            return {"k": "tanh"}
        return {"k": "object", "name": type(module).__name__[:NAME]}

    def _fields(self, value, field: Callable, depth: int) -> dict:
        found = {name: self.pack(part, depth + 1) for name in self.fields if (part := field(name)) is not None}
        kind = "mapping" if isinstance(value, Mapping) else "object"
        size = {"n": _size(value)} if kind == "mapping" else {}
        return {"k": kind, "name": type(value).__name__[:NAME], "fields": found} | size


class Unpacker:
    """Reads values of a message that a student's process has sent; `connect` makes the graph's tensors of pairs of a
    tensor and what was said about it.

    Nothing is made that the message has not paid for: each byte of its data and each tensor of its graph is read once,
    there are at most MAX_NODES values, and what has a length, but no content, is given the length alone. Objects have
    no attributes but OUTPUTS, whatever the message calls for.
    """

    def __init__(self, message: dict, data: bytes, connect: Callable | None = None):
        self.data, self.left = data, len(data)
        self.nodes = 0
        self.types: dict[tuple[str, type], type] = {}  # of the strangers
        described = message.get("graph", [])
        if not isinstance(described, list) or len(described) > MAX_NODES:
            raise wire.WireError("a graph that is no list")
        given = [(self._given(one), one) for one in described]
        self.graph = dict(enumerate(connect(given) if connect else [tensor for tensor, _ in given]))

    def unpack(self, node, depth: int = 0):
        """The value; raises WireError for what no Packer has written."""
        kind = node.get("k") if isinstance(node, dict) else None
        reader = getattr(self, f"_read_{kind}", None) if isinstance(kind, str) else None
        self.nodes += 1
        if reader is None or depth > MAX_DEPTH:
            raise wire.WireError("a value of no known kind")
        if self.nodes > MAX_NODES:
            raise wire.WireError("a value of too many parts")
        try:
            return reader(node, depth)
        except (KeyError, TypeError, AttributeError, ValueError, IndexError, OverflowError, RuntimeError) as error:
            raise wire.WireError(f"a {kind} that can't be read") from error

    def _given(self, node) -> torch.Tensor:
        if not isinstance(node, dict):
            raise wire.WireError("a tensor without a description")
        return self._paid(wire.tensor(node.get("a"), self.data))

    def _array(self, node) -> np.ndarray:
        return self._paid(wire.array(node["a"], self.data))

    def _paid(self, array):
        """The array, whose bytes no other one can be made of."""
        self.left -= array.nbytes
        if self.left < 0:
            raise wire.WireError("arrays of more bytes than came")
        return array

    def _items(self, node, depth: int) -> list:
        return [self.unpack(item, depth + 1) for item in node["items"]]

    def _read_none(self, node, depth):
        return None

    def _read_ellipsis(self, node, depth):
        return ...

    def _read_number(self, node, depth):
        value = node["v"]
        if not isinstance(value, bool | int | float) or (isinstance(value, int) and abs(value) >= MAX_INTEGER):
            raise TypeError
        return value

    def _read_complex(self, node, depth):
        real, imaginary = node["v"]
        return complex(self._read_number({"v": real}, depth), self._read_number({"v": imaginary}, depth))

    def _read_tensor(self, node, depth):
        if "graph" in node:
            return self.graph.pop(_index(node["graph"]))
        tensor = self._given(node)
        return gappy_tensor(tensor) if node.get("gappy") else tensor

    def _read_meta(self, node, depth):
        return torch.empty(_shape(node["shape"]), dtype=wire.DTYPES[node["dtype"]], device="meta")

    def _read_array(self, node, depth):
        array = self._array(node)
        return gappy_array(array) if node.get("gappy") else array

    def _read_scalar(self, node, depth):
        return self._array(node)[()]

    def _read_arraylike(self, node, depth):
        return self._stranger(node, ArrayLike, array=self._array(node))

    def _read_list(self, node, depth):
        return self._items(node, depth)

    def _read_tuple(self, node, depth):
        return tuple(self._items(node, depth))

    def _read_iterator(self, node, depth):
        return self._stranger(node, Iterates, items=iter(self._items(node, depth)))

    def _read_iterable(self, node, depth):
        return self._stranger(node, Iterable, items=self._items(node, depth))

    def _read_sized(self, node, depth):
        base = {"bytes": Bytes, "set": Set}.get(node["name"], Text)
        value = base()
        value.size = _index(node["n"])
        return value

    def _read_mapping(self, node, depth):
        value = self._stranger(node, Table)
        value.update(self._named(node, depth))
        value.size = _index(node["n"])
        return value

    def _read_object(self, node, depth):
        return self._stranger(node, Stranger, **(self._named(node, depth) if "fields" in node else {}))

    def _named(self, node, depth) -> dict:
        if not set(node["fields"]) <= set(OUTPUTS):
            raise TypeError
        return {name: self.unpack(part, depth + 1) for name, part in node["fields"].items()}

    def _stranger(self, node, base: type, **attributes):
        """An object of a class of that name, which stands for one that stayed in the sandbox."""
        key = _name(node["name"]), base
        if key not in self.types:
            if len(self.types) == MAX_TYPES:
                raise TypeError
            self.types[key] = type(key[0], (base,), {})
        made = self.types[key]()
        made.__dict__.update(attributes)
        return made

    def _read_linear(self, node, depth):
        weight, bias = self._parameter(node["weight"], depth), self._parameter(node["bias"], depth)
        if weight.ndim != 2 or bias.shape != weight.shape[:1]:
            raise TypeError
        with torch.device("meta"):
            layer = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype)
        layer.weight, layer.bias = weight, bias
        return layer

    def _parameter(self, node, depth: int) -> nn.Parameter:
        value = self.unpack(node, depth + 1)
        return value if isinstance(value, nn.Parameter) else nn.Parameter(value)

    def _read_sequential(self, node, depth):
        return nn.Sequential(*self._items(node, depth))

    def _read_tanh(self, node, depth):
        return nn.Tanh()


def _name(name: str) -> str:
    if not isinstance(name, str):
        raise TypeError
    return name[:NAME].replace("\0", "") or "object"


def _size(value) -> int:
    return min(len(value), wire.MAX_ARRAYS)


def _shape(shape) -> list[int]:
    if not isinstance(shape, list) or len(shape) > wire.MAX_DIMENSIONS:
        raise TypeError
    return [_index(n) for n in shape]


def _index(value) -> int:
    if type(value) is not int or not 0 <= value <= wire.MAX_ARRAYS:
        raise TypeError
    return value
