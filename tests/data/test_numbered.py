"""Columns with the episode's number in their names, as d3rlpy's dumps have them since version 2."""

import h5py
import numpy as np
import pytest

from dt_helpers.data import formats
from dt_helpers.data.spaces import Choices

RNG = np.random.default_rng(0)
LENGTHS = [5 + i for i in range(12)]  # with ten or more, the order of the names as text is another


def episode(number, n, kind):
    seen = RNG.normal(size=(n, 2)).astype("f4") + number
    actions = RNG.integers(0, 3, (n, 1)) if kind == "choices" else RNG.uniform(-1, 1, (n, 1)).astype("f4")
    found = {"observations": seen, "actions": actions, "rewards": np.full((n, 1), float(number))}
    return found | {"terminated": bool(number % 2)}


def dump(path, episodes):
    """As `d3rlpy.dataset.dump` does; a tuple's parts have a second number."""
    with h5py.File(path, "w") as file:
        file["columns"], file["num_episodes"], file["version"] = list(episodes[0]), len(episodes), "2.1"
        for i, one in enumerate(episodes):
            for column, values in one.items():
                parts = {f"_{j}": part for j, part in enumerate(values)} if isinstance(values, tuple) else {"": values}
                for part, there in parts.items():
                    file[f"{column}_{i}{part}"] = there
    return path


def as_npz(path, episodes):
    np.savez(path.with_suffix(".npz"), **as_dict(path, episodes))
    return path.with_suffix(".npz")


def as_dict(path, episodes):
    return {f"{column}_{i}": values for i, one in enumerate(episodes) for column, values in one.items()}


@pytest.mark.parametrize("door", [dump, as_npz, as_dict])
@pytest.mark.parametrize("kind", ["numbers", "choices"])
def test_episodes_come_in_the_order_of_their_numbers(door, kind, tmp_path):
    episodes = [episode(i, n, kind) for i, n in enumerate(LENGTHS)]
    data = formats.open(door(tmp_path / "dump.h5", episodes))
    assert data.lengths.tolist() == LENGTHS and (data.space == Choices((3,), (0,))) == (kind == "choices")
    np.testing.assert_array_equal(data.observations, np.concatenate([one["observations"] for one in episodes]))
    assert data.rewards.tolist() == np.repeat(np.arange(12.0), LENGTHS).tolist()
    assert np.flatnonzero(data.dones).tolist() == [data.offsets[i + 1] - 1 for i in range(1, 12, 2)]


def test_the_parts_of_a_tuple_are_named_by_their_numbers(tmp_path):
    episodes = [episode(i, n, "numbers") for i, n in enumerate(LENGTHS)]
    for one in episodes:
        one["observations"] = (one["observations"], one["observations"][:, :1] * 2)
    path = dump(tmp_path / "tuples.h5", episodes)
    assert formats.open(path).state_dim == 3 and formats.open(path, key="1").state_dim == 1
    np.testing.assert_array_equal(formats.open(path, key="0").observations[:5], episodes[0]["observations"][0])


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({}, {"horizon": 3}, "Leave horizon= out: each number is an episode"),
        ({"rewards_3": None}, {}, r"lacks the columns \['rewards'\]"),
        ({"actions_2": np.zeros((3, 1))}, {}, "'actions' must be as long .* episode 2 has 3 steps there and 7"),
    ],
)
def test_what_does_not_fit_is_named(change, options, words):
    given = as_dict(None, [episode(i, n, "numbers") for i, n in enumerate(LENGTHS)]) | change
    with pytest.raises(ValueError, match=words):
        formats.open({name: values for name, values in given.items() if values is not None}, **options)


def test_numbers_of_components_are_no_episodes():
    """Flat columns, one for each component: which make a vector is for the reader to say."""
    given = {f"{column}_{i}": np.ones(9) for column in ("observations", "actions") for i in range(2)}
    with pytest.raises(ValueError, match=r"lacks \['observations', 'actions'\]"):
        formats.open(given | {"rewards": np.ones(9), "terminals": np.arange(9) == 8})


@pytest.mark.parametrize("name", ["frames", "obs", "state"])
def test_an_npz_of_numbered_columns_is_read_and_renamed_as_the_same_dict_is(name, tmp_path):
    rng, given = np.random.default_rng(0), {}
    for i, n in enumerate([4, 5, 6]):
        given |= {f"{name}_{i}": rng.normal(size=(n + 1, 3)), f"actions_{i}": rng.uniform(-1, 1, (n, 2))}
        given |= {f"rewards_{i}": np.ones(n), f"dones_{i}": np.zeros(n, bool)}
    np.savez(tmp_path / "mine.npz", **given)
    for source in (given, tmp_path / "mine.npz"):
        data = formats.open(source, rename={name: "observations"})
        assert data.lengths.tolist() == [4, 5, 6]
        np.testing.assert_allclose(data.observations[4:9], given[f"{name}_1"][:-1], rtol=1e-6)
