"""The students' notebooks, by nbgrader's own generate_assignment, in a temporary folder."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from dt_helpers.authoring.tree import ASSIGNMENT, Tree


def generate(tree: Tree, solutions: dict[str, str]) -> dict[str, str]:
    """The students' notebooks made from the solution notebooks, both as name -> JSON text.

    nbgrader reads the checkout's own configuration; its input and output are temporary, and no gradebook is touched.
    Raises ValueError with nbgrader's own words if it refuses a notebook.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    with tempfile.TemporaryDirectory(prefix="dt-release-") as temporary, _quiet_log() as (log, refusals):
        there = Tree(Path(temporary).resolve())
        there.solutions.mkdir(parents=True)
        for stem, text in solutions.items():
            there.solution(stem).write_text(text, encoding="utf-8")
        config = Config(PyFileConfigLoader(tree.config.name, path=str(tree.root)).load_config())
        config.CourseDirectory.root = str(there.root)
        config.CourseDirectory.assignment_id = ASSIGNMENT
        config.GenerateAssignment.no_database = True  # the two settings of `nbgrader generate_assignment --no-db`
        config.SaveCells.enabled = False
        converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, log=log)
        try:
            converter.start()
        except NbGraderException as error:
            reasons = "\n".join(refusals) or str(error)
            raise ValueError(f"nbgrader could not make the students' notebooks:\n{reasons}") from None
        return {stem: there.student(stem).read_text(encoding="utf-8") for stem in solutions}


@contextmanager
def _quiet_log() -> Iterator[tuple[logging.Logger, list[str]]]:
    """A logger that shows nothing, and the list of the error messages that it gets."""
    log = logging.Logger("nbgrader", level=logging.ERROR)
    kept = _Kept()
    log.addHandler(kept)
    yield log, kept.messages


class _Kept(logging.Handler):
    """Shows nothing, and keeps the messages."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
