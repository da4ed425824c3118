"""One submission, graded by itself in a platform's container: by the same checks, in the same way as a class."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from dt_helpers.authoring.tree import Tree
from dt_helpers.grading import release, sandbox
from dt_helpers.grading.collecting.collect import collect
from dt_helpers.grading.judging.grade import grade
from dt_helpers.grading.places import Places
from dt_helpers.grading.release import Task
from dt_helpers.grading.results import NOT_RUN, Store, SubmissionResult
from dt_helpers.grading.sandbox.limits import Limits

STUDENT = "submission"


@dataclass(frozen=True)
class Graded:
    """The outcome for one submission."""

    result: SubmissionResult
    tasks: list[Task]
    left: list[tuple[str, str]]  # files that could not be used, with the reason

    @property
    def score(self) -> float:
        return sum(exercise.points for exercise in self.result.exercises)

    @property
    def waiting(self) -> int:
        """How many exercises an instructor has to look at."""
        return sum(exercise.status == NOT_RUN for exercise in self.result.exercises)

    def remarks(self) -> list[str]:
        """What the student has to know besides the verdicts."""
        said = [f"{Path(file).name}: {reason}." for file, reason in self.left]
        said += [f"{self.waiting} exercises wait for your instructor."] if self.waiting else []
        return said


def grade_one(course: Path, submitted: Path, account: str = "") -> Graded:
    """Grade the notebooks in a folder with the release in the checkout `course`; nothing is left behind.

    In bubblewrap where that works; else in the given account, which must not be able to read the course. Raises
    SandboxUnavailable if there is neither.
    """
    kind = _kind(account)
    with _places(course) as places:
        collected = collect(places, [submitted], STUDENT)
        limits = Limits(account=account if kind == sandbox.LIMITS else "")
        grade(places, students=[STUDENT], jobs=0, sandbox_kind=kind, limits=limits, console=Console(quiet=True))
        result = Store(places.results).get(STUDENT)
        assert result is not None  # every submission gets one
        left = [one for one in collected.left if one[1] != "not a notebook"]
        return Graded(result, [task for task in release.tasks(places.notebooks()) if task.check], left)


def _kind(account: str) -> str:
    try:
        sandbox.check(sandbox.BUBBLEWRAP)
    except sandbox.SandboxUnavailable:
        if not account:
            raise
        return sandbox.LIMITS
    return sandbox.BUBBLEWRAP


@contextmanager
def _places(course: Path) -> Iterator[Places]:
    """A course of its own with the release and without solutions, so that the checkout stays as it is."""
    tree = Tree.find(course)
    with tempfile.TemporaryDirectory(prefix="dt-one-") as folder:
        own = Tree(Path(folder))
        shutil.copyfile(tree.config, own.config)
        shutil.copytree(tree.notebooks, own.notebooks)
        yield Places.find(own.root)
