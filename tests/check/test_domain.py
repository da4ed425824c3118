"""The statement in the notebook and the inputs that a check draws say the same."""

import ast
import re
from functools import cache

import jupytext
import numpy as np
import pytest

from dt_helpers.authoring.tree import Tree
from dt_helpers.check.exercises import FUNCTIONS, exercise
from tests import sizes
from tests.course_tree import REPOSITORY

SEEDS = sizes.seeds("domains", small=6, whole=200)


@cache
def statements() -> dict[str, str]:
    """Of each function in the notebooks: the text before its cell, and its docstring, on one line."""
    found = {}
    for script in Tree(REPOSITORY).scripts():
        text = ""
        for cell in jupytext.read(script, fmt="py:percent").cells:
            if cell.cell_type == "markdown":
                text += "\n" + cell.source
                continue
            for node in ast.parse(re.sub(r"^%", "#%", cell.source, flags=re.MULTILINE)).body:
                if isinstance(node, ast.FunctionDef):
                    found[node.name] = on_one_line(text + "\n" + (ast.get_docstring(node) or ""))
            text = ""
    return found


def on_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_statement_says_what_the_check_goes_by(name):
    asked = exercise(name)
    said = statements()[asked.function]
    assert asked.domain and [says.words for says in asked.domain if says.words not in said] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_the_statement_says_of_an_argument_the_check_goes_by(name):
    asked = exercise(name)
    words = " / ".join(says.words for says in asked.domain)
    described = [argument for argument in asked.parameters if f"{argument} :" in statements()[asked.function]]
    assert [argument for argument in described if f"{argument} :" not in words and argument not in HEADS] == []


HEADS = ("predict_return", "predict_state", "predict_action")  # described together, as "the heads"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_that_is_drawn_is_what_the_statement_allows_and_reaches_its_boundaries(name, seed):
    cases = exercise(name).cases(np.random.default_rng(seed))
    for says in exercise(name).domain:
        if says.always:
            assert [case.label for case in cases if not says.always(*case.args, **case.kwargs)] == [], says.words
        for number, boundary in enumerate(says.reached):
            assert any(boundary(*case.args, **case.kwargs) for case in cases), f"{says.words}: boundary {number}"
