"""Answers that ask what type the course's data is of: as in a kernel where that is known; else they wait, and are never
wrong for that.
"""

import pytest

from dt_helpers.grading.results import FAILED, NOT_RUN, PASSED
from tests.grading.judging.answers import STEPS, WALK, returns

IS = "assert isinstance(rewards, KIND)"
LOSS = """def action_loss(action_preds, action_targets, attention_mask):
    weights = attention_mask.to(KIND)
    return (((action_preds - action_targets) ** 2).mean(-1) * weights).sum() / weights.sum()"""
COLLATOR = "batch = DecisionTransformerGymDataCollator(trajectories, max_len=20, seed=0)(np.arange(8))\n"

RETURNS = {
    "of a column": ["KIND = type(trajectories.rewards)", returns(IS)],
    "of a column of an episode": ["KIND = trajectories.episode(0)['rewards'].__class__", returns(IS)],
    "of a part": ["KIND = (type(trajectories.observations[:3]), list)", returns(IS)],
    "of a copy": ["KIND = type(trajectories.rewards.copy())", returns(IS)],
    "of data of which less is known": ["KIND = type(data.load('mine').rewards)", returns(IS)],
    "equal": ["KIND = type(trajectories.rewards)", returns("assert type(rewards) == KIND")],
    "one of several": ["KIND = type(trajectories.rewards)", returns("assert type(rewards) in (list, KIND)")],
    "the other way round": [returns("assert isinstance(trajectories.rewards, type(rewards))")],
    "of a number": ["KIND = type(trajectories.rewards[0])", returns("zero = KIND(0)", "out + zero")],
    "of a number of a row": ["KIND = type(trajectories.actions[3, 1])", returns("zero = KIND(0)", "out + zero")],
    "of the last number": ["KIND = trajectories.returns[-1].dtype", returns(value="out.astype(KIND)")],
}


@pytest.mark.parametrize("name", RETURNS)
def test_arrays_are_arrays_and_their_numbers_numpy_s(judged, name):
    result = judged("returns_to_go", *RETURNS[name])
    assert result.status == PASSED, result.sentence


TORCH = {
    "from_numpy": "KIND = torch.from_numpy(trajectories.actions[:1]).dtype",
    "as_tensor": "one = torch.as_tensor(trajectories.actions)\nassert one.shape == (200_000, 6)\nKIND = one.dtype",
    "tensor": "KIND = torch.tensor(trajectories.state_mean, dtype=torch.float32)[:2].dtype",
    "a batch": COLLATOR + "KIND = batch['actions'].dtype",
    "a part of a batch": COLLATOR + "KIND = batch['states'][0, 0].dtype",
    "its mask": COLLATOR + "KIND = batch['attention_mask'].dtype\nassert isinstance(batch['rewards'], torch.Tensor)",
}


@pytest.mark.parametrize("name", TORCH)
def test_the_dtypes_of_tensors_made_of_the_data_are_known(judged, name):
    result = judged("action_loss", TORCH[name], LOSS)
    assert result.status == PASSED, result.sentence


def test_the_roads_walks_are_arrays(judged):
    annotated = WALK.format(value=f"{STEPS.format(more='')} if isinstance(walk, Walk) else None")
    walks = "walks = stitching.random_walks(roads, count=1000, seed=5)\nassert walks.shape == (1000, 11)\n"
    result = judged("walk_rewards", walks + "Walk = type(walks[0])", annotated.replace("walk,", "walk: Walk,", 1))
    assert result.status == PASSED, result.sentence


SOME = "some = data.environment('x').rewards"
UNKNOWN = {
    "the same type": ["ROW = trajectories.rewards", returns("assert type(rewards) is type(ROW)")],
    "of what is not known": [f"{SOME}\nKIND = type(some)", returns(IS)],
    "inside": [SOME, returns("assert type(rewards) is type(some)")],
    "by a helper": [
        SOME,
        "def known(x):\n    return isinstance(x, some.__class__)",
        returns(value="out if known(rewards) else None"),
    ],
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_where_the_type_can_t_be_told_the_exercise_waits(judged, name):
    result = judged("returns_to_go", *UNKNOWN[name])
    assert result.status == NOT_RUN and "by hand" in result.sentence, result.sentence


WRONG = {
    "a type of its own": ["ROW = trajectories.rewards", returns("assert type(rewards) is np.ndarray", "-out")],
    "a type that isn't read": ["KIND = type(trajectories.rewards)", returns("x = trajectories.rewards", "-out")],
    "of a known array": ["KIND = np.ndarray", returns("assert isinstance(trajectories.rewards, KIND)", "-out")],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_whatever_the_type_is_is_wrong(judged, name):
    result = judged("returns_to_go", *WRONG[name])
    assert result.status == FAILED, result.sentence


def test_the_sentence_names_the_type_and_what_it_was_made_of(judged):
    numbers = "REAL = type(trajectories.rewards[0])\nMORE = float(trajectories.rewards.mean())"
    result = judged("returns_to_go", numbers, returns(value="REAL(0) + out * MORE"))
    assert "reads MORE (made of trajectories) and REAL (made of trajectories)" in result.sentence
