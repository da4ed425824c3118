"""What Gradescope and GitHub run, as they would run it: their folders, their files, the real sandbox."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
import yaml

from dt_helpers.authoring.setting import Setting
from dt_helpers.authoring.tree import Tree
from dt_helpers.grading import sandbox
from dt_helpers.grading.autograder import classroom, gradescope, one
from tests.grading.course import REPOSITORY, another_account, hand_in, make_course, needs

WRONG = "def context_window(sequence, length):\n    return sequence[:length]\n"
PARTS = ("02_dataset", "06_replay")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course, and a submission of two notebooks, one of which has a mistake and an honest name of a browser's."""
    needs()
    places = make_course(tmp_path_factory.mktemp("course") / "course")
    shutil.copy(REPOSITORY / "pyproject.toml", places.root)
    folder = hand_in(places, "x", only=PARTS, context_window=WRONG)
    (folder / "06_replay.ipynb").rename(folder / "06_replay (1).ipynb")
    (folder / "README.md").write_text("mine")
    return places, folder


@pytest.fixture(scope="module")
def graded(course):
    places, folder = course
    return one.grade_one(places.root, folder)


def test_the_verdicts_are_those_of_the_class(graded):
    passed = {e.check_id: e.status for e in graded.result.exercises if e.notebook in PARTS}
    assert passed["check_returns_to_go"] == "passed" and passed["check_context_window"] == "failed"
    assert {e.status for e in graded.result.exercises if e.notebook not in PARTS} == {"missing"}
    assert graded.left == []


def test_what_gradescope_is_told(graded):
    told = gradescope.results(graded)
    tests = {test["name"]: test for test in told["tests"]}
    right, wrong = tests["02_dataset: returns_to_go"], tests["06_replay: context_window"]
    assert (right["status"], right["score"], right["max_score"]) == ("passed", 2.0, 2.0)
    assert (wrong["status"], wrong["score"]) == ("failed", 0.0)
    assert wrong["output"].startswith("from the start: ") and "Hint: " in wrong["output"]
    assert told["score"] == sum(test["score"] for test in told["tests"])
    assert "not handed in" in tests["04_model: predict"]["output"]
    assert {test["visibility"] for test in told["tests"]} == {"visible"}


def test_what_classroom_is_told(graded, tmp_path, monkeypatch):
    told = classroom.results(graded)
    assert told["status"] == "fail" and told["max_score"] == graded.result.max_score
    assert sum(test["score"] for test in told["tests"]) == graded.score
    table = classroom.summary(graded)
    assert "| 02_dataset: returns_to_go | ✓ | 2 of 2 |" in table
    for line in table.splitlines():
        assert line.count("`") in (0, 2), "what a student wrote is code, and no markup"
    for name in (classroom.OUTPUT, classroom.SUMMARY):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setattr(classroom, "grade_one", lambda course, submitted: graded)
    classroom.run(tmp_path, tmp_path)
    (line,) = (tmp_path / classroom.OUTPUT).read_text().splitlines()
    assert json.loads(base64.b64decode(line.removeprefix("result="))) == told


def test_two_files_that_may_be_the_notebook_are_asked_about(course, tmp_path):
    places, folder = course
    shutil.copytree(folder, tmp_path / "submission")
    other = (folder / "06_replay (1).ipynb").read_text().replace("sequence[:length]", "sequence[-length:]")
    (tmp_path / "submission" / "06_replay_final.ipynb").write_text(other)
    graded = one.grade_one(places.root, tmp_path / "submission")
    assert any("2 files may be 06_replay" in remark for remark in graded.remarks())


def test_without_bubblewrap_an_account_of_its_own_is_needed(course, monkeypatch):
    def none(kind):
        raise sandbox.SandboxUnavailable("there is none")

    monkeypatch.setattr(sandbox, "check", none)
    with pytest.raises(sandbox.SandboxUnavailable):
        one.grade_one(course[0].root, course[1])


@another_account
def test_gradescopes_archive_runs_in_gradescopes_folders(course, tmp_path):
    """Without bubblewrap, as in most containers: the students' code has another account, and can't read the checks."""
    places, _ = course
    root = tmp_path / "autograder"
    gradescope.build(Tree(REPOSITORY), tmp_path / "autograder.zip")
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        assert {"setup.sh", "run_autograder"} <= set(archive.namelist())
        assert not [name for name in archive.namelist() if "solutions/" in name or "__pycache__" in name]
        assert archive.getinfo("run_autograder").external_attr >> 16 == 0o100755
        archive.extractall(root / "source")
    (root / "source").chmod(0o700)
    (root / "results").mkdir()
    secret = str(root / "source" / "course" / "pyproject.toml")
    looking = WRONG.replace("return", f"raise ValueError(open({secret!r}).read())\n    return")
    shutil.copytree(hand_in(places, "looking", only=PARTS, context_window=looking), root / "submission")
    program = (
        "from pathlib import Path\nfrom dt_helpers.grading.autograder import gradescope, one\n"
        "one._kind = lambda account: 'limits'\n"
        f"gradescope.run(Path({str(root)!r}), 'nobody')\n"
    )
    place = root / "source" / "course"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads((root / "results" / "results.json").read_text())
    tests = {test["name"]: test for test in told["tests"]}
    assert tests["02_dataset: returns_to_go"]["score"] == 2.0
    assert "PermissionError" in tests["06_replay: context_window"]["output"]


def test_the_scripts_name_what_is_there():
    scripts = REPOSITORY / "dt_helpers" / "assets" / "grading" / "gradescope"
    setup, run = ((scripts / name).read_text() for name in gradescope.SCRIPTS)
    assert f"useradd --no-create-home --shell /usr/sbin/nologin {gradescope.ACCOUNT}\n" in setup
    assert run.rstrip().endswith(f"-m {gradescope.__name__}")
    for script in gradescope.SCRIPTS:
        subprocess.run(["bash", "-n", scripts / script], check=True)


def test_the_workflow_takes_the_course_from_where_it_is_published(tmp_path):
    classroom.build(Setting("ada/my-course", "1.2.0"), tmp_path / "classroom.yml")
    text = (tmp_path / "classroom.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    job = workflow["jobs"]["run-autograding-tests"]
    assert job["name"] == "Autograding Tests", "the check that the reporter looks for"
    checkouts = [step["with"] for step in job["steps"] if step.get("uses", "").startswith("actions/checkout")]
    assert checkouts[1]["repository"] == "ada/my-course" and checkouts[1]["ref"] == "v1.2.0"
    assert all(one["persist-credentials"] is False for one in checkouts)
    (runs,) = [step["run"] for step in job["steps"] if step.get("id") == "notebooks"]
    assert runs == f"python -m {classroom.__name__} ../submission"
    assert not re.search(r"\$\{\{", "".join(step.get("run", "") for step in job["steps"]))
