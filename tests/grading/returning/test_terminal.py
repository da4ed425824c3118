"""What instructors read in the terminal after a run."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from dt_helpers.grading.returning import terminal
from dt_helpers.grading.returning.export import Exported
from dt_helpers.grading.returning.sending import Sent
from tests.grading.made_up import WINDOW


def said(what, *arguments) -> str:
    text = io.StringIO()
    what(*arguments, Console(file=text, width=120))
    return text.getvalue()


def test_who_waits_and_why():
    shown = said(terminal.waiting, [("ada", "02_window: context_window needs the package [scipy].")])
    assert "Waiting for you" in shown and "ada" in shown and "needs the package [scipy]" in shown
    assert said(terminal.waiting, []) == ""


def test_what_a_regrade_has_changed():
    now = replace(WINDOW, status="passed", points=1.0)
    assert said(terminal.changed, [("ada", WINDOW, now)]) == "ada, context_window: was failed (0), is passed (1).\n"


@pytest.mark.parametrize("names", [["ada"], ["ada", "bob"], []])
def test_the_export_names_those_of_whom_notebooks_are_missing(names, tmp_path):
    exported = Exported(tmp_path / "canvas.csv", 2, [], [], [], lacking=names)
    shown = said(terminal.exported, exported, [])
    line = f"Some notebooks not handed in, which `dt-course grade` calls partly: {', '.join(names)}"
    assert (line in shown) is bool(names)


def test_the_export_names_those_whose_marks_the_platform_keeps_or_skips(tmp_path):
    exported = Exported(tmp_path / "x.csv", 1, [], [], [], kept=["ada"], locked=["alan"], zeros=["kay"])
    shown = said(terminal.exported, exported, [])
    for line in ("and left so: ada", "it will skip the mark: alan", "type the 0: kay"):
        assert line in shown


@pytest.mark.parametrize(
    ("platform", "hint"), [("Moodle", "Upload the marks before these pages"), ("Canvas", "save it as feedback.html")]
)
def test_what_to_know_before_pages_are_uploaded(platform, hint, tmp_path):
    """Moodle: process_import_grades in mod/assign/feedback/offline/locallib.php, after importziplib.php beside it;
    Canvas: generate_comments_from_files in app/models/abstract_assignment.rb."""
    assert hint in said(terminal.sent, Sent(tmp_path / "x.zip", 1, [], []), platform)
    assert hint not in said(terminal.sent, Sent(tmp_path / "x.zip", 0, ["ada"], []), platform)
