"""Ways in which an honest notebook comes to grief, each told by two numbers so that hypothesis can draw and shrink it.

`CELLS` and `NOTEBOOKS` change the parsed JSON, `TEXTS` the text of one cell, `BYTES` the file.
"""

import copy
import json

LINES = (
    "",
    "    ",
    "import os",
    "x = (",
    "%matplotlib inline",
    "!pip list",
    "\0",
    "é\u2028ß",
    "pass",
    "'''",
    "\tx",
)
ODD = (None, 7, True, {}, [], ["a", 1], [["a"]], "x" * 10_000, "\ud800")


def _at(cells: list, number: int) -> int:
    return number % len(cells)


def drop(cells, a, b):
    del cells[_at(cells, a)]


def double(cells, a, b):
    cells.insert(_at(cells, b), copy.deepcopy(cells[_at(cells, a)]))


def move(cells, a, b):
    cells.insert(_at(cells, b), cells.pop(_at(cells, a)))


def merge(cells, a, b):
    at = _at(cells, a)
    if at + 1 < len(cells):
        cells[at]["source"] = f"{cells[at]['source']}\n{cells.pop(at + 1)['source']}"


def split(cells, a, b):
    cell = cells[_at(cells, a)]
    lines = str(cell["source"]).splitlines(keepends=True)
    at = b % (len(lines) + 1)
    other = copy.deepcopy(cell)
    cell["source"], other["source"] = "".join(lines[:at]), "".join(lines[at:])
    cells.insert(_at(cells, a) + 1, other)


def retype(cells, a, b):
    cells[_at(cells, a)]["cell_type"] = ("markdown", "raw", "code", "heading", "", 3, None)[b % 7]


def lose_ids(cells, a, b):
    for cell in cells[_at(cells, a) :]:
        cell.pop("id", None)


def lose_metadata(cells, a, b):
    for cell in cells[_at(cells, a) :]:
        cell["metadata"] = {}


def same_ids(cells, a, b):
    for cell in cells:
        cell["id"] = cells[_at(cells, a)].get("id", "x")


def other_marks(cells, a, b):
    marks = cells[_at(cells, a)].get("metadata", {}).get("nbgrader")
    if isinstance(marks, dict):
        key = sorted(marks)[b % len(marks)] if marks else "grade_id"
        marks[key] = ODD[b % len(ODD)]


def odd_field(cells, a, b):
    cell = cells[_at(cells, a)]
    key = ("source", "outputs", "metadata", "id", "cell_type", "execution_count")[a % 6]
    cell[key] = ODD[b % len(ODD)]


def much_output(cells, a, b):
    text = "x" * (b % 3_000_000)
    cells[_at(cells, a)]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]


def no_cell(cells, a, b):
    cells.insert(_at(cells, a), ODD[b % len(ODD)])


CELLS = (
    drop,
    double,
    move,
    merge,
    split,
    retype,
    lose_ids,
    lose_metadata,
    same_ids,
    other_marks,
    odd_field,
    much_output,
)
CELLS += (no_cell,)
HARMLESS = (double, lose_ids, much_output)  # an honest answer keeps its points, whichever cells it hits


def drop_key(notebook, a, b):
    notebook.pop(sorted(notebook)[a % len(notebook)])


def odd_key(notebook, a, b):
    notebook[("cells", "metadata", "nbformat", "nbformat_minor", "worksheets")[a % 5]] = ODD[b % len(ODD)]


def other_format(notebook, a, b):
    notebook["nbformat"], notebook["nbformat_minor"] = a % 7, b % 100


NOTEBOOKS = (drop_key, odd_key, other_format)


def lose_line(lines, a, b):
    del lines[a % len(lines)]


def double_line(lines, a, b):
    lines.insert(b % len(lines), lines[a % len(lines)])


def swap_lines(lines, a, b):
    a, b = a % len(lines), b % len(lines)
    lines[a], lines[b] = lines[b], lines[a]


def insert_line(lines, a, b):
    lines.insert(a % len(lines), LINES[b % len(LINES)])


def lose_character(lines, a, b):
    at = a % len(lines)
    cut = b % (len(lines[at]) + 1)
    lines[at] = lines[at][:cut] + lines[at][cut + 1 :]


def indent(lines, a, b):
    lines[a % len(lines)] = " " * (b % 5) + lines[a % len(lines)]


TEXTS = (lose_line, double_line, swap_lines, insert_line, lose_character, indent)


def truncate(data, a, b):
    return data[: (a * 65_537 + b) % (len(data) + 1)]


def flip(data, a, b):
    at = (a * 65_537 + b) % max(len(data), 1)
    return data[:at] + bytes([data[at] ^ (1 << b % 8)]) + data[at + 1 :] if data else data


def reencode(data, a, b):
    encoding = ("utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252")[a % 5]
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def junk(data, a, b):
    return data + (b"}", b"\0" * 100, b"<html>", data)[a % 4]


BYTES = (truncate, flip, reencode, junk)


def mangle(notebook: dict, changes: list[tuple]) -> bytes:
    """The file that is left of a notebook after `changes`, (way, a, b) each, in the order of the four groups."""
    notebook = copy.deepcopy(notebook)
    for way, a, b in changes:
        cells = notebook.get("cells")
        whole = isinstance(cells, list) and cells and all(isinstance(cell, dict) and "source" in cell for cell in cells)
        if way in NOTEBOOKS and notebook:
            way(notebook, a, b)
        elif way in CELLS and whole:
            way(cells, a, b)
        elif way in TEXTS and whole:
            cell = cells[a % len(cells)]
            lines = str(cell["source"]).splitlines() or [""]
            way(lines, a // len(cells), b)
            cell["source"] = "\n".join(lines)
    data = json.dumps(notebook).encode()
    for way, a, b in changes:
        if way in BYTES:
            data = way(data, a, b)
    return data
