"""What goes wrong with the machine costs nobody a point: the failures are put into the real server of a sandbox."""

import os
import signal

import pytest

from dt_helpers.grading.judging import verdicts
from dt_helpers.grading.release import Task
from dt_helpers.grading.sandbox import Sandbox
from dt_helpers.grading.sandbox.session import Disturbed
from dt_helpers.grading.text.script import Script

from .conversation import load
from .course import needs

NO_ROOM = "raise BlockingIOError(11, 'Resource temporarily unavailable')"
FORKS_FAIL = f"""
import os
fork, left = os.fork, [2]
def failing():
    left[0] -= 1
    if left[0] >= 0: {NO_ROOM}
    return fork()
os.fork = failing
"""
CHILDREN_FAIL = f"""
import os
setsid = os.setsid
def failing():
    if not os.path.exists('/tmp/failed'):
        open('/tmp/failed', 'w').close()
        {NO_ROOM}
    setsid()
os.setsid = failing
"""


@pytest.fixture(scope="module")
def box():
    """One whose first forks fail, and whose first child does."""
    needs()
    with Sandbox(imports=[FORKS_FAIL, CHILDREN_FAIL]) as made:
        yield made


def test_where_there_is_no_room_for_a_process_it_is_tried_again(box):
    for _ in range(2):
        with box.session() as session:
            assert load(session, "def f(): pass")["kind"] == "callable"


def test_a_process_that_somebody_kills_and_a_server_that_is_killed_are_nobody_s_fault(box):
    with box.session() as session, pytest.raises(Disturbed, match="killed, and not by the grader"):
        load(session, "def f(): pass")
        (child,) = _ends(box.process.pid)
        os.kill(child, signal.SIGKILL)
        session.ask({"do": "call", "args": [], "kwargs": {}})
    with box.session() as session, pytest.raises(Disturbed, match="the sandbox ended"):
        box.process.kill()
        load(session, "import time; time.sleep(5)")
    with box.session() as session:
        assert load(session, "def f(): pass")["kind"] == "callable"


def _ends(pid):
    """The processes at the ends of the tree below `pid`."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        below = [int(number) for number in file.read().split()]
    return [end for number in below for end in _ends(number)] if below else [pid]


@pytest.mark.parametrize(("failures", "status"), [(0, "passed"), (1, "passed"), (2, "passed"), (3, "not run")])
def test_a_verdict_that_was_disturbed_is_asked_for_again(monkeypatch, failures, status):
    left = [failures]

    def judge_one(*args):
        left[0] -= 1
        if left[0] >= 0:
            raise Disturbed("no room")
        return verdicts.Verdict({"status": "passed", "sentence": "fine"})

    monkeypatch.setattr(verdicts, "_judge_one", judge_one)
    ((result,), _) = verdicts.judge(
        [Task("02_dataset", "pad_left", "", frozenset(), "check_pad_left", 2.0)], Script(), None, lambda name: 1
    )
    assert result.status == status
    assert result.points == (2.0 if status == "passed" else 0.0)
    if status == "not run":
        assert result.sentence == "The grader could not judge this: no room"
