"""Columns that Canvas and Moodle import."""

import csv

import pytest

from dt_helpers.grading.gradebook.marks import Mark, Record
from dt_helpers.grading.returning import export


def record(student, score, lms_id="", first="", last="") -> Record:
    return Record(student, first, last, lms_id=lms_id, marks={("01_returns", "check"): Mark(score, 3.0)})


@pytest.fixture
def records():
    return [
        record("Ada-11", 2.5, "11", "Ada", "Lovelace"),
        record("Alan-12", None, "12", "Alan", "Turing"),
        record("grace", 3.0),
    ]


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_canvas_without_a_template(records, tmp_path):
    exported = export.canvas(records, "DT (77)", tmp_path / "canvas.csv")
    assert rows(exported.path) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "DT (77)"],
        ["    Points Possible", "", "", "", "", "3.0"],
        ["Lovelace, Ada", "11", "", "", "", "2.5"],
        ["Turing, Alan", "12", "", "", "", ""],
    ]
    assert (exported.filled, exported.without_score, exported.without_number) == (1, ["Alan-12"], ["grace"])


def test_canvas_own_export_is_filled_in(records, tmp_path):
    template = tmp_path / "gradebook.csv"
    template.write_text(
        "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,DT (77),Essay (78)\r\n"
        "    Points Possible,,,,,3,10\r\n"
        '"Lovelace, Ada",11,s11,ada,A,,9\r\n'
        '"Turing, Alan",12,s12,alan,A,1,8\r\n'
        '"Nobody, Known",13,s13,known,A,,7\r\n'
    )
    records.append(record("Emmy-99", 1.0, "99"))
    exported = export.canvas(records, "DT", tmp_path / "canvas.csv", template)
    assert rows(exported.path)[2:] == [
        ["Lovelace, Ada", "11", "s11", "ada", "A", "2.5", "9"],
        ["Turing, Alan", "12", "s12", "alan", "A", "1", "8"],
        ["Nobody, Known", "13", "s13", "known", "A", "", "7"],
    ]
    assert exported.not_in_template == ["Emmy-99"]
    with pytest.raises(ValueError, match=r"has 0 columns with 'Exam' in their names: Student, ID"):
        export.canvas(records, "Exam", tmp_path / "canvas.csv", template)


def test_moodles_worksheet_is_filled_in(records, tmp_path):
    template = tmp_path / "worksheet.csv"
    template.write_text(
        "Identifier,Full name,Status,Grade,Maximum grade,Last modified (grade)\n"
        "Participant 12,Alan Turing,Submitted,-,3,-\nParticipant 11,Ada Lovelace,Submitted,-,3,-\n"
    )
    exported = export.moodle(records, tmp_path / "moodle.csv", template)
    assert [row[3] for row in rows(exported.path)] == ["Grade", "-", "2.5"]
    assert exported.filled == 1


def test_moodle_without_a_template(records, tmp_path):
    exported = export.moodle(records, tmp_path / "moodle.csv")
    assert rows(exported.path)[1:] == [
        ["Participant 11", "Ada Lovelace", "", "2.5", "3.0"],
        ["Participant 12", "Alan Turing", "", "", "3.0"],
    ]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_a_file_that_is_no_worksheet(records, tmp_path, content):
    template = tmp_path / "worksheet.csv"
    template.write_bytes(content)
    with pytest.raises(ValueError, match=r"worksheet\.csv (has no column Identifier and no column Grade|is no table)"):
        export.moodle(records, tmp_path / "moodle.csv", template)
