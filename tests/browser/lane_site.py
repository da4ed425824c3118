"""The course's site, as it was built: its links, its HTML, and each page in a real browser, light, dark and on a phone.

`make test-site` builds it and runs this. It needs the course's extras `test` and `browser`, Debian's `chromium`, and
what npm has put beside the generator. DT_SCREENSHOTS is the folder for pictures. The file's name keeps it out of
`make test`.
"""

import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from dt_helpers.authoring.setting import Setting
from dt_helpers.authoring.tree import Tree
from tests.browser import links, video
from tests.browser.server import REPOSITORY

SITE = REPOSITORY / "output" / "site"
NODE = REPOSITORY / ".venv-site" / "node" / "node_modules"
SETTING = Setting.read(Tree(REPOSITORY))
PREFIX = urlsplit(SETTING.site).path
PAGES = sorted(path.relative_to(SITE).as_posix().removesuffix("index.html") for path in SITE.rglob("index.html"))
OURS = [page for page in PAGES if not page.startswith("live/")]  # that one has tests of its own
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "has_touch": True},
}
BY_TOUCH = {"scrollable-region-focusable"}  # a phone has no keys, and the theme gives code no focus there
AXE = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
WEIGHT = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""
DARKNESS = """() => {
    const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
    return (r + g + b) / 3;
}"""


class Pages(SimpleHTTPRequestHandler):
    """As GitHub Pages: below the repository's name."""

    def translate_path(self, path):
        return super().translate_path("/" + path.removeprefix(PREFIX) if path.startswith(PREFIX) else "/nowhere")

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def address():
    assert (SITE / "index.html").is_file(), "make site builds it"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    server.shutdown()


@pytest.fixture
def window(browser, address, request):
    """A window with the look that the test names; `window.complaints` must stay empty."""
    context = browser.new_context(**LOOKS[getattr(request, "param", "light")])
    context.set_default_timeout(30_000)
    window = context.new_page()
    window.complaints = []
    host = address.removesuffix(PREFIX)

    def note(what):
        window.complaints.append(f"{window.url.removeprefix(address)}: {what}")

    def asked(request):
        if not request.url.startswith((host, "data:", "blob:")):
            note(f"asks {request.url}")

    window.on("request", asked)
    window.on("console", lambda message: message.type == "error" and note(message.text))
    window.on("pageerror", lambda error: note(error))
    window.on("response", lambda response: response.status >= 400 and note(f"{response.status} {response.url}"))
    yield window
    context.close()
    assert window.complaints == []


def test_every_link_leads_somewhere_and_nothing_comes_from_another_host():
    assert list(links.broken(SITE, SETTING.site)) == []


def test_the_html_is_valid():
    command = [str(REPOSITORY / ".venv-site/bin/node"), str(NODE / "html-validate/bin/html-validate.mjs")]
    config = ["--formatter", "text", "--config", str(REPOSITORY / "web/site/htmlvalidate.json")]
    files = [str(SITE / page / "index.html") for page in OURS]
    run = subprocess.run([*command, *config, *files], capture_output=True, text=True, cwd=REPOSITORY)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]


@pytest.mark.parametrize("window", ["light", "dark", "phone"], indirect=True)
def test_each_page_is_accessible_and_as_wide_as_the_window(window, address, capsys, request):
    axe = (NODE / "axe-core/axe.min.js").read_text(encoding="utf-8")
    found, wide, weights = [], [], {}
    for page in OURS:
        window.goto(address + page)
        window.locator("article").wait_for()
        weights[page or "the start"] = window.evaluate(WEIGHT)
        if window.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            wide.append(page)
        window.evaluate(axe)
        for violation in window.evaluate(AXE):
            if violation["id"] in BY_TOUCH and request.node.callspec.id == "phone":
                continue
            if violation["impact"] in ("serious", "critical"):
                nodes = violation["nodes"]
                found.append(f"{page}: {violation['id']} ({len(nodes)}), such as {nodes[0]['html'][:200]}")
    with capsys.disabled():
        heaviest = sorted(weights.items(), key=lambda weight: -weight[1])
        print(f"\n{request.node.callspec.id}: {len(weights)} pages seen, {len(found)} findings of axe; kB to open one:")
        for page, size in [*heaviest[:5], heaviest[len(heaviest) // 2], heaviest[-1]]:
            print(f"  {size / 1000:8,.0f}  {page}")
    assert found == []
    assert wide == []


def test_the_search_finds_a_word_of_a_notebook(window, address, screenshots):
    window.goto(address)
    window.locator("label.md-header__button[for=__search]").or_(window.locator("input.md-search__input")).last.click()
    window.locator("input.md-search__input").type("copycat", delay=30)
    hit = window.locator(".md-search-result__link", has_text="5. Training").first
    hit.wait_for()
    window.screenshot(path=screenshots / "search.png")
    hit.click()
    window.wait_for_url("**/05_training/**")
    assert "copycat" in window.locator("article").inner_text().lower()


def test_the_buttons_open_the_students_notebook(window, address):
    place = "notebooks/decision_transformer/02_dataset"
    window.goto(f"{address}{place}/")
    button = window.locator("a.md-button", has_text="Colab")
    assert button.get_attribute("href") == (
        f"https://colab.research.google.com/github/{SETTING.repository}/blob/{SETTING.ref}/{place}.ipynb"
    )
    with window.expect_download() as download:
        window.locator("a[download]").click()
    assert download.value.suggested_filename == "02_dataset.ipynb"
    assert "returns_to_go" in download.value.path().read_text(encoding="utf-8")


def test_a_film_plays(window, address, screenshots):
    window.goto(f"{address}gallery/")
    film = window.locator("article video").first
    film.scroll_into_view_if_needed()
    film.evaluate("film => film.play()")
    assert video.watch(film)["duration"] > 5
    window.screenshot(path=screenshots / "films.png")


def test_the_diagram_is_drawn(window, address, screenshots):
    window.goto(f"{address}docs/architecture/")
    diagram = window.locator("div.mermaid").first
    diagram.wait_for()
    assert diagram.bounding_box()["height"] > 100
    diagram.screenshot(path=screenshots / "diagram.png")


def test_the_theme_can_be_changed_and_is_kept(window, address, screenshots):
    window.goto(f"{address}notebooks/decision_transformer/04_model/")
    assert window.evaluate(DARKNESS) > 200
    window.locator("form[data-md-component=palette] label:visible").click()
    assert window.evaluate(DARKNESS) < 60
    window.reload()
    assert window.evaluate(DARKNESS) < 60
    window.screenshot(path=screenshots / "dark.png")


@pytest.mark.parametrize("window", ["phone"], indirect=True)
def test_a_phone_has_the_menu_behind_a_button(window, address, screenshots):
    window.goto(f"{address}notebooks/decision_transformer/02_dataset/")
    window.screenshot(path=screenshots / "phone.png")
    window.locator("label.md-header__button[for=__drawer]").click()
    window.locator("label.md-nav__title", has_text="Notebooks").click()  # back to all chapters
    window.locator(".md-nav--primary").get_by_text("Glossary").click()
    window.wait_for_url("**/docs/glossary/")
