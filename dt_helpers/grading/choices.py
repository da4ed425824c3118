"""Options and arguments that several grading commands share."""

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
        help="The gradebook: sqlite:///… or postgresql://… Default: the one in nbgrader_config.py, else gradebook.db.",
        show_default=False,
    ),
]
AssignmentOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Where each notebook is an assignment: which one, such as 02_dataset; repeatable. Default: all.",
        show_default=False,
    ),
]
StudentsArgument = Annotated[
    list[str] | None, typer.Argument(help="Students, by the names of their folders. Default: all.", show_default=False)
]
