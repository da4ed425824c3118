"""The pages `live` and the stitching board in Debian's Firefox: part of ``make test-live``, where there is a Firefox.

What a page asks of another host, and an error in the console, makes a test fail.
"""

import time

import pytest

from tests.browser import bidi
from tests.browser.lane_live import DIST, EXPERT, MIXED, READY, a_thousand_steps, broken, reach, served, slow_and_fast
from tests.browser.lane_live_board import OVER, path
from tests.browser.lane_live_board import READY as BOARD_READY
from tests.browser.lane_live_readers import shown, what_was_chosen_counts

if bidi.PROGRAM is None:
    pytest.skip("NOT RUN: there is no Firefox here (on Debian: firefox-esr)", allow_module_level=True)


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    firefox = bidi.Firefox(tmp_path_factory.mktemp("firefox"))
    yield firefox
    firefox.close()


@pytest.fixture(scope="module")
def site():
    assert (DIST / "stitching").is_dir(), "build the pages first: make live"
    with served(DIST) as url:
        yield url


@pytest.fixture
def window(firefox):
    """Opens a page in a tab of its own, and looks at what it asks for and complains of."""
    pages, homes = [], ["data:", "blob:", "about:"]
    firefox.events.clear()

    def open_page(url, behind=False):
        homes.append("/".join(url.split("/")[:3]) + "/")
        pages.append(firefox.new_page(behind))
        pages[-1].goto(url)
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()
    asked = [event["params"]["request"]["url"] for event in firefox.events if event["method"].startswith("network.")]
    assert any(url.startswith(homes[-1]) for url in asked)
    assert [url for url in asked if not url.startswith(tuple(homes))] == [], "another host was asked for something"
    entries = [event["params"] for event in firefox.events if event["method"].startswith("log.")]
    assert [entry["text"] for entry in entries if entry["level"] == "error"] == []


def test_it_runs_and_obeys_the_keys(site, firefox, window, screenshots, record_property):
    page = window(site)
    page.wait_for_function(READY)
    reach(page, 60)
    found = page.evaluate("() => ({ rate: live.rate, milliseconds: live.milliseconds, seconds: live.seconds })")
    said = f"Firefox {firefox.version}: {found['rate']:.0f} frames a second, {found['milliseconds']:.1f} ms a step"
    print(said)
    record_property("table", said)
    page.screenshot(screenshots / "live_firefox.png")
    page.press(" ")
    page.wait_for_function("() => document.getElementById('run').textContent === 'Run'")
    paused = page.evaluate("() => live.latest.timestep")
    page.press(".")
    reach(page, paused + 1)
    page.press("b")
    page.wait_for_function("() => document.getElementById('words').textContent === 'Pushed back.'")
    asked = float(page.input_value("#target"))
    page.press("ArrowUp")
    page.wait_for_function(f"() => Number(document.getElementById('target').value) > {asked}")
    page.evaluate("() => document.getElementById('target').focus()")
    page.press("Home")
    page.wait_for_function("() => document.getElementById('target-shown').textContent === '0'")
    page.evaluate("() => document.activeElement.blur()")
    page.press("r")
    page.wait_for_function("() => live.latest === null")
    page.click("#run")
    reach(page, 20)


def test_the_slider_makes_it_fast_and_slow(site, window, record_property):
    slow, fast, said = slow_and_fast(window(f"{site}?model={MIXED}"))
    print(f"Firefox: {said}")
    record_property("table", f"Firefox: {said}")
    assert slow <= 0.65 * fast


def test_the_expert_earns_what_it_earns_in_python(site, window, record_property):
    page = window(f"{site}?model={EXPERT}")
    earned, expected, said = a_thousand_steps(page)
    print(f"Firefox: {said}")
    record_property("table", f"Firefox: {said}")
    assert abs(earned - expected) < 0.05 * expected
    assert "1,000 steps are over" in page.inner_text("#words")


def test_a_tab_that_is_hidden_for_a_minute_pauses_and_goes_on(site, firefox, window):
    page = window(site)
    page.wait_for_function(READY)
    reach(page, 20)
    other = firefox.new_page()
    page.wait_for_function("() => document.hidden")
    paused = shown(page)
    time.sleep(60)
    assert shown(page) == paused
    other.close()
    page.bring_to_front()
    reach(page, paused + 5)
    assert shown(page) < paused + 100, "the minute isn't made up for"


def test_a_tab_that_is_opened_behind_another_waits(site, window):
    page = window(site, behind=True)
    page.wait_for_function(READY)
    assert page.evaluate("() => document.hidden") and shown(page) == 0
    page.bring_to_front()
    reach(page, 10)


def test_what_was_chosen_counts_after_a_reload_and_on_the_way_back(site, window):
    what_was_chosen_counts(window(f"{site}?model={EXPERT}"), site)


def test_the_board_shows_a_path(site, window, screenshots):
    page = window(f"{site}stitching/")
    page.wait_for_function(BOARD_READY)
    page.click("#run")
    page.wait_for_function(OVER)
    page.screenshot(screenshots / "board_firefox.png")
    assert path(page, 1).count("→") == path(page, 2).count("→") == 8
    page.click("input[value=goal]")
    page.click(".node:nth-child(10) circle")
    page.wait_for_function("() => board.walks[0].goal === 9")


def test_a_broken_model_is_named(tmp_path, window):
    with served(broken(tmp_path, "model.onnx", b"no model at all")) as url:
        page = window(url)
        page.wait_for_function("() => !document.getElementById('problem').hidden")
        assert "model.onnx, is damaged" in page.inner_text("#problem")


def test_where_webassembly_is_blocked_it_says_so(firefox):
    with served(DIST, [("Content-Security-Policy", "script-src 'self'")]) as url:
        page = firefox.new_page()
        page.goto(url)
        page.wait_for_function("() => !document.getElementById('problem').hidden")
        assert "WebAssembly is blocked here" in page.inner_text("#problem")
        page.close()
