"""Wrong readings of the predictions off the tokens, each with the mistake made on purpose."""

import torch

from .register import wrong

bad = wrong("prediction_heads")


def read_from(return_preds, state_preds, action_preds):
    """Each head in its place, at the token of this number."""
    return lambda x, r, s, a: (r(x[:, return_preds]), s(x[:, state_preds]), a(x[:, action_preds]))


bad("tokens-swapped")(read_from(1, 1, 2))
bad("own-token")(read_from(0, 1, 2))
bad("action-sees-itself")(
    read_from(2, 2, 2),
    lambda x, r, s, a: tuple(head(x[:, -1]) for head in (r, s, a)),
)
bad("action-without-state")(
    read_from(2, 2, 0),
    read_from(1, 1, 0),
)
bad("state-without-action")(
    read_from(2, 1, 1),
    read_from(1, 1, 1),
    read_from(2, 0, 1),
)
bad("return-without-action")(
    read_from(1, 2, 1),
    read_from(0, 2, 1),
)
bad("outputs-swapped")(
    lambda x, r, s, a: (s(x[:, 2]), a(x[:, 1]), r(x[:, 2])),
    lambda x, r, s, a: (s(x[:, 2]), r(x[:, 2]), a(x[:, 1])),
    lambda x, r, s, a: (a(x[:, 1]), s(x[:, 2]), r(x[:, 2])),
)
bad("heads-swapped")(lambda x, r, s, a: (r(x[:, 2]), a(x[:, 2]), s(x[:, 1])))
bad("head-repeated")(lambda x, r, s, a: (s(x[:, 2]), s(x[:, 2]), a(x[:, 1])))
bad("wrong-axis")(
    lambda x, r, s, a: (r(x[:, :, 2]), s(x[:, :, 2]), a(x[:, :, 1])),
    lambda x, r, s, a: (r(x[2]), s(x[2]), a(x[1])),
)
bad("all-tokens")(
    lambda x, r, s, a: (r(x), s(x), a(x)),
    lambda x, r, s, a: tuple(head(x.reshape(x.shape[0], -1, x.shape[-1])) for head in (r, s, a)),
)
bad("tokens-averaged")(lambda x, r, s, a: tuple(head(x.mean(dim=1)) for head in (r, s, a)))
bad("one-step-only")(lambda x, r, s, a: (r(x[:, 2, -1]), s(x[:, 2, -1]), a(x[:, 1, -1])))
bad("one-episode-only")(lambda x, r, s, a: (r(x[0, 2]), s(x[0, 2]), a(x[0, 1])))
bad("steps-shifted")(lambda x, r, s, a: (r(x[:, 2])[:, 1:], s(x[:, 2])[:, 1:], a(x[:, 1])[:, 1:]))
bad("squashed")(lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), torch.tanh(a(x[:, 1]))))
bad("no-heads")(lambda x, r, s, a: (x[:, 2], x[:, 2], x[:, 1]))
bad("lost-gradient")(
    lambda x, r, s, a: (r(x[:, 2].detach()), s(x[:, 2]), a(x[:, 1])),
    lambda x, r, s, a: (r(x[:, 2]).detach(), s(x[:, 2]), a(x[:, 1])),
    lambda x, r, s, a: tuple(head(x.detach()[:, i]) for head, i in ((r, 2), (s, 2), (a, 1))),
)
bad("wrong-count")(lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2])), lambda x, r, s, a: {"r": 1, "s": 2, "a": 3})
bad("unfilled")(lambda x, r, s, a: (..., ..., ...), lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), None))
bad("exception")(lambda x, r, s, a: (r(x[:, 3]), s(x[:, 3]), a(x[:, 2])))
bad("axes-mixed")(
    lambda x, r, s, a: tuple(
        head(x.reshape(x.shape[0], -1, 3, x.shape[-1])[:, :, i]) for head, i in ((r, 2), (s, 2), (a, 1))
    )
)
