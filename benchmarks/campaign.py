"""What `quality.py` and `targets.py` share: training and running agents, seed after seed, and keeping the rows.

A campaign takes hours. Each agent's row is printed when the agent has run, and with `--append FILE` it is kept as a
JSON line: the same command goes on where it was stopped, and makes its tables from what is kept.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from dt_helpers import envs, rollout, training
from dt_helpers.data import formats
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.training import cloning

STARTS = 10_000  # the seed of the first episode: no recorded episode starts there


def add_options(parser: argparse.ArgumentParser, episodes: int, of_what: str) -> None:
    """The options of both benchmarks."""
    parser.add_argument("--recorded", type=int, help="take only this many episodes of each dataset")
    parser.add_argument("--preset", default="quick", help="the Decision Transformer's settings")
    parser.add_argument("--no-bf16", action="store_true", help="train in float32, as on machines without bfloat16")
    parser.add_argument("--seeds", type=int, default=3, help="training seeds")
    parser.add_argument("--episodes", type=int, default=episodes, help=of_what)
    parser.add_argument("--steps", type=int, help="the Decision Transformer's training steps, instead of the preset's")
    parser.add_argument("--clone-steps", type=int, default=cloning.STEPS, help="cloning's training steps")
    parser.add_argument("--max-steps", type=int, default=1000, help="steps per episode")
    parser.add_argument(
        "--append", type=Path, help="a file of JSON lines: rows in it are not made again, new ones are added"
    )


def settings_of(args: argparse.Namespace) -> training.Settings:
    changes = {"steps": args.steps} if args.steps else {}
    return training.preset(args.preset, **changes, **({"precision": "fp32"} if args.no_bf16 else {}))


def recordings(path: str, env: str | None, episodes: int | None) -> tuple[Trajectories, str]:
    """The (first `episodes`) episodes of somebody's recordings, and the environment: `env`, or that of the robot in the
    name. (The dimensions would not do: the cheetah's and the walker's are the same.)"""
    trajectories = formats.open(path)
    named = [f"{robot}-v5" for robot in envs.ROBOTS if robot.lower() in trajectories.name.lower()]
    if env is None and len(named) != 1:
        raise SystemExit(
            f"The name {trajectories.name!r} does not say which robot it is: add --env, such as HalfCheetah-v5."
        )
    if episodes is not None and episodes < len(trajectories):
        offsets = trajectories.offsets[: episodes + 1]
        columns = ("observations", "actions", "rewards", "dones")
        parts = (getattr(trajectories, column)[: offsets[-1]] for column in columns)
        trajectories = Trajectories(*parts, offsets, name=trajectories.name)
    return trajectories, env or named[0]


class Campaign:
    """Trains agents on one dataset after the other, evaluates them, and keeps the rows.

    A row has the agent, the data, the training seed and all settings in ``run``, the CPU seconds of its training (over
    all threads) in ``cpu`` and the seconds of wall time in ``wall``, and for each of its ``targets`` a list of
    ``returns`` and one of ``lengths``.
    """

    def __init__(self, args: argparse.Namespace):
        self.args, self.settings, self.file = args, settings_of(args), args.append
        lines = self.file.read_text(encoding="utf-8").splitlines() if self.file and self.file.exists() else []
        self.rows = [json.loads(line) for line in lines]

    def transformer(self, data: Trajectories, env: str, seed: int, targets: Sequence[float]) -> dict:
        """The row of a Decision Transformer that is asked for each of the targets."""

        def train():
            with tempfile.TemporaryDirectory() as folder:
                return training.train(data, self.settings, output=folder, seed=seed)

        return self._row("Decision Transformer", data, env, seed, self.settings.to_dict(), targets, train)

    def clone(self, data: Trajectories, env: str, seed: int) -> dict:
        """The row of a clone, which can't be asked for a return: its one target is 0."""
        steps = self.args.clone_steps
        return self._row("cloning", data, env, seed, {"steps": steps}, [0], lambda: training.clone(data, steps, seed))

    def _row(
        self, agent: str, data: Trajectories, env: str, seed: int, settings: dict, targets: Sequence[float],
        train: Callable[[], object],
    ) -> dict:  # fmt: skip
        run = {
            "agent": agent, "data": repr(data), "sum_of_returns": float(data.returns.sum()), "env": env, "seed": seed,
            "episodes": self.args.episodes, "max_steps": self.args.max_steps, "settings": settings,
            "targets": [float(target) for target in targets],
        }  # fmt: skip
        for row in self.rows:
            if row["run"] == run:
                return row
        begin, cpu_begin = time.perf_counter(), time.process_time()
        model = train()
        cost = {"cpu": time.process_time() - cpu_begin, "wall": time.perf_counter() - begin}
        runs = rollout.evaluate_targets(model, env, run["targets"], run["episodes"], STARTS, run["max_steps"])
        earned = {"returns": [r.returns.tolist() for r in runs], "lengths": [r.lengths.tolist() for r in runs]}
        row = {"run": run, **cost, **earned}
        self.rows.append(row)
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        return row


def evaluations(row: dict) -> list[rollout.Evaluation]:
    """A row's episodes, one evaluation per target, with each episode's return as its only reward."""
    run = row["run"]
    parts = zip(run["targets"], row["returns"], row["lengths"], strict=True)
    return [
        rollout.Evaluation(run["env"], target, np.array(returns)[:, None], np.array(lengths))
        for target, returns, lengths in parts
    ]
