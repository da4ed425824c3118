"""What a preset's models earn: ``python benchmarks/quality.py --preset quick --seeds 3``.

Trains one model a seed on the named dataset and evaluates each over seeded episodes, none of which starts where a
recorded one did. The bars of the `quick` preset: on `halfcheetah-expert` a mean return of at least 95% of the dataset's
mean, the worst episode at least 50%, training under four minutes on two idle cores; on `hopper-expert` and
`walker2d-expert`, whose robots may fall, a mean return of at least 85%.
"""

import argparse
import tempfile
import time

import numpy as np
from machine import describe

from dt_helpers import data, rollout, training


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--dataset", default="halfcheetah-expert", choices=data.SETS)
    parser.add_argument("--recorded", type=int, help="episodes in the dataset, in place of its usual number")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--seeds", type=int, default=3, help="training seeds")
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--steps", type=int, help="training steps, in place of the preset's")
    parser.add_argument("--max-steps", type=int, default=1000, help="steps an episode")
    parser.add_argument("--target", type=float, help="target return; by default the data's 90th percentile")
    args = parser.parse_args()

    print(describe())
    trajectories = data.load(args.dataset, episodes=args.recorded)
    changes = {"steps": args.steps} if args.steps else {}
    settings = training.preset(args.preset, **changes)
    env = data.environment(args.dataset)
    mean = trajectories.returns.mean()
    target = args.target or float(np.quantile(trajectories.returns, 0.9))
    print(f"{args.dataset} in {env}: mean return {mean:.0f}, best {trajectories.returns.max():.0f}")
    print(
        f"target return {target:.0f}, {args.episodes} episodes a seed; preset {settings.preset}, {settings.steps} steps"
    )
    print()
    print("| training seed | training | mean return | of the data's mean | worst episode | of the data's mean |")
    print("| --- | --- | --- | --- | --- | --- |")
    for seed in range(args.seeds):
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            model = training.train(trajectories, settings, output=folder, seed=seed)
            seconds = time.perf_counter() - begin
            result = rollout.evaluate(model, env, target, args.episodes, seed=10_000, max_steps=args.max_steps)
        print(
            f"| {seed} | {seconds:.0f} s | {result.mean:.0f} ± {result.std:.0f} | {result.mean / mean:.1%} "
            f"| {result.worst:.0f} | {result.worst / mean:.1%} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
