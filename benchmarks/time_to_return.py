"""Time until a model earns 90% of the dataset's mean return: ``python benchmarks/time_to_return.py``.

Ours is the quick preset's recipe, its learning rate falling within `--steps`. Every `--every` steps the averaged
weights run 16 episodes; the run is over when their mean return reaches the bar. Only training counts, for both.

The tutorial's recipe (learning rate 0.0001 that falls linearly, windows by their first step, the last weights) does
not always get there in its 1920 steps, so it is given ten times as many. That is long at its own pace. What its
steps teach does not depend on how fast they are taken: `--whole` takes them through our quick training step, in
bfloat16 where the machine has it, and keeps the curve in tutorial_curve.json, with its date. Each run then measures
what a step of the tutorial costs, and multiplies.
"""

import argparse
import datetime
import json
import tempfile
import time
from pathlib import Path

import dt_helpers  # noqa: F401 (before torch)

# isort: split
import numpy as np
import torch
import tutorial
from figures import Figure, number, report
from machine import describe
from transformers import TrainerCallback
from whole_run import tutorials_steps

from dt_helpers import data, rollout, training
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.training.checkpoints import MovingAverage

CURVE = Path(__file__).with_name("tutorial_curve.json")
SHARE = 0.9


class Referee(TrainerCallback):
    """Runs episodes every `every` steps, with the clock stopped, and ends the training when the bar is reached."""

    def __init__(self, trajectories: data.Trajectories, every: int, episodes: int, max_steps: int, average=None):
        self.env, self.average, self.every = data.environment(trajectories.name), average, every
        self.target = float(np.quantile(trajectories.returns, 0.9))
        self.bar = SHARE * float(trajectories.returns.mean())
        self.options = {"episodes": episodes, "seed": 10_000, "max_steps": max_steps, "progress": False}
        self.curve, self.seconds, self.since = [], 0.0, None

    def on_train_begin(self, args, state, control, **kwargs):
        self.since = time.perf_counter()

    def on_step_end(self, args, state, control, model, **kwargs):
        if state.global_step % self.every and state.global_step < args.max_steps:
            return
        self.seconds += time.perf_counter() - self.since
        kept = self.average.average.module if self.average else model
        result = rollout.evaluate(kept, self.env, self.target, **self.options)
        model.train()
        self.curve.append((state.global_step, self.seconds, result.mean))
        print(f"| {state.global_step} | {self.seconds:.0f} | {result.mean:.0f} ± {result.std:.0f} |", flush=True)
        control.should_training_stop |= result.mean >= self.bar  # the Trainer may have set it, at the last step
        self.since = time.perf_counter()

    @property
    def reached(self) -> bool:
        return bool(self.curve) and self.curve[-1][2] >= self.bar


def train(trajectories: data.Trajectories, settings: training.Settings, seed: int, **referee) -> Referee:
    """A training run without held-out evaluations and checkpoints, but with a referee."""
    torch.manual_seed(seed)
    collator = DecisionTransformerGymDataCollator(
        trajectories, settings.context_length, settings.scale, settings.max_ep_len, settings.sampling, seed
    )
    model = training.make_model(collator, settings, dataset=trajectories.name)
    with tempfile.TemporaryDirectory() as folder:
        args = training.arguments(settings, Path(folder), seed)
        args.eval_strategy = args.save_strategy = "no"
        trainer = training.make_trainer(model, collator, args, settings.held_out, settings.early)
        average = MovingAverage(model, settings.ema) if settings.ema else None
        watch = Referee(trajectories, average=average, **referee)
        for callback in filter(None, (average, watch)):
            trainer.add_callback(callback)
        trainer.train()
    return watch


def tutorials_curve(trajectories: data.Trajectories, args: argparse.Namespace) -> None:
    """Take the tutorial's steps, and keep what they earned in CURVE."""
    print(f"\nThe tutorial's recipe, over {args.theirs} steps\n")
    print("| step | seconds here | mean return |\n| --- | --- | --- |")
    settings = training.preset("tutorial", steps=args.theirs, precision="bf16")
    referee = {"every": args.theirs_every, "episodes": args.episodes, "max_steps": args.max_steps}
    watch = train(trajectories, settings, seed=0, **referee)
    kept = {
        "date": datetime.date.today().isoformat(),
        "machine": describe(),
        "dataset": trajectories.name,
        "recorded": len(trajectories),
        "bar": watch.bar,
        "reached": watch.reached,
        "curve": [(step, round(earned, 1)) for step, _, earned in watch.curve],
    }
    args.curve.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--dataset", default="halfcheetah-expert", choices=data.SETS)
    parser.add_argument("--recorded", type=int, default=1000, help="episodes in the dataset")
    parser.add_argument("--steps", type=int, default=800, help="of ours")
    parser.add_argument("--every", type=int, default=100, help="our steps between two runs of episodes")
    parser.add_argument("--seeds", type=int, default=1, help="training runs of ours")
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--max-steps", type=int, default=1000, help="steps per episode")
    parser.add_argument("--part", type=int, default=30, help="steps of the tutorial's to time")
    parser.add_argument("--whole", action="store_true", help="take all of the tutorial's steps: half an hour")
    parser.add_argument(
        "--theirs", type=int, default=10 * tutorial.STEPS, help="maximum number of the tutorial's steps"
    )
    parser.add_argument(
        "--theirs-every", type=int, default=480, help="the tutorial's steps between two runs of episodes"
    )
    parser.add_argument("--curve", type=Path, default=CURVE, help="where the tutorial's curve is kept")
    args = parser.parse_args()
    print(describe())

    trajectories = data.load(args.dataset, episodes=args.recorded, progress=False)
    if args.whole:
        tutorials_curve(trajectories, args)
    settings = training.preset("quick", steps=args.steps)
    runs = []
    for seed in range(args.seeds):
        print(f"\nOurs, seed {seed}\n\n| step | seconds | mean return |\n| --- | --- | --- |")
        runs.append(
            train(trajectories, settings, seed, every=args.every, episodes=args.episodes, max_steps=args.max_steps)
        )
    ours = [run.curve[-1][1] for run in runs if run.reached]
    if len(ours) < len(runs):
        print(f"\n{len(runs) - len(ours)} of {len(runs)} runs did not reach {runs[0].bar:.0f} in {args.steps} steps.")
    kept = json.loads(args.curve.read_text(encoding="utf-8")) if args.curve.exists() else None
    if kept is None or not ours:
        print("\nNo ratio: " + ("none of ours got there." if kept else "the tutorial's curve is measured by --whole."))
        return
    step = kept["curve"][-1][0]
    milliseconds = float(tutorials_steps(trajectories, args.part).mean())
    arrived = (
        f"got there after {step} steps" if kept["reached"] else f"did not get there in {step} steps, all of which count"
    )
    report(
        Figure(
            f"time until {SHARE:.0%} of the dataset's mean return", "s", ours, [step * milliseconds / 1e3], 20,
            note=f"the tutorial's recipe {arrived} (measured through our training step on {kept['date']}, the learning "
            f"rate falling over {args.theirs} steps); they are counted at {number(milliseconds)} ms, the mean of "
            f"{args.part} steps of the tutorial's own way.",
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
