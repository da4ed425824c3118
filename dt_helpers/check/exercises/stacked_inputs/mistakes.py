"""The right answer, and what students get wrong when interleaving returns, states and actions.

Most ways are one family: the three tokens in some order, then the four axes (batch, K, 3, hidden) in some order, then
one reshape. `torch.stack` and `torch.cat` along any axis, with any `permute`, end up there."""

from functools import cache
from itertools import permutations, product

from dt_helpers.check.engine.exercise import Mistake, catalogue

_NAMES = "Rsa"


def right(returns_embeddings, state_embeddings, action_embeddings):
    """Three (batch, K, hidden) -> (batch, 3K, hidden), as in transformers' DecisionTransformerModel.forward."""
    import torch

    tokens = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)  # (batch, K, 3, hidden)
    return (tokens.flatten(1, 2),)


@cache
def mistakes() -> tuple[Mistake, ...]:
    return (*_orders(), *_arrangements(), *catalogue(_FAMILIES))


def _tokens(parts, order=(0, 1, 2)):
    """(batch, K, 3, hidden)"""
    import torch

    return torch.stack([parts[i] for i in order], dim=2)


def _stacked(order, axes):
    def stack(*parts):
        batch, steps, hidden = parts[0].shape
        return _tokens(parts, order).permute(axes).reshape(batch, 3 * steps, hidden)

    return stack


def _changed(change):
    """The right tokens (batch, K, 3, hidden), changed, then flattened."""

    def stack(*parts):
        return change(_tokens(parts)).flatten(1, 2)

    return stack


def _filled(parts, places):
    """Each part written to its place (of three) in a sequence of zeros, one after the other."""
    tokens = _tokens(parts) * 0
    for part, place in zip(parts, places, strict=True):
        tokens[:, :, place] = part
    return tokens.flatten(1, 2)


def _orders():
    for order in permutations(range(3)):
        if order == (0, 1, 2):
            continue
        came = ", ".join(_NAMES[i] for i in order)
        yield Mistake(
            "wrong-order",
            _stacked(order, (0, 1, 2, 3)),
            f"Your sequence is {came}: {_why(order)}.",
            (
                "A token sees only itself and what comes before it. Which of the three has to be known first?",
                "The action is chosen in the state, with the return in mind.",
            ),
        )


def _why(order) -> str:
    place = {_NAMES[kind]: position for position, kind in enumerate(order)}
    if place["a"] < place["s"]:
        return "the action has to come after the state, or the state token has seen the action that it should predict"
    return "the return has to come first, since the state token needs it to predict the action"


def _arrangements():
    """Every order of the tokens with every order of the axes but the right one."""
    for axes in list(permutations(range(4)))[1:]:
        for order in permutations(range(3)):
            slug, sentence, hints = _words(order, axes)
            yield Mistake(slug, _stacked(order, axes), sentence, hints)


def _words(order, axes):
    if axes == (0, 2, 1, 3):
        names = [_NAMES[i] for i in order]
        return (
            "blocks",
            f"Your sequence is in blocks: all {names[0]}, then all {names[1]}, then all {names[2]}. The three tokens "
            "of a step have to be side by side.",
            (
                "`cat` joins whole blocks end to end, and a reshape only regroups the numbers, in the order in "
                "which they are in memory. Which axis has to come right after time?",
                "Print the shape before the reshape: is it (batch, K, 3, hidden)?",
            ),
        )
    if axes[0] != 0:
        return (
            "batch-mixed",
            "Tokens of different episodes got mixed: the batch has to stay the first axis before the reshape.",
            (
                "Print the shape before the reshape: is it (batch, K, 3, hidden)?",
                "Along which axis are the three joined?",
            ),
        )
    return (
        "features-mixed",
        "The numbers of a token got torn apart: hidden has to stay the last axis before the reshape.",
        (
            "Print the shape before the reshape: is it (batch, K, 3, hidden)?",
            "Along which axis are the three joined?",
        ),
    )


def _rows(dim):
    def stack(*parts):
        import torch

        return torch.cat(parts, dim=dim)

    return stack


def _axes(*axes):
    return lambda *parts: _tokens(parts).permute(axes)


def _zeroed(actions):
    result = actions.clone()
    result[:, -1] = 0
    return result


def _moved_on(actions):
    import torch

    return torch.cat((torch.zeros_like(actions[:, :1]), actions[:, :-1]), dim=1)


def _normalised(tokens):
    import torch

    return torch.nn.functional.layer_norm(tokens, tokens.shape[-1:])


_FAMILIES = (
    (
        "time-reversed",
        "The steps are in reverse: the oldest has to come first, since a token sees only what comes before it.",
        ("Is there a flip in your function?",),
        (
            *(
                lambda *parts, order=order: _tokens(parts, order).flip(1).flatten(1, 2)
                for order in permutations(range(3))
            ),
            lambda *parts: _tokens(parts).flatten(1, 2).flip(1),
            lambda *parts: _stacked((0, 1, 2), (0, 2, 1, 3))(*parts).flip(1),
        ),
    ),
    (
        "token-repeated",
        "One kind of token is there more than once, another not at all.",
        ("Count the names inside your stack: each of the three belongs there once.",),
        tuple(
            (lambda *parts, picks=picks, axes=axes: _stacked(picks, axes)(*parts))
            for picks in product(range(3), repeat=3)
            if len(set(picks)) < 3
            for axes in ((0, 1, 2, 3), (0, 2, 1, 3))
        ),
    ),
    (
        "not-flattened",
        "The three kinds still have an axis of their own; return one sequence of 3K tokens.",
        ("Which two axes have to become one, and in which order?",),
        tuple(_axes(*axes) for axes in permutations(range(4))),
    ),
    (
        "features-joined",
        "The three tokens of a step were joined into one wide token; they have to come one after the other.",
        ("The width of a token stays: the sequence becomes three times as long.",),
        (_rows(-1),),
    ),
    (
        "batch-joined",
        "The three were joined along the batch; the sequence has to become three times as long.",
        ("Which axis is time?",),
        (_rows(0),),
    ),
    (
        "summed",
        "The three tokens of a step were added up; each has to keep a place of its own.",
        ("K steps become 3K tokens.",),
        (lambda r, s, a: r + s + a, lambda r, s, a: (r + s + a) / 3),
    ),
    (
        "summed-and-repeated",
        "Each place holds the sum of the three tokens; each token has to keep a place of its own.",
        ("K steps become 3K tokens.",),
        (
            _changed(lambda x: x.sum(dim=2, keepdim=True).expand_as(x)),
            _changed(lambda x: x.mean(dim=2, keepdim=True).expand_as(x)),
        ),
    ),
    (
        "token-left-out",
        "Only two kinds of token are in the sequence.",
        ("K steps become 3K tokens.",),
        tuple(
            (lambda *parts, picks=picks: _tokens(parts, picks).flatten(1, 2))
            for picks in ((0, 1), (1, 2), (0, 2), (1, 0), (2, 1), (2, 0))
        ),
    ),
    (
        "normalised",
        "The tokens were normalised: embed_ln does that in the next line of the model.",
        ("The exercise ends with the sequence.",),
        (_changed(_normalised),),
    ),
    (
        "action-shifted",
        "The actions belong to other steps: a_1 is in the first step, after R_1 and s_1.",
        ("Nothing needs shifting here: the encoder's causal mask keeps s_1 from seeing a_1.",),
        (
            lambda r, s, a: _tokens((r, s, a.roll(1, dims=1))).flatten(1, 2),
            lambda r, s, a: _tokens((r, s, a.roll(-1, dims=1))).flatten(1, 2),
        ),
    ),
    (
        "one-row-for-all",
        "One row of the batch is used for all of them.",
        ("Is there an index too many? Each row has a sequence of its own.",),
        (
            lambda *parts: _tokens(parts).flatten(1, 2)[:1].expand(len(parts[0]), -1, -1),
            lambda *parts: _tokens(parts).flatten(1, 2)[:1],
        ),
    ),
    (
        "newest-action-missing",
        "The last action was set to 0 or left out. It stays: the tokens that must not see it come before it.",
        ("The sequence has 3K tokens, the last action among them.",),
        (
            lambda r, s, a: _tokens((r, s, _zeroed(a))).flatten(1, 2),
            lambda r, s, a: _tokens((r, s, a)).flatten(1, 2)[:, :-1],
        ),
    ),
    (
        "actions-moved-on",
        "The actions were shifted by a step, so each step holds the action before it.",
        ("Nothing needs shifting here: the encoder's causal mask keeps s_1 from seeing a_1.",),
        (lambda r, s, a: _tokens((r, s, _moved_on(a))).flatten(1, 2),),
    ),
    (
        "laid-in-blocks",
        "Tokens of one kind were repeated as a whole, so most of them are at another step's place.",
        ("`repeat` repeats the whole sequence; `repeat_interleave` each of its rows.",),
        tuple(lambda *parts, kind=kind: _laid_in_blocks(parts, kind) for kind in range(3)),
    ),
    (
        "a-step-left-empty",
        "The tokens of the first or the last step were never filled: they are still 0.",
        ("How many rounds does your loop make? K are needed.",),
        (lambda *parts: _without_a_step(parts, -1), lambda *parts: _without_a_step(parts, 0)),
    ),
    (
        "places-left-empty",
        "Some places of the sequence were never filled: they are still 0.",
        ("Which index does each kind of token get: 3t, 3t + 1, 3t + 2? Is one of them used twice?",),
        tuple(
            lambda *parts, places=places: _filled(parts, places)
            for places in product(range(3), repeat=3)
            if len(set(places)) < 3
        ),
    ),
)


def _without_a_step(parts, step):
    tokens = _tokens(parts)  # (batch, K, 3, hidden)
    tokens[:, step] = 0
    return tokens.flatten(1, 2)


def _laid_in_blocks(parts, kind):
    laid = parts[kind].repeat(1, 3, 1)
    for other in {0, 1, 2} - {kind}:
        laid[:, other::3] = parts[other]
    return laid
