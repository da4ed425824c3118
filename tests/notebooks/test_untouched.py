"""What a student meets who runs a whole notebook before filling in anything."""

import json
import os

import pytest

from dt_helpers.authoring import scripts
from tests import warm

from .test_notebooks import EXERCISES, TREE, read

WITH_EXERCISES = sorted({stem for stem, _, _ in EXERCISES.values()})

# The cells in IPython as a kernel has it, in a process that needs no seconds for its imports. nbval replays the
# notebooks, up to their ends, in kernels of their own.
CELLS = """
import json, sys
import nbformat
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
for number, cell in enumerate(nbformat.read(sys.argv[1], as_version=4).cells, 1):
    if cell.cell_type == "code":
        done = shell.run_cell(cell.source)
        if not done.success:
            error = done.error_before_exec or done.error_in_exec
            print(json.dumps([number, type(error).__name__, str(error)]))
            break
"""


@pytest.mark.parametrize("stem", WITH_EXERCISES)
def test_it_stops_at_the_check_of_the_first_exercise_and_says_that_nothing_is_filled_in(stem, tmp_path):
    notebook = TREE.student(stem)
    first_check = next(number for number, cell in enumerate(read(notebook).cells, 1) if scripts.is_graded(cell))
    own = {"DT_WORKSPACE": str(tmp_path), "DT_PRESET": "ci", "IPYTHONDIR": str(tmp_path)}
    done = warm.python("-c", CELLS, notebook, cwd=tmp_path, env={**os.environ, **own})
    assert done.returncode == 0, done.stderr
    number, error, reason = json.loads(done.stdout.splitlines()[-1])
    assert (number, error) == (first_check, "CheckFailed")
    assert "not filled in" in reason
