"""Where a browser looks for the page that `live.show` puts below a cell: part of ``make test-live``.

The places are imitated; in lane_live_notebook.py there is a real JupyterLab.
"""

import re

import pytest

from dt_helpers.rollout.live import SHOWN, Live
from dt_helpers.rollout.local_server import Served
from dt_helpers.video import Video

HUB = "https://hub.example/"
PORT, KEY = 9, "key"  # nothing answers at this port
LAB = '<script id="jupyter-config-data" type="application/json">{"baseUrl": "/user/ada/"}</script>'
COLAB = """<script>window.google = {colab: {kernel: {accessAllowed: %s,
proxyPort: async (port) => `https://${port}-colab.example`}}}</script>"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@pytest.mark.parametrize(
    ("head", "proxied", "found"),
    [
        (LAB, True, f"{HUB}user/ada/proxy/{PORT}/{KEY}/"),
        (LAB, False, None),
        (COLAB % "true", False, f"https://{PORT}-colab.example/{KEY}/"),
        (COLAB % "false", False, None),
        ("", True, None),
    ],
    ids=["hub with a proxy", "hub without", "Colab", "Colab, the notebook only read", "neither"],
)
def test_the_page_is_shown_where_it_is_reached_and_else_the_film(browser, tmp_path, head, proxied, found):
    (tmp_path / "film.mp4").write_bytes(b"film")
    shown = Live(["mine"], Video(tmp_path / "film.mp4"), 9000.0, Served(PORT, KEY), SHOWN)
    asked = []

    def answer(route):
        asked.append(route.request.url)
        if route.request.url == HUB:
            route.fulfill(content_type="text/html", body=f"{head}<body>{shown._repr_html_()}</body>")
        elif route.request.url.endswith("alive.svg"):
            route.fulfill(status=200 if proxied else 404, content_type="image/svg+xml", body=SVG if proxied else "")
        else:
            route.fulfill(content_type="text/html", body="the page")

    page = browser.new_page()
    page.route(re.compile("^https:"), answer)
    page.goto(HUB)
    if found:
        page.locator("iframe").wait_for(state="visible")
        assert page.locator("iframe").get_attribute("src") == page.locator("a").get_attribute("href") == found
    else:
        page.wait_for_timeout(1_000)
        assert page.locator("iframe").is_hidden() and not page.locator("iframe").get_attribute("src")
    assert page.locator("video").is_visible() == (not found)
    assert not [url for url in asked if "127.0.0.1" in url], "the reader's own machine isn't asked"
    page.close()
