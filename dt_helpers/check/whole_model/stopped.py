"""What an exception inside forward means, and what to look at."""

from __future__ import annotations

import re
from dataclasses import replace

from dt_helpers.check.engine import generic
from dt_helpers.check.engine.answers import safely
from dt_helpers.check.engine.comparing import Difference
from dt_helpers.check.engine.exercise import Case
from dt_helpers.check.engine.time_limit import TookTooLong
from dt_helpers.check.whole_model.building import EXERCISE, PREDICTIONS

_THIRD = "{} is 3 times {}: one of the two has a place for each token, the other for each step."
_GIVEN = (
    "If it happens in a function that passes its own check, look at what it is given: `predict` needs "
    "(batch, 3, K, hidden), the axis of the three kinds first."
)
_ALL_OF_IT = (
    "`encoded` has to be all that the encoder gives: the lines below take more from it than `last_hidden_state`. Keep "
    "that under a name of its own."
)
_STACKED = (
    "The encoder gets 3K tokens, so its mask has 3K columns: `stack_attention_mask` makes them.",
    "Time is added before the embeddings are stacked, while there are K of each kind.",
)


def stopped(error: BaseException, seconds: float) -> Difference:
    """The difference to tell; a part of forward may have been left open. `seconds`: what all calls may take."""
    if isinstance(error, TookTooLong):
        return generic.too_slow(EXERCISE, seconds, error)
    if isinstance(error, NameError) and error.name in ("encoded", *PREDICTIONS):
        return Difference("unfilled", f"forward is not filled in yet: it does not make {error.name}.")
    found = generic.from_exception(EXERCISE, Case("", ()), error)
    if sizes := _three_times(error):
        return replace(found, sentence=f"{found.sentence}\n{_THIRD.format(*sizes)}")
    return found


def hints(difference: Difference, error: BaseException | None) -> tuple[str, ...]:
    if difference.slug == "exception" and error is not None and _three_times(error):
        return _STACKED
    if isinstance(error, ValueError) and "values to unpack" in safely(str, error):
        return (_GIVEN, *generic.hints(difference, error))
    if isinstance(error, AttributeError) and error.name in ("last_hidden_state", "hidden_states", "attentions"):
        return (_ALL_OF_IT,)
    return generic.hints(difference, error)


def _three_times(error: BaseException) -> tuple[int, int] | None:
    """The two sizes that don't match, as torch says, if one is three times the other: the larger one first."""
    found = re.search(r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)", safely(str, error))
    if not found:
        return None
    more, fewer = sorted((int(found[1]), int(found[2])), reverse=True)
    return (more, fewer) if more == 3 * fewer else None
