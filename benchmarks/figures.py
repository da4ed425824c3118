"""Figures that are compared with a bar: measured in turn, printed, and passed on to ``make bench``.

A script calls `report` for each of its figures. Where ``$DT_FIGURES`` names a file, they are added to it as JSON lines,
from which `run.py` makes RESULTS.md and its plot.
"""

import json
import math
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field


@dataclass
class Figure:
    """One figure with its bar. `measured` are ours, `compared` those of the way that ours is compared with."""

    name: str
    unit: str
    measured: list[float]
    compared: list[float] = field(default_factory=list)  # empty: the bar is a value of `measured` itself
    bar: float = 1.0  # the ratio that is required; without `compared`, the largest median that is allowed
    against: str = "the tutorial"  # what `compared` is
    more_is_better: bool = False
    floor: float | None = None  # what the machine allows, in `unit`
    floor_is: str = ""  # how the floor was counted
    note: str = ""  # how it was measured, and, where the bar is missed, why

    @property
    def ratio(self) -> float:
        """How many times better the median is than that of `compared`, or than the bar's value."""
        ours = statistics.median(self.measured)
        theirs = statistics.median(self.compared) if self.compared else self.bar
        better, worse = (ours, theirs) if self.more_is_better else (theirs, ours)
        return better / worse if worse else math.inf

    @property
    def needed(self) -> float:
        """The ratio at which the bar is reached."""
        return self.bar if self.compared else 1.0

    @property
    def reached(self) -> bool:
        return self.ratio >= self.needed

    @property
    def share(self) -> float | None:
        """Which share of what the machine allows is reached."""
        if self.floor is None:
            return None
        ours = statistics.median(self.measured)
        return ours / self.floor if self.more_is_better else self.floor / ours

    def bar_text(self) -> str:
        if self.compared:
            return f"{self.bar:g} × {self.against}" if self.bar >= 1 else f"{self.bar:g} of {self.against}"
        return f"{'at least' if self.more_is_better else 'at most'} {self.bar:g} {self.unit}"

    def row(self) -> str:
        """The figure as a row of a table whose columns are COLUMNS."""
        ratio = f"{self.ratio:,.3g}" if self.ratio < 100 else f"{self.ratio:,.0f}"
        cells = (
            self.name,
            spread(self.compared, self.unit) if self.compared else "",
            spread(self.measured, self.unit),
            f"**{ratio}**" if self.compared else "",
            self.bar_text(),
            "reached" if self.reached else "**missed**",
            "" if self.floor is None else f"{number(self.floor)} {self.unit} ({self.share:.0%})",
        )
        return "| " + " | ".join(cells) + " |"


COLUMNS = ("figure", "compared with", "ours", "ratio", "bar", "", "floor (share of it)")
HEADER = "| " + " | ".join(COLUMNS) + " |\n" + "| --- " * len(COLUMNS) + "|"


def number(value: float) -> str:
    """The value with three significant digits, or as a whole number from 100 on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(values: list[float], unit: str) -> str:
    """The median, and if there are several values, the smallest and the largest."""
    middle = f"{number(statistics.median(values))} {unit}"
    return middle if len(values) < 2 else f"{middle} ({number(min(values))} to {number(max(values))})"


def report(*figures: Figure) -> None:
    """Print the figures as a table, and pass them on."""
    print(f"\n{HEADER}")
    for figure in figures:
        print(figure.row(), flush=True)
    print()
    for figure in figures:
        if figure.floor_is:
            print(f"{figure.name}, floor: {figure.floor_is}")
        if figure.note:
            print(f"{figure.name}: {figure.note}")
    if path := os.environ.get("DT_FIGURES"):
        with open(path, "a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(figure)) + "\n" for figure in figures)


def in_turn(repeats: int, *ways: Callable[[], object], warm_up: int = 1) -> list[list[float]]:
    """Milliseconds of each way, `repeats` times in turn, so that a busy moment affects all of them."""
    for way in ways:
        for _ in range(warm_up):
            way()
    taken = [[] for _ in ways]
    for _ in range(repeats):
        for way, times in zip(ways, taken, strict=True):
            begin = time.perf_counter()
            way()
            times.append(1e3 * (time.perf_counter() - begin))
    return taken
