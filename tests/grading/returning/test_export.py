"""Columns that Canvas and Moodle import."""

import csv

import pytest

from dt_helpers.grading.collecting.naming import Student
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
    """No column for comments: an empty one may delete what was written in Moodle, process_import_grades."""
    exported = export.moodle(records, tmp_path / "moodle.csv")
    assert rows(exported.path)[1:] == [
        ["Participant 11", "Ada Lovelace", "", "2.5", "3.0", "-"],
        ["Participant 12", "Alan Turing", "", "", "3.0", "-"],
    ]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_a_file_that_is_no_worksheet(records, tmp_path, content):
    template = tmp_path / "worksheet.csv"
    template.write_bytes(content)
    with pytest.raises(
        ValueError, match=r"worksheet\.csv (has no column Identifier and no column Grade|is not a CSV table)"
    ):
        export.moodle(records, tmp_path / "moodle.csv", template)


def test_a_worksheet_in_german_keeps_its_language_separator_and_commas(records, tmp_path):
    template = tmp_path / "worksheet.csv"
    template.write_text(
        "ID;Vollständiger Name;Status;Bewertung;Bestwertung;Zuletzt geändert (Bewertung);Feedback als Kommentar\n"
        "Teilnehmer/in11;Ada Lovelace;Abgegeben;-;3,00;-;\n"
    )
    waiting = record("Ada-11", 2.5, "11", "Ada", "Lovelace")
    waiting.marks["02_window", "check"] = Mark(None, 0.0)
    exported = export.moodle([waiting], tmp_path / "moodle.csv", template)
    line = (tmp_path / "moodle.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    comment = "Partly graded: 1 of 2 exercises wait for your instructor."
    assert line == f"Teilnehmer/in11;Ada Lovelace;Abgegeben;2,5;3,00;-;{comment}"
    assert exported.partly == ["Ada-11"]


def test_a_row_of_somebody_else_with_the_same_number_is_left_alone(tmp_path):
    """Moodle numbers groups and participants apart: Team A_17 isn't participant 17."""
    template = tmp_path / "worksheet.csv"
    template.write_text("Identifier,Full name,Grade,Maximum grade\nParticipant 17,Ada Lovelace,-,3\n")
    exported = export.moodle([record("Team-A-17", 3.0, "17", "Team", "A")], tmp_path / "moodle.csv", template)
    assert rows(exported.path)[1][2] == "-"
    assert (exported.filled, exported.doubtful) == (0, ["Team-A-17"])


def test_another_maximum_is_asked_about_and_scores_can_be_converted(records, tmp_path):
    template = tmp_path / "worksheet.csv"
    template.write_text("Identifier,Full name,Grade,Maximum grade\nParticipant 11,Ada Lovelace,-,100\n")
    with pytest.raises(ValueError, match=r"The maximum in .* is 100, but in the gradebook it is 3: .* --scale"):
        export.moodle(records, tmp_path / "moodle.csv", template)
    exported = export.moodle(records, tmp_path / "moodle.csv", template, scale=True)
    assert rows(exported.path)[1][2] == "83.3333"
    more = [record("Ada-11", 4.0, "11", "Ada", "Lovelace")]
    assert export.moodle(more, tmp_path / "moodle.csv", template, scale=True).above == ["Ada-11"]


def test_the_members_of_a_group_have_a_row_each(tmp_path):
    group = Student("Team-1-8", "Team 1", "Moodle", "8", (("Ida Rhodes", "1"), ("O'Nulty, Kay", "2"), ("Who", "")))
    students = {"Team-1-8": group, "alan": Student("alan", "Alan", "Canvas", "1")}
    records = [record("Team-1-8", 2.0), record("ada", 1.0, "3"), record("alan", 3.0, "1")]
    own, others = export.people("moodle", records, students)
    assert others == ["alan"]
    export.moodle(own, tmp_path / "moodle.csv")
    assert [row[:2] for row in rows(tmp_path / "moodle.csv")[1:]] == [
        ["Participant 1", "Ida Rhodes"],
        ["Participant 2", "Kay O'Nulty"],
        ["Participant 3", "ada"],
    ]


@pytest.mark.parametrize(
    ("platform", "text", "number", "expected"),
    [
        (
            "blackboard",
            '"Last Name"\t"First Name"\t"Username"\t"PS1 [Total Pts: 3 Score] |6"\n"Lovelace"\t"Ada"\t"al"\t""\n',
            "al",
            "Lovelace\tAda\tal\t2.5",
        ),
        (
            "d2l",
            "OrgDefinedId,Username,Last Name,First Name,PS1 Points Grade <Numeric MaxPoints:3>,End-of-Line Indicator\n"
            "#1,#al,Lovelace,Ada,,#\n#2,#x,Zhang,Wei,,#\n#3,#y,Zhang,Wei,,#\n",
            "4321",
            "#1,#al,Lovelace,Ada,2.5,#",
        ),
        (
            "sakai",
            '"PS1","SCORE"\n""\n"Display ID","ID","Last Name","First Name","PS1 grade"\n'
            '"al","al","Lovelace","Ada",""\n',
            "al",
            "al,al,Lovelace,Ada,2.5",
        ),
    ],
)
def test_other_platforms_own_tables_are_filled_in(platform, text, number, expected, tmp_path):
    template = tmp_path / "table.csv"
    template.write_bytes(text.encode("utf-16" if platform == "blackboard" else "utf-8"))
    own = [record("ada", 2.5, number, "Ada", "Lovelace"), record("wei", 1.0, "9", "Wei", "Zhang")]
    column = "PS1 grade" if platform == "sakai" else "PS1"
    exported = export.other(platform, own, column, tmp_path / "out.csv", template)
    assert expected in exported.path.read_text(encoding="utf-8-sig").splitlines()
    assert (exported.filled, exported.not_in_template) == (1, ["wei"])
    with pytest.raises(ValueError, match="pass the one that it exported with --template FILE"):
        export.other(platform, own, column, tmp_path / "out.csv", None)


def test_names_can_be_no_formulas(tmp_path):
    export.moodle([record("x", 1.0, "1", "=HYPERLINK(1)", "@x")], tmp_path / "moodle.csv")
    assert rows(tmp_path / "moodle.csv")[1][1].startswith("'=")


def test_a_decimal_comma_elsewhere_in_a_worksheet_in_english_leaves_the_marks_alone(records, tmp_path):
    """Moodle in English takes "2,5" for 2: moodle/moodle lib/moodlelib.php, unformat_float."""
    template = tmp_path / "worksheet.csv"
    template.write_text('Identifier,Full name,Online text,Grade,Maximum grade\nParticipant 11,Ada,"3,5",,3.00\n')
    export.moodle(records, tmp_path / "moodle.csv", template)
    assert rows(tmp_path / "moodle.csv")[1][2:] == ["3,5", "2.5", "3.00"]


@pytest.mark.parametrize(("content", "mark"), [("utf-8", False), ("utf-8-sig", True), ("cp1252", True)])
def test_a_byte_order_mark_is_written_only_where_there_was_one(records, tmp_path, content, mark):
    """With one, Canvas refuses its table of last and first names: instructure/canvas-lms lib/gradebook_importer.rb."""
    template = tmp_path / "gradebook.csv"
    text = "LastName,FirstName,ID,SIS Login ID,Section,DT (77)\n    Points Possible,,,,,3\nLovelacé,Ada,11,ada,A,\n"
    template.write_text(text, encoding=content)
    export.canvas(records[:1], "DT", tmp_path / "canvas.csv", template)
    assert (tmp_path / "canvas.csv").read_bytes().startswith(b"\xef\xbb\xbf") is mark
    assert rows(tmp_path / "canvas.csv")[2] == ["Lovelacé", "Ada", "11", "ada", "A", "2.5"]


def test_who_is_excused_in_canvas_stays_excused(tmp_path):
    """A mark in place of EX would end that, and one for N/A is dropped: instructure/canvas-lms
    lib/gradebook_importer.rb, process_submissions."""
    template = tmp_path / "gradebook.csv"
    template.write_text('Student,ID,Section,DT (77)\n"Lovelace, Ada",11,A,EX\n"Turing, Alan",12,A,N/A\nHopper,13,A,\n')
    own = [record(f"s-{number}", 2.0, number) for number in ("11", "12", "13")]
    exported = export.canvas(own, "DT", tmp_path / "canvas.csv", template)
    assert [row[3] for row in rows(exported.path)[1:]] == ["EX", "N/A", "2"]
    assert (exported.filled, exported.kept, exported.not_in_template) == (1, ["s-11", "s-12"], [])


def test_a_remark_that_is_no_longer_so_goes_and_others_stay(tmp_path):
    """Moodle's next worksheet has it: what the first import wrote."""
    template = tmp_path / "worksheet.csv"
    mine = "Partly graded: 1 of 2 exercises wait for your instructor."
    template.write_text(
        "Identifier,Full name,Grade,Maximum grade,Feedback comments\n"
        f"Participant 11,Ada,2,3,{mine}\nParticipant 12,Alan,2,3,<p>{mine}</p>\nParticipant 13,Kay,2,3,Well done.\n"
    )
    own = [record(f"s-{number}", 3.0, number) for number in ("11", "12", "13")]
    own[1].marks["02_window", "a"] = own[1].marks["02_window", "b"] = Mark(None, 0.0)
    export.moodle(own, tmp_path / "moodle.csv", template)
    now = mine.replace("1 of 2", "2 of 3")
    assert [row[4] for row in rows(tmp_path / "moodle.csv")[1:]] == ["", now, "Well done."]


@pytest.mark.parametrize(
    ("title", "yes", "no"), [("Grade can be changed", "Yes", "No"), ("Bewertung kann geändert werden", "Ja", "Nein")]
)
def test_marks_that_moodle_will_skip_are_named(title, yes, no, tmp_path):
    """moodle/moodle public/mod/assign/feedback/offline/locallib.php, process_import_grades: a locked grade, and, at
    commit 0bd8f1f, one of 0, which counts as none."""
    template = tmp_path / "worksheet.csv"
    template.write_text(f"Identifier,Grade,Maximum grade,{title}\nParticipant 11,,3,{no}\nParticipant 12,,3,{yes}\n")
    own = [record("ada", 2.0, "11"), record("alan", 0.0, "12")]
    exported = export.moodle(own, tmp_path / "moodle.csv", template)
    assert (exported.filled, exported.locked, exported.zeros) == (2, ["ada"], ["alan"])
    assert export.moodle(own, tmp_path / "moodle.csv").zeros == ["alan"]


def test_a_worksheet_of_an_assignment_with_a_scale_is_refused(records, tmp_path):
    """Moodle looks a mark up among the scale's words, and skips what is none: process_import_grades."""
    template = tmp_path / "worksheet.csv"
    template.write_text('Identifier,Full name,Grade,Scale\nParticipant 11,Ada,,"bad\ngood"\n')
    with pytest.raises(ValueError, match=r"is marked by a scale, .* set the assignment's grade to points"):
        export.moodle(records, tmp_path / "moodle.csv", template)


def test_the_members_that_a_worksheet_told_need_no_other(tmp_path):
    group = Student("Team-1-8", "Team 1", "Moodle", "8", (("Ida Rhodes", "1"), ("Kay O'Nulty", "2")))
    own, _ = export.people("moodle", [record("Team-1-8", 2.0), record("ada", 1.0, "3")], {"Team-1-8": group})
    assert export.moodle(own, tmp_path / "moodle.csv").unchecked == ["ada"]
