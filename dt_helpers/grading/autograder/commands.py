"""The commands of ``dt-course`` that make a platform's own autograder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from dt_helpers.options import optional

OutputOption = Annotated[Path | None, optional(help="The file to write. Default: in the folder grading.")]


def gradescope(
    output: OutputOption = None,
    assignment: Annotated[
        str | None,
        optional(metavar="NAME", help="Where each notebook is an assignment: which one, such as 02_dataset."),
    ] = None,
) -> None:
    """Make the archive for Gradescope's autograder.

    Upload it under "Configure Autograder"; choose Ubuntu 22.04 and a container of 4 GB. Submissions get the verdicts
    of `dt-course grade`, less well isolated: where the container allows no bubblewrap, the students' code runs in an
    account of its own, which can't read the checks.

    \b
    Example:
      dt-course gradescope
    """
    from dt_helpers.grading.autograder import gradescope as platform
    from dt_helpers.grading.places import Places

    places = Places.find()
    own, *others = places.assignments([assignment] if assignment else ())
    if others:
        names = ", ".join(one.assignment for one in (own, *others))
        raise ValueError(f"An autograder is for one assignment: name it with --assignment, one of {names}.")
    path = output or own.reports / "gradescope.zip"
    platform.build(places.tree, path, own.assignment if own.per_notebook else "")
    print(f"{path}: upload it under Configure Autograder, with Ubuntu 22.04 and 4 GB of memory.")


def classroom(output: OutputOption = None) -> None:
    """Make the workflow for GitHub Classroom.

    Put it into the template repository of the assignment, as .github/workflows/classroom.yml. It takes the course from
    where pyproject.toml says that it is published, and runs students' code in bubblewrap. Students can change their
    copy of the workflow: what counts is what `dt-course grade` says of the cloned repositories.

    \b
    Example:
      dt-course classroom
    """
    from dt_helpers.authoring.setting import PER_NOTEBOOK, Setting, per_notebook
    from dt_helpers.authoring.tree import Tree
    from dt_helpers.grading.autograder import classroom as platform

    tree = Tree.find()
    if per_notebook(tree):
        raise ValueError(
            f'The workflow grades all notebooks together, and pyproject.toml says assignments = "{PER_NOTEBOOK}": '
            "clone the repositories and run `dt-course collect` and `dt-course grade`."
        )
    path = output or tree.root / "grading" / "classroom.yml"
    platform.build(Setting.read(tree), path)
    print(f"{path}: put it into the template repository as .github/workflows/classroom.yml.")


VERBS = (gradescope, classroom)
