"""Training with the Hugging Face Trainer: one call, from trajectories to a saved model."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import set_seed

from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data import asked, uploading
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine import bars, released
from dt_helpers.machine.telling import tell
from dt_helpers.model import TrainableDT, action_loss, trainable
from dt_helpers.training import fingerprint, published, reporting, runs, saved, saved_class, scales, watch
from dt_helpers.training.beginning import make_model, prepare, tell_data, with_quickest_attention
from dt_helpers.training.card import write_card
from dt_helpers.training.checkpoints import Checkpoints, MovingAverage, restore, step_of
from dt_helpers.training.cloning import clone
from dt_helpers.training.settings import PRESETS, Settings, preset
from dt_helpers.training.trainer import arguments, make_trainer
from dt_helpers.workspace import workspace

__all__ = [
    "PRESETS",
    "Settings",
    "arguments",
    "clone",
    "load",
    "load_or_provided",
    "make_model",
    "make_trainer",
    "preset",
    "train",
]

PROVIDED = Path(__file__).parents[1] / "assets" / "model"  # trained with the quick preset; its weights are float16


def train(
    data: asked.Source,
    settings: Settings | str | None = None,
    output: Path | str | None = None,
    seed: int = 0,
    resume: bool = True,
    criterion: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor] | None = None,
    model: TrainableDT | Path | str | None = None,
    architecture: type | None = None,
    returns_to_go: Callable | None = None,
    pad_left: Callable | None = None,
    report_to: str | None = None,
) -> TrainableDT:
    """Train a model on `data`, save it to `output` and return it in `eval()` mode.

    Parameters
    ----------
    data : `Trajectories`, the name of a dataset, or whatever `data.formats.open` reads.
    settings : `Settings`, the name of a preset, or None for `preset()`'s default.
    output : folder for the model, ``model/`` in the workspace if None. Checkpoints are in its ``checkpoints/`` until
        the run is finished. A model that is already there stays whole until the new one is complete and replaces it.
    resume : go on from the last checkpoint of an interrupted run with the same settings, data, seed, loss and versions;
        the final weights are those of a run that was not interrupted. Where something differs, a line says what, and
        training starts again. With False such checkpoints are thrown away.
    criterion : a loss with the signature of `dt_helpers.model.action_loss`, which is the default.
    model : one to go on from, or its folder; it stays as it is: a copy is trained, with its own sizes, statistics,
        scale, K and action bounds. Without it, and with `resume`, a finished model in `output` of the same run with
        fewer steps is trained further, with a new schedule.
    architecture : the model's class, if it is not the course's: a student's own, of notebook 4. Its source is saved
        with the model, and its forward pass is run for every batch.
    returns_to_go, pad_left : functions that make the batches, as for the collator.
    report_to : ``"tensorboard"`` (files in ``runs/`` in `output`), ``"trackio"`` or ``"wandb"``: who else gets the
        curves. It is no part of the run: an interrupted one goes on whatever it is.

    What was taken from the data (`training.scales`) is printed. Raises `watch.NotFinite` at the first loss that isn't
    finite, with nothing overwritten, `runs.FolderInUse` if another process is training into `output`, ImportError if
    the package of `report_to` isn't installed, and KeyboardInterrupt, with a message that says how to go on, when the
    run is interrupted.
    """
    reporting.require(report_to)
    data = asked.opened(data)
    data.require_finite()
    settings = settings if isinstance(settings, Settings) else preset(settings)
    if isinstance(model, str | Path):
        model = load(model)
    if model is not None:
        settings = scales.of_model(settings, model.config)
    settings, lines = scales.resolve(settings, data, model is not None)
    output = Path(output) if output is not None else workspace() / "model"
    given = {"architecture": architecture, "returns_to_go": returns_to_go, "pad_left": pad_left}
    own = {name: code for name, code in given.items() if code is not None}
    identity = runs.identity(settings, seed, data, criterion or action_loss, own)
    if model is not None:
        identity["model"] = fingerprint.of_weights(model.state_dict())
    with runs.only_one(output), bars.without_file_bars():
        run = runs.Run(output, identity, resume)
        tell(*lines)
        done = runs.steps_done(output, identity) if resume else 0
        if done:
            tell(f"Going on from the model in {output}, {done:,} steps, to {settings.steps:,}.")
            model = load(output, architecture)
        settings = replace(settings, steps=settings.steps - done)
        return _train(data, settings, run, seed, criterion, own, model, done, report_to)


def _train(
    data: Trajectories,
    settings: Settings,
    run: runs.Run,
    seed: int,
    criterion: Callable | None,
    own: dict[str, Any],
    before: TrainableDT | None = None,
    done: int = 0,
    report_to: str | None = None,
) -> TrainableDT:
    """`own`: the class and the functions, by name, that replace the course's; `before`: the model to go on from, which
    has taken `done` steps of the same run."""
    set_seed(seed)
    architecture = own.get("architecture")
    functions = {name: code for name, code in own.items() if name != "architecture"}
    collator = DecisionTransformerGymDataCollator(
        data, settings.context_length, settings.scale, settings.max_ep_len, settings.sampling, seed, **functions
    )
    if before is None:
        model = make_model(collator, settings, architecture, dataset=data.name, preset=settings.preset)
    else:
        collator.follow(before.config)
        model = prepare(deepcopy(before).float(), settings)
        tell_data(model.config, data)
    if criterion is not None:
        object.__setattr__(model, "criterion", criterion)  # even if it is a module, it is not part of the model
    args = arguments(settings, run.scratch, seed, report_to)
    trainer = make_trainer(model, collator, args, settings.held_out, settings.early, settings.matrix_rate)
    reporting.begin(trainer, run.output)
    average = MovingAverage(model, settings.ema, run.checkpoint) if settings.ema else None
    if average:
        trainer.add_callback(average)
    trainer.add_callback(Checkpoints(run.folder))

    begin = time.perf_counter()
    try:
        if run.checkpoint and step_of(run.checkpoint) >= settings.steps:
            restore(trainer, run.checkpoint)  # the Trainer itself would take one more step
        else:
            trainer.train(resume_from_checkpoint=str(run.checkpoint) if run.checkpoint else None)
        seconds = time.perf_counter() - begin
        reporting.end(trainer)
        if average:
            average.copy_to(model)
        watch.require_finite(model, settings.steps)
        watch.tell_unlearned(trainer, data)
        facts = {
            **settings.to_dict(),
            "steps": settings.steps + done,
            "seed": seed,
            "loss": _name(model.criterion),
            "seconds": round(seconds, 1),
            "held_out_loss": trainer.evaluate()["eval_loss"],
            "dataset": data.name,
            "torch": torch.__version__,
            "course": released.VERSION,
            **dict.fromkeys(own, "own"),
            runs.IDENTITY: runs.digest(run.identity),
        }
        run.finish(lambda folder: _write(model.eval(), folder, facts, trainer.state.log_history, architecture))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(run.stopped(trainer.state.global_step)) from None
    except Exception as error:
        if own:
            error.add_note(f"This run used code of your own: {', '.join(own)}. Without it, train() uses the course's.")
        raise
    return model


def _name(criterion: Callable) -> str:
    criterion = getattr(criterion, "func", criterion)  # of a partial
    return getattr(criterion, "__name__", type(criterion).__name__)


def _write(model: TrainableDT, folder: Path, facts: dict, history: list[dict], architecture: type | None) -> None:
    """The model with its settings, its curve and its card."""
    model.save_pretrained(folder)
    for name, content in ((saved.FACTS, facts), (saved.HISTORY, history)):
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")
    write_card(folder)
    if architecture is not None:
        saved_class.write(architecture, folder / saved.CLASS)


def load(folder: Path | str | None = None, architecture: type | None = None) -> TrainableDT:
    """A model that `train` has saved, in `eval()` mode, or one on the Hub by its name, such as ``"ada/my-cheetah"``, if
    there is no such folder: see `published.load`.

    A model of a student's own class is of that class again: of `architecture`, or of the one whose source is beside the
    weights if the folder is in the workspace. Elsewhere such a source isn't run: the course's class is used instead.
    Raises FileNotFoundError if `folder` holds none, OSError if its files are damaged, and HubUnavailable if the Hub has
    no such model or can't be reached.
    """
    if isinstance(folder, str) and uploading.NAME.fullmatch(folder) and not Path(folder).exists():
        return with_quickest_attention(published.load(folder, say=tell)).eval()
    folder = Path(folder) if folder is not None else workspace() / "model"
    while True:
        if not saved.there_is_one(folder):
            raise FileNotFoundError(f"There is no trained model in {folder}. Train one first: `dt-course train`.")
        before = saved.stamp(folder)
        try:
            with bars.without_file_bars():
                kind = trainable(architecture or saved_class.read(saved.place(folder) / saved.CLASS))
                model = kind.from_pretrained(saved.place(folder), dtype=torch.float32)
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            if saved.stamp(folder) == before:
                raise OSError(f"The model in {folder} can't be read ({error}). Train it again.") from error
        else:
            if saved.stamp(folder) == before:  # else a training run has just put another model there
                return with_quickest_attention(model).eval()


def load_or_provided(name: str = "model") -> TrainableDT:
    """The model in the workspace's folder `name` if one was trained there, else the one of that name that comes with
    the course. It prints which. The course's are ``"model"``, trained on `halfcheetah-expert`, or ``"model-mixed"``, on
    `halfcheetah-mixed`.

    Raises FileNotFoundError if there is neither.
    """
    try:
        model = load(workspace() / name)
        whose = "" if isinstance(model, TrainableDT) else ", of your own class"
        tell(f"Using the model that you have trained{whose}: {workspace() / name}")
    except FileNotFoundError:
        model = load(PROVIDED.with_name(name))
        tell(f"No model was trained in this workspace yet ({name}): using one that comes with the course.")
    return model
