"""A model made from the student's class, of the size that is asked for, or why there can't be one."""

import copy

import torch

from dt_helpers.check.engine import generic
from dt_helpers.check.engine.answers import describe
from dt_helpers.check.engine.calling import NotTheStudents
from dt_helpers.check.engine.comparing import Difference
from dt_helpers.check.engine.exercise import Case, Exercise
from dt_helpers.check.whole_model import inputs

PREDICTIONS = ("state_preds", "action_preds", "return_preds")  # in the order of the tuple
HINTS = (
    "Follow one step through forward: three embeddings with time, one sequence of 3K tokens, one mask of 3K, "
    "the encoder, three heads.",
    "Does each function pass its own check? Then look at how forward passes results from one to the next.",
)
_SIGNATURE = "forward(states, actions, rewards, returns_to_go, timesteps, attention_mask)"
EXERCISE = Exercise("forward", _SIGNATURE, PREDICTIONS, "tensor", lambda rng: [], inputs.oracle, tuple, HINTS)


class Departs(Exception):
    """The model isn't right: why, and where it was seen."""

    def __init__(self, difference: Difference, label: str = "", error: BaseException | None = None):
        self.difference, self.label, self.error = difference, label, error


def built(cls, oracle) -> torch.nn.Module:
    """A model of the student's, of the oracle's size."""
    try:
        return fitting(cls(copy.deepcopy(oracle.config)), oracle)
    except (KeyboardInterrupt, NotTheStudents, Departs):
        raise
    except BaseException as error:
        raise Departs(generic.from_exception(EXERCISE, Case("", ()), error), "", error) from None


def fitting(model, oracle) -> torch.nn.Module:
    """The model in evaluation mode, if published weights would load into it."""
    if not isinstance(model, torch.nn.Module):
        raise Departs(Difference("wrong-type", f"The class has to give a torch module; it gave {describe(model)}."))
    ours, theirs = oracle.state_dict(), model.state_dict()
    problems = {
        "lacks": sorted(ours.keys() - theirs.keys()),
        "has besides": sorted(theirs.keys() - ours.keys()),
        "has in a different shape": sorted(k for k in ours.keys() & theirs.keys() if ours[k].shape != theirs[k].shape),
    }
    for problem, names in problems.items():
        if names:
            listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            raise Departs(Difference("state-dict", f"Published weights would not load: the model {problem} {listed}."))
    return model.eval()
