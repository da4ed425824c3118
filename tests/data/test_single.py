"""Flags and counts with one number for each step, in a column of their own axis or not, at every door."""

import datasets
import h5py
import numpy as np
import pandas as pd
import pytest

from dt_helpers.data import formats

N, EACH = 18, 6  # rows of an episode as given, and of what they really are


def episode(name, values, single):
    rng = np.random.default_rng(0)
    beside = {"rewards": np.ones(N), "dones": np.zeros(N, bool), name: values}
    beside = {c: each[:, None] for c, each in beside.items()} if single else beside
    return {"observations": rng.normal(size=(N, 3)), "actions": rng.uniform(-1, 1, (N, 2))} | beside


def a_list(episodes, tmp_path):
    return episodes


def rows_of_episodes(episodes, tmp_path):
    return pd.DataFrame(episodes)


def rows_of_steps(episodes, tmp_path):
    flat = {name: list(np.concatenate([each[name] for each in episodes])) for name in episodes[0]}
    return pd.DataFrame(flat | {"episode_index": np.repeat([0, 1], N)})


def arrow(episodes, tmp_path):
    return datasets.Dataset.from_list([{name: v.tolist() for name, v in each.items()} for each in episodes])


def groups(episodes, tmp_path):
    with h5py.File(tmp_path / "demos.hdf5", "w") as file:
        for i, each in enumerate(episodes):
            group = file.create_group(f"data/demo_{i}")
            for name, values in each.items():
                group["obs/x" if name == "observations" else name] = values
    return tmp_path / "demos.hdf5"


ENDS = np.arange(N) % EACH == EACH - 1
TOLD = {
    **dict.fromkeys(("timeouts", "truncated", "truncations", "episode_terminals"), (ENDS, "are true within episodes")),
    "is_first": (np.arange(N) % EACH == 0, "`is_first` is not read"),
    "t": (np.arange(N) % EACH, "starts again within episodes"),
}


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("door", [a_list, rows_of_episodes, rows_of_steps, arrow, groups])
def test_what_says_that_an_episode_is_several_is_told(door, name, single, tmp_path):
    values, words = TOLD[name]
    data = formats.open(door([episode(name, values, single)] * 2, tmp_path))
    assert data.lengths.tolist() == [N, N]
    assert any(words in note for note in data.notes)


@pytest.mark.parametrize("lengths", [[1, 1, 1], [1, 2], [3]])
def test_episodes_of_one_step_stay_episodes(lengths):
    rows = [
        {
            "observations": [[1.0]] * n,
            "actions": [[0.5]] * n,
            "rewards": [1.0] * n,
            "dones": [False] * n,
            "t": [[0]] * n,
        }
        for n in lengths
    ]
    assert formats.open(pd.DataFrame(rows)).lengths.tolist() == lengths


@pytest.mark.parametrize("ids", [[0, 0, 1], [3, 3, 3], [0, 1, 1]])
def test_rewards_that_are_lists_of_one_number_are_those_of_steps_where_a_row_is_one(ids):
    table = pd.DataFrame({"observations": [[1.0, 2.0]] * 3, "actions": [[0.5]] * 3, "episode_index": ids})
    data = formats.open(table.assign(rewards=[[1.0], [2.0], [3.0]], dones=[[0], [0], [1]], frame_index=[[0], [1], [2]]))
    assert data.rewards.tolist() == [1, 2, 3]
    assert data.dones.tolist() == [False, False, True]
    assert len(data) == len(set(ids))
