"""nbgrader's gradebook as instructors know it, filled with results."""

import re
import subprocess
import sys
import warnings
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import event
from sqlalchemy.exc import SAWarning

from dt_helpers.authoring import build
from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.gradebook.recorder import NO_RESPONSE, Recorder, clean_name
from dt_helpers.grading.places import Places
from dt_helpers.grading.results import ExerciseResult, SubmissionResult
from tests.course_tree import edit, make_tree

RETURNS = ExerciseResult("01_returns", "check_returns_to_go", 2.0, 2.0, "passed", sentence="right")
WINDOW = ExerciseResult(
    "02_window", "check_context_window", 0.0, 1.0, "failed", "first-rows", "The first rows.", ("Look",)
)


def result(student="ada", *exercises, state="graded", **more) -> SubmissionResult:
    return SubmissionResult(student, ASSIGNMENT, state, exercises=exercises or (RETURNS, WINDOW), **more)


@pytest.fixture
def recorder(places):
    with warnings.catch_warnings():
        warnings.simplefilter("error", SAWarning)  # about objects that are in no session
        with Recorder(places) as recorder:
            yield recorder


@pytest.fixture
def gradebook(places, recorder):
    with Gradebook(places.db_url, places.course_id) as gradebook:
        yield gradebook


def grade(gradebook, student="ada", notebook="01_returns", cell="check_returns_to_go"):
    gradebook.db.expire_all()
    return gradebook.find_grade(cell, notebook, ASSIGNMENT, student)


def test_the_assignment_is_entered_as_nbgrader_does_it(places, tmp_path):
    """The same cells, points and checksums as `nbgrader generate_assignment` puts into a gradebook."""
    theirs = make_tree(tmp_path / "theirs", released=True, checked=True)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT, "--force"]
    with Recorder(places) as recorder:
        path = {"PATH": f"{sys.exec_prefix}/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
        subprocess.run(command, cwd=theirs.root, env=path, check=True, capture_output=True)
        with Gradebook(Places.find(theirs.root).db_url) as other:
            assert _cells(recorder.gradebook) == _cells(other)


def _cells(gradebook):
    keys = ("name", "cell_type", "max_score", "locked", "source", "checksum")
    assignment = gradebook.find_assignment(ASSIGNMENT)
    assert assignment.course_id == "decision_transformer_course"
    cells = {}
    for notebook in assignment.notebooks:
        for kind in ("grade_cells", "solution_cells", "source_cells"):
            rows = [
                {key: row.to_dict()[key] for key in keys if key in row.to_dict()} for row in getattr(notebook, kind)
            ]
            cells[notebook.name, notebook.kernelspec, kind] = sorted(rows, key=lambda row: row["name"])
    return cells


def test_scores_comments_and_what_formgrader_shows(places, recorder, gradebook):
    recorder.record(result())
    submission = gradebook.find_submission(ASSIGNMENT, "ada")
    assert (submission.score, submission.max_score, submission.needs_manual_grade) == (2.0, 3.0, False)
    assert grade(gradebook, "ada", "02_window", "check_context_window").failed_tests
    comment = gradebook.find_comment("context_window", "02_window", ASSIGNMENT, "ada")
    assert comment.comment == "The first rows.\nHint: Look"
    assert gradebook.find_comment("returns_to_go", "01_returns", ASSIGNMENT, "ada").comment is None


def test_an_unfilled_exercise_has_nbgraders_comment(recorder, gradebook):
    recorder.record(result("ada", RETURNS, replace(WINDOW, mistake="unfilled")))
    assert gradebook.find_comment("context_window", "02_window", ASSIGNMENT, "ada").comment == NO_RESPONSE


def test_never_graded_is_not_zero(recorder, gradebook):
    missing = replace(WINDOW, status="missing")
    not_run = replace(RETURNS, points=0.0, status="not run")
    recorder.record(result("ada", not_run, missing, state="partly"))
    waiting, zero = grade(gradebook), grade(gradebook, "ada", "02_window", "check_context_window")
    assert (waiting.auto_score, waiting.needs_manual_grade) == (None, True)
    assert (zero.auto_score, zero.needs_manual_grade) == (0.0, False)
    recorder.record(result("alan", replace(RETURNS, points=0.0, status="missing"), missing, state="unreadable"))
    assert gradebook.find_submission(ASSIGNMENT, "alan").needs_manual_grade
    assert grade(gradebook, "alan").auto_score is None
    recorder.record(result("grace", state="missing"))
    with pytest.raises(MissingEntry):
        gradebook.find_submission(ASSIGNMENT, "grace")


def test_what_an_instructor_did_by_hand_stays_and_is_marked_for_another_look(recorder, gradebook):
    recorder.record(result())
    changed = grade(gradebook, "ada", "02_window", "check_context_window")
    changed.manual_score, changed.extra_credit, changed.needs_manual_grade = 0.5, 0.25, False
    gradebook.find_comment("context_window", "02_window", ASSIGNMENT, "ada").manual_comment = "well tried"
    gradebook.db.commit()
    recorder.record(result("ada", RETURNS, replace(WINDOW, points=1.0, status="passed")))
    again = grade(gradebook, "ada", "02_window", "check_context_window")
    assert (again.auto_score, again.manual_score, again.extra_credit, again.score) == (1.0, 0.5, 0.25, 0.75)
    assert again.needs_manual_grade
    assert not grade(gradebook).needs_manual_grade
    assert gradebook.find_comment("context_window", "02_window", ASSIGNMENT, "ada").comment == "well tried"


def test_a_submission_is_one_transaction(recorder, gradebook):
    commits = []
    event.listen(recorder.gradebook.engine, "commit", lambda connection: commits.append(1))
    recorder.record(result())
    recorder.record(result("ada", RETURNS))
    assert len(commits) == 2

    broken = replace(WINDOW, points="a string, which no column takes")
    with pytest.raises(Exception, match=r"could not convert|invalid input|float"):
        recorder.record(result("bob", RETURNS, broken))
    with pytest.raises(MissingEntry):
        gradebook.find_student("bob")
    recorder.record(result("carol"))
    assert gradebook.find_submission(ASSIGNMENT, "carol").score == 2.0


def test_a_run_that_was_killed_is_caught_up_with(recorder, gradebook):
    recorder.record(result("ada"))
    before = grade(gradebook)
    before.manual_score, before.needs_manual_grade = 1.0, False
    gradebook.db.commit()
    everything = [result("ada"), result("bob"), result("carol", state="unreadable"), result("dan", state="missing")]
    assert [one.student for one in recorder.catch_up(everything)] == ["bob", "carol"]
    assert recorder.catch_up(everything) == []
    assert not grade(gradebook).needs_manual_grade, "what is known already is left alone"
    assert gradebook.find_submission(ASSIGNMENT, "bob").score == 2.0


def test_names_and_numbers_of_the_platform(recorder, gradebook):
    recorder.enrol([Student("Ada-7", "Ada King Lovelace", "Moodle", "7"), Student("bob")])
    ada = gradebook.find_student("Ada-7")
    assert (ada.first_name, ada.last_name, ada.lms_user_id) == ("Ada King", "Lovelace", "7")
    bob = gradebook.find_student("bob")
    assert (bob.first_name, bob.last_name) == ("", "bob"), "what formgrader can show"
    ada.last_name = "King"
    gradebook.db.commit()
    recorder.enrol([Student("Ada-7", "Ada King Lovelace", "Moodle", "7")])
    gradebook.db.expire_all()
    assert gradebook.find_student("Ada-7").last_name == "King", "an instructor's correction stays"


def test_no_name_is_markup_in_formgrader():
    assert clean_name('<script>alert("1")</script> O\'Neil & Söhne\n') == "scriptalert(1)/script O'Neil  Söhne"


def test_lateness_is_nbgraders_affair(places, tmp_path):
    config = places.tree.config.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    places.tree.config.write_text(config)
    folder = places.submitted("ada")
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-11-20 23:59:00 +0100\n")
    with Recorder(places) as recorder, Gradebook(places.db_url, places.course_id) as gradebook:
        recorder.record(result())
        submission = gradebook.find_submission(ASSIGNMENT, "ada")
        assert submission.timestamp == datetime(2026, 11, 20, 22, 59)
        assert not submission.late_submission_penalty
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-20 12:00:00 UTC")
        recorder.record(result())
        gradebook.db.expire_all()
        submission = gradebook.find_submission(ASSIGNMENT, "ada")
        assert submission.total_seconds_late == timedelta(hours=10, minutes=59).total_seconds()
        assert submission.late_submission_penalty == 2.0


def test_nbgraders_own_views_of_it(places, recorder, monkeypatch):
    """What formgrader's pages ask for."""
    monkeypatch.chdir(places.root)
    folder = places.submitted("ada")
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-11-20 22:59:00 UTC\n")
    recorder.record(result())
    places.autograded("ada").mkdir(parents=True)
    for stem in ("01_returns", "02_window"):
        (places.autograded("ada") / f"{stem}.ipynb").touch()
    own = NbGraderAPI(CourseDirectory(config=places.config()))
    assert own.get_autograded_students(ASSIGNMENT) == {"ada"}
    (submission,) = own.get_submissions(ASSIGNMENT)
    assert (submission["autograded"], submission["score"], submission["max_score"]) == (True, 2.0, 3.0)
    assert own.get_assignment(ASSIGNMENT)["average_score"] == 2.0
    (notebook,) = own.get_notebook_submissions(ASSIGNMENT, "02_window")
    assert (notebook["score"], notebook["failed_tests"]) == (0.0, True)


def test_a_second_opening_changes_nothing_and_other_exercises_are_refused(places, tmp_path):
    with Recorder(places) as recorder:
        recorder.record(result())
    with Recorder(places) as recorder:
        assert recorder.catch_up([result()]) == []
    edit(places.tree.student("02_window"), '"grade_id": "check_context_window"', '"grade_id": "check_another"')
    with pytest.raises(
        ValueError, match=r"The exercises in .*02_window.ipynb differ from those .* start another gradebook"
    ):
        Recorder(places)


def test_another_release_of_the_same_exercises_is_entered_anew(places):
    """Points and texts may change while there are submissions; `dt-course release` computes new checksums."""
    with Recorder(places) as recorder:
        recorder.record(result())
    edit(places.tree.solutions / "02_window.py", '"points": 1', '"points": 3')
    build.write(build.plan(places.tree))
    with Recorder(places) as recorder:
        assert recorder.gradebook.find_submission(ASSIGNMENT, "ada").max_score == 5.0


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        ("nonsense", ValueError, "supported database, such as .* postgresql://user"),
        ("sqlite:////no/such/folder/gradebook.db", ConnectionError, "could not be opened: unable to open"),
        ("postgresql+no_driver://me:secret@localhost/x", ValueError, "supported database"),
    ],
)
def test_databases_that_are_none(places, url, error, message):
    with pytest.raises(error, match=message) as caught:
        Recorder(replace(places, db_url=url))
    assert "secret" not in str(caught.value)


SCRIPTS = [
    "ValueError: <script>document.title = 'stolen'</script>",
    "<img src=x onerror=\"document.title='stolen'\">",
    "text\n\n<svg/onload=document.title='stolen'>\n\nmore",
    "[see](javascript:document.title='stolen') ![x](http://tracker/pixel.png)",
    "$\\href{javascript:document.title='stolen'}{x}$ \\(x\\) \\[x\\]",
    "```\n</code></pre><script>document.title='stolen'</script>\n```",
    "&lt;script&gt; <http://tracker> http://tracker www.tracker.org a@b.org",
    "x\r<script>document.title='stolen'</script>\x0b<script>x</script>\u2028<script>x</script>",
]


@pytest.mark.parametrize("text", SCRIPTS, ids=range(len(SCRIPTS)))
def test_no_script_of_a_student_s_gets_into_nbgrader_s_own_feedback(places, recorder, gradebook, text):
    """As `nbgrader generate_feedback` shows a comment: by its filter for markdown."""
    from nbconvert.filters import markdown2html

    for exercise in (replace(WINDOW, sentence=text, hints=(text,)), replace(WINDOW, sentence=f"It stopped: {text}")):
        recorder.record(result("ada", RETURNS, exercise))
        gradebook.db.expire_all()
        comment = gradebook.find_comment("context_window", "02_window", ASSIGNMENT, "ada").comment
        page = markdown2html(comment).strip()
        assert set(re.findall(r"<\s*/?(\w+)", page)) == {"pre", "code"}
        assert page.startswith("<pre") and page.endswith("</code></pre>") and page.count("<pre") == 1


def test_nor_into_the_notebooks_that_it_is_made_of(places, recorder):
    """nbgrader's page, made by its own command, in which the student's text stands as text."""
    from dt_helpers.grading.gradebook.rebuild import write_autograded

    matched = {name: {"solutions": {}, "notes": [], "unreadable": None} for name in ("01_returns", "02_window")}
    exercise = replace(WINDOW, sentence=SCRIPTS[0], lines=(SCRIPTS[1],), hints=(SCRIPTS[2],))
    graded = result("ada", RETURNS, exercise, matched=matched)
    recorder.record(graded)
    write_autograded(places, graded)
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", ASSIGNMENT, f"--db={places.db_url}"]
    ran = subprocess.run(command, cwd=places.root, capture_output=True, text=True)
    page = (places.feedback("ada") / "02_window.html").read_text()
    assert "stolen" in page, ran.stderr[-500:]
    for begin in ("<script>document.title", "<img src=x", "<svg/onload"):
        assert begin not in page
