"""The exercise `best_tenth`."""

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .mistakes import mistakes, right


def _cases(rng):
    def case(count, dtype="float64", never=0, label="", change=None, **options):
        """Returns of either sign, no two alike; the walks that `never` arrive are spread among them."""
        size = rng.permutation(count) + rng.uniform(0.1, 0.9, count)  # far enough apart for float32
        returns = (size * rng.choice([-1.0, 1.0], count)).round(3)
        returns[rng.permutation(count)[:never]] = -np.inf
        returns = returns if change is None else change(returns)
        named = f"{count} return{'s' * (count > 1)}{label}, {dtype}"
        return Case(named, (returns.astype(dtype),), **options)

    def ties(returns):
        """The return of the last one kept is that of others too, before it and behind it."""
        returns = rng.permutation(np.arange(len(returns), dtype=float))
        kept = len(returns) // 10
        order = np.argsort(-returns)
        returns[order[kept - 1 : kept + 3]] = returns[order[kept - 1]]
        return returns

    def levels(returns):
        """Few are different: a sort that doesn't keep the order of equal numbers shows."""
        return rng.integers(4, size=len(returns)).astype(float)

    def close(returns):
        """Another order than that of the positions, and differences that float32 can hold."""
        return 0.5 + 1e-5 * rng.permutation(len(returns))

    few = [int(n) for n in rng.permutation(np.arange(2, 10))[:3]]
    return [
        case(26),
        case(40),
        case(57, dtype="float32"),
        case(63, strided=True),
        case(49, never=1, label=", one never arrives"),
        case(38),
        case(120),
        case(71, change=lambda r: -np.abs(r), label=" below 0"),
        case(54, never=4, change=lambda r: -np.abs(r), label=" below 0, some never arrive"),
        case(10, core=False, edge="ten"),
        case(20, core=False, edge="ten"),
        case(19, core=False, edge="just-below"),
        case(29, core=False, edge="just-below"),
        case(1, core=False, edge="few"),
        *(case(n, core=False, edge="few") for n in few),
        case(9, core=False, edge="few"),
        *(case(n, change=ties, label=", some alike", core=False, edge="ties") for n in (30, 45, 200)),
        *(case(n, change=levels, label=", many alike", core=False, edge="ties") for n in (90, 170)),
        case(30, change=lambda r: np.full(len(r), -4.0), label=", all alike", core=False, edge="all-alike"),
        case(45, change=close, label=", nearly alike", core=False, edge="nearly-alike"),
        case(40, never=38, label=", two arrive", core=False, edge="hardly-any-arrives"),
        case(20, never=20, label=", none arrives", core=False, edge="none-arrives"),
        case(44, change=np.sort, label=", ascending", core=False, edge="in-order"),
        case(66, change=lambda r: -np.sort(-r), label=", descending", core=False, edge="in-order"),
        case(52, change=lambda r: r * 1e3, label=", large", core=False, edge="large"),
        case(1507, core=False, edge="larger"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    wanted, got = strips.figures(expected[0]), strips.figures(given[0])
    named = sorted({int(place) for place in (*wanted, *got) if place.isdecimal() and int(place) < len(case.args[0])})
    first = [*named, *(i for i in range(len(case.args[0])) if i not in named)]  # those that the rows below name
    shown = sorted(first[: strips.LIMIT - 1])
    returns = [f"{i}: {strips.figures(case.args[0][i : i + 1])[0]}" for i in shown]
    return strips.strip(("returns", [*returns, *["…"] * (len(first) > len(shown))]), wanted, got)


def _kept(returns):
    return max(len(returns) // 10, 1)


def _cut(returns):
    """Whether the last one that is kept has the return of the first one that isn't."""
    order, kept = np.sort(returns)[::-1], _kept(returns)
    return kept < len(returns) and order[kept - 1] == order[kept]


_DOMAIN = (
    Says(
        "returns : (n,) float array, n at least 1",
        lambda returns: returns.ndim == 1 and len(returns) >= 1 and returns.dtype.kind == "f",
        (lambda returns: len(returns) == 1, lambda returns: (returns > 0).any(), lambda returns: (returns < 0).all()),
    ),
    Says(
        "minus infinity where a walk never arrived",
        lambda returns: not np.isnan(returns).any() and not np.isposinf(returns).any(),
        (lambda returns: np.isneginf(returns).any(), lambda returns: np.isneginf(returns).all()),
    ),
    Says(
        "a tenth of them, rounded down",
        reached=(lambda returns: len(returns) == 10, lambda returns: len(returns) > 10 and len(returns) % 10 == 9),
    ),
    Says("but at least one", reached=(lambda returns: len(returns) == 9,)),
    Says(
        "Of equal returns, the earlier trajectory is kept",
        reached=(_cut, lambda returns: len(returns) > 1 and (returns == returns[0]).all()),
    ),
)


EXERCISE = Exercise(
    name="best_tenth",
    signature="best_tenth(returns)",
    kind="array",
    results=("positions",),
    about="(n,) returns -> the positions of the highest n // 10 (at least 1), in ascending order, numpy.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "How many are kept of 26, of 30, of 7? Work that out first.",
        "`np.argsort` gives positions, the lowest number first, and with `kind='stable'` equal ones keep their order.",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "ten": ("With 10 or 20 trajectories the result is wrong.", "One of 10 is kept, and two of 20."),
        "just-below": (
            "With 19 or 29 trajectories the result is wrong: a tenth is rounded down.",
            "One of 19 is kept, and two of 29.",
        ),
        "few": (
            "With fewer than ten trajectories the result is wrong: one has to be kept all the same.",
            "What is 7 // 10? A slice that ends at 0 is empty, and one that begins at -0 is everything.",
        ),
        "ties": (
            "Where returns are equal the result is wrong: as many have to be kept as ever, the earlier ones first.",
            "`np.argsort` keeps the order of equal numbers with kind='stable' only. What does it put first?",
        ),
        "nearly-alike": (
            "Where returns differ by very little the result is wrong: the higher one is still the higher one.",
            "Is something rounded, or added so that the earlier of two equal ones comes first?",
        ),
        "all-alike": (
            "Where all returns are equal the result is wrong: then the earliest trajectories have to be kept.",
            "Is a trajectory kept for its place in the order, or for being above some number?",
        ),
        "hardly-any-arrives": (
            "Where fewer walks arrive than are to be kept the result is wrong: the earliest others have to be added.",
            "Minus infinity is a return like any other: the lowest.",
        ),
        "none-arrives": (
            "Where no walk arrives the result is wrong: all returns are equal then, and the earliest are kept.",
            "Minus infinity is a return like any other: the lowest.",
        ),
        "in-order": ("Where the returns are in order already the result is wrong.", "Which end has the highest?"),
        "large": ("With large returns the result is wrong.", "Is a number written into the code?"),
    },
    strip=_picture,
)
