import re

import pytest

from dt_helpers import check
from dt_helpers.check import questions
from tests.course_tree import REPOSITORY

SCRIPTS = sorted((REPOSITORY / "solutions" / "decision_transformer").glob("[0-9]*.py"))


@pytest.mark.parametrize("name", questions.everything())
def test_each_has_one_right_answer_and_a_reply_to_each(name):
    asked = questions.everything()[name]
    assert asked.ask.endswith("?") and 2 <= len(asked.answers) <= len(questions.LETTERS)
    assert sum(bool(answer.get("right")) for answer in asked.answers) == 1
    assert len({answer["reply"] for answer in asked.answers}) == len(asked.answers)
    assert all(set(answer) <= {"say", "reply", "right"} for answer in asked.answers)


def test_each_is_asked_once_in_its_notebook():
    asked = [
        (path.stem, name)
        for path in SCRIPTS
        for name in re.findall(r'^check\.question\("([\w-]+)"\)', path.read_text(), re.MULTILINE)
    ]
    assert sorted(asked) == sorted((each.notebook, name) for name, each in questions.everything().items())
    assert {path.stem for path in SCRIPTS[1:8]} == {notebook for notebook, _ in asked}


def test_the_right_answer_is_not_always_at_the_same_place():
    places = [next(i for i, a in enumerate(q.answers) if a.get("right")) for q in questions.everything().values()]
    assert len(set(places)) == 3


def test_the_card_opens_a_reply_without_a_kernel():
    html = check.question("which-mask")._repr_html_()
    assert html.count("<details") == html.count("<summary") == 3 and "<script" not in html
    assert html.count("✓ Right.") == 1 and html.count("✗ Not quite.") == 2


def test_answers_in_a_terminal():
    text = str(check.question("which-mask"))
    assert "b) 0, 0, 0, 1" in text and 'check.question("which-mask", "a")' in text
    assert check.question("which-mask", "b").startswith("✓ Right.")
    assert check.question("which-mask", "a").startswith("✗ Not quite. This repeats the whole mask")
    for wrong in ("d", "ab", "", 1):
        with pytest.raises(ValueError, match="one of the letters a, b, c"):
            check.question("which-mask", wrong)
    with pytest.raises(ValueError, match=r"There is no question 'mask'\. The questions are: last-step"):
        check.question("mask")
