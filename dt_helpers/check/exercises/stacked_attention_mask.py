"""The exercise `stack_attention_mask`: what students get wrong when stretching the mask over three tokens a step."""

from functools import cache
from itertools import product

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Mistake, Strip, catalogue


def right(attention_mask):
    """(batch, K) -> (batch, 3K)"""
    return (attention_mask.repeat_interleave(3, dim=1),)


def _cases(rng):
    import torch

    def case(batch, steps, dtype, **options):
        return Case(
            f"batch {batch}, K {steps}, {dtype}", (drawing_inputs.padding_mask(rng, batch, steps, dtype),), **options
        )

    late = drawing_inputs.padding_mask(rng, 3, 4).flip(0)
    empty = drawing_inputs.padding_mask(rng, 2, 3, empty_row=True)
    scattered = torch.tensor([[1, 0, 0, 1, 1], [0, 1, 0, 0, 1]])[rng.permutation(2)]  # no course mask, but a fair one
    return [
        case(2, 3, "float32"),
        case(3, 4, "int64"),
        case(1, 5, "float64"),
        case(3, 3, "float32", strided=True),
        Case("batch 2, K 5, zeros anywhere", (scattered,)),
        case(3, 1, "float32", core=False, edge="single-step"),
        case(1, 1, "int64", core=False, edge="single-step"),
        Case("batch 3, K 4, the first row without padding", (late,), core=False, edge="first-row-full"),
        Case("batch 2, K 4, no padding at all", (torch.ones(2, 4, dtype=torch.int64),), core=False, edge="no-padding"),
        Case("batch 2, K 3, one row all padding", (empty,), core=False, edge="row-empty"),
        Case(
            "batch 2, K 6, padding on the right", (late.flip(1)[1:].repeat(1, 2),), core=False, edge="padding-anywhere"
        ),
        case(2, 34, "float32", core=False, edge="long-window"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    if given[0].ndim != 2 or not len(given[0]):
        return None
    return strips.strip(
        ("mask", strips.figures(strips.array(case.args[0])[0])),
        strips.figures(expected[0][0]),
        strips.figures(given[0][0]),
    )


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
        "The mask was repeated as a whole; each of its numbers has to stand three times side by side, as the three "
        "tokens of its step do.",
        (
            "For the mask 0, 1 the sequence is R_1, s_1, a_1, R_2, s_2, a_2. Which of them are real?",
            "It is the same question as for the inputs: in which order do the axes lie before the reshape?",
        ),
        (lambda m: m.repeat(1, 3),),
    ),
    (
        "all-ones",
        "Your mask is 1 everywhere, so the padding passes for real.",
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
        "The three tokens still have an axis of their own; (batch, 3K) is wanted.",
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
        "The batch became three times as long; it is the sequence that does.",
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
        "The mask is back to front: its first number belongs to the first step.",
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
        ("Repeating has a function of its own.",),
        (lambda m: m * 3, lambda m: _right(m) * 3),
    ),
    (
        "padded-not-stretched",
        "The mask was made longer at one end; each of its numbers has to stand three times.",
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
        ("One number for each token is wanted.",),
        (
            lambda m: _right(m)[:, :, None] * _right(m)[:, None, :],
            lambda m: (_right(m)[:, :, None] * _right(m)[:, None, :]).tril(),
        ),
    ),
    (
        "shifted",
        "The mask is shifted against the tokens.",
        ("For the mask 0, 1 the sequence is R_1, s_1, a_1, R_2, s_2, a_2. Which of them are real?",),
        (
            lambda m: _right(m).roll(1, dims=1),
            lambda m: _right(m).roll(-1, dims=1),
            lambda m: _right(m.roll(1, dims=1)),
        ),
    ),
    (
        "additive",
        "That is a mask to be added to attention scores; the encoder makes it itself and wants 0 and 1.",
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
        ("An index too many?",),
        (lambda m: _right(m)[:1].expand(len(m), -1), lambda m: _right(m)[-1:].expand(len(m), -1)),
    ),
    (
        "counted",
        "You count the real steps and put them at one end; each number of the mask has its own place.",
        ("Each number of the mask is repeated, wherever it stands: nothing has to be counted.",),
        (lambda m: _right(m).sort(dim=1).values, lambda m: _right(m).sort(dim=1, descending=True).values),
    ),
    (
        "newest-masked",
        "The newest action's token is masked; what holds for the step holds for each of its three tokens.",
        ("That the state doesn't see its own action is the causal mask's work, inside the encoder.",),
        (lambda m: _last_zero(m),),
    ),
    (
        "border-off-by-one",
        "The border between padding and real tokens is off by one or two tokens.",
        ("For the mask 0, 1 the answer is 0, 0, 0, 1, 1, 1.",),
        tuple((lambda m, by=by: _slid(m, by)) for by in (1, -1, 2, -2)),
    ),
)


def _lengthened(mask, fill, front):
    import torch

    more = torch.full((mask.shape[0], 2 * mask.shape[1]), fill, dtype=mask.dtype)
    return torch.cat((more, mask) if front else (mask, more), dim=1)


EXERCISE = Exercise(
    name="stacked_attention_mask",
    signature="stack_attention_mask(attention_mask)",
    about="(batch, K) -> (batch, 3K).",
    results=("stacked_attention_mask",),
    kind="tensor",
    cases=_cases,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Each step became three tokens that stand side by side: what holds for the step holds for all three.",
        "Try it on the mask 0, 1: the result has six numbers.",
    ),
    edges={
        "single-step": drawing_inputs.EDGES["single-step"],
        "long-window": drawing_inputs.EDGES["long-window"],
        "first-row-full": (
            "Where the first row has no padding, the others' padding is lost.",
            "Each row of the batch has a mask of its own: does a condition look at one row only?",
        ),
        "no-padding": ("A batch without any padding goes wrong.", "Is its mask 1 everywhere, and three times as long?"),
        "row-empty": ("A row that is all padding goes wrong.", "Its mask is 0 everywhere, and three times as long."),
        "padding-anywhere": (
            "A mask with its zeros elsewhere than on the left goes wrong.",
            "Each number of the mask is repeated, wherever it stands: nothing has to be counted.",
        ),
    },
    strip=_picture,
)
