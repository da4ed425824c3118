"""How fast recordings are made, against the physics alone: ``python benchmarks/generation.py``.

The bare loop calls `mujoco.mj_step` and nothing else, with random controls, in as many processes as there are cores:
what MuJoCo allows. Ours asks an expert for each action, adds noise, computes rewards and keeps everything. Both are
counted in environment steps, each of which is several steps of the physics.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from figures import Figure, report
from machine import describe

from dt_helpers import data, envs
from dt_helpers.data import experts, simulate
from dt_helpers.machine.hardware import usable_cores


def bare(env_name: str, seconds: float) -> float:
    """Environment steps per second of one process that only advances the physics."""
    import mujoco

    env = envs.make(env_name)
    env.reset(seed=0)
    model, state, skip = env.unwrapped.model, env.unwrapped.data, env.unwrapped.frame_skip
    controls = np.random.default_rng(0).uniform(-1, 1, (1000, model.nu))
    steps, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        for control in controls:
            state.ctrl[:] = control
            for _ in range(skip):
                mujoco.mj_step(model, state)
        steps += len(controls)
    return steps / (time.perf_counter() - begin)


def ours(name: str, episodes: int, steps: int) -> float:
    """Environment steps per second of a rollout as `dt_helpers.data.load` makes it."""
    recipe = data.SETS[name]
    expert = experts.load(recipe.robot, recipe.stages[-1])
    begin = time.perf_counter()
    made = simulate.roll_out(expert, recipe.env, episodes, steps, recipe.noise, progress=False)
    return made.n_steps / (time.perf_counter() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--episodes", type=int, default=200)
    parser.add_argument("--steps", type=int, default=1000, help="in an episode, at most")
    parser.add_argument("--seconds", type=float, default=3.0, help="of the bare loop")
    parser.add_argument("--repeats", type=int, default=3, help="runs, of which the median counts")
    args = parser.parse_args()

    print(describe())
    cores = usable_cores()
    print(f"environment steps a second on {cores} cores, medians of {args.repeats} runs in turn\n")
    print("| dataset | bare mj_step | ours | ratio |")
    print("| --- | --- | --- | --- |")
    figures = []
    with ProcessPoolExecutor(cores) as pool:
        for name, recipe in data.SETS.items():
            if not name.endswith("-expert"):
                continue
            floor, made = [], []
            for _ in range(args.repeats):
                floor.append(sum(pool.map(bare, [recipe.env] * cores, [args.seconds] * cores)))
                made.append(ours(name, args.episodes, args.steps))
            figures.append(
                Figure(f"generating {name}", "steps/s", made, floor, 0.5, "bare mj_step", more_is_better=True)
            )
            floor, made = np.median(floor), np.median(made)
            print(f"| {name} | {floor:,.0f} | {made:,.0f} | {made / floor:.0%} |", flush=True)
    report(*figures)


if __name__ == "__main__":
    main()
