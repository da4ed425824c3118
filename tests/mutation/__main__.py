"""`python -m tests.mutation`: how often the checks err, how often they name the mistake. Exit code 1 below the bar.

`python -m tests.mutation returns_to_go` tries the answers to the named checks alone; the bar is for all of them.
"""

import sys

from dt_helpers.check.exercises import NAMES

from .suite import BAR, run, run_all, table

names = sys.argv[1:]
if unknown := [name for name in names if name not in NAMES]:
    sys.exit(f"There is no check {unknown[0]!r}; there are {', '.join(NAMES)}.")
results = {name: run(name) for name in names} if names else run_all(progress=True)
print(table(results))
sys.exit(0 if names or BAR.met(results) else 1)
