"""The limit on time: loops end, whatever they catch, and nothing of it is left behind."""

import subprocess
import sys
import time

import pytest

from dt_helpers.check import one_function
from dt_helpers.check.engine.time_limit import TookTooLong, within


def swallows_exceptions():
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue


def swallows_everything():
    caught = 0
    while caught < 2:
        try:
            while True:
                sum(range(1000))
        except:  # noqa: E722
            caught += 1
    return "gave up"


def waits():
    time.sleep(1e6)


@pytest.mark.parametrize("work", [swallows_exceptions, waits])
def test_what_does_not_end_is_ended(work):
    with pytest.raises(TookTooLong):
        within(0.2, work)


WAITING = """
import signal, time
from dt_helpers.check.engine.time_limit import TookTooLong, within

signal.signal(signal.SIGINT, signal.{handler})
try:
    within(0.2, lambda: time.sleep(1e6))
except TookTooLong:
    assert signal.getsignal(signal.SIGINT) == signal.{handler}
    print("ended")
"""


@pytest.mark.parametrize("handler", ["SIG_IGN", "SIG_DFL", "default_int_handler"])
def test_what_waits_is_ended_also_in_the_background(handler):
    run = subprocess.run([sys.executable, "-c", WAITING.format(handler=handler)], capture_output=True, text=True)
    assert run.stdout == "ended\n", run.stderr


def test_code_that_catches_it_gets_it_again():
    assert within(0.2, swallows_everything) == "gave up"


def test_work_that_ends_in_time_is_left_alone():
    assert within(0.2, lambda: sum(range(10))) == 45
    time.sleep(0.4)


def test_what_was_ended_is_not_interrupted_again_while_its_error_is_kept():
    with pytest.raises(TookTooLong) as kept:
        within(0.2, waits)
    for _ in range(100):
        time.sleep(0.01)
    assert kept.value.__traceback__


TRACED = """
import sys
from dt_helpers.check.engine.time_limit import TookTooLong, within

def work():
    while {seconds} < 1:
        sum(range(1000))

try:
    within({seconds}, work)
except TookTooLong:
    print("was ended")
sys.settrace(lambda *event: None)
sorted([2, 1], key=lambda x: x)
print("went on")
"""


@pytest.mark.parametrize(("seconds", "printed"), [(60, "went on"), (0.1, "was ended\nwent on")])
def test_code_can_be_traced_afterwards(seconds, printed):
    command = [sys.executable, "-c", TRACED.format(seconds=seconds)]
    assert subprocess.run(command, capture_output=True, text=True, timeout=120).stdout.strip() == printed


def test_an_interruption_by_the_user_is_still_one():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        within(60, interrupted)


def test_a_check_says_which_line_goes_on_for_ever(monkeypatch):
    monkeypatch.setattr(one_function, "SECONDS", 0.3)

    def returns_to_go(rewards, gamma=1.0):
        while True:
            pass

    found = one_function.check("returns_to_go", returns_to_go, 3)
    assert found.mistake == "too-slow" and "while True" in found.sentence
