"""The notebooks that formgrader shows."""

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter

from dt_helpers.grading.gradebook.rebuild import write_autograded
from tests.grading.made_up import RETURNS, WINDOW, result

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def shown(places):
    def write(*arguments, **more):
        write_autograded(places, result(*arguments, **more))
        folder = places.autograded("ada")
        return {path.stem: nbformat.read(path, as_version=4) for path in sorted(folder.iterdir())}

    return write


def test_the_release_with_the_students_text_and_the_verdict(shown, places):
    notebooks = shown("ada", texts={"returns_to_go": "def returns_to_go(rewards):\n    return 1"})
    release = nbformat.read(places.tree.student("01_returns"), as_version=4)
    own = {cell.id: cell for cell in notebooks["01_returns"].cells}
    assert [cell.id for cell in notebooks["01_returns"].cells] == [cell.id for cell in release.cells]
    assert own["returns_to_go"].source == "def returns_to_go(rewards):\n    return 1"
    (output,) = own["check_returns_to_go"].outputs
    assert output.text == "2 of 2 points: passed\nIt is right.\n"
    (output,) = {cell.id: cell for cell in notebooks["02_window"].cells}["check_context_window"].outputs
    assert output.output_type == "error"
    assert output.traceback == [
        "0 of 1 points: failed (first-rows)\nYou return the first rows.\nHint: Count from the end.\n"
    ]
    for stem, notebook in notebooks.items():
        nbformat.validate(notebook)
        assert {c.id: c.metadata for c in notebook.cells} == {
            c.id: c.metadata for c in nbformat.read(places.tree.student(stem), as_version=4).cells
        }


def test_no_script_of_a_students_is_a_script_in_formgrader(shown):
    from dataclasses import replace

    wrong = replace(WINDOW, sentence=SCRIPT, lines=(SCRIPT,), hints=(SCRIPT,), mistake=SCRIPT)
    texts = {"returns_to_go": f"'''</textarea></pre>{SCRIPT}'''", "context_window": SCRIPT}
    notebooks = shown("ada", RETURNS, wrong, texts=texts, notes=(SCRIPT,))
    for notebook in notebooks.values():
        page = BeautifulSoup(HTMLExporter(template_name="classic").from_notebook_node(notebook)[0], "html.parser")
        assert not [tag for tag in page.find_all("script") if "alert(1)" in tag.get_text()]
        assert "alert(1)" in page.get_text(), "it is there to be read"


def test_a_second_grading_leaves_nothing_of_the_first(shown, places):
    shown("ada")
    (places.autograded("ada") / "old.ipynb").touch()
    assert list(shown("ada")) == ["01_returns", "02_window"]


def test_what_was_odd_stands_on_top_and_who_handed_nothing_in_has_no_notebooks(shown, places):
    first = shown("ada", notes=("returns_to_go occurs more than once",))["01_returns"].cells[0]
    assert first.source == "# How the submission was read:\n# - returns_to_go occurs more than once"
    from dt_helpers.grading.results import SubmissionResult

    write_autograded(places, SubmissionResult("bob", "decision_transformer", "missing"))
    assert not places.autograded("bob").exists()
