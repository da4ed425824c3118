"""A card of each exercise, seen in JupyterLab: light, dark, and in a narrow window, in docs/images/cards.

    python -m tests.browser.cards

Each cell of one notebook holds a wrong answer of `answers.WRONG` and its check; the last one a whole model.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import nbformat
from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

from dt_helpers.check import exercises
from tests.browser.answers import WRONG, without_norm
from tests.browser.conftest import FLAGS
from tests.browser.lab import Notebook, open_notebook
from tests.browser.server import REPOSITORY, Server, jupyterlab

# run_episode comes first: it calls functions that are wrong further down
SHOWN = ("run_episode", *(name for name in WRONG if name != "run_episode"), "forward")
WIDE, NARROW = {"width": 1000, "height": 900}, {"width": 480, "height": 1100}
SETUP = (
    "import numpy as np\nimport torch\nfrom dt_helpers import check\n"
    "def next_target_return(target_return, reward, scale):\n    return target_return - reward / scale"
)
# What reaches out of the card on its right, unless the card itself scrolls it.
STICKS_OUT = """area => {
    const card = area.querySelector('.jp-RenderedHTMLCommon > div');
    const right = card.getBoundingClientRect().right + 1;
    const scrolled = node => node !== card
        && (getComputedStyle(node).overflowX === 'auto' || scrolled(node.parentElement));
    return [...card.querySelectorAll('*')].filter(
        node => node.getBoundingClientRect().right > right && !scrolled(node)
    ).map(node => node.outerHTML.slice(0, 200));
}"""


def cell(name: str) -> str:
    """A wrong answer to the exercise, and its check."""
    if name == "forward":
        return f"{without_norm()}\n\n\ncheck.forward(DecisionTransformerModel)"
    exercise = next(each for each in map(exercises.exercise, exercises.FUNCTIONS) if each.function == name)
    return f"def {exercise.signature}:\n{WRONG[name].body}\n\n\ncheck.{exercise.name}({name})"


def shown(page: Page, server: Server, folder: Path) -> Notebook:
    """A notebook in JupyterLab with the cells of all exercises, which have been run."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (SETUP, *map(cell, SHOWN))],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, server.root / "cards.ipynb")
    opened = open_notebook(page, "cards.ipynb", folder)
    for place in range(len(SHOWN) + 1):
        opened.run(place)
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    return opened


def area(notebook: Notebook, name: str) -> Locator:
    """The output below the cell of an exercise."""
    return notebook.element(SHOWN.index(name) + 1).locator(".jp-Cell-outputArea")


def pictures(notebook: Notebook, folder: Path, look: str) -> None:
    """The output below each cell, as it is on the page."""
    for name in SHOWN:
        card = area(notebook, name)
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
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport=WIDE)
        page.goto(f"{server.url}/lab?reset")
        notebook = shown(page, server, folder)
        pictures(notebook, folder, "light")
        notebook.theme("JupyterLab Dark")
        pictures(notebook, folder, "dark")
        notebook.theme("JupyterLab Light")
        page.set_viewport_size(NARROW)
        pictures(notebook, folder, "narrow")
        browser.close()


if __name__ == "__main__":
    main()
