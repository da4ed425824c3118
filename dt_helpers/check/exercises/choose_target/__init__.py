"""The exercise `choose_target`."""

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .mistakes import mistakes, right


def _cases(rng):
    """What is achieved for a target is more, less, exactly as much, or nothing at all (minus infinity)."""

    def case(label, kinds, whole=False, dtype="float64", scale=1.0, **options):
        steps = np.ones(len(kinds)) if whole else rng.uniform(0.4, 1.6, len(kinds)).round(2)
        targets = -np.cumsum(steps)  # the largest first
        unit = 1.0 if whole else 0.7
        offsets = {"as asked": 0.0, "more": unit, "less": -unit, "far less": -3.0 * unit, "never": -np.inf}
        achieved = targets + [(offsets | {"just less": -0.04})[kind] for kind in kinds]
        targets, achieved = targets * scale, achieved * scale
        return Case(label, (targets.astype(dtype), achieved.astype(dtype)), **options)

    surpassing = Case(
        "4 targets, smaller ones surpassed by far",
        (np.array([-2.0, -4.0, -6.0, -9.0]), np.array([-3.5, -4.0, -2.5, -3.0])),
        core=False,
        edge="best-of-the-honoured",
    )
    nothing = [str(kind) for kind in rng.choice(["less", "far less", "never"], int(rng.integers(3, 8)))]
    return [
        case("6 targets", ["never", "far less", "less", "as asked", "more", "never"], whole=True),
        case("7 targets", ["less", "never", "more", "as asked", "less", "more", "as asked"]),
        case("5 targets, float32", ["less", "far less", "never", "as asked", "less"], dtype="float32"),
        case("4 targets", ["never", "more", "never", "as asked"], strided=True),
        case("10 targets", ["never"] * 3 + ["less", "far less", "more", "less"] + ["more"] * 3),
        case("6 targets, the largest is honoured", ["more", "less", "more", "never", "as asked", "less"]),
        case("5 targets, only the smallest is honoured", ["never", "less", "far less", "never", "more"]),
        case("1 target", ["more"], core=False, edge="single-target"),
        case("1 target, not honoured", ["less"], core=False, edge="none-honoured"),
        surpassing,
        case(
            "5 targets, some missed by a little",
            ["just less", "just less", "as asked", "just less", "more"],
            core=False,
            edge="just-missed",
        ),
        case("4 targets, all honoured", ["as asked"] * 4, core=False, edge="all-honoured"),
        case(
            "5 targets, only the smallest is honoured, exactly",
            ["less"] * 4 + ["as asked"],
            core=False,
            edge="only-smallest",
        ),
        case(
            "7 targets, honoured and broken by turns",
            ["less", "more", "less", "more", "less", "more", "less"],
            core=False,
            edge="by-turns",
        ),
        case("3 targets of several hundred", ["less", "less", "never"], scale=300.0, core=False, edge="far-below"),
        case(
            "3 targets of several hundred, the middle one honoured",
            ["less", "more", "never"],
            scale=300.0,
            core=False,
            edge="far-below",
        ),
        Case(
            "3 targets, all the same was achieved",
            (np.array([-1.0, -2.0, -3.0]), np.full(3, -2.0)),
            core=False,
            edge="ties",
        ),
        case("3 targets, none is honoured", ["less", "never", "far less"], core=False, edge="none-honoured"),
        case("4 targets, it never arrives", ["never"] * 4, core=False, edge="none-honoured"),
        case(f"{len(nothing)} targets, none is honoured", nothing, core=False, edge="none-honoured"),
        case("40 targets", ["never", "less"] * 15 + ["as asked", "more"] * 5, core=False, edge="larger"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    pairs = zip(strips.figures(case.args[0]), strips.figures(case.args[1]), strict=True)
    return strips.strip(("asked: came", [": ".join(pair) for pair in pairs]), *strips.beside(expected[0], given[0]))


_DOMAIN = (
    Says(
        "targets : (n,) float array of negative returns, the largest first",
        lambda targets, achieved: targets.ndim == 1 and (targets < 0).all() and (np.diff(targets) < 0).all(),
        (lambda targets, achieved: len(targets) == 1,),
    ),
    Says(
        "achieved : (n,) float array, what came of asking for each; minus infinity where the goal was not reached",
        lambda targets, achieved: achieved.shape == targets.shape,
        (lambda targets, achieved: np.isneginf(achieved).any(), lambda targets, achieved: np.isneginf(achieved).all()),
    ),
    Says(
        "A target is **honoured** if at least as much was achieved",
        reached=(
            lambda targets, achieved: (achieved == targets).any(),
            lambda targets, achieved: (achieved > targets).any(),
            lambda targets, achieved: (achieved >= targets).all(),
        ),
    ),
    Says("If none is, take the smallest target", reached=(lambda targets, achieved: not (achieved >= targets).any(),)),
)


EXERCISE = Exercise(
    name="choose_target",
    signature="choose_target(targets, achieved)",
    kind="array",
    results=("target",),
    about="(n,), the largest first, and (n,) -> one of the targets, numpy.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Mark the targets for which at least as much was achieved. Which of them is the largest?",
        "Returns are negative here: -2 is more than -5.",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "none-honoured": (
            "Here no target is honoured: then the smallest one is wanted.",
            "Does your code take the case that none is left into account?",
        ),
        "single-target": ("The result is wrong for a single target.", "Which one is left?"),
        "best-of-the-honoured": (
            "The result is wrong where smaller targets are surpassed by far: of the honoured ones take the largest.",
            "By how much a target is surpassed does not matter, nor which has the best result.",
        ),
        "just-missed": (
            "The result is wrong where targets are missed by very little: they are not honoured.",
            "Is something rounded, or forgiven?",
        ),
        "all-honoured": ("The result is wrong where all targets are honoured.", "Which one is the largest?"),
        "only-smallest": (
            "The result is wrong where only the smallest target is honoured, exactly.",
            "Is it > or >=?",
        ),
        "by-turns": (
            "The result is wrong where honoured and broken targets alternate.",
            "Each target is honoured or not on its own: have you looked at all of them?",
        ),
        "far-below": (
            "The result is wrong for targets far below 0.",
            'Is there a number in the code that stands for "less than any"?',
        ),
        "ties": (
            "The result is wrong where the same was achieved for all targets.",
            "Compare each result with its own target.",
        ),
    },
    strip=_picture,
)
