"""The exercise `pad_left`."""

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Strip

from .mistakes import mistakes, right


def _cases(rng):
    def case(steps, width, length, value, dtype="float32", **options):
        label = f"{steps} row{'s' * (steps > 1)} of {width} into {length}, value {value}, {dtype}"
        return Case(label, (drawing_inputs.numbers(rng, steps, width, dtype=dtype), length, value), **options)

    drawn = round(float(rng.uniform(3, 9)), 2)
    return [
        case(2, 3, 5, -10.0),
        case(3, 2, 4, 0.0),
        case(2, 4, 7, drawn, dtype="float64"),
        case(1, 1, 4, -10.0, strided=True),
        case(5, 3, 7, -drawn, strided=True),
        case(3, 3, 6, drawn),
        case(4, 2, 4, -10.0, core=False),  # nothing to pad
        case(6, 2, 4, drawn, core=False),  # too long: cut
        case(3, 2, 1, -10.0, core=False),
        case(1, 5, 1, 0.0, core=False),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    sequence, value = case.args[0], case.args[2]
    known = {f"x{i}": row for i, row in enumerate(sequence)} | {"pad": np.full(sequence.shape[1], value)}

    def row(arrays):
        padded, mask = arrays
        names = [strips.name(known, part) for part in padded] if padded.ndim == 2 else strips.figures(padded)
        bits = strips.figures(mask) if mask.ndim == 1 else ()
        return tuple(f"{name}·{bits[i]}" if i < len(bits) else name for i, name in enumerate(names))

    return strips.strip(None, row(expected), row(given))


EXERCISE = Exercise(
    name="pad_left",
    signature="pad_left(sequence, length, value)",
    about="(t, d) -> (length, d) and a mask (length,), numpy.",
    results=("padded", "mask"),
    kind="array",
    cases=_cases,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Try it on two rows and length 4, print both results, and compare them with the strip above.",
        "How many rows are missing? They come first. The mask says 0 for each of them and 1 for each real row.",
    ),
    edges={},
    strip=_picture,
)
