"""What the sentences of answers that read the course's data name: only what is made of it, only what is there in an
argument's place, only the right versions that were called, and what the reader of the sentence can do.
"""

import pytest

from dt_helpers.grading.judging import depending
from dt_helpers.grading.results import FAILED, NOT_RUN
from tests.grading.judging.answers import ONE, TARGET, WALK, WINDOW, returns

TOP = "TOP = float(trajectories.returns.max())\n"
INNOCENT = {
    "keywords": [TOP + "opts = dict(dtype=float)", returns(value="(out / TOP).astype(**opts)")],
    "a literal": [TOP + "FILL = {'states': 0.0}", returns(value="out / TOP + FILL['states']")],
    "a list": [TOP + "FACTORS = [1.0, 1.0]", returns(value="out / TOP * sum(x for x in FACTORS)")],
    "a method": [TOP + "MORE = {'a': 1.0}", returns(value="out / TOP * MORE.get('a')")],
    "a default": [TOP + "FILL = {'a': 1.0}", returns(value="out / TOP").replace("=1.0", "=FILL['a']")],
}


@pytest.mark.parametrize("name", INNOCENT)
def test_a_container_that_is_only_read_is_not_named(judged, name):
    result = judged("returns_to_go", *INNOCENT[name])
    assert result.status == NOT_RUN
    assert "returns_to_go reads TOP (made of trajectories): the" in result.sentence, result.sentence


FILLED = {
    "by its key": "TABLE = {}\nTABLE['top'] = float(trajectories.returns.max())",
    "by a method": "TABLE = {}\nTABLE.update(top=float(trajectories.returns.max()))",
    "by a function": "TABLE = {}\ndef put():\n    TABLE['top'] = float(trajectories.returns.max())\nput()",
}


@pytest.mark.parametrize("name", FILLED)
def test_a_container_that_the_data_was_put_into_is_named(judged, name):
    result = judged("returns_to_go", FILLED[name], returns(value="out / TABLE['top']"))
    assert result.status == NOT_RUN and "TABLE" in result.sentence, result.sentence


FORGOTTEN = {
    "gamma": (
        "returns_to_go",
        "def returns_to_go(rewards, gamma=1.0):\n    return np.cumsum(rewards) * trajectories.returns.mean()",
        "gamma",
    ),
    "a number beside it": (
        "next_target_return",
        TOP + "def next_target_return(target_return, reward, scale):\n    return target_return - reward * TOP",
        "scale",
    ),
    "lengths": (
        "walk_rewards",
        WALK.format(value="np.where(walk[:-1] == goal, 0.0, -trajectories.returns.mean())"),
        "lengths",
    ),
}


@pytest.mark.parametrize("name", FORGOTTEN)
def test_an_argument_that_nothing_stands_in_for_is_only_not_used(judged, name):
    target, text, argument = FORGOTTEN[name]
    result = judged(target, text)
    assert result.status == FAILED
    assert result.sentence.startswith(f"{target} never uses its argument `{argument}`.")
    assert "instead" not in result.sentence


ASKED = "asked = stitching.ask(model, roads)\n"
INSTEAD = {
    "an attribute": (
        "next_target_return",
        ONE.format(value="target_return - reward / model.config.return_scale"),
        "model",
    ),
    "made above": (
        "context_window",
        "K = model.config.context_length\n" + WINDOW.format(line="pass").replace("-length", "-K"),
        "K",
    ),
    "beside another": (
        "choose_target",
        ASKED + TOP + TARGET.format(targets="asked.targets").replace("a >= t", "a >= t + TOP"),
        "asked",
    ),
}


@pytest.mark.parametrize("name", INSTEAD)
def test_only_what_is_like_the_argument_is_taken_instead(judged, name):
    target, text, taken = INSTEAD[name]
    result = judged(target, text)
    assert result.status == FAILED and f", and takes `{taken}` of the notebook instead." in result.sentence


def test_students_read_that_their_instructor_grades_it_and_the_instructor_how(judged):
    result = judged("returns_to_go", TOP, returns(value="out / TOP"))
    assert result.sentence.endswith("Your instructor grades this by hand.") and "kernel" not in result.sentence
    told = depending.for_the_instructor(result.sentence)
    assert told.endswith("Run the notebook in a kernel and grade this by hand.") and "Your" not in told
    installed = depending.for_the_instructor(f"f needs the package x. {depending.OR_INSTALLED}")
    assert installed.startswith("f needs the package x. Install it") and "Your" not in installed
    assert depending.for_the_instructor("It was not handed in.") == "It was not handed in."


WRONG = ("walk_rewards", WALK.format(value="-lengths[walk[:-1], walk[1:]]"))
BUILT_ON_IT = {
    "called": ("walk_rewards(np.array([1, 0]), 0, np.ones((2, 2))) * 0 +", True),
    "only in what was made above": ("asked.zero * 0 +", False),
    "not in this branch": ("(walk_rewards(None, None, None) if rewards is None else 0) +", False),
}


@pytest.mark.parametrize("name", BUILT_ON_IT)
def test_right_versions_are_told_only_where_the_answer_calls_them(judged_in_turn, name):
    first, told = BUILT_ON_IT[name]
    above = "asked = stitching.ask(model, roads, rewards=walk_rewards)\n"
    _, result = judged_in_turn(WRONG, ("returns_to_go", above + returns(value=f"{first} -out")))
    said = [remark for remark in result.remarks if remark.startswith("Judged with correct versions of walk_rewards")]
    assert bool(said) == told, result
