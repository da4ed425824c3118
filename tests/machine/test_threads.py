"""What a process's threads are set to, mostly on a made-up machine, and in some whole processes."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch

from dt_helpers.machine import threads

NAMES = (*threads.WAITING, *threads.NUMBER, threads.OURS)
CLEAN = {key: value for key, value in os.environ.items() if key not in NAMES}


def python(code: str, **variables: str) -> str:
    """What `code` prints."""
    done = subprocess.run(
        [sys.executable, "-c", f"import os, sys; {code}"], env=CLEAN | variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def prepared(monkeypatch, available: int, usable: int, torch_first: bool = False, **variables: str) -> dict[str, str]:
    """What `prepare` leaves in the environment, on a machine that is made up."""
    for name in NAMES:
        monkeypatch.setenv(name, "")  # noted, so that what `prepare` sets does not stay
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(threads, "affine_cores", lambda: available)
    monkeypatch.setattr(threads, "usable_cores", lambda: usable)
    monkeypatch.setattr(threads, "spinning", False)
    monkeypatch.setattr(threads, "_last", None)
    monkeypatch.setattr(threads, "_most", None)
    here = SimpleNamespace(number=usable)
    monkeypatch.setattr(torch, "get_num_threads", lambda: here.number)
    monkeypatch.setattr(torch, "set_num_threads", lambda number: setattr(here, "number", number))
    with monkeypatch.context() as patch:
        if not torch_first:
            patch.delitem(sys.modules, "torch", raising=False)
        threads.prepare()
    return {name: os.environ[name] for name in NAMES if name in os.environ}


def test_threads_sleep_while_they_wait(monkeypatch):
    assert prepared(monkeypatch, 8, 8) == {"OMP_WAIT_POLICY": "passive"}
    assert not threads.spinning


def test_a_share_that_openmp_does_not_see(monkeypatch):
    expected = {"OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": "2", threads.OURS: "2"}
    assert prepared(monkeypatch, 64, 2) == expected


@pytest.mark.parametrize("name", threads.WAITING)
def test_a_way_of_waiting_that_the_user_chose_stays(monkeypatch, name):
    assert prepared(monkeypatch, 8, 8, **{name: "0"}) == {name: "0"}


@pytest.mark.parametrize("name", threads.NUMBER)
@pytest.mark.parametrize("value", ["3", "2,1", "64"])
def test_a_number_that_the_user_chose_stays(monkeypatch, name, value):
    assert prepared(monkeypatch, 8, 2, **{name: value}) == {"OMP_WAIT_POLICY": "passive", name: value}
    assert threads.number_is_chosen()


@pytest.mark.parametrize("name", threads.NUMBER)
def test_an_empty_variable_is_no_choice(monkeypatch, name):
    assert prepared(monkeypatch, 8, 2, **{name: ""})["OMP_NUM_THREADS"] == "2"
    assert not threads.number_is_chosen()


def test_a_child_process_inherits_a_share_and_not_a_wish(monkeypatch):
    inherited = prepared(monkeypatch, 8, 2)
    assert prepared(monkeypatch, 8, 2, **inherited) == inherited
    assert not threads.number_is_chosen()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # what somebody says to a child is a wish again
    assert threads.number_is_chosen()


def test_torch_that_came_first_spins_and_gets_one_thread(monkeypatch):
    assert prepared(monkeypatch, 4, 4, torch_first=True) == {"OMP_WAIT_POLICY": "passive"}  # for child processes
    assert threads.spinning and threads.settle() == torch.get_num_threads() == 1


def test_torch_that_comes_later_keeps_its_number(monkeypatch):
    prepared(monkeypatch, 4, 4)
    assert not threads.spinning and threads.settle() == torch.get_num_threads() == 4


@pytest.mark.parametrize("value", ["passive", "ACTIVE"])
def test_torch_first_with_a_way_of_waiting_from_outside(monkeypatch, value):
    """As in a kernel that the course has started: its environment was there before torch."""
    prepared(monkeypatch, 4, 4, torch_first=True, OMP_WAIT_POLICY=value)
    assert not threads.spinning and threads.settle() == 4


@pytest.mark.parametrize("torch_first", [True, False])
@pytest.mark.parametrize("name", threads.NUMBER)
def test_a_number_from_outside_is_left_alone(monkeypatch, torch_first, name):
    prepared(monkeypatch, 4, 3, torch_first, **{name: "3"})
    assert threads.settle() is None and torch.get_num_threads() == 3


@pytest.mark.parametrize("torch_first", [True, False])
def test_set_num_threads_is_left_alone(monkeypatch, torch_first):
    prepared(monkeypatch, 4, 4, torch_first)
    threads.remember()  # as `import dt_helpers.training` does
    torch.set_num_threads(3)
    assert threads.settle() is None and torch.get_num_threads() == 3


def test_what_the_course_has_set_is_not_taken_for_a_wish(monkeypatch):
    """A training that was interrupted leaves a number behind."""
    prepared(monkeypatch, 4, 4)
    assert threads.settle() == 4
    threads.use(2)
    assert threads.settle() == torch.get_num_threads() == 4


PROCESSES = {
    "torch later": ("import dt_helpers, torch; torch.set_num_threads(2); ", {}, "passive False 2 2"),
    "torch first": ("import torch; torch.set_num_threads(2); import dt_helpers; ", {}, "passive True 1 1"),
    "a list for nested levels": ("import dt_helpers, torch; ", {"OMP_NUM_THREADS": "2,1"}, "passive False None 2"),
}


@pytest.mark.parametrize(("code", "variables", "expected"), PROCESSES.values(), ids=PROCESSES)
def test_a_whole_process(code, variables, expected):
    """With the real torch."""
    say = "from dt_helpers import threads; print(os.environ['OMP_WAIT_POLICY'], threads.spinning, threads.settle(), "
    assert python(f"{code}{say}torch.get_num_threads())", **variables) == expected


def test_affinity_is_seen():
    code = "os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "
    if not hasattr(os, "sched_setaffinity"):
        code = "os.cpu_count = lambda: 1; "
    said = python(f"{code}from dt_helpers.machine import hardware; print(hardware.usable_cores())")
    assert said == "1"


def test_the_import_brings_neither_torch_nor_ctypes():
    assert python("import dt_helpers; print({'torch', 'numpy', 'ctypes'} & sys.modules.keys())") == "set()"
