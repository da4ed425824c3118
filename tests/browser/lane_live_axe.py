"""The pages that run models, looked at by axe for what bars readers with a screen reader or weak eyes.

No finding is serious, light, dark and on a phone. Part of ``make test-live``.
"""

import pytest

from tests.browser.lane_live import DIST, READY, reach, served, window  # noqa: F401
from tests.browser.lane_live_board import OVER
from tests.browser.lane_live_board import READY as BOARD_READY
from tests.browser.server import REPOSITORY

AXE = REPOSITORY / "web" / "live" / "node_modules" / "axe-core" / "axe.min.js"
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "has_touch": True},
}
looks = pytest.mark.parametrize("look", LOOKS)


@pytest.fixture(scope="module")
def site():
    with served(DIST) as url:
        yield url


def findings(page):
    """What axe calls serious or critical."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [
        f"{found['id']} ({len(found['nodes'])}), such as {found['nodes'][0]['html'][:200]}"
        for found in page.evaluate(RUN)
        if found["impact"] in ("serious", "critical")
    ]


def test_axe_finds_what_is_wrong(site, window):  # noqa: F811
    page = window(site)
    page.wait_for_function(READY)
    page.evaluate("() => document.querySelector('label[for=target]').removeAttribute('for')")
    page.evaluate("() => { document.getElementById('words').style = 'color: #ccc'; words.textContent = 'pale'; }")
    assert {"color-contrast", "label"} <= {found.split()[0] for found in findings(page)}


@looks
def test_the_robots_page(site, window, look):  # noqa: F811
    page = window(site, **LOOKS[look])
    page.wait_for_function(READY)
    reach(page, 10)
    page.click("#run")
    assert findings(page) == []


@looks
@pytest.mark.parametrize("path", ["", "stitching/"])
def test_a_problem(site, window, look, path):  # noqa: F811
    def cut(page):
        page.route("**/ort.wasm.gz", lambda route: route.abort())

    page = window(site + path, cut, **LOOKS[look])
    page.wait_for_selector("#problem:not([hidden])")
    assert findings(page) == []


@looks
def test_the_board(site, window, look):  # noqa: F811
    page = window(f"{site}stitching/", reduced_motion="reduce", **LOOKS[look])
    page.wait_for_function(BOARD_READY)
    assert findings(page) == []
    page.check("#counts")
    page.check("#one")
    page.click("#run")
    page.wait_for_function(OVER)
    page.wait_for_selector("#seams button")
    page.wait_for_function("() => document.getElementById('walk-text').textContent")
    assert findings(page) == []
