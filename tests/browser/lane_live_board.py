"""The stitching board in a real browser, from a plain static server: part of ``make test-live``, which builds it.

Whatever the page asks of another host makes a test fail.
"""

import json
import re
import shutil

import pytest

from tests.browser.lane_live import DIST, served, window  # noqa: F401 (a fixture)

READY = "() => window.board?.policies.length && document.querySelectorAll('#tries button').length"
OVER = "() => board.walks.every((walk) => walk.over) && document.getElementById('run').textContent === 'Run'"


@pytest.fixture(scope="module")
def site():
    assert (DIST / "stitching").is_dir(), "build the page first: make live"
    with served(DIST) as url:
        yield url


@pytest.fixture
def board(site, window):  # noqa: F811
    """Opens the board, ready to walk."""

    def open_board(**options):
        page = window(f"{site}stitching/", **options)
        page.wait_for_function(READY)
        return page

    return open_board


def walk_to_the_end(page):
    page.click("#run")
    page.wait_for_function(OVER)


def path(page, row):
    return page.inner_text(f"#paths tr:nth-child({row}) div")


def words(page):
    return page.inner_text("#words")


def test_it_walks_step_by_step_and_stitches(board, screenshots):
    page = board()
    assert page.evaluate("() => board.walks[0].path") == [4]
    page.click("#step")
    page.wait_for_function("() => board.walks[0].path.length === 2")
    rows = page.locator("#rows tr")
    assert rows.count() == 2, "the step that was taken, and what is thought of the next"
    shares = [int(text.removesuffix("%")) for text in rows.nth(0).locator("small").all_inner_texts()]
    assert abs(sum(shares) - 100) <= 2
    assert rows.nth(0).locator("td").first.inner_text() == "−8"
    assert "so far" in page.inner_text("#paths tr:nth-child(2)")
    assert words(page).startswith("Decision Transformer at node 4, asked for −8: ")
    walk_to_the_end(page)
    assert re.search("Asked for −8, the model arrives with −8, as asked: a shortest path. (It|No walk)", words(page))
    assert path(page, 1).count("→") == path(page, 2).count("→") == 8
    pieces = page.locator("#seams button")
    stitched = re.search(r"stitched from (\d+) walks", words(page))
    assert pieces.count() == (int(stitched[1]) if stitched else 1)
    pieces.first.click()
    page.wait_for_function("() => document.querySelectorAll('.walk .street').length === 10")
    assert pieces.first.inner_text().split(": ")[1] in page.inner_text("#walk-text")
    page.screenshot(path=screenshots / "board_light.png", full_page=True)
    page.click("#restart")
    page.wait_for_function("() => document.querySelectorAll('#rows tr').length === 1")
    assert path(page, 2) == "4"


def test_a_click_chooses_start_and_goal(board):
    page = board()
    page.locator(".node", has_text="19").click()
    page.wait_for_function("() => board.walks[0].path[0] === 19")
    page.check("input[value=goal]")
    page.locator(".node circle").nth(7).click()
    assert words(page) == "No street leads to node 7: it can't be the goal."
    page.locator(".node circle").nth(9).click()
    page.wait_for_function("() => board.walks[0].goal === 9")
    assert (page.input_value("#start"), page.input_value("#goal")) == ("19", "9")
    walk_to_the_end(page)
    assert path(page, 1) == path(page, 2) == "19 → 11 → 9"
    page.locator(".node circle").nth(19).click()
    page.wait_for_function(
        "() => document.getElementById('words').textContent.startsWith('Start and goal are the same')"
    )
    assert page.locator(".node.goal").count() == 1


def test_the_target_decides_and_the_squares_tell_what_comes_of_it(board):
    page = board(reduced_motion="reduce")
    kept = page.locator("#tries .kept").first
    target = int(kept.get_attribute("value"))
    assert kept.get_attribute("aria-label").startswith(f"asked for −{-target}: kept: ")
    kept.click()
    assert page.input_value("#target") == str(target) and kept.get_attribute("aria-pressed") == "true"
    walk_to_the_end(page)
    assert f"Asked for −{-target}, the model arrives" in words(page)
    page.locator("#tries button").last.click()
    walk_to_the_end(page)
    assert re.search("Asked for −1, the model (does not come to node 0|arrives .* later than asked)", words(page))
    assert page.locator("#tries .best").count() == 1


def test_the_keyboard_does_it_all(board):
    page = board()
    page.evaluate("() => document.activeElement.blur()")
    for key, expected in (("ArrowUp", -7), ("ArrowDown", -8), ("ArrowDown", -9)):
        page.keyboard.press(key)
        assert page.evaluate("() => [Number(target.value), -board.walks[0].left]") == [expected, expected]
    page.keyboard.press(".")
    page.wait_for_function("() => board.walks[0].path.length === 2")
    page.keyboard.press("w")
    page.wait_for_function("() => /comes? to the goal/.test(document.getElementById('walk-text').textContent)")
    page.keyboard.press("r")
    page.wait_for_function("() => board.walks[0].path.length === 1")
    page.keyboard.press(" ")
    assert page.inner_text("#run") == "Pause"
    page.wait_for_function("() => board.walks[0].path.length >= 2")
    page.keyboard.press(" ")
    assert page.inner_text("#run") == "Run"
    page.select_option("#goal", "9")
    page.wait_for_function("() => board.walks[0].goal === 9")


HURRY = """([start, goal, id]) => {
    for (const [list, node] of [["start", start], ["goal", goal]]) {
        document.getElementById(list).value = node;
        document.getElementById(list).dispatchEvent(new Event("change"));
        document.getElementById(id).click();
    }
    document.getElementById("target").stepDown();
    document.getElementById("target").dispatchEvent(new Event("input"));
}"""


def test_it_is_hurried(board):
    page = board(reduced_motion="reduce")
    goals = page.evaluate("() => board.board.goals")
    for number in range(60):
        page.evaluate(HURRY, [number * 7 % 20, goals[number * 5 % len(goals)], ["run", "step", "restart"][number % 3]])
    page.wait_for_timeout(2_000)
    page.select_option("#start", "4")
    page.select_option("#goal", "0")
    walk_to_the_end(page)
    assert path(page, 1).split(" → ")[0] == path(page, 2).split(" → ")[0] == "4"
    assert "Asked for −8, the model arrives with −8" in words(page)
    assert page.is_hidden("#problem")


def test_the_data_and_the_clones_can_be_looked_at(board, screenshots):
    page = board(color_scheme="dark", reduced_motion="reduce")
    page.check("#counts")
    page.fill("#walk", "3")
    page.check("#one")
    page.wait_for_function("() => document.getElementById('walk-text').textContent")
    nodes = page.evaluate("() => board.board.walks[3]")
    assert page.inner_text("#walk-text").split(".")[0] in " → ".join(map(str, nodes))
    widths = page.eval_on_selector_all(
        ".streets path", "paths => paths.map((path) => path.getAttribute('stroke-width'))"
    )
    assert len(set(widths)) > 10
    page.select_option("#shown", label="cloning")
    walk_to_the_end(page)
    assert page.locator("#rows td").first.inner_text() == "nothing", "a clone is told no return"
    page.uncheck("#paths tr:nth-child(1) input")
    page.wait_for_function("() => !document.querySelector('.paths .dijkstra')")
    page.screenshot(path=screenshots / "board_dark.png", full_page=True)


def test_on_a_phone_and_without_motion(board, screenshots):
    page = board(viewport={"width": 390, "height": 844}, device_scale_factor=2, has_touch=True, reduced_motion="reduce")
    walk_to_the_end(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390, "nothing is cut off at the right"
    box = page.locator(".node circle").first.bounding_box()
    assert box["width"] >= 24, "a finger meets a node"
    page.screenshot(path=screenshots / "board_phone.png", full_page=True)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("policy1.onnx", b"no model at all", "policy1.onnx is damaged"),
        ("policy0.onnx", None, "The model's file policy0.onnx is missing"),
        ("board.json", b"{", "board.json, is damaged"),
        ("board.json", json.dumps({"format": 0}).encode(), "exported for another version of this page"),
    ],
)
def test_a_broken_file_is_named(tmp_path, window, name, content, said):  # noqa: F811
    copy = tmp_path / "dist"
    shutil.copytree(DIST, copy, ignore=shutil.ignore_patterns("models", "mujoco.wasm.gz"))
    file = copy / "stitching" / "board" / name
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with served(copy) as url:
        page = window(f"{url}stitching/")
        page.wait_for_selector("#problem:not([hidden])")
        assert said in page.inner_text("#problem")
        assert page.is_hidden("#loading") and page.is_disabled("#run")


def test_where_webassembly_is_blocked_the_rest_is_there(window, screenshots):  # noqa: F811
    with served(DIST, [("Content-Security-Policy", "script-src 'self'")]) as url:
        page = window(f"{url}stitching/")
        page.wait_for_selector("#problem:not([hidden])")
        assert "WebAssembly is blocked here" in page.inner_text("#problem")
        assert path(page, 1).count("→") == 8, "Dijkstra's path"
        page.screenshot(path=screenshots / "board_blocked.png")
