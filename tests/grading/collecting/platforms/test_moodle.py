"""Moodle's groups and worksheets: a group's number is no participant's."""

import csv
import zipfile

import pytest

from dt_helpers.grading.collecting import roster as students_file
from dt_helpers.grading.collecting.collect import collect
from dt_helpers.grading.gradebook.marks import Mark, Record
from dt_helpers.grading.returning import export, feedback, sending
from tests.grading.submissions import save, zipped

FILE = "assignsubmission_file/01_returns.ipynb"
HEADER = "Identifier,Full name,Status,Group,Grade,Maximum grade\n"
ROWS = {
    "one member": "Participant 303,Cy Young,Submitted,Team A,-,3\n",
    "two members": "Participant 303,Cy Young,Submitted,Team A,-,3\nParticipant 304,Dee Dum,Submitted,Team A,-,3\n",
    "a member with the group's name": "Participant 303,A Young,Submitted,Team_A,-,3\n",
    "another with the group's number": "Participant 12,Ada Team,Submitted,,-,3\n"
    "Participant 303,Cy Young,Submitted,Team A,-,3\n",
}


def pages(places, *names):
    """Students, each with a page to send."""
    for name in names:
        save("<html>", places.feedback(name) / feedback.FILE)
    return list(names)


def record(student):
    *first, last = student.name.split()
    given = {("01_returns", "check"): Mark(2.0, 3.0)}
    return Record(student.id, " ".join(first), last, lms_id=student.lms_id, marks=given)


def marks(places, found, template=None):
    own, _ = export.people("moodle", [record(one) for one in found.students.values()], found.students)
    exported = export.moodle(own, places.reports / "moodle.csv", template)
    with exported.path.open(encoding="utf-8-sig", newline="") as file:
        return exported, {row["Identifier"] for row in csv.DictReader(file) if row["Grade"] in ("2", "2.0")}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_a_groups_marks_and_feedback_go_to_the_members_numbers(rows, places, work, tmp_path):
    roster = save(HEADER + rows, tmp_path / "worksheet.csv")
    found = collect(places, [zipped(tmp_path / "m.zip", {f"Team A_12_{FILE}": work("a")})], roster=roster)
    assert list(found.students) == ["Team-A-12"]
    members = {f"Participant {number}" for _, number in found.students["Team-A-12"].members}
    assert members == {row.partition(",")[0] for row in rows.splitlines() if ",," not in row}
    _, filled = marks(places, found, roster)
    assert filled == members
    sent = sending.write("moodle", places, pages(places, "Team-A-12"), found.students)
    with zipfile.ZipFile(sent.path) as archive:
        assert {f"Participant {name.split('_')[1]}" for name in archive.namelist()} == members


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_the_template_names_the_members_too(rows, places, work, tmp_path):
    template = save(HEADER + rows, tmp_path / "worksheet.csv")
    found = collect(places, [zipped(tmp_path / "m.zip", {f"Team A_12_{FILE}": work("a")})])
    _, filled = marks(places, found, template)
    assert filled == {row.partition(",")[0] for row in rows.splitlines() if ",," not in row}


@pytest.mark.parametrize("name", ["Team A", "Ada's team", "Ada Lovelace"])
def test_without_a_worksheet_it_is_said_that_a_number_may_be_a_groups(name, places, work, tmp_path):
    found = collect(places, [zipped(tmp_path / "m.zip", {f"{name}_12_{FILE}": work("a")})])
    exported, _ = marks(places, found)
    assert exported.unchecked == list(found.students)
    students_file.add(places, found.students.values())
    roster = save(HEADER + f"Participant 12,{name},Submitted,,-,3\n", tmp_path / "worksheet.csv")
    checked = collect(places, [zipped(tmp_path / "m.zip", {f"{name}_12_{FILE}": work("a")})], roster=roster)
    exported, filled = marks(places, checked)
    assert (exported.unchecked, len(filled)) == ([], 1)


@pytest.mark.parametrize("name", ["Team Ada", "Ada's team", "Team of Lovelace and Ada"])
def test_a_group_that_sounds_like_the_participant_of_its_number_gets_nobodys_row(name, places, work, tmp_path):
    template = save("Identifier,Full name,Grade,Maximum grade\nParticipant 12,Ada King,-,3\n", tmp_path / "w.csv")
    found = collect(places, [zipped(tmp_path / "m.zip", {f"{name}_12_{FILE}": work("a")})])
    exported, filled = marks(places, found, template)
    assert filled == set() and exported.doubtful == list(found.students)
    asked = collect(places, [zipped(tmp_path / "m.zip", {f"{name}_12_{FILE}": work("a")})], roster=template)
    assert "12 is Ada King in the class list, and no group has this name" in asked.left[0][1]


@pytest.mark.parametrize(("group", "collected"), [("Default group", True), ("Team A", False), ("", False)])
def test_those_in_no_group_are_collected_if_the_worksheet_names_them(group, collected, places, work, tmp_path):
    roster = save(HEADER + f"Participant 304,Dee Dum,Submitted,{group},-,3\n", tmp_path / "worksheet.csv")
    found = collect(places, [zipped(tmp_path / "m.zip", {f"Default group_{FILE}": work("d")})], roster=roster)
    if collected:
        assert found.students["Default-group"].members == (("Dee Dum", "304"),)
    else:
        assert "of the students in no group ('Default group')" in found.left[0][1]


@pytest.mark.parametrize(
    ("folder", "title", "taken"),
    [
        ("Teilnehmer", "Teilnehmer/in", True),
        ("Teilnehmerin", "Teilnehmer*in", True),
        ("Participant", "Participant ", True),
        ("Participant", "Teilnehmer/in", True),
        ("Team A", "Teilnehmer/in", False),
        ("Team A", "Participant ", False),
    ],
)
def test_anonymous_marking(folder, title, taken, places, work, tmp_path):
    """The worksheet has numbers alone: a group's may be there too, and gets neither lateness nor marks."""
    text = f"ID,Status,Bewertung,Bestwertung\n{title}12,Abgegeben - 3 Minuten verspätet,-,3\n"
    roster = save(text, tmp_path / "worksheet.csv")
    source = zipped(tmp_path / "m.zip", {f"{folder}_12_{FILE}": work("a")})
    found = collect(places, [source], roster=roster)
    assert [row.late for row in found.rows] == ([True] if taken else [])
    found = collect(places, [source])
    own, _ = export.people("moodle", [record(one) for one in found.students.values()], found.students)
    exported = export.moodle(own, tmp_path / "out.csv", roster)
    assert (exported.filled, len(exported.doubtful)) == ((1, 0) if taken else (0, 1))
