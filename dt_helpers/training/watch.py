"""What a run must not pass over in silence: a loss that isn't finite, and a model that has learned nothing."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from transformers import Trainer, TrainerCallback

from dt_helpers.collator import DecisionTransformerGymDataCollator, Shuffled, Windows
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine.telling import tell
from dt_helpers.model import TrainableDT

SHOWN = 5  # windows of a batch that a message names


class NotFinite(ArithmeticError):
    """The loss or the weights are no longer finite numbers."""


def stop(trainer: Trainer, inputs: dict[str, torch.Tensor], what: str = "the loss is not finite") -> NotFinite:
    """The error to raise for a loss that isn't finite: it names the batch's windows."""
    return NotFinite(
        f"Training stopped at step {trainer.state.global_step + 1}: {what}. {_rows(trainer, len(inputs['states']))}"
        "Nothing was overwritten. A lower learning_rate (and matrix_rate) often helps; a loss of your own must not "
        "divide by 0 or take its logarithm."
    )


def _rows(trainer: Trainer, size: int) -> str:
    """Which windows the batch consists of, where the order is the trainer's own."""
    windows, collator, args = trainer.train_dataset, trainer.data_collator, trainer.args
    if trainer.accelerator.num_processes > 1 or args.gradient_accumulation_steps > 1:
        return ""
    sampler = trainer._get_train_sampler()
    assert isinstance(windows, Windows) and isinstance(sampler, Shuffled)
    assert isinstance(collator, DecisionTransformerGymDataCollator)
    epoch, batch = divmod(trainer.state.global_step, -(-len(windows) // args.train_batch_size))
    sampler.set_epoch(epoch)
    order = np.fromiter(sampler, np.int64, len(windows))
    data = collator.trajectories
    rows = windows.anchors[order[batch * args.train_batch_size :][:size]]
    steps = [f"{data.episode_of[row]}/{row - data.offsets[data.episode_of[row]]}" for row in rows[:SHOWN]]
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return f"Its batch has the windows (episode/step) {', '.join(steps)}{more}. "


class FiniteWeights(TrainerCallback):
    """Weights that are not finite never become a checkpoint or a model."""

    def on_step_end(self, args, state, control, model=None, **kwargs):
        if control.should_save or state.global_step >= state.max_steps:
            require_finite(model, state.global_step)


def require_finite(model: torch.nn.Module, step: int) -> None:
    bad = [name for name, weight in model.named_parameters() if not torch.isfinite(weight).all()]
    if bad:
        raise NotFinite(
            f"Training stopped at step {step}: weights are not finite, such as {bad[0]}. Nothing was overwritten. A "
            "lower learning_rate (and matrix_rate) often helps."
        )


@torch.no_grad()
def tell_unlearned(trainer: Trainer, data: Trajectories) -> None:
    """After training: say if the model always does the same, or has not improved at all."""
    losses = [entry["eval_loss"] for entry in trainer.state.log_history if "eval_loss" in entry]
    if len(losses) > 2 and min(losses[1:]) >= losses[0]:
        tell(
            f"{data.name}: the held-out loss never fell below that of the first evaluation ({losses[0]:.4f}): the "
            "model has learned nothing more that holds for other episodes. More episodes, or fewer steps?"
        )
    windows, collator = trainer.eval_dataset, trainer.data_collator
    model = cast(TrainableDT, trainer.model)  # or `trainable` of another class
    assert isinstance(windows, Windows) and isinstance(collator, DecisionTransformerGymDataCollator)
    if len(windows) < 2:
        return
    some = np.linspace(0, len(windows) - 1, min(64, len(windows))).astype(int)
    batch = {key: value.to(model.device) for key, value in collator(windows.anchors[some]).items()}
    real = batch["attention_mask"] > 0
    was_training = model.training
    predicted = model.eval()(**batch)["action_preds"][real].float()
    model.train(was_training)
    spread, wanted = predicted.std(dim=0), batch["actions"][real].float().std(dim=0)
    if (wanted > 0).any() and (spread <= 1e-3 * wanted).all():
        tell(
            f"{data.name}: the model predicts the same action everywhere, but the data's actions differ: it has "
            "learned nothing."
        )
