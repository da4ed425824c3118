"""The real course in a folder of a test's own, and submissions to it made from the solutions."""

import os
import shutil
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading import sandbox
from dt_helpers.grading.judging.grade import grade
from dt_helpers.grading.places import Places
from dt_helpers.grading.results import Store

REPOSITORY = Path(__file__).parents[2]
SOLVED = REPOSITORY / "solutions" / ASSIGNMENT
RELEASED = REPOSITORY / "notebooks" / ASSIGNMENT


_PYTHON = Path(sys.base_prefix)
# A sandbox without bubblewrap can give students' code another account only if that can read this Python; one that lies
# in root's own folder it can't.
another_account = pytest.mark.skipif(
    os.name != "posix"
    or os.geteuid() != 0
    or not all(place.stat().st_mode & 1 for place in (_PYTHON, *_PYTHON.parents)),
    reason="only root can give away its account, and to one that can read this Python",
)


def _is_solution(cell) -> bool:
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def _points(path: Path) -> float:
    cells = nbformat.read(path, as_version=4).cells
    return float(sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in cells))


POINTS_OF = {path.stem: points for path in sorted(RELEASED.glob("*.ipynb")) if (points := _points(path))}
POINTS = sum(POINTS_OF.values())
# Of each notebook with points, the grade ids of its solution cells
SOLUTIONS = {
    stem: {cell.id for cell in nbformat.read(SOLVED / f"{stem}.ipynb", as_version=4).cells if _is_solution(cell)}
    for stem in POINTS_OF
}


def make_course(root: Path) -> Places:
    """A checkout with the released notebooks, and none of the solutions."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    shutil.copytree(RELEASED, root / "notebooks" / ASSIGNMENT)
    return Places.find(root)


def hand_in(places: Places, student: str, only: tuple[str, ...] = (), **texts: str) -> Path:
    """A solved submission, but for the solution cells that `texts` names by their grade ids; answers its folder.

    `only`: the notebooks to hand in.
    """
    folder = places.submitted(student)
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(SOLVED.glob("*.ipynb")):
        if only and path.stem not in only:
            continue
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.source = texts.get(cell.id, cell.source)
            if cell.cell_type == "code":
                cell.outputs = []
        nbformat.write(notebook, folder / path.name)
    return folder


def solution(grade_id: str) -> str:
    """The right text of a solution cell."""
    for path in sorted(SOLVED.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.id == grade_id:
                return cell.source
    raise KeyError(grade_id)


def needs(kind: str = sandbox.BUBBLEWRAP) -> None:
    """Skips the test where this machine has no such sandbox, and says how to get it; where CI is set, it fails."""
    if problem := _problem(kind):
        (pytest.fail if os.environ.get("CI") and sys.platform == "linux" else pytest.skip)(problem)


@cache
def _problem(kind: str) -> str:
    try:
        sandbox.check(kind)
    except sandbox.SandboxUnavailable as reason:
        return " ".join(str(reason).split())
    return ""


def grades(places: Places, **options) -> dict:
    """Grades the course with one worker; the results by student."""
    needs(options.get("sandbox_kind", sandbox.BUBBLEWRAP))
    grade(places, **({"jobs": 1, "console": Console(quiet=True)} | options))
    return {result.student: result for result in Store(places.results).all()}


def in_this_process(jobs_of, work, **options):
    """In place of `scheduling.run`: no workers, so that the sandbox stays warm from one run to the next."""
    yield from ((tag, work(job)) for tag, job in jobs_of)


def failed(result) -> dict:
    """id of the check cell -> (status, mistake) of what did not get its points."""
    return {e.check_id: (e.status, e.mistake) for e in result.exercises if e.points < e.max_points}
