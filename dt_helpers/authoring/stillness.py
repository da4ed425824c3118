"""Whether anything still moves in a process and in those that it started."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

import psutil

SHARE, LEAST = 0.01, 0.05  # more CPU time counts as movement: this share of the time passed, plus so many seconds
LONGEST_STEP = 10.0  # seconds; if two looks are further apart, the machine was asleep between them, or this process was


class Stillness:
    """How long a process tree has been still: it used no CPU time, did not wait for any, and nobody called `stir`.

    A waiting kernel uses no CPU time that can be measured; one that computes without printing does. Time is the
    monotonic clock's, so setting the machine's clock does no harm.
    """

    def __init__(self, pid: int):
        self.pid = pid
        self.cpu = 0.0  # seconds that the processes have used so far
        self._still = self._used = 0.0  # seconds since something moved, and CPU time within them
        self._looked, self._total, self._waited = time.monotonic(), 0.0, 0.0
        self._lock = Lock()

    def stir(self) -> None:
        """Something moved, as seen from outside: a message came."""
        with self._lock:
            self._still = self._used = 0.0

    def look(self) -> float:
        """Seconds for which nothing has moved. To be called at intervals well below those that matter."""
        processes = process_tree(self.pid)
        now, total = time.monotonic(), sum(map(_cpu_seconds, processes))
        waited = sum(map(_waited_seconds, processes))
        with self._lock:
            grown = max(0.0, total - self._total)  # it falls when a process ends whose time its parent doesn't inherit
            self._total = total
            self.cpu += grown
            self._used += grown + max(0.0, waited - self._waited)
            self._waited = waited
            self._still += min(now - self._looked, LONGEST_STEP)
            self._looked = now
            if self._used > SHARE * self._still + LEAST:
                self._still = self._used = 0.0
            return self._still


def process_tree(pid: int) -> list[psutil.Process]:
    """The process, those that it started, and theirs in turn, without those that have ended."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def _cpu_seconds(process: psutil.Process) -> float:
    """What the process has used, and what its ended children have, where the system counts those."""
    try:
        return sum(process.cpu_times()[:4])  # user, system, children's user and system
    except psutil.Error:
        return 0.0


def _waited_seconds(process: psutil.Process) -> float:
    """For how long its threads were ready to run, and no processor was free: Linux tells."""
    waited = 0
    for place in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
        with suppress(OSError):  # it has ended
            waited += int(place.read_text(encoding="ascii").split()[1])
    return waited / 1e9
