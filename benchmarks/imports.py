"""What `import dt_helpers` costs in a fresh Python: ``python benchmarks/imports.py``.

It is compared with the modules that the notebooks use, each with all that it imports.
"""

import argparse
import statistics
import subprocess
import sys

from figures import Figure, number, report
from machine import describe

MODULES = ("check", "data", "collator", "model", "training", "rollout", "video")
CODE = "import time; begin = time.perf_counter(); import {}; print(1e3 * (time.perf_counter() - begin))"


def milliseconds(module: str, repeats: int) -> list[float]:
    """Milliseconds of `repeats` processes, after one that fills the disk's cache."""
    command = [sys.executable, "-c", CODE.format(module)]
    runs = [subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True) for _ in range(repeats + 1)]
    return [float(run.stdout) for run in runs[1:]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--modules", nargs="+", default=MODULES)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    print(describe())

    print("\n| import | median |\n| --- | --- |")
    for module in args.modules:
        taken = milliseconds(f"dt_helpers.{module}", min(args.repeats, 3))
        print(f"| dt_helpers.{module} | {number(statistics.median(taken))} ms |", flush=True)
    report(Figure("import dt_helpers", "ms", milliseconds("dt_helpers", args.repeats), bar=300))


if __name__ == "__main__":
    main()
