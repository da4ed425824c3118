"""A class at a glance."""

import csv
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from dt_helpers.grading import release
from dt_helpers.grading.gradebook.marks import Mark, Record
from dt_helpers.grading.returning import report, tables
from tests.grading.made_up import RETURNS, RIGHT, WINDOW, result

KEYS = [("01_returns", "check_returns_to_go"), ("02_window", "check_context_window")]


def record(student: str, *scores: float | None) -> Record:
    marks = {key: Mark(score, most) for key, score, most in zip(KEYS, scores, (2.0, 1.0), strict=True)}
    return Record(student, student.title(), "Last", marks=marks)


@pytest.fixture
def a_class():
    blocks = replace(WINDOW, mistake="blocks", sentence="In blocks, see /home/teacher/x/y.py.")
    missing = replace(WINDOW, status="missing", mistake=None, sentence="not handed in")
    not_run = (replace(RETURNS, points=0.0, status="not run", sentence="broken"), missing)
    library = {
        **RIGHT,
        "context_window": "from transformers import DecisionTransformerModel\n<script>alert(1)</script>",
    }
    results = [
        result("ada"),
        result("bob"),
        result("carl", RETURNS, blocks, flags=("library model",), limits={"sandbox": "limits"}),
        result("dan", RETURNS, missing, state="partly", texts={"returns_to_go": RIGHT["returns_to_go"]}),
        result("eve", *not_run, state="unreadable", reason="The file is <empty>.", texts={}),
        result("fay", RETURNS, WINDOW, texts={**library, "context_window": library["context_window"].split("\n")[0]}),
    ]
    records = {name: record(name, 2.0, 0.0) for name in ("ada", "bob", "carl", "dan", "fay")}
    return results, records | {"eve": record("eve", None, None)}


@pytest.fixture
def made(a_class, places):
    return report.make(*a_class, release.tasks(places.notebooks()), places)


def test_counts_and_the_most_frequent_mistakes(made):
    second, first = made.rows  # the hardest first
    assert (first.passed, first.failed, first.other) == (5, 0, 1)
    assert (second.passed, second.failed, second.other) == (0, 4, 2)
    assert [(slug, count) for slug, count, _ in second.mistakes] == [("first-rows", 3), ("blocks", 1)]
    assert second.mistakes[1][2] == "In blocks, see y.py."


def test_an_exercise_that_the_good_pass_tells_students_apart(places):
    """Of four exercises in two notebooks; among those who handed the exercise in."""
    right, wrong = RETURNS, replace(RETURNS, points=0.0, status="failed")
    good, bad = replace(WINDOW, points=1.0, status="passed"), WINDOW
    missing = replace(WINDOW, status="missing")
    tasks = release.tasks(places.notebooks())
    with_all = [
        result("ada", right, good),
        result("bob", right, good),
        result("cyd", wrong, bad),
        result("dan", wrong, missing),
    ]
    rows = {row.exercise: row for row in report.make(with_all, {}, tasks, places).rows}
    assert rows["context_window"].discrimination == pytest.approx(1.0)
    against = [result("ada", right, bad), result("bob", wrong, good)]
    rows = {row.exercise: row for row in report.make(against, {}, tasks, places).rows}
    assert rows["returns_to_go"].discrimination == pytest.approx(-1.0)
    alike = [result("ada", right, good), result("bob", right, good)]
    assert {row.discrimination for row in report.make(alike, {}, tasks, places).rows} == {None}


def test_the_marks_are_a_list_by_last_name(made, a_class):
    a_class[1]["ada"].last_name = "Zuse"
    text = " ".join(BeautifulSoup(report.page(made), "html.parser").get_text(" ").split()).partition(" Marks ")[2]
    assert text.index("Bob Last 2 graded") < text.index("Eve Last unreadable") < text.index("Ada Zuse 2 graded")


def test_what_a_human_should_look_at(made):
    assert ("carl", "", "library model") in made.flagged
    assert ("fay", "context_window", "imports the library's own model") in made.flagged
    page = BeautifulSoup(report.page(made), "html.parser")
    text = " ".join(page.get_text(" ").split())
    assert "6 submissions, 5 with a score: from 2 to 2 of 3 points, median 2." in text
    assert "Eve Last unreadable The file is <empty>." in text
    assert "Not isolated:" in text
    assert "2 submissions lack a notebook" in text
    assert not page.find_all(["script", "img", "a"])


def test_the_tables_open_in_a_spreadsheet(made, places):
    paths = report.write(places, made)
    assert [path.name for path in paths] == ["report.html", "grades.csv", "mistakes.csv", "similar.csv"]
    with paths[1].open(encoding="utf-8-sig", newline="") as file:
        grades = {row["student"]: row for row in csv.DictReader(file)}
    assert grades["ada"]["score"] == "2.0"
    assert grades["eve"]["score"] == "", "never graded is not zero"
    assert grades["carl"]["02_window/context_window mistake"] == "blocks"
    assert grades["carl"]["flags"] == "library model"


def test_no_cell_is_a_formula(tmp_path):
    path = tables.write(tmp_path / "x.csv", ["a"], [["=HYPERLINK('x')"], ["+1"], [-1.5], [None], ["@x"], ["fine"]])
    assert path.read_text(encoding="utf-8-sig").split() == ["a", "'=HYPERLINK('x')", "'+1", "-1.5", '""', "'@x", "fine"]


def test_a_class_of_nobody(places):
    made = report.make([], {}, release.tasks(places.notebooks()), places)
    assert "0 submissions" in report.page(made)
