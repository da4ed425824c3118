"""A conversation with one process in the sandbox, and why it ended: from facts, not guesses."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from dt_helpers.check.engine.calling import NotTheStudents
from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.patience import Patience
from dt_helpers.grading.sandbox.said import Said
from dt_helpers.grading.text.cleaning import TooDeep, cleaned

if TYPE_CHECKING:
    from dt_helpers.grading.sandbox import Sandbox


class Stopped(NotTheStudents):
    """The sandboxed process is gone, for the reason given, which is the student's. Not an `Exception`: a check would
    take that for the student's own."""


class Disturbed(NotTheStudents):
    """The sandbox failed, for a reason that is not the student's: try again. Not an `Exception` either."""


class Session:
    """A conversation within the limits."""

    def __init__(self, connection: socket.socket, sandbox: Sandbox):
        connection.setblocking(False)
        self.connection, self.sandbox = connection, sandbox
        self.patience = Patience(sandbox.limits, sandbox.look)
        self.killed = sandbox.group.killed()
        self.ended: dict | None = None
        self.said = Said()

    def allow(self, cpu_seconds: float, seconds: float) -> None:
        """New limits from now on."""
        self.patience.allow(cpu_seconds, seconds)

    def ask(self, request: dict, arrays: wire.Arrays | None = None) -> tuple[dict, bytes]:
        """The answer, its texts cleaned and cut to a maximum length, and the bytes of its arrays. Raises Stopped, with
        the reason, if no answer can come any more; and Disturbed."""
        self.patience.begin()
        try:
            wire.send(self.connection, request, arrays, self.patience.wait)
            answer, data = wire.receive(self.connection, self.patience.wait, wire.MAX_PARTS)
            self.said.note(request, answer, data)
            return cleaned(answer), data
        except wire.Late as reason:
            self.end()
            raise Stopped(str(reason)) from None
        except (wire.Closed, Disturbed):
            raise Stopped(self._why(self.end(waiting=True))) from None
        except (wire.WireError, TooDeep) as problem:
            raise Stopped(f"sent back what can't be read: {problem}") from None

    def end(self, waiting: bool = False) -> dict:
        """Return how it ended. `waiting`: it has hung up; give it time to end by itself."""
        if self.ended is None:
            self.ended = self.sandbox.kill(waiting)
        return self.ended

    def _why(self, ended: dict) -> str:
        limits, number = self.sandbox.limits, ended.get("signal")
        gone = ended.get("server", False)
        if ended.get("memory"):
            return f"wanted more than {limits.memory >> 20} MiB of memory and was stopped"
        if self.sandbox.group.killed() > self.killed and (gone or number == signal.SIGKILL):
            return f"wanted more than {limits.memory >> 20} MiB of memory and was stopped"
        if gone:
            raise Disturbed("the sandbox ended while it ran")
        if not ended["by itself"]:
            return "closed its connection to the grader and was stopped"
        if number == signal.SIGKILL and ended["seconds"] > limits.cpu_seconds:
            return f"took more than {limits.cpu_seconds} CPU seconds and was stopped"
        if number == signal.SIGKILL:
            raise Disturbed("its process was killed, and not by the grader")
        if number:
            return f"crashed Python ({signal.Signals(number).name})"
        return "ended the Python that it ran in"
