"""A process is stopped for what it did itself: never for what a busy machine had it wait. The clocks are made up."""

import socket

import pytest

from dt_helpers.grading.sandbox import patience
from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.limits import Limits
from dt_helpers.grading.sandbox.patience import LOOK, Patience

LIMITS = Limits(seconds=10, cpu_seconds=3)


class Clocks:
    """A machine on which each look finds the process a bit further on: `ran` and `waited` seconds a second; `wait`: the
    seconds after which a wait is over, and counts."""

    def __init__(self, ran=0.0, waited=0.0, wait=0.0):
        self.now, self.ran, self.waited, self.one = 0.0, ran, waited, wait

    def monotonic(self):
        return self.now

    def look(self):
        until = self.now // self.one * self.one if self.one else self.now
        return self.ran * self.now, self.waited * until, until < self.now


@pytest.fixture
def waiting(monkeypatch):
    """Waits for an answer that never comes, for an hour; the clocks tick in place of each wait."""

    def wait(clocks, hour=3600, tick=LOOK):
        class Poll:
            def register(self, *args):
                pass

            def poll(self, timeout):
                clocks.now += tick
                return clocks.now > hour

        monkeypatch.setattr(patience.time, "monotonic", clocks.monotonic)
        monkeypatch.setattr(patience.select, "poll", Poll)
        Patience(LIMITS, clocks.look).wait(None)

    return wait


def test_who_runs_is_stopped_by_the_seconds_on_a_processor(waiting):
    clocks = Clocks(ran=0.05, waited=0.95)  # a busy machine
    with pytest.raises(wire.Late, match="3 CPU seconds"):
        waiting(clocks)
    assert clocks.now == pytest.approx(60, abs=2)


def test_who_sleeps_is_stopped_by_the_clock(waiting):
    clocks = Clocks()
    with pytest.raises(wire.Late, match="did nothing for more than 10 seconds"):
        waiting(clocks)
    assert clocks.now == pytest.approx(10, abs=2)


def test_who_waits_for_a_processor_is_not_stopped(waiting):
    waiting(Clocks(ran=0.0005, waited=0.9995))
    waiting(Clocks(ran=0.0005, waited=0.9995, wait=60))


def test_several_threads_do_not_make_up_for_sleep(waiting):
    with pytest.raises(wire.Late, match="3 CPU seconds"):
        waiting(Clocks(ran=2.0, waited=2.0))


def test_a_grader_that_had_to_wait_itself_counts_only_what_it_saw(waiting):
    clocks = Clocks()
    with pytest.raises(wire.Late, match="did nothing"):
        waiting(clocks, tick=100)
    assert clocks.now > 1000


def test_the_time_between_two_questions_is_not_the_process_s():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        clocks = Clocks()
        patient = Patience(LIMITS, clocks.look)
        patient.next = 0  # look at once
        theirs.sendall(b"x")
        patient.wait(ours)
        patient.begin()
        patient.wait(ours)
        assert patient.idle == 0
