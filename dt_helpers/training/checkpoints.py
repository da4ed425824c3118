"""Checkpoints that are whole or not there, with the weights' moving average in them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import Trainer, TrainerCallback, TrainerState

from dt_helpers import workspace
from dt_helpers.training import saved

EMA_FILE = "ema.safetensors"
SIZES = "sizes.json"  # of a checkpoint's other files, in bytes, written last


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint in `folder`, or None."""
    return next((path for path in reversed(_by_step(folder)) if _is_whole(path)), None)


def step_of(checkpoint: Path) -> int:
    """The steps that were done when it was written."""
    return int(checkpoint.name.rpartition("-")[2])


def _by_step(folder: Path) -> list[Path]:
    """The checkpoints in `folder`, oldest first."""
    return sorted((path for path in folder.glob("checkpoint-*") if re.search(r"-\d+$", path.name)), key=step_of)


def _sizes(checkpoint: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in checkpoint.iterdir() if path.name != SIZES}


def _is_whole(checkpoint: Path) -> bool:
    """Whether every file is as long as it was written; a crash of the machine may leave some of them empty."""
    try:
        return json.loads((checkpoint / SIZES).read_text(encoding="utf-8")) == _sizes(checkpoint)
    except (OSError, ValueError):
        return False


def restore(trainer: Trainer, checkpoint: Path) -> None:
    """Give a Trainer the weights and the history of a checkpoint, without a step of training."""
    assert trainer.model is not None
    trainer.model.load_state_dict(load_file(checkpoint / saved.WEIGHTS))
    trainer.state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))


class Checkpoints(TrainerCallback):
    """Moves each checkpoint that the Trainer has finished from its own output folder into `folder`, by a rename.

    A run that is killed while it writes leaves a partial one in the Trainer's folder, where nothing looks for it.
    The newest `keep` stay.
    """

    def __init__(self, folder: Path, keep: int = 2):
        self.folder, self.keep = folder, keep

    def on_save(self, args, state, control, **kwargs):
        scratch = Path(args.output_dir)
        written = scratch / f"checkpoint-{state.global_step}"
        (written / SIZES).write_text(json.dumps(_sizes(written)), encoding="utf-8")
        self.folder.mkdir(parents=True, exist_ok=True)
        workspace.put(written, self.folder / written.name, scratch)
        saved.discard(written, scratch)  # what was there before, if there was one
        for old in _by_step(self.folder)[: -self.keep]:
            saved.discard(old, scratch)


class MovingAverage(TrainerCallback):
    """Keeps an exponential moving average of the weights, through checkpoints too.

    Must be registered before `Checkpoints`, which takes the checkpoint away.
    """

    def __init__(self, model: torch.nn.Module, decay: float, resume_from: Path | None = None):
        self.average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))

        if resume_from is not None:
            self.average.load_state_dict(load_file(resume_from / EMA_FILE))

    def on_train_begin(self, args, state, control, model=None, **kwargs):
        self.average.to(model.device)

    def on_step_end(self, args, state, control, model=None, **kwargs):
        self.average.update_parameters(model)

    def on_save(self, args, state, control, **kwargs):
        tensors = {key: value.contiguous() for key, value in self.average.state_dict().items()}
        save_file(tensors, Path(args.output_dir) / f"checkpoint-{state.global_step}" / EMA_FILE)

    def copy_to(self, model: torch.nn.Module) -> None:
        """Give `model` the averaged weights."""
        model.load_state_dict(self.average.module.state_dict())
