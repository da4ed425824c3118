"""Mangled notebooks: the run goes on, and each gets a grade or a reason.

`DT_CAMPAIGN="mangled=2000" pytest tests/hostile/test_fuzz.py` tries so many; by default it is a few dozen.
"""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dt_helpers.grading.judging import grade as module
from dt_helpers.grading.judging import worker
from dt_helpers.grading.results import Store, SubmissionResult
from dt_helpers.grading.sandbox.limits import Limits
from tests.grading.course import POINTS_OF, SOLVED, grades, in_this_process, make_course
from tests.sizes import examples

from .mangling import BYTES, CELLS, HARMLESS, NOTEBOOKS, TEXTS, mangle

EXAMPLES = examples("mangled", small=40, whole=2000)
SOLUTIONS = {name: json.loads((SOLVED / f"{name}.ipynb").read_text()) for name in POINTS_OF}
STATES = {"passed", "failed", "error", "not run", "missing"}
LIMITS = Limits(seconds=20, cpu_seconds=5)

number = st.integers(0, 2**16)
any_way = st.sampled_from((*CELLS, *NOTEBOOKS, *TEXTS, *BYTES))
changes = st.lists(st.tuples(any_way, number, number), min_size=1, max_size=4)
harmless = st.lists(st.tuples(st.sampled_from(HARMLESS), number, number), min_size=1, max_size=4)
names = st.sampled_from(["02_dataset", "03_collator", "06_replay", "06_replay", "04_model"])
fuzzing = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), print_blob=True)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grades a file as one student's notebook, in this process, so that the sandbox stays warm."""
    places = make_course(tmp_path_factory.mktemp("fuzz") / "course")

    def graded(name: str, data: bytes) -> SubmissionResult:
        folder = places.submitted("mangled")
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        (folder / f"{name}.ipynb").write_bytes(data)
        result = grades(places, resume=False, limits=LIMITS)["mangled"]
        assert Store(places.results).get("mangled") == result
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "run", in_this_process)
        yield graded
    worker.close()


@fuzzing
@given(names, changes)
def test_every_mangled_notebook_gets_a_grade_or_a_reason(graded, name, changes):
    result = graded(name, mangle(SOLUTIONS[name], changes))
    own = [exercise for exercise in result.exercises if exercise.notebook == name]
    assert sum(exercise.max_points for exercise in own) == POINTS_OF[name]
    for exercise in own:
        assert exercise.status in STATES - {"missing"}
        assert exercise.sentence
        assert exercise.points == (exercise.max_points if exercise.status == "passed" else 0)
        assert "The grader" not in exercise.sentence
    assert result.state in ("partly", "unreadable")  # the other notebooks are missing
    assert result.reason


@fuzzing
@given(names, harmless)
def test_what_changes_no_answer_costs_no_point(graded, name, changes):
    result = graded(name, mangle(SOLUTIONS[name], changes))
    assert sum(exercise.points for exercise in result.exercises) == POINTS_OF[name], result.reason
