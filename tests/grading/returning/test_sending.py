"""Archives of feedback, as the platforms' own import code reads them."""

import subprocess
import sys
import zipfile

import pytest

from dt_helpers.grading import release
from dt_helpers.grading.collecting.collect import collect
from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.gradebook.marks import Record
from dt_helpers.grading.returning import feedback, sending
from tests.grading.collecting import downloads
from tests.grading.made_up import result
from tests.grading.submissions import solved

SECRET = "submission_secret.txt"


@pytest.fixture
def pages(places):
    """Makes the pages of students."""

    def make(*names):
        for name in names:
            feedback.write(places, result(name), Record(name), release.tasks(places.notebooks()))
        return list(names)

    return make


def as_moodle_reads(name: str) -> tuple[str, str, str, str]:
    """Participant's number, plugin's kind and name, file: importziplib.php, is_valid_filename_for_import."""
    _, number, kind, plugin, file = name.split("_", 4)
    return number, kind, plugin, file


def test_moodle_takes_the_pages_back(places, pages):
    students = {
        "ada-101": Student("ada-101", "Ada_L./Lovelace", "Moodle", "101"),
        "team-8": Student("team-8", "Team", "Moodle", "8", (("Ida", "1"), ("Kay", "2"))),
        "grace": Student("grace", "Grace", "Canvas", "101", slip="student_101_5"),
    }
    sent = sending.write("moodle", places, pages("ada-101", "team-8", "grace", "unknown"), students)
    with zipfile.ZipFile(sent.path) as archive:
        assert [as_moodle_reads(name) for name in sorted(archive.namelist())] == [
            ("101", "assignfeedback", "file", "feedback.html"),
            ("1", "assignfeedback", "file", "feedback.html"),
            ("2", "assignfeedback", "file", "feedback.html"),
        ]
        assert b"<html" in archive.read(archive.namelist()[0])
    assert (sent.sent, sent.others, sent.unknown) == (3, ["grace", "unknown"], [])


@pytest.mark.parametrize("name", ["", ".", "..", "~x", " .x", "~.x", "a_7_b", "O'Neil, Jr.", "_", "Zoë/12"])
def test_moodle_takes_a_page_of_any_name(name, places, pages):
    """It passes over files that begin with "." or "~": importziplib.php, is_valid_filename_for_import."""
    sent = sending.write("moodle", places, pages("ada-101"), {"ada-101": Student("ada-101", name, "Moodle", "101")})
    with zipfile.ZipFile(sent.path) as archive:
        (file,) = archive.namelist()
    assert not file.startswith((".", "~")) and as_moodle_reads(file)[0] == "101"


def test_canvas_takes_the_pages_back(places, pages, tmp_path):
    """The first two numbers between "_" are the user and an attachment: infer_comment_context_from_filename."""
    work = downloads.Work(lambda stem: solved(places.tree, stem))
    found = collect(places, [downloads.canvas(work).write(tmp_path)])
    anonymous = collect(places, [downloads.canvas_anonymous(work).write(tmp_path / "anonymous")])
    students = found.students | anonymous.students | {"old-9": Student("old-9", "Old", "Canvas", "9")}
    sent = sending.write(
        "canvas", places, pages("team_1-4325", "lovelacebyronada-4322", "anon-k3Jx9", "old-9"), students
    )
    with zipfile.ZipFile(sent.path) as archive:
        names = archive.namelist()
    assert "anon_k3Jx9_98765_feedback.html" in names or "anon_k3Jx9_98766_feedback.html" in names
    numbers = {tuple(part for part in name.split("_") if part.isdigit())[:2] for name in names if "anon" not in name}
    assert numbers == {("4325", "98769"), ("4322", "98790")}
    assert sent.unknown == ["old-9"]


def test_nbgrader_releases_the_pages(places, pages, tmp_path):
    """Its own command, with a submission from its exchange and one that was mailed."""
    work = downloads.Work(lambda stem: solved(places.tree, stem))
    exchanged = downloads.nbgrader(work)
    name = next(name for name in exchanged.files if "+ps1+" in name and name.endswith("timestamp.txt"))
    exchanged.files[name.replace("timestamp.txt", SECRET)] = b"the secret"
    collect(places, [exchanged.write(tmp_path)])
    assert (places.submitted("ada") / SECRET).read_text() == "the secret"
    assert not (places.submitted("mzed") / SECRET).exists()
    pages("ada", "mzed")
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    command = [sys.executable, "-m", "nbgrader", "release_feedback", "decision_transformer"]
    command += [f"--Exchange.root={exchange}", "--course", "course", f"--CourseDirectory.root={places.root}"]
    run = subprocess.run(command, cwd=places.root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    released = list(exchange.glob("course/feedback/*.html"))
    assert len(released) == 4  # the page itself for both, and under the names of the two notebooks for ada


def test_a_page_keeps_its_secret_when_it_is_made_again(places, pages):
    pages("ada")
    secret = (places.feedback("ada") / SECRET).read_text()
    pages("ada")
    assert (places.feedback("ada") / SECRET).read_text() == secret and len(secret) == 128
