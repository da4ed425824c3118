"""An answer that is wrong at one edge of the domain only is told which one; one that keeps something, that it does."""

import numpy as np
import pytest
import torch

from dt_helpers.check import exercises, one_function
from dt_helpers.check.engine.calling import quietly
from dt_helpers.check.engine.exercise import Maker

SEED = 4
EDGES = [(name, edge) for name in exercises.FUNCTIONS for edge in exercises.exercise(name).edges]


def judged(name, answer, seed=SEED):
    with quietly():
        return one_function.judge(exercises.exercise(name), answer, seed)


def alike(left, right):
    if isinstance(right, Maker):  # what lives is made anew each time; the numbers beside it tell which it is
        return True
    if isinstance(left, torch.nn.Module) or callable(left):
        return True
    return np.array_equal(np.asarray(torch.as_tensor(left).detach()), np.asarray(torch.as_tensor(right).detach()))


def spoilt(result):
    """Other numbers, or where there are none, one that doesn't belong there."""
    if 0 not in np.shape(result):
        return result * 1.37 + 0.113
    shape = [max(length, 1) for length in np.shape(result)]
    return result.new_ones(shape) if isinstance(result, torch.Tensor) else np.ones(shape)


@pytest.mark.parametrize("empty", [np.zeros(0), np.zeros((0, 3)), torch.zeros(2, 0), np.zeros(2), torch.ones(()), 4.0])
def test_whatever_is_spoilt_differs(empty):
    assert not np.array_equal(spoilt(empty), empty) and isinstance(spoilt(empty), type(empty))


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_what_is_wrong_at_one_edge_only_is_named_after_it(name, edge):
    exercise = exercises.exercise(name)
    special = [case.args for case in exercise.cases(np.random.default_rng(SEED)) if case.edge == edge]

    def answer(*args, **kwargs):
        results = list(exercise.oracle(*args, **kwargs))
        if any(len(args) == len(one) and all(map(alike, args, one)) for one in special):
            results[0] = spoilt(results[0])
        return results if len(results) > 1 else results[0]

    found = judged(name, answer)
    assert found.mistake == edge, found
    assert found.sentence == exercise.edges[edge][0]


def padded_with_a_mask_of_20(sequence, length, value):
    kept = sequence[:length]
    padded = np.full((length, sequence.shape[1]), value, dtype=sequence.dtype)
    padded[length - len(kept) :] = kept
    return padded, (np.arange(length) >= length - min(len(kept), 20)).astype(np.float32)


OF_THE_NOTEBOOK = {  # right for all that the notebooks have, with one of their sizes written into it
    "pad_left": padded_with_a_mask_of_20,
    "context_window": lambda sequence, length: sequence[-min(length, 20) :],
    "next_node": lambda logits, neighbours: neighbours[logits[:20][neighbours[neighbours < 20]].argmax()],
    "stacked_attention_mask": lambda mask: mask[:64].repeat_interleave(3, dim=1),
    "best_tenth": lambda returns: np.sort(np.argsort(-returns, kind="stable")[: min(max(len(returns) // 10, 1), 100)]),
    "action_loss": lambda p, a, m: ((p - a)[m > 0][:, :17] ** 2).mean(),
}


@pytest.mark.parametrize("name", OF_THE_NOTEBOOK)
def test_a_size_of_the_notebook_that_is_written_into_an_answer_is_found(name):
    found = judged(name, OF_THE_NOTEBOOK[name])
    assert not found.passed and found.mistake == "larger", found


@pytest.mark.parametrize("place", [0, -1])
def test_who_takes_the_first_or_the_last_of_what_looks_equal_is_never_right_by_chance(place):
    def next_node(logits, neighbours):
        probabilities = logits.softmax(dim=-1)[neighbours]  # all 0 where they are far below the others'
        equal = torch.nonzero(probabilities == probabilities.max())
        return neighbours[equal[place, 0]]

    assert not [seed for seed in range(40) if judged("next_node", next_node, seed).passed]


def test_an_answer_that_remembers_by_shape_is_found_out():
    seen = {}

    def stack_inputs(*parts):
        shape = tuple(parts[0].shape)
        return seen.setdefault(shape, torch.stack(parts, dim=2).flatten(1, 2))

    assert judged("stacked_inputs", stack_inputs).mistake == "keeps-state"


def test_a_result_that_all_calls_share_is_found_out():
    buffers = {}

    def pad_left(sequence, length, value):
        padded, mask = exercises.exercise("pad_left").oracle(sequence, length, value)
        buffer = buffers.setdefault(length, np.zeros(length))
        buffer[:] = mask
        return padded, buffer

    found = judged("pad_left", pad_left)
    assert found.mistake == "keeps-state" and "same place" in found.sentence


def test_a_growing_default_argument_is_found_out():
    def next_target_return(target, reward, scale, earned=[0]):  # noqa: B006
        earned[0] += float(reward) / scale
        return target - earned[0]

    assert judged("next_target_return", next_target_return).mistake == "keeps-state"


class Unreadable:
    shape = (4,)

    def __array__(self, *args, **kwargs):
        raise OSError("no")


class Speechless(Exception):
    def __str__(self):
        raise ValueError("no")


def raises(error):
    def answer(*args, **kwargs):
        raise error

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        lambda *args, **kwargs: Unreadable(),
        lambda *args, **kwargs: [Unreadable()] * 3,
        lambda *args, **kwargs: iter(int, 1),
        lambda *args, **kwargs: torch.zeros(1).expand(10**7, 10**7),
        lambda *args, **kwargs: np.broadcast_to(np.nan, (10**7, 10**7)),
        lambda *args, **kwargs: float("nan"),
        raises(Speechless()),
        raises(SystemExit()),
        raises(GeneratorExit()),
        raises(BaseExceptionGroup("several", [ValueError("one")])),
    ],
)
@pytest.mark.parametrize("name", exercises.FUNCTIONS)
def test_the_check_never_falls_over(name, answer):
    found = judged(name, answer)
    assert not found.passed and str(found) and found._repr_html_()


def test_a_name_for_a_function_is_no_name_of_a_check_but_leads_to_it():
    from dt_helpers import check

    for function, name in (
        ("stack_inputs", "stacked_inputs"),
        ("predict", "prediction_heads"),
        ("pad_lft", "pad_left"),
    ):
        with pytest.raises(AttributeError, match=f"did you mean check.{name}"):
            getattr(check, function)
