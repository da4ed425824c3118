"""What students get wrong when interleaving returns, states and actions."""

from functools import cache
from itertools import permutations, product

from dt_helpers.check.engine.exercise import Mistake, catalogue

from .arrangements import NAMES, arrangements, orders
from .formulas import (
    changed,
    filled,
    joined,
    laid_in_blocks,
    moved_on,
    normalised,
    stacked,
    tokens,
    unflattened,
    without_a_step,
    written_over,
    zeroed,
)


@cache
def mistakes() -> tuple[Mistake, ...]:
    return (*orders(), *arrangements(), *catalogue(_FAMILIES))


_FAMILIES = (
    (
        "time-reversed",
        "The steps are in reverse: the oldest has to come first, since a token sees only what comes before it.",
        ("Is there a flip in your function?",),
        (lambda *parts: tokens(parts).flip(1).flatten(1, 2),),
    ),
    *(
        (
            "time-reversed",
            f"The steps are in reverse, though the oldest has to come first, and each step's tokens are in the order "
            f"{', '.join(NAMES[i] for i in order)}, not R, s, a.",
            ("Is there a flip in your function?", "A token sees only itself and what comes before it."),
            (lambda *parts, order=order: tokens(parts, order).flip(1).flatten(1, 2),),
        )
        for order in list(permutations(range(3)))[1:]
    ),
    (
        "time-reversed",
        "Your sequence is in reversed blocks: all a, then all s, then all R, each from its last step to its first. The "
        "three tokens of a step have to be side by side, the oldest step first.",
        ("Is there a flip in your function?", "Which axis has to come right after time, before the reshape?"),
        (lambda *parts: stacked((0, 1, 2), (0, 2, 1, 3))(*parts).flip(1),),
    ),
    *(
        (
            "token-repeated",
            f"One kind of token is there more than once, another not at all.{also}",
            ("Count the names in your code: each of the three belongs there once.",),
            tuple(
                (lambda *parts, picks=picks, axes=axes: stacked(picks, axes)(*parts))
                for picks in product(range(3), repeat=3)
                if len(set(picks)) < 3
            ),
        )
        for axes, also in (((0, 1, 2, 3), ""), ((0, 2, 1, 3), " And the tokens are in blocks, not step by step."))
    ),
    (
        "not-flattened",
        "The three kinds still have an axis of their own; return one sequence of 3K tokens.",
        ("Which two axes have to become one, and in which order?",),
        tuple(unflattened(*axes) for axes in permutations(range(4))),
    ),
    (
        "features-joined",
        "The three tokens of a step were joined into one wide token; they have to come one after the other.",
        ("The width of a token stays: the sequence becomes three times as long.",),
        (joined(-1),),
    ),
    (
        "batch-joined",
        "The three were joined along the batch; the sequence has to become three times as long.",
        ("Which axis is time?",),
        (joined(0),),
    ),
    (
        "summed",
        "The three tokens of a step were added up; each has to keep a place of its own.",
        ("K steps become 3K tokens.",),
        (lambda r, s, a: r + s + a,),
    ),
    (
        "summed",
        "The result is the mean of the three tokens of a step; each has to keep a place of its own.",
        ("K steps become 3K tokens.",),
        (lambda r, s, a: (r + s + a) / 3,),
    ),
    (
        "summed-and-repeated",
        "Each place holds the sum or the mean of the three tokens; each token has to keep a place of its own.",
        ("K steps become 3K tokens.",),
        (
            changed(lambda x: x.sum(dim=2, keepdim=True).expand_as(x)),
            changed(lambda x: x.mean(dim=2, keepdim=True).expand_as(x)),
        ),
    ),
    (
        "token-left-out",
        "Only two kinds of token are in the sequence.",
        ("K steps become 3K tokens.",),
        tuple(
            (lambda *parts, picks=picks: tokens(parts, picks).flatten(1, 2))
            for picks in ((0, 1), (1, 2), (0, 2), (1, 0), (2, 1), (2, 0))
        ),
    ),
    (
        "normalised",
        "The tokens were normalised: embed_ln does that in the next line of the model.",
        ("The exercise ends with the sequence.",),
        (changed(normalised),),
    ),
    (
        "action-shifted",
        "The actions are at other steps' places: a_1 belongs in the first step, right after R_1 and s_1.",
        ("Nothing needs shifting here: the encoder's causal mask keeps s_1 from seeing a_1.",),
        (
            lambda r, s, a: tokens((r, s, a.roll(1, dims=1))).flatten(1, 2),
            lambda r, s, a: tokens((r, s, a.roll(-1, dims=1))).flatten(1, 2),
        ),
    ),
    (
        "one-row-for-all",
        "One row of the batch is used for all of them.",
        ("Is there an index too many? Each row has a sequence of its own.",),
        (lambda *parts: tokens(parts).flatten(1, 2)[:1].expand(len(parts[0]), -1, -1),),
    ),
    (
        "one-row-for-all",
        "Only the first row of the batch came back; each row has a sequence of its own.",
        ("Is there an index too many? Each row has a sequence of its own.",),
        (lambda *parts: tokens(parts).flatten(1, 2)[:1],),
    ),
    (
        "newest-action-missing",
        "The last action is 0 in the sequence. It stays as it is: the tokens that must not see it come before it.",
        ("The sequence has 3K tokens, the last action among them.",),
        (lambda r, s, a: tokens((r, s, zeroed(a))).flatten(1, 2),),
    ),
    (
        "newest-action-missing",
        "The last action is not in the sequence. It has to be: the tokens that must not see it come before it.",
        ("The sequence has 3K tokens, the last action among them.",),
        (lambda r, s, a: tokens((r, s, a)).flatten(1, 2)[:, :-1],),
    ),
    (
        "actions-moved-on",
        "The actions were shifted by a step, so each step holds the action before it.",
        ("Nothing needs shifting here: the encoder's causal mask keeps s_1 from seeing a_1.",),
        (lambda r, s, a: tokens((r, s, moved_on(a))).flatten(1, 2),),
    ),
    *(
        (
            "laid-in-blocks",
            f"The places of {NAMES[kind]} hold tokens of that kind, but most of them another step's, as if the whole "
            "block had been repeated.",
            (
                "`repeat` repeats the whole sequence; `repeat_interleave` each of its rows.",
                f"Which step's token belongs at place {', '.join(map(str, range(kind, 9, 3)))}?",
            ),
            (lambda *parts, kind=kind: laid_in_blocks(parts, kind),),
        )
        for kind in range(3)
    ),
    *(
        (
            "a-step-left-empty",
            f"The tokens of the {which} step were never filled: they are still 0.",
            ("How many rounds does your loop make? K are needed.",),
            (lambda *parts, step=step: without_a_step(parts, step),),
        )
        for step, which in ((-1, "last"), (0, "first"))
    ),
    (
        "a-step-left-empty",
        "The tokens of the last step are not in the sequence.",
        ("How many rounds does your loop make? K are needed.",),
        (lambda *parts: tokens(parts)[:, :-1].flatten(1, 2),),
    ),
    (
        "places-left-empty",
        "Tokens were written over others, and the places at the end are still 0.",
        ("Which index does each kind of token get: t, t + 1, t + 2, or 3t, 3t + 1, 3t + 2?",),
        (written_over,),
    ),
    (
        "places-left-empty",
        "Some places of the sequence were never filled: they are still 0.",
        ("Which index does each kind of token get: 3t, 3t + 1, 3t + 2? Is one of them used twice?",),
        tuple(
            lambda *parts, places=places: filled(parts, places)
            for places in product(range(3), repeat=3)
            if len(set(places)) < 3
        ),
    ),
)
