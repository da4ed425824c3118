"""Gradescope's autograder: the archive to upload, and what it runs there.

After gradescope-autograders.readthedocs.io, "Autograder Specifications": setup.sh runs once, as root, when the image is
built; run_autograder for each submission, which is in /autograder/submission; it writes
/autograder/results/results.json.
"""

from __future__ import annotations

import json
import zipfile
from importlib.resources import files
from pathlib import Path

from dt_helpers.authoring.tree import Tree
from dt_helpers.grading.autograder.one import Graded, grade_one
from dt_helpers.grading.results import ERROR, FAILED, NOT_RUN, PASSED, ExerciseResult
from dt_helpers.workspace import replacing

ROOT = Path("/autograder")
ACCOUNT = "student-code"  # made by setup.sh
SCRIPTS = ("setup.sh", "run_autograder")
SHIPPED = ("dt_helpers/**/*", "pyproject.toml", "README.md", "nbgrader_config.py")
_WAITS = "This waits for your instructor, and is no zero: "


def build(tree: Tree, path: Path, notebook: str = "") -> None:
    """Write the archive for "Configure Autograder": both scripts, and below course/ the package and the release.

    `notebook`: the only one to grade, by default all.
    """
    scripts = files("dt_helpers") / "assets" / "grading" / "gradescope"
    released = [tree.student(notebook)] if notebook else tree.notebooks.glob("*.ipynb")
    with replacing(path) as staged, zipfile.ZipFile(staged, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in SCRIPTS:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16  # executable
            archive.writestr(entry, (scripts / name).read_text(encoding="utf-8"))
        for file in sorted({*released, *(one for pattern in SHIPPED for one in tree.root.glob(pattern))}):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, Path("course") / file.relative_to(tree.root))


def run(root: Path = ROOT, account: str = ACCOUNT) -> None:
    """Grade what is in root/submission; the course is in root/source/course."""
    graded = grade_one(root / "source" / "course", root / "submission", account)
    path = root / "results" / "results.json"
    with replacing(path) as staged:
        staged.write_text(json.dumps(results(graded), indent=1), encoding="utf-8")


def results(graded: Graded) -> dict:
    """results.json: a test for each exercise, whose output names the mistake."""
    names = {(task.notebook, task.check_id): task.solution_id for task in graded.tasks}
    return {
        "score": graded.score,
        "output": "\n".join(graded.remarks()),
        "visibility": "visible",
        "tests": [_test(names[exercise.notebook, exercise.check_id], exercise) for exercise in graded.result.exercises],
    }


def _test(name: str, exercise: ExerciseResult) -> dict:
    mistake = exercise.mistake.replace("-", " ") if exercise.mistake and exercise.status in (FAILED, ERROR) else ""
    said = [f"{mistake}: {exercise.sentence}" if mistake else exercise.sentence]
    if exercise.status == NOT_RUN:
        said = [_WAITS + exercise.sentence]
    said += [*exercise.lines, *exercise.remarks, *(f"Hint: {hint}" for hint in exercise.hints)]
    status = {} if exercise.status == NOT_RUN else {"status": "passed" if exercise.status == PASSED else "failed"}
    return {
        "name": f"{exercise.notebook}: {name}",
        "score": exercise.points,
        "max_score": exercise.max_points,
        "output": "\n".join(said),
        "output_format": "text",
        "visibility": "visible",
    } | status


if __name__ == "__main__":
    run()
