"""Where a course's submissions, results and gradebook are: nbgrader's folders, as named in its configuration."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from dt_helpers.authoring.setting import PER_NOTEBOOK, per_notebook
from dt_helpers.authoring.tree import ASSIGNMENT, Tree

# Students' names become folder names; nbgrader and the rules in its configuration allow these.
STUDENT = re.compile(r"[^\s/\\.][^/\\\0]{0,99}")


@dataclass(frozen=True)
class Places:
    """The checkout of the course in which grading takes place, and the assignment whose folders are meant.

    `assignment` is empty where each notebook is one: then only what all of them share is there, and `assignments` and
    `of` have the others.
    """

    tree: Tree
    steps: dict[str, str]  # nbgrader's name of a step -> its folder: "submitted", "autograded", "feedback"
    db_url: str  # of the gradebook
    course_id: str
    assignment: str = ASSIGNMENT
    per_notebook: bool = False  # whether each notebook is an assignment of its own

    @classmethod
    def find(cls, start: Path | str | None = None, db_url: str | None = None) -> Places:
        """The checkout that holds the folder `start` (default: the current one).

        The gradebook is `db_url`, else the one in nbgrader_config.py, else gradebook.db in the checkout. Raises
        FileNotFoundError outside a checkout.
        """
        from nbgrader import coursedir

        tree = Tree.find(start)
        directory = coursedir.CourseDirectory(config=_config(tree))
        steps = {step: getattr(directory, f"{step}_directory") for step in ("submitted", "autograded", "feedback")}
        alone = per_notebook(tree)
        name = "" if alone else ASSIGNMENT
        return cls(tree, steps, db_url or directory.db_url, directory.course_id, name, alone)

    def assignments(self, wanted: Collection[str] = ()) -> list[Places]:
        """The same for each assignment, or each of those `wanted`, in the order of the course.

        Raises ValueError for a name that is no assignment's, FileNotFoundError if nothing was released.
        """
        names = [folder.name for folder in self.tree.released_alone()] if self.per_notebook else [ASSIGNMENT]
        if not names:
            raise FileNotFoundError(
                f'Each notebook is an assignment (assignments = "{PER_NOTEBOOK}" in {self.tree.project.name}), but '
                f"{self.root / 'notebooks'} has none: run `dt-course release` first."
            )
        if unknown := set(wanted) - set(names):
            one = (
                ""
                if self.per_notebook
                else f' For one a notebook, set assignments = "{PER_NOTEBOOK}" in pyproject.toml.'
            )
            raise ValueError(
                f"There is no assignment {', '.join(sorted(unknown))}. Choose from {', '.join(names)}.{one}"
            )
        return [replace(self, assignment=name) for name in names if not wanted or name in wanted]

    def of(self, notebook: str) -> Places:
        """The same for the assignment that a notebook belongs to."""
        return replace(self, assignment=notebook) if self.per_notebook else self

    @property
    def title(self) -> str:
        """What a line about one of several assignments begins with; empty if there is one."""
        return f"{self.assignment}: " if self.per_notebook else ""

    @property
    def root(self) -> Path:
        return self.tree.root

    @property
    def results(self) -> Path:
        """The folder of the results, one JSON file per student."""
        return self.reports / "results"

    @property
    def reports(self) -> Path:
        """The folder for the instructor's files: the report, the tables, the columns for the LMS.

        Where each notebook is an assignment, each has a folder in it.
        """
        return self.root / "grading" / (self.assignment if self.per_notebook else "")

    @property
    def submissions(self) -> Path:
        """The folder that holds a folder for each student who handed something in."""
        return self.root / self.steps["submitted"]

    def submitted(self, student: str) -> Path:
        return self._step("submitted", student)

    def autograded(self, student: str) -> Path:
        return self._step("autograded", student)

    def feedback(self, student: str) -> Path:
        return self._step("feedback", student)

    def students(self) -> list[str]:
        """The students who handed something in, by name."""
        folder = self.root / self.steps["submitted"]
        return sorted(
            path.parent.name for path in folder.glob(f"*/{self.assignment}") if STUDENT.fullmatch(path.parent.name)
        )

    def config(self) -> Config:
        """nbgrader_config.py, as nbgrader reads it."""
        return _config(self.tree)

    def notebooks(self) -> list[Path]:
        """The release's notebooks, of the assignment if one is meant. Raises FileNotFoundError if there are none."""
        folder = self.tree.assignment(self.assignment or ASSIGNMENT)
        notebooks = sorted(folder.glob("*.ipynb"))
        if not notebooks:
            raise FileNotFoundError(f"There are no notebooks in {folder}: run `dt-course release` first.")
        return notebooks

    def _step(self, step: str, student: str) -> Path:
        if not STUDENT.fullmatch(student):
            raise ValueError(f"A student's name must be usable as a folder name; {student!r} is not.")
        if not self.assignment:
            raise ValueError("Each notebook is an assignment with folders of its own: say which with `Places.of`.")
        return self.root / self.steps[step] / student / self.assignment


def _config(tree: Tree) -> Config:
    config = Config(PyFileConfigLoader(tree.config.name, path=str(tree.root)).load_config())
    config.CourseDirectory.root = str(tree.root)
    return config
