"""How many cases the suites run that draw theirs: hypothesis, mutants, mangled notebooks, kills.

`DT_CAMPAIGN=whole` (`make campaign`) runs them all, `DT_CAMPAIGN="kills=100 mangled=2000"` so many of those that are
named; without it each suite runs a small sample. Half of a sample is fixed, the other half is drawn anew in each run:
`DT_SEED`, which the run prints at its end, brings it back.
"""

import os
import random
import zlib

# Also for the workers of pytest-xdist: they inherit it from the process that collects first, and so agree on all ids.
SEED = int(os.environ.setdefault("DT_SEED", str(random.SystemRandom().randrange(10**6))))


def size(name: str, small: int, whole: int) -> int:
    """The number of cases of the suite `name`. ValueError if `DT_CAMPAIGN` can't be read."""
    asked = os.environ.get("DT_CAMPAIGN", "")
    if asked == "whole":
        return whole
    try:
        return int(dict(pair.split("=") for pair in asked.split()).get(name, small))
    except ValueError:
        raise ValueError(f'DT_CAMPAIGN is "whole" or like "kills=100 mangled=2000", not {asked!r}') from None


def seeds(name: str, small: int, whole: int) -> list[int]:
    """As many seeds as the suite `name` has cases: 0, 1, 2, … for the first half, fresh ones for the others."""
    count = size(name, small, whole)
    fixed = (count + 1) // 2
    return [*range(fixed), *fresh(name).sample(range(10**6, 10**9), count - fixed)]


def fresh(name: str) -> random.Random:
    """What the suite `name` draws its fresh cases with."""
    return random.Random(zlib.crc32(f"{name} {SEED}".encode()))


def some(name: str, count: int, there: int) -> list[int]:
    """About `count` of the places 0, 1, …, there - 1: every so many of them, and as many drawn anew in each run."""
    places = range(there)
    if there <= count:
        return list(places)
    fixed = places[:: 2 * there // count]
    return [*fixed, *fresh(name).sample([place for place in places if place not in fixed], count // 2)]


def examples(name: str, small: int, whole: int | None = None) -> int:
    """Half of the suite's cases, ten times as many in a campaign: hypothesis draws the fixed ones, then the fresh."""
    return (size(name, small, whole or 10 * small) + 1) // 2
