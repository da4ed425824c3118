"""What the environment and the model in the sandbox ask the grader, while the call goes on that was given them.

They can be copied and pickled, as the ones of a check in a notebook can: each copy asks another one out there, which is
then made of the first as it is at that moment.
"""

from __future__ import annotations

import builtins
import itertools
import socket
import threading
from collections.abc import Callable
from functools import partial

from dt_helpers.check.engine.faces import FACES, Predictions

from . import standins, wire
from .arguments import ArgumentsUnpacker
from .values import Packer

COPY = "copy"  # the question for the number of a copy
EXCEPTIONS = (  # the grader and the sandbox see an exception as the first of these that it inherits from
    "NotImplementedError", "RecursionError", "ZeroDivisionError", "IndexError", "KeyError", "UnboundLocalError",
    "NameError", "AttributeError", "ImportError", "AssertionError", "TypeError", "ValueError", "RuntimeError",
    "MemoryError", "OSError", "EOFError", "SystemExit",
)  # fmt: skip


class Asking:
    """The questions over a connection, one after another, also of a student's threads."""

    def __init__(self, connection: socket.socket):
        self.connection, self.lock = connection, threading.Lock()
        self.numbers = itertools.count(1)
        self.playing = 0  # the number of the call that goes on, if one does

    def begin(self) -> Callable:
        """A call begins: what its faces ask with."""
        self.playing = next(self.numbers)
        return partial(Asker, self.ask, self.playing)

    def end(self) -> None:
        self.playing = 0

    def ask(self, playing: int, number: int, method: str, *given):
        """What the grader's environment or model answers, or the exception that it raises, while its call goes on."""
        packer = Packer()
        with self.lock:
            if playing != self.playing:
                raise RuntimeError("the function has returned: nothing answers any more")
            try:
                question = packer.message(asks=[number, method], given=[packer.pack(value) for value in given])
            except wire.WireError as problem:
                raise ValueError(f"{method} was given {problem}") from None
            wire.send(self.connection, question, packer.arrays)
            told, data = wire.receive(self.connection)
        if "raises" in told:
            like, text = told["raises"]
            raise getattr(builtins, like if like in EXCEPTIONS else "RuntimeError")(text)
        return ArgumentsUnpacker(told, data).unpack(told["value"])


class Asker(partial):
    """Asks the one of a number, in one call: `Asker(asking.ask, playing, number)(method, *given)`."""

    def __deepcopy__(self, memo) -> Asker:
        return _another(*self.args)

    def __reduce__(self):
        return _another, (self.args[0], self(COPY))


def _another(playing: int, number: int) -> Asker:
    """One that asks a copy of that number's."""
    asker = Asker(_asking.ask, playing, number)
    return Asker(_asking.ask, playing, asker(COPY))


_asking: Asking  # of this process


def start(connection: socket.socket) -> Asking:
    """The questions of this process; its faces can be pickled from now on."""
    global _asking
    _asking = Asking(connection)
    return _asking


standins.THE_STUDENT_S |= {  # pickle looks for them by their names
    __name__: {_another.__name__: _another},
    Predictions.__module__: {kind.__name__: kind for kind in (*FACES.values(), Predictions)},
}
