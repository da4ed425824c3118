"""Cards and texts: short, complete, safe to show, and legible without colour."""

import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from dt_helpers import check
from dt_helpers.check import one_function
from dt_helpers.check.engine import card as html
from dt_helpers.check.engine import strips
from dt_helpers.check.engine.exercise import Strip
from dt_helpers.check.engine.result import WIDTH, CheckFailed


@pytest.fixture(autouse=True)
def no_tries_yet():
    check.reset()


def cumulative(rewards, gamma=1.0):
    return np.cumsum(rewards)


def failure(name=None, answer=None) -> CheckFailed:
    with pytest.raises(check.CheckFailed) as caught:
        getattr(check, name or "returns_to_go")(answer or cumulative)
    return caught.value


class Balanced(HTMLParser):
    """Notes tags and text; fails on a tag that is closed in the wrong place."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text = [], set(), ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_text_is_short_and_has_everything():
    found = failure()
    lines = str(found).splitlines()
    assert len(lines) <= 14 and all(len(line) <= WIDTH + 2 for line in lines)
    assert lines[0].startswith("✗ returns_to_go: You add up")
    titles = [line.split()[0] for line in lines if line.startswith("  ")]
    assert [title for title in titles if title in ("rewards", "expected", "yours")] == ["rewards", "expected", "yours"]
    assert any("^" in line for line in lines)
    assert any("first difference: returns[" in line for line in lines)
    assert any(f"seed={found.seed}" in line for line in lines)


def test_the_marks_stand_under_what_is_wrong():
    found = failure("stacked_inputs", lambda r, s, a: __import__("torch").stack((r, a, s), 2).flatten(1, 2))
    lines = str(found).splitlines()
    yours = next(i for i, line in enumerate(lines) if line.startswith("  yours"))
    marked = {
        lines[yours][i : i + 2] for i, mark in enumerate(lines[yours + 1]) if mark == "^" and lines[yours][i] in "Rsa"
    }
    assert marked == {"a1", "s1", "a2", "s2", "a3", "s3"}


def test_the_card_has_what_the_text_has():
    found = failure()
    card = Balanced(found._repr_html_())
    assert found.sentence in card.text and found.hint in card.text and f"seed={found.seed}" in card.text
    assert "≠" in card.text and "✗" in card.text  # what is wrong is not said by colour alone
    assert not card.tags & {"script", "style", "img", "link"}


def test_cards_of_all_kinds_are_sound():
    def stub(*args):
        raise NotImplementedError()

    for found in (failure("pad_left", stub), failure("pad_left", lambda *args: 1 / 0), failure("forward", object)):
        assert Balanced(found._repr_html_()).text.startswith("✗")
    assert Balanced(check.context_window(lambda sequence, length: sequence[-length:])._repr_html_()).text.startswith(
        "✓"
    )


def test_what_students_wrote_is_escaped():
    def stack_inputs(*embeddings):
        raise ValueError("<script>alert(1)</script>")

    card = failure("stacked_inputs", stack_inputs)._repr_html_()
    assert "<script>" not in card and "&lt;script&gt;" in card
    assert "<b>" not in html.picture(Strip(("<b>",), ("<i>",)))


def test_text_keeps_the_notebooks_own_colour():
    """So that a dark theme's light text stays light, and no background hides it."""
    styles = failure()._repr_html_()
    assert "color:inherit" in styles
    assert "background:#" not in styles and ";color:#" not in styles


def test_a_strip_that_is_too_long_or_too_short_is_drawn():
    for given in (("a", "b", "c", "d"), ("a",)):
        strip = Strip(("a", "b"), given, ("from", ("x", "y", "z")))
        assert Balanced(html.picture(strip)).text
        assert [wrong for _, _, wrong in strip.rows][-1] == tuple(i > 1 or x != "ab"[i] for i, x in enumerate(given))


NOTEBOOK = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
{kernel}
with capture_output() as captured:
    shell.run_cell("from dt_helpers import check")
    shell.run_cell("def returns_to_go(rewards, gamma=1.0):\\n    total = rewards.sums()\\n    return total")
    shell.run_cell("check.returns_to_go(returns_to_go)")
print(captured.stdout)
print("displayed:", [list(output.data) for output in captured.outputs])
assert captured.stderr == "", captured.stderr
"""


def in_ipython(kernel: str) -> str:
    code = NOTEBOOK.format(kernel=kernel)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ipythons_traceback_has_the_students_line_and_none_of_ours():
    shown = in_ipython("")
    assert "line 2 in returns_to_go:  total = rewards.sums()" in shown
    assert "AttributeError" in shown
    assert "dt_helpers" not in shown and "Traceback" not in shown


def test_in_a_notebook_the_card_is_displayed_and_the_error_is_one_line():
    shown = in_ipython("shell.kernel = object()")
    assert "displayed: [['text/plain', 'text/html']]" in shown
    assert "CheckFailed: returns_to_go: returns_to_go stopped with AttributeError" in shown
    assert "hint" not in shown and "dt_helpers" not in shown


def test_numbers_that_differ_late_are_shown_with_as_many_digits_as_that_takes():
    found = one_function.check("next_target_return", lambda t, r, s: round(t - r / s, 4), seed=1, counts=False)
    assert len(set(found.facts[0].removeprefix("first difference: next_target is ").split(", expected "))) == 2
    found = one_function.check("next_target_return", lambda t, r, s: round(t - r / s, 2), seed=1, counts=False)
    ((_, wanted, _), (_, came, wrong)) = found.strip.rows
    assert wanted != came and wrong == (True,)


def test_figures_side_by_side_are_as_short_as_they_may_be():
    assert strips.beside(np.array([1.0, 2.0]), np.array([1.0, 3.0])) == (("1", "2"), ("1", "3"))
    assert strips.beside(np.array(4.4751), np.array(4.48)) == (("4.475",), ("4.48",))
    assert strips.beside(np.array(1 / 3), np.array(1 / 3 + 1e-9)) == (("0.333",), ("0.333",))
    assert strips.beside(np.array([4.4751, 1.0]), np.array([4.48])) == (("4.48", "1"), ("4.48",))
