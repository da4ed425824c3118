"""output/course.html, the whole course on one page, in a real browser: part of ``make test-browser``.

The page is rendered from the executed solutions, as `dt-course course` does it at its end.
"""

import nbformat
import pytest

from dt_helpers.authoring import page as course_page
from dt_helpers.authoring.tree import Tree
from tests.browser import video
from tests.browser.server import REPOSITORY


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    tree = Tree(REPOSITORY)
    notebooks = {script.stem: nbformat.read(tree.solution(script.stem), as_version=4) for script in tree.scripts()}
    path = tmp_path_factory.mktemp("page") / "course.html"
    path.write_text(course_page.render(notebooks), encoding="utf-8")
    return path, notebooks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_loads_nothing_complains_of_nothing_and_plays_its_videos(course, browser, screenshots, scheme):
    path, notebooks = course
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    window = context.new_page()
    requests, complaints = [], []
    window.on("request", lambda request: requests.append(request.url))
    window.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: complaints.append(str(error)))
    window.goto(path.as_uri(), wait_until="load")
    window.screenshot(path=screenshots / f"course_{scheme}.png")
    assert window.locator("h1").count() >= len(notebooks)
    videos = window.locator("video")
    assert videos.count() >= 3
    for i in range(videos.count()):
        state = video.watch(videos.nth(i))
        assert state["readyState"] == 4 and state["duration"] > 0.1
    window.screenshot(path=screenshots / f"course_video_{scheme}.png")
    assert complaints == []
    assert [url for url in requests if not url.startswith(("data:", path.as_uri()))] == []
    context.close()
