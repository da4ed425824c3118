"""A student's path through notebooks 01 to 07, in a real JupyterLab in a real browser.

`make test-browser` runs it. It needs the course's extras `lab`, `test` and `browser`, and Debian's `chromium`;
JupyterLab may live in another environment: DT_JUPYTER=.../bin/jupyter. DT_PRESET chooses the training (`ci`),
DT_SCREENSHOTS the folder for pictures (output/browser). With DT_LIVE=film notebook 6 ends with a film, even where the
page `live` is built. The file's name keeps it out of `make test`.
"""

import shutil

import pytest

from tests.browser import answers, video
from tests.browser.lab import Notebook, open_notebook
from tests.browser.server import REPOSITORY
from tests.notebooks.test_notebooks import EXERCISES as CONTRACT

FOLDER = "notebooks/decision_transformer"
SOLUTIONS = "solutions/decision_transformer"
NAMES = sorted(path.stem for path in (REPOSITORY / FOLDER).glob("0[1-7]_*.ipynb"))
EXERCISES = {stem: [name for name, (place, *_) in CONTRACT.items() if place == stem] for stem in NAMES}
NEXT = dict(zip(EXERCISES, list(EXERCISES)[1:], strict=False))
VIDEOS = {"01_setup": 2, "06_replay": 3}
OTHERS = sorted({path.stem for path in (REPOSITORY / FOLDER).glob("*.ipynb")} - set(EXERCISES))
MINUTE = 60_000  # ms


@pytest.mark.parametrize("name", EXERCISES)
def test_a_students_path(name, page, screenshots):
    notebook = open_notebook(page, f"{FOLDER}/{name}.ipynb", screenshots)
    notebook.look("opened")
    page.keyboard.press("Control+b")  # more room: without the file browser
    run_setup(notebook)

    for exercise in EXERCISES[name]:
        solve(notebook, exercise)
    if name == "04_model":
        assemble(notebook)
    assert notebook.stderr() == {}

    notebook.run_all(timeout=30 * MINUTE)
    notebook.look_at_all("whole")
    assert notebook.errors() == {}
    assert notebook.stderr() == {}
    assert "Error displaying widget" not in page.locator("body").inner_text()
    videos_play(notebook, VIDEOS.get(name, 0))
    notebook.theme("JupyterLab Dark")
    notebook.look_at_all("whole_dark")
    notebook.theme("JupyterLab Light")  # the server remembers it

    assert page.complaints == []

    if name in VIDEOS:
        notebook = reopen(notebook)
        videos_play(notebook, VIDEOS[name], "reopened")
    if name in NEXT:
        following = notebook.follow_last_link()
        assert following.name == NEXT[name]
        following.shut_down()
    notebook.shut_down()


@pytest.mark.parametrize("name", OTHERS)
def test_the_other_notebooks_open_and_their_setup_runs(name, page, screenshots):
    notebook = open_notebook(page, f"{FOLDER}/{name}.ipynb", screenshots)
    run_setup(notebook)
    notebook.look("setup")
    assert notebook.stderr() == {} and page.complaints == []
    notebook.shut_down()


def test_the_solution_of_06_runs_and_its_video_plays(page, server, screenshots):
    file = server.root / SOLUTIONS / "06_replay.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(REPOSITORY / SOLUTIONS / file.name, file)
    page.locator(".jp-DirListing-itemText", has_text="solutions").wait_for()
    notebook = open_notebook(page, f"{SOLUTIONS}/{file.name}", screenshots)
    notebook.run_all(timeout=30 * MINUTE)
    assert notebook.errors() == {} and notebook.stderr() == {}
    videos_play(notebook, VIDEOS["06_replay"], "solution_video")
    notebook.shut_down()


def run_setup(notebook: Notebook) -> None:
    notebook.run(next(cell.index for cell in notebook.cells() if cell.kind == "code"))
    assert notebook.errors() == {}


def reopen(notebook: Notebook) -> Notebook:
    """The saved notebook in a fresh page."""
    notebook.save()
    notebook.page.goto(f"{notebook.page.url.partition('/lab')[0]}/lab/tree/{notebook.path}?reset")
    return Notebook(notebook.page, notebook.screenshots)


def videos_play(notebook: Notebook, count: int, moment: str = "video") -> None:
    videos = notebook.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) video")
    assert videos.count() == count
    for i in range(count):
        state = video.watch(videos.nth(i))
        print(notebook.name, state)
        assert state["readyState"] == 4 and state["duration"] > 1
        video.seek(videos.nth(i), 0.75)
        videos.nth(i).hover()  # for its controls
        notebook.look(f"{moment}_{i + 1}")


def solve(notebook: Notebook, exercise: str) -> None:
    """The check on the stub, on a known mistake, on the right answer."""
    function, check = notebook.find(exercise), notebook.find(f"check_{exercise}")
    notebook.run(function)
    said = notebook.run(check)
    notebook.look(f"{exercise}_unfilled", check)
    assert f"{exercise} is not filled in yet" in said
    assert check in notebook.errors(), "a check that fails has to raise, or nbgrader gives its points"

    wrong = answers.WRONG[exercise]
    notebook.write_body(function, wrong.body)
    notebook.run(function)
    said = notebook.run(check)
    notebook.look(f"{exercise}_wrong", check)
    assert wrong.said in said
    assert check in notebook.errors()

    notebook.write_body(function, answers.right()[exercise])
    notebook.run(function)
    said = notebook.run(check)
    notebook.look(f"{exercise}_right", check)
    assert "gave the right answer" in said
    assert check not in notebook.errors()


def assemble(notebook: Notebook) -> None:
    """The check of the whole model says which of its parts is wrong."""
    predict, check = notebook.find("predict"), notebook.find("check_forward")
    model = notebook.find("forward")
    notebook.run(model)
    said = notebook.run(check)
    notebook.look("forward_unfilled", check)
    assert "is not filled in yet" in said

    notebook.write_body(model, answers.whole_model())
    notebook.write_body(predict, answers.WRONG["predict"].body)
    notebook.run(predict)
    notebook.run(model)
    said = notebook.run(check)
    notebook.look("forward_wrong", check)
    assert "reads the token" in said
    notebook.write_body(predict, answers.right()["predict"])
    notebook.run(predict)
    said = notebook.run(check)
    notebook.look("forward_right", check)
    assert "gave the right answer" in said
