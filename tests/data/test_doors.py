"""Whatever comes, it ends in the episodes that went in, or in a ValueError that names the column and what helps."""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dt_helpers.data import formats, spaces
from dt_helpers.data.trajectories import Trajectories
from tests.sizes import examples

NAMES = ("observations", "actions", "rewards", "dones", "offsets")
DAMAGE = ("nan", "inf", "null", "text", "shorter", "longer", "offsets", "flag", "rank", "missing", "pictures", "none")


@st.composite
def recordings(draw):
    """Episodes (dicts of columns), of random sizes, lengths, kinds of actions and of numbers."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lengths = draw(st.lists(st.integers(1, 9), min_size=1, max_size=5))
    kind = draw(st.sampled_from(["unit", "wide", "offset", "discrete", "multi", "bits", "single"]))
    cells = draw(st.booleans())
    numbers, whole = draw(st.sampled_from(["f2", "f4", "f8"])), draw(st.booleans())
    episodes = []
    for n in lengths:
        observations = rng.integers(0, 7, n) if cells else rng.normal(size=(n, 3)).astype(numbers)
        match kind:
            case "unit":
                actions = rng.uniform(-1, 1, (n, 2)).astype("f4")
            case "wide":
                actions = rng.uniform(-50, 50, (n, 2))
            case "offset":
                actions = rng.uniform(100, 101, (n, 1)).astype("f4")
            case "discrete":
                actions = rng.integers(-2, 4, n)
            case "multi":
                actions = rng.integers(0, 4, (n, 2))
            case "bits":
                actions = rng.integers(0, 2, (n, 3)).astype("i1")
            case "single":
                actions = rng.uniform(-1, 1, n).astype("f4")
        dones = np.arange(n) == (n - 1 if rng.random() < 0.5 else -1)
        rewards = rng.integers(-5, 5, n) if whole else rng.normal(size=n).astype(numbers)
        episodes.append({"observations": observations, "actions": actions, "rewards": rewards, "dones": dones})
    return episodes


def flat(episodes):
    columns = {c: np.concatenate([e[c] for e in episodes]) for c in NAMES[:4]}
    return {**columns, "offsets": np.cumsum([0] + [len(e["rewards"]) for e in episodes])}


def as_steps(columns):
    """One row a step. Rows are as long as each other, and `offsets` says no more than which episode each belongs to."""
    import pandas as pd

    assume(len({len(columns[c]) for c in NAMES[:4] if c in columns}) == 1)
    episode = np.repeat(np.arange(len(columns["offsets"]) - 1), np.diff(columns["offsets"]))
    return pd.DataFrame({**{c: list(columns[c]) for c in NAMES[:4] if c in columns}, "episode_index": episode})


def opened(layout, columns, folder):
    """The columns by one of the ways that data comes."""
    import datasets

    bounds = list(zip(columns["offsets"][:-1], columns["offsets"][1:], strict=True))
    rows = (
        [{c: columns[c][a:b] for c in NAMES[:4] if c in columns} for a, b in bounds]
        if layout in ("list", "dataset", "disk")
        else []
    )
    match layout:
        case "constructor":
            return Trajectories(**columns)
        case "lists":
            return Trajectories(**{c: np.asarray(v).tolist() for c, v in columns.items()})
        case "tensors":
            import torch

            return Trajectories(**{c: torch.as_tensor(v) if v.dtype.kind in "biuf" else v for c, v in columns.items()})
        case "dict":
            return formats.open(columns)
        case "list":
            return formats.open(rows)
        case "dataset":
            return formats.open(datasets.Dataset.from_list([{c: v.tolist() for c, v in r.items()} for r in rows]))
        case "disk":
            dataset = datasets.Dataset.from_list([{c: v.tolist() for c, v in r.items()} for r in rows])
            dataset.save_to_disk(str(folder / "saved"))
            return formats.open(folder / "saved")
        case "steps":
            return formats.open(as_steps(columns))
        case "npz":
            np.savez(folder / "mine.npz", **columns)
            return formats.open(folder / "mine.npz")


def require_same(data, episodes):
    assert len(data) == len(episodes)
    for i, episode in enumerate(episodes):
        found = data.episode(i)
        for column in ("observations", "actions"):
            space = data.action_space if column == "actions" else data.observation_space
            got, want = found[column], np.asarray(episode[column])
            if isinstance(space, spaces.Choices):
                got = space.decode(got)
            np.testing.assert_allclose(got.reshape(len(want), -1), want.reshape(len(want), -1), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found["rewards"], np.asarray(episode["rewards"], float), rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(found["dones"], episode["dones"])


LAYOUTS = ("constructor", "lists", "tensors", "dict", "list", "dataset", "disk", "steps", "npz")


@given(recordings(), st.sampled_from(LAYOUTS))
@settings(max_examples=examples("properties", 60))
def test_what_went_in_comes_out(tmp_path_factory, episodes, layout):
    require_same(opened(layout, flat(episodes), tmp_path_factory.mktemp("door")), episodes)


@given(recordings(), st.sampled_from(LAYOUTS), st.sampled_from(DAMAGE), st.sampled_from(NAMES[:3]), st.integers(0, 99))
@settings(max_examples=examples("properties", 120))
def test_damage_is_refused_in_the_readers_columns_or_does_no_harm(
    tmp_path_factory, episodes, layout, damage, column, place
):
    columns = flat(episodes)
    values = columns[column]
    row = place % len(values)
    match damage:
        case "nan" | "inf":
            columns[column] = values.astype("f8")
            columns[column][row] = np.nan if damage == "nan" else -np.inf
        case "null":
            columns[column] = values.astype(object)
            columns[column][row] = None
        case "text":
            columns[column] = values.astype(str)
        case "shorter":
            columns[column] = values[:-1]
        case "longer":
            columns[column] = np.concatenate([values, values[:1]])
        case "offsets":
            columns["offsets"] = columns["offsets"] + 1
        case "flag":
            column, columns["dones"] = "dones", columns["dones"] + 2
        case "rank":
            columns[column] = np.repeat(values.reshape(len(values), 1, -1), 2, axis=1)
        case "missing":
            del columns[column]
        case "pictures":
            column, columns["observations"] = "observations", np.zeros((len(values), 20, 20), "u1")
        case "none":
            pass
    try:
        data = opened(layout, columns, tmp_path_factory.mktemp("door"))
    except ValueError as error:
        assert re.search("|".join(NAMES), str(error)), error
        return
    except TypeError as error:  # of the constructor, which has no such argument's value
        assert damage == "missing" and "argument" in str(error)
        return
    assert all(np.isfinite(getattr(data, c)).all() for c in NAMES[:3])
    assert data.observations.ndim == data.actions.ndim == 2
    # What may be read: rows that were cut by their own offsets, matrices of observations, and numbers that are pictures
    # no longer, since lists have no bytes.
    in_rows = layout in ("list", "dataset", "disk", "steps")
    assert damage == "none" or (damage in ("shorter", "longer", "offsets") and in_rows) or (
        (damage, column) in (("rank", "observations"), ("pictures", "observations"))
    )  # fmt: skip


def test_bounds_are_the_datas_where_it_leaves_one(capsys):
    actions = np.array([[0.0], [100.0], [20.0]])
    data = Trajectories(np.zeros((3, 1)), actions, np.ones(3), np.zeros(3, bool), [0, 3])
    assert data.action_space == spaces.Continuous((0,), (100,))
    assert data.action_space.to_model(actions).ravel().tolist() == pytest.approx([-1, 1, -0.6])
    np.testing.assert_allclose(data.action_space.from_model(data.action_space.to_model(actions)), actions)
    assert "actions exceed ±1" in capsys.readouterr().out and "actions exceed ±1" in data.notes[-1]


def test_what_the_columns_do_not_say_survives_a_file(tmp_path):
    import gymnasium

    choices = np.array([[2, 1], [0, 0], [1, 1], [2, 0]])
    data = Trajectories(
        np.array([0, 3, 1, 2]), choices, np.ones(4), np.zeros(4, bool), [0, 2, 4], name="pad", env="Pad-v0",
        action_space=gymnasium.spaces.MultiDiscrete([4, 2]),
    )  # fmt: skip
    again = formats.open(formats.to_parquet(data, tmp_path))
    assert (again.action_space, again.observation_space, again.env, again.notes) == (
        data.action_space, data.observation_space, "Pad-v0", data.notes,
    )  # fmt: skip
    np.testing.assert_array_equal(again.action_space.decode(again.actions), choices)
    again.to_dataset().save_to_disk(str(tmp_path / "saved"))
    assert formats.open(tmp_path / "saved").action_space == data.action_space


def test_episodes_that_are_not_finite_can_be_left_out():
    episodes = [
        {"observations": np.ones((4, 2)), "actions": np.full((4, 1), 0.5), "rewards": np.ones(4), "dones": np.zeros(4)}
        for _ in range(3)
    ]
    episodes[1]["rewards"] = np.array([1, np.inf, 1, 1])
    with pytest.raises(ValueError, match=r"The rewards of .* not finite .* row 5, episode 1, step 1.*drop episodes"):
        formats.open(episodes)
    assert len(formats.open(episodes, on_nan="drop episodes")) == 2


def test_a_pickle_that_would_run_code_is_refused(tmp_path):
    import pickle

    class Trap:
        def __reduce__(self):
            return print, ("it ran",)

    (tmp_path / "trap.pkl").write_bytes(pickle.dumps([{"observations": Trap()}]))
    with pytest.raises(ValueError, match=r"The pickle needs builtins\.print"):
        formats.open(tmp_path / "trap.pkl")
