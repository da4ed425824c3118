"""How cost grows with the settings: ``python benchmarks/growth.py``.

Tables of a training step against K, hidden size, batch and loader workers; of evaluation against K, hidden size and
episodes; of the Trainer on one process and on two with the same windows per step; and a projection for a GPU and for a
class of 1000 students, with its reasoning.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import dt_helpers  # noqa: F401 (before torch)

# isort: split
import numpy as np
import torch
from evaluation import our_way
from machine import describe
from whole_run import WARM_UP, Clock, needed_operations

from dt_helpers import data, training
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.machine.hardware import usable_cores

BASE = {"K": 20, "hidden": 128, "batch": 64}
VALUES = {"K": [5, 10, 40], "hidden": [64, 256], "batch": [16, 256]}
NO_KERNEL = "as_strided chunk detach empty expand narrow numel permute reshape resize select slice split squeeze t "
NO_KERNEL += "transpose unbind unflatten unsqueeze view"  # operations that only view memory in another way
LAUNCH = 10e-6  # seconds that a GPU's driver takes for one operation, a usual value under Python
T4 = 65e12  # half-precision operations per second of Colab's usual GPU, by its data sheet; a third of that is good


def make(trajectories: data.Trajectories, K: int, hidden: int, batch: int):
    """Settings, collator and model of these sizes."""
    settings = training.preset("quick", context_length=K, batch_size=batch)
    collator = DecisionTransformerGymDataCollator(trajectories, K, sampling="end", seed=0)
    model = training.make_model(collator, settings)
    if hidden != model.config.hidden_size:
        config = model.config
        config.hidden_size = hidden
        shortcut, model = model.shortcut, type(model)(config)
        model.set_attn_implementation(config._attn_implementation)
        model.shortcut = shortcut
    return settings, collator, model


def trainers_step(trajectories, steps: int, workers: int = 0, **sizes) -> float:
    """Milliseconds of a step of the Trainer, the median of `steps`."""
    settings, collator, model = make(trajectories, **{**BASE, **sizes})
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        args = training.arguments(settings, Path(folder))
        args.eval_strategy = args.save_strategy = "no"
        args.max_steps, args.dataloader_num_workers = steps + WARM_UP, workers
        trainer = training.make_trainer(model, collator, args, settings.held_out, settings.early)
        trainer.add_callback(clock)
        trainer.train()
    return float(np.median(clock.milliseconds()))


def processes(count: int, options: list[str]) -> float:
    """Milliseconds of a step of the Trainer on `count` processes, which share the windows of a step and the cores."""
    threads = max(1, torch.get_num_threads() // count)
    run = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"),
            *(__file__, *options, "--share", str(count)),
        ],
        env=os.environ | {"OMP_NUM_THREADS": str(threads)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return json.loads(next(line for line in run.stdout.splitlines() if line.startswith("{")))["ms"]


def print_training(trajectories, steps: int, values: dict[str, list[int]]) -> float:
    """The step's milliseconds at the usual sizes."""
    print("\nA training step (Trainer, bfloat16 where there is hardware for it)\n")
    print("| K | hidden | batch | ms a step | windows/s | billion operations | billion a second |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    times = []
    for sizes in [BASE, *({**BASE, key: value} for key in BASE for value in values[key])]:
        times.append(trainers_step(trajectories, steps, **sizes))
        settings, collator, model = make(trajectories, **sizes)
        operations = needed_operations(model, collator, settings.batch_size)
        columns = [str(sizes[key]) for key in BASE]
        columns += [f"{times[-1]:.1f}", f"{1e3 * sizes['batch'] / times[-1]:,.0f}", f"{operations / 1e9:.1f}"]
        print("| " + " | ".join(columns) + f" | {operations / times[-1] / 1e6:.0f} |", flush=True)
    return times[0]


def print_workers(trajectories, steps: int, counts: list[int]) -> None:
    print("\nLoader workers, at the usual sizes\n\n| workers | ms a step |\n| --- | --- |")
    for count in counts:
        print(f"| {count} | {trainers_step(trajectories, steps, count):.1f} |", flush=True)


def print_evaluation(trajectories, steps: int, values: dict[str, list[int]], episodes: list[int]) -> float:
    """Environment steps per second at the usual sizes, with the first of the numbers of episodes."""
    print("\nEvaluation\n")
    print("| K | hidden | episodes | environment steps/s | ms a step of all |\n| --- | --- | --- | --- | --- |")
    rows = [{**BASE, "episodes": count} for count in episodes]
    rows += [{**BASE, key: value, "episodes": episodes[0]} for key in ("K", "hidden") for value in values[key]]
    env, rates = data.environment(trajectories.name), []
    for row in rows:
        _, _, model = make(trajectories, row["K"], row["hidden"], row["batch"])
        our_way(model, env, 9000.0, row["episodes"], 3)
        rates.append(our_way(model, env, 9000.0, row["episodes"], steps))
        columns = [str(row[key]) for key in ("K", "hidden", "episodes")]
        print(
            "| " + " | ".join(columns) + f" | {rates[-1]:,.0f} | {1e3 * row['episodes'] / rates[-1]:.1f} |", flush=True
        )
    return rates[0]


def print_processes(counts: list[int], options: list[str]) -> None:
    print("\nThe Trainer's processes (gloo), 64 windows a step in all\n\n| processes | ms a step |\n| --- | --- |")
    for count in counts:
        print(f"| {count} | {processes(count, options):.1f} |", flush=True)


def print_projection(trajectories, usual: float, rate: float) -> None:
    """What follows from these numbers for machines that were not measured."""
    settings, collator, model = make(trajectories, **BASE)
    operations = needed_operations(model, collator, settings.batch_size)
    model.shortcut = None  # a GPU takes the whole forward pass
    launches = kernels(model, collator.gather(collator.draw(settings.batch_size)))
    cores, computing, launching = usable_cores(), 3 * operations / T4, launches * LAUNCH
    train, evaluate = settings.steps * usual / 1e3, 16 * 1000 / rate
    hours = 1000 * cores * (train + evaluate) / 3600
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
    step, more = max(computing, launching), launching / computing
    print(f"""
One GPU (projected, not measured: there is none here). A step has {operations / 1e9:.0f} billion operations in matrix
products, which a T4 at a third of its {T4 / 1e12:.0f} trillion a second would do in {1e3 * computing:.2f} ms. But it is
{launches} single kernels, and launching each from Python takes about {1e6 * LAUNCH:.0f} µs, {1e3 * launching:.0f} ms in
all. So the model is too small for a GPU: about {1e3 * step:.0f} ms a step, for which these {cores} cores take
{usual:.0f} ms; a batch or a model with {more:.0f} times the operations would take it no longer.

A class of 1000 (projected). The quick preset's {settings.steps} steps take {train:.0f} s of these {cores} cores, and
16 episodes of 1000 steps {evaluate:.0f} s: {hours:.0f} core-hours for one training and evaluation each. If all of them
do it on one server within the same hour, that many cores are busy; spread over a week, {hours / 168:.1f}. This process,
with data, training and evaluation in it, held {memory:.1f} GiB at most, so that 100 notebooks open at the same time
need {100 * memory:.0f} GiB. On Colab each student brings a machine, and the class needs no server for it.""")


def kernels(model, batch: dict[str, torch.Tensor]) -> int:
    """Operations of a training step that a GPU would have to launch a kernel for."""
    with torch.profiler.profile() as profile:
        model.train()(**batch)["loss"].backward()
    none = NO_KERNEL.split()
    counted = (event for event in profile.key_averages() if event.key.startswith("aten::"))
    leaves = [event for event in counted if event.key.removeprefix("aten::").strip("_") not in none]
    return sum(event.count for event in leaves if event.self_cpu_time_total > 0.5 * event.cpu_time_total)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--recorded", type=int, default=200, help="episodes in the dataset")
    parser.add_argument("--steps", type=int, default=40, help="training steps for each row")
    parser.add_argument("--max-steps", type=int, default=150, help="steps per episode")
    for key, values in VALUES.items():
        parser.add_argument(
            f"--{key}", type=int, nargs="+", default=values, help=f"values to try beside the usual {BASE[key]}"
        )
    parser.add_argument(
        "--episodes", type=int, nargs="+", default=[16, 1, 4, 64], help="numbers to try; the projection uses the first"
    )
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--share", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    trajectories = data.load("halfcheetah-expert", episodes=args.recorded, progress=False, say=lambda _: None)
    if args.share:
        taken = trainers_step(trajectories, args.steps, batch=BASE["batch"] // args.share)
        if os.environ.get("RANK") == "0":
            print(json.dumps({"ms": taken}))
        return
    print(describe())
    values = {key: getattr(args, key) for key in VALUES}
    usual = print_training(trajectories, args.steps, values)
    print_workers(trajectories, args.steps, args.workers)
    rate = print_evaluation(trajectories, args.max_steps, values, args.episodes)
    print_processes(args.processes, ["--recorded", str(args.recorded), "--steps", str(args.steps)])
    print_projection(trajectories, usual, rate)


if __name__ == "__main__":
    main()
