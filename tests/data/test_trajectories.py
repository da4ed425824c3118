import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dt_helpers.data.trajectories import COLUMNS, Trajectories
from tests.conftest import make_trajectories
from tests.sizes import examples

lengths = st.lists(st.integers(1, 40), min_size=1, max_size=8)


@given(lengths, st.integers(0, 100))
@settings(max_examples=examples("properties", 50))
def test_returns_to_go_are_sums_to_the_episodes_end(lengths, seed):
    data = make_trajectories(lengths, seed=seed)
    for i, (begin, end) in enumerate(zip(data.offsets[:-1], data.offsets[1:], strict=True)):
        rewards = data.rewards[begin:end].astype(np.float64)
        expected = [rewards[t:].sum() for t in range(end - begin)]
        np.testing.assert_allclose(data.returns_to_go[begin:end], expected, rtol=1e-5, atol=1e-4)
        np.testing.assert_allclose(data.returns[i], rewards.sum())
        assert (data.episode_of[begin:end] == i).all()
    assert data.returns_to_go.dtype == np.float32


@given(lengths)
@settings(max_examples=examples("properties", 25))
def test_there_and_back_through_a_dataset(lengths):
    data = make_trajectories(lengths)
    dataset = data.to_dataset()
    assert dataset.column_names == list(COLUMNS)
    assert np.shape(dataset[0]["observations"]) == (lengths[0], 3)
    again = Trajectories.from_dataset(dataset, name="again")
    for column in (*COLUMNS, "offsets"):
        np.testing.assert_array_equal(getattr(again, column), getattr(data, column))
        assert getattr(again, column).dtype == getattr(data, column).dtype


def test_parts_become_one(trajectories):
    other = make_trajectories([3, 4], seed=1)
    both = Trajectories.concatenate([trajectories, other], "both")
    assert both.lengths.tolist() == [30, 1, 7, 50, 20, 3, 4] and both.name == "both"
    for column in COLUMNS:
        np.testing.assert_array_equal(both.episode(6)[column], other.episode(1)[column])
    with pytest.raises(ValueError, match=r"\(3, 2\), \(4, 2\)"):
        Trajectories.concatenate([trajectories, make_trajectories([3], state_dim=4)])


def test_a_saved_dataset_is_viewed_not_copied(tmp_path, trajectories):
    import datasets

    trajectories.to_dataset().save_to_disk(tmp_path)
    data = Trajectories.from_dataset(datasets.load_from_disk(str(tmp_path)))
    for column in ("observations", "actions", "rewards"):
        assert not getattr(data, column).flags.owndata
    np.testing.assert_array_equal(data.observations, trajectories.observations)


def test_a_part_of_a_dataset(trajectories):
    part = trajectories.to_dataset().select([3, 0])
    data = Trajectories.from_dataset(part)
    assert data.lengths.tolist() == [50, 30]
    np.testing.assert_array_equal(data.episode(0)["actions"], trajectories.episode(3)["actions"])


def test_published_columns_in_float64_become_float32():
    import datasets

    rows = {
        "observations": [[[1.0, 2.0]] * 3],
        "actions": [[[0.5]] * 3],
        "rewards": [[1.0, 2.0, 3.0]],
        "dones": [[False] * 3],
    }
    data = Trajectories.from_dataset(datasets.Dataset.from_dict(rows))
    assert {getattr(data, c).dtype for c in ("observations", "actions", "rewards")} == {np.dtype(np.float32)}
    assert data.returns_to_go.tolist() == [6, 5, 3]


def test_missing_column_is_named():
    import datasets

    with pytest.raises(ValueError, match=r"lacks the columns \['dones'\]"):
        Trajectories.from_dataset(datasets.Dataset.from_dict({"observations": [], "actions": [], "rewards": []}))


def test_episodes_of_different_lengths_in_columns_are_refused():
    import datasets

    rows = {"observations": [[[1.0]] * 2], "actions": [[[0.5]] * 3], "rewards": [[1.0] * 3], "dones": [[False] * 3]}
    with pytest.raises(ValueError, match="'observations'"):
        Trajectories.from_dataset(datasets.Dataset.from_dict(rows))


def test_offsets_must_fit(trajectories):
    arrays = [getattr(trajectories, column) for column in COLUMNS]
    for wrong in ([0, 5], [1, trajectories.n_steps], [0, 4, 4, trajectories.n_steps], [0]):
        with pytest.raises(ValueError, match="offsets must rise"):
            Trajectories(*arrays, np.array(wrong))
    with pytest.raises(ValueError, match="one row per step"):
        Trajectories(arrays[0][:-1], *arrays[1:], trajectories.offsets)


def test_hold_out_keeps_episodes_whole(trajectories):
    train, held_out = trajectories.hold_out(0.4, seed=1)
    assert sorted([*train, *held_out]) == list(range(5)) and len(held_out) == 2
    assert trajectories.hold_out(0.4, seed=1)[1].tolist() == held_out.tolist()
    for share in (0.0, 1.0):
        with pytest.raises(ValueError, match="share"):
            trajectories.hold_out(share)


def test_episode_out_of_range(trajectories):
    assert len(trajectories.episode(-1)["rewards"]) == 20
    with pytest.raises(IndexError, match="there are 5"):
        trajectories.episode(5)


CONSTANT = {  # a column that doesn't change in the data, but for what rounding makes of it
    "zeros": np.zeros(50),
    "a large number": np.full(50, 1e6),
    "rounding": 0.1 + np.resize([0, 7e-9], 50),
    "rounding far from zero": 9000.1 + np.resize([0, 5e-5], 50),
    "rounding about zero": np.resize([-1e-10, 1e-10], 50),
    "one step": np.full(1, 3.0),
}


@pytest.mark.parametrize("name", CONSTANT)
def test_a_constant_column_is_not_scaled(name):
    """A deviation near 0 would make a thousand of the little by which an environment differs from the data."""
    values = CONSTANT[name]
    other = np.linspace(-1, 1, len(values)) * 1e-3 + 5  # small, but it changes
    n = len(values)
    data = Trajectories(np.stack([values, other], axis=1), np.zeros((n, 1)), np.ones(n), np.zeros(n), [0, n])
    assert data.dead.tolist() == [True, n == 1] and data.state_std[0] == 1
    assert abs((values[0] + 1e-3 - data.state_mean[0]) / data.state_std[0]) < 0.01
    assert n == 1 or data.state_std[1] == pytest.approx(other.std(), rel=1e-2)


@pytest.mark.parametrize(("mean", "deviation"), [(1e5, 0.1), (0, 1e-5), (20, 1e-3), (1e6, 2.0)])
def test_a_column_with_small_changes_is(mean, deviation):
    values = mean + np.resize([-deviation, deviation], 50)
    data = Trajectories(values[:, None], np.zeros((50, 1)), np.ones(50), np.zeros(50), [0, 50])
    assert not data.dead.any() and data.state_std[0] == pytest.approx(deviation, rel=0.05)
