"""`python -m tests.mutation`: how often the checks err, how often they name the mistake. Exit code 1 below the bar."""

import sys

from .suite import BAR, run_all, table

results = run_all(progress=True)
print(table(results))
sys.exit(0 if BAR.met(results) else 1)
