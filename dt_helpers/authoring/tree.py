"""Where the course's files are in a checkout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ASSIGNMENT = "decision_transformer"  # nbgrader's name for the one assignment
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
        return self.root / "notebooks" / ASSIGNMENT

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
        scripts = sorted(self.solutions.glob("[0-9][0-9]_*.py"))
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
