"""A card of each exercise, seen in JupyterLab: light, dark, and in a narrow window, in docs/images/cards.

    python -m tests.browser.cards

Each cell of one notebook holds a wrong answer of `answers.WRONG` and its check.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import jupytext
import nbformat
from PIL import Image
from playwright.sync_api import sync_playwright

from dt_helpers.check import exercises
from tests.browser.answers import WRONG
from tests.browser.conftest import FLAGS
from tests.browser.lab import Notebook, open_notebook
from tests.browser.server import REPOSITORY, jupyterlab

SHOWN = (  # run_episode comes first: it calls functions that are wrong further down
    "run_episode",
    *("returns_to_go", "pad_left", "add_time_embeddings", "stack_inputs", "stack_attention_mask", "predict"),
    *("action_loss", "context_window", "next_target_return"),
)
WIDE, NARROW = (1000, 900), (480, 1100)
SETUP = (
    "import numpy as np\nimport torch\nfrom dt_helpers import check\n"
    "def next_target_return(target_return, reward, scale):\n    return target_return - reward / scale"
)


def written() -> nbformat.NotebookNode:
    """The notebook: imports, then a wrong answer and its check in each cell."""
    signatures = {exercises.exercise(name).function: exercises.exercise(name) for name in exercises.FUNCTIONS}
    cells = [nbformat.v4.new_code_cell(SETUP)]
    for name in SHOWN:
        exercise = signatures[name]
        answer = f"def {exercise.signature}:\n{WRONG[name].body}"
        cells += [nbformat.v4.new_code_cell(f"{answer}\n\n\ncheck.{exercise.name}({name})")]
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )


def pictures(notebook: Notebook, folder: Path, look: str) -> None:
    """The output below each cell, as it is on the page."""
    for place, name in enumerate(SHOWN, start=1):
        card = notebook.element(place).locator(".jp-Cell-outputArea")
        card.scroll_into_view_if_needed()
        notebook.page.wait_for_timeout(200)
        path = folder / f"{name}_{look}.png"
        card.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)
        print(f"{path.name}: {Image.open(path).size}, {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "docs" / "images" / "cards")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own, sync_playwright() as playwright, jupyterlab(Path(own) / "lab") as server:
        jupytext.write(written(), server.root / "cards.ipynb")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport=dict(zip(("width", "height"), WIDE, strict=True)))
        page.goto(f"{server.url}/lab?reset")
        notebook = open_notebook(page, "cards.ipynb", folder)
        for place in range(len(SHOWN) + 1):
            notebook.run(place)
        page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
        pictures(notebook, folder, "light")
        notebook.theme("JupyterLab Dark")
        pictures(notebook, folder, "dark")
        notebook.theme("JupyterLab Light")
        page.set_viewport_size(dict(zip(("width", "height"), NARROW, strict=True)))
        pictures(notebook, folder, "narrow")
        browser.close()


if __name__ == "__main__":
    main()
