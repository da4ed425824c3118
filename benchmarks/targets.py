"""Do models do what they are told? ``python benchmarks/targets.py`` asks models of each robot for many returns.

Trains one Decision Transformer per seed on each named dataset and sweeps target returns from the data's poor end to 1.2
times its best. The bars on the `-mixed` sets: a rank correlation of target and mean achieved return, over the targets
that the data reaches, of 1 at the median seed and nowhere below 0.9, and one over single episodes of at least 0.9;
asked for the data's best return, at least 90% of it and more than cloning earns from the same starts. Writes a CSV and
a plot for each set and seed.
"""

import argparse
from pathlib import Path

from campaign import Campaign, add_options, evaluations
from figures import Figure, report
from machine import describe

from dt_helpers import data, plots
from dt_helpers.rollout.sweep import Sweep, default_targets


def print_sweep(result: Sweep) -> None:
    print("| target | mean return | worst | mean length |\n| --- | --- | --- | --- |")
    for row in result.table.itertuples():
        print(f"| {row.target:.0f} | {row.mean:.0f} ± {row.std:.0f} | {row.worst:.0f} | {row.mean_length:.0f} |")
    print(
        f"\nrank correlation up to the data's best, {result.best:.0f}: {result.rank_correlation:.2f} of the means, "
        f"{result.episode_correlation:.2f} of single episodes",
        flush=True,
    )


def figures_of(name: str, sweeps: list[Sweep], asked: list[float], cloned: list[float]) -> list[Figure]:
    """The figures of one set, with its bars. For each seed: its sweep, what it earned when `asked` for the data's best
    return, and what cloning earned."""
    order = sorted(range(len(sweeps)), key=lambda seed: (sweeps[seed].rank_correlation, asked[seed]))
    median, lowest = (sweeps[order[i]].rank_correlation for i in (len(order) // 2, 0))
    singles, best = [result.episode_correlation for result in sweeps], sweeps[0].best
    ranks = [
        Figure(f"{name}: rank correlation of the means, {which}", "", [round(value, 4)], bar=bar, more_is_better=True)
        for which, value, bar in ((f"seed {order[len(order) // 2]}, the median", median, 1.0), ("lowest", lowest, 0.9))
    ]
    return [
        *ranks,
        Figure(f"{name}: of single episodes, lowest", "", [min(singles)], bar=0.9, more_is_better=True),
        Figure(
            f"{name}: asked for the data's best, {best:.0f}", "% of it", [100 * min(asked) / best], bar=90,
            more_is_better=True, note="the lowest seed; by seed " + ", ".join(f"{value:.0f}" for value in asked),
        ),
        Figure(
            f"{name}: asked for the data's best, beside cloning", "", asked, cloned, 1, "cloning", more_is_better=True
        ),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", default=[name for name in data.SETS if name.endswith("-mixed")])
    parser.add_argument("--output", type=Path, default=Path("output/targets"), help="folder for tables and plots")
    add_options(parser, 8, "for each target")
    args = parser.parse_args()

    print(describe())
    campaign, found = Campaign(args), []
    settings = campaign.settings
    print(f"preset {settings.preset}, {settings.steps} steps; {args.episodes} episodes a target\n")
    for name in args.datasets:
        trajectories, env = data.load(name, episodes=args.recorded), data.environment(name)
        returns = trajectories.returns
        targets, best = default_targets(returns).tolist(), float(returns.max())
        sweeps, asked, cloned = [], [], []
        for seed in range(args.seeds):
            clone = campaign.clone(trajectories, env, seed)
            row = campaign.transformer(trajectories, env, seed, [*targets, best])
            *runs, for_best = evaluations(row)
            sweeps.append(Sweep(runs, returns))
            asked.append(for_best.mean)
            cloned.append(evaluations(clone)[0].mean)
            path = sweeps[-1].to_csv(args.output / f"{name}-seed-{seed}.csv")
            plots.target_against_achieved(sweeps[-1]).savefig(path.with_suffix(".png"))
            print(f"\n{name}, seed {seed}, trained in {row['cpu']:.0f} s of CPU, {row['wall']:.0f} s of wall time\n")
            print_sweep(sweeps[-1])
            print(f"asked for the data's best: {for_best.mean:.0f}, {for_best.mean / best:.1%} of it;", end=" ")
            print(f"cloning, which can't be asked, earns {cloned[-1]:.0f} ({clone['cpu']:.0f} s of CPU)", flush=True)
        found += figures_of(name, sweeps, asked, cloned)
    report(*found)


if __name__ == "__main__":
    main()
