"""Nobody gets points without the work, nobody else is harmed, and every submission has a result."""

import pytest

from tests.grading.course import POINTS

from .conftest import CASES, HONEST, table, worth
from .register import CASES as ALL


def told(result) -> str:
    sentences = [exercise.sentence for exercise in result.exercises if exercise.status != "passed"]
    return " ".join([result.reason, *result.flags, *sentences])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_gets_what_it_is_worth(run, case):
    result = run.of(case)
    assert result.score == worth(case), told(result)
    assert case.says in told(result)


def test_a_reason_is_given_for_every_point_that_is_missing(run):
    for result in run.results.values():
        assert result.reason or result.state == "graded"
        assert all(exercise.sentence for exercise in result.exercises)


def test_no_honest_grade_is_changed_or_lost(run, record_property):
    record_property("table", table(run))
    assert len(run.honest) == len(HONEST)
    assert {name: result.score for name, result in run.honest.items() if result.score != POINTS} == {}


def test_nothing_of_the_course_the_gradebook_or_other_submissions_was_written(run):
    assert run.after == run.before


def test_nothing_outlives_the_run_and_nothing_got_out(run):
    assert run.survivors == []
    assert run.connections == []


def test_all_kinds_are_there(run):
    assert len({case.kind for case in ALL}) == len({case.kind for case in CASES}) == 5
    assert len(ALL) == len({case.name for case in ALL})
