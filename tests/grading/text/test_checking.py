"""The check cell that counts, and how much of it is run."""

import pytest

from dt_helpers.grading.text import checking
from dt_helpers.grading.text.reading import Cell

CHECK = Cell(3, "code", "check.f(f)", "check-id", "check_f")


def found(*cells: Cell) -> int | None:
    return next(iter(in_turn(*cells)), None)


def in_turn(*cells: Cell) -> list[int]:
    return [cell.number for cell in checking.places(CHECK, cells)]


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


def test_the_cells_that_count_in_its_place_are_the_ones_above_then_the_rest():
    named, other, with_id = "check.f(f)", "check.f(mine)", Cell(6, "code", "pass", "check-id")
    assert in_turn(plain(1, named), plain(2, named), plain(4, named)) == [4, 2, 1]
    assert in_turn(plain(1, named), plain(2, other), plain(4, other)) == [1, 4, 2]
    assert in_turn(plain(1, other), plain(2, named), with_id) == [2, 6, 1]


def test_no_more_are_tried_than_a_notebook_needs():
    assert in_turn(*(plain(number, "check.f(f)") for number in range(1, 100))) == [*range(99, 99 - checking.MOST, -1)]


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
