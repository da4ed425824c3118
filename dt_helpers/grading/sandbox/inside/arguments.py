"""A call's arguments on the wire: written by the grader exactly as they are, read in the sandbox."""

from torch import nn

from dt_helpers.check.engine.calling import NotTheStudents

from .values import Packer, Unpacker


class CannotBeSent(NotTheStudents):
    """A check's argument has no form on the wire. No `Exception`, since a check takes those for the student's."""


class Exact(Packer):
    """Writes what a student's function is given: all of it, or CannotBeSent is raised."""

    def pack(self, value, depth: int = 0) -> dict:
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
        if packed["k"] in ("object", "mapping", "sized", "iterator"):
            raise CannotBeSent(f"a check can't hand {type(value).__name__} to a student's function while grading")
        return packed


class ArgumentsUnpacker(Unpacker):
    """Reads, in the sandbox, what an `Exact` packer has written for a student's function: that may be text, sets and
    dictionaries as well."""

    def _read_text(self, node, depth):
        if not isinstance(node["v"], str):
            raise TypeError
        return node["v"]

    def _read_set(self, node, depth):
        return set(self._items(node, depth))

    def _read_dict(self, node, depth):
        return {self.unpack(key, depth + 1): self.unpack(part, depth + 1) for key, part in node["items"]}
