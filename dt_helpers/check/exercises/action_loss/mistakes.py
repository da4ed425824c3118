"""The right answer, and what students get wrong in the loss.

Most ways are one family: which difference is taken, over which steps, divided by what, and what is done at the end."""

from functools import cache

from dt_helpers.check.engine.exercise import Mistake, catalogue

from .formulas import combinations


def right(action_preds, action_targets, attention_mask):
    """(batch, K, act_dim) twice and (batch, K) -> ()"""
    real = attention_mask > 0
    return (((action_preds - action_targets) ** 2)[real].mean(),)


@cache
def mistakes() -> tuple[Mistake, ...]:
    return (*catalogue(_FAMILIES), *combinations())


def _squared(preds, targets):
    return (preds - targets) ** 2


def _held(targets, filling, some):
    """(batch, K): the steps whose targets don't hold the filling, in any or in all of their numbers."""
    return (targets != filling).any(-1) if some else (targets != filling).all(-1)


def _rows_averaged(clamp):
    def loss(preds, targets, mask):
        error = (_squared(preds, targets).mean(-1) * mask).sum(1)
        steps = mask.sum(1)
        return (error / (steps.clamp(min=1) if clamp else steps)).mean()

    return loss


def _columns_averaged(preds, targets, mask):
    return ((_squared(preds, targets).mean(-1) * mask).sum(0) / mask.sum(0)).mean()


def _seen_columns_averaged(preds, targets, mask):
    seen = mask.sum(0) > 0
    return _columns_averaged(preds[:, seen], targets[:, seen], mask[:, seen])


def _guessed(preds, targets, mask):
    weights = mask if mask.shape == preds.shape[1:] else mask[..., None]
    weights = weights.expand_as(preds)
    return (_squared(preds, targets) * weights).sum() / weights.sum()


def _half_sums(preds, targets, mask):
    import torch

    weights = mask[..., None].half().expand_as(preds)
    error = _squared(preds.half(), targets.half())
    total, padded = (x.sum(dtype=torch.float16) for x in (error, error * (1 - weights)))
    return ((total - padded) / weights.sum(dtype=torch.float16)).to(preds.dtype)


def _shifted(preds, targets, mask):
    return _squared(preds[:, :-1], targets[:, 1:])[mask[:, 1:] > 0].mean()


_FAMILIES = (
    (
        "rows-averaged",
        "You average within each row first, and then over the rows: a step in a short row counts for more than one in "
        "a long row, and a row without real steps has no average at all.",
        ("All real steps of the batch count equally: one sum, one count.",),
        (_rows_averaged(False), _rows_averaged(True)),
    ),
    (
        "not-reduced",
        "The loss has to be a single number; yours still has one for each step or row.",
        ("The Trainer calls backward() on it. What is the mean of all of it?",),
        (
            lambda p, t, m: _squared(p, t),
            lambda p, t, m: _squared(p, t)[m > 0],
            lambda p, t, m: _squared(p, t) * m[..., None],
            lambda p, t, m: _squared(p, t).mean(-1),
            lambda p, t, m: _squared(p, t).sum(-1),
            lambda p, t, m: _squared(p, t).mean(-1) * m,
            lambda p, t, m: _squared(p, t).sum(-1) * m,
            lambda p, t, m: _squared(p, t).mean(-1)[m > 0],
            lambda p, t, m: _squared(p, t)[m > 0].mean(0),
            lambda p, t, m: _squared(p, t)[m > 0].sum(-1),
            lambda p, t, m: (_squared(p, t).mean(-1) * m).sum(1) / m.sum(1),
            lambda p, t, m: _squared(p, t).mean((1, 2)),
        ),
    ),
    (
        "one-side-masked",
        "The mask was applied to one of the two only, so in padded steps the other one is compared with zero.",
        ("Mask the difference, or both sides.",),
        tuple(
            (lambda p, t, m, divide=divide, side=side: _half_masked(p, t, m, divide, side))
            for side in ("predictions", "targets")
            for divide in ("all", "real")
        ),
    ),
    (
        "first-action-only",
        "Only one component of the actions enters the loss; all of them count.",
        ("Is there an index too many?",),
        (
            lambda p, t, m: _squared(p[..., 0], t[..., 0])[m > 0].mean(),
            lambda p, t, m: _squared(p[..., -1], t[..., -1])[m > 0].mean(),
        ),
    ),
    (
        "one-step-only",
        "Only one step of each row enters the loss; all real steps count.",
        ("Is there an index too many?",),
        (
            lambda p, t, m: _squared(p[:, -1], t[:, -1]).mean(),
            lambda p, t, m: _squared(p[:, 0], t[:, 0]).mean(),
        ),
    ),
    (
        "one-episode-only",
        "Only one row of the batch enters the loss.",
        ("Is there an index too many?",),
        (
            lambda p, t, m: _squared(p[0], t[0])[m[0] > 0].mean(),
            lambda p, t, m: _squared(p[-1], t[-1])[m[-1] > 0].mean(),
        ),
    ),
    (
        "shifted",
        "Predictions are compared with the targets of another step. In this model action_preds[:, k] is the guess at "
        "actions[:, k]: unlike in a language model, nothing needs shifting.",
        ("The k-th prediction belongs to the k-th action.",),
        (
            _shifted,
            lambda p, t, m: _squared(p[:, 1:], t[:, :-1])[m[:, :-1] > 0].mean(),
            lambda p, t, m: _squared(p[:, :-1], t[:, 1:]).mean(),
        ),
    ),
    (
        "norms-averaged",
        "You average the lengths of the differences: a root is taken at each step.",
        ("Mean squared error: no root anywhere.",),
        (
            lambda p, t, m: (p - t).norm(dim=-1)[m > 0].mean(),
            lambda p, t, m: (p - t).norm(dim=-1).mean(),
        ),
    ),
    (
        "mean-squared",
        "The mean is squared; square each difference first, then take the mean.",
        ("Squared errors can't cancel out. Can yours?",),
        (lambda p, t, m: (p - t)[m > 0].mean() ** 2, lambda p, t, m: (p - t).mean() ** 2),
    ),
    (
        "spread",
        "That is the variance of the errors: what all of them have in common is subtracted first, and costs nothing.",
        ("Which loss has a model whose errors are all 1?",),
        (
            lambda p, t, m: (p - t)[m > 0].var(correction=0),
            lambda p, t, m: (p - t)[m > 0].var(),
            lambda p, t, m: (p - t)[m > 0].std(),
        ),
    ),
    (
        "worst-only",
        "That is the largest (or median) error; take the mean.",
        ("Every real number counts.",),
        (
            lambda p, t, m: _squared(p, t)[m > 0].max(),
            lambda p, t, m: _squared(p, t)[m > 0].median(),
            lambda p, t, m: _squared(p, t)[m > 0].min(),
        ),
    ),
    (
        "mask-from-targets",
        "You recognise padding by what the targets hold; only the mask says what is real.",
        ("What is the third argument for?",),
        tuple(
            (lambda p, t, m, filling=filling, some=some: _squared(p, t)[_held(t, filling, some)].mean())
            for filling in (-10.0, 0.0)
            for some in (False, True)
        ),
    ),
    (
        "positions-averaged",
        "You average at each place of the window first, and then over the places: not all real steps count equally.",
        ("All real steps of the batch count equally: one sum, one count.",),
        (_columns_averaged, _seen_columns_averaged),
    ),
    (
        "mask-tiled",
        "The mask was repeated as a whole; each of its numbers has to be repeated in place, for a whole action.",
        ("Which number of the flattened mask belongs to the second number of the first action?",),
        (
            lambda p, t, m: _squared(p, t).flatten()[m.repeat(1, p.shape[-1]).flatten() > 0].mean(),
            lambda p, t, m: _squared(p, t).flatten()[m.flatten().repeat(p.shape[-1]) > 0].mean(),
        ),
    ),
    (
        "layout-guessed",
        "Where batch, K and act_dim are equal, the axes of the mask are matched with the wrong ones.",
        ("The mask is (batch, K), whatever the sizes: it lacks an axis at its end, for the components of an action.",),
        (_guessed,),
    ),
    (
        "half-precision",
        "The number is right to about three digits only.",
        ("Which dtype do the numbers pass through on the way? float16 is too coarse for sums.",),
        (
            lambda p, t, m: _squared(p.half(), t.half())[m > 0].mean().to(p.dtype),
            lambda p, t, m: _squared(p.bfloat16(), t.bfloat16())[m > 0].mean().to(p.dtype),
            _half_sums,
        ),
    ),
    (
        "one-mask-for-all",
        "All rows are masked with the mask of one row; each has its own.",
        ("Is there an index too many?",),
        (
            lambda p, t, m: _squared(p, t)[:, m[0] > 0].mean(),
            lambda p, t, m: _squared(p, t)[:, m[-1] > 0].mean(),
        ),
    ),
    (
        "full-rows-only",
        "Only rows without padding enter the loss; all real steps count.",
        ("A row should not be left out because part of it is padding.",),
        (
            lambda p, t, m: _squared(p, t)[(m > 0).all(dim=1)].mean(),
            lambda p, t, m: _squared(p, t)[(m > 0) & ((m > 0).all(1) | ~(m > 0).all(1).any())[:, None]].mean(),
        ),
    ),
    (
        "cut-off",
        "Predictions or errors are clipped: then an error beyond that costs no more.",
        ("Compare what the model predicts, as it is.",),
        (
            lambda p, t, m: _squared(p.clamp(-1, 1), t)[m > 0].mean(),
            lambda p, t, m: _squared(p.tanh(), t)[m > 0].mean(),
            lambda p, t, m: _squared(p, t).clamp(max=1)[m > 0].mean(),
        ),
    ),
    (
        "counted-one-off",
        "You divide by one more or one less than there are numbers, or steps.",
        ("How many numbers are averaged? Real steps times act_dim.",),
        (
            lambda p, t, m: _squared(p, t)[m > 0].sum() / ((m > 0).sum() * p.shape[-1] + 1),
            lambda p, t, m: _squared(p, t)[m > 0].sum() / ((m > 0).sum() * p.shape[-1] - 1),
            lambda p, t, m: _squared(p, t)[m > 0].sum() / (((m > 0).sum() + 1) * p.shape[-1]),
        ),
    ),
    (
        "size-fixed",
        "The number of an action's components is hard-coded; it is the size of the predictions' last axis.",
        ("The cheetah has six torques, the hopper three: where does the tensor tell you?",),
        tuple((lambda p, t, m, size=size: _squared(p, t)[m > 0].sum() / ((m > 0).sum() * size)) for size in (6, 3, 17)),
    ),
)


def _half_masked(preds, targets, mask, divide, side):
    weight = mask[..., None]
    error = _squared(preds * weight, targets) if side == "predictions" else _squared(preds, targets * weight)
    return error.mean() if divide == "all" else error.sum() / (mask.sum() * preds.shape[-1])
