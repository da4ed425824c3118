"""The exercise `pad_left`."""

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .formulas import right
from .mistakes import mistakes


def _cases(rng):
    def case(steps, width, length, value, dtype="float32", **options):
        label = f"{steps} row{'s' * (steps > 1)} of {width} into {length}, value {value}, {dtype}"
        return Case(label, (drawing_inputs.numbers(rng, steps, width, dtype=dtype), length, value), **options)

    def like_padding(rows, value):
        """Real rows that hold `value`: all of it, or its first number only."""
        sequence = drawing_inputs.numbers(rng, rows, 3, dtype="float64")
        sequence[1], sequence[0, 0], sequence[-1, 0] = value, value, value
        return Case(
            f"{rows} rows of 3 into 6, some equal to the value {value}",
            (sequence, 6, value),
            core=False,
            edge="row-like-padding",
        )

    drawn = round(float(rng.uniform(3, 9)), 2)
    return [
        case(2, 3, 5, -10.0),
        case(3, 2, 4, 0.0, core=False, edge="value-of-zero"),
        case(3, 2, 5, round(drawn / 2, 2)),
        case(2, 4, 7, drawn, dtype="float64"),
        case(1, 1, 4, -10.0, strided=True),
        case(5, 3, 7, -drawn, strided=True),
        case(3, 3, 6, drawn),
        case(4, 2, 4, -10.0, core=False, edge="nothing-missing"),
        case(1, 5, 1, 0.0, core=False, edge="nothing-missing"),
        case(5, 2, 4, -10.0, core=False, edge="longer"),
        case(9, 2, 4, drawn, core=False, edge="longer"),
        case(3, 2, 1, -10.0, core=False, edge="longer"),
        case(19, 2, 20, -10.0, core=False, edge="one-missing"),
        case(3, 2, 5, -10, core=False, edge="whole-value"),
        case(2, 2, 4, 0, core=False, edge="whole-value"),
        like_padding(4, -10.0),
        like_padding(3, 0.0),
        case(31, 19, 34, -10.0, core=False, edge="larger"),
        case(50, 8, 34, drawn, core=False, edge="larger"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    sequence, value = case.args[0], case.args[2]
    rows, padding = {f"x{i}": row for i, row in enumerate(sequence)}, {"pad": np.full(sequence.shape[1], value)}

    def row(arrays):
        padded, mask = arrays
        bits = strips.figures(mask) if mask.ndim == 1 else ()
        names = strips.figures(padded)
        if padded.ndim == 2:  # a real row may hold nothing but `value`: the mask says what a row is
            known = [padding | rows if bits[i : i + 1] == ("0",) else rows | padding for i in range(len(padded))]
            names = tuple(map(strips.name, known, padded))
        beside = tuple(f"{name}·{bits[i]}" if i < len(bits) else name for i, name in enumerate(names))
        return beside + tuple(f"·{bit}" for bit in bits[len(names) :])  # a mask that is too long

    return strips.strip(("row·mask", ()), row(expected), row(given))


_DOMAIN = (
    Says("sequence : (t, d) numpy array of floats", lambda sequence, length, value: sequence.ndim == 2),
    Says(
        "one row a step, at least one",
        lambda sequence, length, value: len(sequence) >= 1,
        (lambda sequence, length, value: len(sequence) == 1, lambda sequence, length, value: sequence.shape[1] == 1),
    ),
    Says("If it is shorter, fill up", reached=(lambda sequence, length, value: len(sequence) < length,)),
    Says(
        "If it is longer, keep the first `length` rows",
        reached=(lambda sequence, length, value: len(sequence) > length,),
    ),
    Says(
        "Bring a sequence to `length` steps",
        lambda sequence, length, value: length >= 1,
        (lambda sequence, length, value: len(sequence) == length, lambda sequence, length, value: length == 1),
    ),
    Says(
        "value : what the padded rows are filled with",
        reached=(
            lambda sequence, length, value: value == 0,
            lambda sequence, length, value: isinstance(value, int),
            lambda sequence, length, value: (sequence == value).all(axis=1).any(),  # a real row of that value
        ),
    ),
)


EXERCISE = Exercise(
    name="pad_left",
    signature="pad_left(sequence, length, value)",
    kind="array",
    results=("padded", "mask"),
    about="(t, d) -> (length, d) and a mask (length,), numpy.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Try it on two rows and length 4, print both results, and compare them with the example in the exercise.",
        "How many rows are missing? They come first. The mask says 0 for each of them and 1 for each real row.",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "nothing-missing": (
            "The result is wrong for a sequence that already has `length` rows; it is right for ordinary shorter ones.",
            "How many rows are missing? A slice such as [-0:] is then the whole sequence, not nothing.",
        ),
        "longer": (
            "The result is wrong for a sequence that is too long. Its first `length` rows have to be kept.",
            "How many rows are missing then? Can that number fall below 0?",
        ),
        "one-missing": (
            "The result is wrong for a sequence that lacks a single row.",
            "Try it with three rows and length 4.",
        ),
        "whole-value": (
            "The result is wrong for an integer `value`: 0 or -10 in place of 0.0 or -10.0.",
            "What is the dtype of an array made from an integer? And what is `if value` for 0?",
        ),
        "value-of-zero": (
            "The result is wrong for a `value` of 0: it is a value like any other.",
            "0 counts as false: is there an `if` or an `or` about the value?",
        ),
        "row-like-padding": (
            "The result is wrong where a real row happens to hold `value`, in all of its numbers or in some of them.",
            "How many rows are real depends on the sequence's length, not on the numbers in it.",
        ),
    },
    strip=_picture,
)
