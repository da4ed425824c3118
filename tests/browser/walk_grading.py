"""An instructor's path through solutions/README.md: collect, grade, formgrader in a real browser, feedback, export.

    python -m pytest tests/browser/walk_grading.py

needs the course's extras `lab`, `grade`, `test` and `browser`, bubblewrap, and Debian's `chromium`. DT_SCREENSHOTS
names the folder for pictures (output/browser). The file's name keeps it out of `make test`.
"""

import csv
import json
import shutil
from pathlib import Path

import pytest

from dt_helpers import cli
from dt_helpers.authoring.tree import ASSIGNMENT, Tree
from tests.browser.server import REPOSITORY, jupyterlab
from tests.grading import pretend_class
from tests.grading.course import POINTS

MINUTE = 60_000  # ms
SCORES = {
    "Ada-Lovelace-101": POINTS,
    "Alan-Turing-102": POINTS - 6,  # stack_inputs, and the model that calls it
    "Grace-Hopper-103": POINTS - 8,
    "carl": POINTS,
    "hilbertdavid-2002": POINTS,
    "malloryeve-2003": POINTS - 6,
    "noetheremmy-2001": POINTS - 8,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A server in a checkout in which a class was collected and graded, by the commands of the walk."""
    folder = tmp_path_factory.mktemp("instructor")
    shutil.copytree(REPOSITORY / "solutions", folder / "course" / "solutions", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(REPOSITORY / "nbgrader_config.py", folder / "course")
    pretend_class.make(folder / "in", Tree(REPOSITORY))
    with jupyterlab(folder) as server, pytest.MonkeyPatch.context() as patch:
        patch.chdir(server.root)
        handed_in = [str(folder / "in" / name) for name in ("moodle.zip", "canvas.zip", "colab")]
        assert cli.main(["collect", *handed_in]) == 0
        assert cli.main(["grade"]) == 0
        yield server


@pytest.fixture
def window(browser, course):
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(MINUTE)
    page = context.new_page()
    page.scripts = []
    page.on("dialog", lambda dialog: (page.scripts.append(dialog.message), dialog.dismiss()))
    yield page
    context.close()


def rows(page) -> dict[str, list[str]]:
    """The rows of a formgrader's table, by the cell that `key` names."""
    page.locator("tbody tr td a").first.wait_for()
    texts = page.locator("tbody tr").evaluate_all("rows => rows.map(r => [...r.cells].map(c => c.innerText.trim()))")
    return {row[1]: row for row in texts}


def open_submission(page, url: str, student: str, notebook: str) -> None:
    page.goto(f"{url}/formgrader/manage_students/{student}/{ASSIGNMENT}")
    page.locator("a", has_text=notebook).first.click()
    page.locator(".nbgrader_cell").first.wait_for()
    page.wait_for_function("() => document.querySelector('input.score')?.placeholder !== ''")


def test_formgrader_lists_all_submissions_with_their_scores(window, course, screenshots):
    window.goto(f"{course.url}/formgrader/manage_submissions/{ASSIGNMENT}")
    seen = rows(window)
    window.screenshot(path=screenshots / "formgrader_submissions.png")
    assert {student: float(row[4].split("/")[0]) for student, row in seen.items() if student in SCORES} == SCORES
    assert {row[3] for student, row in seen.items() if student in SCORES} == {"graded"}
    assert seen["Kurt-Gödel-104"][3] == "needs manual grading"


def test_a_submission_is_shown_with_verdicts_and_nothing_of_it_runs(window, course, screenshots):
    open_submission(window, course.url, "malloryeve-2003", "04_model")
    window.screenshot(path=screenshots / "formgrader_scripts.png", full_page=True)
    text = window.locator("#notebook").first.inner_text()
    assert "0 of 2 points: failed (exception)" in text
    assert pretend_class.SCRIPT in text, "shown as text"
    assert "2 of 2 points: passed" in text
    assert window.scripts == []
    assert window.title() != "run by a student"


def test_a_score_and_a_comment_by_hand_come_into_the_feedback_and_the_export(window, course, screenshots):
    open_submission(window, course.url, "Alan-Turing-102", "04_model")
    comment = window.locator("#stack_inputs-comment")
    assert "in blocks" in comment.get_attribute("placeholder") + comment.input_value()
    score = window.locator("input#check_stack_inputs")
    with window.expect_response(lambda response: "/api/grade/" in response.url and response.request.method == "PUT"):
        score.fill("1.5")
        score.press("Tab")
    with window.expect_response(lambda response: "/api/comment/" in response.url and response.request.method == "PUT"):
        comment.fill("Half of it is there: look at the axis that you join them along.")
        comment.press("Tab")
    window.screenshot(path=screenshots / "formgrader_by_hand.png", full_page=True)

    assert cli.main(["feedback"]) == 0
    page = course.root / "feedback" / "Alan-Turing-102" / ASSIGNMENT / "feedback.html"
    window.goto(page.as_uri())
    text = window.locator("body").inner_text()
    assert f"{POINTS - 4.5:g}\nof {POINTS:g} points" in text
    assert "From your instructor: Half of it is there: look at the axis that you join them along." in text
    for scheme in ("light", "dark"):
        window.emulate_media(color_scheme=scheme)
        window.screenshot(path=screenshots / f"feedback_{scheme}.png", full_page=True)

    assert cli.main(["export", "moodle"]) == 0
    assert cli.main(["export", "canvas", "--column", "Decision Transformer (77)"]) == 0
    assert table(course.root / "grading/moodle.csv", "Identifier", "Grade")["Participant 102"] == f"{POINTS - 4.5:g}"
    assert table(course.root / "grading/canvas.csv", "ID", "Decision Transformer (77)") == {
        "": str(POINTS),  # the possible points
        **{"2001": str(POINTS - 8), "2002": str(POINTS), "2003": str(POINTS - 6)},
    }


def test_no_page_of_feedback_loads_or_runs_anything(window, course):
    pages = sorted(course.root.glob("feedback/*/*/feedback.html"))
    assert len(pages) == len(SCORES) + 1
    loaded = []
    window.on("request", lambda request: loaded.append(request.url))
    for path in pages:
        window.goto(path.as_uri())
    assert loaded == [path.as_uri() for path in pages]
    assert window.scripts == []
    for path in pages:
        assert str(course.root) not in path.read_text(), "no path of this machine"


def test_the_report_names_the_classes_mistakes(window, course, screenshots):
    assert cli.main(["report"]) == 0
    window.goto((course.root / "grading" / "report.html").as_uri())
    window.screenshot(path=screenshots / "report.png", full_page=True)
    text = window.locator("body").inner_text()
    assert f"8 submissions, 7 with a score: from {POINTS - 8:g} to {POINTS:g} of {POINTS:g} points" in text
    assert "blocks" in text and "action sees itself" in text
    assert window.scripts == []


def table(path: Path, key: str, value: str) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}


def test_what_was_recorded_is_all_there(course):
    results = sorted((course.root / "grading" / "results").glob("*.json"))
    states = {path.stem: json.loads(path.read_text())["state"] for path in results}
    assert states == dict.fromkeys(SCORES, "graded") | {"Kurt-Gödel-104": "unreadable"}
