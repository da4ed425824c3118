"""The commands of ``dt-course`` that make the course. They import what they need when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dt_helpers.options import PresetOption, optional

StillOption = Annotated[
    float,
    typer.Option(min=0.01, help="Stop a cell that has printed nothing and used no CPU time for this long."),
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
    checkout of the course, and leaves the notebooks there as they are. A run that was stopped goes on where it stopped.

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
    repository: Annotated[str | None, optional(help="Where the course is on GitHub: owner/name.")] = None,
    version: Annotated[str | None, optional(help="The course's version, such as 1.0.0; its tag is v1.0.0.")] = None,
    public: Annotated[
        Path | None,
        optional(metavar="FOLDER", help="Write the course without its solutions into this folder, and nothing else."),
    ] = None,
    preset: PresetOption = None,
    still_minutes: StillOption = 10,
) -> None:
    """Make the notebooks from the percent scripts.

    Each script becomes a solution notebook and, through nbgrader, the students' notebook. Without --execute the
    solutions keep the outputs of the cells that did not change. --repository and --version are kept in pyproject.toml,
    and written into setup cells, badges and pages.

    \b
    Examples:
      dt-course release
      dt-course release --execute 02_dataset
      dt-course release --check
      dt-course release --repository ada/my-course --version 1.0.0
      dt-course release --public ../my-course
    """
    if check and (execute or repository or version):
        raise typer.BadParameter("--check cannot be combined with --execute, --repository or --version.")
    if public and (check or execute or repository or version):
        raise typer.BadParameter("--public copies what was released: it goes with no other option.")
    if names and not execute:
        raise typer.BadParameter("names choose what --execute runs; everything is released in any case.")
    from rich.console import Console

    from dt_helpers.authoring import build
    from dt_helpers.authoring.setting import Setting
    from dt_helpers.authoring.tree import Tree

    tree, console = Tree.find(), Console()
    if public:
        from dt_helpers.authoring import public as publishing

        print(f"{publishing.write(tree, public)} files without solutions in {public}")
        return
    if repository or version:
        before = Setting.read(tree)
        Setting(repository or before.repository, version or before.version).write(tree)
    executed = None
    if execute:
        still = still_minutes * 60
        executed = build.run(tree, names or [], console=console, preset=preset and preset.value, still=still)
    plan = build.plan(tree, executed)
    if not check:
        build.write(plan)
    print(plan.report(tree, written=not check))
    raise typer.Exit(1 if check and not plan.up_to_date else 0)


def export_web(
    model: Annotated[Path, typer.Argument(help="Folder of a trained model.")],
    folder: Annotated[Path, typer.Argument(help="Folder for the files; one that is there is replaced.")],
    env: Annotated[
        str | None, optional(help="The robot to run. Default: the environment that the model's data comes from.")
    ] = None,
    half: Annotated[
        bool, typer.Option("--half", help="Round the weights to two bytes each, which halves the file.")
    ] = False,
) -> None:
    """Export a trained model and its robot for the page that runs them in a browser.

    The folder gets model.onnx, model.json and robot.xml; docs/live.md says what is in them.

    \b
    Examples:
      dt-course export-web ~/dt_workspace/model web/live/models/mine
      dt-course export-web hopper web/live/models/hopper --env Hopper-v3
    """
    from dt_helpers import training
    from dt_helpers.rollout.export_web import export

    written = export(training.load(model), folder, env, half)
    size = sum(file.stat().st_size for file in written.iterdir())
    print(f"The model is in {written}, {size / 1e6:.1f} MB.")


VERBS = (course, release, export_web)
