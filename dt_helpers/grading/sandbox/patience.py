"""How long a process may go on, told by its own clocks: seconds on a processor, and seconds in which none of its
threads ran or waited for a processor. A busy machine has it wait, which counts as neither and costs nobody a point."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.limits import Limits

LOOK = 0.5  # seconds between two looks at the clocks
WRITE, READ = select.POLLOUT, select.POLLIN


class Patience:
    """Waits for the other end of a connection, within the limits.

    `look` answers the seconds that the process has been on a processor, those that it has waited for one, as far as its
    waits are over, and whether it runs or waits for one now.
    """

    def __init__(self, limits: Limits, look: Callable[[], tuple[float, float, bool]]):
        self.limits, self.look = limits, look
        self.ran = self.idle = 0.0
        self.allow(limits.cpu_seconds, limits.seconds)
        self.next = time.monotonic() + LOOK
        self.seen: tuple[float, float] | None = None  # when, and how long it had run and waited by then

    def allow(self, cpu_seconds: float, seconds: float) -> None:
        """From now on it may take so many seconds on a processor, and so many beside it."""
        self.allowed = cpu_seconds, seconds
        self.ran_until, self.idle_until = self.ran + cpu_seconds, self.idle + seconds

    def begin(self) -> None:
        """It is asked something: until now it had nothing to do."""
        self.seen = None

    def wait(self, connection: socket.socket, writing: bool = False) -> None:
        """Returns when the connection can be written to or read from; raises wire.Late with what was too long."""
        poll = select.poll()
        poll.register(connection, WRITE if writing else READ)
        while True:
            if time.monotonic() >= self.next:
                self._look()
            if poll.poll(LOOK * 1000):
                return

    def _look(self) -> None:
        now = time.monotonic()
        ran, waited, active = self.look()
        self.ran = ran
        if ran > self.ran_until:
            raise wire.Late(f"took more than {self.allowed[0]:.0f} seconds of the processor and was stopped")
        if self.seen and not active:
            then, before = self.seen
            passed = min(now - then, 2 * LOOK)  # where the grader itself had to wait, nobody knows what happened
            self.idle += max(passed - (ran + waited - before), 0.0)
        self.seen, self.next = (now, ran + waited), now + LOOK
        if self.idle > self.idle_until:
            raise wire.Late(f"did nothing for more than {self.allowed[1]:.0f} seconds and was stopped")
