"""What agents earn on an expert's data: ``python benchmarks/quality.py``, for each set and three training seeds.

A Decision Transformer is asked for the data's median return and for its 90th percentile, and runs 32 episodes for
each, none of which starts where a recorded one did. Cloning from states alone is trained on the same data and runs from
the same starts. The bars on the course's own sets: in each cell (a seed and a target) a mean of at least 98% of the
data's; at least 97% of what cloning earns; no episode below 60%; training in at most 75 CPU seconds where
there is bfloat16, and, with `--tutorial`, in a tenth of what the tutorial's takes in the same process.

`--data FILE` takes others' recordings, in any format that `dt_helpers.data.formats.open` reads. The bars there: in
each cell 97% of the data's mean (90% with fewer than 200 episodes), and no more episodes below half of it than the data
has itself, or one; for the hopper, as large a share of what cloning earns.
"""

import argparse
import time

import numpy as np
import tutorial
from campaign import Campaign, add_options, evaluations, recordings
from figures import Figure, report
from machine import describe
from whole_run import tutorials_steps

from dt_helpers import data
from dt_helpers.machine.hardware import has_bf16

EXPERTS = [name for name in data.SETS if name.endswith("-expert")]
COLUMNS = (
    "data", "training seed", "agent", "target", "training, CPU", "training", "mean return", "of the data's mean",
    "of cloning's", "worst episode", "of the data's mean", "below half", "below 60%",
)  # fmt: skip


def table_rows(row: dict, cloned: float, mean: float) -> list[str]:
    """An agent's row for each of its targets; `cloned` is what cloning earned, `mean` the data's."""
    run, rows = row["run"], []
    for target, earned in zip(run["targets"], evaluations(row), strict=True):
        cells = (
            run["data"].split("'")[1], run["seed"], run["agent"],
            f"{target:.0f}" if run["agent"] != "cloning" else "",
            f"{row['cpu']:.0f} s", f"{row['wall']:.0f} s",
            f"{earned.mean:.0f} ± {earned.std:.0f}", f"{earned.mean / mean:.1%}", f"{earned.mean / cloned:.1%}",
            f"{earned.worst:.0f}", f"{earned.worst / mean:.1%}",
            *(np.count_nonzero(earned.returns < share * mean) for share in (0.5, 0.6)),
        )  # fmt: skip
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return rows


def figures_of(name: str, trajectories: data.Trajectories, env: str, own: bool, transformers, clones) -> list[Figure]:
    """The figures of one set, with its bars, from all seeds' rows."""
    mean = trajectories.returns.mean()
    cells = np.array([row["returns"] for row in transformers])  # (seeds, targets, episodes)
    cloned = np.array([row["returns"] for row in clones])  # (seeds, 1, episodes)
    shares = 100 * cells.mean(axis=2) / mean  # (seeds, targets)
    whole = own or len(trajectories) >= 200
    wanted = 98 if own else 97 if whole else 90
    to_seeds = (cells.mean(axis=2) / cloned.mean(axis=2)).min()
    to_cloning = Figure(
        f"{name}: mean return beside cloning's", "", [cells.mean()], [cloned.mean()], 0.97 if whole else 0.9, "cloning",
        more_is_better=True, note=f"over all seeds; the lowest cell, beside the clone of its seed: {to_seeds:.1%}",
    )  # fmt: skip
    to_data = Figure(
        f"{name}: lowest mean of a cell, of the data's", "%", [shares.min()], bar=wanted, more_is_better=True,
        note=f"{shares.size} cells, {shares.min():.1f} to {shares.max():.1f}%, mean {shares.mean():.1f}%",
    )  # fmt: skip
    if own:
        worst = Figure(
            f"{name}: worst episode, of the data's mean", "%", [100 * cells.min() / mean], bar=60, more_is_better=True
        )
        return [to_data, to_cloning, worst]
    if env.startswith("Hopper"):
        return [to_cloning]
    low, recorded_low = np.count_nonzero(cells < mean / 2), np.mean(trajectories.returns < mean / 2)
    standing = Figure(
        f"{name}: episodes that earn half of the data's mean", f"of {cells.size}", [cells.size - low],
        bar=cells.size - max(1, int(recorded_low * cells.size)), more_is_better=True,
        note=f"{low} below half; of the data's own episodes {recorded_low:.1%}",
    )  # fmt: skip
    return [to_data, standing]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", nargs="*", choices=data.SETS, help="default: the three experts' sets")
    parser.add_argument("--data", nargs="*", default=[], metavar="FILE", help="recordings to use instead")
    parser.add_argument("--env", help="the recordings' environment; default: that of the robot in their name")
    parser.add_argument(
        "--tutorial", type=int, nargs="?", const=tutorial.STEPS, metavar="STEPS",
        help="also measure the tutorial's own training on the first set: all steps, or this many and project the rest",
    )  # fmt: skip
    add_options(parser, 32, "for each target")
    args = parser.parse_args()
    names = args.dataset or ([] if args.data else EXPERTS)

    print(describe())
    campaign = Campaign(args)
    settings = campaign.settings
    bf16 = settings.precision == "bf16" and has_bf16()
    print(f"preset {settings.preset}, {settings.steps} steps in {'bfloat16' if bf16 else 'float32'}; cloning", end=" ")
    print(f"{args.clone_steps} steps; {args.episodes} episodes for each target")
    sources = [(data.load(name, episodes=args.recorded), data.environment(name), True) for name in names]
    sources += [(*recordings(file, args.env, args.recorded), False) for file in args.data]
    for trajectories, env, _ in sources:
        returns = trajectories.returns
        print(f"{trajectories.name} in {env}: {len(returns)} episodes, mean return {returns.mean():.0f} ±", end=" ")
        print(f"{returns.std():.0f}, best {returns.max():.0f}, {np.mean(returns < returns.mean() / 2):.1%} below half")
    print(f"\n| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}", flush=True)
    found, costs = [], []
    for trajectories, env, own in sources:
        targets, mean = np.quantile(trajectories.returns, [0.5, 0.9]), trajectories.returns.mean()
        transformers, clones = [], []
        for seed in range(args.seeds):
            clones.append(campaign.clone(trajectories, env, seed))
            cloned = float(np.mean(clones[-1]["returns"]))
            print(*table_rows(clones[-1], cloned, mean), sep="\n", flush=True)
            transformers.append(campaign.transformer(trajectories, env, seed, targets))
            print(*table_rows(transformers[-1], cloned, mean), sep="\n", flush=True)
        name = trajectories.name if args.recorded is None else f"{trajectories.name}, {len(trajectories)} episodes"
        found += figures_of(name, trajectories, env, own, transformers, clones)
        costs += [row["cpu"] for row in transformers]
    if bf16:
        found.append(Figure("training the Decision Transformer, CPU", "s", [max(costs)], bar=75, note="the longest"))
    if args.tutorial:
        theirs = tutorials_steps(sources[0][0], args.tutorial, time.process_time)
        projected = "" if args.tutorial >= tutorial.STEPS else f", projected from {len(theirs)} of its steps"
        found.append(
            Figure(
                "training the Decision Transformer, CPU beside the tutorial's", "s", costs,
                [theirs.mean() * tutorial.STEPS / 1e3], 10,
                note=f"the tutorial's {tutorial.STEPS} steps on {sources[0][0].name}{projected}",
            )
        )  # fmt: skip
    report(*found)


if __name__ == "__main__":
    main()
