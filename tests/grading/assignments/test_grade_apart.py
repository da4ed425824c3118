"""Grading when each notebook is an assignment: the verdicts of today, and a gradebook with an entry for each."""

import json
import subprocess
import sys
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from dt_helpers import cli
from dt_helpers.authoring import build
from dt_helpers.grading import release
from dt_helpers.grading.gradebook import marks
from dt_helpers.grading.gradebook.rebuild import write_autograded
from dt_helpers.grading.gradebook.recorder import Recorder
from dt_helpers.grading.judging import grade as grading
from dt_helpers.grading.places import Places
from dt_helpers.grading.results import MISSING, ExerciseResult, SubmissionResult
from tests.course_tree import make_tree
from tests.grading.course import grades, hand_in, in_this_process, make_course
from tests.grading.made_up import RETURNS
from tests.grading.submissions import save, solved

from .conftest import FIRST, OF, SECOND, SETTING, result

# Verdicts


def verdicts(result) -> dict:
    return {one.check_id: (one.status, one.points, one.max_points, one.mistake) for one in result.exercises}


def test_a_notebook_is_judged_as_in_the_one_assignment(tmp_path, monkeypatch):
    """Notebook 4 of the course: its second exercise wrong, the others right."""
    monkeypatch.setattr(grading, "run", in_this_process)
    wrong = "def stack_inputs(r, s, a):\n    return torch.cat([r, s, a], dim=1)"
    together = make_course(tmp_path / "together")
    hand_in(together, "ada", ("04_model",), stack_inputs=wrong)
    one = grades(together)["ada"]
    apart = make_course(tmp_path / "apart")
    apart.tree.project.write_text(SETTING)
    apart.tree.alone("04_model").parent.mkdir()
    apart.tree.alone("04_model").write_bytes(apart.tree.student("04_model").read_bytes())
    own = Places.find(apart.root).of("04_model")
    hand_in(own, "ada", ("04_model",), stack_inputs=wrong)
    each = grades(own)["ada"]
    assert verdicts(one).items() > verdicts(each).items(), "the others were not handed in"
    assert verdicts(each)["check_stack_inputs"][0] == "failed" and each.score == each.max_score - 2
    assert (each.assignment, each.state, one.state) == ("04_model", "graded", "partly")


def test_what_was_not_handed_in_is_no_part_of_another_assignment(apart, monkeypatch):
    monkeypatch.setattr(grading, "run", in_this_process)
    own = apart.of(SECOND)
    save(solved(apart.tree, SECOND), own.submitted("ada") / f"{SECOND}.ipynb")
    found = grades(own)["ada"]
    assert (found.max_score, found.state) == (1.0, "graded")
    assert MISSING not in {one.status for one in found.exercises}
    assert sorted(path.name for path in own.results.glob("*.json")) == ["ada.json"]
    assert not apart.of(FIRST).results.exists()


# The gradebook


def test_each_has_its_entry_due_date_and_penalty(apart):
    apart.tree.config.write_text(f"{apart.tree.config.read_text()}\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    due = {FIRST: "2026-11-20 12:00:00 UTC", SECOND: "2026-12-04 12:00:00 UTC"}
    for stem, when in due.items():
        own = apart.of(stem)
        save("2026-11-27 12:00:00 UTC\n", own.submitted("ada") / "timestamp.txt")
        with Recorder(own) as recorder:
            recorder.gradebook.update_or_create_assignment(stem, duedate=when)
            recorder.record(result(stem))
    with Gradebook(apart.db_url, apart.course_id) as gradebook:
        assert [one.name for one in gradebook.assignments] == [FIRST, SECOND]
        assert [one.max_score for one in gradebook.assignments] == [2.0, 1.0]
        late = {stem: gradebook.find_submission(stem, "ada").total_seconds_late for stem in due}
        assert late == {FIRST: 7 * 24 * 3600, SECOND: 0}
        assert gradebook.find_assignment(SECOND).duedate == datetime(2026, 12, 4, 12)
    record = {stem: marks.read(apart.of(stem), release.tasks(apart.of(stem).notebooks()))["ada"] for stem in due}
    assert (record[FIRST].penalty, record[FIRST].score, record[FIRST].max_score) == (2.0, 0.0, 2.0)
    assert (record[SECOND].penalty, record[SECOND].score, record[SECOND].max_score) == (0.0, 0.0, 1.0)


def test_a_mark_changed_by_hand_is_that_assignments_alone(graded):
    with Gradebook(graded.db_url, graded.course_id) as gradebook:
        grade = gradebook.find_grade("check_context_window", SECOND, SECOND, "ada")
        grade.manual_score = 0.5
        gradebook.db.commit()
    own = graded.of(SECOND)
    assert marks.read(own, release.tasks(own.notebooks()))["ada"].score == 0.5
    assert marks.read(graded.of(FIRST), [])["ada"].score == 2.0


def test_what_a_killed_run_left_out_is_noticed_beside_the_old_assignment(graded):
    """A gradebook that holds the same notebook in the one assignment of before."""
    together = Places(graded.tree, graded.steps, graded.db_url, graded.course_id)
    better = ExerciseResult(SECOND, "check_context_window", 1.0, 1.0, "passed")
    with Recorder(together) as recorder:
        recorder.record(SubmissionResult("ada", together.assignment, "graded", exercises=(RETURNS, better)))
    with Recorder(graded.of(SECOND)) as recorder:
        assert recorder.catch_up([result(SECOND)]) == []
        assert [one.student for one in recorder.catch_up([result(SECOND, exercise=better)])] == ["ada"]


# nbgrader's own commands


def nbgrader(places, *arguments):
    command = [sys.executable, "-m", "nbgrader", *arguments, f"--db={places.db_url}"]
    return subprocess.run(command, cwd=places.root, capture_output=True, text=True)


def test_nbgrader_finds_the_folders(graded):
    ran = nbgrader(graded, "generate_feedback", SECOND)
    assert ran.returncode == 0, ran.stderr[-500:]
    assert (graded.of(SECOND).feedback("bob") / f"{SECOND}.html").exists()
    assert not graded.of(FIRST).feedback("ada").exists()


def test_nbgraders_own_autograder_takes_a_submission(graded):
    before = (graded.of(FIRST).autograded("ada") / f"{FIRST}.ipynb").read_bytes()
    ran = nbgrader(graded, "autograde", FIRST, "--force")
    assert ran.returncode == 0, ran.stderr[-500:]
    assert (graded.of(FIRST).autograded("ada") / f"{FIRST}.ipynb").read_bytes() != before
    with Gradebook(graded.db_url, graded.course_id) as gradebook:
        assert gradebook.find_submission(FIRST, "ada").max_score == 2.0


def test_formgraders_data(graded):
    own = NbGraderAPI(CourseDirectory(config=graded.config()))
    assert {FIRST, SECOND} <= {one["name"] for one in own.get_assignments()}
    assert {stem: own.get_assignment(stem)["num_submissions"] for stem in OF} == {FIRST: 1, SECOND: 2}
    assert own.get_assignment(FIRST)["average_score"] == 2.0
    assert own.get_autograded_students(SECOND) == {"ada", "bob"}
    assert [one["score"] for one in own.get_notebook_submissions(SECOND, SECOND)] == [0.0, 0.0]


def test_nbgrader_makes_the_same_release_of_the_source(graded):
    made = graded.tree.alone(FIRST)
    before = made.read_bytes()
    made.unlink()
    ran = nbgrader(graded, "generate_assignment", FIRST, "--force")
    assert ran.returncode == 0, ran.stderr[-500:]
    assert made.read_bytes() == before


# The commands


def test_feedback_report_and_export_have_files_for_each(graded, capsys):
    for command in (["feedback"], ["report"], ["export", "canvas"]):
        assert cli.main(command) == 0
    for stem, other in ((FIRST, "context_window"), (SECOND, "returns_to_go")):
        own = graded.of(stem)
        assert other not in (own.feedback("ada") / "feedback.html").read_text()
        assert {"report.html", "grades.csv", "mistakes.csv", "canvas.csv"} <= {p.name for p in own.reports.iterdir()}
        assert other not in (own.reports / "grades.csv").read_text()
        assert f",{stem}\n" in (own.reports / "canvas.csv").read_text()
    assert "bob" not in (graded.of(FIRST).reports / "grades.csv").read_text()
    assert not graded.of(FIRST).feedback("bob").exists()


def test_only_the_one_that_is_named(graded, capsys):
    assert cli.main(["report", "--assignment", SECOND]) == 0
    assert (graded.of(SECOND).reports / "report.html").exists()
    assert not (graded.of(FIRST).reports / "report.html").exists()
    assert cli.main(["export", "moodle", "--assignment", SECOND, "--output", "second.csv"]) == 0
    assert cli.main(["feedback", "bob"]) == 0
    capsys.readouterr()
    assert cli.main(["feedback", "bob", "--assignment", FIRST]) == 1
    assert "There are no results for bob" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("report --assignment 04_model", "There is no assignment 04_model. Choose from 01_returns, 02_window."),
        ("export canvas --output scores.csv", "name it with --assignment"),
        ("export canvas --column PS1", "name it with --assignment"),
        ("grade --only context_window", "--only goes with one assignment"),
        ("gradescope", "An autograder is for one assignment"),
        ("classroom", "The workflow grades all notebooks together"),
    ],
)
def test_what_is_meant_for_one_assignment_asks_which(graded, capsys, command, said):
    assert cli.main(command.split()) == 1
    assert said in capsys.readouterr().err


def test_the_command_grades_each_that_was_handed_in(graded, monkeypatch, capsys):
    asked = []

    def grade(places, *, students, **_):
        asked.append((places.assignment, students))
        return grading.Summary()

    monkeypatch.setattr(grading, "grade", grade)
    monkeypatch.setattr("dt_helpers.grading.judging.scheduling.warm_up", lambda: None)
    for command in (["grade"], ["grade", "bob"], ["grade", "--assignment", FIRST], ["grade", "--regrade", "bob"]):
        assert cli.main(command) == 0
    both = [(FIRST, None), (SECOND, None)]
    assert asked == [*both, (SECOND, ["bob"]), (FIRST, None), *both]
    assert "02_window: nothing yet. The scores are in the gradebook" in capsys.readouterr().out


def test_gradescopes_archive_holds_the_one_notebook(graded):
    import zipfile

    assert cli.main(["gradescope", "--assignment", SECOND]) == 0
    with zipfile.ZipFile(graded.of(SECOND).reports / "gradescope.zip") as archive:
        notebooks = [name for name in archive.namelist() if name.endswith(".ipynb")]
    assert notebooks == [f"course/notebooks/decision_transformer/{SECOND}.ipynb"]


def test_the_course_released_with_each_as_an_assignment(tmp_path):
    """Autograded notebooks hold what the release has, and nothing of another assignment."""
    tree = make_tree(tmp_path / "course", checked=True)
    tree.project.write_text(SETTING)
    build.write(build.plan(tree))
    own = Places.find(tree.root).of(FIRST)
    write_autograded(own, result(FIRST))
    (path,) = own.autograded("ada").iterdir()
    assert path.name == f"{FIRST}.ipynb" and "context_window" not in json.dumps(json.loads(path.read_text()))
