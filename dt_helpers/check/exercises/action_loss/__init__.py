"""The exercise `action_loss`."""

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Strip

from .mistakes import mistakes, right


def _cases(rng):
    def case(batch, steps, act_dim, dtype="float32", empty_row=False, padded=True, filling=-10.0, **options):
        import torch

        label = f"batch {batch}, K {steps}, actions of {act_dim}, {dtype}" + (", one row all padding" * empty_row)
        mask = drawing_inputs.padding_mask(rng, batch, steps, dtype, empty_row) if padded else torch.ones(batch, steps)
        preds, targets = (drawing_inputs.tensor(rng, batch, steps, act_dim, dtype=dtype) for _ in range(2))
        if filling is not None:
            targets[mask == 0] = filling
        return Case(label, (preds, targets, mask), grad=(0,), **options)

    return [
        case(2, 4, 3),  # padded with -10, as the collator does it
        case(3, 5, 2, dtype="float64"),
        case(3, 3, 3, strided=True, filling=0.0),
        case(4, 6, 1, filling=None),  # it is the mask that says what is padding, not the targets
        case(1, 4, 5),
        case(3, 4, 2, empty_row=True, core=False),
        case(2, 3, 4, padded=False, core=False),
        case(1, 1, 2, core=False),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    return strips.strip(None, strips.figures(expected[0].reshape(-1)), strips.figures(given[0].reshape(-1)))


EXERCISE = Exercise(
    name="action_loss",
    signature="action_loss(action_preds, action_targets, attention_mask)",
    about="mean squared error over real steps.",
    results=("loss",),
    kind="tensor",
    cases=_cases,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Take one row of two steps, the first of them padding, and work the mean out by hand.",
        "Which numbers enter the sum, and how many are they?",
    ),
    edges={},
    strip=_picture,
)
