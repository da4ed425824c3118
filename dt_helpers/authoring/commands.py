"""The commands of ``dt-course`` that make the course. They import what they need when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dt_helpers.options import PresetOption

StillOption = Annotated[
    float,
    typer.Option(min=0.01, help="Stop a cell that for so long has printed nothing and used no CPU time."),
]


def course(
    output: Annotated[Path, typer.Option(help="Folder for everything that the course makes.")] = Path("output"),
    preset: PresetOption = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Notebooks that run at a time. Default: one for each core.", show_default=False),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run again what an earlier run has finished.")] = False,
    still_minutes: StillOption = 10,
) -> None:
    """Run all notebooks, solved, side by side, and leave a page and a video.

    The page is course.html, all notebooks with their outputs, and the video is replay.mp4. It runs in a
    checkout of the course, and leaves the notebooks there as they are. A run that was stopped goes on where it was.

    \b
    Examples:
      dt-course course
      dt-course course --fresh --jobs 1
      dt-course course --preset ci --output /tmp/course
    """
    from dt_helpers.authoring.course import Course
    from dt_helpers.authoring.tree import Tree

    still = still_minutes * 60
    Course(Tree.find(), output, preset=preset and preset.value, jobs=jobs, fresh=fresh, still=still).run()


def release(
    names: Annotated[
        list[str] | None, typer.Argument(help="Notebooks to execute, such as 02_dataset. Default: all.")
    ] = None,
    execute: Annotated[
        bool, typer.Option("--execute", help="Run the solutions, so that their outputs are new.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a file is not up to date.")] = False,
    preset: PresetOption = None,
    still_minutes: StillOption = 10,
) -> None:
    """Make the notebooks from the percent scripts.

    Each script becomes a solution notebook and, through nbgrader, the students' notebook. Without --execute the
    solutions keep the outputs of the cells that did not change.

    \b
    Examples:
      dt-course release
      dt-course release --execute 02_dataset
      dt-course release --check
    """
    if check and execute:
        raise typer.BadParameter("--check writes nothing, so it cannot be combined with --execute.")
    if names and not execute:
        raise typer.BadParameter("names choose what --execute runs; everything is released in any case.")
    from rich.console import Console

    from dt_helpers.authoring import build
    from dt_helpers.authoring.tree import Tree

    tree, console = Tree.find(), Console()
    executed = None
    if execute:
        still = still_minutes * 60
        executed = build.run(tree, names or [], console=console, preset=preset and preset.value, still=still)
    plan = build.plan(tree, executed)
    if not check:
        build.write(plan)
    print(plan.report(tree, written=not check))
    raise typer.Exit(1 if check and not plan.up_to_date else 0)


VERBS = (course, release)
