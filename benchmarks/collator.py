"""What a batch of 64 windows costs: ``python benchmarks/collator.py``.

Alone, the collator is called with rows that have been read already; with the loader's fetch, rows are read for it as
the Trainer's loader does: the tutorial's decodes 64 whole episodes, of which only the number matters; ours passes 64
integers.
"""

import argparse

import numpy as np
import tutorial
from figures import Figure, in_turn, report
from machine import describe

from dt_helpers import data
from dt_helpers.collator import DecisionTransformerGymDataCollator, Windows

BARS = {"collator alone": 200, "collator with the loader's fetch": 1000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--recorded", type=int, default=200, help="episodes in the dataset")
    parser.add_argument("--repeats", type=int, default=15)
    args = parser.parse_args()
    print(describe())

    trajectories = data.load("halfcheetah-expert", episodes=args.recorded)
    rows = trajectories.to_dataset()
    theirs, ours = tutorial.Collator(rows, seed=0), DecisionTransformerGymDataCollator(trajectories, seed=0)
    windows, rng = Windows(trajectories), np.random.default_rng(0)
    ready = [rows[0]] * tutorial.BATCH

    def fetch_theirs():
        theirs([rows[int(i)] for i in rng.integers(len(rows), size=tutorial.BATCH)])

    def fetch_ours():
        ours(windows.__getitems__(rng.integers(len(windows), size=tutorial.BATCH)))

    def ten_times(way):
        """Ours takes so little time that ten calls are measured as one."""
        return lambda: [way() for _ in range(10)]

    batch = ours(ours.draw(tutorial.BATCH))
    arrays = [value.numpy() for value in batch.values()]
    room = [np.empty_like(array) for array in arrays]

    def copy():
        for source, target in zip(arrays, room, strict=True):
            np.copyto(target, source)

    alone, fetched = (
        in_turn(args.repeats, *ways, ten_times(copy))
        for ways in ((lambda: theirs(ready), ten_times(lambda: ours(ready))), (fetch_theirs, ten_times(fetch_ours)))
    )
    size = sum(array.nbytes for array in arrays)
    floor_is = f"copying the {size / 2**10:.0f} KiB of a finished batch, in cache"
    figures = []
    for (name, bar), (compared, measured, copied) in zip(BARS.items(), (alone, fetched), strict=True):
        floor = float(np.median(copied)) / 10
        figures.append(Figure(name, "ms", [x / 10 for x in measured], compared, bar, floor=floor, floor_is=floor_is))
    report(*figures)


if __name__ == "__main__":
    main()
