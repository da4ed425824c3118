"""A call's arguments on the wire: written exactly by the grader, read in the sandbox."""

from collections.abc import Callable

from torch import nn

from dt_helpers.check.engine.calling import NotTheStudents
from dt_helpers.check.engine.faces import FACES, Environment, Model

from .values import Packer, Unpacker


class CannotBeSent(NotTheStudents):
    """A check's argument can't be sent. Not an `Exception`, since a check takes those for the student's."""


def _nobody(number):
    raise TypeError("there is nobody to ask")


class Exact(Packer):
    """Writes the arguments of a student's function: completely, or it raises CannotBeSent. `faces` are those that stay
    with the grader, and are asked from the sandbox by their number."""

    def __init__(self) -> None:
        super().__init__()
        self.faces: list[Environment | Model] = []

    def pack(self, value, depth: int = 0) -> dict:
        if isinstance(value, Environment | Model):
            self.faces.append(value)
            return {"k": "face", "kind": value.kind, "number": len(self.faces) - 1, "made of": value.made_of()}
        if isinstance(value, str):
            return {"k": "text", "v": value}
        if isinstance(value, set | frozenset):
            return {"k": "set", "items": [self.pack(item, depth + 1) for item in value]}
        if type(value) is dict:
            pairs = [[self.pack(key, depth + 1), self.pack(part, depth + 1)] for key, part in value.items()]
            return {"k": "dict", "items": pairs}
        return self._whole(super().pack(value, depth), value)

    def _module(self, module: nn.Module) -> dict:
        return self._whole(super()._module(module), module)

    def _whole(self, packed: dict, value) -> dict:
        if packed["k"] in ("object", "mapping", "sized", "iterator", "iterable"):
            raise CannotBeSent(f"a check can't hand {type(value).__name__} to a student's function while grading")
        return packed


class ArgumentsUnpacker(Unpacker):
    """Reads, in the sandbox, what an `Exact` packer wrote: also text, sets, dictionaries, and faces, of which each asks
    the grader with what `asker` gives for its number."""

    def __init__(self, message: dict, data: bytes, connect: Callable | None = None, asker: Callable = _nobody):
        super().__init__(message, data, connect)
        self.asker = asker

    def _read_face(self, node, depth):
        return FACES[node["kind"]](ask=self.asker(node["number"]), **node["made of"])

    def _read_text(self, node, depth):
        if not isinstance(node["v"], str):
            raise TypeError
        return node["v"]

    def _read_set(self, node, depth):
        return set(self._items(node, depth))

    def _read_dict(self, node, depth):
        return {self.unpack(key, depth + 1): self.unpack(part, depth + 1) for key, part in node["items"]}
