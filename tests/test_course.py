"""The whole course in one go, on a small course of two notebooks."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from bs4 import BeautifulSoup
from rich.console import Console

from dt_helpers.authoring import page, scripts
from dt_helpers.authoring.course import Course, CourseIncomplete
from dt_helpers.authoring.execution import CellFailed
from tests.course_tree import SCRIPTS, add_script, edit, make_tree


@pytest.fixture
def tree(tmp_path):
    return make_tree(tmp_path / "course")


@pytest.fixture
def output(tmp_path):
    return tmp_path / "made" / "by the course"


def course(tree, output, **options):
    console = Console(file=io.StringIO(), width=100)
    return Course(tree, output, dataset=None, console=console, **options)


def said(course):
    return course.console.file.getvalue()


def rendered(*cells):
    """The page of one notebook with these cells, parsed."""
    notebook = nbformat.v4.new_notebook(cells=list(cells), metadata=scripts.METADATA)
    return BeautifulSoup(page.render({"01_any": notebook}), "html.parser")


def markdown(*lines):
    return nbformat.v4.new_markdown_cell("\n".join(lines))


def html_output(html):
    output = nbformat.v4.new_output("display_data", {"text/html": html, "text/plain": "an object"})
    return nbformat.v4.new_code_cell("show()", outputs=[output], execution_count=1)


# A run


def test_a_run_leaves_page_replay_and_executed_copies_and_touches_nothing_else(tree, output):
    before = {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()}
    run = course(tree, output, preset="ci")
    run.run()
    assert sorted(path.name for path in output.iterdir()) == ["course.html", "notebooks", "replay.mp4", "results.json"]
    copy = nbformat.read(output / "notebooks" / "01_returns.ipynb", as_version=4)
    assert f"results go to {output}" in copy.cells[1].outputs[0].text
    assert json.loads((output / "results.json").read_text())["preset"] == "ci"
    assert {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()} == before


def test_a_run_says_how_far_it_is_and_what_came_out(tree, output):
    run = course(tree, output)
    run.run()
    lines = said(run).splitlines()
    assert lines[0].startswith("1 of 2  01_returns: 8 cells")
    assert re.fullmatch(r"1 of 2  01_returns: done in \d+:\d\d", lines[1])
    assert lines[2].startswith("2 of 2  02_window: 4 cells")
    stages = [name for name, _ in run.stages]
    assert stages == ["01_returns", "02_window", "course.html"]
    for stage in [*stages, "together"]:
        assert re.search(rf"│ {stage} +│ +\d+:\d\d │", said(run)), stage
    assert re.search(r"^mean return +11,200$", said(run), re.MULTILINE)
    assert re.search(r"^dataset's mean +11,458$", said(run), re.MULTILINE)
    assert re.search(r"^target return +11,300$", said(run), re.MULTILINE)


def test_on_a_terminal_the_bar_shows_notebook_cell_time_and_the_last_printed_line(tree, output):
    add_script(tree, "00_slow", "import time\nprint('loss 1.5', flush=True)\ntime.sleep(0.5)", "x = 1")
    run = course(tree, output)
    run.console = Console(file=io.StringIO(), force_terminal=True, width=120)
    run.run()
    shown = re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", said(run))
    assert re.search(r"1 of 3  00_slow .* 0/2 cells 0:00:\d\d loss 1\.5", shown)
    assert re.search(r"3 of 3  02_window .* 4/4 cells", shown)


def test_the_data_is_fetched_first(tree, output, monkeypatch):
    from dt_helpers import data

    fetched = []
    monkeypatch.setattr(data, "load", lambda name, progress, say: fetched.append(name) or say(f"{name}: here it is"))
    run = course(tree, output)
    run.dataset = "halfcheetah-expert"
    run.run()
    assert fetched == ["halfcheetah-expert"]
    assert said(run).startswith("halfcheetah-expert: here it is")
    assert run.stages[0][0] == "data"


def test_an_error_stops_the_run_and_keeps_what_was_done(tree, output):
    edit(tree.solutions / "02_window.py", "import json\n", "import json\nraise KeyError('lost')\n")
    run = course(tree, output)
    with pytest.raises(CellFailed) as failure:
        run.run()
    assert str(failure.value).startswith("02_window, cell 4, failed:\n\n    import json\n    raise KeyError('lost')")
    assert str(failure.value).endswith("KeyError: 'lost'")
    parsed = BeautifulSoup((output / "course.html").read_text(), "html.parser")
    assert [section["id"] for section in parsed.find_all("section")] == ["01_returns", "02_window"]
    broken = nbformat.read(output / "notebooks" / "02_window.ipynb", as_version=4)
    assert broken.cells[3].outputs[0].ename == "KeyError"
    assert "│ 01_returns" in said(run)


def test_a_cell_that_runs_too_long_is_given_up(tree, output):
    add_script(tree, "00_endless", "while True:\n    pass")
    with pytest.raises(CellFailed, match=r"(?s)00_endless, cell 1, .* stopped after 1 second"):
        course(tree, output, cell_timeout=1).run()


def test_a_kernel_that_dies_is_named_with_its_last_words(tree, output):
    add_script(tree, "00_fatal", "import os\nos.write(2, b'last words\\n')\nos.abort()")
    with pytest.raises(CellFailed, match=r"(?s)00_fatal, cell 1, .* kernel died.*last words"):
        course(tree, output).run()


def test_no_kernel_is_left_behind(tree, output):
    add_script(tree, "00_broken", "1 / 0")
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(CellFailed):
        course(tree, output).run()
    assert set(psutil.Process().children(recursive=True)) <= before


def test_ctrl_c_stops_the_kernel_and_keeps_what_was_done(tree, output, tmp_path):
    marker = tmp_path / "the cell runs"
    add_script(tree, "03_slow", f"import pathlib, time\npathlib.Path({str(marker)!r}).touch()\ntime.sleep(100)")
    code = (
        "from pathlib import Path\n"
        "from dt_helpers.authoring.course import Course\n"
        "from dt_helpers.authoring.tree import Tree\n"
        f"Course(Tree(Path({str(tree.root)!r})), Path({str(output)!r}), dataset=None).run()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) as run:
        while run.poll() is None and not marker.exists():
            time.sleep(0.05)
        kernels = psutil.Process(run.pid).children(recursive=True)
        run.send_signal(signal.SIGINT)
        error = run.communicate(timeout=30)[1]
    assert error.rstrip().endswith("KeyboardInterrupt")
    assert not [kernel for kernel in kernels if kernel.is_running()]
    assert len(BeautifulSoup((output / "course.html").read_text(), "html.parser").find_all("section")) == 3


def test_a_run_without_a_new_replay_is_incomplete(tree, output):
    edit(tree.solutions / "02_window.py", '(workspace() / "replay.mp4")', '(workspace() / "elsewhere.mp4")')
    output.mkdir(parents=True)
    (output / "replay.mp4").write_bytes(b"from last week")
    os.utime(output / "replay.mp4", (time.time() - 1000,) * 2)
    with pytest.raises(CourseIncomplete, match=r"replay\.mp4"):
        course(tree, output).run()
    assert (output / "course.html").is_file()


# The page


@pytest.fixture(scope="module")
def whole_page():
    notebooks = {path.stem: scripts.read(path) for path in sorted(Path(SCRIPTS).glob("*.py"))}
    return BeautifulSoup(page.render(notebooks), "html.parser")


def test_the_contents_lead_to_every_notebook_and_section(whole_page):
    links = {link.get_text(): link["href"] for link in whole_page.select("nav a")}
    assert links["Returns"] == "#01_returns"
    assert links["Windows"] == "#02_window"
    hrefs = [link["href"] for link in whole_page.select("nav a")]
    assert hrefs == ["#01_returns", "#01_returns--The-check", "#02_window", "#02_window--The-check"]
    for href in hrefs:
        assert len(whole_page.find_all(id=href[1:])) == 1, href


def test_links_between_notebooks_stay_on_the_page(whole_page):
    links = {link.get_text(): link["href"] for link in whole_page.select("main a")}
    assert links["the next notebook"] == "#02_window"
    assert links["the check"] == "#01_returns--The-check"


def test_no_id_is_there_twice(whole_page):
    ids = [tag["id"] for tag in whole_page.find_all(id=True)]
    assert len(set(ids)) == len(ids)


def test_nothing_is_loaded_from_the_network(whole_page):
    assert_no_remote_resource(whole_page)
    assert not whole_page.find_all("script")


def test_a_remote_picture_becomes_its_description():
    parsed = rendered(
        markdown("# Any", "![a badge](https://example.org/badge.svg)", "", '<img src="//example.org/x.png">'),
        html_output(
            '<script src="https://example.org/x.js"></script><iframe src="http://example.org/"></iframe>'
            '<link rel="stylesheet" href="https://example.org/x.css">'
            "<style>@import url(https://example.org/y.css); b {background: URL('https://example.org/z.png')}</style>"
            '<b style="background: url(//example.org/x.png)">bold</b>'
            '<img srcset="https://example.org/2x.png 2x" src="data:image/png;base64,AAAA" alt="a plot">'
            '<video poster="https://example.org/p.png" src="data:video/mp4;base64,AAAA"></video>'
        ),
    )
    assert_no_remote_resource(parsed)
    assert "example.org" not in str(parsed)
    assert "a badge" in parsed.main.get_text()
    assert parsed.find("img", alt="a plot")["src"] == "data:image/png;base64,AAAA"
    assert parsed.find("video")["src"] == "data:video/mp4;base64,AAAA"


def assert_no_remote_resource(parsed):
    for attribute in ("src", "srcset", "poster", "data"):
        remote = [
            str(tag)[:200] for tag in parsed.find_all(attrs={attribute: re.compile("//")}) if attribute in tag.attrs
        ]
        assert not [tag for tag in remote if 'src="data:' not in tag], attribute
    assert not parsed.find_all("link")
    assert not re.search(r"@import|url\(\s*['\"]?\s*(https?:)?//", str(parsed), re.IGNORECASE)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (r"the sum $\sum_{t=1}^T r_t$ of it", "inline"),
        (r"$$\hat{R}_t = \gamma \hat{R}_{t+1} + r_t$$", "block"),
        ("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}", "block"),
    ],
)
def test_formulas_are_mathml(source, kind):
    parsed = rendered(markdown(source))
    formula = parsed.main.find("math")
    assert formula["display"] == kind
    assert "$" not in parsed.main.get_text()
    assert "\\" not in parsed.main.get_text()
    assert "merror" not in str(formula)


def test_a_formula_that_cannot_be_converted_is_shown_as_written():
    parsed = rendered(markdown(r"before $\frac{1}{$ after"))
    assert r"\frac{1}{" in parsed.main.find("code").get_text()


def test_the_page_is_made_for_light_and_for_dark(whole_page):
    styles = whole_page.style.get_text()
    assert "prefers-color-scheme: dark" in styles
    assert whole_page.find("meta", attrs={"name": "color-scheme"})["content"] == "light dark"


def test_text_of_outputs_is_escaped():
    output = nbformat.v4.new_output("stream", name="stdout", text="<b>1 < 2</b> \x1b[31mred\x1b[0m")
    parsed = rendered(nbformat.v4.new_code_cell("print()", outputs=[output], execution_count=1))
    assert "<b>1 < 2</b> red" in parsed.main.get_text()
    assert parsed.main.select_one(".ansi-red-fg").get_text() == "red"
