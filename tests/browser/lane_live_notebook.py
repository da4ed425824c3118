"""A student's own model runs in the page below a cell of notebook 6, in a real JupyterLab: part of `make test-live`.

The solutions of notebooks 4 and 5 leave the student's own class, trained, in the workspace. The file's name keeps it
out of `make test`.
"""

import base64
import io
import shutil
from itertools import pairwise

import pytest
from PIL import Image

from tests.browser.lab import Notebook, open_notebook
from tests.browser.server import REPOSITORY

SOLUTIONS = "solutions/decision_transformer"
NAMES = ("04_model", "05_training", "06_replay")
MINUTE = 60_000  # ms
STEPS = "() => live.latest?.timestep ?? 0"


@pytest.fixture
def replay(page, server, screenshots) -> Notebook:
    """Notebook 6 with a model of the student's own class, its last cell not yet run."""
    (server.root / SOLUTIONS).mkdir(parents=True)
    for name in NAMES:
        shutil.copy(REPOSITORY / SOLUTIONS / f"{name}.ipynb", server.root / SOLUTIONS)
    page.locator(".jp-DirListing-itemText", has_text="solutions").wait_for()
    *before, last = (f"{SOLUTIONS}/{name}.ipynb" for name in NAMES)
    for path in before:
        notebook = open_notebook(page, path, screenshots)
        notebook.run_all(timeout=10 * MINUTE)
        assert notebook.errors() == {}
        notebook.shut_down()
    notebook = open_notebook(page, last, screenshots)
    page.keyboard.press("Control+b")  # more room: without the file browser
    first = next(cell.index for cell in notebook.cells() if cell.kind == "code")
    assert "the model that you have trained, of your own class" in notebook.run(first)
    mixed = next(cell for cell in notebook.cells() if "mixed_model = training" in cell.source)
    notebook.page.evaluate(
        "([i, source]) => window.jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.setSource(source)",
        [mixed.index, 'mixed_model = training.load_or_provided("model-mixed")'],  # without the sweep: minutes
    )
    notebook.run(mixed.index)
    return notebook


def test_the_students_own_model_runs_below_the_last_cell(replay, screenshots):
    page, last = replay.page, replay.cells()[-1].index
    page.complaints.clear()  # JupyterLab's own, of the kernels that were shut down
    assert "live.show" in replay.cells()[last].source
    replay.run(last)
    shown = replay.element(last)
    shown.locator("iframe").wait_for(state="visible")
    assert shown.locator("video").is_hidden()
    frame = shown.locator("iframe").element_handle().content_frame()
    frame.wait_for_function("() => window.live?.facts", timeout=2 * MINUTE)
    assert frame.evaluate("() => live.facts.name") == "halfcheetah-expert"
    frame.wait_for_function(f"() => ({STEPS})() >= 40", timeout=2 * MINUTE)
    assert frame.is_hidden("#problem")

    page.set_viewport_size({"width": 1280, "height": 1040})
    shown.evaluate("cell => cell.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(1_000)
    page.screenshot(path=screenshots / "live_notebook.png")

    frame.focus("#target")  # keys in the page don't reach the notebook
    asked = float(frame.input_value("#target"))
    page.keyboard.press("ArrowLeft")
    assert float(frame.input_value("#target")) < asked
    frame.select_option("#model", label="halfcheetah-mixed")
    frame.wait_for_function("() => live.facts?.name === 'halfcheetah-mixed'", timeout=2 * MINUTE)
    frame.wait_for_function(f"() => ({STEPS})() >= 40", timeout=2 * MINUTE)
    film(page, shown.locator("iframe"), screenshots / "live_notebook.webp")
    assert replay.errors() == {} and replay.stderr() == {} and page.complaints == []

    replay.save()
    replay.shut_down()
    page.goto(f"{page.url.partition('/lab')[0]}/lab/tree/{replay.path}?reset")
    again = Notebook(page, screenshots)
    shown = again.element(last)
    shown.locator("video").wait_for(state="visible")
    assert shown.locator("iframe").is_hidden(), "the kernel that served the page has ended"
    assert "Run the cell again to open it." in shown.inner_text()
    again.look("live_reopened", last)
    again.shut_down()


def film(page, iframe, path) -> None:
    """What the browser draws for some seconds while the slider goes from the highest target to the lowest, true to
    time."""
    frame, box, drawn = iframe.element_handle().content_frame(), iframe.bounding_box(), []
    session = page.context.new_cdp_session(page)

    def keep(event):
        drawn.append((event["metadata"]["timestamp"], base64.b64decode(event["data"])))
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", keep)
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 2})
    for end in ("max", "min"):
        frame.evaluate(
            "end => { target.value = target[end]; target.dispatchEvent(new Event('input')); restart.click(); }", end
        )
        page.wait_for_timeout(5_000)
    session.remove_listener("Page.screencastFrame", keep)
    session.send("Page.stopScreencast")
    drawn.sort(key=lambda shot: shot[0])  # they may come late
    corners = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
    pictures = [Image.open(io.BytesIO(data)).convert("RGB").crop(corners) for _, data in drawn]
    pictures = [picture.resize((picture.width // 2, picture.height // 2)) for picture in pictures]
    times = [time for time, _ in drawn]
    lasted = [round(1000 * (after - before)) for before, after in pairwise(times)]
    assert len(pictures) > 10
    pictures[0].save(path, save_all=True, append_images=pictures[1:-1], duration=lasted, loop=0, quality=60, method=6)
