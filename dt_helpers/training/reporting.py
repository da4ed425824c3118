"""Where the Trainer reports a run's curves to: one switch for TensorBoard, trackio and wandb."""

from __future__ import annotations

from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from transformers import Trainer
from transformers.integrations import TensorBoardCallback, get_reporting_integration_callbacks

PACKAGES = {"tensorboard": ("tensorboard", "tensorboardX"), "trackio": ("trackio",), "wandb": ("wandb",)}


def require(report_to: str | None) -> None:
    """ValueError for a name that isn't known, ImportError for one whose package isn't installed; None is nobody."""
    if report_to is None:
        return
    if report_to not in PACKAGES:
        raise ValueError(f"report_to must be one of {', '.join(PACKAGES)}, or None, not {report_to!r}.")
    if not any(find_spec(package) for package in PACKAGES[report_to]):
        raise ImportError(
            f"report_to={report_to!r} needs the package {report_to}, which is not installed: `pip install {report_to}`."
        )


def begin(trainer: Trainer, folder: Path) -> None:
    """Let TensorBoard's files be written below ``runs/`` in the model's folder, where they stay, unless the environment
    variable TENSORBOARD_LOGGING_DIR says otherwise."""
    for callback in trainer.callback_handler.callbacks:
        if isinstance(callback, TensorBoardCallback) and callback.logging_dir is None:
            callback.logging_dir = str(folder / "runs" / f"{datetime.now():%Y-%m-%d_%H-%M-%S}")


def end(trainer: Trainer) -> None:
    """Report no more: what is logged after the training would begin another run there."""
    for kind in get_reporting_integration_callbacks(trainer.args.report_to):
        trainer.remove_callback(kind)
