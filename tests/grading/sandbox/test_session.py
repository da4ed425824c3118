"""Why a process is gone, by what the kernel and the sandbox know: of processes made up, and of real ones."""

import socket

import pytest

from dt_helpers.grading.judging.remote import RemoteFunction
from dt_helpers.grading.sandbox.limits import Limits
from dt_helpers.grading.sandbox.session import Disturbed, Session, Stopped
from tests.grading.conversation import load


class Sandbox:
    """Says that its process ended as `ended` has it, and that the kernel killed `killed` of its processes then."""

    limits = Limits(cpu_seconds=3, memory=512 << 20)

    def __init__(self, ended, killed):
        self.ended, self.group, self.count, self.number = ended, self, 0, killed

    def killed(self):
        return self.count

    def kill(self, waiting=False):
        assert waiting
        self.count = self.number
        return self.ended

    def look(self):
        return 0.0, 0.0, True


def why(killed=0, **ended):
    ours, theirs = socket.socketpair()
    with ours:
        session = Session(ours, Sandbox({"by itself": True, "signal": 0, "code": 0, "seconds": 0.1} | ended, killed))
        theirs.close()
        session.ask({"do": "call"})


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        ({"signal": 9, "killed": 1}, "wanted more than 512 MiB of memory"),
        ({"signal": 9, "seconds": 3.1}, "took more than 3 CPU seconds"),
        ({"server": True, "killed": 1}, "wanted more than 512 MiB of memory"),
        ({"signal": 11}, "crashed Python \\(SIGSEGV\\)"),
        ({"signal": 11, "killed": 1}, "crashed Python \\(SIGSEGV\\)"),
        ({"code": 3}, "ended the Python that it ran in"),
        ({"by itself": False, "signal": 9}, "closed its connection to the grader"),
    ],
)
def test_the_reason_is_what_happened(ended, reason):
    with pytest.raises(Stopped, match=reason):
        why(**ended)


@pytest.mark.parametrize("ended", [{"signal": 9}, {"signal": 9, "seconds": 2.6}, {"server": True}])
def test_what_no_student_can_have_done_is_no_student_s(ended):
    """A process that somebody killed may have been anybody's: memory and time were within their limits."""
    with pytest.raises(Disturbed):
        why(**ended)


IN_A_THREAD = """
import threading
def spin():
    while True: pass
thread = threading.Thread(target=spin)
thread.start()
thread.join()
"""
IN_ITS_CHILDREN = """
import os, time
for _ in range(2):
    if os.fork() == 0:
        while True: pass
time.sleep(60)
"""
IN_THE_BACKGROUND = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
os._exit(3)
"""


def stopped(box, text):
    with box.session() as session:
        with pytest.raises(Stopped) as reason:
            load(session, text)
        return str(reason.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import os; os._exit(3)", "ended"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
        ("while True: pass", "2 CPU seconds"),
        ("sum(range(10**12))", "2 CPU seconds"),
        ("import time; time.sleep(60)", "did nothing for more than 4 seconds"),
        ("import os, time; os.closerange(3, 100); time.sleep(60)", "closed its connection"),
        (IN_A_THREAD, "2 CPU seconds"),
        (IN_ITS_CHILDREN, "2 CPU seconds"),
        (IN_THE_BACKGROUND, "ended the Python that it ran in"),
    ],
)
def test_a_process_that_is_gone_is_told_with_the_reason(each, text, reason):
    assert reason in stopped(each, text)


@pytest.mark.parametrize("fork", ["os.fork", "ctypes.CDLL(None).fork"])
def test_only_the_process_that_was_asked_answers(each, fork):
    text = f"""
import ctypes, os
def f(x):
    pid = {fork}()
    if pid: os.waitpid(pid, 0)
    return x
"""
    with each.session() as session:
        load(session, text)
        assert [RemoteFunction(session)(number) for number in range(5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("killed", "what"), [(1, Stopped), (0, Disturbed)])
def test_a_server_that_the_kernel_killed_for_memory_is_told_so_whoever_notices_it(killed, what):
    """A look at the clocks may find it first."""

    class Gone(Sandbox):
        def look(self):
            raise Disturbed("the server ended")

    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(what):
        session = Session(ours, Gone({"server": True}, killed))
        session.patience.next = 0
        session.ask({"do": "call"})
