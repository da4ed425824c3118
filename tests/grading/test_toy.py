"""CONTRIBUTING.md's own toy exercise in a copy of the package: one file and one cell, and everything else follows."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from dt_helpers.check import one_function
from tests.grading.course import REPOSITORY, needs
from tests.mutation import register

PAGE = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = [re.sub(r"^   ", "", block, flags=re.M) for block in re.findall(r"```python\n(.*?)```", PAGE, re.S)]
SOLUTION, CHECK, EXERCISE, ANSWERS = BLOCKS
[MISCONCEPTION] = re.findall(r'^\("tripled".*,$', PAGE, re.M)

PROGRAM = """
import json, pathlib, sys
import nbformat
from rich.console import Console
from dt_helpers import check
from dt_helpers.authoring import build
from dt_helpers.authoring.tree import Tree
from dt_helpers.grading.judging.grade import grade
from dt_helpers.grading.places import Places
from dt_helpers.grading.results import Store

def named(fn):
    try:
        return check.doubled(fn).passed
    except check.CheckFailed as failure:
        return failure.mistake

root, answers = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2])
said = {"checked": [named(lambda x: x + x), named(lambda x: x * x), named(lambda x: x + x + x)]}
tree = Tree(root)
build.write(build.plan(tree))
said["released"] = "YOUR CODE" in (tree.notebooks / "01_toy.ipynb").read_text()
places = Places.find(root)
for student, answer in answers.items():
    notebook = nbformat.read(tree.notebooks / "01_toy.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.id == "double":
            cell.source = answer
    places.submitted(student).mkdir(parents=True)
    nbformat.write(notebook, places.submitted(student) / "01_toy.ipynb")
grade(places, jobs=1, console=Console(quiet=True))
results = {result.student: result.exercises[0] for result in Store(places.results).all()}
said["graded"] = {student: [one.points, one.mistake] for student, one in results.items()}
print(json.dumps(said))
"""


def say(root, **answers):
    environment = os.environ | {"PYTHONPATH": str(root)}
    program = [sys.executable, "-c", PROGRAM, str(root), json.dumps(answers)]
    child = subprocess.run(program, capture_output=True, text=True, cwd=root, env=environment)
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout.splitlines()[-1])


@pytest.fixture
def house(tmp_path):
    needs()
    skipped = shutil.ignore_patterns("__pycache__", "experts", "model-mixed")
    shutil.copytree(REPOSITORY / "dt_helpers", tmp_path / "dt_helpers", ignore=skipped)
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    script = tmp_path / "solutions" / "decision_transformer" / "01_toy.py"
    script.parent.mkdir(parents=True)
    script.write_text(f"# %%\nfrom dt_helpers import check\n\n{SOLUTION}\n\n{CHECK}\n")
    (tmp_path / "dt_helpers" / "check" / "exercises" / "doubled.py").write_text(EXERCISE)
    return tmp_path


def test_an_exercise_is_one_file_and_a_misconception_one_row(house):
    answers = {"ada": "def double(x):\n    return x + x", "bob": "def double(x):\n    return x ** 2"}
    said = say(house, **answers)
    assert said["checked"] == [True, "squared", None]
    assert said["released"]
    assert said["graded"] == {"ada": [2, None], "bob": [0, "squared"]}
    file = house / "dt_helpers" / "check" / "exercises" / "doubled.py"
    row = '("squared"'
    assert row in EXERCISE
    file.write_text(EXERCISE.replace(row, f"{MISCONCEPTION} {row}"))
    assert named_in(house) == "tripled"


def named_in(house):
    program = """
from dt_helpers import check
try: check.doubled(lambda x: 3 * x)
except check.CheckFailed as failure: print(failure.mistake)
"""
    environment = os.environ | {"PYTHONPATH": str(house)}
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=house, env=environment)
    assert child.returncode == 0, child.stderr
    return child.stdout.splitlines()[-1]


def test_the_guides_answers_are_right_and_called_as_it_says(monkeypatch):
    monkeypatch.setattr(register, "RIGHT", [])
    monkeypatch.setattr(register, "WRONG", [])
    exec(EXERCISE, toy := {})
    exec(ANSWERS, {"right": register.right, "wrong": register.wrong})
    found = [(one.slug, one_function.judge(toy["EXERCISE"], one.answer, 1)) for one in register.RIGHT + register.WRONG]
    assert [(slug, verdict.passed or verdict.mistake) for slug, verdict in found] == [
        (None, True), ("squared", "squared"), ("squared", "squared"),
    ]  # fmt: skip
