"""What a student meets who runs a whole notebook before filling in anything."""

import pytest

from dt_helpers.authoring import scripts
from dt_helpers.authoring.execution import CellFailed, Execution

from .test_notebooks import EXERCISES, TREE, read

WITH_EXERCISES = sorted({stem for stem, _, _ in EXERCISES.values()})


@pytest.mark.parametrize("stem", WITH_EXERCISES)
def test_it_stops_at_the_check_of_the_first_exercise_and_says_that_nothing_is_filled_in(stem, tmp_path):
    notebook = read(TREE.student(stem))
    first_check = next(number for number, cell in enumerate(notebook.cells, 1) if scripts.is_graded(cell))
    environment = {"DT_WORKSPACE": str(tmp_path), "DT_PRESET": "ci"}
    with pytest.raises(CellFailed) as failure:
        Execution(notebook, tmp_path, name=stem, environment=environment).run()
    assert failure.value.number == first_check
    assert failure.value.reason.startswith("CheckFailed")
    assert "not filled in" in failure.value.reason
