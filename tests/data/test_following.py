"""What the observation after each step tells: flags that are late or missing, and rows that are no steps."""

import re
import types

import datasets
import gymnasium
import numpy as np
import pandas
import pytest

from dt_helpers.data import formats


@pytest.mark.parametrize("lengths", [[4, 6, 3], [2, 2, 2, 2], [5, 1, 7, 3]])
@pytest.mark.parametrize("rolled", [True, False])
def test_flags_that_are_a_row_late_are_told_to_be_shifted(lengths, rolled):
    rng, steps = np.random.default_rng(0), sum(lengths)
    ends = np.isin(np.arange(steps), np.cumsum(lengths) - 1)
    seen = rng.normal(size=(steps, 3))
    after = np.where(ends[:, None], rng.normal(size=(steps, 3)), np.roll(seen, -1, axis=0))
    late = np.roll(ends, 1)
    late[0] = rolled
    columns = {"observations": seen, "actions": seen[:, :2].clip(-1, 1), "rewards": seen[:, 0]}
    columns["next_observations"] = after
    with pytest.raises(ValueError, match=r"flags are a row late.*numpy.append\(terminals\[1:\], True\)"):
        formats.open(columns | {"terminals": late})
    data = formats.open(columns | {"terminals": np.append(late[1:], True)})
    assert data.lengths.tolist() == lengths
    assert data.dones.tolist() == ends.tolist()


class Clock(gymnasium.Env):
    """Observes the time, and ends, or is cut, after `length` steps."""

    observation_space = gymnasium.spaces.Box(0, 99, (2,))
    action_space = gymnasium.spaces.Box(-1, 1, (1,))

    def __init__(self, length, cut=False):
        self.length, self.cut = length, cut

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return np.array([0, self.length], np.float32), {}

    def step(self, action):
        self.t += 1
        over = self.t == self.length
        return np.array([self.t, self.length], np.float32), 1.0, over and not self.cut, over and self.cut, {}


NAMES = ["observations", "actions", "rewards", "terminals", "timeouts", "next_observations"]


def recorded(lengths, steps, mode, cut):
    """Columns (steps, environments, ...) of a vector environment."""
    makers = [lambda length=length: Clock(length, cut) for length in lengths]
    env = gymnasium.vector.SyncVectorEnv(makers, autoreset_mode=mode)
    seen, _ = env.reset(seed=0)
    rows = []
    for _ in range(steps):
        action = env.action_space.sample()
        after, reward, fell, over, _ = env.step(action)
        rows.append((seen, action, reward, fell, over, after))
        seen = after
    return {name: np.stack([row[i] for row in rows]) for i, name in enumerate(NAMES)}


def one_after_another(columns):
    """What the error of an .npz says to do."""
    steps, envs = columns["rewards"].shape
    flat = {name: values.swapaxes(0, 1).reshape(steps * envs, -1) for name, values in columns.items()}
    flat["timeouts"][steps - 1 :: steps] = True
    return flat


@pytest.mark.parametrize("lengths, steps", [([5, 5], 18), ([4, 7, 3], 25), ([5], 30)])
@pytest.mark.parametrize("cut", [True, False])
def test_rows_that_a_vector_environment_adds_at_its_reset_are_told(lengths, steps, cut):
    flat = one_after_another(recorded(lengths, steps, gymnasium.vector.AutoresetMode.NEXT_STEP, cut))
    with pytest.raises(ValueError, match=r"AutoresetMode[.]NEXT_STEP") as error:
        formats.open(flat)
    names = dict(flat, numpy=np)
    for code in re.findall(r"`((?:ended|rows) = [^`]*)`", str(error.value)):
        exec(code, names)
    data = formats.open({name: np.delete(values, names["rows"], axis=0) for name, values in flat.items()})
    for i in range(len(data)):
        times = data.episode(i)["observations"][:, 0]
        np.testing.assert_array_equal(times, np.arange(len(times)))
    assert set(data.lengths.tolist()) >= set(lengths)
    assert data.rewards.all()


@pytest.mark.parametrize("lengths, steps", [([5, 5], 18), ([4, 7, 3], 25)])
@pytest.mark.parametrize("cut", [True, False])
def test_steps_of_several_environments_are_told_apart_where_resets_hide_the_ends(lengths, steps, cut):
    """After an end, the observation is that of the next episode: only the environments' seams show."""
    columns = recorded(lengths, steps, gymnasium.vector.AutoresetMode.SAME_STEP, cut)
    flat = one_after_another(columns)
    right = formats.open(flat)
    seams = flat["timeouts"].copy()
    seams[steps - 1 :: steps] = columns["timeouts"][-1][:, None]
    with pytest.raises(ValueError, match="`timeouts`") as error:
        formats.open(flat | {"timeouts": seams})
    code = re.search(r"`(timeouts\[.*?\] = True)`", str(error.value))[1]
    exec(code, names := {"timeouts": seams, "numpy": np, **{c: flat[c] for c in NAMES if c != "timeouts"}})
    found = formats.open(flat | {"timeouts": names["timeouts"]})
    np.testing.assert_array_equal(found.offsets, right.offsets[: len(found.offsets)])
    assert len(right) - len(found) <= 1, "the last, whose end is not known"


def test_sparse_rewards_are_no_added_rows():
    rng = np.random.default_rng(0)
    seen = rng.normal(size=(20, 2))
    ends = np.isin(np.arange(20), [4, 9, 14, 19])
    flat = {"observations": seen, "next_observations": np.roll(seen, -1, axis=0), "actions": seen[:, :1].clip(-1, 1)}
    data = formats.open(flat | {"rewards": 1.0 * ends, "terminals": ends})
    assert data.lengths.tolist() == [5, 5, 5, 5]


def shuffled_episodes(right):
    rng = np.random.default_rng(0)
    made = []
    for _ in range(6):
        seen = rng.normal(size=(12, 3))
        after = np.append(seen[1:], rng.normal(size=(1, 3)), axis=0) if right else rng.normal(size=(12, 3))
        one = {"observations": seen, "next_observations": after, "rewards": np.ones(12), "dones": np.zeros(12, bool)}
        made.append(one | {"actions": rng.uniform(-1, 1, (12, 2))})
    return made


AS_EPISODES = {
    "list": list,
    "objects": lambda made: [types.SimpleNamespace(**one) for one in made],
    "dataset": lambda made: datasets.Dataset.from_list([{c: v.tolist() for c, v in one.items()} for one in made]),
    "frame": lambda made: pandas.DataFrame([{c: v.tolist() for c, v in one.items()} for one in made]),
}


@pytest.mark.parametrize("door", AS_EPISODES)
def test_episodes_whose_steps_do_not_follow_each_other_are_refused(door):
    with pytest.raises(ValueError, match="Hardly any of `next_observations`"):
        formats.open(AS_EPISODES[door](shuffled_episodes(right=False)))
    data = formats.open(AS_EPISODES[door](shuffled_episodes(right=True)))
    assert data.lengths.tolist() == [12] * 6 and not data.notes


@pytest.mark.parametrize("door", ["list", "dataset"])
def test_a_step_that_is_missing_within_an_episode_is_found(door):
    made = shuffled_episodes(right=True)
    made[2] = {column: np.delete(values, 5, axis=0) for column, values in made[2].items()}
    with pytest.raises(ValueError, match="differ from the next row's observation at 1 steps"):
        formats.open(AS_EPISODES[door](made))


def without_the_last(right=True):
    made = shuffled_episodes(right)
    for one in made:
        one["next_observations"] = [*one["next_observations"][:-1], None]
    return made


NONE_AT_ENDS = {
    "list": without_the_last,
    "dict": lambda: {
        column: [value for one in without_the_last() for value in one[column]]
        for column in without_the_last()[0]
    } | {"terminals": np.arange(72) % 12 == 11},
    "table": lambda: pandas.DataFrame(NONE_AT_ENDS["dict"]()).assign(episode_index=np.repeat(np.arange(6), 12)),
}  # fmt: skip


@pytest.mark.parametrize("door", NONE_AT_ENDS)
def test_an_end_without_an_observation_after_it_is_told_what_to_do(door):
    made = NONE_AT_ENDS[door]()
    with pytest.raises(ValueError, match="leave `next_observations` out, or put the last observation there"):
        formats.open(made)
    if door == "list":
        for one in made:
            one["next_observations"][-1] = one["observations"][-1]
    elif door == "dict":
        for row in range(11, 72, 12):
            made["next_observations"][row] = made["observations"][row]
    else:
        made = made.drop(columns="next_observations")
    assert formats.open(made).lengths.tolist() == [12] * 6


@pytest.mark.parametrize(
    ("lengths", "terminals", "read"),
    [
        ([7, 20, 5, 20, 5], [6, 31], [7, 20, 5, 20]),  # the limit was 20, and the last one was not over
        ([7, 20, 5, 20], [6, 31], [7, 20, 5, 20]),  # it was
        ([4, 9, 6], [], [4, 9]),  # nothing tells
        ([8, 8, 8], [], [8, 8, 8]),
        ([4, 9, 6], [18], [4, 9, 6]),
    ],
)
def test_the_last_steps_are_an_episode_only_if_something_tells_that_it_was_over(lengths, terminals, read):
    rng, n = np.random.default_rng(0), sum(lengths)
    steps = [rng.normal(size=(length + 1, 3)) for length in lengths]
    data = formats.open(
        {
            "observations": np.concatenate([one[:-1] for one in steps]),
            "next_observations": np.concatenate([one[1:] for one in steps]),
            "actions": rng.uniform(-1, 1, (n, 2)),
            "rewards": np.ones(n),
            "terminals": np.isin(np.arange(n), terminals),
        }
    )
    assert data.lengths.tolist() == read
    assert any("are an unfinished episode: they are left out" in note for note in data.notes) == (read != lengths)


@pytest.mark.parametrize(("count", "steps", "whole"), [(3, 20, True), (8, 16, True), (2, 40, False)])
def test_rows_of_environments_that_take_turns_are_counted(count, steps, whole):
    """As a memory of shape (steps, environments) that was made flat the wrong way."""
    rng = np.random.default_rng(0)
    path = rng.normal(size=(steps + 1, count, 3))
    data = {"observations": path[:-1].reshape(-1, 3), "next_observations": path[1:].reshape(-1, 3)}
    data |= {"actions": rng.uniform(-1, 1, (steps * count, 2)), "rewards": np.ones(steps * count)}
    data |= {"terminals": np.zeros(steps * count, bool)}
    if not whole:
        data = {name: values[1:] for name, values in data.items()}
    with pytest.raises(ValueError, match=f"{count} rows on" if whole else "out of order") as told:
        formats.open(data)
    if whole:
        code = re.search(r"`(values.*?)`", str(told.value))[1]
        mended = {name: eval(code, {"values": values}) for name, values in data.items()}
        mended["timeouts"] = np.arange(steps * count) % steps == steps - 1
        assert formats.open(mended).lengths.tolist() == [steps] * count
        np.testing.assert_allclose(mended["observations"][:steps], path[:-1, 0])


@pytest.mark.parametrize(("places", "limit"), [(52, 10), (64, 30), (95, 10), (50, 7)])
def test_a_buffer_that_was_full_and_began_again_is_put_in_order_as_the_error_says(places, limit):
    rng, n = np.random.default_rng(0), 10 * limit
    steps = [rng.normal(size=(limit + 1, 3)) for _ in range(10)]
    written = {
        "observations": np.concatenate([one[:-1] for one in steps]),
        "next_observations": np.concatenate([one[1:] for one in steps]),
        "actions": rng.uniform(-1, 1, (n, 2)),
        "rewards": rng.normal(size=n),
        "terminals": np.arange(n) % limit == limit - 1,
    }
    kept = {name: np.roll(values[n - places :], n, axis=0) for name, values in written.items()}
    with pytest.raises(ValueError, match=r"began again.*numpy.roll") as told:
        formats.open(kept)
    code = re.search(r"`(numpy.roll.*?)`", str(told.value))[1]
    data = formats.open({name: eval(code, {"numpy": np, "values": values}) for name, values in kept.items()})
    episode = np.arange(n - places, n) // limit
    truth = [written["rewards"][n - places :][episode == i].sum() for i in np.unique(episode)]
    np.testing.assert_allclose(sorted(data.returns), sorted(truth), rtol=1e-4)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_start_that_comes_again_is_no_ring(seed):
    """Where few states are, the last row may go on in the one in which the data begins."""
    rng = np.random.default_rng(seed)
    walk = np.append(rng.integers(0, 4, 60), 0)
    walk[0] = 0
    data = {"observations": walk[:-1, None] * 1.0, "next_observations": walk[1:, None] * 1.0}
    data |= {"actions": rng.uniform(-1, 1, (60, 1)), "rewards": np.ones(60), "terminals": np.arange(60) == 29}
    assert formats.open(data).lengths.tolist() == [30]
