"""Where a course's submissions, results and gradebook are: nbgrader's folders, as named in its configuration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from dt_helpers.authoring.tree import ASSIGNMENT, Tree

# Students' names become folder names; nbgrader and the rules in its configuration allow these.
STUDENT = re.compile(r"[^\s/\\.][^/\\\0]{0,99}")


@dataclass(frozen=True)
class Places:
    """The checkout of the course in which grading takes place."""

    tree: Tree
    steps: dict[str, str]  # nbgrader's name of a step -> its folder: "submitted", "autograded", "feedback"
    db_url: str  # of the gradebook
    course_id: str

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
        return cls(tree, steps, db_url or directory.db_url, directory.course_id)

    @property
    def root(self) -> Path:
        return self.tree.root

    @property
    def results(self) -> Path:
        """The folder of the results, one JSON file per student."""
        return self.root / "grading" / "results"

    @property
    def reports(self) -> Path:
        """The folder for the instructor's files: the report, the tables, the columns for the LMS."""
        return self.root / "grading"

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
            path.parent.name for path in folder.glob(f"*/{ASSIGNMENT}") if STUDENT.fullmatch(path.parent.name)
        )

    def config(self) -> Config:
        """nbgrader_config.py, as nbgrader reads it."""
        return _config(self.tree)

    def notebooks(self) -> list[Path]:
        """The release's notebooks. Raises FileNotFoundError if there are none."""
        notebooks = sorted(self.tree.notebooks.glob("*.ipynb"))
        if not notebooks:
            raise FileNotFoundError(f"There are no notebooks in {self.tree.notebooks}: run `dt-course release` first.")
        return notebooks

    def _step(self, step: str, student: str) -> Path:
        if not STUDENT.fullmatch(student):
            raise ValueError(f"A student's name must be usable as a folder name; {student!r} is not.")
        return self.root / self.steps[step] / student / ASSIGNMENT


def _config(tree: Tree) -> Config:
    config = Config(PyFileConfigLoader(tree.config.name, path=str(tree.root)).load_config())
    config.CourseDirectory.root = str(tree.root)
    return config
