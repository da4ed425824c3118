"""How long the notebooks take, and where it is written down."""

import io

import pytest
from rich.console import Console

from dt_helpers.authoring import build, expected
from dt_helpers.authoring.lines import about
from tests.course_tree import make_tree


@pytest.fixture
def tree(tmp_path):
    return make_tree(tmp_path / "course")


def test_what_was_measured_is_kept_for_each_preset_and_replaces_what_is_known_of_the_same_notebook(tree):
    assert expected.read(tree, "quick") == {}
    expected.note(tree, "quick", {"08_far: One": 10.4, "08_far: Two": 20.6, "01_near": 5})
    expected.note(tree, "ci", {"01_near": 1})
    expected.note(tree, "quick", {"08_far": 25.0})
    assert expected.read(tree, "quick") == {"01_near": 5, "08_far": 25}
    assert expected.read(tree, "ci") == {"01_near": 1}
    assert tree.seconds_file.read_text().endswith("}\n")


def test_executing_the_release_writes_it(tree):
    build.run(tree, [], console=Console(file=io.StringIO()), preset="ci")
    assert set(expected.read(tree, "ci")) == {"01_returns", "02_window"}


def test_an_amount_is_told_in_minutes():
    assert [about(seconds) for seconds in (5, 60, 100, 3000)] == [
        "about 1 minute", "about 1 minute", "about 2 minutes", "about 50 minutes"
    ]  # fmt: skip
