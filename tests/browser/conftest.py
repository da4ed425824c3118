"""Fixtures of the walks in a browser: a JupyterLab, a Chromium, and a folder for what they saw.

Playwright is imported when it is needed, so that the other tests do without it.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.browser.server import REPOSITORY, jupyterlab

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One JupyterLab and one workspace for the whole walk; $DT_PRESET is handed on, `ci` if there is none."""
    with jupyterlab(tmp_path_factory.mktemp("student"), os.environ.get("DT_PRESET", "ci")) as running:
        yield running


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, which plays H.264 as Playwright's own doesn't; that one where there is no other."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    folder = Path(os.environ.get("DT_SCREENSHOTS") or REPOSITORY / "output" / "browser")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def page(browser, server, screenshots, request):
    """JupyterLab in a fresh browser window; `page.complaints` has what its scripts and the console complained of."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.complaints = []

    def note(message):
        if message.type == "error" and message.location["url"].startswith(server.url):  # not Colab's badge
            page.complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{server.url}/lab?reset")
    page.locator(".jp-DirListing-item").first.wait_for(timeout=60_000)
    yield page
    page.screenshot(path=screenshots / f"last_{request.node.name}.png")
    context.close()
