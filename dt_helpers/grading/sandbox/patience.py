"""How long a process may run, by its own clocks: CPU seconds, and seconds in which none of its threads ran or waited
for a processor. On a busy machine it waits, which counts as neither and costs nobody a point."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.limits import Limits

LOOK = 0.5  # seconds between readings of the clocks
WRITE, READ = select.POLLOUT, select.POLLIN


class Patience:
    """Waits for the other end of a connection, within the limits.

    `look` returns the seconds that the process ran on a processor, those that it waited for one (completed waits), and
    whether it runs or waits for one now.
    """

    def __init__(self, limits: Limits, look: Callable[[], tuple[float, float, bool]]):
        self.limits, self.look = limits, look
        self.ran = self.idle = 0.0
        self.allow(limits.cpu_seconds, limits.seconds)
        self.next = time.monotonic() + LOOK
        self.seen: tuple[float, float] | None = (
            None  # time of the last reading, and how long it had run and waited by then
        )

    def allow(self, cpu_seconds: float, seconds: float) -> None:
        """Set how many seconds it may take on a processor, and how many off it, from now on."""
        self.allowed = cpu_seconds, seconds
        self.ran_until, self.idle_until = self.ran + cpu_seconds, self.idle + seconds

    def begin(self) -> None:
        """A request starts: until now the process had nothing to do."""
        self.seen = None

    def wait(self, connection: socket.socket, writing: bool = False) -> None:
        """Returns when the connection can be written to or read from; raises wire.Late, saying what took too long."""
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
            raise wire.Late(f"took more than {self.allowed[0]:.0f} CPU seconds and was stopped")
        if self.seen and not active:
            then, before = self.seen
            passed = min(now - then, 2 * LOOK)  # while the grader itself had to wait, it can't know more
            self.idle += max(passed - (ran + waited - before), 0.0)
        self.seen, self.next = (now, ran + waited), now + LOOK
        if self.idle > self.idle_until:
            raise wire.Late(f"did nothing for more than {self.allowed[1]:.0f} seconds and was stopped")
