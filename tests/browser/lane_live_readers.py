"""What readers do to the page `live`, and what befalls it, in Chromium: part of ``make test-live``.

Damaged files and blocked WebAssembly are in lane_live.py, a tab that is really hidden in lane_live_firefox.py.
"""

import json
import threading
import time

import pytest

from tests.browser.lane_live import DIST, EXPERT, READY, broken, reach, served, set_slider, site, window  # noqa: F401

LIST = "**/models/index.json"
CANVASES = """() => [...document.querySelectorAll("canvas")].map((canvas) => ({
    wide: canvas.width / canvas.clientWidth, high: canvas.height / canvas.clientHeight, seen: canvas.clientWidth > 0,
    overflow: document.documentElement.scrollWidth - innerWidth }))"""
CHOOSE = """folder => { const list = document.getElementById("model"); list.value = folder;
    list.dispatchEvent(new Event("change")); }"""
NO_WEBGL = """const asked = HTMLCanvasElement.prototype.getContext; window.others = [];
HTMLCanvasElement.prototype.getContext = function (kind, ...options) {
    if (kind === "2d") return asked.call(this, kind, ...options);
    window.others.push(kind);
    return null;
};"""
HIDE = """hidden => { Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange")); }"""


def folders():
    return [model["folder"] for model in json.loads((DIST / "models" / "index.json").read_text(encoding="utf-8"))]


def shown(page):
    """The number of the last step, once the page has had the time to show it."""
    time.sleep(0.3)
    return page.evaluate("() => live.latest?.timestep ?? 0")


def chosen(page, folder):
    """Wait until this model runs."""
    name = json.loads((DIST / folder / "model.json").read_text(encoding="utf-8"))["name"]
    page.wait_for_function(f"() => live.facts?.name === '{name}' && live.latest?.timestep > 5")
    assert page.input_value("#model") == folder
    assert page.is_hidden("#problem") and page.is_hidden("#loading") and page.is_enabled("#run")


class Line:
    """A slow line, as `served` takes it, that can be cut."""

    def __init__(self):
        self.lock, self.cut = threading.Lock(), False

    def __enter__(self):
        if self.cut:
            raise ConnectionAbortedError("cut")
        self.lock.acquire()

    def __exit__(self, *error):
        self.lock.release()


def test_the_window_is_resized(site, window):  # noqa: F811
    page = window(site)
    page.wait_for_function(READY)
    for width, height in [(2400, 500), (320, 568), (844, 390), (1280, 300), (390, 844), (1280, 900)]:
        page.set_viewport_size({"width": width, "height": height})
        reach(page, shown(page) + 5)
        for canvas in page.evaluate(CANVASES):
            assert canvas["seen"] and canvas["overflow"] <= 0, (width, height)
            assert canvas["wide"] == pytest.approx(1, abs=0.02) and canvas["high"] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("ratio", [1.25, 2])
def test_it_is_zoomed(site, window, screenshots, ratio):  # noqa: F811
    """A page at 200% has half of its pixels, each twice as dense."""
    page = window(site, viewport={"width": int(1280 / ratio), "height": int(900 / ratio)}, device_scale_factor=ratio)
    page.wait_for_function(READY)
    reach(page, 10)
    for canvas in page.evaluate(CANVASES):
        assert canvas["seen"] and canvas["overflow"] <= 0
        assert canvas["wide"] == pytest.approx(ratio, abs=0.02), "it is as sharp as the screen"
    page.screenshot(path=screenshots / f"live_zoomed_{ratio}.png")


def test_a_hidden_tab_pauses_and_goes_on(site, window):  # noqa: F811
    page = window(site)
    page.wait_for_function(READY)
    reach(page, 20)
    page.evaluate(HIDE, True)
    paused = shown(page)
    page.wait_for_timeout(3_000)
    assert shown(page) == paused
    page.evaluate(HIDE, False)
    reach(page, paused + 5)
    page.click("#run")
    page.evaluate(HIDE, True)
    page.evaluate(HIDE, False)
    paused = shown(page)
    assert page.inner_text("#run") == "Run" and shown(page) == paused, "what the reader has paused stays so"


def test_a_tab_that_is_opened_behind_another_waits(site, window):  # noqa: F811
    page = window(site, lambda page: page.add_init_script(f"({HIDE})(true)"))
    page.wait_for_function(READY)
    assert shown(page) == 0 and page.inner_text("#run") == "Run"
    page.evaluate(HIDE, False)
    reach(page, 10)
    assert page.inner_text("#run") == "Pause"


def test_the_slider_is_dragged_for_long(site, window):  # noqa: F811
    page = window(site)
    page.wait_for_function(READY)
    reach(page, 10)
    box = page.locator("#target").bounding_box()
    middle, begin, targets = box["y"] + box["height"] / 2, shown(page), set()
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for move in range(300):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.45 * (move % 41 - 20) / 20), middle)
        targets.add(page.input_value("#target"))
        page.wait_for_timeout(10)
    page.mouse.up()
    assert len(targets) > 20
    steps = shown(page) - begin
    assert steps > 30, "it runs meanwhile"
    reach(page, shown(page) + 3)
    assert page.evaluate("() => live.latest.target") == float(page.input_value("#target"))


def test_webgl_is_not_needed(site, window):  # noqa: F811
    page = window(site, lambda page: page.add_init_script(NO_WEBGL))
    page.wait_for_function(READY)
    reach(page, 10)
    assert page.evaluate("() => others") == []


@pytest.mark.parametrize("moment", ["the page", "the libraries", "another model"])
def test_the_line_is_cut_while_something_loads(window, moment):  # noqa: F811
    line = Line()
    first, second, other = folders()[:3]

    def prepare(page):
        if moment == "the page":
            page.route(LIST, lambda route: route.abort())
        if moment == "the libraries":
            page.on("request", cut)

    def cut(asked):
        line.cut |= asked.url.endswith("ort.wasm.gz")

    with served(DIST, line=line) as url:
        page = window(url, prepare)
        if moment == "another model":
            page.wait_for_function(READY)
            line.cut = True
            page.evaluate(CHOOSE, second)
        page.wait_for_selector("#problem:not([hidden])")
        said = page.inner_text("#problem")
        assert "connection broke off" in said or "the server does not answer" in said
        assert "Reload the page to try again" in said
        if moment == "the libraries":
            page.remove_listener("request", cut)
        line.cut = False
        if moment == "the page":
            page.unroute(LIST)
            page.reload()
            chosen(page, first)
        else:
            page.evaluate(CHOOSE, other)
            chosen(page, other)


def test_robots_are_changed_quickly(site, window):  # noqa: F811
    page = window(site)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("model.onnx") else None)
    page.wait_for_function(READY)
    *others, last = folders()
    for folder in [*others, *others, last]:
        page.evaluate(f"folder => {{ document.getElementById('restart').click(); ({CHOOSE})(folder); }}", folder)
        page.wait_for_timeout(15)
    chosen(page, last)
    page.wait_for_timeout(500)
    chosen(page, last)
    assert len(asked) <= 2 + len(others), "models that nobody waits for aren't loaded"


def test_buttons_and_keys_are_hammered(site, window):  # noqa: F811
    page = window(site)
    page.wait_for_function(READY)
    for round_ in range(40):
        for name in ("run", "restart", "push-back", "step", "push-on", "restart")[round_ % 3 :]:
            page.evaluate("name => document.getElementById(name).click()", name)
        page.keyboard.press([" ", ".", "r", "b", "f"][round_ % 5])
    for seed, expected in (("99", "31"), ("-7", "0"), ("2.6", "3"), ("", "0"), ("5", "5")):
        page.fill("#seed", seed)
        page.dispatch_event("#seed", "change")
        assert page.input_value("#seed") == expected
    if page.inner_text("#run") == "Run":
        page.click("#run")
    begin = shown(page)
    reach(page, begin + 20)
    assert page.is_hidden("#problem")


def what_was_chosen_counts(page, site):  # noqa: F811
    """A browser may keep what was chosen, on the way back and after a reload: then the robot has to do it."""
    page.wait_for_function(READY)
    page.select_option("#speed", "0.1")
    page.click("#constantTarget")
    page.goto(f"{site}licences.txt")
    for again in (page.go_back, page.reload):
        again()
        page.wait_for_function(READY)
        reach(page, 2)
        begin = page.evaluate("() => [live.latest.timestep, performance.now(), live.seconds]")
        reach(page, begin[0] + 6)
        end = page.evaluate("() => [live.latest.timestep, performance.now(), Number(speed.value)]")
        assert 1000 * (end[0] - begin[0]) * begin[2] / (end[1] - begin[1]) < 1.3 * end[2], "as fast as the list says"
        kept = page.evaluate("() => [constantTarget.checked, live.latest.remaining === live.latest.target]")
        assert kept[0] == kept[1]


def test_what_was_chosen_counts_after_a_reload_and_on_the_way_back(site, window):  # noqa: F811
    what_was_chosen_counts(window(f"{site}?model={EXPERT}"), site)


def test_two_tabs_run_at_once(site, window):  # noqa: F811
    pages = [window(site)]
    pages.append(pages[0].context.new_page())
    pages[1].goto(f"{site}?model={EXPERT}")
    for page in pages:
        page.wait_for_function(READY)
    set_slider(pages[0], 0)
    for page in pages:
        reach(page, 30)
    targets = [page.evaluate("() => live.latest.target") for page in pages]
    assert targets[0] == 0 < targets[1]


def test_a_damaged_recording_is_done_without(tmp_path, window):  # noqa: F811
    with served(broken(tmp_path, "run.json", b"{")) as url:
        page = window(url)
        page.wait_for_function(READY)
        reach(page, 5)


@pytest.mark.parametrize(
    ("name", "said"),
    [("worker.js", "worker.js, is missing, or the server does not answer"), ("models/index.json", "models is missing")],
)
def test_without_its_own_code_or_its_list_it_says_so(tmp_path, window, name, said):  # noqa: F811
    copy = broken(tmp_path, "run.json", None)
    (copy / name).unlink()
    with served(copy) as url:
        page = window(url)
        page.wait_for_selector("#problem:not([hidden])")
        assert said in page.inner_text("#problem")
