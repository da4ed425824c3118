"""A course that was released, with a gradebook, made once and copied for each test."""

import shutil
from dataclasses import replace

import pytest

from dt_helpers.grading.gradebook.recorder import Recorder
from dt_helpers.grading.places import Places
from dt_helpers.grading.sandbox import Sandbox
from dt_helpers.grading.sandbox.limits import Limits
from tests.course_tree import make_tree

from .course import needs

LIMITS = Limits(seconds=4, cpu_seconds=2, memory=512 << 20)


@pytest.fixture(scope="session")
def _released(tmp_path_factory) -> Places:
    places = Places.find(make_tree(tmp_path_factory.mktemp("released") / "course", released=True, checked=True).root)
    Recorder(places).gradebook.close()
    return places


@pytest.fixture
def places(_released, tmp_path) -> Places:
    """The course of tests/fixtures/course: two notebooks with an exercise each, a gradebook without students."""
    root = tmp_path / "course"
    shutil.copytree(_released.root, root)
    return replace(Places.find(root), db_url=f"sqlite:///{root / 'gradebook.db'}")


@pytest.fixture(scope="session")
def boxes():
    """One of each kind, started when it is asked for."""
    made = {}

    def box(kind):
        if kind not in made:
            needs(kind)
            made[kind] = Sandbox(kind, LIMITS)
        return made[kind]

    yield box
    for one in made.values():
        one.close()


@pytest.fixture(params=["bubblewrap", "limits"])
def each(request, boxes):
    return boxes(request.param)


@pytest.fixture
def wrapped(boxes):
    return boxes("bubblewrap")
