"""The command line, ``dt-course``. Each command imports what it needs when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Annotated

import typer

from dt_helpers.authoring import CourseError
from dt_helpers.authoring import commands as authoring
from dt_helpers.cli import models
from dt_helpers.grading import commands as grading
from dt_helpers.grading.autograder import commands as autograder
from dt_helpers.machine import released
from dt_helpers.options import HorizonOption, KeyOption, RenameOption, SeedOption, optional

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, no_args_is_help=True)


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"dt-course {released.VERSION}")
        raise typer.Exit


@app.callback()
def common(
    traceback: Annotated[bool, typer.Option("--traceback", help="Show where in the code an error occurred.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """The Decision Transformer course, which itself is in the notebooks: from a dataset to a running cheetah.

    Instructors: collect, grade, feedback, report and export; solutions/README.md walks through them.
    """


@app.command("check-env")
def check_env() -> None:
    """Check whether this machine has what the course needs.

    For each thing that is missing, it says what to do.

    \b
    Example:
      dt-course check-env
    """
    from dt_helpers.machine.check_environment import check_environment

    report = check_environment()
    print(report)
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def doctor(
    error: Annotated[
        Path | None,
        typer.Argument(help="A file with the printed error; - for stdin.", allow_dash=True, show_default=False),
    ] = None,
    grader: Annotated[
        bool, typer.Option("--grading", help="Also look for packages that students use and the grader lacks.")
    ] = False,
) -> None:
    """Recognise known problems, and say what to do about each.

    Without a file, it examines the machine, more closely than check-env; exit code 1 if something is broken.
    With a file, it explains the error in it; exit code 1 if it does not know that error.

    \b
    Examples:
      dt-course doctor --grading
      dt-course doctor traceback.txt
    """
    from dt_helpers.grading import sandbox
    from dt_helpers.machine import doctor

    if error is None:
        report = doctor.examine(lambda: sandbox.check(sandbox.BUBBLEWRAP), grader=grader)
        print(report)
        raise typer.Exit(not report.ok)
    text = sys.stdin.read() if str(error) == "-" else error.read_text(encoding="utf-8", errors="replace")
    found = doctor.diagnose(text)
    for breakage in found:
        print(f"{breakage.means[0].upper()}{breakage.means[1:]}.\n  → {breakage.remedy}")
    if not found:
        print("This error is not a known one. Try `dt-course doctor` without a file, which examines the machine.")
    raise typer.Exit(0 if found else 1)


@app.command()
def data(
    name: Annotated[
        str, typer.Argument(help="Name of a dataset, a file (.hdf5, .parquet, .npz, .pkl), or a Minari id.")
    ] = "halfcheetah-expert",
    episodes: Annotated[int | None, optional(help="Number of episodes. Default: the whole dataset.")] = None,
    seed: SeedOption = 0,
    horizon: HorizonOption = None,
    key: KeyOption = None,
    rename: RenameOption = None,
) -> None:
    """Get a dataset and summarise it.

    This may take a minute the first time; after that, the dataset comes from the cache.

    \b
    Examples:
      dt-course data
      dt-course data hopper-mixed --episodes 20
      dt-course data ~/.d4rl/datasets/hopper_medium-v2.hdf5
    """
    from dt_helpers.data import asked

    trajectories = asked.dataset(name, horizon, key, rename, episodes=episodes, seed=seed)
    if asked.is_file(name):
        print(f"{trajectories.name}: {len(trajectories)} episodes, {trajectories.n_steps:,} steps.")
    returns, lengths = trajectories.returns, trajectories.lengths
    low, high = (f"{x:,.0f}" if abs(returns).max() >= 100 else f"{x:.3g}" for x in (returns.min(), returns.max()))
    print(f"Returns from {low} to {high}, {lengths.min()} to {lengths.max()} steps each.")


for verb in (*models.VERBS, *authoring.VERBS, *grading.VERBS, *autograder.VERBS):
    app.command()(verb)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 1 for a failure, 2 for a wrong command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a notebook's and a test's have none
            stream.reconfigure(errors="replace")  # for characters that the terminal can't encode
    try:
        app(arguments, prog_name="dt-course")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except (CourseError, ValueError, OSError, ImportError) as error:
        if "--traceback" in arguments:
            raise
        print(f"dt-course: {_advice(error)}", file=sys.stderr)
        return 1
    return 0


def _advice(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("dt_helpers"):
        return f"{error.name} is not installed. In a checkout of the course: pip install -e '.[lab,grade]'"
    said = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EROFS) and "DT_" not in said:
        return f"{said}. The environment variables DT_CACHE and DT_WORKSPACE choose other folders for data and results."
    return said
