"""The small course with each notebook as an assignment of its own, made once and copied for each test."""

import shutil

import pytest

from dt_helpers.authoring import build
from dt_helpers.grading.gradebook.rebuild import write_autograded
from dt_helpers.grading.gradebook.recorder import Recorder
from dt_helpers.grading.places import Places
from dt_helpers.grading.results import ExerciseResult, Store, SubmissionResult
from tests.course_tree import add_script, make_tree
from tests.grading.made_up import RETURNS, RIGHT, WINDOW, matched
from tests.grading.submissions import save, solved

SETTING = '[tool.dt-course]\nassignments = "per notebook"\n'
FIRST, SECOND = "01_returns", "02_window"
OF = {FIRST: RETURNS, SECOND: WINDOW}


def result(stem, student="ada", exercise: ExerciseResult | None = None) -> SubmissionResult:
    found = {stem: matched(RIGHT)[stem]}
    return SubmissionResult(student, stem, "graded", exercises=(exercise or OF[stem],), matched=found)


@pytest.fixture(scope="session")
def _apart(tmp_path_factory) -> Places:
    tree = make_tree(tmp_path_factory.mktemp("apart") / "course", checked=True)
    tree.project.write_text(SETTING)
    add_script(tree, "03_reading", "1 + 1")
    build.write(build.plan(tree))
    return Places.find(tree.root)


@pytest.fixture(scope="session")
def _graded(_apart, tmp_path_factory) -> Places:
    places = _copy(_apart, tmp_path_factory.mktemp("graded") / "course")
    for stem, students in ((FIRST, ["ada"]), (SECOND, ["ada", "bob"])):
        own = places.of(stem)
        with Recorder(own) as recorder:
            for student in students:
                save(solved(places.tree, stem), own.submitted(student) / f"{stem}.ipynb")
                Store(own.results).put(result(stem, student))
                recorder.record(result(stem, student))
                write_autograded(own, result(stem, student))
    return places


def _copy(places: Places, root) -> Places:
    shutil.copytree(places.root, root)
    return Places.find(root)


@pytest.fixture
def apart(_apart, tmp_path) -> Places:
    """Released; a third notebook has no exercises, so no points."""
    return _copy(_apart, tmp_path / "apart")


@pytest.fixture
def graded(_graded, tmp_path, monkeypatch) -> Places:
    """Ada handed in both, Bob the second, as if they had been graded."""
    places = _copy(_graded, tmp_path / "graded")
    monkeypatch.chdir(places.root)
    monkeypatch.setenv("COLUMNS", "200")
    return places
