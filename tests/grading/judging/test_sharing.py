"""One buffer that all calls share: out here, copies of the results come, and what later calls write to them counts."""

import numpy as np
import pytest
import torch

from dt_helpers.check import exercises, one_function
from dt_helpers.check.engine.calling import quietly
from dt_helpers.grading.judging.remote import RemoteFunction
from dt_helpers.grading.results import FAILED, PASSED
from tests.grading.judging.test_remote import asked_elsewhere

SAME_PLACE = "All calls write their result to the same place, so the result of an earlier call changes."
PAD = """{before}
def pad_left(sequence, length, value):
    kept = sequence[:length]
    n = length - len(kept)
    rows = np.pad(kept, ((n, 0), (0, 0)), constant_values=value)
    mask = np.r_[np.zeros(n), np.ones(len(kept))]
    {line}
    return {value}"""
RETURNS = """OUT = {buffer}
def returns_to_go(rewards, gamma=1.0):
    total = 0.0
    {first}
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        OUT[t] = total
    return {value}"""
PART_OF_ROWS = "ROWS[: rows.size].reshape(rows.shape)"
PART = "OUT[: len(rewards)]"
TABLE = """TABLES = {}
def pessimistic(q, seen, worst):
    out = TABLES.setdefault(q.shape, np.empty(q.shape))
    out[:] = np.where(seen, q, worst)
    return out"""
NUMBER = """BOX = torch.zeros(())
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward + (not done) * gamma * float(q[next_state].max())
    BOX.fill_(float((1 - learning_rate) * q[state, action] + learning_rate * target))
    return BOX"""


def returns(buffer="np.zeros(1000)", first="pass", value=PART):
    return RETURNS.format(buffer=buffer, first=first, value=value)


def pad(value, line="pass", before=""):
    return PAD.format(before=before, line=line, value=value)


SHARED = {
    "a table": ("pessimistic", TABLE),
    "a long buffer": ("returns_to_go", returns()),
    "a view of memory": ("returns_to_go", returns(value="memoryview(OUT)[: len(rewards)]")),
    "a list": ("returns_to_go", returns("[]", "OUT[:] = [0.0] * len(rewards)", "OUT")),
    "one of two results": ("pad_left", pad("(rows, MASK[:length])", "MASK[:length] = mask", "MASK = np.zeros(1000)")),
    "both, from a generator": (
        "pad_left",
        pad(
            "(x for x in (out, mask))",
            "out = ROWS[: rows.size].reshape(rows.shape)\n    out[:] = rows",
            "ROWS = np.ones(9999)",
        ),
    ),
    "a number of torch": ("q_update", NUMBER),
}


def defined(name: str, text: str):
    """The function as it is in a notebook."""
    space = {"np": np, "torch": torch}
    exec(text, space)
    return space[name]


@pytest.mark.parametrize("case", SHARED)
def test_what_all_calls_share_is_found_as_in_a_notebook(judged, case):
    name, text = SHARED[case]
    with quietly():
        here = one_function.judge(exercises.exercise(name), defined(name, text), 1)
    result = judged(name, text)
    assert (result.status, result.mistake, result.sentence) == (FAILED, here.mistake, here.sentence)


def test_the_sentence_says_so(judged):
    assert judged(*SHARED["a long buffer"]).sentence == SAME_PLACE


KEPT = """from functools import lru_cache
@lru_cache
def ones(n, count): return np.r_[np.zeros(n), np.ones(count)]"""
RIGHT = {
    "a constant that is kept": ("pad_left", pad("(rows, mask)", "mask = ones(n, len(kept))", KEPT)),
    "a copy of a buffer": ("returns_to_go", returns(value=f"{PART}.copy()")),
    "a list of its own": ("pad_left", pad("[rows, mask]")),
}


@pytest.mark.parametrize("case", RIGHT)
def test_what_no_later_call_has_changed_is_right(judged, case):
    result = judged(*RIGHT[case])
    assert result.status == PASSED, result.sentence


LIES = {
    "no list": {"rewritten": 1, "sharing": []},
    "calls that were none": {"rewritten": [99, "x", None], "sharing": [[98, 99]]},
    "no pairs": {"rewritten": [], "sharing": [1, 2]},
    "nothing": {},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_nothing_that_is_said_of_it_turns_a_wrong_answer_into_a_right_one(lie, monkeypatch):
    from dt_helpers.grading.sandbox.inside.child import Child
    from dt_helpers.grading.sandbox.session import Stopped

    monkeypatch.setattr(Child, "do_rewritten", lambda *request: lie)
    exercise = exercises.exercise("returns_to_go")
    with asked_elsewhere(lambda rewards, gamma=1.0: np.cumsum(rewards)) as session, quietly():
        try:
            assert not one_function.judge(exercise, RemoteFunction(session), 1).passed
        except Stopped as reason:
            assert "can't be read" in str(reason)
