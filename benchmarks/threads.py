"""Whether training copes with the machine, idle and busy: ``python benchmarks/threads.py``.

Each row is the quick preset's training in a process of its own: once at the defaults that a user gets, once with each
fixed number of threads. Columns are loads: none, busy loops alongside, and loops that come or go halfway. The
counted steps follow a warm-up. The ways take turns, and the best of all repeats counts, since other work on the
machine only ever adds to it. On a machine that isn't idle, "idle" is what it was doing anyway.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if "--torch-first" in sys.argv:  # like a kernel that imported torch before the course
    import torch  # noqa: F401

from figures import Figure, report
from machine import describe

from dt_helpers.machine.hardware import usable_cores
from dt_helpers.machine.threads import NUMBER, OURS, WAITING

LOADS = {"idle": (0, 0), "busy": (1, 1), "idle, then busy": (0, 1), "busy, then idle": (1, 0)}  # in each half
WORST = 1.15  # times the seconds of the best fixed number


def ways() -> dict[str, dict[str, str]]:
    """Each way's name and environment variables."""
    cores = usable_cores()
    numbers = sorted({1, *(cores >> i for i in range(cores.bit_length()))})
    fixed = {f"{n} thread{'s' * (n > 1)}": {"OMP_NUM_THREADS": str(n)} for n in numbers}
    spinning = {"OMP_NUM_THREADS": str(cores), "GOMP_SPINCOUNT": "300000", "KMP_BLOCKTIME": "200"}
    return {"the defaults": {}, "torch imported first": {}, **fixed, f"{cores} spinning, as torch has it": spinning}


class Loops:
    """Processes that loop and do nothing else."""

    def __init__(self):
        self.running: list[subprocess.Popen] = []

    def have(self, count: int) -> None:
        """Start or stop as many as are needed."""
        while len(self.running) < count:
            self.running.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
        while len(self.running) > count:
            loop = self.running.pop()
            loop.kill()
            loop.wait()


@contextmanager
def busy_loops() -> Iterator[Loops]:
    loops = Loops()
    try:
        yield loops
    finally:
        loops.have(0)


def measure(way: str, variables: dict[str, str], loads: list[int], options: list[str]) -> tuple[float, str]:
    """Seconds of all counted steps, `loads` busy loops in each half, and what the training said about its threads."""
    clean = {key: value for key, value in os.environ.items() if key not in (*WAITING, *NUMBER, OURS)}
    with busy_loops() as loops:
        loops.have(loads[0])
        child = subprocess.Popen(
            [sys.executable, __file__, *options, "--child", *(["--torch-first"] if "torch" in way else [])],
            env=clean | variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            lines = []
            for line in child.stdout:
                lines.append(line.strip())
                if line.strip() == "half":
                    loops.have(loads[1])
        finally:
            child.kill()
            child.wait()
    return json.loads(lines[-1]), next((line for line in lines if line.startswith("Training goes on")), "")


def train(recorded: int, preset: str, steps: int) -> float:
    """Seconds of `steps` steps after the warm-up; says "half" after half of them."""
    from whole_run import WARM_UP, Clock

    from dt_helpers import data, training
    from dt_helpers.collator import DecisionTransformerGymDataCollator

    class Halves(Clock):
        def on_step_end(self, args, state, control, **kwargs):
            super().on_step_end(args, state, control, **kwargs)
            if state.global_step == WARM_UP + steps // 2:
                print("half", flush=True)

    trajectories = data.load("halfcheetah-expert", episodes=recorded, progress=False, say=lambda _: None)
    settings, clock = training.preset(preset), Halves()
    collator = DecisionTransformerGymDataCollator(trajectories, settings.context_length, sampling="end", seed=0)
    with tempfile.TemporaryDirectory() as folder:
        args = training.arguments(settings, Path(folder))
        args.eval_strategy = args.save_strategy = "no"
        args.max_steps = steps + WARM_UP
        trainer = training.make_trainer(training.make_model(collator, settings), collator, args, early=settings.early)
        trainer.add_callback(clock)
        trainer.train()
    return clock.milliseconds().sum() / 1e3


def table(seconds: dict[str, dict[str, list[float]]]) -> str:
    """The best of each way under each load, and its ratio to the best fixed number's."""
    lines = ["| | " + " | ".join(seconds) + " |", "| --- " * (len(seconds) + 1) + "|"]
    for way in ways():
        cells = [
            f"{min(by_way[way]):.1f} s ({min(by_way[way]) / best_fixed(by_way):.2f})" for by_way in seconds.values()
        ]
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def best_fixed(by_way: dict[str, list[float]]) -> float:
    return min(min(by_way[way]) for way, variables in ways().items() if "OMP_NUM_THREADS" in variables)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recorded", type=int, default=200, help="episodes in the dataset")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--changing", type=int, default=240, help="steps where the load changes halfway")
    parser.add_argument("--loops", type=int, default=3, help="busy loops")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--loads", nargs="+", choices=LOADS, default=list(LOADS))
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--torch-first", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(train(args.recorded, args.preset, args.steps)))
        return
    print(describe())
    before = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
    print(f"Load before anything was started: {before:.1f} on {usable_cores()} cores")

    seconds = {load: {way: [] for way in ways()} for load in args.loads}
    said = {load: set() for load in args.loads}
    for load in args.loads:
        first, second = LOADS[load]
        steps = args.steps if first == second else args.changing
        options = ["--recorded", str(args.recorded), "--preset", args.preset, "--steps", str(steps)]
        for _ in range(args.repeats):
            for way, variables in ways().items():
                taken, line = measure(way, variables, [first * args.loops, second * args.loops], options)
                seconds[load][way].append(taken)
                said[load] |= {line} if line else set()
    print(f"\n{args.steps} training steps, {args.changing} where the load changes; in brackets: in terms of the best")
    print(f"fixed number of threads under the same load. Busy: {args.loops} loops.\n\n{table(seconds)}\n")
    for load, lines in said.items():
        print(*(f"{load}: {line}" for line in sorted(lines)), sep="\n")
    report(*(
        Figure(f"threads, {load}", "s", [min(by_way["the defaults"])], [best_fixed(by_way)], 1 / WORST,
               "the best fixed number of threads", note=f"the best of {args.repeats}")
        for load, by_way in seconds.items()
    ))  # fmt: skip


if __name__ == "__main__":
    main()
