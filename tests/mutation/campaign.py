"""Mutants of every right answer: `python -m tests.mutation.campaign [--count 10000] [--seed 0] [CHECK ...]`.

A mutant that passes has to be right on `--draws` inputs of any size that the statement allows; what isn't is printed,
and is an error. So is a mutant that stops the check, or keeps it for minutes. Mutants that fail and are right on all
inputs are printed as well: the checks ask for more than values (gradients, layouts in memory, inputs left alone), so
a person has to look.
"""

import argparse
import multiprocessing
import random
import resource
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed

from dt_helpers.check import one_function, whole_model
from dt_helpers.check.engine.time_limit import TookTooLong, within
from dt_helpers.check.exercises import NAMES

from . import equivalence, fresh, suite
from .mutants import Base, of, others, ours

MODEL_DRAWS = 50  # the whole model is a thousand times slower than an exercise
SECONDS, DRAW = 3, 0.1  # a right answer needs a hundredth of them
LIMIT = 4  # seconds of a check, in place of 20: of each loop, some mutants never end
MEMORY = 8 * 2**30  # bytes of a process: np.array() of a list that holds itself takes all there are


def bases(names) -> list[Base]:
    return [base for name in names for base in (*ours(name), *others(name))]


def _equivalent(check: str, answer, draws: int) -> bool:
    """False for an answer that loops for ever, too."""
    try:
        return within(SECONDS + draws * DRAW, lambda: equivalence.equivalent(check, answer, draws))
    except TookTooLong:
        return False


def breed(base: Base, count: int, draws: int, seed: int) -> tuple[str, Counter, list[str]]:
    """`count` mutants of one answer, checked: how many of which outcome, and what a person has to read."""
    rng, counts, notes = random.Random(f"{seed} {base.where}"), Counter(), []
    draws = MODEL_DRAWS if base.check == "forward" else draws
    for mutant in of(base, lambda changes: rng.sample(changes, min(count, len(changes)))):
        counts["tried"] += 1
        try:
            found = suite.verdict(base.check, mutant.answer, rng.randrange(2**32))
        except BaseException as error:
            counts["crashes"] += 1
            notes.append(f"crashes: {type(error).__name__}: {error}\n{mutant.change}\n{mutant.source}")
            continue
        same = _equivalent(base.check, mutant.answer, draws if found.passed else 0)
        outcome = ("equal" if same else "passed") if found.passed else ("refused" if same else "failed")
        counts[outcome] += 1
        counts["named"] += not found.passed and found.mistake is not None
        if outcome in ("passed", "refused"):
            notes.append(f"{outcome}: {getattr(found, 'sentence', '')}\n{mutant.change}\n{mutant.source}")
    return base.check, counts, notes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checks", nargs="*", default=NAMES)
    parser.add_argument("--count", type=int, default=10_000, help="of mutants, about")
    parser.add_argument("--draws", type=int, default=10_000, help="inputs for a mutant that passes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    every = bases(options.checks or NAMES)
    each = -(-options.count // len(every))
    fresh.warm_up()
    one_function.SECONDS = whole_model.SECONDS = LIMIT
    totals: dict[str, Counter] = {}
    context, limit = multiprocessing.get_context("fork"), (resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    with ProcessPoolExecutor(options.jobs, context, resource.setrlimit, limit) as pool:
        running = [pool.submit(breed, base, each, options.draws, options.seed) for base in every]
        for number, done in enumerate(as_completed(running), start=1):
            check, counts, notes = done.result()
            totals.setdefault(check, Counter()).update(counts)
            print(f"{number} of {len(running)}  {check}  {dict(counts)}", file=sys.stderr)
            print(*notes, sep="\n\n", end="\n\n" if notes else "")
    columns = ("tried", "equal", "failed", "named", "refused", "passed", "crashes")
    totals["all"] = sum(totals.values(), Counter())
    print(f"{'check':<24}" + "".join(f"{column:>9}" for column in columns))
    for check, counts in totals.items():
        print(f"{check:<24}" + "".join(f"{counts[column]:>9}" for column in columns))
    return int(totals["all"]["passed"] + totals["all"]["crashes"] > 0)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main())
