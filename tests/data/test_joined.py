"""Tables from elsewhere: joined files, indices with names, other libraries' tables, bytes in place of arrays."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

from dt_helpers.data import formats, recording
from tests.rollout.test_choices import Places

LENGTHS = [4, 3, 4, 3]
N = sum(LENGTHS)
STEP = np.concatenate([np.arange(n) for n in LENGTHS])
SEEN = np.random.default_rng(0).normal(size=(N, 2))
ENDS = np.isin(np.arange(N), np.cumsum(LENGTHS) - 1)


def table(**other):
    columns = {"observations": list(SEEN), "actions": 0.5, "rewards": 1.0, "dones": False} | other
    return pd.DataFrame(columns)


def joined():
    """Two files of two episodes each, numbered 0 and 1 in both."""
    return table(episode_index=np.repeat([0, 1, 0, 1], LENGTHS), step=STEP)


def test_numbers_that_start_again_in_each_file_are_told():
    with pytest.raises(ValueError, match="If files were joined whose numbers start again in each"):
        formats.open(joined())
    with pytest.raises(ValueError, match="episodes' numbers start again in each, give those of each file"):
        formats.open(joined(), rename={"step": "frame_index"})
    own = joined().assign(episode_index=lambda rows: rows.episode_index + 2 * (np.arange(N) >= 7))
    assert formats.open(own, rename={"step": "frame_index"}).lengths.tolist() == LENGTHS


def test_episodes_that_were_sorted_into_each_other_are_asked_about():
    mixed = joined().sort_values(["episode_index", "step"], kind="stable")
    (note,) = formats.open(mixed).notes
    assert "`step` is the same in 7 steps as in the step before: do several episodes take turns?" in note


@pytest.mark.parametrize("door", ["table", "dict"])
def test_the_observation_after_each_step_is_checked_in_both_doors(door):
    after = np.where(ENDS[:, None], 9.0, np.roll(SEEN, -1, axis=0))
    right = table(episode_index=np.repeat(range(4), LENGTHS), next_observations=list(after))
    merged = right.assign(episode_index=np.repeat([0, 0, 1, 1], LENGTHS))

    def opened(rows):
        columns = {name: np.array(list(values)) for name, values in rows.items()}
        return formats.open(rows if door == "table" else columns)

    assert opened(right).lengths.tolist() == LENGTHS
    with pytest.raises(ValueError, match="`next_observations` differ from the next row's observation at 2 steps"):
        opened(merged)


def test_a_count_beside_a_dict_of_columns_is_looked_at():
    columns = {name: np.array(list(values)) for name, values in joined().items() if name != "episode_index"}
    data = formats.open(columns | {"offsets": [0, 7, N]})
    assert "`step` starts again within episodes, 2 times" in data.notes[0]
    assert formats.open(columns | {"offsets": np.cumsum([0, *LENGTHS])}).notes == ()


@pytest.mark.parametrize("names", [["episode_index"], ["episode_index", "frame_index"]])
def test_an_index_with_names_holds_columns(names):
    rows = table(episode_index=np.repeat(range(4), LENGTHS), frame_index=STEP).sample(frac=1, random_state=0)
    rows = rows if "frame_index" in names else rows.sort_index()
    data = formats.open(rows.set_index(names))
    assert data.lengths.tolist() == LENGTHS
    np.testing.assert_allclose(data.observations, SEEN, rtol=1e-6)


def test_parts_of_a_grouped_table_are_episodes():
    whole = table(run=np.repeat(range(4), LENGTHS))
    data = formats.open([part for _, part in whole.groupby("run")])
    assert data.lengths.tolist() == LENGTHS


class Polars:
    """What polars' DataFrame has that pandas' has, too, and what it doesn't."""

    columns = ("observations",)

    def to_dict(self):
        raise AssertionError

    def to_pandas(self):
        return table(episode_index=np.repeat(range(4), LENGTHS))


def test_tables_of_other_libraries():
    assert formats.open(Polars()).lengths.tolist() == LENGTHS
    arrow = pa.Table.from_pandas(table(episode_index=np.repeat(range(4), LENGTHS)))
    assert formats.open(arrow).lengths.tolist() == LENGTHS


@pytest.mark.parametrize("column", ["observations", "actions"])
def test_bytes_of_arrays_are_told_how_to_be_read(column):
    rows = table(episode_index=np.repeat(range(4), LENGTHS), actions=list(SEEN.clip(-1, 1)))
    written = [np.asarray(value, np.float32).tobytes() for value in rows[column]]
    rows[column] = [np.zeros(2, np.float32).tobytes(), *written[1:]]
    with pytest.raises(ValueError, match=rf"`{column}` must hold numbers.*numpy.frombuffer\(value, numpy.float32\)"):
        formats.open(rows)
    rows[column] = [np.frombuffer(value, np.float32) for value in rows[column]]
    assert formats.open(rows).lengths.tolist() == LENGTHS


def test_an_environment_that_gives_tensors_with_gradients_is_recorded():
    class Tensors(Places):
        def __init__(self):
            super().__init__()
            self.observation_space = type(self.action_space)(-9, 9, (2,))

        def reset(self, **options):
            super().reset(**options)
            return torch.zeros(2, requires_grad=True), {}

        def step(self, action):
            return torch.ones(2, requires_grad=True), *super().step(action)[1:]

    data = recording.record(lambda seen: np.zeros((1, 1)), Tensors, 2, progress=False)
    assert data.observations.tolist() == [[0, 0], [1, 1], [1, 1]] * 2
