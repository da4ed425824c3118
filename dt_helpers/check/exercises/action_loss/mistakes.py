"""The right answer, and what students get wrong in the loss.

Most ways are one family: which difference is taken, over which steps, divided by what, and what is done at the end."""

from functools import cache
from itertools import product

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(action_preds, action_targets, attention_mask):
    """(batch, K, act_dim) twice and (batch, K) -> ()"""
    real = attention_mask > 0
    return (((action_preds - action_targets) ** 2)[real].mean(),)


@cache
def mistakes() -> tuple[Mistake, ...]:
    return (*catalogue(_FAMILIES), *_combinations())


# Each part: name -> (slug, sentence, hint, function); the first of each is right.
_STEPS = {
    "real": (None, "", "", lambda mask: mask > 0),
    "all": (
        "unmasked",
        "The padding counts too: only steps where the mask is 1 shall enter the loss.",
        "Padded targets are -10: the model would learn to imitate them.",
        lambda mask: mask > -1,
    ),
    "padding": (
        "mask-inverted",
        "The loss is over the padding; it has to be over the real steps.",
        "A real step has a 1 in the mask.",
        lambda mask: mask == 0,
    ),
}
_DIFFERENCES = {
    "squared": (None, "", "", lambda p, t: (p - t) ** 2),
    "absolute": (
        "l1",
        "You take absolute differences; squared ones are wanted.",
        "Mean *squared* error.",
        lambda p, t: (p - t).abs(),
    ),
    "signed": (
        "not-squared",
        "The differences are not squared, so those of either sign cancel out.",
        "Mean *squared* error.",
        lambda p, t: p - t,
    ),
    "signed the other way": (
        "not-squared",
        "The differences are not squared, so those of either sign cancel out.",
        "Mean *squared* error.",
        lambda p, t: t - p,
    ),
    "huber": ("huber", "That is the Huber loss; the plain squared error is wanted.", "Square each difference.", None),
    "sum": ("added", "Predictions and targets are added; their difference is wanted.", "", lambda p, t: (p + t) ** 2),
    "product": (
        "multiplied",
        "Predictions and targets are multiplied; their difference is wanted.",
        "",
        lambda p, t: p * t,
    ),
    "fourth": ("squared-twice", "The differences are squared twice.", "", lambda p, t: (p - t) ** 4),
    "squares": ("squares-subtracted", "You subtract squares; square the difference.", "", lambda p, t: p**2 - t**2),
    "predictions": (
        "targets-missing",
        "The targets don't enter the loss.",
        "What is compared with what?",
        lambda p, t: p**2,
    ),
}
_COUNTS = {  # what the sum is divided by; (steps that entered, mask, act_dim)
    "entered": (None, "", "", lambda inside, mask, dim: inside.sum() * dim),
    "all": (
        "zeroed-but-averaged",
        "The padding was set to zero, but still counts in the mean: the loss shrinks with the amount of padding.",
        "Divide by the number of real numbers, or pick the real steps before taking the mean.",
        lambda inside, mask, dim: mask.numel() * dim,
    ),
    "steps": (
        "summed-over-actions",
        "The squared differences are summed over the action's numbers; the mean is over them too.",
        "How many numbers are averaged? Real steps times act_dim.",
        lambda inside, mask, dim: inside.sum(),
    ),
    "one": ("summed", "That is the sum of the squared errors; their mean is wanted.", "Divide by how many there are.",
            lambda inside, mask, dim: 1),
    "batch": ("divided-by-batch", "You divide by the size of the batch; the mean is over all real numbers.",
              "How many numbers are averaged? Real steps times act_dim.", lambda inside, mask, dim: len(mask)),
    "all steps": ("zeroed-but-averaged", "You divide by the number of all steps, padded ones too.",
                  "How many numbers are averaged? Real steps times act_dim.", lambda inside, mask, dim: mask.numel()),
    "K": ("divided-by-steps", "You divide by K; the mean is over all real numbers.",
          "How many numbers are averaged? Real steps times act_dim.", lambda inside, mask, dim: mask.shape[1]),
    "dim": ("divided-by-actions", "You divide by act_dim only; the mean is over all real numbers.",
            "How many numbers are averaged? Real steps times act_dim.", lambda inside, mask, dim: dim),
    "real": ("zeroed-but-averaged", "You divide by another number of steps than you sum over.",
             "How many numbers are averaged?", lambda inside, mask, dim: (mask > 0).sum() * dim),
    "twice": ("divided-twice", "You divide twice: a mean of a mean, divided again.", "Count the divisions.",
              lambda inside, mask, dim: inside.sum() * dim * dim),
}  # fmt: skip
_ENDS = {
    "nothing": (None, "", "", lambda loss: loss),
    "root": (
        "root",
        "A root is taken at the end; the mean squared error itself is wanted.",
        "The exercise ends with the mean.",
        lambda loss: loss**0.5,
    ),
    "half": ("halved", "The loss is halved.", "Is there a factor too many?", lambda loss: loss / 2),
    "minus": (
        "negative",
        "The loss is negative: it would grow with the error, backwards.",
        "A minus too many?",
        lambda x: -x,
    ),
    "double": ("doubled", "The loss is doubled.", "Is there a factor too many?", lambda loss: loss * 2),
}


def _combinations():
    """All ways with one thing wrong, then with two, then with more; the mask comes first in naming them."""
    ways = list(product(_STEPS, _DIFFERENCES, _ENDS, _COUNTS))
    ways = [(way, _problems(way)) for way in ways if _sensible(*way)]
    for way, problems in sorted(ways, key=lambda pair: len(pair[1])):
        hints = tuple(hint for _, _, hint, _ in problems if hint) or ("Write the formula down and compare.",)
        sentence = " ".join(sentence for _, sentence, _, _ in problems)
        yield Mistake(problems[0][0], lambda *args, way=way: _loss(way, *args), sentence, hints)


def _sensible(steps, difference, end, count) -> bool:
    """Something is wrong, under one name only, and no root is taken of what may be negative."""
    if (steps, count) in (("real", "real"), ("all", "all")):
        return False
    if end == "root" and difference in ("signed", "signed the other way", "product", "squares"):
        return False
    return (steps, difference, end, count) != ("real", "squared", "nothing", "entered")


def _problems(way):
    steps, difference, end, count = way
    parts = (_STEPS[steps], _DIFFERENCES[difference], _ENDS[end], _COUNTS[count])
    return [part for part in parts if part[0]]


def _loss(way, preds, targets, mask):
    import torch

    steps, difference, end, count = way
    inside = _STEPS[steps][3](mask)
    compare = _DIFFERENCES[difference][3] or (lambda p, t: torch.nn.functional.smooth_l1_loss(p, t, reduction="none"))
    total = compare(preds, targets)[inside].sum()
    return _ENDS[end][3](total / _COUNTS[count][3](inside, mask, preds.shape[-1]))


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


def _shifted(preds, targets, mask):
    return _squared(preds[:, :-1], targets[:, 1:])[mask[:, 1:] > 0].mean()


_FAMILIES = (
    (
        "rows-averaged",
        "You average within each row first, and then over the rows: a step in a short row counts for more than one in "
        "a long row, and a row without real steps gives NaN.",
        ("All real steps of the batch count alike: one sum, one count.",),
        (_rows_averaged(False), _rows_averaged(True), _columns_averaged),
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
        "Only one of the action's numbers enters the loss; all of them count.",
        ("An index too many?",),
        (
            lambda p, t, m: _squared(p[..., 0], t[..., 0])[m > 0].mean(),
            lambda p, t, m: _squared(p[..., -1], t[..., -1])[m > 0].mean(),
        ),
    ),
    (
        "one-step-only",
        "Only one step of each row enters the loss; all real steps count.",
        ("An index too many?",),
        (
            lambda p, t, m: _squared(p[:, -1], t[:, -1]).mean(),
            lambda p, t, m: _squared(p[:, 0], t[:, 0]).mean(),
        ),
    ),
    (
        "one-episode-only",
        "Only one row of the batch enters the loss.",
        ("An index too many?",),
        (
            lambda p, t, m: _squared(p[0], t[0])[m[0] > 0].mean(),
            lambda p, t, m: _squared(p[-1], t[-1])[m[-1] > 0].mean(),
        ),
    ),
    (
        "shifted",
        "Predictions are compared with the targets of another step. In this model action_preds[:, k] is the guess at "
        "actions[:, k]: unlike in a language model, nothing has to be shifted.",
        ("The k-th prediction belongs to the k-th action.",),
        (
            _shifted,
            lambda p, t, m: _squared(p[:, 1:], t[:, :-1])[m[:, :-1] > 0].mean(),
            lambda p, t, m: _squared(p[:, :-1], t[:, 1:]).mean(),
        ),
    ),
    (
        "norms-averaged",
        "You average the lengths of the differences: a root is taken in each step.",
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
        "worst-only",
        "That is the largest (or middle) error; the mean is wanted.",
        ("Every real number counts.",),
        (
            lambda p, t, m: _squared(p, t)[m > 0].max(),
            lambda p, t, m: _squared(p, t)[m > 0].median(),
            lambda p, t, m: _squared(p, t)[m > 0].min(),
        ),
    ),
    (
        "mask-from-targets",
        "Padding is recognised by what the targets hold; what is real is said by the mask alone.",
        ("What is the third argument for?",),
        tuple(
            (lambda p, t, m, filling=filling, some=some: _squared(p, t)[_held(t, filling, some)].mean())
            for filling in (-10.0, 0.0)
            for some in (False, True)
        ),
    ),
    (
        "one-mask-for-all",
        "All rows are masked with the mask of one row; each has its own.",
        ("An index too many?",),
        (
            lambda p, t, m: _squared(p, t)[:, m[0] > 0].mean(),
            lambda p, t, m: _squared(p, t)[:, m[-1] > 0].mean(),
        ),
    ),
    (
        "full-rows-only",
        "Only rows without any padding enter the loss; all real steps count.",
        ("A row is not left out because a part of it is padding.",),
        (lambda p, t, m: _squared(p, t)[(m > 0).all(dim=1)].mean(),),
    ),
    (
        "cut-off",
        "Predictions are cut off before they are compared: then an error beyond that costs nothing.",
        ("Compare what the model predicts.",),
        (
            lambda p, t, m: _squared(p.clamp(-1, 1), t)[m > 0].mean(),
            lambda p, t, m: _squared(p.tanh(), t)[m > 0].mean(),
            lambda p, t, m: _squared(p, t).clamp(max=1)[m > 0].mean(),
        ),
    ),
    (
        "counted-one-off",
        "You divide by one number, or one step, more or less than there are.",
        ("How many numbers are averaged? Real steps times act_dim.",),
        (
            lambda p, t, m: _squared(p, t)[m > 0].sum() / ((m > 0).sum() * p.shape[-1] + 1),
            lambda p, t, m: _squared(p, t)[m > 0].sum() / ((m > 0).sum() * p.shape[-1] - 1),
            lambda p, t, m: _squared(p, t)[m > 0].sum() / (((m > 0).sum() + 1) * p.shape[-1]),
        ),
    ),
    (
        "size-fixed",
        "The number of an action's numbers is written into the code; it is the last axis of the predictions.",
        ("The cheetah has six torques, the hopper three: where does the tensor say so?",),
        tuple((lambda p, t, m, size=size: _squared(p, t)[m > 0].sum() / ((m > 0).sum() * size)) for size in (6, 3, 17)),
    ),
)


def _half_masked(preds, targets, mask, divide, side):
    weight = mask[..., None]
    error = _squared(preds * weight, targets) if side == "predictions" else _squared(preds, targets * weight)
    return error.mean() if divide == "all" else error.sum() / (mask.sum() * preds.shape[-1])
