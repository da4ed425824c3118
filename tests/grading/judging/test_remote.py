"""Asked over a pipe, a function gets the verdict that it gets when it is asked here."""

import os
import socket
from contextlib import contextmanager

import numpy as np
import pytest
import torch

from dt_helpers.check import exercises, one_function, whole_model
from dt_helpers.check.engine import calling
from dt_helpers.check.engine.calling import is_written, quietly
from dt_helpers.check.engine.exercise import Case
from dt_helpers.grading.judging import exceptions
from dt_helpers.grading.judging.remote import RemoteFunction, remote_class
from dt_helpers.grading.sandbox.inside.arguments import CannotBeSent
from dt_helpers.grading.sandbox.inside.child import Child
from dt_helpers.grading.sandbox.limits import ControlGroup, Limits
from dt_helpers.grading.sandbox.session import Session
from tests.mutation import register, suite  # noqa: F401 (the suite registers the answers)
from tests.sizes import size, some

SEED = 20
WRITTEN = size("answers asked over a pipe", small=14, whole=10**6)  # to each exercise


class Nothing:
    """A sandbox that is none: the other process is a fork of this one."""

    limits, group = Limits(), ControlGroup()

    def kill(self, waiting=False):
        return {}

    def look(self):
        return 0.0, 0.0, True


@contextmanager
def asked_elsewhere(answer):
    """A session with a process that has loaded `answer`."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            ours.close()
            child = Child(theirs)
            child.target = answer
            child.serve()
            status = 0
        finally:
            os._exit(status)
    theirs.close()
    with ours:
        yield Session(ours, Nothing())
    assert os.waitpid(pid, 0)[1] == 0


@pytest.fixture(autouse=True)
def one_thread():
    """A fork has none of the threads that its parent's torch waits for."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def here(name, answer):
    with quietly():
        if name == "forward":
            return whole_model.judge(answer, SEED)
        return one_function.judge(exercises.exercise(name), answer, SEED)


def there(name, answer):
    with asked_elsewhere(answer) as session, quietly():
        if name == "forward":
            return whole_model.judge(remote_class(session), SEED)
        return one_function.judge(exercises.exercise(name), RemoteFunction(session, is_written(answer)), SEED)


def fields(verdict):
    return verdict.passed, getattr(verdict, "mistake", None), verdict.sentence, getattr(verdict, "all_hints", ())


def test_an_argument_that_can_t_be_sent_is_no_mistake_of_the_student_s():
    with asked_elsewhere(lambda x: x) as session, pytest.raises(CannotBeSent, match="builtin_function"):
        calling.call(RemoteFunction(session), Case("a function", (print,)))


def drawn(name):
    written = [one for one in (*register.RIGHT, *register.WRONG) if one.check == name]
    return [written[place] for place in some(f"asked over a pipe: {name}", WRITTEN, len(written))]


@pytest.mark.parametrize("name", exercises.NAMES)
def test_written_answers_get_the_same_verdict(name, monkeypatch):
    monkeypatch.setattr(exceptions, "_is_a_cell", lambda file: "mutation" in file)  # where these answers were written
    written = drawn(name)
    differ = []
    for one in written:
        if name == "forward" and not isinstance(one.answer, type):
            continue  # a model with weights of its own is not what a notebook hands in
        seen = [fields(verdict) for verdict in (here(name, one.answer), there(name, one.answer))]
        if one.slug == "keeps-state":  # it draws by chance, and not the same here as there: both are wrong
            seen = [verdict[0] for verdict in seen]
        if seen[0] != seen[1]:
            differ.append((one.where, *seen))
    assert not differ, "\n".join(map(str, differ))
    assert len(written) >= min(WRITTEN, 14)


@pytest.mark.parametrize("kind", [object, str, np.longdouble, np.clongdouble, np.float16])
def test_arrays_of_rare_dtypes_get_the_same_verdict_here_and_there(kind):
    def returns_to_go(rewards, gamma=1.0):
        powers = gamma ** np.arange(len(rewards))
        return np.array([(rewards[t:] * powers[: len(rewards) - t]).sum() for t in range(len(rewards))]).astype(kind)

    verdict = here("returns_to_go", returns_to_go)
    assert fields(there("returns_to_go", returns_to_go)) == fields(verdict) and not verdict.passed
    assert "ndarray" not in verdict.sentence


def test_an_array_of_objects_has_a_hint_of_its_own():
    verdict = there("returns_to_go", lambda rewards, gamma=1.0: rewards.astype(object))
    assert "Python objects" in verdict.sentence and "dtype=object" in verdict.all_hints[0]
