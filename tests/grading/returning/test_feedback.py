"""The page that a student gets."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from dt_helpers.grading import release
from dt_helpers.grading.gradebook.marks import Mark, Record
from dt_helpers.grading.returning import feedback, pages
from tests.grading.made_up import RETURNS, RIGHT, WINDOW, result

SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">'
MARKS = {
    ("01_returns", "check_returns_to_go"): Mark(2.0, 2.0),
    ("02_window", "check_context_window"): Mark(0.0, 1.0),
}


@pytest.fixture
def tasks(places):
    return release.tasks(places.notebooks())


@pytest.fixture
def page(tasks):
    def make(*arguments, marks=MARKS, **more):
        record = Record("ada", "Ada", "Lovelace", marks=dict(marks))
        record.penalty = more.pop("penalty", 0.0)
        return BeautifulSoup(feedback.page(result(*arguments, **more), record, tasks), "html.parser")

    return make


def text(page) -> str:
    return " ".join(page.get_text(" ").split())


def test_score_verdicts_mistakes_hints_and_the_own_code(page):
    shown = page("ada")
    assert "Ada Lovelace 2 of 3 points" in text(shown)
    right, wrong = shown.find_all("article")
    assert "returns_to_go ✓ right 2 of 2 It is right." in text(right)
    assert "context_window ✗ not right yet first rows 0 of 1" in text(wrong)
    assert "You return the first rows. Hint: Count from the end." in text(wrong)
    assert "sequence[-length:]" in wrong.find(class_="highlight").get_text()
    assert wrong.find("details").has_attr("open") and not right.find("details").has_attr("open")


def test_what_was_set_aside_or_lent_is_said(page):
    lent = "Judged with correct versions of stack_inputs, which are scored separately."
    assert lent in text(page("ada", replace(RETURNS, remarks=(lent,)), WINDOW))


def test_a_verdict_that_a_regrade_replaced_is_said(page):
    before = (replace(WINDOW, status="error"), replace(WINDOW, status="failed"))
    right, wrong = page("ada", before=before).find_all("article")
    assert "graded again" not in text(right)
    assert "It was graded again. Before, it was: ✗ not right yet, 0 of 1 points." in text(wrong)


def test_an_instructors_score_comment_and_penalty_count(page):
    marks = MARKS | {("02_window", "check_context_window"): Mark(0.5, 1.0, True, "Half of it.")}
    shown = text(page("ada", marks=marks, penalty=1.0))
    assert "1.5 of 3 points" in shown
    assert "1 points were taken off" in shown
    assert "graded by your instructor (automatically: ✗ not right yet) first rows 0.5 of 1" in shown
    assert "From your instructor: Half of it." in shown


def test_what_was_not_graded_is_no_zero(page):
    marks = {key: Mark(None, mark.max_score) for key, mark in MARKS.items()}
    not_run = (replace(RETURNS, points=0.0, status="not run"), replace(WINDOW, status="missing", mistake=None))
    shown = text(page("ada", *not_run, marks=marks, state="unreadable", reason="The file is empty."))
    assert "– of 3 points The file is empty." in shown
    assert "? not graded yet – of 2" in shown
    assert "– not handed in" in shown


def test_an_untouched_stub_is_not_shown_as_code(page, tasks):
    texts = {"returns_to_go": tasks[0].stub, "context_window": RIGHT["context_window"]}
    first, second = page("ada", texts=texts).find_all("article")
    assert first.find("details") is None and second.find("details") is not None


def test_nothing_of_a_students_is_markup_and_nothing_is_loaded(page):
    wrong = replace(WINDOW, sentence=SCRIPT, lines=(SCRIPT,), hints=(SCRIPT,), mistake=SCRIPT)
    marks = MARKS | {("02_window", "check_context_window"): Mark(0.0, 1.0, True, SCRIPT)}
    shown = page("ada", RETURNS, wrong, texts=dict.fromkeys(RIGHT, SCRIPT), notes=(SCRIPT,), marks=marks)
    assert not shown.find_all(["script", "img", "a", "iframe", "link", "object", "embed"])
    assert text(shown).count("alert(1)") >= 5
    assert not [tag for tag in shown.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert "url(" not in shown.find("style").get_text() and "@import" not in shown.find("style").get_text()
    policy = shown.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")


def test_no_path_of_the_graders_machine(page):
    wrong = replace(
        WINDOW,
        sentence="FileNotFoundError: '/home/teacher/course/solutions/secret.ipynb' in a/b and C:\\Users\\me\\x.py",
        lines=("line 3 in f:  open('/work/scratch/data.txt')",),
    )
    shown = text(page("ada", RETURNS, wrong))
    assert "'secret.ipynb' in a/b and x.py" in shown
    assert "open('data.txt')" in shown
    assert "teacher" not in shown and "/work" not in shown


def test_the_page_is_written_where_nbgrader_looks_for_feedback(places, tasks):
    feedback.write(places, result("ada", texts={"returns_to_go": "x = '\ud800'"}), Record("ada"), tasks)
    path = places.root / "feedback" / "ada" / "decision_transformer" / "feedback.html"
    assert "x = '?'" in BeautifulSoup(path.read_bytes(), "html.parser").get_text()


@given(st.text(max_size=80))
def test_any_text_stays_text(sentence):
    shown = BeautifulSoup(f"<p>{pages.prose(sentence)}</p>", "html.parser").find("p")
    assert {tag.name for tag in shown.find_all(True)} <= {"code", "br"}
    shown = BeautifulSoup(str(pages.code(sentence)), "html.parser")
    assert {tag.name for tag in shown.find_all(True)} <= {"div", "pre", "span", "code"}
