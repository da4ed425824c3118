"""The release, on a small course of two notebooks."""

import io
import json
import os
import re
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from traitlets.config import Config

from dt_helpers.authoring import build, parts, scripts
from dt_helpers.authoring.execution import CellFailed
from tests.course_tree import REPOSITORY, add_script, edit, make_tree

SOLUTION = '# %% nbgrader={"grade": false, "grade_id": "f", "locked": false, "schema_version": 3, "solution": true}\n'


@pytest.fixture
def tree(tmp_path):
    return make_tree(tmp_path / "course")


@pytest.fixture
def released(tmp_path):
    return make_tree(tmp_path / "course", released=True)


def quiet():
    return Console(file=io.StringIO())


def student_notebook(tree, stem="01_returns"):
    return nbformat.read(tree.student(stem), as_version=4)


def generated(tree):
    return {path.relative_to(tree.root): path.read_bytes() for path in sorted(tree.root.rglob("*.ipynb"))}


# What a release makes


def test_the_same_bytes_in_two_folders_and_twice(tmp_path):
    here = make_tree(tmp_path / "here", released=True)
    there = make_tree(tmp_path / "another" / "and a deeper one", released=True)
    assert len(generated(here)) == 4
    assert generated(here) == generated(there)
    assert build.plan(here).up_to_date


def test_the_students_notebook_has_stubs_and_checks_but_no_solution_and_no_output(released):
    notebook = student_notebook(released)
    cells = {cell.id: cell for cell in notebook.cells}
    stub = cells["returns_to_go"].source
    assert stub.startswith("def returns_to_go(rewards, gamma=1.0):")
    assert '"""What is still to come, at each step."""' in stub
    assert "raise NotImplementedError()" in stub
    assert "reversed" not in released.student("01_returns").read_text()
    assert cells["check_returns_to_go"].metadata.nbgrader.points == 2
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_nothing_but_notebooks_is_released_and_nothing_is_left_behind(released):
    shipped = [path.name for path in released.notebooks.rglob("*")]
    assert sorted(shipped) == ["01_returns.ipynb", "02_window.ipynb"]
    assert sorted(path.name for path in released.root.iterdir()) == ["nbgrader_config.py", "notebooks", "solutions"]


def test_solution_and_students_notebook_have_the_same_cell_ids(released):
    solution = nbformat.read(released.solution("01_returns"), as_version=4)
    assert [cell.id for cell in solution.cells] == [cell.id for cell in student_notebook(released).cells]


def test_metadata_is_the_courses_own(released):
    for stem in ("01_returns", "02_window"):
        notebook = nbformat.read(released.solution(stem), as_version=4)
        assert notebook.metadata == scripts.METADATA
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)


# Cell ids


sources = st.lists(st.sampled_from(["a = 1", "b = 2", "print(a)", "print(b)", "import os"]), min_size=1, max_size=8)


@given(sources, st.integers(0, 8))
def test_a_new_cell_changes_no_other_cells_id(tmp_path_factory, cells, place):
    folder = tmp_path_factory.mktemp("ids")

    def ids(cells):
        path = folder / "01_any.py"
        path.write_text("\n\n".join(f"# %%\n{cell}" for cell in cells) + "\n")
        return [cell.id for cell in scripts.read(path).cells]

    before = ids(cells)
    place = min(place, len(cells))
    after = ids([*cells[:place], "a_cell_that_is_nowhere_else()", *cells[place:]])
    assert len(set(after)) == len(after)
    assert after[:place] + after[place + 1 :] == before


def test_an_exercises_cell_has_its_grade_id(tree):
    ids = [cell.id for cell in scripts.read(tree.solutions / "01_returns.py").cells]
    assert "returns_to_go" in ids
    assert "check_returns_to_go" in ids


# Pages outside the course


def add_page(tree, name, *cells):
    folder = tree.root / "docs" / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text("\n\n".join(f"# %%\n{cell}" for cell in cells) + "\n")
    return folder / f"{name}.ipynb"


def test_a_page_is_executed_on_request_and_is_no_part_of_the_course(released):
    page = add_page(released, "own_data", "print('read', 6 * 7)")
    release = build.plan(released)
    assert release.drifted == [page]
    assert release.unexecuted["own_data"] == 1
    executed = build.run(released, ["own_data"], console=quiet())
    assert list(executed) == ["own_data"]
    build.write(build.plan(released, executed))
    after = build.plan(released)
    assert after.up_to_date
    assert "own_data" not in after.unexecuted
    assert nbformat.read(page, as_version=4).cells[0].outputs[0].text == "read 42\n"
    assert not released.solution("own_data").exists()
    assert not released.student("own_data").exists()
    assert "own_data" not in [part.name for part in parts.read(released)[1]], "nor is it run by `dt-course course`"
    assert not released.seconds_file.exists()


def test_a_page_that_is_edited_keeps_the_outputs_of_what_stayed(released):
    page = add_page(released, "own_data", "print(1)", "print(2)")
    build.write(build.plan(released, build.run(released, ["own_data"], console=quiet())))
    edit(page.with_suffix(".py"), "print(2)", "print(3)")
    release = build.plan(released)
    assert release.drifted == [page]
    assert release.unexecuted["own_data"] == 1


# Outputs


def test_execution_fills_in_outputs_that_are_the_same_each_time_and_name_no_path_of_this_checkout(released):
    def execute():
        release = build.plan(released, build.run(released, [], console=quiet(), preset="ci"))
        build.write(release)
        return release, generated(released)

    release, first = execute()
    assert release.unexecuted == {}
    text = released.solution("01_returns").read_text()
    assert "results go to ~/dt_workspace" in text
    assert str(released.root) not in text
    assert sys.version.split()[0] not in text
    assert build.plan(released).up_to_date
    assert execute()[1] == first


def test_outputs_stay_with_the_cells_that_did_not_change(released):
    build.write(build.plan(released, build.run(released, ["01_returns"], console=quiet())))
    edit(released.solutions / "01_returns.py", 'HTML(\'<b id="bold">bold', 'HTML(\'<b id="bold">fat')
    release = build.plan(released)
    build.write(release)
    cells = nbformat.read(released.solution("01_returns"), as_version=4).cells
    outputs = {cell.source.splitlines()[0]: cell.outputs for cell in cells if cell.cell_type == "code"}
    assert "results go to" in outputs["from dt_helpers.workspace import workspace"][0].text
    assert outputs["from IPython.display import HTML"] == []
    assert release.unexecuted == {"01_returns": 1, "02_window": 3}
    assert "changed: 01_returns (1 cells), 02_window (3 cells). Run `dt" in release.report(released, written=True)


def test_outputs_of_equal_cells_keep_their_order_and_editors_ids_do_not_matter(released):
    path = released.solution("01_returns")
    notebook = nbformat.read(path, as_version=4)
    twins = [cell for cell in notebook.cells if cell.source == 'print("done")']
    for count, cell in enumerate(twins, 1):
        cell.execution_count = count
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"done {count}\n")]
        cell.id = f"somethingelse{count}"
    nbformat.write(notebook, path)
    build.write(build.plan(released))
    twins = [cell for cell in nbformat.read(path, as_version=4).cells if cell.source == 'print("done")']
    assert [cell.outputs[0].text for cell in twins] == ["done 1\n", "done 2\n"]


def test_editors_metadata_are_dropped(tree):
    edit(
        tree.solutions / "02_window.py",
        '"task": false}\nassert',
        '"task": false} slideshow={"x": 1} tags=["hard"]\nassert',
    )
    cell = next(c for c in scripts.read(tree.solutions / "02_window.py").cells if c.id == "check_context_window")
    assert set(cell.metadata) == {"nbgrader", "tags"}


def test_a_live_widget_is_not_kept(tree):
    add_script(tree, "03_widget", "import ipywidgets\nprint('before')\nipywidgets.IntProgress(value=3)")
    executed = build.run(tree, ["03_widget"], console=quiet())
    outputs = executed["03_widget"].cells[0].outputs
    assert [output.output_type for output in outputs] == ["stream"]
    assert "widgets" not in executed["03_widget"].metadata


def test_this_machines_paths_are_a_readers_in_outputs(tree, tmp_path, monkeypatch):
    monkeypatch.setenv("DT_CACHE", str(tmp_path / "cache"))
    code = "from dt_helpers.workspace import cache_dir, workspace\nprint(cache_dir())\nworkspace() / 'model'"
    add_script(tree, "03_paths", code)
    outputs = build.run(tree, ["03_paths"], console=quiet())["03_paths"].cells[0].outputs
    assert outputs[0].text == "~/.cache/dt_helpers\n"
    assert outputs[1].data["text/plain"] == "PosixPath('~/dt_workspace/model')"


def test_only_the_chosen_notebooks_are_executed(tree):
    assert list(build.run(tree, ["02_window"], console=quiet())) == ["02_window"]
    with pytest.raises(ValueError, match=r"There is no notebook 03_nothing. The notebooks are: 01_returns, 02_window"):
        build.run(tree, ["03_nothing"], console=quiet())


def test_a_cell_that_fails_is_named_with_its_source(tree):
    add_script(tree, "03_broken", "x = 1", "y = x / 0  # a line to recognise")
    with pytest.raises(CellFailed) as failure:
        build.run(tree, ["03_broken"], console=quiet())
    message = str(failure.value)
    assert message.startswith("03_broken, cell 2, failed:")
    assert "    y = x / 0  # a line to recognise" in message
    assert message.endswith("ZeroDivisionError: division by zero")


# What differs


@pytest.mark.parametrize("stem", ["01_returns", "02_window"])
@pytest.mark.parametrize("kind", ["solution", "student"])
def test_an_edit_or_a_loss_of_a_generated_file_is_drift(released, kind, stem):
    path = getattr(released, kind)(stem)
    edit(path, "# ", "#  ")
    assert build.plan(released).drifted == [path]
    path.unlink()
    assert build.plan(released).drifted == [path]


def test_another_order_or_id_of_cells_in_a_solution_is_drift(released):
    path = released.solution("02_window")
    content = json.loads(path.read_text())
    content["cells"][0]["id"] = "another-id"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    assert build.plan(released).drifted == [path]


def test_an_edited_script_is_drift_until_the_next_release(released):
    edit(released.solutions / "02_window.py", "# # Windows", "# # Windows, and what they show")
    release = build.plan(released)
    assert release.drifted == [released.solution("02_window"), released.student("02_window")]
    assert "notebooks/decision_transformer/02_window.ipynb: not up to date" in release.report(released, written=False)
    build.write(release)
    after = build.plan(released)
    assert after.up_to_date
    assert after.report(released, written=False).startswith("Not executed since they changed: 01_returns")
    assert replace(after, unexecuted={}).report(released, written=False) == "All 4 notebooks are up to date."


def test_a_students_notebook_without_a_script_is_removed(released):
    (released.solutions / "02_window.py").unlink()
    released.solution("02_window").unlink()
    release = build.plan(released)
    assert release.orphans == [released.student("02_window")]
    assert not release.up_to_date
    build.write(release)
    assert not released.student("02_window").exists()


def test_a_solution_notebook_without_a_script_is_kept_and_named(released):
    (released.solutions / "02_window.py").unlink()
    release = build.plan(released)
    assert not release.up_to_date
    with pytest.raises(FileExistsError, match=r"02_window.ipynb"):
        build.write(release)
    assert released.solution("02_window").exists()
    assert released.student("02_window").exists()


def test_other_files_in_the_students_folder_are_named(released):
    (released.notebooks / "answers.csv").touch()
    release = build.plan(released)
    assert release.strangers == [released.notebooks / "answers.csv"]
    assert "answers.csv: does not belong" in release.report(released, written=False)
    with pytest.raises(FileExistsError, match=r"answers.csv"):
        build.write(release)


# Scripts and notebooks that cannot be released


def test_a_solution_cell_without_markers_is_refused(tree):
    (tree.solutions / "03_bare.py").write_text(SOLUTION + "def f():\n    return 1\n")
    with pytest.raises(ValueError, match=r"03_bare.py: the solution cell 'f' has no ### BEGIN SOLUTION"):
        build.plan(tree)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"grade_id": "check_returns_to_go"', '"grade_id": "returns_to_go"', "'returns_to_go' is used twice"),
        ('"grade_id": "check_returns_to_go"', '"grade_id": "a check"', "'a check' cannot be a cell id"),
        ('"points": 2, ', "", "points"),
        ("### BEGIN SOLUTION", "### BEGIN SOLUTION\n    ### BEGIN SOLUTION", "nested begin solution"),
    ],
)
def test_mistakes_in_a_script_are_named(tree, old, new, message):
    edit(tree.solutions / "01_returns.py", old, new)
    with pytest.raises(ValueError, match=message):
        build.plan(tree)


def test_a_check_that_prints_to_stderr_is_refused(tree):
    edit(
        tree.solutions / "02_window.py",
        "assert context",
        "import sys; print('beware', file=sys.stderr); assert context",
    )
    with pytest.raises(ValueError, match=r"'check_context_window' prints to stderr, .* 0 points .*: beware"):
        build.plan(tree, build.run(tree, ["02_window"], console=quiet()))


def test_a_damaged_solution_notebook_is_named(released):
    released.solution("01_returns").write_text("{ no notebook")
    with pytest.raises(ValueError, match=r"01_returns.ipynb is not a notebook"):
        build.plan(released)


def test_a_course_without_scripts_is_named(tree):
    for script in tree.scripts():
        script.unlink()
    with pytest.raises(FileNotFoundError, match=r"no percent scripts such as 01_setup.py"):
        build.plan(tree)


# The configuration, as nbgrader itself reads it


def test_nbgraders_own_command_makes_the_same_notebooks(released):
    """Also from the whole source folder, percent scripts and other files beside the notebooks."""
    ours = {path.name: path.read_bytes() for path in released.notebooks.iterdir()}
    (released.solutions / "secret.csv").touch()
    (released.solutions / ".hidden").touch()
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "decision_transformer", "--create", "--force"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(command, cwd=released.root, env={**os.environ, "PATH": path}, check=True, capture_output=True)
    assert {path.name: path.read_bytes() for path in released.notebooks.iterdir()} == ours


@pytest.mark.parametrize(
    ("name", "student", "notebook"),
    [
        ("ada_02_dataset.ipynb", "ada", "02_dataset"),
        ("ada-lovelace_02_dataset.ipynb", "ada-lovelace", "02_dataset"),
        ("/somewhere/else_1/ada_02_dataset.ipynb", "ada", "02_dataset"),
        ("ada_123_assignsubmission_file_04_model.ipynb", "ada", "04_model"),
        ("Ada Lovelace_123456_assignsubmission_file_04_model.ipynb", "Ada Lovelace", "04_model"),
        ("ada_attempt_2026-11-23-10-00-00_06_replay.ipynb", "ada", "06_replay"),
        ("lovelaceada_LATE_12345_678_03_collator-1.ipynb", "lovelaceada", "03_collator"),
        ("ada_03_collator (1).ipynb", "ada", "03_collator"),
    ],
)
def test_submissions_are_recognised_as_learning_platforms_name_them(name, student, notebook):
    config = Config()
    runpy.run_path(str(REPOSITORY / "nbgrader_config.py"), init_globals={"get_config": lambda: config})
    match = re.match(config.FileNameCollectorPlugin.named_regexp, name)
    assert match is not None
    assert (match["student_id"], match["file_id"]) == (student, notebook)
