"""With dropout on, no two calls give the same numbers: is the encoder called once, and given the whole sequence?"""

from functools import partial

import torch

from dt_helpers.check.engine.comparing import Difference, close, tolerance
from dt_helpers.check.whole_model.watching import watch

TOKENS = {"state_preds": 2, "action_preds": 1, "return_preds": 2}  # which of each step's three tokens a head reads


def two_readings(oracle, given: dict[str, torch.Tensor], hidden, hidden_states) -> Difference | None:
    """A `Difference` if the heads don't make the `given` predictions from `hidden`, (batch, 3K, hidden), the output's
    last_hidden_state, or if this is not the last of its hidden_states. Either is None where it was not returned.

    Asked with dropout on, so that each call of the encoder gives other numbers. `oracle` has the same heads.
    """
    if hidden is None:
        return None
    tokens = hidden.detach().reshape(len(hidden), -1, 3, hidden.shape[-1]).unbind(dim=2)
    made = {}
    with torch.no_grad():
        for name, token in TOKENS.items():
            made[name] = getattr(oracle, f"predict_{name.removesuffix('_preds')}")(tokens[token])
    if hidden_states is not None:
        given, made = given | {"hidden_states": hidden_states[-1]}, made | {"hidden_states": hidden.detach()}
    for name, expected in made.items():
        if given[name].shape != expected.shape or not _close(given[name], expected):
            sentence = f"In training, {name} and last_hidden_state come from two calls of the encoder."
            return Difference("two-readings", sentence, name)
    return None


def dropped_before(model, oracle, call: dict) -> Difference | None:
    """A `Difference` if the encoder is given something else than the sequence, once dropout is on: nothing but the
    encoder drops anything. A model that calls its encoder more than once, on a part of the batch each, isn't asked.
    """
    read = []
    for one in (model, oracle):
        with torch.no_grad():
            _, seen = watch(one, partial(one.train(), **call))
        read.append(seen.get("encoder.inputs_embeds", []))
    given, expected = read
    if len(given) == 1 and given[0].shape == expected[0].shape and not _close(given[0], expected[0]):
        sentence = "In training, numbers are dropped before the encoder reads the sequence; it drops enough itself."
        return Difference("dropout", sentence)
    return None


def _close(given: torch.Tensor, expected: torch.Tensor) -> bool:
    return bool(close(given.detach().numpy(), expected.numpy(), tolerance("float32")).all())
