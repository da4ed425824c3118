"""The exercise `returns_to_go`."""

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Strip

from .mistakes import mistakes, right


def _cases(rng):
    def case(steps, gamma=None, **options):
        dtype = options.pop("dtype", "float32")
        label = f"{steps} step{'s' * (steps > 1)}, {dtype}" + (f", gamma={gamma}" if gamma else "")
        return Case(
            label, (drawing_inputs.numbers(rng, steps, dtype=dtype),), {"gamma": gamma} if gamma else {}, **options
        )

    return [
        Case("4 steps, float32", (drawing_inputs.numbers(rng, 4).round(1),)),  # for the picture
        case(int(rng.integers(8, 20)), dtype="float64"),
        case(2, strided=True),
        case(1, core=False),
        case(5, gamma=0.5, core=False),
        case(int(rng.integers(6, 16)), gamma=0.9, core=False, dtype="float64"),
        case(7, gamma=0.8, core=False, strided=True),
        case(1, gamma=0.7, core=False),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    rewards = strips.figures(case.args[0])
    return strips.strip(("rewards", rewards), strips.figures(expected[0]), strips.figures(given[0]))


EXERCISE = Exercise(
    name="returns_to_go",
    signature="returns_to_go(rewards, gamma=1.0)",
    about="(T,) -> (T,), numpy.",
    results=("returns",),
    kind="array",
    cases=_cases,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Work it out by hand for rewards 1, 2, 3: what is still to come at the first step, at the second, at the "
        "third?",
        "The last return is the last reward. Each earlier one follows from its own reward and the return after it.",
    ),
    edges={},
    strip=_picture,
)
