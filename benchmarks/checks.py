"""How long a student waits for a verdict: `python benchmarks/checks.py`.

Median and slowest of many runs of each check, after torch (for the forward check, transformers) is imported, on a
right answer and on the suite's wrong answers, whose mistakes have to be found in the catalogue. In milliseconds of CPU,
all threads counted, so that other work on the machine changes little.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

from figures import Figure, report
from machine import describe

from dt_helpers.check.exercises import NAMES

sys.path.insert(0, str(Path(__file__).parents[1]))  # the answers are those of the tests

from tests.mutation import register, suite

BAR = 100.0
KINDS = ("right answers", "wrong answers")


def milliseconds(name: str, answers: list, rounds: int) -> list[float]:
    """One number for each answer and round."""
    suite.verdict(name, answers[0])  # imports, and fills caches
    taken = []
    for _ in range(rounds):
        for answer in answers:
            start = time.process_time()
            suite.verdict(name, answer)
            taken.append(1e3 * (time.process_time() - start))
    return taken


def measure(rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """For each check: the times on right answers, and on wrong ones."""

    def answers(written, name):
        return [one.answer for one in written if one.check == name]

    return {
        name: (
            milliseconds(name, answers(register.RIGHT, name)[:1], 10 * rounds),
            milliseconds(name, answers(register.WRONG, name), rounds),
        )
        for name in NAMES
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each wrong answer, a tenth of a right one's")
    print(describe())
    times = measure(parser.parse_args().rounds)
    print("| check | right answer: median | slowest | wrong answers: median | slowest |")
    print("| --- | --- | --- | --- | --- |")
    for name, (right, wrong) in times.items():
        columns = (statistics.median(right), max(right), statistics.median(wrong), max(wrong))
        print(f"| {name} | " + " | ".join(f"{x:.1f} ms" for x in columns) + " |")
    pairs = [
        (f"{name}, {kind}", taken) for name, both in times.items() for kind, taken in zip(KINDS, both, strict=True)
    ]
    slowest, taken = max(pairs, key=lambda pair: statistics.median(pair[1]))
    report(Figure("the slowest check cell", "ms", taken, bar=BAR, note=slowest))


if __name__ == "__main__":
    main()
