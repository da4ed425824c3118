"""What students get wrong in the loss. Most ways are one family: which difference is taken, over which steps, divided
by what, and what is done at the end."""

from functools import cache

from dt_helpers.check.engine.exercise import Mistake, catalogue

from .formulas import combinations
from .pieces import (
    columns_averaged,
    guessed,
    half_masked,
    half_sums,
    held,
    one_of,
    rows_averaged,
    seen_columns_averaged,
    shifted,
    squared,
)


@cache
def mistakes() -> tuple[Mistake, ...]:
    return (*catalogue(_FAMILIES), *combinations())


_FAMILIES = (
    (
        "rows-averaged",
        "That is a mean of the rows' means: a step in a row with few real steps counts for more than one in a row with "
        "many, and a row without real steps has no mean at all.",
        ("All real steps of the batch count equally: one sum, one count.",),
        (rows_averaged(False),),
    ),
    (
        "rows-averaged",
        "That is a mean of the rows' means: a step in a row with few real steps counts for more than one in a row with "
        "many, and a row without real steps counts as a row without error.",
        ("All real steps of the batch count equally: one sum, one count.",),
        (rows_averaged(True),),
    ),
    *(
        (
            "not-reduced",
            f"The loss has to be a single number; yours still has one for each {what}.",
            ("The Trainer calls backward() on it. What is the mean of all of it?",),
            ways,
        )
        for what, ways in (
            (
                "component of each action",
                (
                    lambda p, t, m: squared(p, t),
                    lambda p, t, m: squared(p, t)[m > 0],
                    lambda p, t, m: squared(p, t) * m[..., None],
                ),
            ),
            (
                "step",
                (
                    lambda p, t, m: squared(p, t).mean(-1),
                    lambda p, t, m: squared(p, t).sum(-1),
                    lambda p, t, m: squared(p, t).mean(-1) * m,
                    lambda p, t, m: squared(p, t).sum(-1) * m,
                    lambda p, t, m: squared(p, t).mean(-1)[m > 0],
                    lambda p, t, m: squared(p, t)[m > 0].sum(-1),
                ),
            ),
            (
                "component of the actions",
                (
                    lambda p, t, m: squared(p, t)[m > 0].mean(0),
                    lambda p, t, m: squared(p, t)[m > 0].sum(0),
                    lambda p, t, m: squared(p, t).mean((0, 1)),
                ),
            ),
            (
                "row of the batch",
                (
                    lambda p, t, m: (squared(p, t).mean(-1) * m).sum(1) / m.sum(1),
                    lambda p, t, m: squared(p, t).mean((1, 2)),
                ),
            ),
        )
    ),
    *(
        (
            "one-side-masked",
            f"Only the {side} are 0 in padded steps, so there the {other} are compared with 0, and that counts.",
            ("Mask the difference, or both sides.",),
            tuple(
                (lambda p, t, m, divide=divide, side=side: half_masked(p, t, m, divide, side))
                for divide in ("all", "real")
            ),
        )
        for side, other in (("predictions", "targets"), ("targets", "predictions"))
    ),
    (
        "first-action-only",
        "Only one component of the actions enters the loss; all of them count.",
        ("Is there an index too many?",),
        (
            lambda p, t, m: squared(p[..., 0], t[..., 0])[m > 0].mean(),
            lambda p, t, m: squared(p[..., -1], t[..., -1])[m > 0].mean(),
        ),
    ),
    (
        "one-step-only",
        "Only one step of each row enters the loss; all real steps count.",
        ("Is there an index too many?",),
        (
            lambda p, t, m: squared(p[:, -1], t[:, -1]).mean(),
            lambda p, t, m: squared(p[:, 0], t[:, 0]).mean(),
        ),
    ),
    (
        "one-episode-only",
        "Only one row of the batch enters the loss.",
        ("Is there an index too many?",),
        (
            lambda p, t, m: squared(p[0], t[0])[m[0] > 0].mean(),
            lambda p, t, m: squared(p[-1], t[-1])[m[-1] > 0].mean(),
        ),
    ),
    (
        "shifted",
        "Predictions are compared with the targets of another step. In this model action_preds[:, k] is the guess at "
        "actions[:, k]: unlike in a language model, nothing needs shifting.",
        ("The k-th prediction belongs to the k-th action.",),
        (
            shifted,
            lambda p, t, m: squared(p[:, 1:], t[:, :-1])[m[:, :-1] > 0].mean(),
            lambda p, t, m: squared(p[:, :-1], t[:, 1:]).mean(),
        ),
    ),
    (
        "norms-averaged",
        "You average the lengths of the differences: a root is taken at each step.",
        ("Mean squared error: no root anywhere.",),
        (lambda p, t, m: (p - t).norm(dim=-1)[m > 0].mean(),),
    ),
    (
        "norms-averaged",
        "You average the lengths of the differences: a root is taken at each step. And the padding counts too.",
        ("Mean squared error: no root anywhere.", "Only steps where the mask is 1 should enter the loss."),
        (lambda p, t, m: (p - t).norm(dim=-1).mean(),),
    ),
    (
        "mean-squared",
        "The mean is squared; square each difference first, then take the mean.",
        ("Squared errors can't cancel out. Can yours?",),
        (lambda p, t, m: (p - t)[m > 0].mean() ** 2,),
    ),
    (
        "mean-squared",
        "The mean is squared; square each difference first, then take the mean. And the padding counts too.",
        ("Squared errors can't cancel out. Can yours?", "Only steps where the mask is 1 should enter the loss."),
        (lambda p, t, m: (p - t).mean() ** 2,),
    ),
    (
        "spread",
        "That is the variance of the errors: their mean is subtracted first, so an error that all of them share costs "
        "nothing.",
        ("What is the loss of a model whose errors are all 1?",),
        (
            lambda p, t, m: (p - t)[m > 0].var(correction=0),
            lambda p, t, m: (p - t)[m > 0].var(),
        ),
    ),
    (
        "spread",
        "That is the standard deviation of the errors: their mean is subtracted first, so an error that all of them "
        "share "
        "costs nothing, and a root is taken.",
        ("What is the loss of a model whose errors are all 1?", "Mean squared error: no root anywhere."),
        (lambda p, t, m: (p - t)[m > 0].std(),),
    ),
    *(
        (
            "worst-only",
            f"That is the {which} of the squared errors; take their mean.",
            ("Every real number counts.",),
            (lambda p, t, m, which=which: one_of(squared(p, t)[m > 0], which),),
        )
        for which in ("largest", "median", "smallest")
    ),
    *(
        (
            "mask-from-targets",
            f"Steps are left out if their targets hold {filling:g}, whatever the mask says; only the mask says what is "
            f"real.",
            ("What is the third argument for?",),
            tuple(
                (lambda p, t, m, filling=filling, some=some: squared(p, t)[held(t, filling, some)].mean())
                for some in (False, True)
            ),
        )
        for filling in (-10.0, 0.0)
    ),
    (
        "positions-averaged",
        "That is a mean of means, one for each place in the window: not all real steps count equally.",
        ("All real steps of the batch count equally: one sum, one count.",),
        (columns_averaged, seen_columns_averaged),
    ),
    (
        "mask-tiled",
        "The wrong numbers are left out, as if the mask was repeated as a whole; each of its numbers stands for a "
        "whole "
        "action.",
        ("Which number of the flattened mask belongs to the second number of the first action?",),
        (
            lambda p, t, m: squared(p, t).flatten()[m.repeat(1, p.shape[-1]).flatten() > 0].mean(),
            lambda p, t, m: squared(p, t).flatten()[m.flatten().repeat(p.shape[-1]) > 0].mean(),
        ),
    ),
    (
        "layout-guessed",
        "Where batch, K and act_dim are equal, the axes of the mask are matched with the wrong ones.",
        ("The mask is (batch, K), whatever the sizes: it lacks an axis at its end, for the components of an action.",),
        (guessed,),
    ),
    (
        "half-precision",
        "The number is right to about three digits at most.",
        ("Which dtype do the numbers pass through on the way? float16 is too coarse for sums.",),
        (
            lambda p, t, m: squared(p.half(), t.half())[m > 0].mean().to(p.dtype),
            lambda p, t, m: squared(p.bfloat16(), t.bfloat16())[m > 0].mean().to(p.dtype),
            half_sums,
        ),
    ),
    (
        "one-mask-for-all",
        "All rows are masked with the mask of one row; each has its own.",
        ("Is there an index too many?",),
        (
            lambda p, t, m: squared(p, t)[:, m[0] > 0].mean(),
            lambda p, t, m: squared(p, t)[:, m[-1] > 0].mean(),
        ),
    ),
    (
        "full-rows-only",
        "Only rows without padding enter the loss; all real steps count.",
        ("A row should not be left out because part of it is padding.",),
        (lambda p, t, m: squared(p, t)[(m > 0).all(dim=1)].mean(),),
    ),
    (
        "full-rows-only",
        "Where some rows have no padding, only those enter the loss; all real steps count.",
        ("A row should not be left out because part of it is padding.",),
        (lambda p, t, m: squared(p, t)[(m > 0) & ((m > 0).all(1) | ~(m > 0).all(1).any())[:, None]].mean(),),
    ),
    *(
        (
            "cut-off",
            f"{what}; compare what the model predicts, as it is.",
            ("Square the plain difference between predictions and targets.",),
            (way,),
        )
        for what, way in (
            ("Predictions are clipped at -1 and 1", lambda p, t, m: squared(p.clamp(-1, 1), t)[m > 0].mean()),
            ("A tanh is applied to the predictions", lambda p, t, m: squared(p.tanh(), t)[m > 0].mean()),
            (
                "A tanh is applied to predictions and targets",
                lambda p, t, m: squared(p.tanh(), t.tanh())[m > 0].mean(),
            ),
        )
    ),
    (
        "cut-off",
        "Squared errors above 1 are cut to 1, so that a larger error costs no more.",
        ("Take the mean of the squared errors as they are.",),
        (lambda p, t, m: squared(p, t).clamp(max=1)[m > 0].mean(),),
    ),
    *(
        (
            "counted-one-off",
            f"The sum of the squared errors is divided by one {what} than there are.",
            ("How many numbers are averaged? Real steps times act_dim.",),
            (lambda p, t, m, more=more: squared(p, t)[m > 0].sum() / more((m > 0).sum(), p.shape[-1]),),
        )
        for what, more in (
            ("number more", lambda steps, size: steps * size + 1),
            ("number less", lambda steps, size: steps * size - 1),
            ("step more", lambda steps, size: (steps + 1) * size),
        )
    ),
    *(
        (
            "size-fixed",
            f"The mean is taken as if each action had {size} components, however many it has.",
            ("The cheetah has six torques, the hopper three: where does the tensor tell you?",),
            (lambda p, t, m, size=size: squared(p, t)[m > 0].sum() / ((m > 0).sum() * size),),
        )
        for size in (6, 3, 17)
    ),
)
