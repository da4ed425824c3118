"""The Hugging Face Trainer as the course sets it up."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import PrinterCallback, Trainer, TrainingArguments

from dt_helpers.collator import DecisionTransformerGymDataCollator, Shuffled, Windows
from dt_helpers.data import spaces
from dt_helpers.data.replay_facts import ReplayFacts, lacking
from dt_helpers.machine.hardware import device, has_bf16, keep_freed_memory
from dt_helpers.model import TrainableDT
from dt_helpers.training import muon, watch
from dt_helpers.training.pace import Pace
from dt_helpers.training.progress import Progress
from dt_helpers.training.settings import Settings


def arguments(settings: Settings, output: Path, seed: int = 0, report_to: str | None = None) -> TrainingArguments:
    """The Trainer's own settings for `settings`. `report_to`: as for `training.train`."""
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
        logging_nan_inf_filter=False,
        prediction_loss_only=True,
        remove_unused_columns=False,
        dataloader_pin_memory=device().type == "cuda",
        seed=seed,
        report_to=report_to or "none",
        disable_tqdm=True,
    )


class _EvenTrainer(Trainer):
    """Every real step counts equally, in whichever process it is: with two processes the loss is the mean over the real
    steps of both batches, as with one process, not the mean of two means. `Shuffled`
    gives the windows' order. The bar ends with the training, however that ends."""

    def train(self, *args, **kwargs):
        try:
            return super().train(*args, **kwargs)
        finally:
            for callback in self.callback_handler.callbacks:
                if isinstance(callback, Progress):
                    callback.close()

    def _get_train_sampler(self, *_) -> Shuffled:
        assert isinstance(self.train_dataset, Windows)
        return Shuffled(self.train_dataset, self.args.seed)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        loss, outputs = super().compute_loss(model, inputs, True, num_items_in_batch)
        if model.training and not torch.isfinite(loss):
            raise watch.stop(self, inputs)
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
    matrix_rate: float | None = None,
) -> Trainer:
    """A Trainer over the collator's windows. A share `held_out` of the episodes is for evaluation, not for training, in
    adjacent windows (every K-th step anchors one); `early` as in `Windows`, `matrix_rate` as in
    `Settings`. Raises ValueError where the collator's statistics are not those that the model's config states."""
    keep_freed_memory()
    _require_same(model.config, collator)
    data = collator.trajectories
    train_episodes, held_out_episodes = data.hold_out(held_out)
    optimizer = None  # the one that `args` names
    if matrix_rate is not None:
        optimizer = muon.for_model(model, args.learning_rate, matrix_rate, args.weight_decay)
    trainer = _EvenTrainer(
        model=model,
        args=args,
        train_dataset=Windows(data, train_episodes, early=early),
        eval_dataset=Windows(data, held_out_episodes, every=collator.max_len),
        data_collator=collator,
        optimizers=(optimizer, None),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Progress())
    trainer.add_callback(Pace())
    trainer.add_callback(watch.FiniteWeights())
    _leave_group_at_exit()
    return trainer


@cache
def _leave_group_at_exit() -> None:
    """A process that ends while threads of its group still run is aborted now and then
    (https://docs.pytorch.org/docs/stable/distributed.html, "Shutdown")."""

    def leave() -> None:
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()

    atexit.register(leave)


def _require_same(config, collator: DecisionTransformerGymDataCollator) -> None:
    """ValueError unless the collator makes batches with the statistics that the model's config states."""
    own: dict[str, Any] = {
        "state_mean": collator.state_mean,
        "state_std": collator.state_std,
        "return_scale": collator.scale,
        "context_length": collator.max_len,
    }
    stated = {name: getattr(config, name) for name in own if hasattr(config, name)}
    odd = [
        name
        for name, value in stated.items()
        if np.shape(value) != np.shape(own[name]) or not np.allclose(value, own[name], rtol=1e-4, atol=1e-6)
    ]
    if collator.max_ep_len > getattr(config, "max_ep_len", collator.max_ep_len):
        odd.append("max_ep_len")
    if not lacking(config) and collator.other_observations(ReplayFacts.of(config)):
        odd.append("the observations' parts")
    if spaces.of_model(config) != collator.action_space:
        odd.append("the actions' bounds")
    if odd:
        raise ValueError(
            f"The collator's statistics are not the model's: {' and '.join(odd)} differ, and the model would be "
            "trained on other numbers than it sees in a replay. `collator.follow(model.config)` takes the model's, "
            "as `training.train(..., model=model)` does."
        )
