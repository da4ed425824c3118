"""Whatever happened to a notebook: the right text for each exercise, or the word "missing"."""

import ast
import copy
import random
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dt_helpers.authoring.tree import Tree
from dt_helpers.grading import matching, release
from dt_helpers.grading.matching import MOST_CODE, match
from tests.course_tree import REPOSITORY
from tests.grading.submissions import code, is_solution, save, saved_by_colab, solved

TREE = Tree(REPOSITORY)
STEM = "04_model"
RELEASE = release.read([TREE.student(STEM)])[STEM]
IDS = ["add_time_embeddings", "stack_inputs", "stack_attention_mask", "predict", "forward"]
ANSWERS = {cell.id: cell.source for cell in solved(TREE, STEM).cells if is_solution(cell)}


@pytest.fixture
def honest():
    return solved(TREE, STEM)


@pytest.fixture
def hand_in(tmp_path):
    return lambda notebook: match(RELEASE, save(notebook, tmp_path / f"{STEM}.ipynb"))


def at(notebook, cell_id: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if cell.get("id") == cell_id)


def test_an_honest_notebook(honest, hand_in):
    assert list(ANSWERS) == IDS
    matched = hand_in(honest)
    assert matched == matching.Matched(STEM, ANSWERS, dict.fromkeys(IDS, "cell id"))


def test_the_release_itself_is_found_and_untouched(hand_in):
    matched = hand_in(RELEASE.node)
    assert set(matched.how.values()) == {"cell id"}
    for task in RELEASE.tasks:
        assert matching.untouched(matched.solutions[task.solution_id], task.stub)
        assert not matching.untouched(ANSWERS[task.solution_id], task.stub)


def test_colab_lost_ids_and_metadata(honest, hand_in):
    matched = hand_in(saved_by_colab(honest))
    assert matched.solutions == ANSWERS
    assert set(matched.how.values()) == {"function"}
    assert matched.notes == ()


def test_ids_are_new_and_grade_ids_are_left(honest, hand_in):
    for number, cell in enumerate(honest.cells):
        cell.id = f"new-{number}"
        if is_solution(cell):
            cell.source = cell.source.replace("def ", "def my_").replace("class ", "class My")
    matched = hand_in(honest)
    assert set(matched.how.values()) == {"grade id"}
    assert matched.solutions["predict"] == ANSWERS["predict"].replace("def ", "def my_")


def test_a_copy_in_which_the_student_went_on(honest, hand_in):
    """JupyterLab gives the copy a new cell id and the old metadata; what the check saw counts."""
    first = honest.cells[at(honest, "stack_inputs")]
    second = copy.deepcopy(first)
    second.id = "copied"
    first.source = first.source.replace("dim=2", "dim=1")
    honest.cells.insert(at(honest, "stack_inputs") + 1, second)
    matched = hand_in(honest)
    assert matched.solutions == ANSWERS
    assert matched.how["stack_inputs"] == "grade id"
    assert matched.notes == ("stack_inputs occurs more than once (cells 12, 13): cell 13 was used",)


def test_a_stub_that_was_left_above_or_below_the_answer(honest, hand_in):
    for offset in (0, 1):
        notebook = copy.deepcopy(honest)
        stub = copy.deepcopy(RELEASE.node.cells[at(RELEASE.node, "predict")])
        stub.id = "stub"
        notebook.cells.insert(at(notebook, "predict") + offset, stub)
        matched = hand_in(notebook)
        assert matched.solutions == ANSWERS
        assert matched.notes == ()


def test_an_experiment_below_the_check_is_not_what_was_checked(honest, hand_in):
    honest.cells.append(code("def predict(x, *heads):\n    return None  # how bad does it get?"))
    assert hand_in(honest).solutions == ANSWERS


def test_an_answer_below_the_check_counts_where_there_is_no_other(honest, hand_in):
    stub = honest.cells[at(honest, "predict")]
    honest.cells.append(code(stub.source))
    stub.source = RELEASE.node.cells[at(RELEASE.node, "predict")].source
    matched = hand_in(honest)
    assert matched.solutions == ANSWERS
    assert matched.how["predict"] == "function"


def test_merged_cells(honest, hand_in):
    solutions = [cell for cell in honest.cells if is_solution(cell)]
    merged = "\n\n".join(cell.source for cell in solutions) + "\n\ncheck.forward(DecisionTransformerModel)"
    solutions[0].source = merged
    honest.cells = [cell for cell in honest.cells if cell not in solutions[1:]]
    matched = hand_in(honest)
    assert set(matched.solutions.values()) == {merged}
    assert matched.how == dict.fromkeys(IDS, "function") | {"add_time_embeddings": "cell id"}


def test_a_split_cell(honest, hand_in):
    """The id stays with the upper part, which defines nothing; the function is in the lower one."""
    cell = honest.cells[at(honest, "stack_inputs")]
    lower = code("def stack_inputs(*three):\n    return weave(three)", id="lower")
    cell.source = "from einops import rearrange\n\n\ndef weave(xs):\n    return rearrange(xs, 'n b k h -> b (k n) h')"
    honest.cells.insert(at(honest, "stack_inputs") + 1, lower)
    matched = hand_in(honest)
    assert matched.how["stack_inputs"] == "function"
    assert (
        matched.solutions["stack_inputs"]
        == "# from cell 12\n" + cell.source.replace("\n\n\n", "\n") + "\n\n" + lower.source
    )
    assert matched.notes == ("stack_inputs uses definitions from cell 12",)


def test_helpers_come_along_and_nothing_else(honest, hand_in):
    setup = next(cell for cell in honest.cells if "import torch" in cell.source)
    setup.source += "\nimport numpy as np"
    honest.cells.insert(
        3, code("def other():\n    pass\nFACTOR = np.float32(1)\ntorch.allclose = None\nprint('hello')")
    )
    cell = honest.cells[at(honest, "predict")]
    cell.source = cell.source.replace("x[:, 2]", "FACTOR * x[:, 2]")
    number = next(i for i, c in enumerate(honest.cells, 1) if c is setup)
    matched = hand_in(honest)
    expected = f"# from cell {number}\nimport numpy as np\n# from cell 4\nFACTOR = np.float32(1)\n\n{cell.source}"
    assert matched.solutions["predict"] == expected
    assert {k: v for k, v in matched.solutions.items() if k != "predict"} == {
        k: v for k, v in ANSWERS.items() if k != "predict"
    }


def test_other_cell_types_are_no_loss(honest, hand_in):
    cell = honest.cells[at(honest, "predict")]
    cell.cell_type = "markdown"
    matched = hand_in(honest)
    assert matched.solutions == ANSWERS
    assert matched.notes == ("predict comes from cell 20, which is of type 'markdown'",)


def test_a_missing_cell_is_missing_and_costs_only_itself(honest, hand_in):
    del honest.cells[at(honest, "predict")]
    matched = hand_in(honest)
    assert matched.how == dict.fromkeys(IDS, "cell id") | {"predict": "missing"}
    assert matched.solutions["predict"] == RELEASE.node.cells[at(RELEASE.node, "predict")].source
    assert matched.notes == ("predict was not found",)


def test_a_syntax_error_does_not_hide_a_cell(honest, hand_in):
    honest = saved_by_colab(honest)
    cell = next(cell for cell in honest.cells if cell.source.startswith("def predict"))
    cell.source = cell.source.replace("x[:, 1]", "x[:, 1")
    matched = hand_in(honest)
    assert matched.how["predict"] == "function"
    assert matched.solutions["predict"] == cell.source


def test_ids_that_were_exchanged_do_not_deceive(honest, hand_in):
    one, other = honest.cells[at(honest, "predict")], honest.cells[at(honest, "stack_inputs")]
    one.id, other.id = other.id, one.id
    one.metadata, other.metadata = other.metadata, one.metadata
    matched = hand_in(honest)
    assert matched.solutions == ANSWERS


def test_tags_metadata_and_checks_of_the_students_mean_nothing(honest, hand_in):
    for cell in honest.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.points = 100
            cell.metadata.tags = ["skip-execution"]
            cell.source = "pass"
    matched = hand_in(honest)
    assert matched.solutions == ANSWERS
    assert matched.notes == ("a tag skip-execution, which is ignored",)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\x89PNG\0\0", b'{"cells": [{"source": {"a": 1}}]}'])
def test_damaged_files_have_a_reason_and_the_releases_stubs(content, hand_in):
    matched = hand_in(content)
    assert matched.how == dict.fromkeys(IDS, "missing")
    assert matched.solutions["predict"] == RELEASE.node.cells[at(RELEASE.node, "predict")].source
    assert matched.unreadable or "was not found" in matched.notes[0]


def test_a_file_that_is_not_there():
    assert match(RELEASE, Path("/nowhere/04_model.ipynb")).unreadable.startswith("The file could not be opened")


@given(st.integers(0, 2**32), st.lists(st.sampled_from(["drop", "double", "move", "id", "metadata", "type", "cut"])))
def test_mangled_notebooks_never_exchange_answers(tmp_path_factory, seed, ways):
    """Each exercise gets its own text, or what its author made of it; nothing raises."""
    rng, notebook = random.Random(seed), copy.deepcopy(solved(TREE, STEM))
    for way in ways:
        place = rng.randrange(len(notebook.cells))
        cell = notebook.cells[place]
        if way == "drop" and len(notebook.cells) > 1:
            del notebook.cells[place]
        elif way == "double":
            notebook.cells.insert(rng.randrange(len(notebook.cells)), copy.deepcopy(cell))
        elif way == "move":
            notebook.cells.insert(rng.randrange(len(notebook.cells)), notebook.cells.pop(place))
        elif way == "id":
            cell.id = "renamed"
        elif way == "metadata":
            cell.metadata = nbformat.from_dict({})
        elif way == "type":
            cell.cell_type = "raw"
        elif way == "cut":
            cell.source = cell.source[: rng.randrange(len(cell.source) + 1)]
    matched = match(RELEASE, save(notebook, tmp_path_factory.mktemp("mangled") / f"{STEM}.ipynb"))
    sources = [cell.source for cell in notebook.cells]
    for grade_id, text in matched.solutions.items():
        if matched.how[grade_id] == "missing":
            assert ANSWERS[grade_id] not in sources
        elif ANSWERS[grade_id] in sources and "cut" not in ways:
            assert text == ANSWERS[grade_id]


COSTLY = {
    "statements about one name": ["def helper(x): return x\n" + "\n".join(f"helper.a{i} = {i}" for i in range(4000))],
    "a chain": ["\n".join(f"def helper{i or ''}(x): return helper{i + 1}(x)" for i in range(2000))],
    "chains in many cells": [
        "\n".join(f"def helper{i or ''}(x): return helper{i + 1}(x)" for i in range(k * 2000, k * 2000 + 2000))
        for k in range(18)
    ],
    "one name again and again": ["helper = helper\n" * 6000] * 18,
    "many cells": ["def helper(x): return x"] * 1900,
    "numbers": ["helper = [" + "1," * 48_000 + "]"] * 18,
    "magics": ["%time helper(x)?\n" * 6000] * 18,
    "one line": ["helper = '" + "a" * 99_000 + "'", "a" * 99_000 + "?", "a." * 49_000 + "!", " " * 99_000 + "%x"],
    "brackets": ["helper = " + "(" * 190 + "1" + ")" * 190, "helper = " + "-" * 90_000 + "1"],
}


@pytest.mark.parametrize("name", COSTLY)
def test_code_is_parsed_once_and_no_more_of_it_than_a_budget(name, monkeypatch, tmp_path):
    """Counted in characters, since a busy machine takes whatever time it takes."""
    answer = "def context_window(sequence, length):\n    return helper(sequence)[-length:]\n"
    cells = [nbformat.v4.new_code_cell(text) for text in COSTLY[name]]
    cells.append(nbformat.v4.new_code_cell(answer))
    path = tmp_path / "06_replay.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    parsed = []
    real = ast.parse
    monkeypatch.setattr(ast, "parse", lambda text, *a, **k: parsed.append(len(text)) or real(text, *a, **k))
    found = match(released(_solution_cell()), path)
    assert found.unreadable is None and found.solutions["context_window"].endswith(answer)
    assert sum(parsed) < 4 * MOST_CODE


def released(*cells):
    return release.of("06_replay", nbformat.v4.new_notebook(cells=cells))


def _solution_cell():
    cell = nbformat.v4.new_code_cell("def context_window(sequence, length):\n    raise NotImplementedError()\n")
    cell.metadata["nbgrader"] = {"grade_id": "context_window", "solution": True, "grade": False}
    return cell


def test_an_answer_behind_more_code_than_the_budget_is_found(tmp_path):
    answer = "def context_window(sequence, length):\n    return sequence[-length:]\n"
    texts = [f"data = [{'1,' * 40_000}]"] * 12 + [answer]
    path = tmp_path / "06_replay.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in texts]), path)
    found = match(released(_solution_cell()), path)
    assert found.solutions == {"context_window": answer}
    assert any("cell 5 and later ones were not searched for helpers" in note for note in found.notes)
