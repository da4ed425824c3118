"""What one may name as an environment, and how many of it there are."""

import itertools
from contextlib import ExitStack

import gymnasium
import numpy as np
import pytest

from dt_helpers.envs import door


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
