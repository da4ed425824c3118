"""The exercise `action_loss`."""

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .mistakes import mistakes
from .pieces import right


def _cases(rng):
    import torch

    def case(batch, steps, act_dim, dtype="float32", empty_row=False, padded=True, filling=-10.0, **options):
        label = f"batch {batch}, K {steps}, actions of {act_dim}, {dtype}" + (", one row all padding" * empty_row)
        mask = drawing_inputs.padding_mask(rng, batch, steps, dtype, empty_row) if padded else torch.ones(batch, steps)
        preds, targets = (drawing_inputs.tensor(rng, batch, steps, act_dim, dtype=dtype) for _ in range(2))
        if filling is not None:
            targets[mask == 0] = filling
        return Case(label, (preds, targets, mask), grad=(0,), **options)

    def special(edge, label, change):
        preds, targets = (drawing_inputs.tensor(rng, 3, 4, 2) for _ in range(2))
        mask = drawing_inputs.padding_mask(rng, 3, 4)
        preds, targets, mask = change(preds, targets, mask)
        return Case(f"batch 3, K 4, actions of 2, {label}", (preds, targets, mask), grad=(0,), core=False, edge=edge)

    def exact(preds, targets, mask):
        preds[-1, 1], preds[-1, 2, 0] = targets[-1, 1], targets[-1, 2, 0]
        return preds, targets, mask

    def resting(preds, targets, mask):
        targets[-1, 1], targets[-1, 2, 0], preds[-1, 3] = 0.0, 0.0, 0.0
        return preds, targets, mask

    return [
        case(2, 4, 3),  # padded with -10, as the collator does it
        case(3, 5, 2, dtype="float64"),
        case(3, 3, 3, strided=True, filling=0.0),
        case(4, 6, 1, filling=None),  # the mask says what is padding, not the targets
        case(1, 4, 5),
        case(3, 4, 2, empty_row=True, core=False, edge="row-empty"),
        case(2, 3, 4, padded=False, core=False, edge="no-padding"),
        case(1, 1, 2, core=False, edge="single-step"),
        special("exact-predictions", "some predicted exactly", exact),
        special("zero-actions", "some actions 0", resting),
        special("first-row-full", "the first row without padding", lambda p, t, m: (p, t, m.flip(0))),
        case(2, 34, 3, core=False, edge="long-window"),
        case(66, 23, 19, core=False, edge="larger"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    return strips.strip(None, strips.figures(expected[0].reshape(-1)), strips.figures(given[0].reshape(-1)))


_DOMAIN = (
    Says(
        "action_preds, action_targets : (batch, K, act_dim) tensors",
        lambda action_preds, action_targets, attention_mask: action_preds.shape == action_targets.shape,
        (
            lambda action_preds, action_targets, attention_mask: action_preds.shape[0] == 1,
            lambda action_preds, action_targets, attention_mask: action_preds.shape[1] == 1,
            lambda action_preds, action_targets, attention_mask: action_preds.shape[2] == 1,
            lambda action_preds, action_targets, attention_mask: action_preds.shape[1] > 20,
            lambda action_preds, action_targets, attention_mask: len(set(action_preds.shape)) == 1,
        ),
    ),
    Says(
        "Padded steps carry actions of -10", reached=(lambda preds, targets, mask: (targets[mask == 0] == -10).any(),)
    ),
    Says(
        "attention_mask : (batch, K), 1 for real steps, 0 for padding",
        lambda preds, targets, mask: (
            mask.shape == preds.shape[:2] and set(mask.flatten().tolist()) <= {0, 1} and mask.any()
        ),
        (
            lambda preds, targets, mask: mask.all(),
            lambda preds, targets, mask: (mask == 0).all(dim=1).any(),
        ),
    ),
)


EXERCISE = Exercise(
    name="action_loss",
    signature="action_loss(action_preds, action_targets, attention_mask)",
    kind="tensor",
    results=("loss",),
    about="mean squared error over real steps.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Take one row of two steps, the first of them padding, and work the mean out by hand.",
        "Which numbers go into the sum, and how many are there?",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "row-empty": (
            "The result is wrong where a row is all padding: it has no real steps, so it has no part in the mean.",
            "Is something divided by the number of a row's steps?",
        ),
        "no-padding": (
            "The result is wrong for a batch without any padding.",
            "Then all steps are real and count equally.",
        ),
        "single-step": drawing_inputs.EDGES["single-step"],
        "long-window": drawing_inputs.EDGES["long-window"],
        "exact-predictions": (
            "The result is wrong where numbers are predicted exactly: their error is 0, and it belongs in the mean.",
            "The mask says what is real, not the errors.",
        ),
        "zero-actions": (
            "The result is wrong where real actions are 0, or are predicted to be 0: they count like any others.",
            "The mask says what is real, not the numbers in targets or predictions.",
        ),
        "first-row-full": (
            "The result is wrong where the first row has no padding but others have some.",
            "Each row of the batch has a mask of its own.",
        ),
    },
    strip=_picture,
)
