"""Notes on numbers that look like something else: sums in place of rewards, flags a row late."""

import gymnasium
import numpy as np
import pytest

from dt_helpers.data import endings, experts, formats, simulate
from dt_helpers.data.recording import record

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
    "costs": lambda k: -(np.cos(np.arange(k)) ** 2),
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


EARNED = {
    "ones": np.ones,
    "now and then": lambda k: (np.arange(k) % 3 == 1).astype(float),
    "costs": lambda k: -1.0 - np.sin(np.arange(k)) ** 2,
    "at random": lambda k: np.random.default_rng(k).random(k),
}


@pytest.mark.parametrize("name", EARNED)
def test_returns_to_go_in_place_of_rewards_are_asked_about_and_mended_as_the_note_says(name):
    earned = each(LENGTHS, EARNED[name])
    apart = np.split(earned, np.cumsum(LENGTHS)[:-1])
    to_go = [np.cumsum(one[::-1])[::-1] for one in apart]
    note = next(note for note in formats.open(columns(LENGTHS, np.concatenate(to_go))).notes if "returns-to-go" in note)
    code = note.split("`")[-2]
    mended = [eval(code, {"numpy": np, "to_go": one}) for one in to_go]
    data = formats.open(columns(LENGTHS, np.concatenate(mended)))
    assert not any("returns-to-go" in note for note in data.notes)
    np.testing.assert_allclose(data.returns, [one.sum() for one in apart], rtol=1e-6)


@pytest.mark.parametrize("name", EARNED)
def test_sums_from_before_the_step_are_mended_as_the_note_says(name):
    apart = np.split(each(LENGTHS, EARNED[name]), np.cumsum(LENGTHS)[:-1])
    before = [np.append(0, np.cumsum(one)[:-1]) for one in apart]
    note = next(note for note in formats.open(columns(LENGTHS, np.concatenate(before))).notes if "sums" in note)
    code = note.split("before the step, take `")[1].split("`")[0]
    for one, sums in zip(apart, before, strict=True):
        np.testing.assert_allclose(eval(code, {"numpy": np, "sums": sums}), one[:-1], atol=1e-9)


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
    assert endings.shifted_flags(data.offsets, data.observations) == ""


@pytest.mark.parametrize("drift", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("rewards", ["none", "in each step"])
def test_rows_that_were_added_after_ends_are_asked_about_and_left_out_as_the_note_says(rewards, drift):
    """As in keras-rl's memory: the observation after the end, an action that nobody took, and no reward."""
    rng, parts = np.random.default_rng(0), {name: [] for name in ("observations", "actions", "rewards", "terminals")}
    for length in LENGTHS:
        seen = 5 * rng.normal(size=3) + drift * rng.normal(size=(length + 1, 3)).cumsum(axis=0)
        earned = rng.normal(size=length) if rewards == "in each step" else np.zeros(length)
        for name, values in zip(
            parts,
            (seen, rng.uniform(-1, 1, (length + 1, 1)), [*earned, 0.0], np.arange(length + 1) == length - 1),
            strict=True,
        ):
            parts[name] += list(values)
    given = {name: np.array(values) for name, values in parts.items()}
    note = next(note for note in formats.open(given).notes if "nobody took" in note)
    code, ends = note.split("`")[1], np.array(given["terminals"])
    mended = {name: eval(code, {"numpy": np, "values": values, "ends": ends}) for name, values in given.items()}
    mended = {name: values[: sum(LENGTHS)] for name, values in mended.items()}
    data = formats.open(mended)
    assert data.lengths.tolist() == LENGTHS
    assert not any("nobody took" in note for note in data.notes)


FILLED = {"-1": -1, "99": 99, "0": 0}


@pytest.mark.parametrize("kind", ["numbers", "choices"])
@pytest.mark.parametrize("filler", FILLED)
def test_what_fills_up_is_asked_about_whatever_it_is(filler, kind):
    rng, lengths, most = np.random.default_rng(0), [4, 9, 6, 3], 12
    episodes = []
    for length in lengths:
        seen = rng.integers(1, 7, (most, 1)) if kind == "choices" else rng.normal(size=(most, 2))
        done = rng.integers(1, 4, most) if kind == "choices" else rng.uniform(-1, 1, (most, 1))
        rewards = rng.normal(size=most)
        for values in (seen, done, rewards):
            values[length:] = FILLED[filler] if values is not rewards else 0
        episodes.append({"observations": seen, "actions": done, "rewards": rewards, "dones": np.zeros(most, bool)})
    assert any("fill up" in note or "padding" in note for note in formats.open(episodes).notes)
    whole = [{name: values[:n] for name, values in one.items()} for one, n in zip(episodes, lengths, strict=True)]
    assert not any("fill up" in note or "padding" in note for note in formats.open(whole).notes)


def test_an_action_that_ends_each_episode_fills_nothing_up():
    rng = np.random.default_rng(0)
    given = {"observations": rng.normal(size=(40, 2)), "actions": rng.integers(0, 3, 40), "rewards": np.ones(40)}
    given["actions"][9::10] = 3
    data = formats.open(given | {"terminals": np.arange(40) % 10 == 9})
    assert not any("fill up" in note for note in data.notes)


@pytest.mark.parametrize("lengths", [[4, 9, 6], [12, 3, 5, 12]])
def test_last_steps_that_are_repeated_to_one_length_are_asked_about(lengths):
    rng, episodes = np.random.default_rng(0), []
    for length in lengths:
        place = np.minimum(np.arange(12), length - 1)
        seen, done = rng.normal(size=(12, 2)), rng.uniform(-1, 1, (12, 1))
        episodes.append({"observations": seen[place], "actions": done[place], "rewards": np.zeros(12)})
        episodes[-1]["dones"] = np.zeros(12, bool)
    assert any("only fill up" in note for note in formats.open(episodes).notes)


def test_what_was_recorded_here_is_not_asked_about():
    class Rests(gymnasium.Env):
        """It stands still from its third step on, and always earns more."""

        observation_space = gymnasium.spaces.Box(-9, 9, (1,))
        action_space = gymnasium.spaces.Discrete(2)

        def reset(self, *, seed=None, options=None):
            self.t = 0
            return np.zeros(1, np.float32), {}

        def step(self, action):
            self.t += 1
            return np.array([min(self.t, 3)], np.float32), float(self.t // 3), False, self.t == 10, {}

    data = record(lambda seen: np.array([1]), Rests, 6, progress=False)
    assert not any(word in " ".join(data.notes) for word in ("fill up", "sums", "single step"))
