"""What a student's code defines, and what a function builds on."""

import pytest

from dt_helpers.grading.text import slicing


def test_what_a_cell_defines_is_told_apart_from_what_it_does_and_lines_stay_where_they_are():
    text = """%%time
import torch
from math import sqrt
SCALE = 2
model = train(epochs=100)
@torch.no_grad()
def f(x):
    return g(x) * SCALE

out = f(missing)
print(out)
g = lambda x: torch.relu(x)
class Net(torch.nn.Module): pass
for i in range(10**9):
    h = i"""
    left = slicing.definitions(text)
    assert left.split("\n")[6] == "def f(x):"
    assert [line for line in left.split("\n") if line] == [
        "import torch",
        "from math import sqrt",
        "SCALE = 2",
        "@torch.no_grad()",
        "def f(x):",
        "    return g(x) * SCALE",
        "g = lambda x: torch.relu(x)",
        "class Net(torch.nn.Module): pass",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return wanted(x)",
        "class Base:\n    def forward(self):\n        return wanted(1)\nclass f(Base):\n    pass",
        "def f(x): return x\nf = logged(f)\ndef logged(g):\n    return lambda x: wanted(x)",
        "table = {}\ntable['a'] = wanted\ndef f(x):\n    return table[x]",
        "def f(x): return x\nf.scale = wanted",
    ],
)
def test_what_a_function_builds_on_is_reached_over_any_number_of_steps(text):
    assert "wanted" in slicing.reached(text.split("\n# next cell\n"), "f")
    assert "wanted" not in slicing.reached(["def f(x):\n    return x", "print(wanted(f(1)))"], "f")


def test_names_that_a_cell_binds_are_known_also_where_they_are_imported():
    assert slicing.bindings("import a.b, c as d\nfrom e import *\nf = 1\nimport torch") == {"a", "d", "*", "f", "torch"}


def test_broken_code_defines_what_looks_like_it_and_gives_nothing_to_run():
    text = "print(1)\ndef f(x:\n    return"
    assert slicing.definitions(text).strip() == ""
    assert slicing.defined(text) == slicing.bindings(text) == {"f"}


@pytest.mark.parametrize(
    "text", ["(" * 5000, "-" * 50_000 + "1", "x" + ".a" * 50_000, "1" + "+1" * 30_000, "\0", "\ud800"]
)
def test_code_that_breaks_parsers_does_not_break_this_one(text):
    assert slicing.definitions(text).strip() == ""
    assert slicing.defined(text) == frozenset()


def test_magics_only_where_python_cannot_read_them():
    assert slicing.defined("!pip install x\nf = 1\n%matplotlib inline\nf?") == {"f"}


def test_names_that_are_used_are_the_global_ones():
    import ast

    (statement,) = ast.parse(
        "def f(a, *, b=start):\n    c = a + torch.e\n    return [d + c for d in outer] + len(b)"
    ).body
    assert slicing.used(statement) == {"start", "torch", "outer"}
