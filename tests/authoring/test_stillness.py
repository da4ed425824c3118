"""Whether a process moves, on processes that do and that don't; on what the system says of them."""

import subprocess
import sys
import time
from contextlib import contextmanager

import psutil
import pytest

from dt_helpers.authoring import stillness
from dt_helpers.authoring.stillness import Stillness, process_tree


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock, set by hand: clock.now += 1."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(time, "monotonic", lambda: Clock.now)
    return Clock


@pytest.fixture
def used(monkeypatch):
    """CPU seconds by process, as the system counts them."""
    used = {1: 0.0}
    monkeypatch.setattr(stillness, "process_tree", lambda pid: list(used))
    monkeypatch.setattr(stillness, "_cpu_seconds", used.get)
    monkeypatch.setattr(stillness, "_waited_seconds", lambda process: 0.0)
    return used


def looks(still, clock, seconds, step=2.0):
    for _ in range(round(seconds / step)):
        clock.now += step
        found = still.look()
    return found


def test_what_uses_no_cpu_time_stands_still_until_it_is_heard_of(clock, used):
    still = Stillness(1)
    assert looks(still, clock, 100) == 100
    still.stir()
    assert looks(still, clock, 10) == 10


def test_what_computes_moves_and_its_time_is_summed(clock, used):
    still = Stillness(1)
    for _ in range(50):
        used[1] += 2
        assert looks(still, clock, 2) == 0
    assert still.cpu == 100


def test_a_little_is_movement_too_where_it_goes_on_but_not_a_waiting_kernels_noise(clock, used):
    still = Stillness(1)
    longest = 0
    for _ in range(100):
        used[1] += 0.1  # a twentieth of a core, as on a busy machine
        longest = max(longest, looks(still, clock, 2))
    assert longest < 10
    still.stir()
    for _ in range(100):
        used[1] += 0.002
        found = looks(still, clock, 2)
    assert found == 200


def test_a_process_that_was_started_counts_and_its_end_does_not_count_backwards(clock, used):
    still = Stillness(1)
    looks(still, clock, 20)
    used[2] = 1.5
    assert looks(still, clock, 2) == 0
    del used[2]
    assert looks(still, clock, 4) == 4
    used[1] += 1.0
    assert looks(still, clock, 2) == 0
    assert still.cpu == 2.5


def test_a_machine_that_slept_did_not_stand_still_for_so_long(clock, used):
    still = Stillness(1)
    looks(still, clock, 4)
    clock.now += 8 * 3600
    assert still.look() <= 4 + stillness.LONGEST_STEP


def test_a_clock_that_is_set_changes_nothing(clock, used, monkeypatch):
    still = Stillness(1)
    looks(still, clock, 4)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert looks(still, clock, 4) == 8


def test_a_process_that_has_ended_uses_nothing_and_is_no_error(clock):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    still = Stillness(gone.pid)
    assert process_tree(gone.pid) == []
    assert looks(still, clock, 4) == 4


@contextmanager
def running(code):
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            for found in process_tree(process.pid):
                found.kill()


def test_the_cpu_time_of_a_real_process_and_of_what_it_started_is_seen():
    child = "while True: pass"
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); print('up', flush=True)"
    with running(f"{code}; time.sleep(1000)") as process:
        process.stdout.readline()
        still = Stillness(process.pid)
        assert len(process_tree(process.pid)) == 2
        while still.cpu < 0.3:  # the sleeping one uses none
            still.look()
            time.sleep(0.05)
    assert not psutil.pid_exists(process.pid)


def test_what_waits_for_a_processor_is_not_still(clock, used, monkeypatch):
    waited = {1: 0.0}
    monkeypatch.setattr(stillness, "_waited_seconds", waited.get)
    still = Stillness(1)
    for _ in range(50):
        waited[1] += 2
        assert looks(still, clock, 2) == 0
    assert still.cpu == 0 and looks(still, clock, 100) == 100


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't tell")
def test_how_long_a_process_waited_is_read_from_the_system():
    spin = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"
    both = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(2)]  # for one processor
    try:
        seen = psutil.Process(both[0].pid)
        while stillness._waited_seconds(seen) < 0.1:
            time.sleep(0.05)
        assert stillness._cpu_seconds(seen) > 0
    finally:
        for process in both:
            process.kill()
            process.wait()
    assert stillness._waited_seconds(seen) == 0
