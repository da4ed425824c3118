"""The commands of ``dt-course`` that train, run and publish models. They import what they need when they run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

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


def train(
    data: Annotated[
        str, typer.Option(help="Name of a dataset, a file or a Minari id, as for `data`.")
    ] = "halfcheetah-expert",
    env: Annotated[
        str | None,
        optional(help="Measure the agent, and a clone, in this environment: its id, or module:id for one of yours."),
    ] = None,
    preset: PresetOption = None,
    output: Annotated[Path | None, optional(help="Folder for the model. Default: model in the workspace.")] = None,
    seed: SeedOption = 0,
    resume: Annotated[bool, typer.Option(help="Continue an interrupted run, or start again (--no-resume).")] = True,
    report_to: Annotated[str | None, optional(help="Who else gets the curves: tensorboard, trackio or wandb.")] = None,
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
      dt-course train --report-to tensorboard
    """
    from dt_helpers import training
    from dt_helpers.data import asked
    from dt_helpers.rollout import running
    from dt_helpers.training import reporting

    reporting.require(report_to)
    try:
        trajectories = asked.dataset(data, horizon, key, rename)
        settings = training.preset(preset and preset.value)
        if env is not None:
            running.require_fit(trajectories, env, settings)
        agent = training.train(trajectories, settings, output, seed, resume, report_to=report_to)
        if env is not None:
            running.beside_a_clone(agent, trajectories, env, settings, seed)
    except KeyboardInterrupt as stop:
        print(f"dt-course: {stop or 'Stopped.'}", file=sys.stderr)
        raise typer.Exit(130) from None
    print(f"The model is in {output or _workspace() / 'model'}. See it run: dt-course replay")


def replay(
    model: ModelOption = None,
    env: Annotated[
        str | None,
        optional(help="The environment to run in. Default: the one that the model's data comes from."),
    ] = None,
    target_return: Annotated[
        float | None,
        optional(help="The return to ask for. Default: one that a tenth of the episodes in the model's data exceed."),
    ] = None,
    episodes: Annotated[int, typer.Option(min=1, help="Number of episodes to measure.")] = 8,
    steps: EpisodeOption = 1000,
    output: Annotated[Path | None, optional(help="The video. Default: replay.mp4 in the workspace.")] = None,
    seed: SeedOption = 0,
) -> None:
    """Run a trained model: measure it and film it.

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

    agent = training.load(model.as_posix()) if model else training.load_or_provided()
    env = running.environment(agent, env)
    if target_return is None:
        target_return = running.target(agent)
    path = output or _workspace() / "replay.mp4"
    evaluation = rollout.evaluate(agent, env, target_return, episodes, seed, steps)
    print(evaluation)
    card.note_return(model or _workspace() / "model", evaluation)
    try:
        rollout.record(agent, env, target_return, path, seed, steps)
    except (TypeError, gymnasium.error.Error) as error:  # the environment can't render, or lacks a library for it
        print(f"No video: {error}")
    else:
        print(f"The video is in {path}")


def sweep(
    model: ModelOption = None,
    data: Annotated[
        str | None, optional(help="The data that the model learned from. Default: what its config says.")
    ] = None,
    env: Annotated[
        str | None, optional(help="The environment to run in. Default: the one that the data comes from.")
    ] = None,
    episodes: Annotated[int, typer.Option(min=1, help="Number of episodes per target return.")] = 4,
    steps: EpisodeOption = 1000,
    output: Annotated[Path | None, optional(help="The table. Default: targets.csv in the workspace.")] = None,
    seed: SeedOption = 0,
    horizon: HorizonOption = None,
    key: KeyOption = None,
    rename: RenameOption = None,
) -> None:
    """Ask a trained model for many different returns, and see what it earns.

    The target returns range from the low returns in the model's data to above the best.

    \b
    Examples:
      dt-course sweep
      dt-course sweep --model hopper --episodes 8 --output /tmp/hopper.csv
    """
    from dt_helpers import training
    from dt_helpers.data import asked
    from dt_helpers.rollout import running
    from dt_helpers.rollout.sweep import sweep

    agent = training.load(model.as_posix()) if model else training.load_or_provided("model-mixed")
    recorded = asked.dataset(data or running.recordings(agent), horizon, key, rename)
    home = running.environment(agent, env)
    result = sweep(agent, recorded, home, episodes=episodes, seed=seed, max_steps=steps)
    print(result)
    print(f"The table is in {result.to_csv(output or _workspace() / 'targets.csv')}")


def push(
    folder: Annotated[Path, typer.Argument(help="Folder of a trained model.", show_default=False)],
    repository: Annotated[str, typer.Argument(help="Where to: owner/name on the Hub.", show_default=False)],
    film: Annotated[
        Path | None, optional(help="An MP4 to show. Default: one episode is filmed, where the environment can be.")
    ] = None,
    no_film: Annotated[bool, typer.Option("--no-film", help="Without a film.")] = False,
    private: Annotated[bool, typer.Option("--private", help="For a new repository: only its owner sees it.")] = False,
) -> None:
    """Publish a trained model on the Hugging Face Hub.

    With its card: the data, the settings, and what the model earns, which is measured if it was not. It needs a token
    of yours that may write: `hf auth login` keeps one, or the environment variable HF_TOKEN has it.

    \b
    Examples:
      dt-course push ~/dt_workspace/model ada/my-cheetah
      dt-course push ~/dt_workspace/model ada/my-cheetah --film ~/dt_workspace/replay.mp4 --private
    """
    from dt_helpers.training.push import push as upload

    if film and no_film:
        raise typer.BadParameter("--film cannot be combined with --no-film.")
    print(f"The model is at {upload(folder, repository, film=False if no_film else film, private=private)}")
    print(f'Anyone who may read it can load it: training.load("{repository}")')


def gallery(
    file: Annotated[
        Path,
        typer.Argument(
            help="A text file with a repository in each line; # begins a comment.", exists=True, dir_okay=False
        ),
    ],
    output: Annotated[Path | None, optional(help="The file for the table. Default: it is printed.")] = None,
) -> None:
    """Make a table of the models that a class has published.

    It is Markdown, by environment and by return, with what each model's card on the Hub says.

    \b
    Examples:
      dt-course gallery models.txt
      dt-course gallery models.txt --output gallery.md
    """
    from dt_helpers.machine.telling import tell
    from dt_helpers.training import gallery
    from dt_helpers.workspace import replacing

    table = gallery.table(gallery.names(file))
    if output is None:
        tell(table)
        return
    with replacing(output) as staged:
        staged.write_text(table + "\n", encoding="utf-8")
    print(f"The table is in {output}")


def _workspace() -> Path:
    from dt_helpers.workspace import workspace

    return workspace()


VERBS = (train, replay, sweep, push, gallery)
