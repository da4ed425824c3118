"""The command line, ``dt-course``. Each command imports what it needs when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dt_helpers.authoring import CourseError
from dt_helpers.authoring import commands as authoring
from dt_helpers.grading import commands as grading
from dt_helpers.options import (
    EpisodeOption,
    HorizonOption,
    KeyOption,
    ModelOption,
    PresetOption,
    RenameOption,
    SeedOption,
    optional,
)

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, no_args_is_help=True)


@app.callback()
def common(
    traceback: Annotated[bool, typer.Option("--traceback", help="Show where in the code an error arose.")] = False,
) -> None:
    """The Decision Transformer course: from a dataset to a running cheetah.

    A first walk: check-env, then data, train and replay. The course itself is in the notebooks.
    Instructors: collect, grade, feedback, report and export; solutions/README.md walks through them.
    """


@app.command("check-env")
def check_env() -> None:
    """Say what this machine has for the course.

    What is missing is named together with what to do about it.

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
        typer.Argument(
            help="A file with what was printed when something failed; - for the standard input.",
            allow_dash=True,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Recognise known breakages, and say what to do about each.

    Without a file the machine is looked at, as by check-env and a little closer; exit code 1 if something is broken.
    With one, it is the error in it that is explained; exit code 1 if it is none that is known.

    \b
    Examples:
      dt-course doctor
      dt-course doctor traceback.txt
    """
    from dt_helpers.machine import doctor

    if error is None:
        report = doctor.examine()
        print(report)
        raise typer.Exit(0 if report.ok else 1)
    text = sys.stdin.read() if str(error) == "-" else error.read_text(errors="replace")
    found = doctor.diagnose(text)
    for breakage in found:
        print(f"{breakage.means[0].upper()}{breakage.means[1:]}.\n  → {breakage.remedy}")
    if not found:
        print("This error is none of the known ones. What `dt-course doctor` says of the machine may help.")
    raise typer.Exit(0 if found else 1)


@app.command()
def data(
    name: Annotated[
        str, typer.Argument(help="Name of the dataset; or a file (.hdf5, .parquet, .npz, .pkl), or a Minari id.")
    ] = "halfcheetah-expert",
    episodes: Annotated[int | None, optional(help="How many episodes. Default: all that the dataset has.")] = None,
    seed: SeedOption = 0,
    horizon: HorizonOption = None,
    key: KeyOption = None,
    rename: RenameOption = None,
) -> None:
    """Get a dataset and say what is in it.

    The first time this may take a minute; later it comes from the cache.

    \b
    Examples:
      dt-course data
      dt-course data hopper-mixed --episodes 20
      dt-course data ~/.d4rl/datasets/hopper_medium-v2.hdf5
    """
    from dt_helpers.data import asked, formats

    trajectories = asked.dataset(name, horizon, key, rename, episodes=episodes, seed=seed)
    if formats.is_file(name):
        print(f"{trajectories.name}: {len(trajectories)} episodes, {trajectories.n_steps:,} steps.")
    returns, lengths = trajectories.returns, trajectories.lengths
    low, high = (f"{x:,.0f}" if abs(returns).max() >= 100 else f"{x:.3g}" for x in (returns.min(), returns.max()))
    print(f"Returns from {low} to {high}, {lengths.min()} to {lengths.max()} steps each.")


@app.command()
def train(
    data: Annotated[
        str, typer.Option(help="Name of the dataset; or a file or a Minari id, as `data` takes them.")
    ] = "halfcheetah-expert",
    env: Annotated[
        str | None,
        optional(help="Measure the agent, and a clone beside it, in this environment."),
    ] = None,
    preset: PresetOption = None,
    output: Annotated[Path | None, optional(help="Folder for the model. Default: model in the workspace.")] = None,
    seed: SeedOption = 0,
    resume: Annotated[
        bool, typer.Option(help="Go on with a run that was interrupted, or begin anew (--no-resume).")
    ] = True,
    horizon: HorizonOption = None,
    key: KeyOption = None,
    rename: RenameOption = None,
) -> None:
    """Train a Decision Transformer and save it.

    \b
    Examples:
      dt-course train
      dt-course train --preset ci --output /tmp/model
      dt-course train --data mine.parquet --env Pendulum-v1 --output mine
    """
    from dt_helpers import training
    from dt_helpers.data import asked
    from dt_helpers.rollout import running

    try:
        trajectories = asked.dataset(data, horizon, key, rename)
        settings = training.preset(preset and preset.value)
        agent = training.train(trajectories, settings, output=output, seed=seed, resume=resume)
        if env is not None:
            running.beside_a_clone(agent, trajectories, env, settings, seed)
    except KeyboardInterrupt as stop:
        print(f"dt-course: {stop or 'Stopped.'}", file=sys.stderr)
        raise typer.Exit(130) from None
    print(f"The model is in {output or _workspace() / 'model'}. See it run: dt-course replay")


@app.command()
def replay(
    model: ModelOption = None,
    env: Annotated[
        str | None,
        optional(help="The environment to run in. Default: the one that the model's dataset comes from."),
    ] = None,
    target_return: Annotated[
        float | None,
        optional(
            help="The return to ask for. Default: one that a tenth of the episodes in the model's dataset exceed."
        ),
    ] = None,
    episodes: Annotated[int, typer.Option(min=1, help="How many episodes to measure.")] = 8,
    steps: EpisodeOption = 1000,
    output: Annotated[Path | None, optional(help="The video. Default: replay.mp4 in the workspace.")] = None,
    seed: SeedOption = 0,
) -> None:
    """Let a trained model run: measure it and film it.

    \b
    Examples:
      dt-course replay
      dt-course replay --target-return 6000 --episodes 2 --output /tmp/slow.mp4
      dt-course replay --model hopper --env Hopper-v3
    """
    import gymnasium

    from dt_helpers import rollout, training
    from dt_helpers.rollout import running
    from dt_helpers.training import card

    agent = training.load(model) if model else training.load_or_provided()
    env = running.environment(agent, env)
    if target_return is None:
        target_return = running.target(agent)
    path = output or _workspace() / "replay.mp4"
    evaluation = rollout.evaluate(agent, env, target_return, episodes, seed, steps)
    print(evaluation)
    card.note_return(model or _workspace() / "model", evaluation)
    try:
        rollout.record(agent, env, target_return, path, seed, steps)
    except (TypeError, gymnasium.error.Error) as error:  # it can't draw itself, or what it draws with is missing
        print(f"There is no film: {error}")
    else:
        print(f"The video is in {path}")


@app.command()
def sweep(
    model: ModelOption = None,
    data: Annotated[str | None, optional(help="The data that it learned from. Default: what the model says.")] = None,
    env: Annotated[str | None, optional(help="The environment. Default: the one of that data.")] = None,
    episodes: Annotated[int, typer.Option(min=1, help="How many episodes for each target.")] = 4,
    steps: EpisodeOption = 1000,
    output: Annotated[Path | None, optional(help="The table. Default: targets.csv in the workspace.")] = None,
    seed: SeedOption = 0,
) -> None:
    """Ask a trained model for many different returns: does it do what it is told?

    The targets reach from the poor end of the model's dataset to above its best.

    \b
    Examples:
      dt-course sweep
      dt-course sweep --model hopper --episodes 8 --output /tmp/hopper.csv
    """
    from dt_helpers import training
    from dt_helpers.data import PUBLISHED, SETS, asked
    from dt_helpers.data.replay_facts import ReplayFacts
    from dt_helpers.rollout import running
    from dt_helpers.rollout.sweep import sweep

    agent = training.load(model) if model else training.load_or_provided("model-mixed")
    name = data or ReplayFacts.of(agent.config).dataset
    if not name or (data is None and name not in (*SETS, *PUBLISHED)):
        raise ValueError(f"The model learned from {name!r}, which is no dataset of the course: --data FILE says which.")
    home = running.environment(agent, env)
    result = sweep(agent, asked.dataset(name), home, episodes=episodes, seed=seed, max_steps=steps)
    print(result)
    print(f"The table is in {result.to_csv(output or _workspace() / 'targets.csv')}")


for verb in (*authoring.VERBS, *grading.VERBS):
    app.command()(verb)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 1 for a failure, 2 for a command line that makes no sense."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not a notebook's, nor a test's
            stream.reconfigure(errors="replace")  # what a terminal's code page doesn't have
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
    return str(error) or type(error).__name__


def _workspace() -> Path:
    from dt_helpers.workspace import workspace

    return workspace()


if __name__ == "__main__":
    sys.exit(main())
