"""Do models do what they are told? ``python benchmarks/targets.py`` asks a model of each robot for many returns.

Trains one model on each named dataset and sweeps target returns from the data's poor end to 1.2 times its best. The bar
of the `quick` preset on the `-mixed` sets: a rank correlation of target and mean achieved return of at least 0.9, over
the targets that the data reaches. Beside it stands the one over single episodes. Writes a CSV and a plot for each set.
"""

import argparse
import tempfile
import time
from pathlib import Path

from machine import describe

from dt_helpers import data, plots, training
from dt_helpers.sweep import sweep


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("datasets", nargs="*", default=[name for name in data.SETS if name.endswith("-mixed")])
    parser.add_argument("--recorded", type=int, help="episodes in a dataset, in place of its usual number")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--seed", type=int, default=0, help="training seed")
    parser.add_argument("--episodes", type=int, default=8, help="for each target")
    parser.add_argument("--steps", type=int, help="training steps, in place of the preset's")
    parser.add_argument("--max-steps", type=int, default=1000, help="steps an episode")
    parser.add_argument("--output", type=Path, default=Path("output/targets"), help="folder for tables and plots")
    args = parser.parse_args()

    print(describe())
    settings = training.preset(args.preset, **({"steps": args.steps} if args.steps else {}))
    print(f"preset {settings.preset}, {settings.steps} steps; {args.episodes} episodes a target\n")
    for name in args.datasets:
        trajectories = data.load(name, episodes=args.recorded)
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            model = training.train(trajectories, settings, output=folder, seed=args.seed)
            seconds = time.perf_counter() - begin
            result = sweep(model, trajectories, data.environment(name), None, args.episodes, 10_000, args.max_steps)
        path = result.to_csv(args.output / f"{name}.csv")
        plots.target_against_achieved(result).savefig(path.with_suffix(".png"))
        print(f"\n{name}, trained in {seconds:.0f} s\n")
        print("| target | mean return | worst | mean length |\n| --- | --- | --- | --- |")
        for row in result.table.itertuples():
            print(f"| {row.target:.0f} | {row.mean:.0f} ± {row.std:.0f} | {row.worst:.0f} | {row.mean_length:.0f} |")
        print(
            f"\nrank correlation up to the data's best, {result.best:.0f}: {result.rank_correlation:.2f} of the means, "
            f"{result.episode_correlation:.2f} of single episodes",
            flush=True,
        )


if __name__ == "__main__":
    main()
