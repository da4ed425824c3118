"""The course's own notebooks: generated files that did not drift, and exercises as the course promises them.

The replay of the solutions is nbval's part: see conftest.py at the root, and `make test`.
"""

import ast
import re

import nbformat
import pytest

from dt_helpers import check
from dt_helpers.authoring import build, scripts, setup_cell
from dt_helpers.authoring.setting import Setting
from dt_helpers.authoring.tree import Tree
from tests.course_tree import REPOSITORY

TREE = Tree(REPOSITORY)
SCRIPTS = TREE.scripts()
STEMS = [script.stem for script in SCRIPTS]
SETTING = Setting.read(TREE)

# The contract that checks, grading and other people's tests rely on: notebook, function, its arguments, its check.
EXERCISES = {
    "returns_to_go": ("02_dataset", ["rewards", "gamma"], "returns_to_go"),
    "pad_left": ("03_collator", ["sequence", "length", "value"], "pad_left"),
    "add_time_embeddings": (
        "04_model",
        ["returns_embeddings", "state_embeddings", "action_embeddings", "time_embeddings"],
        "time_embeddings",
    ),
    "stack_inputs": ("04_model", ["returns_embeddings", "state_embeddings", "action_embeddings"], "stacked_inputs"),
    "stack_attention_mask": ("04_model", ["attention_mask"], "stacked_attention_mask"),
    "predict": ("04_model", ["x", "predict_return", "predict_state", "predict_action"], "prediction_heads"),
    "action_loss": ("05_training", ["action_preds", "action_targets", "attention_mask"], "action_loss"),
    "context_window": ("06_replay", ["sequence", "length"], "context_window"),
    "next_target_return": ("06_replay", ["target_return", "reward", "scale"], "next_target_return"),
    "run_episode": ("06_replay", ["model", "env", "target_return", "max_steps", "seed"], "run_episode"),
    "walk_rewards": ("07_stitching", ["walk", "goal", "lengths"], "walk_rewards"),
    "next_node": ("07_stitching", ["logits", "neighbours"], "next_node"),
    "choose_target": ("07_stitching", ["targets", "achieved"], "choose_target"),
    "best_tenth": ("08_alternatives", ["returns"], "best_tenth"),
    "q_update": (
        "08_alternatives",
        ["q", "state", "action", "reward", "next_state", "done", "learning_rate", "gamma"],
        "q_update",
    ),
    "pessimistic": ("08_alternatives", ["q", "seen", "worst"], "pessimistic"),
    "conditioned_policy": ("08_alternatives", ["actions", "returns", "target", "n_actions"], "conditioned_policy"),
}


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def function_in(source):
    (function,) = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return function


def with_imports_of(notebook):
    """A namespace in which a notebook's import statements, and nothing else of it, were executed."""
    namespace = {}
    for cell in code_cells(notebook):
        imports = [node for node in ast.parse(cell.source).body if isinstance(node, ast.Import | ast.ImportFrom)]
        exec(compile(ast.Module(imports, []), "imports", "exec"), namespace)
    return namespace


def test_generated_files_are_up_to_date():
    release = build.plan(TREE)
    assert release.up_to_date, release.report(TREE, written=False)


def test_the_solutions_were_executed_since_they_changed():
    assert build.plan(TREE).unexecuted == {}, "run `dt-course release --execute`"


@pytest.mark.parametrize("stem", STEMS)
def test_no_cell_of_a_solution_failed_or_warned(stem):
    for cell in code_cells(read(TREE.solution(stem))):
        kinds = [(output.output_type, output.get("name")) for output in cell.outputs]
        assert ("error", None) not in kinds, cell.source
        warnings = [output.text for output in cell.outputs if output.get("name") == "stderr"]
        assert not re.search(r"\b\w*Warning\b", "".join(warnings)), cell.source


@pytest.mark.parametrize("stem", STEMS)
def test_a_notebook_opens_with_title_badge_goals_and_minutes(stem):
    first = read(TREE.student(stem)).cells[0].source
    number, heading = re.match(r"# (\d+)\. (\S.*)", first).groups()
    assert int(number) == int(stem[:2])
    assert heading
    assert setup_cell.badges(stem, SETTING) in first
    assert "After this notebook" in first
    assert re.search(r"About \d+ minutes", first)


@pytest.mark.parametrize("stem", STEMS)
def test_the_first_code_cell_is_the_setup_that_installs_the_helpers_where_they_are_missing(stem):
    first = code_cells(read(TREE.student(stem)))[0]
    assert first.source.startswith("# Setup: run this cell first.")
    assert 'find_spec("dt_helpers") is None' in first.source
    assert f'COURSE = "{SETTING.version}"' in first.source
    assert f'SOURCE = "{SETTING.requirement}"' in first.source
    assert "nbgrader" not in first.metadata


@pytest.mark.parametrize("stem", STEMS)
def test_no_placeholder_is_left(stem):
    assert not re.search(r"\{\{[a-z]+\}\}", TREE.student(stem).read_text(encoding="utf-8"))


@pytest.mark.parametrize("stem", STEMS)
def test_links_lead_to_notebooks_that_exist(stem):
    text = "\n".join(cell.source for cell in read(TREE.student(stem)).cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)#:]+\.ipynb)", text):
        assert (TREE.notebooks / target).is_file(), target


@pytest.mark.parametrize("stem", STEMS)
def test_the_students_notebook_has_no_output_and_no_solution(stem):
    text = TREE.student(stem).read_text()
    assert "BEGIN SOLUTION" not in text
    for cell in code_cells(read(TREE.student(stem))):
        assert not cell.outputs
        assert cell.execution_count is None
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert "# YOUR CODE HERE\n" in cell.source
            assert "raise NotImplementedError()" in cell.source


def test_the_exercises_are_those_of_the_contract():
    found = {}
    for stem in STEMS:
        for cell in code_cells(read(TREE.student(stem))):
            if cell.metadata.get("nbgrader", {}).get("solution") and scripts.grade_id(cell) != "forward":
                function = function_in(cell.source)
                assert function.name == scripts.grade_id(cell)
                assert ast.get_docstring(function)
                found[function.name] = (stem, [argument.arg for argument in function.args.args])
    assert found == {name: (stem, arguments) for name, (stem, arguments, _) in EXERCISES.items()}


def test_every_exercise_has_its_check_and_points():
    checks = {}
    for stem in STEMS:
        for cell in code_cells(read(TREE.student(stem))):
            if scripts.is_graded(cell):
                assert cell.metadata.nbgrader.points > 0
                assert cell.metadata.editable is False
                checks[scripts.grade_id(cell)] = cell.source.strip()
    expected = {f"check_{name}": f"check.{called}({name})" for name, (_, _, called) in EXERCISES.items()}
    assert checks == expected | {"check_forward": "check.forward(DecisionTransformerModel)"}


BUILDS_ON = {"run_episode": ("context_window", "next_target_return")}  # what was written before, and is used


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_is_checked_by_itself(name):
    """With nothing but the notebook's imports and what it builds on, the solution passes and the stub is called one."""
    stem, _, _ = EXERCISES[name]
    solution = {cell.id: cell.source for cell in read(TREE.solution(stem)).cells}
    student = {cell.id: cell.source for cell in read(TREE.student(stem)).cells}
    namespace = with_imports_of(read(TREE.student(stem)))
    for needed in (*BUILDS_ON.get(name, ()), name):
        exec(solution[needed], namespace)
    assert eval(solution[f"check_{name}"], namespace).passed
    exec(student[name], namespace)
    with pytest.raises(check.CheckFailed) as failure:
        eval(student[f"check_{name}"], namespace)
    assert failure.value.mistake == "unfilled"
