"""nbgrader's own Validate button in JupyterLab, on a wrong and on a right answer: part of ``make test-browser``."""

from tests.browser import answers
from tests.browser.lab import open_notebook
from tests.browser.lane_notebooks import FOLDER, MINUTE


def validate(notebook) -> str:
    """Presses the button in the notebook's toolbar, and returns what the dialog says."""
    page = notebook.page
    notebook.save()
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").get_by_text("Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog, .nbgrader-ErrorDialog").last
    dialog.wait_for(timeout=5 * MINUTE)
    said = dialog.inner_text()
    notebook.look(f"validate_{'passes' if 'passes all the tests' in said else 'fails'}")
    dialog.locator("button").last.click()
    return said


def test_validate_fails_the_wrong_answer_and_passes_the_right_one(page, screenshots):
    notebook = open_notebook(page, f"{FOLDER}/02_dataset.ipynb", screenshots)
    function = notebook.find("returns_to_go")
    notebook.write_body(function, answers.WRONG["returns_to_go"].body)
    said = validate(notebook)
    assert "failed" in said.lower()
    assert "check.returns_to_go" in said

    notebook.write_body(function, answers.right()["returns_to_go"])
    assert "passes all the tests" in validate(notebook)
    notebook.shut_down()
