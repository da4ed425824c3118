"""The right answer, and what students get wrong when reading predictions off the tokens."""

from functools import cache
from itertools import product

from dt_helpers.check.engine.exercise import Mistake, catalogue
from dt_helpers.check.exercises.prediction_heads.assignments import HEADS, TOKENS, assigned, assignments


def right(x, predict_return, predict_state, predict_action):
    """(batch, 3, K, hidden) and three heads -> return, state and action predictions, each (batch, K, its size)."""
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


@cache
def mistakes() -> tuple[Mistake, ...]:
    return (*assignments(), *catalogue(_FAMILIES))


def _read(pick):
    """All heads in place, each on `pick(x, the right token's number)`."""

    def predict(x, *heads):
        return tuple(head(pick(x, token)) for head, token in zip(heads, TOKENS, strict=True))

    return predict


def _after(change):
    """The right predictions, changed."""

    def predict(x, *heads):
        return tuple(change(part) for part in assigned(x, heads, HEADS, TOKENS))

    return predict


def _moved_on(part):
    """One step later, with zeros for the first step."""
    import torch

    return torch.cat((torch.zeros_like(part[:, :1]), part[:, :-1]), dim=1)


def _held_back(part):
    """One step later; the first step keeps its own."""
    import torch

    return torch.cat((part[:, :1], part[:, :-1]), dim=1)


def _guessed(x, *heads):
    return assigned(x.transpose(1, 2) if x.shape[2] == 3 else x, heads, HEADS, TOKENS)


_FAMILIES = (
    *(
        (
            "wrong-axis",
            f"Each head reads {read}. It has to read one kind of token: x[:, 0], x[:, 1] or x[:, 2].",
            ("x has the shape (batch, 3, K, hidden): which axis has length 3? Look at the shape of what you index.",),
            tuple(
                (
                    lambda x, *heads, axis=axis, tokens=tokens: tuple(
                        head(x.select(axis, token)) for head, token in zip(heads, tokens, strict=True)
                    )
                )
                for tokens in product(range(3), repeat=3)
            ),
        )
        for axis, read in ((2, "all three tokens of a single step"), (0, "a single row of the batch"))
    ),
    (
        "all-tokens",
        "The heads read all tokens; each has to read one kind of token only.",
        ("Which of the three kinds of token has seen what the head needs?",),
        (
            _read(lambda x, token: x),
            _read(lambda x, token: x.flatten(1, 2)),
            _read(lambda x, token: x.transpose(1, 2).flatten(1, 2)),
            _read(lambda x, token: x.transpose(1, 2)),
        ),
    ),
    (
        "tokens-averaged",
        "The predictions come from all three tokens of a step, mixed: the action token is among them, so the action "
        "leaks.",
        ("Which single token has seen what the head needs?",),
        (_read(lambda x, token: x.mean(1)), _read(lambda x, token: x.sum(1)), _read(lambda x, token: x.amax(1))),
    ),
    (
        "one-step-only",
        "There is a prediction for one step only; each of the K steps has its own.",
        ("Is there an index too many? The result has the shape (batch, K, ...).",),
        (
            _read(lambda x, token: x[:, token, -1]),
            _read(lambda x, token: x[:, token, 0]),
            _read(lambda x, token: x[:, token, -1:]),
            _read(lambda x, token: x[:, token, :1]),
        ),
    ),
    (
        "one-step-only",
        "There is one prediction for all steps together, made from their mean; each of the K steps has its own.",
        ("No mean is needed. The result has the shape (batch, K, ...).",),
        (_read(lambda x, token: x[:, token].mean(1)),),
    ),
    (
        "one-episode-only",
        "There are predictions for one row of the batch only.",
        ("Is there an index too many? The result has the shape (batch, K, ...).",),
        (
            _read(lambda x, token: x[0, token]),
            _read(lambda x, token: x[:1, token]),
            _read(lambda x, token: x[-1, token]),
        ),
    ),
    *(
        (
            "steps-shifted",
            f"{what} a step's tokens predict what follows them, so nothing needs shifting.",
            ("The k-th prediction is read off the k-th step.",),
            ways,
        )
        for what, ways in (
            (
                "The predictions are shifted by a step:",
                (
                    _after(lambda part: part.roll(1, dims=1)),
                    _after(lambda part: part.roll(-1, dims=1)),
                    _after(_moved_on),
                ),
            ),
            ("The predictions of the last step are missing:", (_after(lambda part: part[:, :-1]),)),
            ("The predictions of the first step are missing:", (_after(lambda part: part[:, 1:]),)),
            (
                "The predictions of returns and states are shifted by a step:",
                (lambda x, r, s, a: (_moved_on(r(x[:, 2])), _moved_on(s(x[:, 2])), a(x[:, 1])),),
            ),
            (
                "The predictions of states are shifted by a step:",
                (lambda x, r, s, a: (r(x[:, 2]), _moved_on(s(x[:, 2])), a(x[:, 1])),),
            ),
        )
    ),
    (
        "steps-shifted",
        "The steps of the predictions are in reverse.",
        ("The k-th prediction is read off the k-th step: is there a flip?",),
        (_after(lambda part: part.flip(1)),),
    ),
    (
        "axes-mixed",
        "The heads read tokens of several kinds, as after a wrong reshape: the axes of x are already (batch, 3, K, "
        "hidden).",
        ("A reshape does not move axes. Is one needed at all?",),
        (
            _read(lambda x, token: x.reshape(x.shape[0], x.shape[2], 3, -1)[:, :, token]),
            _read(lambda x, token: x.flatten(1, 2)[:, token * x.shape[2] :][:, ::3]),
            _read(lambda x, token: x.flatten(1, 2)[:, token : token + x.shape[2]]),
            _read(lambda x, token: x.reshape(3, x.shape[0], x.shape[2], -1)[token]),
        ),
    ),
    (
        "batch-and-steps-exchanged",
        "The first two axes of the predictions have changed places: the batch comes first, then the steps.",
        ("On which axis does `torch.stack` put what it is given?",),
        (_read(lambda x, token: x[:, token].transpose(0, 1)),),
    ),
    (
        "batch-and-steps-exchanged",
        "The predictions have the right shape, but are at the places of other steps and rows of the batch.",
        ("Does a reshape come after batch and steps have changed places? Only a transpose brings them back.",),
        (_read(lambda x, token: x[:, token].transpose(0, 1).reshape(x.shape[0], x.shape[2], -1)),),
    ),
    (
        "layout-guessed",
        "Where there are three steps, you take steps for kinds of token.",
        ("The kinds of token are on the second axis, whatever the size of the others.",),
        (_guessed,),
    ),
    *(
        (
            "squashed",
            f"A tanh was applied to {which} after the heads, which already do all that is needed.",
            ("The exercise ends with the heads.",),
            (way,),
        )
        for which, way in (
            ("all predictions", _after(lambda part: part.tanh())),
            ("action_preds", lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(x[:, 1]).tanh())),
            ("return_preds", lambda x, r, s, a: (r(x[:, 2]).tanh(), s(x[:, 2]), a(x[:, 1]))),
            ("state_preds", lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]).tanh(), a(x[:, 1]))),
        )
    ),
    (
        "no-heads",
        "The tokens came back as they are: each has to go through its head.",
        ("A head is called like a function.",),
        (lambda x, *heads: (x[:, 2], x[:, 2], x[:, 1]), lambda x, *heads: (x[:, 0], x[:, 1], x[:, 2])),
    ),
    (
        "residual",
        "The return predictions are added to the state predictions.",
        ("The exercise ends with the heads: what each of them gives is a prediction.",),
        (lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]) + r(x[:, 2]), a(x[:, 1])),),
    ),
    (
        "kinds-averaged",
        "A prediction is made from the mean of several kinds of token; each head reads tokens of one kind.",
        ("Which single token has seen what the head needs, and nothing that it must not see?",),
        (
            lambda x, r, s, a: (r(x.mean(1)), s(x.mean(1)), a(x[:, 1])),
            lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a((x[:, 0] + x[:, 1]) / 2)),
            lambda x, r, s, a: (r(x[:, 2]), s((x[:, 1] + x[:, 2]) / 2), a(x[:, 1])),
            lambda x, r, s, a: (r((x[:, 1] + x[:, 2]) / 2), s((x[:, 1] + x[:, 2]) / 2), a(x[:, 1])),
        ),
    ),
    (
        "tokens-added",
        "A prediction is made from the sum of several kinds of token; each head reads tokens of one kind.",
        ("Which single token has seen what the head needs, and nothing that it must not see?",),
        (
            lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(x[:, 0] + x[:, 1])),
            lambda x, r, s, a: (r(x[:, 2]), s(x[:, 1] + x[:, 2]), a(x[:, 1])),
            lambda x, r, s, a: (r(x[:, 1] + x[:, 2]), s(x[:, 1] + x[:, 2]), a(x[:, 1])),
            lambda x, r, s, a: (r(x.sum(1)), s(x.sum(1)), a(x[:, 0] + x[:, 1])),
            lambda x, r, s, a: (r(x.sum(1)), s(x.sum(1)), a(x[:, 1])),
        ),
    ),
    *(
        (
            "cut-off",
            f"{what}; what a head gives is the prediction.",
            ("The exercise ends with the heads.",),
            (way,),
        )
        for what, way in (
            (
                "In return_preds all that is below 0 is set to 0",
                lambda x, r, s, a: (r(x[:, 2]).clamp(min=0), s(x[:, 2]), a(x[:, 1])),
            ),
            (
                "In action_preds all that is below 0 is set to 0",
                lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(x[:, 1]).clamp(min=0)),
            ),
            (
                "state_preds are cut off at -1 and 1",
                lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]).clamp(-1, 1), a(x[:, 1])),
            ),
        )
    ),
    *(
        (
            "action-moved-on",
            f"{which} from the tokens of the step before.",
            ("The k-th prediction is read off the k-th step.",),
            ways,
        )
        for which, ways in (
            (
                "Returns and states are predicted",
                (
                    lambda x, r, s, a: (r(x[:, 2].roll(1, 1)), s(x[:, 2].roll(1, 1)), a(x[:, 1])),
                    lambda x, r, s, a: (r(_moved_on(x[:, 2])), s(_moved_on(x[:, 2])), a(x[:, 1])),
                ),
            ),
            (
                "Actions are predicted",
                (
                    lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(x[:, 1].roll(1, 1))),
                    lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(_moved_on(x[:, 1]))),
                ),
            ),
        )
    ),
    (
        "action-moved-on",
        "The action is predicted from the action token of the step before, which has not seen the present state.",
        ("Which token of the same step has seen the state, but not yet the action?",),
        (
            lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(x[:, 2].roll(1, 1))),
            lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(_moved_on(x[:, 2]))),
            lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(_held_back(x[:, 2]))),
        ),
    ),
)
