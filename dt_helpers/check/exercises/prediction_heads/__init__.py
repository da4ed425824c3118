"""The exercise `predict`."""

from dt_helpers.check.engine import drawing_inputs
from dt_helpers.check.engine.exercise import Case, Exercise, Says

from .mistakes import mistakes, right


def heads(rng, hidden, state_dim, act_dim, dtype, squash=True):
    """Heads for returns, states and actions as in transformers' model, with weights drawn from `rng`."""
    import torch

    def linear(size):
        layer = torch.nn.Linear(1, 1)  # quick to create; its weights are replaced
        layer.in_features, layer.out_features = hidden, size
        layer.weight = torch.nn.Parameter(drawing_inputs.tensor(rng, size, hidden, dtype=dtype) / hidden**0.5)
        layer.bias = torch.nn.Parameter(drawing_inputs.tensor(rng, size, dtype=dtype))
        return layer

    action = torch.nn.Sequential(linear(act_dim), torch.nn.Tanh()) if squash else linear(act_dim)
    return linear(1), linear(state_dim), action


def _cases(rng):
    def case(batch, steps, hidden, state_dim, act_dim, dtype="float32", squash=True, **options):
        label = f"batch {batch}, K {steps}, hidden {hidden}, states of {state_dim}, actions of {act_dim}, {dtype}"
        x = drawing_inputs.tensor(rng, batch, 3, steps, hidden, dtype=dtype)
        parts = heads(rng, hidden, state_dim, act_dim, dtype, squash)
        learning = (0, 1, 2, 3) if options.get("core", True) else (0,)
        return Case(label, (x, *parts), grad=learning, **options)

    return [
        case(2, 4, 5, 3, 2),
        case(3, 3, 4, 1, 1),  # shapes that happen to agree must not hide a swap
        case(1, 5, 7, 4, 2, dtype="float64", strided=True),
        case(4, 3, 3, 3, 3),
        case(2, 1, 4, 3, 2, core=False, edge="single-step"),
        case(1, 1, 5, 2, 1, core=False, edge="single-step"),
        case(2, 3, 1, 2, 2, core=False, edge="single-number"),
        case(4, 6, 7, 3, 4, core=False, squash=False, edge="plain-head"),
        case(2, 34, 3, 2, 2, core=False, edge="long-window"),
        case(66, 23, 4, 19, 8, core=False, edge="larger"),
        case(2, 3, 130, 3, 2, core=False, edge="larger"),
    ]


_DOMAIN = (
    Says(
        "x : (batch, 3, K, hidden)",
        lambda x, *heads: x.ndim == 4 and x.shape[1] == 3,
        (
            lambda x, *heads: x.shape[0] == 1,
            lambda x, *heads: x.shape[2] == 1,
            lambda x, *heads: x.shape[3] == 1,
            lambda x, *heads: x.shape[2] > 20,
            lambda x, *heads: x.shape[2] == 3,
        ),
    ),
    Says(
        "the heads, layers that act on the last axis, (..., hidden)",
        lambda x, *heads: all(head(x).shape[:-1] == x.shape[:-1] for head in heads),
    ),
    Says("return_preds (batch, K, 1)", lambda x, predict_return, *others: predict_return(x[:, 0]).shape[-1] == 1),
)


EXERCISE = Exercise(
    name="prediction_heads",
    signature="predict(x, predict_return, predict_state, predict_action)",
    kind="tensor",
    results=("return_preds", "state_preds", "action_preds"),
    about="x is (batch, 3, K, hidden).",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "x[:, 0] are the return tokens, x[:, 1] the states', x[:, 2] the actions'. A token has seen itself and all "
        "before it.",
        "Ask for each head: what must its token have seen, and what must it not have seen yet?",
    ),
    edges={name: drawing_inputs.EDGES[name] for name in ("single-step", "single-number", "long-window", "larger")}
    | {
        "plain-head": (
            "The result is wrong for an action head without a tanh: what a head gives is the prediction.",
            "The exercise ends with the heads: is something clipped or squashed after them?",
        )
    },
    strip=None,  # a picture of the heads would be the answer
)
