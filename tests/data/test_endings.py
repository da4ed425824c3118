"""Notes on numbers that look like something else: sums in place of rewards, flags a row late."""

import numpy as np
import pytest

from dt_helpers.data import endings, experts, formats, simulate

LENGTHS = [7, 9, 5, 9, 12, 6]


def columns(lengths, rewards=None, late=0, drift=0.1, seed=0):
    rng, n = np.random.default_rng(seed), sum(lengths)
    seen = np.concatenate([5 * rng.normal(size=4) + drift * rng.normal(size=(k, 4)).cumsum(0) for k in lengths])
    ends = np.roll(np.isin(np.arange(n), np.cumsum(lengths) - 1), late)
    if late > 0:
        ends[:late] = False
        ends[-1] = True
    rewards = np.ones(n) if rewards is None else rewards
    return {"observations": seen, "actions": rng.uniform(-1, 1, (n, 2)), "rewards": rewards, "terminals": ends}


def each(lengths, made):
    return np.concatenate([made(k) for k in lengths])


SUMS = {
    "of ones": lambda k: np.arange(1.0, k + 1),
    "of now and then": lambda k: np.cumsum(np.arange(k) % 3 == 1).astype(float),
    "of the first at 0": lambda k: np.arange(float(k)),
}
NO_SUMS = {
    "the same": lambda k: np.ones(k),
    "at the end": lambda k: np.eye(k)[-1],
    "costs": lambda k: -(np.linspace(0, 1, k) ** 2),
    "up and down": lambda k: np.sin(np.arange(k)),
}


@pytest.mark.parametrize("name", SUMS)
def test_rewards_that_are_sums_are_asked_about_and_their_differences_are_not(name):
    sums = each(LENGTHS, SUMS[name])
    data = formats.open(columns(LENGTHS, sums))
    assert any("If they are sums" in note for note in data.notes)
    apart = np.split(sums, np.cumsum(LENGTHS)[:-1])
    data = formats.open(columns(LENGTHS, np.concatenate([np.diff(one, prepend=0) for one in apart])))
    assert not any("sums" in note for note in data.notes)
    np.testing.assert_allclose(data.returns, [one[-1] for one in apart])


@pytest.mark.parametrize("name", NO_SUMS)
def test_other_rewards_are_no_sums(name):
    data = formats.open(columns(LENGTHS, each(LENGTHS, NO_SUMS[name])))
    assert not any("sums" in note for note in data.notes)


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("drift", [0.0, 0.1, 0.3])
def test_flags_that_are_a_row_late_are_asked_about(drift, seed, late):
    data = formats.open(columns(LENGTHS, late=late, drift=drift, seed=seed))
    assert any("a row late" in note for note in data.notes) == bool(late)


@pytest.mark.parametrize("fall", [5.0, 50.0])
def test_a_fall_in_a_last_step_is_no_late_flag(fall):
    """Where an episode ends by a jump of its own, the next one's start is another."""
    given = columns(LENGTHS)
    given["observations"][given["terminals"]] += fall
    assert not any("a row late" in note for note in formats.open(given).notes)


@pytest.mark.parametrize(
    ("robot", "env"), [("halfcheetah", "HalfCheetah-v5"), ("hopper", "Hopper-v3"), ("walker2d", "Walker2d-v5")]
)
def test_nothing_of_it_is_said_of_the_courses_robots(robot, env):
    data = simulate.roll_out(experts.load(robot), env, episodes=12, steps=60, noise=0.5, progress=False)
    assert endings.sums_of_rewards(data.offsets, data.rewards) == ""
    assert endings.late_flags(data.offsets, data.observations) == ""
