"""What the physics of the published data is, and how close we get: ``python benchmarks/physics.py``.

Three tables: how the robots' bodies differ from today's; how far observations are from those recorded with gym 0.21,
mujoco-py and MuJoCo 2.1, in the old physics (v3) and in today's (gymnasium's v4 and v5); and what the shipped experts,
trained in today's, earn in both. The bar: at most 1e-9 over the first ten steps, and the recorded terminations.
"""

import argparse
import sys
import warnings
from pathlib import Path

import numpy as np
from machine import describe

from dt_helpers import envs
from dt_helpers.data import experts

sys.path.insert(0, str(Path(__file__).parents[1]))  # the recordings are those of the tests

from tests.recordings import SEEDS, recorded, replayed

BAR, STEPS = 1e-9, (1, 10, 25, 50, 100, 200)


def print_bodies() -> None:
    print("| robot | body | mass now | then | | largest inertia now | then | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for robot in envs.ROBOTS:
        now, then = (envs.make(f"{robot}-{version}").unwrapped.model for version in ("v5", "v3"))
        for body in range(1, now.nbody):
            masses = now.body_mass[body], then.body_mass[body]
            inertias = now.body_inertia[body].max(), then.body_inertia[body].max()
            columns = [f"{x:.4g} | {y:.4g} | {y / x - 1:+.1%}" for x, y in (masses, inertias)]
            print(f"| {robot} | {now.body(body).name} | {' | '.join(columns)} |")
        total = now.body_mass.sum(), then.body_mass.sum()
        print(f"| {robot} | all | {total[0]:.4g} | {total[1]:.4g} | {total[1] / total[0] - 1:+.1%} | | | |")


def print_differences() -> bool:
    """Prints the table; returns whether v3 is within the bar."""
    print("| environment | " + " | ".join(f"after {step}" for step in STEPS) + " | terminations as recorded |")
    print("| --- " * (len(STEPS) + 2) + "|")
    good = True
    for robot in envs.ROBOTS:
        for version in ("v3", "v4", "v5"):
            env, differences, same = envs.make(f"{robot}-{version}"), [], 0
            for seed in SEEDS:
                old, new = recorded(robot, seed), replayed(env, robot, seed)
                differences.append(old.differences(new))
                same += bool(np.array_equal(np.flatnonzero(old.terminated)[:1], np.flatnonzero(new.terminated)[:1]))
            worst = np.max(differences, axis=0)
            print(
                f"| {env.unwrapped.spec.id.split('/')[-1]} | " + " | ".join(f"{worst[s - 1]:.0e}" for s in STEPS),
                end="",
            )
            print(f" | {same} of {len(SEEDS)} |")
            if version == "v3":
                good &= worst[:10].max() < BAR and same == len(SEEDS)
    return good


def returns(expert: experts.Expert, name: str, episodes: int, max_steps: int) -> np.ndarray:
    """Returns of one episode per seed, (episodes,)."""
    totals, robots = np.zeros(episodes), [envs.make(name) for _ in range(episodes)]
    states = np.stack([robot.reset(seed=seed)[0] for seed, robot in enumerate(robots)])  # (episodes, state_dim)
    alive = np.ones(episodes, bool)
    for _ in range(max_steps):
        for i in np.flatnonzero(alive):
            action = expert(states[i : i + 1])[0]
            states[i], reward, terminated, truncated, _ = robots[i].step(action)
            totals[i] += reward
            alive[i] = not (terminated or truncated)
        if not alive.any():
            break
    return totals


def print_returns(episodes: int, max_steps: int) -> None:
    print("| expert | in v5, where it was trained | in v3 | |")
    print("| --- | --- | --- | --- |")
    for robot in envs.ROBOTS:
        for stage in experts.stages(robot.lower()):
            expert = experts.load(robot.lower(), stage)
            now, then = (returns(expert, f"{robot}-{version}", episodes, max_steps) for version in ("v5", "v3"))
            change = then.mean() / now.mean() - 1
            columns = [f"{x.mean():.0f} ± {x.std():.0f}, worst {x.min():.0f}" for x in (now, then)]
            print(f"| {expert.name} | {' | '.join(columns)} | {change:+.1%} |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=10, help="for each expert in each physics")
    parser.add_argument("--max-steps", type=int, default=1000, help="steps per episode")
    args = parser.parse_args()
    warnings.filterwarnings("ignore", ".*out of date")  # of v4
    print(f"{describe()}\n\nMass in kg, inertia in kg m²:\n")
    print_bodies()
    print(f"\nLargest difference from the recorded observations, over {len(SEEDS)} recordings:\n")
    good = print_differences()
    print(f"\nReturns of the shipped experts over {args.episodes} episodes:\n")
    print_returns(args.episodes, args.max_steps)
    print(f"\nv3 is {'within' if good else 'NOT within'} the bar of {BAR:.0e} over the first ten steps")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
