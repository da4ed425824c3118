"""The page ``live`` in a real browser, from a plain static server: part of ``make test-browser``, which builds it.

Whatever the page asks of another host makes a test fail.
"""

import shutil
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dt_helpers import rollout, training
from tests.browser.server import REPOSITORY

DIST = REPOSITORY / "web" / "live" / "dist"
MIXED, EXPERT = "halfcheetah-mixed", "halfcheetah-expert"
BITS_PER_SECOND = 10e6
READY = "() => window.live?.facts"


class Files(SimpleHTTPRequestHandler):
    headers_to_add = ()
    line = None  # a lock: all answers share a slow line

    def end_headers(self):
        for name, value in self.headers_to_add:
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *args):
        pass

    def copyfile(self, source, outputfile):
        if self.line is None:
            return super().copyfile(source, outputfile)
        while chunk := source.read(16_384):
            with self.line:
                time.sleep(8 * len(chunk) / BITS_PER_SECOND)
            outputfile.write(chunk)


@contextmanager
def served(folder, headers=(), line=None):
    """A plain static server for a folder; its address. With a lock as its `line`, it sends BITS_PER_SECOND in all."""
    handler = type("Served", (Files,), {"headers_to_add": headers, "line": line})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def site():
    assert DIST.is_dir(), "build the page first: make live"
    with served(DIST) as url:
        yield url


@pytest.fixture
def window(browser):
    """Opens a page in a window of its own, `prepare`d before, and looks at what it asks for and complains of."""
    contexts, foreign, complaints = [], [], []

    def open_page(url, prepare=None, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        home = "/".join(url.split("/")[:3]) + "/"
        context.on(
            "request",
            lambda asked: None if asked.url.startswith((home, "data:", "blob:")) else foreign.append(asked.url),
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if prepare:
            prepare(page)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert foreign == [], f"another host was asked for something: {foreign}"
    assert complaints == [], complaints


def reach(page, step, timeout=120_000):
    page.wait_for_function(f"() => (window.live.latest?.timestep ?? 0) >= {step}", timeout=timeout)


def set_slider(page, value):
    """Move it as the reader does; the value that it stops at."""
    page.evaluate(
        """value => { const slider = document.getElementById("target"); slider.value = value;
        slider.dispatchEvent(new Event("input")); }""",
        value,
    )
    return float(page.input_value("#target"))


def test_it_loads_runs_and_keeps_up(site, window, screenshots, record_property):
    page = window(site)
    page.wait_for_function(READY)
    reach(page, 60)
    page.screenshot(path=screenshots / "live_light.png")
    found = page.evaluate("() => ({ rate: live.rate, milliseconds: live.milliseconds, seconds: live.seconds })")
    assert found["milliseconds"] < 1000 * found["seconds"], "the model keeps up with the robot"
    record_property("table", f"{found['rate']:.0f} frames a second, {found['milliseconds']:.1f} ms a step")
    print(f"{found['rate']:.0f} frames a second, {found['milliseconds']:.1f} ms a step")
    page.click("#run")
    paused = page.evaluate("() => live.latest.timestep")
    page.keyboard.press("Tab")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press(".")
    reach(page, paused + 1)
    assert page.inner_text("#run") == "Run"
    page.keyboard.press("b")
    page.wait_for_function("() => document.getElementById('words').textContent === 'Pushed back.'")
    page.keyboard.press("r")
    page.wait_for_function("() => live.latest === null")


def test_over_a_slow_line_a_recorded_run_comes_first(window, screenshots, record_property):
    with served(DIST, line=threading.Lock()) as url:
        page = window(url)
        page.wait_for_function("() => live.recorded")
        page.screenshot(path=screenshots / "live_loading.png")
        reach(page, 1)
        seconds = page.evaluate("() => [live.drawn, live.begun].map((moment) => moment / 1000)")
    said = f"at 10 Mbit/s: a recorded run after {seconds[0]:.1f} s, the model's first step after {seconds[1]:.1f} s"
    print(said)
    record_property("table", said)


@pytest.mark.parametrize("name", ["hopper-mixed", "walker2d-mixed"])
def test_robots_with_short_steps_run(site, window, screenshots, record_property, name):
    page = window(f"{site}?model={name}")
    page.wait_for_function(READY)
    assert page.is_checked("#refill"), "steps of 8 ms: only what is new is computed"
    for refill in (False, True):
        page.set_checked("#refill", refill)
        page.click("#restart")
        page.wait_for_function("() => live.latest === null || live.latest.timestep < 50")
        reach(page, 50)
        begin = page.evaluate("() => [live.latest.timestep, performance.now()]")
        reach(page, begin[0] + 200)
        end = page.evaluate("() => [live.latest.timestep, performance.now(), live.seconds, live.milliseconds]")
        factor = 1000 * (end[0] - begin[0]) * end[2] / (end[1] - begin[1])
        said = f"{name}, {'new steps only' if refill else 'whole windows'}: {factor:.2f} times real time"
        print(f"{said}, {end[3]:.1f} ms a step")
        record_property("table", said)
    assert 10 <= page.evaluate("() => [...live.latest.window.attention_mask].filter(Boolean).length") <= 20
    page.screenshot(path=screenshots / f"live_{name}.png")


def slow_and_fast(page):
    """The mixed cheetah's speed two seconds after the slider was moved to its lowest, its highest target, and words."""
    page.wait_for_function(READY)
    targets = page.evaluate("() => ({ low: Number(target.min), high: Number(target.max) })")
    speeds = {}
    for first, then in (("low", "high"), ("high", "low")):
        set_slider(page, targets[first])
        page.click("#restart")
        page.wait_for_function("() => live.latest === null || live.latest.timestep < 30")
        reach(page, 30)
        set_slider(page, targets[then])
        moved = page.evaluate("() => live.latest.timestep")
        reach(page, moved + 60)
        # one second, from two simulated seconds after the slider was moved
        speeds[then] = page.evaluate(
            "moved => live.speeds.slice(moved + 40, moved + 60).reduce((sum, v) => sum + v) / 20", moved
        )
    said = [f"{speeds[name]:.2f} m/s at {targets[name]:,.0f}" for name in ("low", "high")]
    return speeds["low"], speeds["high"], f"{' and '.join(said)}, {speeds['low'] / speeds['high']:.0%}"


def test_the_slider_makes_it_fast_and_slow(site, window, record_property):
    slow, fast, said = slow_and_fast(window(f"{site}?model={MIXED}"))
    print(said)
    record_property("table", said)
    assert slow <= 0.65 * fast


def a_thousand_steps(page):
    """What the expert earns in 1,000 steps at its data's median target, what it earns in Python, and words."""
    page.wait_for_function(READY)
    asked = set_slider(page, page.evaluate("() => live.facts.targets.median"))
    page.click("#restart")
    page.select_option("#speed", "0")
    reach(page, 1000, timeout=300_000)
    earned = page.evaluate("() => live.latest.earned")
    expected = rollout.evaluate(training.load(training.PROVIDED), "HalfCheetah-v5", asked, 1, 0, progress=False).mean
    return earned, expected, f"asked for {asked:,.0f}: {earned:,.0f} in the browser, {expected:,.0f} in Python"


def test_the_expert_earns_what_it_earns_in_python(site, window, screenshots, record_property):
    page = window(f"{site}?model={EXPERT}")
    earned, expected, said = a_thousand_steps(page)
    page.screenshot(path=screenshots / "live_expert.png")
    print(said)
    record_property("table", said)
    assert abs(earned - expected) < 0.05 * expected
    assert "1,000 steps are over" in page.inner_text("#words")


def test_on_a_phone_in_the_dark_and_without_motion(site, window, screenshots):
    phone = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
    page = window(site, color_scheme="dark", reduced_motion="reduce", **phone)
    page.wait_for_function(READY)
    assert page.inner_text("#run") == "Run", "nothing moves by itself"
    page.click("#run")
    reach(page, 20)
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 390, "nothing is cut off at the right"
    page.screenshot(path=screenshots / "live_phone.png", full_page=True)


def test_what_is_taken_from_the_model_can_be_given_back(site, window, screenshots):
    page = window(site, color_scheme="dark")
    page.wait_for_function(READY)
    for name in ("hidePastActions", "rawStates", "constantTarget"):
        page.check(f"#{name}")
    page.fill("#context", "3")
    step = page.evaluate("() => live.latest?.timestep ?? 0")
    reach(page, step + 20)
    shown = page.evaluate(
        """() => ({ seen: [...live.latest.window.attention_mask].filter(Boolean).length,
        actions: live.latest.window.actions.some(Boolean), rest: live.latest.remaining - live.latest.target })"""
    )
    assert shown == {"seen": 3, "actions": False, "rest": 0}
    page.screenshot(path=screenshots / "live_dark.png")


def broken(tmp_path, name, content):
    copy = tmp_path / "dist"
    shutil.copytree(DIST, copy)
    for model in (copy / "models").iterdir():
        if model.is_dir():
            if content is None:
                (model / name).unlink()
            else:
                (model / name).write_bytes(content)
    return copy


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model.onnx", b"no model at all", "model.onnx, is damaged"),
        ("model.onnx", None, "The model's file is missing"),
        ("model.json", b"{", "model.json, is damaged"),
        ("model.json", b'{"format": 0}', "exported for another version of this page"),
        ("robot.xml", b"<mujoco><worldbody>", "MuJoCo can't read the robot's description"),
    ],
)
def test_a_broken_file_is_named(tmp_path, window, name, content, said):
    with served(broken(tmp_path, name, content)) as url:
        page = window(url)
        page.wait_for_selector("#problem:not([hidden])")
        assert said in page.inner_text("#problem")
        assert page.is_hidden("#loading")


@pytest.mark.parametrize("policy", ["script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"])
def test_where_webassembly_is_blocked_it_says_so(window, screenshots, policy):
    with served(DIST, [("Content-Security-Policy", policy)]) as url:
        page = window(url)
        page.wait_for_selector("#problem:not([hidden])")
        assert "WebAssembly is blocked here" in page.inner_text("#problem")
        page.screenshot(path=screenshots / "live_blocked.png")
