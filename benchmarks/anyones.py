"""Agents for other people's worlds: ``python benchmarks/anyones.py`` records three of gymnasium's, trains, and asks.

- CartPole, choices: episodes that balance for a while and then let go. Asked for 500, at least 450; asked for 100, at
  most 150.
- Pendulum, torques within ±2: ten controllers from good to random, each from the same starts. Asked for the best
  return, it earns what the best of the ten does, a tenth of the data, from the same starts.
- FrozenLake, a reward of 1 at the end or none: walks between random and straight. Asked for 1 it arrives, asked for 0
  it doesn't.

Each is trained in under two minutes of one core, for each of the seeds.
"""

import argparse
import time
from collections.abc import Callable

import gymnasium
import numpy as np
from figures import Figure, report
from machine import describe

from dt_helpers import rollout, training
from dt_helpers.data.recording import record
from dt_helpers.data.trajectories import Trajectories

CARTPOLE, PENDULUM, LAKE = "CartPole-v1", "Pendulum-v1", "FrozenLake-v1"
SHORTCUT = {0: 1, 4: 1, 8: 2, 9: 1, 13: 2, 14: 2}  # FrozenLake's 4 × 4 map


class UntilItLetsGo:
    """Balances for a number of steps, drawn for each episode, then acts at random."""

    def __init__(self, seed: int):
        self.rng, self.left = np.random.default_rng(seed), 0

    def start(self) -> None:
        self.left = int(self.rng.integers(0, 700))

    def __call__(self, seen: np.ndarray) -> np.ndarray:  # (1, 4) -> (1,)
        self.left -= 1
        if self.left < 0:
            return self.rng.integers(0, 2, 1)
        return (seen @ np.array([0.1, 0.2, 1.0, 0.5]) > 0).astype(np.int64)


def cartpole(episodes: int, seed: int) -> Trajectories:
    policy = UntilItLetsGo(seed)
    return record(policy, Started(CARTPOLE, policy.start), episodes, seed=seed, progress=False, name="cartpole-mixed")


class Started(gymnasium.Wrapper):
    """Tells a policy that an episode begins."""

    def __init__(self, env: str, start: Callable[[], None]):
        super().__init__(gymnasium.make(env))
        self.start = start

    def reset(self, **options):
        self.start()
        return super().reset(**options)


def swing(seen: np.ndarray) -> np.ndarray:
    """Swings the pendulum up and holds it: (1, 3) -> (1, 1)."""
    cosine, sine, speed = seen[0]
    angle = np.arctan2(sine, cosine)
    energy = speed**2 / 6 + 5 * (cosine - 1)  # 0 where it stands upright and still
    torque = -16 * angle - 4 * speed if abs(angle) < 0.6 else -energy * np.sign(speed or 1.0)
    return np.clip([[torque]], -2, 2)


def pendulum(episodes: int, seed: int) -> Trajectories:
    """A tenth of the episodes of each of ten controllers, from a good one to a random one. All have the same starts."""
    rng = np.random.default_rng(seed)
    parts = []
    for share in np.linspace(0, 1, 10) ** 3:  # of the steps at which the torque is random

        def policy(seen: np.ndarray, share=share) -> np.ndarray:
            return rng.uniform(-2, 2, (1, 1)) if rng.random() < share else swing(seen)

        parts.append(record(policy, PENDULUM, episodes // 10, seed=seed, progress=False, name="pendulum-mixed"))
    return Trajectories.concatenate(parts, "pendulum-mixed")


def lake(episodes: int, seed: int) -> Trajectories:
    rng = np.random.default_rng(seed)

    def policy(seen: np.ndarray) -> np.ndarray:
        straight = SHORTCUT.get(int(seen[0]))
        return rng.integers(0, 4, 1) if straight is None or rng.random() < 0.6 else np.array([straight])

    env = gymnasium.make(LAKE, is_slippery=False)
    return record(policy, env, episodes, seed=seed, progress=False, name="lake-mixed")


def trained(data: Trajectories, steps: int, seed: int, output: str, **more):
    begin = time.process_time()
    settings = training.preset("quick", steps=steps, hidden_size=64, **more)  # worlds of a few numbers need no more
    model = training.train(data, settings, output, seed, resume=False)
    return model, time.process_time() - begin


def earned(model, env, target: float, episodes: int, seed: int = 10_000, sample: bool = False) -> float:
    return rollout.evaluate(model, env, target, episodes, seed, progress=False, sample=sample).mean


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", default=[], help="cartpole, pendulum, lake; by default all")
    parser.add_argument("--recorded", type=int, default=400, help="episodes")
    parser.add_argument("--steps", type=int, default=600, help="of training")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--episodes", type=int, default=20, help="for each target")
    parser.add_argument("--output", default="output/anyones", help="folder for the models")
    args = parser.parse_args()
    print(describe())
    tasks = {"cartpole": of_cartpole, "pendulum": of_pendulum, "lake": of_lake}
    if unknown := set(args.tasks) - set(tasks):
        parser.error(f"there is no task {', '.join(sorted(unknown))}; the tasks are {', '.join(tasks)}")
    for name in args.tasks or tasks:
        rows = [tasks[name](args, seed) for seed in range(args.seeds)]
        report(*_figures(name, rows))


def of_cartpole(args, seed: int) -> dict[str, float]:
    data = cartpole(args.recorded, seed)
    model, seconds = trained(data, args.steps, seed, f"{args.output}/cartpole")
    # After letting go it acts at random, and the likeliest action is not random: so actions are sampled.
    row = {f"asked for {target}": earned(model, CARTPOLE, target, args.episodes, sample=True) for target in (500, 100)}
    return {**row, "seconds": seconds}


def of_pendulum(args, seed: int) -> dict[str, float]:
    data = pendulum(args.recorded, seed)
    # The controller switches at once from swinging to holding: that takes more windows to learn than the others.
    model, seconds = trained(data, 2 * args.steps, seed, f"{args.output}/pendulum", batch_size=128)
    starts = args.recorded // 10
    best = data.returns.reshape(10, starts).mean(axis=1).max()
    mine = earned(model, PENDULUM, float(data.returns.max()), starts, seed)
    return {"earned": mine, "best tenth, same starts": float(best), "seconds": seconds}


def of_lake(args, seed: int) -> dict[str, float]:
    data = lake(args.recorded, seed)
    print(f"{data.returns.mean():.0%} of the walks arrive")
    model, seconds = trained(data, args.steps, seed, f"{args.output}/lake")

    def env():
        return gymnasium.make(LAKE, is_slippery=False)

    return {f"asked for {target}": earned(model, env, target, args.episodes) for target in (1, 0)} | {
        "seconds": seconds
    }


def _figures(name: str, rows: list[dict[str, float]]) -> list[Figure]:
    column = {key: [row[key] for row in rows] for key in rows[0]}
    bars = {
        "cartpole": [("asked for 500", 450, True), ("asked for 100", 150, False)],
        "lake": [("asked for 1", 0.95, True), ("asked for 0", 0.2, False)],
        "pendulum": [],
    }[name]
    found = [
        Figure(f"{name}: {key}", "", [(min if more else max)(column[key])], bar=bar, more_is_better=more,
               note="the worst seed; by seed " + ", ".join(f"{value:.3g}" for value in column[key]))
        for key, bar, more in bars
    ]  # fmt: skip
    if name == "pendulum":
        pairs = list(zip(column["earned"], column["best tenth, same starts"], strict=True))
        share = np.sum(column["earned"]) / np.sum(column["best tenth, same starts"])
        note = "all seeds; returns by seed, and the tenth's: " + ", ".join(f"{x:.1f} and {y:.1f}" for x, y in pairs)
        found.append(Figure("pendulum: cost, of the best tenth's", "of it", [share], bar=1, note=note))
    seconds = max(column["seconds"])
    return [*found, Figure(f"{name}: training", "s of CPU", [seconds], bar=120)]


if __name__ == "__main__":
    main()
