"""What an agent that sees frames instead of states earns: ``python benchmarks/pixels.py``.

Films the named dataset, and trains two models per seed: one on the frames, with the convolutional encoder, and one that
is blind to them, and has only returns, actions and time. Both run the same seeded episodes, none of which starts where
a recorded one did. The bar: filming and training together take less than ten minutes on two idle cores, and seeing
earns more than not seeing.
"""

import argparse
import time

import numpy as np
from machine import describe

from dt_helpers import data, pixels, rollout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--dataset", default="halfcheetah-expert", choices=data.SETS)
    parser.add_argument("--recorded", type=int, default=100, help="episodes to film")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--seeds", type=int, default=1, help="training seeds")
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--steps", type=int, help="training steps, instead of the preset's")
    parser.add_argument("--max-steps", type=int, default=1000, help="steps per episode")
    args = parser.parse_args()

    print(describe())
    trajectories = data.load(args.dataset, episodes=args.recorded)
    env = data.environment(args.dataset)
    mean, target = trajectories.returns.mean(), float(np.quantile(trajectories.returns, 0.9))
    frames, seconds, cpu_seconds = timed(pixels.film, trajectories, env)
    print(f"{args.dataset} in {env}: mean return {mean:.0f}; target return {target:.0f}")
    print(
        f"filming {frames.n_steps} frames: {seconds:.0f} s, {1000 * cpu_seconds / frames.n_steps:.2f} ms of CPU a frame"
    )
    settings = pixels.preset(args.preset, **({"steps": args.steps} if args.steps else {}))
    print(f"preset {settings.preset}, {settings.steps} steps of {settings.batch_size} windows, {args.episodes} runs\n")
    print("| agent | training seed | training | CPU | mean return | of the data's mean | worst episode |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    earned = {"sees": [], "is blind": []}
    for seed in range(args.seeds):
        for agent, encoder in (("sees", pixels.ConvEncoder), ("is blind", pixels.Blind)):
            model, seconds, cpu_seconds = timed(pixels.train, frames, settings, seed=seed, encoder=encoder)
            result = rollout.evaluate(
                model, env, target, args.episodes, 10_000, args.max_steps, observe=pixels.camera(env)
            )
            earned[agent].append(result.mean)
            print(
                f"| {agent} | {seed} | {seconds:.0f} s | {cpu_seconds:.0f} s | {result.mean:.0f} ± {result.std:.0f} "
                f"| {result.mean / mean:.1%} | {result.worst:.0f} |",
                flush=True,
            )
    more = np.mean(earned["sees"]) - np.mean(earned["is blind"])
    print(f"\nSeeing earns {more:.0f} more than not seeing.")


def timed(function, *arguments, **options):
    """What the function returns, the seconds that it took, and its CPU seconds."""
    begin, cpu_begin = time.perf_counter(), time.process_time()
    result = function(*arguments, **options)
    return result, time.perf_counter() - begin, time.process_time() - cpu_begin


if __name__ == "__main__":
    main()
