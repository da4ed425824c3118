"""What a process's threads are set to, each time in a process of its own: torch reads its environment only once."""

import os
import subprocess
import sys

import pytest

from dt_helpers import threads

NAMES = (*threads.WAITING, *threads.NUMBER, threads.OURS)
CLEAN = {key: value for key, value in os.environ.items() if key not in NAMES}
SAY = "print(os.environ.get('OMP_WAIT_POLICY'), os.environ.get('OMP_NUM_THREADS'), threads.spinning, threads.settle())"


def python(code: str, **variables: str) -> str:
    """What `code` prints."""
    done = subprocess.run(
        [sys.executable, "-c", f"import os, sys; {code}"], env=CLEAN | variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def prepared(monkeypatch, available: int, usable: int, **variables: str) -> dict[str, str]:
    """What `prepare` leaves in the environment, on a machine that is made up."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(threads, "available_cores", lambda: available)
    monkeypatch.setattr(threads, "usable_cores", lambda: usable)
    monkeypatch.setattr(threads, "spinning", False)
    monkeypatch.setattr(threads, "_last", 1)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
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


def test_torch_that_came_first_spins_and_gets_one_thread():
    first = python(f"import torch; torch.set_num_threads(2); from dt_helpers import threads; {SAY}")
    assert first == "passive None True 1"  # a child's threads will sleep
    first = python(f"import torch; from dt_helpers import threads; {SAY}; print(torch.get_num_threads())")
    assert first.split()[-1] == "1"


def test_torch_that_comes_later_keeps_its_number():
    most = python("import torch; print(torch.get_num_threads())")
    assert python(f"from dt_helpers import threads; {SAY}") == f"passive None False {most}"


@pytest.mark.parametrize("value", ["passive", "ACTIVE"])
def test_torch_first_with_a_way_of_waiting_from_outside(value):
    """As in a kernel that the course has started: its environment was there before torch."""
    said = python(f"import torch; from dt_helpers import threads; {SAY}", OMP_WAIT_POLICY=value)
    assert said.split()[:3] == [value, "None", "False"]


@pytest.mark.parametrize("first", ["import torch; ", ""])
@pytest.mark.parametrize("variable", threads.NUMBER)
def test_a_number_from_outside_is_left_alone(first, variable):
    said = python(f"{first}from dt_helpers import threads; print(threads.settle()); import torch; "
                  "print(torch.get_num_threads())", **{variable: "2"})  # fmt: skip
    assert said.split() == ["None", "2"]


def test_a_list_for_nested_levels():
    said = python(f"from dt_helpers import threads; {SAY}; import torch; print(torch.get_num_threads())",
                  OMP_NUM_THREADS="2,1")  # fmt: skip
    assert said.split() == ["passive", "2,1", "False", "None", "2"]


@pytest.mark.parametrize("first", ["import torch; ", ""])
def test_set_num_threads_is_left_alone(first):
    code = f"{first}from dt_helpers import training, threads; import torch; torch.set_num_threads(3); "
    assert python(f"{code}print(threads.settle(), torch.get_num_threads())") == "None 3"


def test_what_the_course_has_set_is_not_taken_for_a_wish():
    """A training that was interrupted leaves a number behind."""
    code = "from dt_helpers import threads; import torch; torch.set_num_threads(4); most = threads.settle(); "
    assert python(f"{code}threads.use(2); print(most, threads.settle(), torch.get_num_threads())") == "4 4 4"


def test_affinity_is_seen():
    code = "os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "
    if not hasattr(os, "sched_setaffinity"):
        code = "os.cpu_count = lambda: 1; "
    said = python(f"{code}from dt_helpers import hardware; print(hardware.usable_cores())")
    assert said == "1"


def test_the_import_brings_neither_torch_nor_ctypes():
    assert python("import dt_helpers; print({'torch', 'numpy', 'ctypes'} & sys.modules.keys())") == "set()"
