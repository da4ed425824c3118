"""What one may name as an environment, and how many of it there are."""

import itertools
from contextlib import ExitStack

import gymnasium
import numpy as np
import pytest
import torch

from dt_helpers.data import formats
from dt_helpers.data.recording import record
from dt_helpers.envs import door
from dt_helpers.machine import telling


class Line(gymnasium.Env):
    """Its observation is an array of its own that it changes in place."""

    observation_space = gymnasium.spaces.Box(-100, 100, (2,), np.float32)
    action_space = gymnasium.spaces.Box(-1, 1, (2,), np.float32)
    closed = False

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at, self.steps = self.np_random.uniform(-1, 1, 2).astype(np.float32), 0
        return self.at, {}

    def step(self, action):
        self.at += action
        self.steps += 1
        return self.at, -float(np.abs(self.at).sum()), False, self.steps >= 4, {}

    def close(self):
        self.closed = True


def test_each_robot_has_one_of_its_own_and_all_are_closed():
    for env in (Line, lambda: Line(), lambda: gymnasium.wrappers.TimeLimit(Line(), 3)):
        with ExitStack() as stack:
            made = door.open_all(env, 3, stack)
            assert len({id(each.unwrapped) for each in made}) == 3
        assert all(each.unwrapped.closed for each in made)


def test_one_that_is_given_again_and_again_is_one_and_stays_open():
    env = Line()
    pool = itertools.cycle([Line(), Line()])
    for given in (
        env,
        lambda: env,
        lambda: gymnasium.wrappers.TimeLimit(env, 3),
        lambda: next(pool),
    ):
        with ExitStack() as stack:
            (made,) = door.open_all(given, 3, stack)
        assert not made.unwrapped.closed


def test_what_was_made_before_one_failed_is_closed():
    made = []

    def make():
        if len(made) == 2:
            raise RuntimeError("no third licence")
        made.append(Line())
        return made[-1]

    with ExitStack() as stack, pytest.raises(RuntimeError, match="licence"):
        door.open_all(make, 3, stack)
    assert [each.closed for each in made] == [True, True]


@pytest.mark.parametrize(
    ("reward", "words"),
    [
        ([1.0, 2.0], "must be one number"),
        (np.ones(2), "must be one number"),
        ({"left": 1.0, "right": 0.0}, "several agents"),
        (None, "is not finite: nan"),
        (float("nan"), "is not finite: nan"),
        (np.float32("inf"), "is not finite: inf"),
        (np.array([np.nan]), "is not finite: nan"),
    ],
)
def test_a_reward_that_is_not_one_finite_number_is_refused_at_the_first_step(reward, words):
    class Odd(Line):
        def step(self, action):
            return np.zeros(2), reward, False, False, {}

    with pytest.raises(ValueError, match=words):
        door.step(Odd(), None)


def told_at_a_step(terminated, truncated=False):
    class Odd(Line):
        def step(self, action):
            return np.zeros(2), 0.0, terminated, truncated, {}

    return door.step(Odd(), None)[2:]


@pytest.mark.parametrize("over", [True, np.True_, np.array(True), np.array([True]), torch.tensor([True])])
def test_a_flag_may_be_of_any_kind(over, capsys):
    assert told_at_a_step(over, over) == (True, True)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("third", [1, 0, 1.0, np.int64(1), np.array([0])])
def test_a_number_in_place_of_a_flag_is_asked_about_once(third, capsys):
    """As where a cost stands there: (observation, reward, cost, done, info)."""
    telling.tell_once.cache_clear()
    for _ in range(2):
        assert told_at_a_step(third) == (bool(np.asarray(third).all()), False)
    assert capsys.readouterr().out.count("Is it a cost?") == 1


@pytest.mark.parametrize("third", [0.3, 2, np.array([True, False]), "no", None, {"left": False}])
def test_what_is_no_flag_is_refused(third):
    with pytest.raises(ValueError, match="`terminated`, must be true or false, but is"):
        told_at_a_step(third)
    with pytest.raises(ValueError, match="`truncated`, must be true or false, but is"):
        told_at_a_step(False, third)


@pytest.mark.parametrize("name", ["observation_space", "action_space"])
@pytest.mark.parametrize("space", [None, (2,), 4])
def test_an_environment_without_spaces_is_refused_by_each_door(name, space):
    odd = type("Odd", (Line,), {name: space})
    for open_it in (
        lambda: door.open_all(odd, 2, ExitStack()),
        lambda: door.open_all(odd(), 1, ExitStack()),
        lambda: record(lambda seen: np.zeros((1, 2)), odd, 1, progress=False),
        lambda: formats.open({"observations": np.ones((2, 2))}, env=odd),
    ):
        with pytest.raises(ValueError, match=f"Odd needs an `{name}` that is one of gymnasium's spaces"):
            open_it()
