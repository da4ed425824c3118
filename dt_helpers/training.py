"""Training with the Hugging Face Trainer: one call, from trajectories to a saved model."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import PrinterCallback, Trainer, TrainingArguments, set_seed
from transformers.utils import logging as transformers_logging

from dt_helpers import quick
from dt_helpers.card import write_card
from dt_helpers.checkpoints import Checkpoints, MovingAverage, last_checkpoint
from dt_helpers.collator import DecisionTransformerGymDataCollator, Shuffled, Windows
from dt_helpers.hardware import device, has_bf16, keep_freed_memory
from dt_helpers.model import TrainableDT, make_config
from dt_helpers.pace import Pace
from dt_helpers.progress import Progress
from dt_helpers.settings import PRESETS, Settings, preset
from dt_helpers.trajectories import Trajectories
from dt_helpers.workspace import replacing, workspace

__all__ = [
    "PRESETS",
    "Settings",
    "arguments",
    "load",
    "load_or_provided",
    "make_model",
    "make_trainer",
    "preset",
    "train",
]

LEAST_DEVIATION = 0.5  # of scaled returns; those of a single expert differ less, and need not be told apart
PROVIDED = Path(__file__).parent / "assets" / "model"  # trained with the quick preset; its weights are float16


def make_model(collator: DecisionTransformerGymDataCollator, settings: Settings, **about) -> TrainableDT:
    """A fresh model for the collator's data. What a replay needs to know later travels in its config: K, the states'
    mean and standard deviation, the returns' scale, and `about` (such as the dataset's name).

    With `settings.return_spread`, the return embedding begins as a point for the data's mean return, from which each
    standard deviation of the returns leads away by so many times as far as the point lies from 0. A layer norm follows,
    which keeps directions alone: a multiple of one vector, as the embedding is else, says nothing of the return.
    """
    config = make_config(
        state_dim=collator.state_dim,
        act_dim=collator.act_dim,
        context_length=settings.context_length,
        max_ep_len=settings.max_ep_len,
        resid_pdrop=settings.dropout,
        embd_pdrop=settings.dropout,
        attn_pdrop=settings.dropout,
    )
    config.state_mean, config.state_std = collator.state_mean.tolist(), collator.state_std.tolist()
    config.return_scale = settings.scale
    for key, value in about.items():
        setattr(config, key, value)
    model = _with_quickest_attention(TrainableDT(config))
    with torch.no_grad():
        if settings.return_spread is not None:
            _spread_returns(model.embed_return, collator.trajectories.returns / settings.scale, settings.return_spread)
    if device().type == "cpu":
        model.shortcut = quick.action_preds
    return model


def _spread_returns(embedding: nn.Linear, returns: np.ndarray, spread: float) -> None:
    """As `make_model` says it; the returns are scaled."""
    nn.init.normal_(embedding.bias, std=float(embedding.weight.std()))
    embedding.weight.mul_(spread / max(float(returns.std()), LEAST_DEVIATION))
    embedding.bias.sub_(embedding.weight[:, 0] * float(returns.mean()))


def _with_quickest_attention(model: TrainableDT) -> TrainableDT:
    """For sequences of 60 tokens a CPU is quicker without the fused attention kernel."""
    if not torch.cuda.is_available():
        model.set_attn_implementation("eager")
    return model


def arguments(settings: Settings, output: Path, seed: int = 0) -> TrainingArguments:
    """The Trainer's own settings that `settings` stand for."""
    return TrainingArguments(
        output_dir=str(output),
        max_steps=settings.steps,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=4 * settings.batch_size,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.schedule,
        warmup_steps=settings.warmup,  # below 1: a share of all steps
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        optim="adamw_torch_fused",
        bf16=settings.precision == "bf16" and has_bf16(),
        eval_strategy="steps",
        eval_steps=settings.eval_steps,
        save_strategy="steps",
        save_steps=settings.save_steps,
        logging_steps=max(1, settings.steps // 100),
        use_cpu=device().type == "cpu",
        label_names=["actions"],  # so that the Trainer knows that held-out batches have a loss
        prediction_loss_only=True,
        remove_unused_columns=False,
        dataloader_pin_memory=device().type == "cuda",
        seed=seed,
        report_to="none",
        disable_tqdm=True,
    )


class _EvenTrainer(Trainer):
    """Every real step counts alike, on whichever process it is: with two processes the loss is the mean over the real
    steps of both batches, as one process would have it, not the mean of two means. `Shuffled`
    has the windows' order."""

    def _get_train_sampler(self, *_) -> Shuffled:
        return Shuffled(self.train_dataset, self.args.seed)

    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
        loss, outputs = super().compute_loss(model, inputs, return_outputs=True, **kwargs)
        if model.training and self.accelerator.num_processes > 1:
            real = inputs["attention_mask"].sum()
            loss = loss * real / self.accelerator.reduce(real, reduction="mean")
        return (loss, outputs) if return_outputs else loss


def make_trainer(
    model: TrainableDT,
    collator: DecisionTransformerGymDataCollator,
    args: TrainingArguments,
    held_out: float = 0.05,
    early: float = 0.0,
) -> Trainer:
    """A Trainer over the collator's windows. A share `held_out` of the episodes is not trained on but evaluated on,
    by windows that lie side by side (every K-th step anchors one); `early` as in `Windows`."""
    keep_freed_memory()
    data = collator.trajectories
    train_episodes, held_out_episodes = data.hold_out(held_out)
    trainer = _EvenTrainer(
        model=model,
        args=args,
        train_dataset=Windows(data, train_episodes, early=early),
        eval_dataset=Windows(data, held_out_episodes, every=collator.max_len),
        data_collator=collator,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Progress())
    trainer.add_callback(Pace())
    return trainer


def train(
    data: Trajectories,
    settings: Settings | str | None = None,
    output: Path | str | None = None,
    seed: int = 0,
    resume: bool = True,
    criterion: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor] | None = None,
) -> TrainableDT:
    """Train a model on `data`, save it to `output` and return it in `eval()` mode.

    Parameters
    ----------
    settings : `Settings`, the name of a preset, or None for `preset()`'s default.
    output : folder for the model, ``model/`` in the workspace if None. Checkpoints lie in its ``checkpoints/`` until
        the run is finished.
    resume : go on from the last checkpoint of a run with the same settings, data and seed that was interrupted; the
        final weights are those of a run that was not. With False such checkpoints are thrown away.
    criterion : a loss with the signature of `dt_helpers.model.action_loss`, which is the default.
    """
    settings = settings if isinstance(settings, Settings) else preset(settings)
    output = Path(output) if output is not None else workspace() / "model"
    run = {**settings.to_dict(), "seed": seed, "data": repr(data), "sum_of_returns": float(data.returns.sum())}
    checkpoint = _resumable(output, run, resume)

    set_seed(seed)
    collator = DecisionTransformerGymDataCollator(
        data, settings.context_length, settings.scale, settings.max_ep_len, settings.sampling, seed
    )
    model = make_model(collator, settings, dataset=data.name, preset=settings.preset)
    if criterion is not None:
        model.criterion = criterion
    args = arguments(settings, output / "unfinished", seed)
    trainer = make_trainer(model, collator, args, settings.held_out, settings.early)
    average = MovingAverage(model, settings.ema, checkpoint) if settings.ema else None
    if average:
        trainer.add_callback(average)
    trainer.add_callback(Checkpoints(output / "checkpoints"))

    begin = time.perf_counter()
    with _without_file_bars():
        try:
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_stopped(trainer.state.global_step, output)) from None
        seconds = time.perf_counter() - begin
        if average:
            average.copy_to(model)
        held_out_loss = trainer.evaluate()["eval_loss"]
        _save(model.eval(), output, settings, seed, seconds, held_out_loss, trainer.state.log_history)
    return model


def load(folder: Path | str | None = None) -> TrainableDT:
    """A model that `train` has saved, in `eval()` mode. Raises FileNotFoundError if `folder` holds none."""
    folder = Path(folder) if folder is not None else workspace() / "model"
    if not (folder / "config.json").exists():
        raise FileNotFoundError(f"There is no trained model in {folder}. Train one first: `dt-course train`.")
    with _without_file_bars():
        return _with_quickest_attention(TrainableDT.from_pretrained(folder, dtype=torch.float32)).eval()


@contextmanager
def _without_file_bars() -> Iterator[None]:
    """transformers shows a progress bar for each file that it writes; for a model of 3 MB that is noise."""
    before = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        if before:
            transformers_logging.enable_progress_bar()


def load_or_provided(name: str = "model") -> TrainableDT:
    """The model in the workspace's folder `name` if one was trained there, else the one of that name that comes with
    the course, and it says which: ``"model"``, trained on `halfcheetah-expert`, or ``"model-mixed"``, on
    `halfcheetah-mixed`.

    Raises FileNotFoundError if there is neither.
    """
    try:
        model = load(workspace() / name)
        print(f"Using the model that you have trained: {workspace() / name}")
    except FileNotFoundError:
        model = load(PROVIDED.with_name(name))
        print(f"No model was trained in this workspace yet ({name}): using one that comes with the course.")
    return model


def _resumable(output: Path, run: dict, resume: bool) -> Path | None:
    """The checkpoint to go on from, if there is one of the same run; `run` is noted for the next time."""
    note = output / "checkpoints" / "run.json"
    same = note.exists() and json.loads(note.read_text()) == run
    checkpoint = last_checkpoint(note.parent) if same and resume else None
    if checkpoint is None:
        shutil.rmtree(note.parent, ignore_errors=True)
        with replacing(note) as staged:
            staged.write_text(json.dumps(run))
    else:
        print(f"Going on from {checkpoint.name} of an interrupted run.")
    return checkpoint


def _stopped(step: int, output: Path) -> str:
    """What to tell whoever has stopped a run."""
    checkpoint = last_checkpoint(output / "checkpoints")
    on = f"goes on from {checkpoint.name}" if checkpoint else "begins anew: there was no checkpoint yet"
    return f"Stopped at step {step}; the same call {on}."


def _save(
    model, output: Path, settings: Settings, seed: int, seconds: float, held_out_loss: float, history: list
) -> None:
    """The model with its card, settings and curve; then the checkpoints are no longer needed."""
    facts = {
        **settings.to_dict(),
        "seed": seed,
        "seconds": round(seconds, 1),
        "held_out_loss": held_out_loss,
        "dataset": model.config.dataset,
        "torch": torch.__version__,
    }
    model.save_pretrained(output)
    for name, content in (("training.json", facts), ("history.json", history)):
        with replacing(output / name) as staged:
            staged.write_text(json.dumps(content, indent=1))
    write_card(output)
    for leftover in ("checkpoints", "unfinished"):
        shutil.rmtree(output / leftover, ignore_errors=True)
