"""What of a student's code is run, and what a function needs."""

import pytest

from dt_helpers.grading.text import slicing


def test_what_was_tried_beside_the_function_is_not_run_and_lines_stay_where_they_are():
    text = """%%time
import torch
from math import sqrt

SCALE = 2

def f(x):
    return g(x) * SCALE

out = f(missing)
print(out)
def g(x): return torch.relu(x)
check.f(f)
if True:
    later = 1"""
    left = slicing.runnable(text, frozenset("f"))
    assert left.split("\n")[6] == "def f(x):"
    assert [line for line in left.split("\n") if line] == [
        "#%%time",
        "import torch",
        "SCALE = 2",
        "def f(x):",
        "    return g(x) * SCALE",
        "def g(x): return torch.relu(x)",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "from __future__ import annotations\nfrom torch import *\nf = lambda x: relu(x)",
        "import functools\n@functools.cache\ndef f(x):\n    return x",
        "try:\n    import einops\nexcept ImportError:\n    einops = None\ndef f(x):\n    return einops",
        "def f(x):\n    return f.scale * x\nf.scale = 2",
        "def f(x): return x\nf = staticmethod(f)",
        "table = {}\ntable['a'] = 1\ndef f(x):\n    return table[x]",
        "a, (b, *c) = 1, (2, 3)\ndef f(x):\n    return c",
        "x = (5\n% 3)\ndef f(y):\n    '''\n%timeit\n    '''\n    return x",
        "class f(Base):\n    def g(self):\n        return [helper(i) for i in self]\ndef helper(i):\n    return i",
    ],
)
def test_all_that_the_function_needs_is_kept(text):
    assert slicing.runnable(text, frozenset("f")) == text


def test_broken_code_comes_back_whole_so_that_running_it_names_the_error():
    text = "print(1)\ndef f(x:\n    return"
    assert slicing.runnable(text, frozenset("f")) == text
    assert slicing.defined(text) == {"f"}


@pytest.mark.parametrize(
    "text", ["(" * 5000, "-" * 50_000 + "1", "x" + ".a" * 50_000, "1" + "+1" * 30_000, "\0", "\ud800"]
)
def test_code_that_breaks_parsers_does_not_break_this_one(text):
    assert isinstance(slicing.runnable(text, frozenset("f")), str)
    assert slicing.defined(text) == frozenset()


def test_magics_only_where_python_cannot_read_them():
    assert slicing.defined("!pip install x\nf = 1\n%matplotlib inline\nf?") == {"f"}


def test_names_that_are_used_are_the_global_ones():
    import ast

    (statement,) = ast.parse(
        "def f(a, *, b=start):\n    c = a + torch.e\n    return [d + c for d in outer] + len(b)"
    ).body
    assert slicing.used(statement) == {"start", "torch", "outer"}
