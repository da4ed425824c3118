"""What students get wrong when padding a window on the left."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue

from .formulas import (
    all_on_both_sides,
    bits,
    both_sides,
    columns,
    filled,
    filling,
    first_filled,
    masked,
    off_by,
    padded_right,
    padded_twice,
    right,
    whole,
)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


_FAMILIES = (
    (
        "padded-right",
        "The padding is behind the real rows; it has to be in front of them, so that the newest step is always last.",
        ("At which row do the real rows begin?", "The mask begins with zeros when anything is missing."),
        (lambda s, n, v: (padded_right(s, n, v), right(s, n, v)[1][::-1]),),
    ),
    (
        "padded-right",
        "The padding is behind the real rows, and holds 0; it has to be in front of them, and to hold `value`.",
        (
            "At which row do the real rows begin? The newest step is always the last row.",
            "The mask begins with zeros when anything is missing.",
        ),
        (lambda s, n, v: (padded_right(s, n, 0.0), right(s, n, v)[1][::-1]),),
    ),
    (
        "rows-padded-right",
        "The mask is right, but the rows' padding is behind them; it has to be in front of them.",
        ("At which row do the real rows begin? The mask says it right.",),
        (lambda s, n, v: (padded_right(s, n, v), right(s, n, v)[1]),),
    ),
    (
        "mask-side",
        "The rows are right, but the mask says that the padding is behind them.",
        ("The mask's zeros are where the padding is.",),
        (masked(lambda missing, kept, padded, value: bits(missing, len(kept))[::-1]),),
    ),
    (
        "mask-inverted",
        "Your mask is 1 for padding and 0 for real rows; it has to be the other way round.",
        ("A 1 in the mask means: a real row.",),
        (masked(lambda missing, kept, padded, value: 1 - bits(missing, len(kept))),),
    ),
    (
        "mask-inverted",
        "Your mask is 1 for padding and 0 for real rows; it has to be the other way round. And the padding has to be "
        "in "
        "front of the real rows.",
        ("A 1 in the mask means: a real row.", "At which row do the real rows begin?"),
        (lambda s, n, v: (padded_right(s, n, v), 1 - right(s, n, v)[1][::-1]),),
    ),
    (
        "mask-all-ones",
        "Your mask is 1 everywhere, so the padding passes as real steps.",
        ("Each padded row has a 0 in the mask.",),
        (masked(lambda missing, kept, padded, value: np.ones(len(padded))),),
    ),
    (
        "mask-all-zeros",
        "Your mask is 0 everywhere, so nothing passes as real.",
        ("Each real row has a 1 in the mask.",),
        (masked(lambda missing, kept, padded, value: np.zeros(len(padded))),),
    ),
    (
        "mask-holds-value",
        "Your mask holds `value` where the padding is: a mask is 0 there, whatever the rows are filled with.",
        ("The rows and the mask are padded with different numbers.",),
        (masked(lambda missing, kept, padded, value: np.append(np.full(missing, value), np.ones(len(kept)))),),
    ),
    (
        "mask-too-short",
        "Your mask has numbers for the real rows only; the padded rows need one each, too.",
        ("How long is the padded sequence? The mask is just as long.",),
        (masked(lambda missing, kept, padded, value: np.ones(len(kept))),),
    ),
    (
        "mask-per-number",
        "Your mask has a number for each number in the sequence; it should have one for each row.",
        ("A whole row is either real or padding: what is the shape of such a mask?",),
        (lambda s, n, v: (right(s, n, v)[0], np.repeat(right(s, n, v)[1][:, None], s.shape[1], axis=1)),),
    ),
    (
        "mask-per-number",
        "The numbers of your mask are right, but its shape is (length, 1); it has to be (length,).",
        ("A mask has one axis, the rows: where does the second one come from?",),
        (masked(lambda missing, kept, padded, value: bits(missing, len(kept))[:, None]),),
    ),
    *(
        (
            "value-ignored",
            f"The padded rows hold {fixed:g}, whatever `value` is.",
            ("What is the third argument for?", "Actions are padded with -10, states with 0: the caller decides."),
            (lambda s, n, v, fixed=fixed: right(s, n, fixed),),
        )
        for fixed in (0.0, -10.0, 1.0)
    ),
    (
        "value-ignored",
        "The padded rows hold minus `value`; they have to hold `value` itself.",
        ("Is there a minus too many?",),
        (lambda s, n, v: right(s, n, -v),),
    ),
    (
        "value-ignored",
        "Only one number of each padded row holds `value`; all of them should.",
        ("Is there an index too many where you write `value`?",),
        (
            lambda s, n, v: first_filled(s, n, v, 0),
            lambda s, n, v: first_filled(s, n, v, -1),
        ),
    ),
    (
        "value-from-sequence",
        "The padding is made of the sequence's own numbers; it has to hold `value`.",
        ("What is the third argument for?",),
        (
            filled(lambda kept: kept[0]),
            filled(lambda kept: kept[-1]),
            filled(lambda kept: kept.mean(axis=0)),
        ),
    ),
    (
        "value-from-sequence",
        "The sequence is repeated until there are `length` rows; what is missing has to hold `value`, in front of it.",
        ("What is the third argument for?", "How many rows are missing? They come first."),
        (lambda s, n, v: (np.resize(s[:n], (n, s.shape[1])), right(s, n, v)[1]),),
    ),
    (
        "kept-last",
        "A sequence that is too long loses its first rows; the first `length` rows have to be kept.",
        ("Which end of the sequence does your slice keep?",),
        (lambda s, n, v: right(s[-n:], n, v),),
    ),
    (
        "not-cut",
        "A sequence that is too long comes out too long; only its first `length` rows have to be kept.",
        ("What happens in your function when there are more than `length` rows?",),
        (
            whole,
            lambda s, n, v: (whole(s, n, v)[0], right(s, n, v)[1]),
        ),
    ),
    (
        "not-cut",
        "Of a sequence that is too long the right rows are kept, but the mask is too long: `length` numbers, one for "
        "each "
        "row that is kept.",
        ("How many ones are there in the mask, and how many rows are kept?",),
        (lambda s, n, v: (right(s, n, v)[0], whole(s, n, v)[1]),),
    ),
    (
        "not-padded",
        "Nothing was padded: `length` rows have to come out, however few go in.",
        ("How many rows are missing? They come first.",),
        (
            lambda s, n, v: (s[:n], np.ones(len(s[:n]))),
            lambda s, n, v: (s, np.ones(len(s))),
        ),
    ),
    (
        "not-padded",
        "The mask is right, but the rows were not padded: `length` rows have to come out, however few go in.",
        ("How many rows are missing? They come first.",),
        (lambda s, n, v: (s[:n], right(s, n, v)[1]),),
    ),
    (
        "only-padding",
        "The real rows are missing: everything is padding.",
        ("After the padding come the rows that went in.",),
        (
            lambda s, n, v: (filling(n, s, v), right(s, n, v)[1]),
            lambda s, n, v: (filling(n - len(s[:n]), s, v), np.zeros(n - len(s[:n]))),
        ),
    ),
    (
        "padded-by-length",
        "`length` rows were added; add only as many as are missing.",
        ("How many rows are there already?",),
        (
            lambda s, n, v: (np.concatenate([filling(n, s, v), s[:n]]), bits(n, len(s[:n]))),
            lambda s, n, v: (np.concatenate([filling(n, s, v), s]), bits(n, len(s))),
        ),
    ),
    (
        "off-by-one",
        "There is one padded row too many.",
        ("How many rows are missing? Try it with two rows and length 4.",),
        (off_by(1),),
    ),
    (
        "off-by-one",
        "There is one padded row too few.",
        ("How many rows are missing? Try it with two rows and length 4.",),
        (off_by(-1),),
    ),
    (
        "both-sides",
        "The padding is on both sides; all of it has to be in front.",
        ("The newest step is always the last row.",),
        (both_sides(0), both_sides(1)),
    ),
    (
        "both-sides",
        "All of the padding is there twice, in front of the real rows and behind them; it belongs in front only.",
        ("`np.pad` takes two counts for each axis: how much comes in front, and how much behind.",),
        (all_on_both_sides,),
    ),
    (
        "columns-padded",
        "The columns were padded, so each step became wider; rows are missing, not columns.",
        ("Which axis is time?",),
        (columns,),
    ),
    (
        "columns-padded",
        "Columns were padded as well as rows, so each step became wider; only rows are missing.",
        ("Which axis is time?", "`np.pad` pads all axes alike, unless it gets a pair of counts for each axis."),
        (
            lambda s, n, v: padded_twice(s, n, v, behind=False),
            lambda s, n, v: padded_twice(s, n, v, behind=True),
        ),
    ),
    (
        "reversed",
        "The real rows are in reverse; they have to keep their order.",
        ("Nothing has to be reversed.",),
        (lambda s, n, v: right(s[:n][::-1], n, v),),
    ),
    (
        "reversed",
        "Both results are in reverse: the padding has to be in front, and the real rows have to keep their order.",
        ("Nothing has to be reversed.",),
        (lambda s, n, v: tuple(part[::-1] for part in right(s, n, v)),),
    ),
    (
        "results-swapped",
        "The two results are swapped: return the padded sequence first, then the mask.",
        ("Look at the `return` line.",),
        (lambda s, n, v: right(s, n, v)[::-1],),
    ),
    (
        "mask-off-by-one",
        "The rows are right, but the mask's boundary between padding and real rows is off by one step.",
        ("The mask has as many zeros as rows are missing: how does a slice count?",),
        (
            masked(lambda missing, kept, padded, value: bits(max(missing - 1, 0), len(padded) - max(missing - 1, 0))),
            masked(lambda missing, kept, padded, value: bits(missing + 1, len(kept) - 1)),
            masked(lambda missing, kept, padded, value: np.append(bits(missing, len(kept))[1:], 1.0)),
            masked(lambda missing, kept, padded, value: np.append(0.0, bits(missing, len(kept))[:-1])),
        ),
    ),
)


_CATALOGUE = catalogue(_FAMILIES)
