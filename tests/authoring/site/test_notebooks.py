"""The pages of notebooks: what students get, the outputs of the solutions, and never a solution."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from dt_helpers.authoring.site import gallery, notebooks
from dt_helpers.authoring.site.notebooks import Film, NotebookPage
from dt_helpers.authoring.tree import Tree
from tests.course_tree import REPOSITORY, make_tree

COURSE = Tree(REPOSITORY)
STEMS = [script.stem for script in COURSE.scripts()]


@pytest.fixture
def tree(tmp_path):
    """A small course whose every code cell has printed which it is."""
    tree = make_tree(tmp_path, released=True)
    notebook = nbformat.read(tree.solution("01_returns"), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", name="stdout", text=f"below {cell.id}")]
    nbformat.write(notebook, tree.solution("01_returns"))
    return tree


def test_outputs_stand_below_all_cells_but_the_exercises(tree):
    page = notebooks.read(tree, "01_returns")
    solution = nbformat.read(tree.solution("01_returns"), as_version=4)
    code = [cell for cell in solution.cells if cell.cell_type == "code"]
    exercises = {cell.id for cell in code if cell.metadata.get("nbgrader", {}).get("solution")}
    assert exercises
    assert page.outputs.keys() == {f"cell-{cell.id}" for cell in code} - {f"cell-{name}" for name in exercises}
    html = notebooks.with_outputs(page.text, page.outputs)
    assert all(f"below {cell.id}" in html for cell in code if cell.id not in exercises)
    assert not any(f"below {name}" in html for name in exercises)


def test_a_release_without_solutions_shows_no_outputs(tree):
    tree.project.write_text("[tool.dt-course]\nsolutions = false\n")
    page = notebooks.read(tree, "01_returns")
    assert page.outputs == {} and page.files == {} and page.text


def test_a_cell_that_changed_since_it_ran_shows_nothing(tree):
    notebook = nbformat.read(tree.student("01_returns"), as_version=4)
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    last.source += "\n# more"
    nbformat.write(notebook, tree.student("01_returns"))
    assert f"cell-{last.id}" not in notebooks.read(tree, "01_returns").outputs


def test_the_setup_cell_is_folded_and_code_may_hold_a_fence():
    setup = new_code_cell("import numpy\n\nimport torch", id="setup", metadata={"tags": ["setup"]})
    text = notebooks.page(nbformat.v4.new_notebook(cells=[setup, new_code_cell('print("```")')]), None, "a").text
    assert text.startswith("??? abstract") and "    import numpy\n\n    import torch" in text
    assert "````python" in text


@pytest.mark.parametrize("stem", STEMS)
def test_no_line_of_a_solution_is_on_a_page(stem):
    page = notebooks.read(COURSE, stem)
    html = notebooks.with_outputs(page.text, page.outputs)
    script = (COURSE.solutions / f"{stem}.py").read_text(encoding="utf-8")
    bodies = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", script, re.DOTALL)
    student = COURSE.student(stem).read_text(encoding="utf-8")
    lines = {line.strip() for body in bodies for line in body.splitlines() if len(line.strip()) > 15}
    assert [line for line in lines if line in html and line not in student] == []
    assert page.title.startswith(f"{int(stem[:2])}. ")


def test_the_gallery_has_the_films_of_all_pages_and_is_none_without():
    page = NotebookPage("1. Setup", films=[Film("run-0.mp4", 'The "expert"', "cell-run")])
    text = gallery.text({"notebooks/a/01_setup": page, "notebooks/a/02_other": NotebookPage("2. Other")})
    assert 'src="../notebooks/a/01_setup/run-0.mp4"' in text and "&quot;expert&quot;" in text
    assert "(notebooks/a/01_setup.md#cell-run)" in text and "2. Other" not in text
    assert gallery.text({"notebooks/a/02_other": NotebookPage("2. Other")}) == ""


def test_an_executed_page_shows_its_own_outputs():
    path = REPOSITORY / "docs" / "pages" / "bring_your_own_data.ipynb"
    made = notebooks.of_page(path)
    assert made.title == "Bring your own data"
    assert any("asked for 500: earned" in html for html in made.outputs.values())
    assert 'href="../bring_your_own_data.ipynb" download' in made.text
