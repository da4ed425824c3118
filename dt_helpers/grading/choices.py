"""What several verbs of grading are given: the choices that they leave, and arguments that they share."""

from enum import StrEnum
from typing import Annotated

import typer


class Sandbox(StrEnum):
    """What students' code runs in."""

    bubblewrap = "bubblewrap"
    limits = "limits"


class Platform(StrEnum):
    """Learning platforms that take grades from a file."""

    canvas = "canvas"
    moodle = "moodle"
    blackboard = "blackboard"
    d2l = "d2l"
    sakai = "sakai"
    schoology = "schoology"


class Returning(StrEnum):
    """Learning platforms that take feedback from an archive."""

    canvas = "canvas"
    moodle = "moodle"


DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="The gradebook: sqlite:///… or postgresql://… Default: what nbgrader_config.py says, else gradebook.db.",
        show_default=False,
    ),
]
StudentsArgument = Annotated[
    list[str] | None, typer.Argument(help="Students, as their folders are called. Default: all.", show_default=False)
]
