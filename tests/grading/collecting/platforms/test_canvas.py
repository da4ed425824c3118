"""Anonymous grading in Canvas: marks in place of names and users' numbers."""

import pytest

from dt_helpers.grading.collecting import roster as students_file
from dt_helpers.grading.collecting.collect import collect
from dt_helpers.grading.gradebook.marks import Mark, Record
from dt_helpers.grading.returning import export
from tests.grading.submissions import zipped


@pytest.mark.parametrize("mark", ["9xY2k", "77777", "Ab3dE"])
@pytest.mark.parametrize("late", ["LATE_anon", "anon_LATE"])
def test_a_late_mark_is_one_student_in_every_download(mark, late, places, work, tmp_path):
    first = {f"{late}_{mark}_9003_01_returns.ipynb": work("one"), "anon_zZ11a_9002_01_returns.ipynb": work("z")}
    students_file.add(places, collect(places, [zipped(tmp_path / "1.zip", first)]).students.values())
    found = collect(places, [zipped(tmp_path / "2.zip", {f"{late}_{mark}_9050_01_returns-1.ipynb": work("two")})])
    (row,) = found.rows
    assert (row.student.id, row.student.lms_id, row.late, row.change) == (f"anon-{mark}", mark, True, "replaced")
    assert row.student.slip == f"anon_{mark}_9050"


@pytest.mark.parametrize(
    ("file", "number", "late"),
    [
        ("anon_12345_9002_01_returns.ipynb", "12345", False),
        ("anon_LATE_12345_9002_01_returns.ipynb", "12345", True),
        ("anon_5678_9002_01_returns.ipynb", "5678", False),
    ],
)
def test_a_student_called_anon_in_a_class_with_names(file, number, late, places, work, tmp_path):
    files = {f"name{i}_10{i}_900{i}_01_returns.ipynb": work(str(i)) for i in range(3, 6)} | {file: work("anon")}
    found = collect(places, [zipped(tmp_path / "1.zip", files)])
    row = next(row for row in found.rows if row.student.name == "anon")
    assert (row.student.lms_id, row.late) == (number, late)
    assert row.student.slip == f"student_{number}_9002"


@pytest.mark.parametrize("mark", ["9xY2k", "77777", "Ab3dE"])
def test_the_export_says_that_canvas_cannot_match_the_anonymous(mark, places, work, tmp_path):
    found = collect(places, [zipped(tmp_path / "1.zip", {f"anon_{mark}_9003_01_returns.ipynb": work("one")})])
    record = Record(f"anon-{mark}", lms_id=mark, marks={("01_returns", "check"): Mark(2.0, 3.0)})
    own, _ = export.people("canvas", [record], found.students)
    exported = export.canvas(own, "PS1", tmp_path / "canvas.csv")
    assert (exported.filled, exported.anonymous, exported.without_number) == (0, [f"anon-{mark}"], [])
    assert mark not in exported.path.read_text()
