"""Notebook 07 through the whole grader, sandbox and all: solved, untouched, and with a mistake in each exercise."""

import pytest

from tests.grading.course import POINTS_OF, RELEASED, failed, grades, hand_in, make_course

WRONG = {
    "walk_rewards": "def walk_rewards(walk, goal, lengths):\n    return -lengths[walk[:-1], walk[1:]]\n",
    "next_node": "def next_node(logits, neighbours):\n    return logits[neighbours].argmax()\n",
    "choose_target": "def choose_target(targets, achieved):\n    return targets.max()\n",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    places = make_course(tmp_path_factory.mktemp("stitching") / "course")
    for student, texts in {"solved": {}, "wrong": WRONG}.items():
        hand_in(places, student, only=("07_stitching",), **texts)
    (hand_in(places, "untouched", only=("07_stitching",)) / "07_stitching.ipynb").write_bytes(
        (RELEASED / "07_stitching.ipynb").read_bytes()
    )
    return grades(places, students=["solved", "untouched", "wrong"])


def of_07(result):
    return [exercise for exercise in result.exercises if exercise.notebook == "07_stitching"]


def test_the_solution_has_all_points(results):
    assert sum(exercise.points for exercise in of_07(results["solved"])) == POINTS_OF["07_stitching"] == 6


def test_an_untouched_notebook_has_none_and_is_told_so(results):
    assert results["untouched"].score == 0
    assert {exercise.mistake for exercise in of_07(results["untouched"])} == {"unfilled"}


def test_mistakes_are_named(results):
    assert {name: failed(results["wrong"])[f"check_{name}"] for name in WRONG} == {
        "walk_rewards": ("failed", "paid-at-goal"),
        "next_node": ("failed", "position"),
        "choose_target": ("failed", "largest-target"),
    }
