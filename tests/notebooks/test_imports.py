"""Torch's threads wait as the course wants it only where the course's helpers are imported before torch."""

import ast
import subprocess
import sys

import pytest

from dt_helpers.authoring import scripts
from dt_helpers.authoring.tree import Tree
from tests.course_tree import REPOSITORY

SCRIPTS = Tree(REPOSITORY).scripts()


def imports_before_the_helpers(source: str) -> str:
    """The lines that import something else, up to the first import of `dt_helpers`."""
    lines = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            if any(name.split(".")[0] == "dt_helpers" for name in names):
                return "\n".join(lines)
            lines.append(ast.unparse(node))
    raise AssertionError("The cell does not import dt_helpers.")


def bring_torch(lines: str) -> bool:
    """Whether they import torch, themselves or by what they import."""
    code = f"{lines}\nimport sys; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip() == "True"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_the_setup_cell_imports_the_helpers_before_torch(script):
    setup = next(cell for cell in scripts.read(script).cells if cell.source.startswith("# Setup:"))
    assert not bring_torch(imports_before_the_helpers(setup.source))


@pytest.mark.parametrize("line", ["import torch", "from torch import nn", "from transformers import Trainer"])
def test_a_wrong_order_is_found(line):
    assert bring_torch(imports_before_the_helpers(f"import json\n{line}\n\nfrom dt_helpers import data"))


@pytest.mark.parametrize("line", ["import json", "import numpy as np", ""])
def test_a_right_order_is_none(line):
    assert not bring_torch(imports_before_the_helpers(f"{line}\nimport dt_helpers.data\nimport torch"))
