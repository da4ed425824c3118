"""Two versions in a notebook, and the one that agrees with the course's data is taken: the sandbox can't know which."""

import pytest

from dt_helpers.grading.results import ERROR, FAILED, NOT_RUN, PASSED
from tests.grading.judging.answers import returns

GOOD = returns().replace("def returns_to_go", "def good")
BAD = "def bad(rewards, gamma=1.0):\n    return np.cumsum(rewards)[::-1]"
BOTH = f"""{GOOD}
{BAD}
rewards = trajectories.episode(0)["rewards"]
theirs = trajectories.returns_to_go[: len(rewards)]
def off(f): return np.abs(f(rewards) - theirs).max()"""
CHOICES = {
    "the least of a key": "returns_to_go = min((bad, good), key=lambda f: np.abs(f(rewards) - theirs).max())",
    "the first of a table": "errors = {f: np.abs(f(rewards) - theirs).max() for f in (bad, good)}\n"
    "returns_to_go = sorted(errors, key=errors.get)[0]",
    "a loop": "for f in (bad, good):\n    if np.abs(f(rewards) - theirs).max() < 0.1:\n"
    "        returns_to_go = f\n        break",
    "a loop that ends late": "for f in (bad, good):\n    if np.abs(f(rewards) - theirs).max() > 1e9:\n"
    "        returns_to_go = f\n        break",
    "a branch": "if np.allclose(bad(rewards), theirs, atol=0.1):\n    returns_to_go = bad\n"
    "else:\n    returns_to_go = good",
    "an expression": "same = trajectories.returns.max() > 0\nreturns_to_go = bad if same else good",
    "a definition in a branch": "same = trajectories.returns.max() > 0\nif same:\n    "
    + BAD.replace("bad", "returns_to_go").replace("\n", "\n    ")
    + "\nelse:\n    returns_to_go = good",
    "a choice by another name": "same = trajectories.returns.max() > 0\nbest = (good, bad)[int(bool(same))]\n"
    "returns_to_go = best",
}


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
def test_a_wrong_one_that_the_data_may_not_choose_waits_and_is_told_why(judged, choice):
    result = judged("returns_to_go", BOTH, choice)
    if result.status != PASSED:
        assert (result.status, result.points) == (NOT_RUN, 0), result.sentence
        assert "Which function returns_to_go is depends on " in result.sentence and "by hand" in result.sentence
        assert any(name in result.sentence for name in ("same", "theirs", "errors", "trajectories")), result.sentence


def test_most_of_these_wait(judged):
    found = [judged("returns_to_go", BOTH, CHOICES[name]).status for name in ("the least of a key", "an expression")]
    assert found == [NOT_RUN, NOT_RUN]


WRONG = {
    "an alias": "returns_to_go = bad",
    "chosen by what is known": "returns_to_go = (good, bad)[int(1 > 0)]",
    "by a decorator": "def shown(f):\n    print(trajectories.returns.max())\n    return lambda *a, **k: f(*a, **k)\n"
    "returns_to_go = shown(bad)",
    "defined": BAD.replace("bad", "returns_to_go"),
    "a default of the data that isn't used": BAD.replace("bad", "returns_to_go").replace("1.0", "1.0, top=theirs"),
    "with a picture below": "returns_to_go = bad\nif trajectories.returns.max() > 0:\n"
    "    print(returns_to_go(rewards) - theirs)",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_where_the_data_chooses_nothing_a_wrong_answer_is_wrong(judged, text):
    result = judged("returns_to_go", BOTH, text)
    assert result.status == FAILED, result.sentence


def test_a_right_one_that_is_taken_counts_and_an_undefined_one_is_an_error(judged):
    assert judged("returns_to_go", BOTH, "returns_to_go = good if trajectories else bad").status == PASSED
    assert judged("returns_to_go", BOTH, "print(theirs)").status == ERROR
