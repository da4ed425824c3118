"""Wrong losses of one family: which difference is taken, over which steps, divided by what, what is done at the end."""

from itertools import product

from dt_helpers.check.engine.exercise import Mistake

# Each part: name -> (slug, sentence, hint, function); the first of each is right.
_STEPS = {
    "real": (None, "", "", lambda mask: mask > 0),
    "all": (
        "unmasked",
        "The padding counts too: only steps where the mask is 1 should enter the loss.",
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
        "You take absolute differences; they have to be squared.",
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
    "huber": ("huber", "That is the Huber loss; take the plain squared error.", "Square each difference.", None),
    "sum": ("added", "Predictions and targets are added; take their difference.", "", lambda p, t: (p + t) ** 2),
    "product": (
        "multiplied",
        "Predictions and targets are multiplied; take their difference.",
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
        "The padding adds nothing, but still counts in the mean: the loss shrinks with the amount of padding.",
        "Divide by the number of real numbers, or pick the real steps before taking the mean.",
        lambda inside, mask, dim: mask.numel() * dim,
    ),
    "steps": (
        "summed-over-actions",
        "The result is a sum over an action's components; the mean is over them too.",
        "How many numbers are averaged? Real steps times act_dim.",
        lambda inside, mask, dim: inside.sum(),
    ),
    "one": ("summed", "That is a sum over all steps and components; take the mean.", "Divide by how many there are.",
            lambda inside, mask, dim: 1),
    "batch": ("divided-by-batch", "The sum is divided by the size of the batch only; the mean is over all real "
    "numbers.",
              "How many numbers are averaged? Real steps times act_dim.", lambda inside, mask, dim: len(mask)),
    "all steps": ("zeroed-but-averaged", "The sum is divided by the number of all steps, padded ones too.",
                  "How many numbers are averaged? Real steps times act_dim.", lambda inside, mask, dim: mask.numel()),
    "K": ("divided-by-steps", "The sum is divided by K only; the mean is over all real numbers.",
          "How many numbers are averaged? Real steps times act_dim.", lambda inside, mask, dim: mask.shape[1]),
    "dim": ("divided-by-actions", "The sum is divided by act_dim only; the mean is over all real numbers.",
            "How many numbers are averaged? Real steps times act_dim.", lambda inside, mask, dim: dim),
    "real": ("zeroed-but-averaged", "The sum is divided by how many real numbers there are, but it is not a sum over "
    "those.",
             "How many numbers are averaged?", lambda inside, mask, dim: (mask > 0).sum() * dim),
    "twice": ("divided-twice", "The mean is divided by act_dim once more.", "Count the divisions.",
              lambda inside, mask, dim: inside.sum() * dim * dim),
}  # fmt: skip


_OTHER_STEPS = (
    "zeroed-but-averaged",
    "The sum is divided by the number of all numbers.",
    "How many numbers are averaged?",
    _COUNTS["all"][3],
)


_ENDS = {
    "nothing": (None, "", "", lambda loss: loss),
    "root": (
        "root",
        "A root is taken at the end; return the mean squared error itself.",
        "The exercise ends with the mean.",
        lambda loss: loss**0.5,
    ),
    "half": ("halved", "The loss is halved.", "Is there a factor too many?", lambda loss: loss / 2),
    "minus": (
        "negative",
        "The loss has the wrong sign: training would make the error larger.",
        "Is there a minus too many?",
        lambda x: -x,
    ),
    "double": ("doubled", "The loss is doubled.", "Is there a factor too many?", lambda loss: loss * 2),
}


def combinations():
    """All ways with one thing wrong, then with two, then with more; a wrong mask gives its name first."""
    ways = product(_STEPS, _DIFFERENCES, _ENDS, _COUNTS)
    wrong = [(way, _problems(way)) for way in ways if _sensible(*way)]
    for way, problems in sorted(wrong, key=lambda pair: len(pair[1])):
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
    counted = _OTHER_STEPS if (steps, count) == ("padding", "all") else _COUNTS[count]
    parts = (_STEPS[steps], _DIFFERENCES[difference], _ENDS[end], counted)
    return [part for part in parts if part[0]]


def _loss(way, preds, targets, mask):
    import torch

    steps, difference, end, count = way
    inside = _STEPS[steps][3](mask)
    compare = _DIFFERENCES[difference][3] or (lambda p, t: torch.nn.functional.smooth_l1_loss(p, t, reduction="none"))
    total = compare(preds, targets)[inside].sum()
    return _ENDS[end][3](total / _COUNTS[count][3](inside, mask, preds.shape[-1]))
