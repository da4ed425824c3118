"""Reading what somebody else wrote: cells or a reason, never an exception of another kind."""

import json
import os
import signal
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dt_helpers.grading.text import reading
from dt_helpers.grading.text.reading import MB, Unreadable, read
from tests.grading.submissions import code, save


def notebook(*cells, **more):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}


def test_cells_with_their_ids_and_tags(tmp_path):
    cell = code("x = 1", id="f", metadata={"nbgrader": {"grade_id": "g"}, "tags": ["skip-execution"]})
    cells, notes = read(save(notebook({"cell_type": "markdown", "source": ["a\r\n", "b"]}, cell), tmp_path / "a.ipynb"))
    assert [(c.number, c.kind, c.source) for c in cells] == [(1, "markdown", "a\nb"), (2, "code", "x = 1")]
    assert (cells[1].id, cells[1].grade_id, cells[1].tags) == ("f", "g", ("skip-execution",))
    assert notes == []


def test_the_format_of_2013(tmp_path):
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["def f():\n", "    pass"]}]}]}
    cells, notes = read(save(json.dumps(old), tmp_path / "a.ipynb"))
    assert cells[0].source == "def f():\n    pass"
    assert notes == ["an old format (nbformat 3)"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings_that_editors_write(tmp_path, encoding):
    text = json.dumps(notebook(code("größe = 1")), ensure_ascii=False)
    assert read(save(text.encode(encoding), tmp_path / "a.ipynb"))[0][0].source == "größe = 1"


def test_a_broken_encoding_costs_letters_and_not_the_notebook(tmp_path):
    text = json.dumps(notebook(code("x = 1  # größe")), ensure_ascii=False)
    cells, notes = read(save(text.encode("latin-1"), tmp_path / "a.ipynb"))
    assert cells[0].source == "x = 1  # gr\ufffd\ufffde"
    assert "encoding" in notes[0]


def test_lone_surrogates_and_nul_do_not_come_through(tmp_path):
    cells, _ = read(save(notebook(code("a = '\ud800\0'")), tmp_path / "a.ipynb"))
    assert cells[0].source == "a = '\ufffd\ufffd'"
    cells[0].source.encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"{ no notebook", "JSON is broken"),
        (b"[1, 2]", "JSON, but not a notebook"),
        (b"{}", "no cells"),
        (b'{"cells": 3}', "no cells"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "binary|broken"),
        (b'{"cells": ' + b"[" * 100_000, "nested too deeply|broken"),
        (b'{"cells": [' + b"1" * 10_000 + b"]}", "broken|no cells"),
        (b"def f():\n    return 1\n", "JSON is broken"),
    ],
)
def test_what_is_no_notebook_is_named(tmp_path, content, reason):
    with pytest.raises(Unreadable, match=reason):
        read(save(content, tmp_path / "a.ipynb"))


def test_links_folders_and_pipes_are_not_opened(tmp_path):
    save(notebook(code("secret = 1")), tmp_path / "solution.ipynb")
    (tmp_path / "outward.ipynb").symlink_to(tmp_path / "solution.ipynb")
    (tmp_path / "dangling.ipynb").symlink_to(tmp_path / "nothing")
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    for name, reason in {"outward": "link", "dangling": "link", "folder": "not a file", "pipe": "not a file"}.items():
        with pytest.raises(Unreadable, match=reason):
            read(tmp_path / f"{name}.ipynb")
    with pytest.raises(Unreadable, match="could not be opened"):
        read(tmp_path / "nothing.ipynb")


def test_fifty_megabytes_of_outputs_are_read_by_a_process_of_its_own(tmp_path):
    output = {"output_type": "stream", "name": "stdout", "text": ["a line of output\n"] * 3_000_000}
    large = code("x = 1")
    large["outputs"] = [output]
    path = save(notebook(large, code("y = 2", id="b")), tmp_path / "a.ipynb")
    assert path.stat().st_size > 50 * MB
    cells, notes = read(path)
    assert [(cell.source, cell.kind) for cell in cells] == [("x = 1", "code"), ("y = 2", "code")]
    assert cells[1].id == "b"
    assert notes == []


def test_a_file_that_would_eat_the_memory_is_given_up(tmp_path, monkeypatch):
    path = save(b'{"cells": [' + b"{}," * (reading.LARGE // 2) + b"{}]}", tmp_path / "a.ipynb")
    source = reading.Path(reading.__file__).read_text().replace("MEMORY = 2048 * MB", "MEMORY = 256 * MB")
    small = save(source, tmp_path / "reading.py")
    monkeypatch.setattr(reading, "__file__", str(small))
    with pytest.raises(Unreadable, match="too much memory"):
        read(path)


def test_a_large_file_has_its_time_on_a_processor_however_long_it_waits_for_one(tmp_path, monkeypatch):
    path = save(b'{"cells": []}' + b" " * reading.LARGE, tmp_path / "a.ipynb")

    def run(command, timeout=None, **options):
        assert timeout is None
        return subprocess.CompletedProcess(command, -signal.SIGXCPU)

    monkeypatch.setattr(reading.subprocess, "run", run)
    with pytest.raises(Unreadable, match="more than 60 seconds"):
        read(path)


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path):
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(reading.LARGEST + 1)
    with pytest.raises(Unreadable, match="at most 256 can be read"):
        read(tmp_path / "a.ipynb")


def test_cells_beyond_all_measure_are_left_out_and_noted(tmp_path):
    cells, notes = read(save(notebook(code("x" * 200_000), code("y = 1")), tmp_path / "a.ipynb"))
    assert [cell.source for cell in cells] == ["y = 1"]
    assert notes == ["cell 1 was left out: it has 200,000 characters"]
    cells, notes = read(save(notebook(*[code("y")] * 3_000), tmp_path / "a.ipynb"))
    assert len(cells) == reading.MOST_CELLS
    assert "3,000 cells" in notes[0]


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["code", "source", "cells"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["cells", "source", "metadata", "tags"]), inner),
)


@given(anything, st.binary(max_size=20))
def test_any_json_and_any_end_give_cells_or_a_reason(tmp_path_factory, value, end):
    path = tmp_path_factory.mktemp("any") / "a.ipynb"
    save(json.dumps({"cells": value}).encode() + end, path)
    try:
        for cell in read(path)[0]:
            cell.source.encode()
    except Unreadable as reason:
        assert str(reason)
