"""What students get wrong when adding the time embeddings."""

from functools import cache
from itertools import product

from dt_helpers.check.engine.exercise import Mistake, catalogue

from .combinations import NAMES, combinations
from .formulas import each, joined, masked_time, normalised, one_shifted, shifted, with_steps


@cache
def mistakes() -> tuple[Mistake, ...]:
    return (*catalogue(_FAMILIES), *combinations())


_FAMILIES = (
    (
        "time-not-added",
        "The embeddings came back without their time: the model is not told at which step of the episode it is.",
        ("What is the fourth argument for?",),
        (each(lambda x, time: x),),
    ),
    (
        "time-multiplied",
        "The embeddings are multiplied by the time; it has to be added.",
        ("Think of position embeddings in a language model.",),
        (each(lambda x, time: x * time),),
    ),
    (
        "time-multiplied",
        "The embeddings are multiplied by 1 plus the time; the time has to be added to them.",
        ("Think of position embeddings in a language model.",),
        (each(lambda x, time: x * (1 + time)),),
    ),
    (
        "time-concatenated",
        "The time was appended, so the embeddings became twice as wide; add it, and the width stays.",
        ("The shape that goes in is the shape that has to come out.",),
        (joined(-1),),
    ),
    (
        "time-concatenated",
        "The time was appended as further steps, so there are twice as many; add it, and their number stays.",
        ("The shape that goes in is the shape that has to come out.",),
        (joined(1),),
    ),
    (
        "time-subtracted",
        "The time is subtracted; it has to be added.",
        ("Look at each minus.",),
        (each(lambda x, time: x - time),),
    ),
    (
        "time-subtracted",
        "The embeddings are subtracted from the time; the two have to be added.",
        ("Look at each minus.",),
        (each(lambda x, time: time - x),),
    ),
    (
        "averaged",
        "You take the mean of embedding and time; take their sum.",
        ("No division is needed.",),
        (each(lambda x, time: (x + time) / 2),),
    ),
    (
        "time-only",
        "Only the time came back: it has to be added to each embedding, not replace it.",
        ("Each result holds its own embedding and the time.",),
        (each(lambda x, time: time),),
    ),
    (
        "time-only",
        "Only a multiple of the time came back: the time has to be added to each embedding, once, not replace it.",
        ("Each result holds its own embedding and the time.",),
        (each(lambda x, time: 2 * time), each(lambda x, time: 3 * time)),
    ),
    (
        "time-of-one-step",
        "All steps got the time of a single step; each has its own.",
        ("Time has the shape (batch, K, hidden): nothing needs to be picked out of it.",),
        (each(lambda x, time: x + time[:, :1]), each(lambda x, time: x + time[:, -1:])),
    ),
    (
        "time-of-one-step",
        "All steps got the same time, the sum or the mean of all times in the window; each has its own.",
        ("Time has the shape (batch, K, hidden): it can be added as it is.",),
        (
            each(lambda x, time: x + time.mean(dim=1, keepdim=True)),
            each(lambda x, time: x + time.sum(dim=1, keepdim=True)),
        ),
    ),
    (
        "time-of-one-episode",
        "All rows of the batch got the time of one row; each has its own.",
        ("Time has the shape (batch, K, hidden): nothing needs to be picked out of it.",),
        (each(lambda x, time: x + time[:1]),),
    ),
    (
        "time-of-one-episode",
        "All rows of the batch got the same time, the mean over the rows; each has its own.",
        ("Time has the shape (batch, K, hidden): it can be added as it is.",),
        (each(lambda x, time: x + time.mean(dim=0, keepdim=True)),),
    ),
    (
        "time-shifted",
        "The time is shifted by a step: each step got the time of the one beside it.",
        ("Step k of the embeddings belongs to step k of the time.",),
        (shifted(1), shifted(-1)),
    ),
    (
        "time-shifted",
        "The time is reversed: the first step got the time of the last one.",
        ("Step k of the embeddings belongs to step k of the time.",),
        (each(lambda x, time: x + time.flip(1)),),
    ),
    (
        "time-shifted",
        "Each step got the sum of all times up to its own; its own is enough.",
        ("Step k of the embeddings belongs to step k of the time.",),
        (each(lambda x, time: x + time.cumsum(1)),),
    ),
    *(
        (
            "time-of-another-step",
            f"The {NAMES[kind]} got the time of the step {'before' if by > 0 else 'after'}.",
            ("The three tokens of a step happen at the same time: the same time goes to all three.",),
            (lambda *parts, kind=kind, by=by, roll=roll: one_shifted(parts, kind, by, roll),),
        )
        for kind in (2, 0, 1)
        for by in (-1, 1)
        for roll in (False, True)
    ),
    (
        "time-summed-over-hidden",
        "All numbers of a token got the same time, the sum or the mean of its numbers; each has its own.",
        ("Time has the shape (batch, K, hidden): it can be added as it is.",),
        (
            each(lambda x, time: x + time.mean(dim=-1, keepdim=True)),
            each(lambda x, time: x + time.sum(dim=-1, keepdim=True)),
        ),
    ),
    (
        "index-added",
        "The index of the step in the window was added, not the time embeddings.",
        ("What is the fourth argument for?",),
        (each(with_steps),),
    ),
    (
        "index-added",
        "The index of the step in the window was added as well; only the time embeddings should be.",
        ("The fourth argument says all that there is to say about the time.",),
        (each(lambda x, time: with_steps(x, time) + time),),
    ),
    (
        "normalised",
        "The results were normalised; embed_ln does that later, on the whole sequence.",
        ("The exercise ends with the sum.",),
        (each(normalised),),
    ),
    (
        "tokens-added",
        "Embeddings were added to one another: each result holds its own embedding and the time, nothing else.",
        ("A token should not carry another one inside it: attention will bring them together.",),
        (
            lambda r, s, a, t: (r + t, r + s + t, r + s + a + t),
            lambda r, s, a, t: (r + t, r + t + s + t, r + t + s + t + a + t),
            lambda r, s, a, t: (r + t, s + r + t, a + s + t),
            lambda r, s, a, t: (r + t, s + r + t, a + r + t),
            lambda r, s, a, t: (r + t, s + t, a + s + t),
            lambda r, s, a, t: (r + s + a + t,) * 3,
            lambda r, s, a, t: (r + s, s + a, a + t),
            lambda r, s, a, t: (r + t, s + t, a + s),
            lambda r, s, a, t: (r + t, s + r, a + t),
            lambda r, s, a, t: (r + t, s + r, a + s),
        ),
    ),
    (
        "time-changed-between",
        "The time changes from one result to the next: the same time goes to all three.",
        ("Did you add to the time itself, and use it again?",),
        (lambda r, s, a, t: (r + t, s + t + 1, a + t + 2),),
    ),
    (
        "token-repeated",
        "One embedding came back more than once, another not at all.",
        ("Compare the name on the left of each line with the name on its right.",),
        tuple(
            (lambda r, s, a, t, picks=picks: tuple((r, s, a)[i] + t for i in picks))
            for picks in product(range(3), repeat=3)
            if len(set(picks)) < 3
        ),
    ),
    (
        "steps-left-out",
        "The last step got no time.",
        ("Does a loop or a slice end one step too early?",),
        (lambda *parts: masked_time(parts, lambda steps: steps < len(steps) - 1),),
    ),
    (
        "steps-left-out",
        "The first step got no time.",
        ("Does a loop or a slice begin one step too late?",),
        (lambda *parts: masked_time(parts, lambda steps: steps > 0),),
    ),
    (
        "time-changed",
        "Something else than the time was added, made from it: add it as it is.",
        ("Nothing needs to be done to the fourth argument.",),
        (
            each(lambda x, time: x + time.trunc()),
            each(lambda x, time: x + time.round()),
            each(lambda x, time: x + time - time[:, :1]),
            each(lambda x, time: x + time.abs()),
            each(lambda x, time: x + time.tanh()),
        ),
    ),
    (
        "embeddings-scaled",
        "The embeddings are multiplied by the root of hidden; only the time has to be added to them.",
        ("Return the plain sum.",),
        (each(lambda x, time: x * x.shape[-1] ** 0.5 + time),),
    ),
    (
        "embeddings-scaled",
        "The sums are multiplied by the root of hidden; they have to come back as they are.",
        ("Return the plain sum.",),
        (each(lambda x, time: (x + time) * x.shape[-1] ** 0.5),),
    ),
    (
        "time-piled-up",
        "One result holds the time once, one twice and one three times; each has to hold it once.",
        ("Did you add to the time itself, and use it again?",),
        (
            lambda r, s, a, t: (r + t, s + 2 * t, a + 3 * t),
            lambda r, s, a, t: (r + 3 * t, s + 2 * t, a + t),
        ),
    ),
    (
        "half-precision",
        "The numbers are right to two or three digits only.",
        ("Which dtype do they pass through?",),
        (
            each(lambda x, time: (x.bfloat16() + time.bfloat16()).to(x.dtype)),
            each(lambda x, time: (x.half() + time.half()).to(x.dtype)),
        ),
    ),
)
