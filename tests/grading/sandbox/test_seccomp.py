"""Which system calls a student's code can't make, and that ordinary ones go on working."""

import errno
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dt_helpers.grading import sandbox
from dt_helpers.grading.sandbox import view
from dt_helpers.grading.sandbox.inside import seccomp
from tests.grading.course import needs
from tests.grading.sandbox.test_sandbox import load

COLUMN, NAME = seccomp.machine() or (0, 0xC000003E)
CALL = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    made = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(arg) for arg in (*args, 0, 0, 0, 0, 0, 0)[:6]))
    return "done" if made >= 0 else errno.errorcode[ctypes.get_errno()]
"""


def called(box, calls):
    """What comes of each call, [number, arguments ...]."""
    answers = []
    for start in range(0, len(calls), 100):  # a text has an end
        text = CALL + f"raise ValueError(' '.join(call(*one) for one in {calls[start : start + 100]!r}))"
        answers += load(box, text)["failed"]["text"].split()
    return answers


@pytest.mark.parametrize(
    "calls, error", [(seccomp.DENIED, "EPERM"), (seccomp.ABSENT, "ENOSYS")], ids=["denied", "absent"]
)
def test_no_call_that_reaches_out_is_made(each, calls, error):
    there = {name: numbers[COLUMN] for name, numbers in calls.items() if numbers[COLUMN] is not None}
    answers = called(each, [[number] for number in there.values()])
    assert dict(zip(there, answers, strict=True)) == dict.fromkeys(there, error)


def test_what_linux_learned_later_is_not_there(each):
    later = [457, 462, 470, 511, 1000, 0x40000000, 0x40000000 + 1, 0x7FFFFFFF]
    assert set(called(each, [[number] for number in later])) == {"ENOSYS"}


def test_no_new_namespaces_by_any_way(each):
    flags = [1 << bit for bit in range(17, 32) if seccomp.NAMESPACES >> bit & 1]
    assert len(flags) == 7
    clone = seccomp.CLONE[COLUMN]
    assert set(called(each, [[clone, flag | 17] for flag in (*flags, sum(flags))])) == {"EPERM"}


def test_no_user_namespaces_even_without_the_filter(tmp_path):
    needs()
    sandbox.make_bundle(tmp_path)
    program = (
        "import ctypes, sys\nsys.path.insert(0, '/course')\n"
        "from dt_helpers.grading.sandbox.inside import isolation\nisolation.no_user_namespaces()\n"
        "libc = ctypes.CDLL(None, use_errno=True)\nprint(libc.unshare(0x10000000), ctypes.get_errno())\n"
    )
    command = [*sandbox.bubblewrap(tmp_path), view.executable(), "-I", "-c", program]
    assert subprocess.run(command, capture_output=True, text=True).stdout == f"-1 {errno.ENOSPC}\n"


@pytest.mark.parametrize("make", ["socket", "socketpair"])
def test_sockets_are_of_families_that_a_namespace_shuts_in(each, make):
    number = {"socket": seccomp.SOCKET, "socketpair": seccomp.SOCKETPAIR}[make][COLUMN]
    others = [family for family in range(46) if family not in (1, 2, 10, 16)]  # 40: AF_VSOCK, 38: AF_ALG
    answers = called(each, [[number, family, kind, 0] for family in others for kind in (1, 2, 3)])
    assert set(answers) == {"EAFNOSUPPORT"}
    assert set(called(each, [[number, 16, 3, protocol] for protocol in (1, 4, 9, 12, 16)])) == {"EAFNOSUPPORT"}


def test_the_keyring_of_the_session_is_out_of_reach():
    """With a key in the session's keyring; a child of the server asks for it as the server itself would."""
    program = (
        "import ctypes\nfrom dt_helpers.grading.sandbox.inside import seccomp\n"
        "libc, (column, _) = ctypes.CDLL(None), seccomp.machine()\n"
        "keyctl, add = seccomp.KEYCTL[column], seccomp.DENIED['add_key'][column]\n"
        "number = lambda value: ctypes.c_long(value)\n"
        "libc.syscall(number(keyctl), number(1), None)\n"  # one of its own, which the test may fill
        "libc.syscall(number(add), b'user', b'secret', b'word', number(4), number(-3))\n"
        "found = lambda: libc.syscall(number(keyctl), number(10), number(-3), b'user', b'secret', number(0)) > 0\n"
        "before = found()\nseccomp.own_keyring()\nprint(before, found())\n"
    )
    assert seccomp.machine() is not None
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout in ("True False\n", "False False\n"), ran.stderr  # some containers have no keyrings at all


def test_file_locks_succeed_and_lock_nothing(each):
    text = """
import fcntl, os, torch
path = os.path.abspath(torch.__file__)
mine, theirs = open(path), open(path)
fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
fcntl.flock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
fcntl.lockf(mine, fcntl.LOCK_SH | fcntl.LOCK_NB)
try: fcntl.fcntl(mine, 1024, 0)
except PermissionError: raise ValueError("as it should be")
"""
    assert load(each, text)["failed"]["text"] == "as it should be"
    import torch

    with open(torch.__file__) as file:  # another sandbox, or the grader
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert load(each, text)["failed"]["text"] == "as it should be"


def test_ordinary_code_runs(each):
    text = """
import ctypes, multiprocessing, os, socket, sqlite3, subprocess, sys, tempfile, threading, torch
from concurrent.futures import ThreadPoolExecutor
assert list(ThreadPoolExecutor(2).map(abs, [-1, -2])) == [1, 2]
assert subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True).stdout == b"1\\n"
child = multiprocessing.get_context("fork").Process(target=abs, args=(1,))
child.start(); child.join(); assert child.exitcode == 0
a, b = socket.socketpair(); a.send(b"x"); assert b.recv(1) == b"x"
socket.socket(); socket.socket(socket.AF_INET6)
with sqlite3.connect(tempfile.mktemp()) as book: book.execute("create table t (x)")
assert ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 3)() == 3
assert torch.nn.functional.conv2d(torch.ones(1, 1, 5, 5), torch.ones(1, 1, 3, 3)).sum() == 81
assert torch.compile is not None and torch.linalg.svd(torch.eye(3))[1].sum() == 3
def f(): pass
"""
    assert load(each, text).get("kind") == "callable"


def test_the_filter_is_told_of(each):
    assert each.in_force["system calls"] == "filtered"


def test_another_machine_has_no_filter_and_says_so(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert seccomp.machine() is None and seccomp.install() is False


@pytest.mark.parametrize("column, header", [(0, "x86_64-linux-gnu/asm/unistd_64.h"), (1, "asm-generic/unistd.h")])
def test_the_numbers_are_the_kernel_s(column, header):
    path = Path("/usr/include", header)
    if not path.is_file():
        pytest.skip("no headers of the kernel (linux-libc-dev)")
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", path.read_text()))
    ours = seccomp.DENIED | seccomp.ABSENT | {"flock": seccomp.FLOCK, "clone": seccomp.CLONE, "socket": seccomp.SOCKET}
    ours |= {"socketpair": seccomp.SOCKETPAIR, "fcntl": seccomp.FCNTL, "ioctl": seccomp.IOCTL}
    found = {name: numbers[column] for name, numbers in ours.items() if numbers[column] is not None and name in known}
    assert len(found) > 70
    assert found == {name: int(known[name]) for name in found}


def test_both_programs_fit_the_kernel():
    for column, name in seccomp.MACHINES.values():
        code = seccomp.program(column, name)
        assert len(code) % 8 == 0 and len(code) // 8 < 4096
