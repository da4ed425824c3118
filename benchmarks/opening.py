"""From a dataset on the disk to its first batch: ``python benchmarks/opening.py``.

Every run is a process of its own, in turn; the clock starts when it has imported what it needs. The memory is the
largest that the process ever held (resident), with the libraries, and separately what came on top of them.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
from figures import Figure, in_turn, report
from machine import describe

from dt_helpers import data
from dt_helpers.workspace import cache_dir


def open_it(way: str, name: str, episodes: int) -> dict:
    """In this process: seconds until the first batch, and MiB, at most and before."""
    import datasets
    import torch

    from dt_helpers.collator import DecisionTransformerGymDataCollator, Shuffled, Windows

    if way == "tutorial":
        import tutorial

        file = next(p for p in _folder(name, episodes).rglob("*.arrow"))
    before, begin = psutil.Process().memory_info().rss / 2**20, time.perf_counter()
    if way == "tutorial":
        rows = datasets.Dataset.from_file(str(file))
        windows, collator, order = rows, tutorial.Collator(rows, seed=0), {"shuffle": True}
    else:
        trajectories = data.load(name, episodes=episodes, say=lambda _: None)
        windows, collator = Windows(trajectories), DecisionTransformerGymDataCollator(trajectories)
        order = {"sampler": Shuffled(windows)}
    torch.manual_seed(0)
    loader = torch.utils.data.DataLoader(windows, batch_size=64, collate_fn=collator, **order)
    next(iter(loader))
    seconds = time.perf_counter() - begin
    # ru_maxrss would count the parent's memory, which a forked child had for a moment
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) / 2**10 if "VmHWM" in status else _peak()
    return {"s": seconds, "MiB": peak, "more": peak - before}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _folder(name: str, episodes: int) -> Path:
    usual = data.SETS[name].episodes == episodes
    return cache_dir() / "datasets" / (name if usual else f"{name}-{episodes}-episodes-seed-0")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--dataset", default="halfcheetah-expert", choices=data.SETS)
    parser.add_argument("--recorded", type=int, default=1000, help="episodes in the dataset")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=("tutorial", "ours"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only:
        print(json.dumps(open_it(args.only, args.dataset, args.recorded)))
        return
    print(describe())
    data.load(args.dataset, episodes=args.recorded, progress=False)

    taken = {"tutorial": [], "ours": []}
    options = ["--dataset", args.dataset, "--recorded", str(args.recorded), "--only"]
    for _ in range(args.repeats):
        for way, runs in taken.items():
            run = subprocess.run([sys.executable, __file__, *options, way], stdout=subprocess.PIPE, check=True)
            runs.append(json.loads(run.stdout))

    def all_of(way: str, key: str) -> list[float]:
        return [run[key] for run in taken[way]]

    file = next(_folder(args.dataset, args.recorded).rglob("*.arrow"))
    content = np.frombuffer(file.read_bytes(), np.uint8)
    room = content.copy()
    [copies] = in_turn(5, lambda: np.copyto(room, content))
    size = content.nbytes / 2**20
    libraries = float(np.median(all_of("ours", "MiB"))) - float(np.median(all_of("ours", "more")))
    more = [float(np.median(all_of(way, "more"))) for way in taken]
    what = f"opening {args.recorded} episodes until the first batch"
    report(
        Figure(
            what, "s", all_of("ours", "s"), all_of("tutorial", "s"), 10, floor=float(np.median(copies)) / 1e3,
            floor_is=f"copying the file's {size:.0f} MiB once, in memory",
        ),
        Figure(
            f"{what}: largest memory", "MiB", all_of("ours", "MiB"), all_of("tutorial", "MiB"), 4,
            floor=libraries + size, floor_is=f"{libraries:.0f} MiB of imported libraries, and the file, mapped, once",
            note=f"on top of the libraries {more[0]:.0f} MiB and {more[1]:.0f} MiB, {more[0] / more[1]:.1f} times. "
            "Most of ours are the libraries, then the mapped file.",
        ),
    )  # fmt: skip


if __name__ == "__main__":
    main()
