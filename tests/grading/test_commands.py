"""The verbs of grading on the command line; what they do in full is in solutions/README.md and its walk."""

import re
import subprocess
import sys

import pytest

from dt_helpers import cli
from dt_helpers.grading.collecting import roster
from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.gradebook.recorder import Recorder
from dt_helpers.grading.results import Store
from tests.grading.made_up import result
from tests.grading.submissions import save, solved, zipped

VERBS = ["collect", "grade", "feedback", "report", "export"]


@pytest.fixture
def in_course(places, monkeypatch):
    monkeypatch.chdir(places.root)
    monkeypatch.setenv("COLUMNS", "200")
    return places


@pytest.fixture
def graded(in_course):
    """Two students whose results are there, as if they had been graded."""
    with Recorder(in_course) as recorder:
        for name in ("Ada-11", "bob"):
            Store(in_course.results).put(result(name))
            recorder.record(result(name))
    return in_course


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_an_example_that_the_command_line_accepts(verb, capsys):
    assert cli.main([verb, "--help"]) == 0
    examples = re.findall(r"^    dt-course (.*)$", capsys.readouterr().out, re.MULTILINE)
    assert examples
    for example in examples:
        assert cli.main([*example.split(), "--help"]) == 0, example


def test_help_imports_nothing_that_students_lack():
    heavy = ("torch", "numpy", "nbgrader", "nbformat", "sqlalchemy", "dask", "jinja2", "pygments")
    code = (
        "import sys; from dt_helpers.cli import main; assert main(['grade', '--help']) == 0; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("verb", VERBS[:4])
def test_without_the_extra_it_says_how_to_install_it(verb, in_course):
    code = f"import sys; sys.modules['nbgrader'] = None; from dt_helpers.cli import main; sys.exit(main(['{verb}']))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 1
    assert (
        run.stderr
        == "dt-course: nbgrader is not installed. In a checkout of the course: pip install -e '.[lab,grade]'\n"
    )


@pytest.mark.parametrize("verb", [*VERBS[:4], "export canvas"])
def test_outside_of_a_checkout(verb, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(verb.split()) == 1
    assert "run this in a checkout of the course" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["feedback", "report", "export moodle"])
def test_before_anything_was_graded(verb, in_course, capsys):
    assert cli.main(verb.split()) == 1
    assert capsys.readouterr().err == (
        "dt-course: Nothing has been graded yet: run `dt-course collect` and `dt-course grade` first.\n"
    )


def test_there_has_to_be_something_to_grade_by_students_who_are_there(in_course, capsys):
    assert cli.main(["grade"]) == 1
    assert capsys.readouterr().err == "dt-course: Nothing has been handed in yet: run `dt-course collect` first.\n"
    in_course.submitted("ada").mkdir(parents=True)
    for names in (["adda"], ["--regrade", "adda"]):
        assert cli.main(["grade", *names]) == 1
        assert "Nothing was handed in by adda." in capsys.readouterr().err


def test_collect_shows_what_was_matched_and_enrols(in_course, tmp_path, capsys):
    moodle = zipped(
        tmp_path / "moodle.zip",
        {
            "Ada Lovelace_11_assignsubmission_file_/01_returns.ipynb": solved(in_course.tree, "01_returns"),
            "Ada Lovelace_11_assignsubmission_file_/notes.txt": b"hello",
        },
    )
    assert cli.main(["collect", str(moodle)]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"Ada-Lovelace-11 +│ 1 new +│ 1 by cell id", shown)
    assert re.search(r"notes\.txt.*not a notebook", shown)
    assert "1 students, 1 notebooks, 1 files not used." in shown
    assert "notes.txt" in (in_course.reports / "collected.csv").read_text(encoding="utf-8-sig")
    with Recorder(in_course) as recorder:
        assert recorder.gradebook.find_student("Ada-Lovelace-11").lms_user_id == "11"
    assert roster.read(in_course)["Ada-Lovelace-11"].lms == "Moodle"
    assert cli.main(["collect"]) == 0
    assert "1 unchanged" in capsys.readouterr().out
    assert cli.main(["collect", str(tmp_path / "nothing.zip")]) == 1
    assert "There is no" in capsys.readouterr().err


def test_a_student_without_a_name_in_the_file(in_course, tmp_path, capsys):
    path = save(solved(in_course.tree, "01_returns"), tmp_path / "Copy of 01_returns.ipynb")
    assert cli.main(["collect", str(path)]) == 1
    assert "--student" in capsys.readouterr().out
    assert cli.main(["collect", "--student", "ada", str(path)]) == 0


def test_a_number_is_only_good_on_its_own_platform(graded, capsys):
    students = [Student("Ada-11", "Ada", "Moodle", "11"), Student("bob", "bob", "Canvas", "11")]
    with Recorder(graded) as recorder:
        recorder.enrol(students)
    roster.add(graded, students[:1])
    roster.add(graded, students[1:])
    assert roster.read(graded) == {student.id: student for student in students}
    assert cli.main(["export", "moodle"]) == 0
    assert "From another platform: bob" in capsys.readouterr().out
    assert (graded.reports / "moodle.csv").read_text().split("\n")[1:] == ["Participant 11,Ada,,2.0,3.0,-", ""]
    assert cli.main(["export", "canvas"]) == 0
    assert (graded.reports / "canvas.csv").read_text().split("\n")[2:] == ["bob,11,,,,2.0", ""]


def test_feedback_report_and_export(graded, capsys):
    assert cli.main(["feedback"]) == 0
    assert (graded.feedback("bob") / "feedback.html").exists()
    assert cli.main(["report"]) == 0
    assert (graded.root / "grading" / "report.html").exists()
    capsys.readouterr()
    assert cli.main(["export", "canvas", "--output", "scores.csv"]) == 0
    shown = capsys.readouterr().out
    assert "0 scores in scores.csv" in shown
    assert "Without the platform's number" in shown and "Ada-11, bob" in shown
    assert cli.main(["feedback", "nobody"]) == 1
    assert "There are no results for nobody" in capsys.readouterr().err
