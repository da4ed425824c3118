"""What is seen while a run goes on."""

import io

from rich.console import Console

from dt_helpers.grading.judging.progress import Progress


def shown(terminal: bool, total: int = 20) -> str:
    text = io.StringIO()
    with Progress(Console(file=text, force_terminal=terminal, width=120), total) as progress:
        for number in range(total):
            progress.step(f"{number + 1} graded")
    return text.getvalue()


def test_a_terminal_has_a_bar_with_totals():
    assert "20/20" in shown(True) and "20 graded" in shown(True)


def test_elsewhere_there_is_a_line_every_tenth_of_the_way():
    lines = shown(False).splitlines()
    assert len(lines) == 10
    assert lines[-1] == "graded 20 of 20: 20 graded"
    assert shown(False, 3).splitlines()[0] == "graded 1 of 3: 1 graded"


def test_nobody_to_grade():
    assert shown(False, 0) == ""


def test_who_is_being_graded_is_named():
    text = io.StringIO()
    with Progress(Console(file=text, force_terminal=True, width=160), 9) as progress:
        for name in ("ada", "[bold]bob", "cyd", "dan"):
            progress.begin(name)
        progress.step("1 graded", "ada")
        progress.bar.refresh()
    assert "now [bold]bob, cyd, dan" in text.getvalue()
