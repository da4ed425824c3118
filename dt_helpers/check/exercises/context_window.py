"""The exercise `context_window`: what students get wrong when cutting the last steps out of an episode."""

from functools import cache

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Mistake, Says, Strip, catalogue


def right(sequence, length):
    """(t, d) -> (min(t, length), d)"""
    return (sequence[-length:],)


def _cases(rng):
    import torch

    def case(steps, width, length, dtype="float32", **options):
        label = f"{steps} row{'s' * (steps > 1)} of {width}, last {length}, {dtype}"
        return Case(label, (drawing_inputs.tensor(rng, steps, width, dtype=dtype), length), **options)

    resting = drawing_inputs.tensor(rng, 7, 2)
    resting[[3, 6]] = 0.0
    start = int(rng.integers(1, 900))
    timesteps = torch.arange(start, start + 6)[:, None]
    return [
        case(5, 2, 3),
        case(9, 3, 4, dtype="float64"),
        case(7, 4, 2, strided=True),
        case(6, 6, 3),
        case(30, 2, 20),
        Case("timesteps, 6 rows of 1, last 4, int64", (timesteps, 4), core=False, edge="timesteps"),
        case(6, 1, 1, core=False, edge="single-row"),
        case(1, 2, 1, core=False, edge="single-row"),
        case(4, 3, 4, core=False, edge="just-full"),
        case(5, 3, 4, core=False, edge="one-more"),
        *(case(steps, 3, 5, core=False, edge="just-begun") for steps in (1, 2, 3, 4)),
        case(int(rng.integers(6, 19)), 2, 20, core=False, edge="just-begun"),
        case(8, 2, 4, core=False, edge="whole-multiple"),
        Case("7 rows of 2, last 5, some rows 0", (resting, 5), core=False, edge="zeros"),
        case(300, 2, 20, core=False, edge="late"),
        case(1100, 19, 34, core=False, edge="larger"),
        case(31, 8, 34, core=False, edge="larger"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    sequence = strips.array(case.args[0])
    known = {f"x{i}": row for i, row in enumerate(sequence)} | {"0": np.zeros(sequence.shape[1])}
    if given[0].ndim != 2:
        return None
    every = ("sequence", [f"x{i}" for i in range(len(sequence))])
    return strips.strip(
        every, [strips.name(known, row) for row in expected[0]], [strips.name(known, row) for row in given[0]]
    )


@cache
def mistakes() -> tuple[Mistake, ...]:
    return catalogue(_FAMILIES)


def _padded(front):
    def window(sequence, length):
        last = sequence[-length:]
        padding = last.new_zeros(length - len(last), sequence.shape[1])
        return _cat(padding, last) if front else _cat(last, padding)

    return window


def _cat(*parts):
    import torch

    return torch.cat(parts)


_FAMILIES = (
    (
        "from-the-start",
        "Those are the first rows, the oldest; take the last ones.",
        ("The newest step is the last row: it has to be in the window.",),
        (lambda s, n: s[:n], lambda s, n: s[:n].flip(0)),
    ),
    (
        "one-too-many",
        "One row too many: the window has `length` rows.",
        ("Count on a sequence of five rows with length 2.",),
        (lambda s, n: s[-(n + 1) :], lambda s, n: s[max(len(s) - n - 1, 0) :]),
    ),
    (
        "one-too-few",
        "One row too few: the window has `length` rows.",
        ("Count on a sequence of five rows with length 2.",),
        (lambda s, n: s[len(s) - n + 1 :] if n <= len(s) else s, lambda s, n: s[-n:][1:], lambda s, n: s[-(n - 1) :]),
    ),
    (
        "newest-missing",
        "The newest row is missing: the window ends one step too early.",
        ("A slice excludes its end. What does -1 as an end mean?",),
        (
            lambda s, n: s[-n:-1],
            lambda s, n: s[-n - 1 : -1],
            lambda s, n: s[:-1][-n:],
            lambda s, n: s[max(len(s) - n - 1, 0) : len(s) - 1],
        ),
    ),
    (
        "start-cut-off",
        "You cut `length` rows off the start; the window has `length` rows at the end.",
        ("From which end is `length` counted? A minus makes the difference.",),
        (lambda s, n: s[n:],),
    ),
    (
        "end-cut-off",
        "You cut `length` rows off the end; the window has `length` rows at the end.",
        ("On which side of the colon does it belong?",),
        (lambda s, n: s[:-n],),
    ),
    (
        "one-row",
        "A single row came back; the window has `length` rows.",
        ("An index gives one row, a slice gives several. Where in it does `length` belong?",),
        (
            lambda s, n: s[-1],
            lambda s, n: s[-1:],
            lambda s, n: s[-n],
            lambda s, n: s[len(s) - n],
            lambda s, n: s[n] if n < len(s) else s[-1],
        ),
    ),
    (
        "unchanged",
        "The whole sequence came back; the model was trained on windows of at most `length` steps.",
        ("What is the second argument for?",),
        (lambda s, n: s * 1,),
    ),
    (
        "columns",
        "`length` is counted along the columns, which are the numbers of a step. Time runs along the rows.",
        ("Which axis is time in (t, d)?",),
        (lambda s, n: s[:, -n:], lambda s, n: s[:, :n]),
    ),
    (
        "columns",
        "Columns are cut as well as rows: each step lost some of its numbers.",
        ("Which axis is time in (t, d)? The other one stays whole.",),
        (lambda s, n: s[..., -n:][-n:], lambda s, n: s[-n:, :n]),
    ),
    (
        "reversed",
        "The window is reversed: the newest step has to stay last.",
        ("Nothing has to be reversed.",),
        (lambda s, n: s[-n:].flip(0), lambda s, n: s.flip(0)[:n]),
    ),
    (
        "padded",
        "Your window is filled up to `length` rows. When the episode has just begun there are fewer, and that is fine: "
        "padding is done elsewhere.",
        ("What is `sequence[-5:]` of a sequence of fewer than five rows?",),
        (_padded(True), _padded(False)),
    ),
    (
        "spread-out",
        "The rows are taken at intervals; a window is one piece.",
        ("Is there a step in your slice?",),
        (lambda s, n: s[::n], lambda s, n: s[:: max(len(s) // n, 1)][-n:], lambda s, n: s[n - 1 :: n]),
    ),
    (
        "blocks",
        "That is the last block, as if the sequence were cut into blocks of `length` rows; the window slides by single "
        "rows.",
        ("With 7 rows and length 5, which rows are the last 5?",),
        (lambda s, n: s[(len(s) - 1) // n * n :], lambda s, n: s[len(s) // n * n :]),
    ),
    (
        "length-fixed",
        "That is the last 20 rows, or all if there are fewer, whatever `length` is.",
        ("What is the second argument for?",),
        (lambda s, n: s[-20:],),
    ),
    (
        "squeezed",
        "An axis of length 1 is dropped: a window of one row, or of rows of one number, has two axes like any other.",
        ("Is there a `squeeze`? A slice keeps all axes.",),
        (
            lambda s, n: s[-n:].squeeze(),
            lambda s, n: s[-n:].squeeze(-1),
            lambda s, n: s[-n:].squeeze(0),
        ),
    ),
    (
        "extra-axis",
        "The window has one axis too many: (t, d) goes in, and the same two axes come out.",
        ("The batch axis is added elsewhere.",),
        (lambda s, n: s[-n:][None], lambda s, n: s[-n:].unsqueeze(-1), lambda s, n: s[-n:].unsqueeze(1)),
    ),
)


_DOMAIN = (
    Says(
        "sequence : (t, d) tensor, one row a step",
        lambda sequence, length: sequence.ndim == 2 and len(sequence) >= 1,
        (lambda sequence, length: len(sequence) == 1, lambda sequence, length: sequence.shape[1] == 1),
    ),
    Says("timesteps are whole numbers", reached=(lambda sequence, length: not sequence.is_floating_point(),)),
    Says(
        "Keep the last `length` steps",
        lambda sequence, length: length >= 1,
        (
            lambda sequence, length: length == 1,
            lambda sequence, length: len(sequence) == length,
            lambda sequence, length: len(sequence) == length + 1,
        ),
    ),
    Says("Early in an episode there are fewer", reached=(lambda sequence, length: len(sequence) < length,)),
)


EXERCISE = Exercise(
    name="context_window",
    signature="context_window(sequence, length)",
    kind="tensor",
    results=("window",),
    about="a tensor (t, d) -> its last `length` rows.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Try it on five rows and length 2: rows 3 and 4 have to come back, counted from zero.",
        "And when the episode has just begun, and there are fewer rows than that?",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "timesteps": (
            "The result is wrong for timesteps, which are whole numbers; it is right for floats.",
            "The loop cuts windows out of states, actions, returns and timesteps alike.",
        ),
        "single-row": (
            "The result is wrong for a window of a single row.",
            "(1, d) has to come back: does a `squeeze` or an index drop an axis?",
        ),
        "just-full": (
            "The result is wrong for a sequence of exactly `length` rows: all of it has to come back.",
            "Is it < or <=, and what is a slice that begins at -0?",
        ),
        "one-more": (
            "The result is wrong for a sequence with one row more than `length`: its first row has to go.",
            "Is it < or <=?",
        ),
        "just-begun": (
            "When the episode has just begun and there are fewer than `length` rows, all of them come back, no more.",
            "A slice that begins below 0 counts from the end. Where does yours begin then?",
            "Padding is done elsewhere.",
        ),
        "whole-multiple": (
            "The result is wrong for a sequence twice as long as the window.",
            "The window slides by single rows.",
        ),
        "zeros": (
            "The result is wrong where rows are all zeros: they are steps like any others.",
            "Which rows belong to the window depends on their place, not on their numbers.",
        ),
        "late": ("Late in an episode the window is wrong.", "Is a number of steps hard-coded?"),
    },
    strip=_picture,
)
