"""A course that was released, with a gradebook, made once and copied for each test."""

import shutil
from dataclasses import replace

import pytest

from dt_helpers.grading.gradebook import Recorder
from dt_helpers.grading.places import Places
from tests.course_tree import make_tree


@pytest.fixture(scope="session")
def _released(tmp_path_factory) -> Places:
    places = Places.find(make_tree(tmp_path_factory.mktemp("released") / "course", released=True).root)
    Recorder(places).gradebook.close()
    return places


@pytest.fixture
def places(_released, tmp_path) -> Places:
    """The course of tests/fixtures/course: two notebooks with an exercise each, a gradebook without students."""
    root = tmp_path / "course"
    shutil.copytree(_released.root, root)
    return replace(Places.find(root), db_url=f"sqlite:///{root / 'gradebook.db'}")
