"""GitHub Classroom: the workflow for an assignment's template repository, and what it runs in Actions.

The reporter (classroom-resources/autograding-grading-reporter, src/main.js) reads each runner's result from the
environment: base64 of JSON with status, max_score, and a name, status, score and message for each test.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from importlib.resources import files
from pathlib import Path

from dt_helpers.authoring.setting import Setting
from dt_helpers.grading.autograder.one import Graded, grade_one
from dt_helpers.grading.results import NOT_RUN, PASSED, ExerciseResult
from dt_helpers.workspace import replacing

OUTPUT, SUMMARY = "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"  # files, named by the environment
_MARKS = {PASSED: "✓", NOT_RUN: "?"}


def build(setting: Setting, path: Path) -> None:
    """Write the workflow, which takes the course from where the setting says that it is published."""
    text = (files("dt_helpers") / "assets" / "grading" / "classroom.yml").read_text(encoding="utf-8")
    with replacing(path) as staged:
        staged.write_text(
            text.replace("{repository}", setting.repository).replace("{ref}", setting.ref), encoding="utf-8"
        )


def run(submitted: Path, course: Path) -> None:
    """Grade a checked out repository; leaves the step's output `result`, and a table in the summary of the run."""
    graded = grade_one(course, submitted)
    encoded = base64.b64encode(json.dumps(results(graded)).encode()).decode()
    _append(OUTPUT, f"result={encoded}\n")
    _append(SUMMARY, summary(graded))


def results(graded: Graded) -> dict:
    """What the reporter expects."""
    names = {(task.notebook, task.check_id): task.solution_id for task in graded.tasks}
    exercises = graded.result.exercises
    return {
        "version": 1,
        "status": "pass" if all(one.status == PASSED for one in exercises) else "fail",
        "max_score": graded.result.max_score,
        "tests": [
            {
                "name": f"{one.notebook}: {names[one.notebook, one.check_id]}",
                "status": "pass" if one.status == PASSED else "fail",
                "score": one.points,
                "message": _message(one),
                "filename": f"{one.notebook}.ipynb",
                "line_no": 0,
            }
            for one in exercises
        ],
    }


def summary(graded: Graded) -> str:
    """A table in markdown. What comes of a student is code, so it is no markup."""
    lines = [
        f"### {graded.score:g} of {graded.result.max_score:g} points",
        "",
        "| exercise | | points | |",
        "|-|-|-|-|",
    ]
    for test, one in zip(results(graded)["tests"], graded.result.exercises, strict=True):
        mark = _MARKS.get(one.status, "✗")
        lines.append(f"| {test['name']} | {mark} | {one.points:g} of {one.max_points:g} | {_code(test['message'])} |")
    return "\n".join([*lines, "", *(_code(remark) for remark in graded.remarks()), ""])


def _message(one: ExerciseResult) -> str:
    mistake = f"{one.mistake.replace('-', ' ')}: " if one.mistake else ""
    return " ".join([f"{mistake}{one.sentence}", *one.remarks, *(f"Hint: {hint}" for hint in one.hints)])


def _code(text: str) -> str:
    """Text between backticks, in a table."""
    plain = " ".join(text.split()).replace("`", "'").replace("|", "¦")
    return f"`{plain}`" if plain else ""


def _append(variable: str, text: str) -> None:
    if path := os.environ.get(variable):
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path())
