"""The tutorial's whole training run, 1920 steps of 64 windows: ``python benchmarks/whole_run.py``.

Ours is the quick preset's training with as many steps and windows, with its evaluations on held-out episodes and its
checkpoints. The tutorial's has neither. It is long, so `--part` of its steps are measured, and the rest is
projected and printed as such: all of its steps cost the same. `--part 1920` measures all.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import dt_helpers  # noqa: F401 (before torch)

# isort: split
import numpy as np
import torch
import tutorial
from figures import Figure, number, report
from machine import describe
from torch.utils.flop_counter import FlopCounterMode
from transformers import TrainerCallback

from dt_helpers import data, training
from dt_helpers.collator import DecisionTransformerGymDataCollator

WARM_UP = 5  # steps that are not counted


class Clock(TrainerCallback):
    """When each step ended, by `now`: seconds of wall time, or with `time.process_time` CPU seconds."""

    def __init__(self, now: Callable[[], float] = time.perf_counter):
        self.now, self.ends = now, []

    def on_step_end(self, args, state, control, **kwargs):
        self.ends.append(self.now())

    def milliseconds(self) -> np.ndarray:
        """From one step's end to the next one's, loading included."""
        return 1e3 * np.diff(self.ends[WARM_UP - 1 :])


def tutorials_steps(
    trajectories: data.Trajectories, steps: int, now: Callable[[], float] = time.perf_counter
) -> np.ndarray:
    """Milliseconds of each of `steps` steps of the tutorial's training, by the clock `now`."""
    rows, clock = trajectories.to_dataset(), Clock(now)
    with tempfile.TemporaryDirectory() as folder:
        trainer = tutorial.make_trainer(
            rows, tutorial.Collator(rows, seed=0), Path(folder), steps + WARM_UP,
            save_strategy="no", logging_strategy="no", disable_tqdm=True,
        )  # fmt: skip
        trainer.add_callback(clock)
        trainer.train()
    return clock.milliseconds()


def our_run(trajectories: data.Trajectories, settings: training.Settings) -> float:
    """Seconds of `training.train`, from the trajectories to the saved model."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        training.train(trajectories, settings, output=folder)
        return time.perf_counter() - begin


def needed_operations(model, collator: DecisionTransformerGymDataCollator, batch_size: int) -> int:
    """Floating-point operations of matrix products in one training step, as torch counts them."""
    with FlopCounterMode(display=False) as counter:
        model.train()(**collator.gather(collator.draw(batch_size)))["loss"].backward()
    return counter.get_total_flops()


def multiplication_rate(dtype: torch.dtype, rows: int = 3840, seconds: float = 1.0) -> float:
    """Operations per second of the model's largest product, (rows, 128) by (128, 512): the best of many runs."""
    a, b = torch.randn(rows, 128).to(dtype), torch.randn(128, 512).to(dtype)
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - begin)
    return 2 * rows * 128 * 512 / best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--dataset", default="halfcheetah-expert", choices=data.SETS)
    parser.add_argument("--recorded", type=int, default=1000, help="episodes in the dataset")
    parser.add_argument("--steps", type=int, default=tutorial.STEPS)
    parser.add_argument("--part", type=int, default=60, help="how many of the tutorial's steps to measure")
    parser.add_argument("--preset", default="quick")
    args = parser.parse_args()
    print(describe())

    trajectories = data.load(args.dataset, episodes=args.recorded, progress=False)
    settings = training.preset(args.preset, steps=args.steps, batch_size=tutorial.BATCH)
    theirs = tutorials_steps(trajectories, args.part)
    seconds = our_run(trajectories, settings)
    collator = DecisionTransformerGymDataCollator(trajectories, seed=0)
    operations = needed_operations(training.make_model(collator, settings), collator, settings.batch_size)
    training_arguments = training.arguments(settings, Path("unused"))
    dtype = torch.bfloat16 if training_arguments.bf16 else torch.float32
    rate = multiplication_rate(dtype)
    projected = [float(x) * args.steps / 1e3 for x in (theirs.mean(), theirs.min(), theirs.max())]
    print(f"a step: the tutorial's {np.median(theirs):.0f} ms, ours {1e3 * seconds / args.steps:.1f} ms with all else")
    report(
        Figure(
            f"the tutorial's training run, {args.steps} steps", "s", [seconds], projected[:1], 5,
            floor=operations * args.steps / rate,
            floor_is=f"{operations / 1e9:.1f} billion operations a step in matrix products, at the "
            f"{rate / 1e9:.0f} billion a second that the largest of them reaches alone in {str(dtype).split('.')[1]}",
            note=f"the tutorial's is projected from {len(theirs)} of its steps, {number(theirs.min())} to "
            f"{number(theirs.max())} ms each." if args.part < args.steps else "",
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
