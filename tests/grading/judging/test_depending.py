"""Answers that read the course's data: right where they ask for what is known of it, waiting for a person where their
result depends on it, and wrong where it doesn't.
"""

import pytest

from dt_helpers.grading.results import FAILED, NOT_RUN, PASSED
from tests.grading.judging.answers import ONE, STEPS, TARGET, WALK, WINDOW, returns

KNOWN = {
    "the longest episode": ["LONGEST = int(trajectories.lengths.max())", returns("assert len(rewards) <= LONGEST")],
    "its dtype": ["KIND = np.promote_types(trajectories.rewards.dtype, float)", returns(value="out.astype(KIND)")],
    "its length": ["MANY = len(trajectories) > 100 and trajectories.n_steps == 200_000", returns("assert MANY")],
    "its shape": ["N = trajectories.observations.shape[0]", returns("assert len(rewards) <= N")],
    "a number that is shown": [returns("print(f'{trajectories.returns.mean():.1f}')")],
    "a file of its own": [
        "(workspace() / 'my.json').write_text(json.dumps({'sign': 1}))\n"
        "with open(workspace() / 'my.json') as file:\n    MINE = json.load(file)",
        returns(value="MINE['sign'] * out"),
    ],
    "a switch": ["DEBUG = len(trajectories) < 10\nassert not DEBUG", returns("assert not DEBUG")],
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_known_of_the_data_is_as_in_a_kernel(judged, name):
    result = judged("returns_to_go", *KNOWN[name])
    assert result.status == PASSED, result.sentence


def test_a_model_s_dtype_and_that_of_the_roads_are_known(judged):
    window = WINDOW.format(line="sequence = sequence.to(KIND) if sequence.is_floating_point() else sequence")
    assert judged("context_window", "KIND = model.dtype", window).status == PASSED
    assert judged("walk_rewards", WALK.format(value=STEPS.format(more="dtype=roads.lengths.dtype"))).status == PASSED


WAITS = {
    "a number": (["SCALE = float(trajectories.returns.max())", returns(value="out / SCALE")], "SCALE (made of traj"),
    "of a number": (
        ["TOP = trajectories.returns.max()\nSCALE = 2 * float(TOP)", returns(value="out / SCALE")],
        "SCALE (made of ",
    ),
    "a default": (
        [
            "TOP = float(trajectories.returns.max())",
            returns().replace("gamma=1.0", "gamma=1.0, top=TOP") + " / top",
        ],
        "TOP (made of trajectories)",
    ),
    "by a helper": (
        ["def scale():\n    return float(trajectories.returns.max())", returns(value="out / scale()")],
        "trajectories",
    ),
    "a branch": (
        ["LARGE = trajectories.returns.max() > 5000", returns(value="out if LARGE else -out")],
        "LARGE (made of trajectories)",
    ),
    "a setting that another notebook has written": (
        ["MINE = json.loads((workspace() / 'sign.json').read_text())", returns(value="out * MINE['sign']")],
        "MINE",
    ),
    "a dtype that isn't known": (
        ["KIND = data.environment('x').dtype", returns(value="out.astype(KIND)")],
        "KIND",
    ),
    "another type": (
        ["TOP = trajectories.returns.max() * 1", returns(value="out * TOP.astype(float) / TOP.astype(float)")],
        "TOP (made of trajectories)",
    ),
}


@pytest.mark.parametrize("name", WAITS)
def test_an_answer_that_depends_on_the_data_waits_and_the_sentence_names_the_variable(judged, name):
    cells, named = WAITS[name]
    result = judged("returns_to_go", *cells)
    assert result.status == NOT_RUN and result.points == 0
    assert f"returns_to_go reads {named}" in result.sentence and "by hand" in result.sentence


WRONG = {
    "a name beside it": ["SCALE = float(trajectories.returns.max())", returns(value="out[::-1]")],
    "read for show": [returns("print('mean', trajectories.returns.mean())", "-out")],
    "read and dropped": ["SCALE = float(trajectories.returns.max())", returns("x = SCALE", "-out")],
    "asked for what is known": [returns("assert len(rewards) <= trajectories.lengths.max()", "-out")],
    "a mistake of its own": ["SCALE = float(trajectories.returns.max())", returns("x = SCALE", "out.nothing")],
    "the course's own function": [returns(value="data.returns_to_go(rewards, gamma)")],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_anyway_is_wrong(judged, name):
    result = judged("returns_to_go", *WRONG[name])
    assert result.status == FAILED, result.sentence


IN_PLACE = {
    "of two arguments": (
        "walk_rewards",
        WALK.format(value="np.where(walk[1:] == roads.goal, 0.0, -roads.lengths[walk[:-1], walk[1:]])"),
        "never uses its arguments `goal` and `lengths`, and takes `roads` of the notebook",
    ),
    "of one": (
        "choose_target",
        "asked = stitching.ask(model, roads)\n" + TARGET.format(targets="asked.targets"),
        "never uses its argument `targets`, and takes `asked` of the notebook",
    ),
    "of a number": (
        "next_target_return",
        "SCALE = float(trajectories.returns.max())\n" + ONE.format(value="target_return - reward / SCALE"),
        "never uses its argument `scale`, and takes `SCALE` of the notebook",
    ),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_the_notebook_s_own_in_place_of_an_argument_is_wrong_and_said_in_the_student_s_words(judged, name):
    target, text, said = IN_PLACE[name]
    result = judged(target, text)
    assert result.status == FAILED and said in result.sentence and "shape" not in result.sentence
