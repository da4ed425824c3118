"""What students get wrong when stretching the mask over three tokens per step."""

from functools import cache
from itertools import product

from dt_helpers.check.engine.exercise import Mistake, catalogue

from .formulas import (
    interpolated,
    last_zero,
    lengthened,
    pattern,
    slid,
    smeared,
    stretched,
    three,
)


@cache
def mistakes() -> tuple[Mistake, ...]:
    return catalogue(_FAMILIES)


_FAMILIES = (
    (
        "repeated-blocks",
        "The mask was repeated as a whole; each of its numbers has to come three times in a row, as the three "
        "tokens of its step do.",
        (
            "For the mask 0, 1 the sequence is R_1, s_1, a_1, R_2, s_2, a_2. Which of them are real?",
            "It is the same question as for the inputs: in which order are the axes before the reshape?",
        ),
        (lambda m: m.repeat(1, 3),),
    ),
    (
        "all-ones",
        "Your mask is 1 everywhere, so the padding passes as real.",
        ("What holds for a step holds for each of its three tokens.",),
        (lambda m: m.new_ones(m.shape[0], 3 * m.shape[1]),),
    ),
    (
        "all-ones",
        "Your mask is 1 everywhere, so the padding passes as real, and it has K columns; the sequence has 3K tokens.",
        ("What holds for a step holds for each of its three tokens.",),
        (lambda m: m.new_ones(m.shape),),
    ),
    (
        "all-zeros",
        "Your mask is 0 everywhere, so nothing would be attended to.",
        ("What holds for a step holds for each of its three tokens.",),
        (lambda m: m.new_zeros(m.shape[0], 3 * m.shape[1]),),
    ),
    (
        "unchanged",
        "The mask came back as it was, with K columns; the sequence has 3K tokens.",
        ("How many tokens does each step have?",),
        (lambda m: m * 1,),
    ),
    (
        "inverted",
        "Your mask is 1 for padding and 0 for real tokens; it has to be the other way round.",
        ("1 means: can be attended to.",),
        (lambda m: 1 - stretched(m),),
    ),
    (
        "inverted",
        "Your mask is 1 for padding and 0 for real steps; it has to be the other way round. And it is repeated as a "
        "whole, where each of its numbers has to come three times in a row.",
        ("1 means: can be attended to.", "For the mask 0, 1 the answer is 0, 0, 0, 1, 1, 1."),
        (lambda m: (1 - m).repeat(1, 3),),
    ),
    (
        "inverted",
        "Your mask is 1 for padding and 0 for real steps; it has to be the other way round. And it has K columns, "
        "where "
        "the sequence has 3K tokens.",
        ("1 means: can be attended to.", "How many tokens does each step have?"),
        (lambda m: 1 - m,),
    ),
    (
        "not-flattened",
        "The three tokens still have an axis of their own; the shape has to be (batch, 3K).",
        ("Which two axes have to become one?",),
        (
            three,
            lambda m: three(m).transpose(1, 2),
            lambda m: three(m).permute(2, 0, 1),
        ),
    ),
    (
        "not-flattened",
        "The mask has more than two axes; its shape has to be (batch, 3K).",
        ("Which axes have length 1? The encoder adds those that it needs itself.",),
        (
            lambda m: stretched(m)[:, :, None],
            lambda m: stretched(m)[:, None],
            lambda m: stretched(m)[:, None, None],
        ),
    ),
    (
        "batch-joined",
        "The batch became three times as long; the sequence has to.",
        ("Which axis is time?",),
        (lambda m: m.repeat(3, 1), lambda m: m.repeat_interleave(3, dim=0)),
    ),
    (
        "batch-mixed",
        "The rows of the batch got mixed: each row's mask has to stay in its row.",
        ("Print the shape before the reshape: is it (batch, K, 3)?",),
        (
            *(
                lambda m, axes=axes: three(m).permute(axes).reshape(m.shape[0], 3 * m.shape[1])
                for axes in ((1, 0, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0))
            ),
            lambda m: three(m).permute(1, 0, 2).reshape(m.shape[1], -1),
        ),
    ),
    (
        "batch-mixed",
        "The rows of the batch are in reverse: each row's mask has to stay in its row.",
        ("Is there a flip in your function?",),
        (lambda m: stretched(m).flip(0),),
    ),
    (
        "reversed",
        "The mask is reversed: its first number belongs to the first step.",
        ("Is there a flip in your function?",),
        (lambda m: stretched(m).flip(1),),
    ),
    (
        "reversed",
        "The mask is reversed, though its first number belongs to the first step, and it is repeated as a whole, where "
        "each of its numbers has to come three times in a row.",
        ("Is there a flip in your function?", "For the mask 0, 1 the answer is 0, 0, 0, 1, 1, 1."),
        (lambda m: m.flip(1).repeat(1, 3),),
    ),
    (
        "reversed",
        "The mask is reversed, though its first number belongs to the first step, and it has K columns, where the "
        "sequence has 3K tokens.",
        ("Is there a flip in your function?", "How many tokens does each step have?"),
        (lambda m: m.flip(1),),
    ),
    (
        "some-tokens-only",
        "Only some of a step's three tokens carry its mask, and the others are 0; what holds for the step holds for "
        "all "
        "three.",
        ("R, s and a of a real step are all real.",),
        tuple(pattern(bits) for bits in list(product((0, 1), repeat=3))[1:-1]),
    ),
    (
        "some-tokens-only",
        "The mask is there as a whole, with a block of zeros beside it; each of its numbers has to come three times in "
        "a "
        "row.",
        ("For the mask 0, 1 the answer is 0, 0, 0, 1, 1, 1.",),
        tuple(pattern(bits, blocks=True) for bits in ((0, 1, 0), (1, 1, 0), (0, 1, 1), (1, 0, 1))),
    ),
    (
        "ones-for-some",
        "Some of a step's three tokens are always 1: in a padded step all three are padding.",
        ("R, s and a of a padded step are all padding.",),
        tuple(
            (lambda m, bits=bits: (three(m) + three(m).new_tensor(bits)).clamp(max=1).flatten(1, 2))
            for bits in list(product((0, 1), repeat=3))[1:-1]
        ),
    ),
    (
        "multiplied",
        "The numbers were multiplied, not repeated: a mask stays 0 and 1.",
        ("There is a function for repeating.",),
        (lambda m: m * 3,),
    ),
    (
        "multiplied",
        "The mask holds 3 where it should hold 1: a mask stays 0 and 1.",
        ("Is something multiplied or added up after it was repeated?",),
        (lambda m: stretched(m) * 3,),
    ),
    (
        "padded-not-stretched",
        "The mask was made longer at one end; each of its numbers has to come three times.",
        ("For the mask 0, 1 the sequence is R_1, s_1, a_1, R_2, s_2, a_2. Which of them are real?",),
        tuple(
            (lambda m, fill=fill, front=front: lengthened(m, fill, front)) for fill in (0, 1) for front in (True, False)
        ),
    ),
    (
        "causal",
        "That is a mask for each pair of tokens; the encoder makes that one itself from the mask of the 3K tokens.",
        ("Return one number for each token.",),
        (
            lambda m: stretched(m)[:, :, None] * stretched(m)[:, None, :],
            lambda m: (stretched(m)[:, :, None] * stretched(m)[:, None, :]).tril(),
        ),
    ),
    (
        "shifted",
        "The mask is shifted relative to the tokens.",
        ("For the mask 0, 1 the sequence is R_1, s_1, a_1, R_2, s_2, a_2. Which of them are real?",),
        (
            lambda m: stretched(m).roll(1, dims=1),
            lambda m: stretched(m).roll(-1, dims=1),
            lambda m: stretched(m.roll(1, dims=1)),
        ),
    ),
    (
        "additive",
        "That is a mask to be added to attention scores; the encoder makes it itself and expects 0 and 1.",
        ("1 means: can be attended to.",),
        (
            *(
                lambda m, low=low: (1.0 - stretched(m).float()) * low
                for low in (-1e4, -1e5, -1e8, -1e9, -3.4028234663852886e38, float("-inf"))
            ),
            lambda m: (1.0 - stretched(m)).masked_fill(stretched(m) == 0, float("-inf")),
        ),
    ),
    (
        "one-row-for-all",
        "All rows got the same mask, though each has its own.",
        ("Is there an index too many, or is the padding of one row taken for that of all?",),
        (
            lambda m: stretched(m)[:1].expand(len(m), -1),
            lambda m: stretched(m)[-1:].expand(len(m), -1),
            lambda m: stretched(m)[:1].sort(dim=1).values.expand(len(m), -1),  # counted in that row
            lambda m: stretched(m)[-1:].sort(dim=1).values.expand(len(m), -1),
            lambda m: stretched(m)[(m == 0).sum(dim=1).argmax()].sort().values.expand(len(m), -1),
        ),
    ),
    (
        "from-the-first-real-step",
        "Everything from the first real step on counts as real; each number of the mask has its own place.",
        ("Repeat the mask itself: what is behind the first 1 need not be a 1.",),
        (
            lambda m: stretched(m).cummax(dim=1).values,
            lambda m: stretched(m.int().argmax(dim=1, keepdim=True) <= (m == m).cumsum(dim=1) - 1).to(m.dtype),
        ),
    ),
    (
        "counted",
        "In each row all ones are at one end, as if they had been counted or sorted; each number of the mask has its "
        "own "
        "place.",
        ("Each number of the mask is repeated, wherever it is: there is nothing to count.",),
        (lambda m: stretched(m).sort(dim=1).values, lambda m: stretched(m).sort(dim=1, descending=True).values),
    ),
    (
        "newest-masked",
        "The last token, the newest action, is always 0; what holds for a step holds for each of its three tokens.",
        ("The causal mask, inside the encoder, keeps the state from seeing its own action.",),
        (lambda m: last_zero(m),),
    ),
    (
        "interpolated",
        "The mask is wrong beside the boundaries between padding and real steps, as after an interpolation or a blur.",
        ("A number of the mask is repeated, not blended with its neighbours.",),
        (
            lambda m: interpolated(m),
            lambda m: interpolated(m, ends=True),
            lambda m: interpolated(m).to(m.dtype),
            lambda m: interpolated(m).long(),
            lambda m: (interpolated(m) > 0).long(),
            lambda m: interpolated(m, ends=True).to(m.dtype),
            lambda m: interpolated(m, ends=True).round(),
            lambda m: smeared(m),
        ),
    ),
    (
        "border-off-by-one",
        "The boundary between padding and real tokens is off by one or two tokens.",
        ("For the mask 0, 1 the answer is 0, 0, 0, 1, 1, 1.",),
        tuple((lambda m, by=by: slid(m, by)) for by in (1, -1, 2, -2)),
    ),
)
