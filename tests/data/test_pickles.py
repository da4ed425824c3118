"""Blocks in .npz files: rows are episodes, or the steps of several environments, which is found out or said."""

import pickle

import numpy as np
import pytest

from dt_helpers.data import formats

RNG = np.random.default_rng(0)
LENGTHS = {2: [10, 10, 10], 3: [7, 11, 12], 40: [25, 5]}  # of the episodes in each environment, by their number


def buffer(envs, clock="timeouts", fell=False, **other):
    """A buffer as SB3 keeps it: 30 steps of several environments at the same time."""
    ends = np.zeros((30, envs))
    ends[np.cumsum(LENGTHS[envs]) - 1] = 1
    seen = np.arange(30.0)[:, None, None] + 1000 * np.arange(envs)[:, None] + np.zeros((30, envs, 3))
    columns = {"observations": seen, "actions": RNG.uniform(-1, 1, (30, envs, 2)), "rewards": np.ones((30, envs))}
    columns |= {"dones": ends * fell, clock: ends * (not fell)} | other
    return {name: values for name, values in columns.items() if values is not None}


def save(path, columns):
    np.savez(path / "a.npz", **columns)
    return path / "a.npz"


def flat(columns, envs):
    """As the error says."""
    made = {name: array.swapaxes(0, 1).reshape(30 * envs, -1) for name, array in columns.items()}
    made["terminals"] = made.pop("dones")
    made.setdefault("timeouts", np.zeros((30 * envs, 1)))[29::30] = 1
    return made


@pytest.mark.parametrize("envs", LENGTHS)
@pytest.mark.parametrize("clock", ["timeouts", "truncated", "truncations"])
@pytest.mark.parametrize("fell", [False, True])
def test_steps_of_several_environments_are_not_read_as_episodes(envs, clock, fell, tmp_path):
    columns = buffer(envs, clock, fell)
    flag = "dones" if fell else clock
    with pytest.raises(ValueError, match=rf"are not .*: `{flag}` are true within rows.*swapaxes") as caught:
        formats.open(save(tmp_path, columns))
    assert f"reshape({30 * envs}, -1)" in str(caught.value)
    data = formats.open(save(tmp_path, flat(columns, envs)))
    assert data.lengths.tolist() == LENGTHS[envs] * envs
    assert data.observations[:30, 0].tolist() == list(range(30))


def test_an_end_in_the_last_environment_alone_is_seen_where_there_are_timeouts(tmp_path):
    ends = np.zeros((30, 2))
    ends[[9, 19, 29], 1] = 1
    with pytest.raises(ValueError, match="neither `dones` nor `timeouts` is true at the end of 27 rows"):
        formats.open(save(tmp_path, buffer(2, timeouts=ends)))


@pytest.mark.parametrize("envs", LENGTHS)
def test_what_follows_a_step_tells_rows_from_columns(envs, tmp_path):
    never = np.zeros((30, envs))
    columns = buffer(envs, timeouts=never)
    columns["next_observations"] = columns["observations"] + 1
    with pytest.raises(ValueError, match="`next_observations` are in the next row, not the next column"):
        formats.open(save(tmp_path, columns))
    turned = {name: array.swapaxes(0, 1) for name, array in columns.items()}
    assert formats.open(save(tmp_path, turned)).lengths.tolist() == [30] * envs


def test_filled_up_episodes_are_refused(tmp_path):
    filled = np.arange(9) >= np.array([4, 9, 6])[:, None] - 1
    columns = {"observations": np.ones((3, 9, 2)), "actions": np.ones((3, 9, 1)), "rewards": np.ones((3, 9))}
    with pytest.raises(ValueError, match=r"`terminals` are true within rows.* If shorter episodes were filled up"):
        formats.open(save(tmp_path, columns | {"terminals": filled}))


EPISODES = {  # the flags of 5 episodes of 8 steps
    "nothing ends": {"dones": np.zeros((5, 8))},
    "all fall": {"terminals": np.arange(8) == np.full((5, 1), 7)},
    "some fall": {"terminated": (np.arange(8) == 7) & (np.arange(5) > 2)[:, None]},
    "some fall, the others by the clock": {
        "dones": (np.arange(8) == 7) & (np.arange(5) > 2)[:, None],
        "timeouts": (np.arange(8) == 7) & (np.arange(5) <= 2)[:, None],
    },
    "a clock that is never true": {"dones": np.zeros((5, 8, 1)), "truncated": np.zeros((5, 8, 1))},
}


@pytest.mark.parametrize("name", EPISODES)
def test_blocks_of_episodes_are_read_and_that_is_noted(name, tmp_path, capsys):
    columns = {"observations": RNG.normal(size=(5, 8, 2)), "actions": RNG.uniform(-1, 1, (5, 8, 1))}
    data = formats.open(save(tmp_path, columns | {"rewards": np.ones((5, 8))} | EPISODES[name]))
    assert data.lengths.tolist() == [8] * 5
    assert "read as 5 episodes of 8 steps each" in data.notes[0] and data.notes[0] in capsys.readouterr().out


def test_blocks_that_say_which_episode_each_step_belongs_to(tmp_path):
    owner = np.repeat([0, 1, 2], [10, 20, 10]).reshape(5, 8)
    columns = {"observations": RNG.normal(size=(5, 8, 2)), "actions": RNG.uniform(-1, 1, (5, 8, 1))}
    columns |= {"rewards": np.ones((5, 8)), "dones": np.zeros((5, 8)), "episode_index": owner}
    assert formats.open(save(tmp_path, columns)).lengths.tolist() == [10, 20, 10]


@pytest.mark.parametrize("single", [{"rewards"}, {"rewards", "dones"}, {"dones"}, {"rewards", "dones", "frame_index"}])
def test_blocks_whose_numbers_of_a_step_have_a_place_of_their_own(single, tmp_path):
    rng = np.random.default_rng(0)
    ends = np.broadcast_to(np.arange(6) == 5, (5, 6))
    blocks = {"observations": rng.normal(size=(5, 6, 3)), "actions": rng.uniform(-1, 1, (5, 6, 1))}
    blocks |= {"rewards": rng.normal(size=(5, 6)), "dones": ends}
    blocks |= {"frame_index": np.broadcast_to(np.arange(6), (5, 6))} if "frame_index" in single else {}
    np.savez(tmp_path / "b.npz", **{c: v[..., None] if c in single else v for c, v in blocks.items()})
    data = formats.open(tmp_path / "b.npz")
    assert data.lengths.tolist() == [6] * 5
    np.testing.assert_allclose(data.rewards, blocks["rewards"].reshape(-1), rtol=1e-6)
    assert data.dones.tolist() == ends.reshape(-1).tolist()
    assert data.actions.shape == (30, 1)


def episode(seed, length=6):
    rng = np.random.default_rng(seed)
    columns = {"observations": rng.normal(size=(length, 3)), "actions": rng.uniform(-1, 1, (length, 2))}
    return columns | {"rewards": np.full(length, float(seed)), "terminals": np.arange(length) == length - 1}


DUMPS = {
    "an episode in each": [episode(seed) for seed in range(6)],
    "lists of episodes": [[episode(0), episode(1)], [episode(2)], [episode(3), episode(4), episode(5)]],
    "one list": [[episode(seed) for seed in range(6)]],
    "lists, some empty": [[], [episode(seed) for seed in range(6)], []],
}


def dumped(path, things):
    with open(path / "a.pkl", "wb") as file:
        for one in things:
            pickle.dump(one, file)
    return path / "a.pkl"


@pytest.mark.parametrize("dumps", DUMPS.values(), ids=DUMPS)
def test_all_that_was_dumped_into_a_file_is_read(dumps, tmp_path):
    data = formats.open(dumped(tmp_path, dumps))
    assert data.lengths.tolist() == [6] * 6 and data.returns.tolist() == [6.0 * seed for seed in range(6)]


@pytest.mark.parametrize("other", [[episode(1)], 3, "an episode"])
def test_dumps_of_several_kinds_are_refused(other, tmp_path):
    with pytest.raises(ValueError, match="2 pickles one after another"):
        formats.open(dumped(tmp_path, [episode(0), other]))


def test_what_follows_a_pickle_and_is_none_is_no_silent_end(tmp_path):
    path = dumped(tmp_path, [[episode(0), episode(1)]])
    path.write_bytes(path.read_bytes() + b"half an epi")
    with pytest.raises(ValueError, match=r"a\.pkl cannot be read as a pickle"):
        formats.open(path)
