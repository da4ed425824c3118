"""What the release asks, and which of a student's cells are run for it."""

import nbformat
import pytest

from dt_helpers.grading import questions
from dt_helpers.grading.questions import NotGradeable, cells_to_run
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


def test_a_question_knows_its_check_its_function_and_the_cells_before_it(model):
    stacking = model[1]
    assert (stacking.check, stacking.target, stacking.own) == ("stacked_inputs", "stack_inputs", "stack_inputs")
    assert stacking.cells == ("add_time_embeddings", "stack_inputs")
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


SOLUTIONS = {
    "add_time_embeddings": "def helper(x): return x\ndef add_time_embeddings(*x): return x\n",
    "stack_inputs": "print('a try')\ndef stack_inputs(*x): return x\nstack_inputs(1)\n",
    "stack_attention_mask": "def stack_attention_mask(m): return helper(m)\n",
    "predict": "def predict(x, *heads): return x\n",
    "forward": "class DecisionTransformerModel:\n    def forward(self): return stack_inputs(predict(1))\n",
}


@pytest.mark.parametrize(
    ("position", "names"),
    [
        (1, ["stack_inputs"]),
        (2, ["add_time_embeddings", "stack_attention_mask"]),
        (4, ["stack_inputs", "predict", "forward"]),
    ],
)
def test_only_the_cells_that_are_needed_are_run_the_own_one_last(model, position, names):
    assert [name for name, _ in cells_to_run(model[position], SOLUTIONS)] == names


def test_what_a_student_tried_beside_the_function_is_not_run_and_lines_keep_their_numbers(model):
    ((_, text),) = cells_to_run(model[1], SOLUTIONS)
    assert "print" not in text and "stack_inputs(1)" not in text
    assert text.split("\n")[1].startswith("def stack_inputs")


def test_text_that_is_no_python_comes_whole_and_hurts_no_other(model):
    broken = SOLUTIONS | {"predict": "def predict(:\n"}
    assert cells_to_run(model[3], broken) == [("predict", "def predict(:\n")]
    assert "stack_inputs" in dict(cells_to_run(model[4], broken))
