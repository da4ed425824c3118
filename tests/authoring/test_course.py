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

from dt_helpers.authoring import CourseError, expected, page, scripts
from dt_helpers.authoring.course import Course, CourseIncomplete
from dt_helpers.authoring.execution import CellFailed
from dt_helpers.machine import threads
from tests.course_tree import SCRIPTS, add_script, declare, edit, make_tree


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
    seen = sorted(path.name for path in output.iterdir() if not path.name.startswith("."))
    assert seen == ["course.html", "notebooks", "replay.mp4", "results.json"]
    copy = nbformat.read(output / "notebooks" / "01_returns.ipynb", as_version=4)
    assert f"results go to {output}" in copy.cells[1].outputs[0].text
    assert copy.metadata == scripts.METADATA
    assert json.loads((output / "results.json").read_text())["preset"] == "ci"
    assert {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()} == before


def test_a_run_says_what_comes_how_far_it_is_and_what_came_out(tree, output):
    expected.note(tree, "quick", {"01_returns": 90, "02_window": 300})
    run = course(tree, output, jobs=1)
    run.run()
    lines = said(run).splitlines()
    assert lines[0].startswith("To be run, one after the other: 01_returns, 02_window. That takes about 6 minutes")
    assert lines[1].startswith("2 of 2  02_window: 4 cells"), "the longest first"
    assert re.fullmatch(r"2 of 2  02_window: done in \d+:\d\d", lines[2])
    assert lines[3].startswith("1 of 2  01_returns: 8 cells")
    for stage in ["01_returns", "02_window", "course.html", "in all"]:
        assert re.search(rf"│ {stage} +│ +\d+:\d\d │ +\d+:\d\d │", said(run)), stage
    assert said(run).index("│ 01_returns") < said(run).index("│ 02_window"), "in the order of the course"
    assert re.search(r"^mean return +11,200$", said(run), re.MULTILINE)
    assert re.search(r"^dataset's mean +11,458$", said(run), re.MULTILINE)
    assert re.search(r"^target return +11,300$", said(run), re.MULTILINE)


def test_on_a_terminal_each_notebook_has_a_bar_with_cells_time_and_the_last_printed_line(tree, output):
    for name, loss in (("00_slow", 1.5), ("00_slower", 2.5)):
        add_script(tree, name, f"import time\nprint('loss {loss}', flush=True)\ntime.sleep(2)", "x = 1")
    run = course(tree, output, jobs=2)
    run.console = Console(file=io.StringIO(), force_terminal=True, width=120)
    run.run()
    shown = re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", said(run))
    assert re.search(r"1 of 4  00_slow .* 0/2 cells 0:00:\d\d loss 1\.5 *\n.*2 of 4  00_slower .* 0/2 cells", shown)
    assert re.search(r"2 of 4  00_slower .* cells 0:00:\d\d loss 2\.5", shown)


def test_the_data_is_fetched_first(tree, output, monkeypatch):
    from dt_helpers import data

    fetched = []
    monkeypatch.setattr(data, "load", lambda name, progress, say: fetched.append(name) or say(f"{name}: here it is"))
    run = course(tree, output)
    run.dataset = "halfcheetah-expert"
    run.run()
    assert fetched == ["halfcheetah-expert"]
    assert said(run).index("halfcheetah-expert: here it is") < said(run).index("1 of 2")
    assert run.stages[0][0] == "data"


def test_notebooks_run_at_the_same_time_with_one_thread_each_and_the_page_keeps_their_order(
    tree, output, tmp_path, monkeypatch
):
    """Each waits until the other has begun."""
    for name in threads.NUMBER:
        monkeypatch.delenv(name, raising=False)
    for mine, other in (("00_here", "03_there"), ("03_there", "00_here")):
        add_script(
            tree,
            mine,
            "import os, pathlib, time\nfolder = pathlib.Path(" + repr(str(tmp_path)) + ")",
            f"(folder / {mine!r}).touch()\nwhile not (folder / {other!r}).exists():\n    time.sleep(0.01)",
            "print('threads', os.environ['OMP_NUM_THREADS'])",
        )
    run = course(tree, output, jobs=2)
    expected.note(tree, "quick", {"03_there": 100, "00_here": 50})
    run.run()
    parsed = BeautifulSoup((output / "course.html").read_text(), "html.parser")
    sections = [section["id"] for section in parsed.find_all("section")]
    assert sections == ["00_here", "01_returns", "02_window", "03_there"]
    assert parsed.main.get_text().count("threads 1") == 2


def test_the_users_number_of_threads_stays_and_one_notebook_at_a_time_has_all_of_them(tree, output, monkeypatch):
    add_script(tree, "00_threads", "import os\nprint('threads', os.environ.get('OMP_NUM_THREADS'))")

    def threads(**options):
        run = course(tree, output, fresh=True, **options)
        run.run()
        return nbformat.read(output / "notebooks" / "00_threads.ipynb", as_version=4).cells[0].outputs[0].text.strip()

    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert threads(jobs=2) == "threads 3"
    monkeypatch.setenv("DT_OMP_NUM_THREADS", "3")  # not a user's wish: the helpers have set it, by a limit
    assert threads(jobs=2) == "threads 1"
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert threads(jobs=1) == "threads None"


def test_as_many_run_at_a_time_as_there_are_cores(tree, output, monkeypatch):
    monkeypatch.setattr("dt_helpers.authoring.course.usable_cores", lambda: 1)
    run = course(tree, output)
    run.run()
    assert said(run).startswith("To be run, one after the other: 01_returns, 02_window.")
    monkeypatch.setattr("dt_helpers.authoring.course.usable_cores", lambda: 2)
    run = course(tree, output, fresh=True)
    run.run()
    assert said(run).startswith("To be run, 2 at a time: 01_returns, 02_window.")


def test_parts_of_a_notebook_run_in_kernels_of_their_own_and_come_together_in_it(tree, output):
    parted(tree)
    run = course(tree, output, jobs=2)
    run.run()
    assert "03_parts: One" in said(run) and "03_parts: Two" in said(run)
    copy = nbformat.read(output / "notebooks" / "03_parts.ipynb", as_version=4)
    nbformat.validate(copy)
    code = [cell for cell in copy.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3]
    assert [cell.outputs[0].text.strip() for cell in code if cell.outputs] == ["set up", "one 1", "two 1"]


def parted(tree):
    lines = ["# %%", "count = 0", "print('set up')", "# %% [markdown]", "# ## One", "# %%", "count += 1"]
    lines += ["print('one', count)", "# %% [markdown]", "# End of one.", "#", "# ## Two", "# %%", "count += 1"]
    (tree.solutions / "03_parts.py").write_text("\n".join([*lines, "print('two', count)"]) + "\n")
    declare(tree, "[03_parts]\nparts = ['One', 'Two']\n")


# What fails


def test_an_error_stops_neither_the_others_nor_the_page(tree, output):
    edit(tree.solutions / "01_returns.py", "def returns_to_go", "raise KeyError('lost')\ndef returns_to_go")
    run = course(tree, output, jobs=1)
    with pytest.raises(CellFailed) as failure:
        run.run()
    assert str(failure.value).startswith("01_returns, cell 3, failed:\n\n    raise KeyError('lost')")
    assert str(failure.value).endswith("KeyError: 'lost'")
    parsed = BeautifulSoup((output / "course.html").read_text(), "html.parser")
    assert [section["id"] for section in parsed.find_all("section")] == ["01_returns", "02_window"]
    broken = nbformat.read(output / "notebooks" / "01_returns.ipynb", as_version=4)
    assert broken.cells[2].outputs[0].ename == "KeyError"
    assert re.search(r"2 of 2  02_window: done", said(run))
    assert re.search(r"^mean return +11,200$", said(run), re.MULTILINE)
    assert "│ 01_returns" in said(run)


def test_several_failures_are_all_named(tree, output):
    add_script(tree, "00_broken", "1 / 0")
    add_script(tree, "03_broken", "[][0]")
    with pytest.raises(
        CourseIncomplete, match=r"(?s)00_broken, cell 1.*ZeroDivisionError.*03_broken, cell 1.*IndexError"
    ):
        course(tree, output, jobs=1).run()


def test_what_is_built_on_a_notebook_that_failed_runs_without_last_weeks_model(tree, output):
    look = "from dt_helpers.workspace import workspace\nprint((workspace() / 'model').exists())"
    make = "from dt_helpers.workspace import workspace\n(workspace() / 'model').write_text('trained')"
    add_script(tree, "03_train", make)
    add_script(tree, "04_film", look)
    declare(tree, "[03_train]\nleaves = ['model']\n[04_film]\nafter = ['03_train']\n")

    def found():
        return nbformat.read(output / "notebooks" / "04_film.ipynb", as_version=4).cells[0].outputs[0].text.strip()

    course(tree, output, jobs=2).run()
    assert found() == "True"
    edit(tree.solutions / "03_train.py", "(workspace()", "1 / 0\n(workspace()")
    run = course(tree, output, jobs=2)
    with pytest.raises(CellFailed):
        run.run()
    assert "04_film runs without what 03_train should have left." in said(run)
    assert found() == "False"
    edit(tree.solutions / "03_train.py", "1 / 0\n", "")
    course(tree, output, jobs=2).run()
    assert found() == "True", "it runs again when what it is built on is there"


def test_a_notebook_that_does_not_leave_what_it_should_is_incomplete(tree, output):
    declare(tree, "[02_window]\nleaves = ['replay.mp4']\n")
    edit(tree.solutions / "02_window.py", '(workspace() / "replay.mp4")', '(workspace() / "elsewhere.mp4")')
    output.mkdir(parents=True)
    (output / "replay.mp4").write_bytes(b"from last week")
    with pytest.raises(CourseIncomplete, match=r"02_window ran to its end, but left no .*replay\.mp4"):
        course(tree, output).run()
    assert (output / "course.html").is_file()


def test_a_cell_that_stands_still_is_stopped_and_the_page_says_why(tree, output):
    add_script(tree, "00_still", "import time\nprint('begun')\ntime.sleep(10_000)")
    run = course(tree, output, still=1)
    with pytest.raises(CellFailed, match=r"(?s)00_still, cell 1, .* for 1 seconds nothing had moved"):
        run.run()
    assert "02_window: done" in said(run)
    stopped = nbformat.read(output / "notebooks" / "00_still.ipynb", as_version=4).cells[0].outputs
    assert stopped[0].text == "begun\n"
    where = re.sub(r"\x1b\[[^m]*m", "", "\n".join(stopped[1].traceback))
    assert "time.sleep(10_000)" in where


def test_a_kernel_that_dies_is_named_with_its_last_words(tree, output):
    add_script(tree, "00_fatal", "import os\nos.write(2, b'last words\\n')\nos.abort()")
    with pytest.raises(CellFailed, match=r"(?s)00_fatal, cell 1, .* kernel died.*last words"):
        course(tree, output).run()
    assert "kernel died" in (output / "course.html").read_text()


def test_no_kernel_is_left_behind(tree, output):
    add_script(tree, "00_broken", "1 / 0")
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(CellFailed):
        course(tree, output).run()
    assert set(psutil.Process().children(recursive=True)) <= before


def test_a_folder_that_cannot_be_written_to_is_named(tree, tmp_path):
    (tmp_path / "a file").touch()
    with pytest.raises(CourseError, match=r"Nothing can be written to .*a file.* --output"):
        course(tree, tmp_path / "a file" / "output").run()


def test_two_runs_do_not_work_in_the_same_folder(tree, output, tmp_path):
    marker = tmp_path / "it runs"
    wait_for_ever(tree, "03_waits", marker)
    with in_a_process(tree, output) as run:
        until(marker.exists, run)
        with pytest.raises(CourseError, match="Another run of the course is working in"):
            course(tree, output).run()
        run.kill()


# A run that was stopped


def in_a_process(tree, output, stdout=subprocess.DEVNULL):
    code = (
        "from pathlib import Path\n"
        "from dt_helpers.authoring.course import Course\n"
        "from dt_helpers.authoring.tree import Tree\n"
        f"Course(Tree(Path({str(tree.root)!r})), Path({str(output)!r}), dataset=None, jobs=2).run()"
    )
    wide = {**os.environ, "COLUMNS": "200"}  # no sentence is wrapped
    return subprocess.Popen([sys.executable, "-c", code], stdout=stdout, stderr=subprocess.PIPE, text=True, env=wide)


def wait_for_ever(tree, name, marker):
    add_script(
        tree, name, f"import pathlib, time\npathlib.Path({str(marker)!r}).touch()\nwhile True:\n    time.sleep(0.1)"
    )


def until(condition, run):
    while run.poll() is None and not condition():
        time.sleep(0.05)
    assert run.poll() is None, run.stderr.read()


def counted(tree, tmp_path):
    """Two notebooks that note each of their runs, and one that doesn't end until the file `go` is there."""
    for name in ("03_first", "04_second"):
        add_script(
            tree, name, f"with open({str(tmp_path / name)!r}, 'a') as runs:\n    runs.write('x')", "print(6 * 7)"
        )
    go = f"import pathlib, time\npathlib.Path({str(tmp_path / 'it runs')!r}).touch()"
    go += f"\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists():\n    time.sleep(0.05)"
    add_script(tree, "05_last", go)
    declare(tree, "[05_last]\nafter = ['01_returns', '02_window', '03_first', '04_second']\n")


def runs(tmp_path):
    return {name: len((tmp_path / name).read_text()) for name in ("03_first", "04_second")}


def test_a_run_that_was_killed_leaves_no_kernel_and_goes_on_where_it_was(tree, output, tmp_path):
    counted(tree, tmp_path)
    with in_a_process(tree, output) as run:
        until((tmp_path / "it runs").exists, run)
        kernels = psutil.Process(run.pid).children(recursive=True)
        assert kernels
        run.kill()
        run.wait()
    psutil.wait_procs(kernels, timeout=30)
    assert not [kernel for kernel in kernels if kernel.is_running() and kernel.status() != psutil.STATUS_ZOMBIE]
    (tmp_path / "go").touch()
    with in_a_process(tree, output, subprocess.PIPE) as again:
        told, _ = again.communicate()
    assert runs(tmp_path) == {"03_first": 1, "04_second": 1}
    assert re.search(r"Finished before.*: .*03_first, 04_second", told)
    assert "To be run, one after the other: 05_last." in told
    copy = nbformat.read(output / "notebooks" / "03_first.ipynb", as_version=4)
    assert copy.cells[1].outputs[0].text == "42\n", "the page has the outputs of the run before"
    assert copy.cells[1].execution_count == 2


def test_what_has_changed_is_run_again_and_what_comes_after_it_too(tree, output, tmp_path):
    counted(tree, tmp_path)
    (tmp_path / "go").touch()
    course(tree, output).run()
    edit(tree.solutions / "03_first.py", "6 * 7", "6 * 8")
    run = course(tree, output)
    run.run()
    assert runs(tmp_path) == {"03_first": 2, "04_second": 1}
    assert re.search(
        r"To be run, \d at a time: 03_first, 05_last\.|one after the other: 03_first, 05_last\.", said(run)
    )
    everything = course(tree, output)
    everything.run()
    assert "To be run" not in said(everything)
    assert (output / "course.html").is_file()
    course(tree, output, preset="ci").run()
    assert runs(tmp_path) == {"03_first": 3, "04_second": 2}, "another preset"
    course(tree, output, preset="ci", fresh=True).run()
    assert runs(tmp_path) == {"03_first": 4, "04_second": 3}


def test_ctrl_c_stops_all_kernels_and_keeps_what_was_done(tree, output, tmp_path):
    for name in ("03_slow", "04_slow"):
        wait_for_ever(tree, name, tmp_path / name)
    with in_a_process(tree, output) as run:
        until(lambda: (tmp_path / "03_slow").exists() and (tmp_path / "04_slow").exists(), run)
        kernels = psutil.Process(run.pid).children(recursive=True)
        run.send_signal(signal.SIGINT)
        error = run.communicate(timeout=600)[1]
    assert error.rstrip().endswith("KeyboardInterrupt")
    assert len(kernels) >= 2
    assert not [kernel for kernel in kernels if kernel.is_running()]
    assert len(BeautifulSoup((output / "course.html").read_text(), "html.parser").find_all("section")) == 4


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
