"""Windows that were cut out of episodes are asked about, if the number of the step is there; whole episodes are not."""

import datasets
import numpy as np
import pandas
import pytest

from dt_helpers.data import formats

LENGTH = 6


def window(begin, name, count=LENGTH):
    at = np.arange(begin, begin + count)
    return {
        "observations": np.stack([at, -at], axis=1) * 0.5,
        "actions": np.sin(at)[:, None],
        "rewards": at * 1.0,
        "terminals": at == 11,
        name: at,
    }


def as_table(pieces):
    frames = [pandas.DataFrame({k: list(v) for k, v in one.items()}) for one in pieces]
    return pandas.concat([frame.assign(episode_index=i) for i, frame in enumerate(frames)])


def as_columns(pieces):
    joined = {name: np.concatenate([one[name] for one in pieces]) for name in pieces[0]}
    return joined | {"offsets": np.arange(len(pieces) + 1) * LENGTH}


DOORS = {
    "list": list,
    "table": as_table,
    "columns": as_columns,
    "dataset": lambda pieces: datasets.Dataset.from_list([{k: v.tolist() for k, v in one.items()} for one in pieces]),
}


def asked(door, begins, name="step"):
    data = formats.open(DOORS[door]([window(begin, name) for begin in begins]))
    assert len(data) == len(begins)
    return any("windows of longer ones" in note for note in data.notes)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["step", "timestep", "t", "step_id"])
@pytest.mark.parametrize("begins", [[0, 3, 6, 0, 3, 6], [5, 10, 5], [0, 6, 0, 6], [6, 0]])
def test_windows_are_asked_about(door, name, begins):
    assert asked(door, begins, name)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("begins", [[0, 0, 0], [1, 1, 1], [0, 6, 12], [100, 200, 300], [3]])
def test_whole_episodes_and_counts_that_go_on_are_not(door, begins):
    assert not asked(door, begins)


def test_a_time_that_does_not_count_steps_is_not():
    pieces = [window(0, "time") for _ in range(3)]
    for begin, one in zip((7, 0, 3), pieces, strict=True):
        one["time"] = begin + np.arange(LENGTH) * 20
    assert not any("windows" in note for note in formats.open(as_table(pieces)).notes)
