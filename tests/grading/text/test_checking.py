"""The check cell that counts, and how much of it is run."""

import pytest

from dt_helpers.grading.text import checking
from dt_helpers.grading.text.reading import Cell

CHECK = Cell(3, "code", "check.f(f)", "check-id", "check_f")


def found(*cells: Cell) -> int | None:
    cell = checking.place(CHECK, cells)
    return cell and cell.number


def plain(number: int, source: str) -> Cell:
    return Cell(number, "code", source, f"mine-{number}")


@pytest.mark.parametrize(
    "again",
    [
        "check.f(f)",
        "check.f(f);  # better",
        "_ = check.f(f)",
        "result = check.f(f)\nresult",
        "if True:\n    check.f(f)",
        "try:\n    check.f(f)\nexcept Exception as e:\n    print(e)",
        "for _ in range(2):\n    check.f(f)",
        "%time check.f(f)",
        "%%time\ncheck.f(f)",
        "def f(): pass\ncheck.f(f)",
    ],
)
def test_the_last_cell_that_checks_the_function_counts(again):
    assert found(CHECK, plain(5, again)) == 5
    assert found(plain(1, again), CHECK) == 3


def test_copies_with_its_ids_count_too():
    assert (
        found(Cell(2, "code", "check.f(f)", "copy", "check_f"), Cell(4, "code", "check.f(f)", "other", "check_f")) == 4
    )


@pytest.mark.parametrize(
    "other",
    [
        "check.f(wrong)",
        "check.other(f)",
        "def again():\n    check.f(f)",
        "print('check.f(f)')",
        "# check.f(f)",
        "check.f(",
        "g = lambda: check.f(f)",
    ],
)
def test_what_checks_something_else_or_nothing_is_no_check_cell(other):
    assert found(CHECK, plain(5, other)) == 3


@pytest.mark.parametrize(
    "edited", ["check.f(mine)", "check.f(lambda x: x)", "def run():\n    check.f(f)\nrun()", "pass"]
)
def test_the_cell_with_its_ids_counts_whatever_it_gives_to_the_check(edited):
    assert found(plain(1, "x = 1"), Cell(3, "code", edited, "check-id"), plain(4, "y = 1")) == 3


def test_without_ids_a_cell_that_checks_another_function_is_better_than_none():
    assert found(plain(1, "check.f(first)"), plain(3, "check.f(mine)")) == 3
    assert found(plain(1, "x = 1")) is None


@pytest.mark.parametrize(
    ("source", "run"),
    [
        ("check.f(f)\nf = None", "check.f(f)"),
        ("f = g\ntry:\n    check.f(f)\nexcept Exception:\n    pass\nf = None", None),
        ("def run():\n    check.f(f)\n\nrun()", "def run():\n    check.f(f)\n\nrun()"),
        ("f = g\n%time check.f(f)\nf = None", "f = g\n%time check.f(f)"),
        ("f = g\nprint(1)", "f = g\nprint(1)"),
    ],
)
def test_a_cell_is_run_down_to_the_statement_that_calls_the_check(source, run):
    assert checking.down_to(CHECK.source, source) == (source.removesuffix("\nf = None") if run is None else run)
