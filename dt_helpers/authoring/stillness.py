"""Whether anything still moves in a process and in those that it has started."""

from __future__ import annotations

import time
from threading import Lock

import psutil

SHARE, LEAST = 0.01, 0.05  # CPU time that counts as movement: this share of the time that has passed, and seconds more
LONGEST_STEP = 10.0  # seconds; between two looks that lie further apart the machine slept, or whoever looks did


class Stillness:
    """For how long a process tree has been still: it has used no CPU time, and nobody has called `stir`.

    A waiting kernel uses no CPU time that can be measured; one that computes without printing does. Time is the
    monotonic clock's, so that a clock that is set does no harm.
    """

    def __init__(self, pid: int):
        self.pid = pid
        self.cpu = 0.0  # seconds that the processes have used so far
        self._still = self._used = 0.0  # seconds since something moved, and CPU time within them
        self._looked, self._total = time.monotonic(), 0.0
        self._lock = Lock()

    def stir(self) -> None:
        """Something moves, as seen from outside: a message came."""
        with self._lock:
            self._still = self._used = 0.0

    def look(self) -> float:
        """Seconds for which nothing has moved. To be called at intervals well below those that matter."""
        now, total = time.monotonic(), sum(map(_cpu_seconds, process_tree(self.pid)))
        with self._lock:
            grown = max(0.0, total - self._total)  # it falls with a process whose time its parent doesn't inherit
            self._total = total
            self.cpu += grown
            self._used += grown
            self._still += min(now - self._looked, LONGEST_STEP)
            self._looked = now
            if self._used > SHARE * self._still + LEAST:
                self._still = self._used = 0.0
            return self._still


def process_tree(pid: int) -> list[psutil.Process]:
    """The process and all that it has started, and these in turn; those that have ended are left out."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def _cpu_seconds(process: psutil.Process) -> float:
    """What the process has used, and what those have that it started and that ended, where the system counts these."""
    try:
        return sum(process.cpu_times()[:4])  # user, system, children's user and system
    except psutil.Error:
        return 0.0
