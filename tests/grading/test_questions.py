"""What the release asks."""

import nbformat
import pytest

from dt_helpers.grading import questions
from dt_helpers.grading.questions import NotGradeable
from tests.grading.course import POINTS, RELEASED


def read(name):
    return nbformat.read(RELEASED / f"{name}.ipynb", as_version=4)


@pytest.fixture
def model():
    return questions.of("04_model", read("04_model"))


def test_the_course_has_thirteen_questions_worth_28_points():
    found = [q for path in sorted(RELEASED.glob("*.ipynb")) for q in questions.of(path.stem, read(path.stem))]
    assert len(found) == 13
    assert sum(question.points for question in found) == POINTS == 28
    assert questions.of("01_setup", read("01_setup")) == []


def test_a_question_knows_its_check_its_function_and_the_imports_before_it(model):
    stacking = model[1]
    assert (stacking.check, stacking.target, stacking.own) == ("stacked_inputs", "stack_inputs", "stack_inputs")
    assert "import torch" in stacking.imports and "from torch import nn" in stacking.imports
    assert model[-1].own == "forward" and model[-1].target == "DecisionTransformerModel"


@pytest.mark.parametrize("source", ["assert f(1) == 2", "check.forward(f(1))", "check.nothing(stack_inputs)", "1 +"])
def test_a_check_of_another_form_is_refused_with_the_form_that_is_wanted(source):
    notebook = read("04_model")
    next(cell for cell in notebook.cells if cell.id == "check_stack_inputs").source = source
    with pytest.raises(NotGradeable, match=r"check_stack_inputs has to be one line, check\.<name>"):
        questions.of("04_model", notebook)


def test_a_check_of_what_is_defined_nowhere_is_refused():
    notebook = read("04_model")
    next(cell for cell in notebook.cells if cell.id == "check_stack_inputs").source = "check.stacked_inputs(stack)"
    with pytest.raises(NotGradeable, match="stack, which no solution cell"):
        questions.of("04_model", notebook)
