"""An answer whose cell became text counts; a text with its name does not, where the answer's cell holds code."""

import pytest

from dt_helpers.authoring.tree import Tree
from dt_helpers.grading import release
from dt_helpers.grading.matching import match
from tests.course_tree import REPOSITORY
from tests.grading.submissions import code, save, solved

STEM = "04_model"
TREE = Tree(REPOSITORY)
RELEASE = release.read([TREE.student(STEM)])[STEM]


@pytest.fixture
def notebook():
    return solved(TREE, STEM)


@pytest.fixture
def answer(notebook):
    return next(cell for cell in notebook.cells if cell.get("id") == "predict")


@pytest.fixture
def text_of(notebook, tmp_path):
    """What is taken for the answer, with a further cell of a kind at the end."""

    def text_of(source, kind):
        notebook.cells.append(code(source))
        notebook.cells[-1].cell_type = kind
        return match(RELEASE, save(notebook, tmp_path / f"{STEM}.ipynb")).solutions["predict"]

    return text_of


@pytest.mark.parametrize("kind", ["raw", "markdown"])
@pytest.mark.parametrize(
    "way", ["exec({!r})", "get_ipython().run_cell({!r})", "exec({!r}, globals())", "globals().update(made({!r}))"]
)
def test_a_text_with_the_functions_name_is_not_the_answer_where_its_cell_holds_code(answer, text_of, way, kind):
    answer.source = way.format(answer.source)
    assert text_of("def predict(): return 'a note'", kind) == answer.source


@pytest.mark.parametrize("kind", ["raw", "markdown"])
@pytest.mark.parametrize("left", ["", "# see the last cell"])
def test_it_is_where_that_cell_holds_none(answer, text_of, left, kind):
    written, answer.source = answer.source, left
    assert text_of(written, kind) == written
