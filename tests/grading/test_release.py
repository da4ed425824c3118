"""What the release asks: solution cells, the checks that grade them, and what is known of both."""

import nbformat
import pytest

from dt_helpers.grading import release
from dt_helpers.grading.release import NotGradeable
from tests.grading.course import POINTS, RELEASED
from tests.notebooks.test_notebooks import EXERCISES


def read(name):
    return nbformat.read(RELEASED / f"{name}.ipynb", as_version=4)


@pytest.fixture
def model():
    return release.of("04_model", read("04_model")).tasks


def code(source, **marks):
    return nbformat.v4.new_code_cell(source, id=marks["grade_id"], metadata={"nbgrader": marks})


def notebook(*cells):
    return release.of("01_toy", nbformat.v4.new_notebook(cells=cells))


def solution(name, **marks):
    return code(
        f"def {name}():\n    raise NotImplementedError", grade_id=name, solution=True, **{"grade": False} | marks
    )


def check(name, grade_id):
    return code(f"check.pad_left({name})", grade_id=grade_id, solution=False, grade=True, points=2)


def test_the_course_has_the_tasks_of_the_contract_and_their_points():
    found = release.tasks(sorted(RELEASED.glob("*.ipynb")))
    contract = {name: called for name, (_, _, called) in EXERCISES.items()} | {"forward": "forward"}
    assert {task.solution_id: task.check for task in found} == contract and len(found) == len(contract)
    assert sum(task.points for task in found) == POINTS and all(task.points > 0 for task in found)
    assert release.of("01_setup", read("01_setup")).tasks == ()


def test_a_task_knows_its_check_its_function_and_the_imports_before_it(model):
    stacking = model[1]
    assert (stacking.solution_id, stacking.check_id) == ("stack_inputs", "check_stack_inputs")
    assert (stacking.check, stacking.target, stacking.names) == ("stacked_inputs", "stack_inputs", {"stack_inputs"})
    assert "import torch" in stacking.imports and "from torch import nn" in stacking.imports
    assert model[-1].solution_id == "forward" and model[-1].target == "DecisionTransformerModel"


def test_a_check_belongs_to_the_cell_that_defines_what_it_checks():
    found = notebook(solution("helper"), solution("pad_left"), check("pad_left", "check_pad_left"))
    helper, graded = found.tasks
    assert (helper.check_id, helper.points) == ("", 0.0)
    assert (graded.check_id, graded.points) == ("check_pad_left", 2.0)


def test_what_is_left_to_a_human_has_points_and_no_check():
    (essay,) = notebook(solution("essay", grade=True, points=3)).tasks
    assert (essay.solution_id, essay.check_id, essay.points, essay.check) == ("essay", "essay", 3.0, "")


def test_a_second_check_of_a_solution_cell_is_refused():
    with pytest.raises(NotGradeable, match="f is already graded by check_f, so check_again must"):
        notebook(solution("f"), check("f", "check_f"), check("f", "check_again"))


@pytest.mark.parametrize("source", ["assert f(1) == 2", "check.forward(f(1))", "check.nothing(stack_inputs)", "1 +"])
def test_a_check_of_another_form_is_refused_with_the_form_that_is_wanted(source):
    notebook = read("04_model")
    next(cell for cell in notebook.cells if cell.id == "check_stack_inputs").source = source
    with pytest.raises(NotGradeable, match=r"check_stack_inputs must be one line, check\.<name>"):
        release.of("04_model", notebook)


def test_a_check_of_what_is_defined_nowhere_is_refused():
    notebook = read("04_model")
    next(cell for cell in notebook.cells if cell.id == "check_stack_inputs").source = "check.stacked_inputs(stack)"
    with pytest.raises(NotGradeable, match="stack, which no solution cell"):
        release.of("04_model", notebook)
