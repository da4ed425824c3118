"""The setting, what a release makes of it, and where nbgrader's folders are then."""

import nbformat
import pytest

from dt_helpers.authoring import build
from dt_helpers.grading.places import Places
from tests.course_tree import make_tree

from .conftest import FIRST, SECOND, SETTING


def folders(tree):
    return sorted(path.relative_to(tree.root / "notebooks").as_posix() for path in tree.root.glob("notebooks/*/*"))


def test_each_notebook_with_points_is_released_as_an_assignment_too(apart):
    tree = apart.tree
    assert folders(tree) == [
        "01_returns/01_returns.ipynb",
        "02_window/02_window.ipynb",
        "decision_transformer/01_returns.ipynb",
        "decision_transformer/02_window.ipynb",
        "decision_transformer/03_reading.ipynb",
    ]
    for stem in (FIRST, SECOND):
        assert tree.alone(stem).read_bytes() == tree.student(stem).read_bytes()
    assert [folder.name for folder in tree.sources_alone()] == [FIRST, SECOND]
    assert build.plan(tree).up_to_date


def test_by_default_there_is_one_assignment(places):
    assert folders(places.tree) == ["decision_transformer/01_returns.ipynb", "decision_transformer/02_window.ipynb"]
    assert places.assignments() == [places] == places.assignments(["decision_transformer"])
    assert places.of(FIRST) == places and places.title == ""
    places.tree.project.write_text('[tool.dt-course]\nassignments = "one"\n')
    assert build.plan(places.tree).up_to_date
    assert Places.find(places.root).assignment == "decision_transformer"


def test_the_setting_taken_back_takes_the_assignments_back(apart):
    apart.tree.project.write_text("")
    plan = build.plan(apart.tree)
    assert plan.orphans == [made(stem) for made in (apart.tree.alone, apart.tree.source) for stem in (FIRST, SECOND)]
    assert "01_returns.ipynb: is no assignment of its own" in plan.report(apart.tree, written=False)
    build.write(plan)
    assert not apart.tree.released_alone() and not apart.tree.sources_alone()
    assert build.plan(apart.tree).up_to_date


def test_what_students_would_get_beside_their_notebook_is_refused(apart):
    (apart.tree.alone(SECOND).parent / "answers.txt").write_text("all")
    with pytest.raises(FileExistsError, match=r"answers\.txt"):
        build.write(build.plan(apart.tree))


def test_a_notebook_edited_by_hand_is_noticed(apart):
    path = apart.tree.alone(FIRST)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += " edited"
    nbformat.write(notebook, path)
    assert build.plan(apart.tree).drifted == [path]


@pytest.mark.parametrize("value", ['"each"', '"per-notebook"', "true", '["01_returns"]'])
def test_any_other_value_is_an_error(tmp_path, value):
    tree = make_tree(tmp_path)
    tree.project.write_text(f"[tool.dt-course]\nassignments = {value}\n")
    for read in (build.plan, lambda tree: Places.find(tree.root)):
        with pytest.raises(ValueError, match='assignments has to be "one" or "per notebook", not'):
            read(tree)


def test_folders_are_those_of_the_assignment(apart):
    own = apart.of(SECOND)
    assert own.submitted("ada") == apart.root / "submitted" / "ada" / SECOND
    assert own.autograded("ada") == apart.root / "autograded" / "ada" / SECOND
    assert own.feedback("ada") == apart.root / "feedback" / "ada" / SECOND
    assert own.results == apart.root / "grading" / SECOND / "results"
    assert own.notebooks() == [apart.tree.alone(SECOND)]
    assert [path.stem for path in apart.notebooks()] == [FIRST, SECOND, "03_reading"]
    with pytest.raises(ValueError, match="say which"):
        apart.submitted("ada")


def test_students_are_those_of_the_assignment(apart):
    for student, stem in (("ada", FIRST), ("bob", FIRST), ("ada", SECOND)):
        apart.of(stem).submitted(student).mkdir(parents=True)
    assert [(one.assignment, one.students()) for one in apart.assignments()] == [
        (FIRST, ["ada", "bob"]),
        (SECOND, ["ada"]),
    ]


def test_assignments_that_do_not_exist(apart, places, tmp_path):
    with pytest.raises(ValueError, match=r"no assignment 03_reading\. Choose from 01_returns, 02_window"):
        apart.assignments([FIRST, "03_reading"])
    with pytest.raises(ValueError, match=r'Choose from decision_transformer.*set assignments = "per notebook"'):
        places.assignments([FIRST])
    tree = make_tree(tmp_path / "fresh")
    tree.project.write_text(SETTING)
    with pytest.raises(FileNotFoundError, match="run `dt-course release` first"):
        Places.find(tree.root).assignments()
