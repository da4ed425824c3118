"""Where the course's files are in a checkout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ASSIGNMENT = "decision_transformer"  # nbgrader's name for the one assignment
NUMBERED = "[0-9][0-9]_*"  # the names of the course's notebooks, such as 02_dataset
CONFIG = "nbgrader_config.py"  # marks the root of a checkout


@dataclass(frozen=True)
class Tree:
    """The checkout at `root`: percent scripts and executed notebooks in `solutions`, the students' in `notebooks`."""

    root: Path

    @classmethod
    def find(cls, start: Path | str | None = None) -> Tree:
        """The checkout that holds the folder `start` (default: the current one).

        Raises FileNotFoundError if neither `start` nor a folder above it is the root of a checkout.
        """
        start = Path(start or ".").absolute()
        for folder in (start, *start.parents):
            if (folder / CONFIG).is_file():
                return cls(folder)
        raise FileNotFoundError(f"There is no {CONFIG} in {start} or above it: run this in a checkout of the course.")

    @property
    def solutions(self) -> Path:
        return self.root / "solutions" / ASSIGNMENT

    @property
    def notebooks(self) -> Path:
        return self.assignment(ASSIGNMENT)

    @property
    def config(self) -> Path:
        return self.root / CONFIG

    @property
    def project(self) -> Path:
        """Its [tool.dt-course] says where the course is published: see `dt_helpers.authoring.setting`."""
        return self.root / "pyproject.toml"

    @property
    def course_file(self) -> Path:
        """What runs after what: see `dt_helpers.authoring.parts`."""
        return self.solutions / "course.toml"

    @property
    def seconds_file(self) -> Path:
        """How long each part took: see `dt_helpers.authoring.expected`."""
        return self.solutions / "seconds.json"

    @property
    def exercises_file(self) -> Path:
        """What the package knows about the exercises: see `dt_helpers.authoring.exercises`."""
        return self.root / "dt_helpers" / "assets" / "course" / "exercises.json"

    def scripts(self) -> list[Path]:
        """The percent scripts, in the order of the course. Raises FileNotFoundError if there are none."""
        scripts = sorted(self.solutions.glob(f"{NUMBERED}.py"))
        if not scripts:
            raise FileNotFoundError(f"There are no percent scripts such as 01_setup.py in {self.solutions}.")
        return scripts

    def pages(self) -> list[Path]:
        """The percent scripts of executed pages that are no part of the course; there may be none."""
        return sorted((self.root / "docs" / "pages").glob("*.py"))

    def solution(self, stem: str) -> Path:
        return self.solutions / f"{stem}.ipynb"

    def student(self, stem: str) -> Path:
        return self.notebooks / f"{stem}.ipynb"

    def assignment(self, name: str) -> Path:
        """What students of the assignment get."""
        return self.root / "notebooks" / name

    def alone(self, stem: str) -> Path:
        """The students' notebook again, where it is an assignment of its own."""
        return self.assignment(stem) / f"{stem}.ipynb"

    def source(self, stem: str) -> Path:
        """What nbgrader takes for the source of such an assignment: formgrader lists these."""
        return self.root / "solutions" / stem / f"{stem}.ipynb"

    def released_alone(self) -> list[Path]:
        """The folders of assignments of one notebook each, in the order of the course; there may be none."""
        return sorted(path for path in (self.root / "notebooks").glob(NUMBERED) if path.is_dir())

    def sources_alone(self) -> list[Path]:
        """The folders that `source` is in; there may be none."""
        return sorted(path for path in (self.root / "solutions").glob(NUMBERED) if path.is_dir())
