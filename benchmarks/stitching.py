"""Shortest paths from random walks: ``python benchmarks/stitching.py`` on five graphs with three training seeds each.

The graphs are those that `draw_roads` draws from seeds 0, 1, 2, ...: every node can reach the goal. A path is optimal
if Dijkstra's is as long. The model is compared with the best walk in the data (from the same start, and counted
from wherever a walk comes through it), and, once per graph, with cloning: of all walks, and of those that arrived,
neither of which can be asked for a return. The bar: 95% optimal paths on average over the runs.
"""

import argparse
import time

import numpy as np
import torch
from figures import Figure, report
from machine import describe

from dt_helpers import stitching

BAR = 95.0
COLUMNS = (
    "graph", "walks that arrive", "training seed", "optimal paths", "excess length", "shorter than any walk from there",
    "optimal and in no walk", "best walk from there: optimal", "best walk through: optimal", "cloning: optimal",
    "cloning what arrived: optimal", "seconds of one core",
)  # fmt: skip


def cloned(roads, walks, settings, seed: int) -> float:
    """The share of optimal paths of a model that never saw a return."""
    samples = stitching.Samples(roads, walks, conditioned=False)
    model, _ = stitching.train(roads, samples, settings, seed, progress=False)
    paths = stitching.follow(model, roads, roads.starts, None)
    return stitching.compare(roads, walks, dict(zip(roads.starts, paths, strict=True))).optimal


def run(roads, walks, settings, seed: int) -> tuple[float, ...]:
    """The numbers of one row, from "optimal paths" on."""
    begin = time.process_time()
    model, _ = stitching.train(roads, stitching.Samples(roads, walks), settings, seed, progress=False)
    found = stitching.compare(roads, walks, stitching.ask(model, roads).best())
    seconds = time.process_time() - begin
    shortest, through = roads.shortest(), -stitching.best_in_data(roads, walks, parts=True)
    covered = np.mean([through[start] == shortest[start] for start in roads.starts])
    shares = (found.better_than_data, found.stitched, found.data_optimal, covered)
    arrived = walks[walks[:, -1] == roads.goal]
    clones = [cloned(roads, some, settings, seed) if seed == 0 else np.nan for some in (walks, arrived)]
    return (found.optimal, found.excess, *shares, *clones, seconds)


def row(numbers) -> str:
    optimal, excess, *shares, seconds = numbers
    cells = (f"{optimal:.1%}", f"{excess:.2f}", *("" if np.isnan(s) else f"{s:.1%}" for s in shares), f"{seconds:.0f}")
    return " | ".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=int, nargs="*", default=[0, 1, 2, 3, 4], help="their seeds")
    parser.add_argument("--seeds", type=int, default=3, help="training seeds")
    parser.add_argument("--walks", type=int, default=1000)
    parser.add_argument("--weights", type=int, nargs="*", default=[1], help="lengths that edges may have")
    parser.add_argument("--steps", type=int, help="training steps, instead of the preset's")
    args = parser.parse_args()

    torch.set_num_threads(1)
    settings = stitching.preset(**({"steps": args.steps} if args.steps else {}))
    print(describe())
    print(f"{args.walks} walks, edges of length {args.weights}; {settings}\n")
    print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
    runs = []
    for graph in args.graphs:
        roads = stitching.draw_roads(graph, weights=args.weights)
        walks = stitching.random_walks(roads, args.walks, seed=graph)
        arrive = np.mean(walks[:, -1] == roads.goal)
        for seed in range(args.seeds):
            runs.append(run(roads, walks, settings, seed))
            print(f"| {graph} | {arrive:.0%} | {seed} | {row(runs[-1])} |", flush=True)
    print(f"| all | | | {row(np.nanmean(runs, axis=0))} |")
    optimal = np.array([numbers[0] for numbers in runs])
    note = (
        f"worst run {optimal.min():.1%}; {np.sum(optimal >= 18 / 19 - 1e-9)} of {len(runs)} runs have 18 of 19 or more"
    )
    report(Figure("shortest paths found", "%", [100 * optimal.mean()], bar=BAR, more_is_better=True, note=note))


if __name__ == "__main__":
    main()
