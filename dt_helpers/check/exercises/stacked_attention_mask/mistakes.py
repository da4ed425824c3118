"""The right answer, and what students get wrong when stretching the mask over three tokens per step."""

from functools import cache
from itertools import product

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(attention_mask):
    """(batch, K) -> (batch, 3K)"""
    return (attention_mask.repeat_interleave(3, dim=1),)


@cache
def mistakes() -> tuple[Mistake, ...]:
    return catalogue(_FAMILIES)


def _right(mask):
    return mask.repeat_interleave(3, dim=1)


def _three(mask):
    """(batch, K, 3)"""
    import torch

    return torch.stack((mask, mask, mask), dim=2)


def _last_zero(mask):
    stacked = _right(mask).clone()
    stacked[:, -1] = 0
    return stacked


def _slid(mask, by):
    """The stacked mask moved to the right, its ends repeated."""
    stacked = _right(mask)
    places = [min(max(i - by, 0), stacked.shape[1] - 1) for i in range(stacked.shape[1])]
    return stacked[:, places]


def _pattern(bits, blocks=False):
    """The mask for some of a step's tokens only, zeros for the others."""

    def stack(mask):
        tokens = _three(mask) * mask.new_tensor(bits)
        return (tokens.transpose(1, 2) if blocks else tokens).flatten(1, 2)

    return stack


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
        (
            lambda m: m.new_ones(m.shape[0], 3 * m.shape[1]),
            lambda m: m.new_ones(m.shape),
        ),
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
        (lambda m: 1 - _right(m), lambda m: (1 - m).repeat(1, 3), lambda m: 1 - m),
    ),
    (
        "not-flattened",
        "The three tokens still have an axis of their own; the shape has to be (batch, 3K).",
        ("Which two axes have to become one?",),
        (
            _three,
            lambda m: _three(m).transpose(1, 2),
            lambda m: _three(m).permute(2, 0, 1),
            lambda m: _right(m)[:, :, None],
            lambda m: _right(m)[:, None],
            lambda m: _right(m)[:, None, None],
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
                lambda m, axes=axes: _three(m).permute(axes).reshape(m.shape[0], 3 * m.shape[1])
                for axes in ((1, 0, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0))
            ),
            lambda m: _right(m).flip(0),
            lambda m: _three(m).permute(1, 0, 2).reshape(m.shape[1], -1),
        ),
    ),
    (
        "reversed",
        "The mask is reversed: its first number belongs to the first step.",
        ("Is there a flip in your function?",),
        (lambda m: _right(m).flip(1), lambda m: m.flip(1).repeat(1, 3), lambda m: m.flip(1)),
    ),
    (
        "some-tokens-only",
        "Only some of a step's three tokens carry its mask; what holds for the step holds for all three.",
        ("R, s and a of a real step are all real.",),
        (
            *(_pattern(bits) for bits in list(product((0, 1), repeat=3))[1:-1]),
            *(_pattern(bits, blocks=True) for bits in ((0, 1, 0), (1, 1, 0), (0, 1, 1), (1, 0, 1))),
        ),
    ),
    (
        "ones-for-some",
        "Some of a step's three tokens are always 1: in a padded step all three are padding.",
        ("R, s and a of a padded step are all padding.",),
        tuple(
            (lambda m, bits=bits: (_three(m) + _three(m).new_tensor(bits)).clamp(max=1).flatten(1, 2))
            for bits in list(product((0, 1), repeat=3))[1:-1]
        ),
    ),
    (
        "multiplied",
        "The numbers were multiplied, not repeated: a mask stays 0 and 1.",
        ("There is a function for repeating.",),
        (lambda m: m * 3, lambda m: _right(m) * 3),
    ),
    (
        "padded-not-stretched",
        "The mask was made longer at one end; each of its numbers has to come three times.",
        ("For the mask 0, 1 the sequence is R_1, s_1, a_1, R_2, s_2, a_2. Which of them are real?",),
        tuple(
            (lambda m, fill=fill, front=front: _lengthened(m, fill, front))
            for fill in (0, 1)
            for front in (True, False)
        ),
    ),
    (
        "causal",
        "That is a mask for each pair of tokens; the encoder makes that one itself from the mask of the 3K tokens.",
        ("Return one number for each token.",),
        (
            lambda m: _right(m)[:, :, None] * _right(m)[:, None, :],
            lambda m: (_right(m)[:, :, None] * _right(m)[:, None, :]).tril(),
        ),
    ),
    (
        "shifted",
        "The mask is shifted relative to the tokens.",
        ("For the mask 0, 1 the sequence is R_1, s_1, a_1, R_2, s_2, a_2. Which of them are real?",),
        (
            lambda m: _right(m).roll(1, dims=1),
            lambda m: _right(m).roll(-1, dims=1),
            lambda m: _right(m.roll(1, dims=1)),
        ),
    ),
    (
        "additive",
        "That is a mask to be added to attention scores; the encoder makes it itself and expects 0 and 1.",
        ("1 means: can be attended to.",),
        (
            lambda m: (1.0 - _right(m)) * -10000.0,
            lambda m: (1.0 - _right(m)) * -1e9,
            lambda m: (1.0 - _right(m)).masked_fill(_right(m) == 0, float("-inf")),
        ),
    ),
    (
        "one-row-for-all",
        "All rows got the mask of one row; each has its own.",
        ("Is there an index too many?",),
        (
            lambda m: _right(m)[:1].expand(len(m), -1),
            lambda m: _right(m)[-1:].expand(len(m), -1),
            lambda m: _right(m)[:1].sort(dim=1).values.expand(len(m), -1),  # counted in that row
            lambda m: _right(m)[-1:].sort(dim=1).values.expand(len(m), -1),
            lambda m: _right(m)[(m == 0).sum(dim=1).argmax()].sort().values.expand(len(m), -1),
        ),
    ),
    (
        "from-the-first-real-step",
        "Everything from the first real step on counts as real; each number of the mask has its own place.",
        ("Repeat the mask itself: what is behind the first 1 need not be a 1.",),
        (
            lambda m: _right(m).cummax(dim=1).values,
            lambda m: _right(m.int().argmax(dim=1, keepdim=True) <= (m == m).cumsum(dim=1) - 1).to(m.dtype),
        ),
    ),
    (
        "counted",
        "You count the real steps and put them at one end; each number of the mask has its own place.",
        ("Each number of the mask is repeated, wherever it is: there is nothing to count.",),
        (lambda m: _right(m).sort(dim=1).values, lambda m: _right(m).sort(dim=1, descending=True).values),
    ),
    (
        "newest-masked",
        "The newest action's token is masked; what holds for the step holds for each of its three tokens.",
        ("The causal mask, inside the encoder, keeps the state from seeing its own action.",),
        (lambda m: _last_zero(m),),
    ),
    (
        "interpolated",
        "The mask is interpolated or blurred: it is wrong at the boundary between padding and real steps.",
        ("A number of the mask is repeated, not blended with its neighbours.",),
        (
            lambda m: _interpolated(m),
            lambda m: _interpolated(m, ends=True),
            lambda m: _interpolated(m).to(m.dtype),
            lambda m: _interpolated(m).long(),
            lambda m: (_interpolated(m) > 0).long(),
            lambda m: _interpolated(m, ends=True).to(m.dtype),
            lambda m: _interpolated(m, ends=True).round(),
            lambda m: _smeared(m),
        ),
    ),
    (
        "border-off-by-one",
        "The boundary between padding and real tokens is off by one or two tokens.",
        ("For the mask 0, 1 the answer is 0, 0, 0, 1, 1, 1.",),
        tuple((lambda m, by=by: _slid(m, by)) for by in (1, -1, 2, -2)),
    ),
    (
        "additive",
        "That is a mask to be added to attention scores. The encoder makes it itself; it expects 1 and 0.",
        ("What does the statement ask for: 1 for real steps, and for padding?",),
        tuple(
            lambda m, low=low: (1.0 - m.repeat_interleave(3, dim=1).float()) * low
            for low in (float("-inf"), -1e4, -1e5, -1e8, -1e9, -3.4028234663852886e38)
        ),
    ),
)


def _interpolated(mask, ends=False):
    import torch

    signal = mask[:, None].float()
    return torch.nn.functional.interpolate(signal, scale_factor=3, mode="linear", align_corners=ends)[:, 0]


def _smeared(mask):
    import torch

    return torch.nn.functional.max_pool1d(_right(mask)[:, None].float(), 3, stride=1, padding=1)[:, 0]


def _lengthened(mask, fill, front):
    import torch

    more = torch.full((mask.shape[0], 2 * mask.shape[1]), fill, dtype=mask.dtype)
    return torch.cat((more, mask) if front else (mask, more), dim=1)
