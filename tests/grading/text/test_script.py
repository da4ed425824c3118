"""Which cells run, and where the check cell stands among them."""

import pytest

from dt_helpers.grading.text.reading import Cell
from dt_helpers.grading.text.script import THE_CHECK, Place, script

CHECK = Cell(3, "code", "check.f(f)", "check-id", "check_f")
RELEASE = [Cell(1, "code", "import numpy", "setup"), Cell(2, "code", "def f(): ...", "f", "f"), CHECK]
SETUP, ANSWER = Cell(1, "code", "import numpy", "setup"), Cell(2, "code", "def f(): pass", "f", "f")


def of(*cells: Cell, own=2):
    return script(RELEASE, [CHECK], cells, {"f": own})


def before(found):
    return found.above(found.checks.get("check_f"))


def test_cells_above_the_check_run_in_their_order_and_check_cells_don_t():
    found = of(SETUP, ANSWER, Cell(3, "code", "check.f(f)", "check-id", "check_f"), Cell(4, "code", "f = None"))
    assert found.checks == {"check_f": Place(2, "check.f(f)", 3)}
    assert before(found) == [(1, "import numpy"), (2, "def f(): pass"), (THE_CHECK, "check.f(f)")]
    assert [number for number, _ in found.cells] == [1, 2, 4]


@pytest.mark.parametrize(
    "check",
    [
        Cell(3, "code", "check.f(f)", "other", "check_f"),
        Cell(3, "code", "pass", "check-id", ""),
        Cell(3, "code", "check.f(f)  # mine", "", ""),
        Cell(3, "code", "check.f(f);", "", ""),
    ],
)
def test_a_check_is_found_by_its_ids_or_its_line(check):
    assert before(of(SETUP, ANSWER, check, Cell(4, "code", "f = None"))) == [
        (1, "import numpy"),
        (2, "def f(): pass"),
        (THE_CHECK, check.source),
    ]


def test_what_stands_above_the_check_in_its_own_cell_is_run():
    merged = Cell(2, "code", "def f(): pass\n\ncheck.f(f)\nf = None", "f", "f")
    assert before(of(SETUP, merged)) == [(1, "import numpy"), (THE_CHECK, "def f(): pass\n\ncheck.f(f)")]


def test_an_earlier_check_cell_takes_the_place_of_one_that_is_not_reached():
    again = Cell(5, "code", "x = check.f(f)")
    found = of(SETUP, ANSWER, Cell(3, "code", "check.f(f)"), Cell(4, "code", "f = 1"), again)
    assert found.places("check_f") == [Place(3, "x = check.f(f)", 5), Place(2, "check.f(f)", 3)]
    last, earlier = (found.above(place) for place in found.places("check_f"))
    assert last == [*found.cells[:3], (THE_CHECK, "x = check.f(f)")]
    assert earlier == [*found.cells[:2], (THE_CHECK, "check.f(f)")]


def test_without_its_check_the_whole_notebook_runs():
    found = of(SETUP, ANSWER, Cell(3, "code", "g = f"))
    assert found.checks == {} and len(before(found)) == 3


def test_prose_doesn_t_run_but_a_cell_of_the_release_that_lost_its_kind_does():
    prose = Cell(3, "markdown", "def f(): return 'prose'")
    lost = Cell(1, "raw", "import numpy", "setup")
    answer = Cell(2, "markdown", "def f(): pass", "", "")
    assert [number for number, _ in of(lost, answer, prose).cells] == [1, 2]
