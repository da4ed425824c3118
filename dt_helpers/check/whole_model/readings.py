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
    for name, expected in made.items():
        if given[name].shape != expected.shape or not _close(given[name], expected):
            sentence = (
                f"In training, {name} does not belong to last_hidden_state: the encoder is called twice, or numbers "
                f"are "
                "dropped after it."
            )
            return Difference("two-readings", sentence, name)
    if hidden_states is not None and not _same(hidden_states[-1], hidden):
        sentence = "In training, hidden_states and last_hidden_state are not of the same call of the encoder."
        return Difference("two-readings", sentence, "hidden_states")
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


def _same(given: torch.Tensor, expected: torch.Tensor) -> bool:
    return given.shape == expected.shape and _close(given, expected.detach())


def _close(given: torch.Tensor, expected: torch.Tensor) -> bool:
    return bool(close(given.detach().numpy(), expected.numpy(), tolerance("float32")).all())
