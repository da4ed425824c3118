"""The final scores, as the gradebook has them after a human looked at it."""

import pytest
from nbgrader.api import Gradebook

from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading import release
from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.gradebook import marks
from dt_helpers.grading.gradebook.marks import Mark
from dt_helpers.grading.gradebook.recorder import Recorder
from dt_helpers.grading.release import Task
from tests.grading.made_up import result

TASKS = [
    Task("01_returns", "returns_to_go", "", frozenset(), "check_returns_to_go"),
    Task("02_window", "context_window", "", frozenset(), "check_context_window"),
]


@pytest.fixture
def filled(places):
    with Recorder(places) as recorder:
        recorder.enrol([Student("Ada-7", "Ada Lovelace", "Moodle", "7"), Student("idle")])
        recorder.record(result("Ada-7"))
        recorder.record(result("eve", state="unreadable"))
    return places


def test_exercises_of_the_release(places):
    tasks = release.tasks(places.notebooks())
    ids = [(task.notebook, task.solution_id, task.check_id) for task in tasks]
    assert ids == [(task.notebook, task.solution_id, task.check_id) for task in TASKS]
    assert [task.points for task in tasks] == [2.0, 1.0]
    assert tasks[1].names == {"context_window"} and "raise NotImplementedError" in tasks[1].stub


def test_automatic_scores(filled):
    records = marks.read(filled, TASKS)
    ada = records["Ada-7"]
    assert (ada.name, ada.lms_id, ada.score, ada.max_score, ada.waiting) == ("Ada Lovelace", "7", 2.0, 3.0, False)
    assert ada.marks == {
        ("01_returns", "check_returns_to_go"): Mark(2.0, 2.0),
        ("02_window", "check_context_window"): Mark(0.0, 1.0),
    }


def test_never_graded_is_no_score(filled):
    records = marks.read(filled, TASKS)
    assert (records["eve"].score, records["eve"].max_score, records["eve"].waiting) == (None, 3.0, True)
    assert (records["idle"].score, records["idle"].marks) == (None, {})


def test_scores_extra_credit_comments_and_penalties_by_hand(filled):
    with Gradebook(filled.db_url, filled.course_id) as gradebook:
        grade = gradebook.find_grade("check_context_window", "02_window", ASSIGNMENT, "Ada-7")
        grade.manual_score, grade.extra_credit = 0.5, 0.25
        comment = gradebook.find_comment("context_window", "02_window", ASSIGNMENT, "Ada-7")
        comment.manual_comment = "Well tried."
        gradebook.find_submission_notebook("01_returns", ASSIGNMENT, "Ada-7").late_submission_penalty = 1.0
        gradebook.db.commit()
    ada = marks.read(filled, TASKS)["Ada-7"]
    assert ada.marks["02_window", "check_context_window"] == Mark(0.75, 1.0, True, "Well tried.")
    assert (ada.penalty, ada.score) == (1.0, 1.75)


def test_penalties_in_other_assignments_are_not_subtracted(filled):
    with Gradebook(filled.db_url, filled.course_id) as gradebook:
        gradebook.add_assignment("another")
        gradebook.add_notebook("01_returns", "another")
        gradebook.add_submission("another", "Ada-7")
        gradebook.find_submission_notebook("01_returns", "another", "Ada-7").late_submission_penalty = 1.5
        gradebook.db.commit()
    ada = marks.read(filled, TASKS)["Ada-7"]
    assert (ada.penalty, ada.score) == (0.0, 2.0)
