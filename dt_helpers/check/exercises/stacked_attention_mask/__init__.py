"""The exercise `stack_attention_mask`."""

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .formulas import right
from .mistakes import mistakes


def _cases(rng):
    import torch

    def case(batch, steps, dtype, **options):
        return Case(
            f"batch {batch}, K {steps}, {dtype}", (drawing_inputs.padding_mask(rng, batch, steps, dtype),), **options
        )

    late = drawing_inputs.padding_mask(rng, 3, 4).flip(0)
    empty = drawing_inputs.padding_mask(rng, 2, 3, empty_row=True)
    scattered = torch.tensor([[1, 0, 0, 1, 1], [0, 1, 0, 0, 1]])[
        rng.permutation(2)
    ]  # not a mask of the course, but a valid one
    return [
        case(2, 3, "float32"),
        case(3, 4, "int64"),
        case(1, 5, "float64"),
        case(3, 3, "float32", strided=True),
        Case("batch 2, K 5, zeros anywhere", (scattered,)),
        Case("batch 3, K 4, the first row without padding", (late,), core=False, edge="first-row-full"),
        Case("batch 2, K 4, no padding at all", (torch.ones(2, 4, dtype=torch.int64),), core=False, edge="no-padding"),
        case(3, 1, "float32", core=False, edge="single-step"),
        case(1, 1, "int64", core=False, edge="single-step"),
        Case("batch 2, K 3, one row all padding", (empty,), core=False, edge="row-empty"),
        Case(
            "batch 2, K 6, padding on the right", (late.flip(1)[1:].repeat(1, 2),), core=False, edge="padding-anywhere"
        ),
        case(2, 34, "float32", core=False, edge="long-window"),
        case(66, 23, "float32", core=False, edge="larger"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    if given[0].ndim != 2 or not len(given[0]):
        return None
    return strips.strip(
        ("mask", strips.figures(strips.array(case.args[0])[0])),
        strips.figures(expected[0][0]),
        strips.figures(given[0][0]),
    )


_DOMAIN = (
    Says(
        "attention_mask : (batch, K)",
        lambda attention_mask: attention_mask.ndim == 2,
        (
            lambda attention_mask: attention_mask.shape[0] == 1,
            lambda attention_mask: attention_mask.shape[1] == 1,
            lambda attention_mask: attention_mask.shape[1] > 20,
        ),
    ),
    Says(
        "1 for real steps, 0 for padding",
        lambda attention_mask: set(attention_mask.flatten().tolist()) <= {0, 1},
        (
            lambda attention_mask: attention_mask.all(),
            lambda attention_mask: (attention_mask == 0).all(dim=1).any(),
            lambda attention_mask: (attention_mask.diff(dim=1) < 0).any(),  # padding to the right of real steps
        ),
    ),
)


EXERCISE = Exercise(
    name="stacked_attention_mask",
    signature="stack_attention_mask(attention_mask)",
    kind="tensor",
    results=("stacked_attention_mask",),
    about="(batch, K) -> (batch, 3K).",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Each step became three tokens side by side: what holds for the step holds for all three.",
        "Try it on the mask 0, 1: the result has six numbers.",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "single-step": drawing_inputs.EDGES["single-step"],
        "long-window": drawing_inputs.EDGES["long-window"],
        "first-row-full": (
            "The result is wrong where the first row has no padding but others have some.",
            "Each row of the batch has a mask of its own: does a condition look at one row only?",
        ),
        "no-padding": (
            "The result is wrong for a batch without any padding.",
            "The answer is 1 everywhere, and three times as long: does something look for the first 0?",
        ),
        "row-empty": (
            "The result is wrong where a row is all padding.",
            "The answer for such a row is 0 everywhere: does something take the first 1 of a row, or count its ones?",
        ),
        "padding-anywhere": (
            "The result is wrong for a mask whose zeros are not on the left.",
            "Each number of the mask is repeated, wherever it is: there is nothing to count.",
        ),
    },
    strip=_picture,
)
