"""One row per episode or per step, and lists of episodes: the layouts that people bring, and what each is told."""

import re
from types import SimpleNamespace

import datasets
import numpy as np
import pandas
import pytest
import torch

from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data import formats, rows
from dt_helpers.data.spaces import Choices

RNG = np.random.default_rng(0)
FLOATS, FLAGS = datasets.Sequence(datasets.Value("float32")), datasets.Sequence(datasets.Value("bool"))
LEROBOT = {
    "observation.state": "observations", "action": "actions", "next.reward": "rewards", "next.done": "dones"
}  # fmt: skip


def lerobot(**other):
    """Two episodes of ten steps in LeRobot's layout."""
    columns = {
        "observation.state": RNG.normal(size=(20, 3)).tolist(),
        "action": RNG.uniform(-1, 1, (20, 2)).tolist(),
        "next.reward": np.arange(20.0).tolist(),
        "next.done": [False] * 20,
        "episode_index": (np.arange(20) // 10).tolist(),
        "frame_index": (np.arange(20) % 10).tolist(),
        "timestamp": [0.1] * 20,
    }
    return datasets.Dataset.from_dict(
        {name: values for name, values in (columns | other).items() if values is not None}
    )


NAMES = {
    "text": ["a"] * 10 + ["b"] * 10,
    "uuids": ["7f3c"] * 10 + ["03aa"] * 10,
    "numbers from 5 on": [5] * 10 + [9] * 10,
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shuffled", [False, True])
def test_steps_are_grouped_by_whatever_names_their_episode(name, shuffled):
    table = lerobot(episode_index=NAMES[name])
    data = formats.open(table.shuffle(seed=1) if shuffled else table, rename=LEROBOT)
    assert data.lengths.tolist() == [10, 10]
    both = {tuple(data.episode(i)["rewards"]) for i in range(2)}
    assert both == {tuple(np.arange(10.0)), tuple(np.arange(10.0, 20.0))}


@pytest.mark.parametrize(
    ("other", "rename", "words"),
    [
        ({}, None, "rename={'observation.state': 'observations', 'action': 'actions', 'next.reward': 'rewards'"),
        ({"episode_index": None}, LEROBOT, r"lacks the columns \['episode_index'\].*as a row is a step here"),
        ({"episode_index": [0] * 19 + [None]}, LEROBOT, r"`episode_index` is missing \(null\) in 1 rows"),
        ({"frame_index": None, "episode_index": [0, 1] * 10}, LEROBOT, "next to each other.* add a column frame_index"),
        ({"next.done": [None] * 20}, LEROBOT, "`dones` must hold one flag per step.* nan"),
        ({"action": ["left", "right"] * 10}, LEROBOT, "`actions` must hold numbers.*'left'"),
    ],
)
def test_steps_that_can_not_be_read_are_told_what_is_missing(other, rename, words):
    with pytest.raises(ValueError, match=words):
        formats.open(lerobot(**other), rename=rename)


TWICE = {  # rename=, and the columns that would have become one
    "two scalars": ({"pos": "observations", "vel": "observations"}, ["pos", "vel"]),
    "two vectors": ({"state": "observations", "goal": "observations"}, ["state", "goal"]),
    "a vector and a scalar": ({"state": "observations", "vel": "observations"}, ["vel", "state"]),
    "one that is there": ({"pos": "actions"}, ["pos", "actions"]),
}


@pytest.mark.parametrize("kind", ["frame", "dataset", "dict"])
@pytest.mark.parametrize("name", TWICE)
def test_two_columns_do_not_become_one_and_the_way_that_is_told_joins_them(name, kind):
    """The sentence is followed to the letter."""
    rename, both = TWICE[name]
    data = {"pos": RNG.normal(size=6), "vel": RNG.normal(size=6), "state": list(RNG.normal(size=(6, 3)))}
    data |= {"goal": list(RNG.normal(size=(6, 2))), "actions": RNG.uniform(-1, 1, 6), "rewards": np.ones(6)}
    data |= {"dones": np.arange(6) == 5, "terminals": np.arange(6) == 5, "episode_index": np.zeros(6, int)}
    made = {"frame": pandas.DataFrame, "dataset": datasets.Dataset.from_dict, "dict": dict}[kind](data)
    with pytest.raises(ValueError, match=r"would all be `.*` after rename=, and only one can be read") as caught:
        formats.open(made, rename=rename)
    assert str(both) in str(caught.value)
    advice = str(caught.value).partition("for instance ")[2].removesuffix(".")
    if "actions" not in both and kind != "dataset":
        exec(advice, {"numpy": np, "data": made})
        found = formats.open(made).observations
        np.testing.assert_allclose(found, np.column_stack([list(data[column]) for column in both]), rtol=1e-6)


AMBIGUOUS = {  # the names that there are, and the renames that are suggested
    "both obs and state": (["obs", "state", "actions", "rewards", "dones"], {"obs": "observations"}, "'state'"),
    "LeRobot's": (
        ["observation.state", "observation.environment_state", "action", "next.reward", "next.done"],
        {"observation.state": "observations", "action": "actions", "next.reward": "rewards", "next.done": "dones"},
        "'observation.environment_state'",
    ),
    "three rewards": (
        ["observations", "actions", "r", "rew", "reward", "done"],
        {"r": "rewards", "done": "dones"},
        "'rew' or 'reward'",
    ),
    "one that helps, but none that lacks": (
        ["o_t", "a_t", "rewards", "dones", "episode_id"],
        {"your name": "observations"},
        None,
    ),
    "a next state": (["state", "next_state", "actions", "rewards", "dones"], {"state": "observations"}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_a_suggested_rename_never_maps_two_names_to_one(name):
    there, rename, other = AMBIGUOUS[name]
    with pytest.raises(ValueError, match=re.escape(f"rename={rename}.")) as caught:
        formats.open(datasets.Dataset.from_dict({column: [[0.0]] for column in there}))
    assert (f"mean {other}? Only one can be read" if other else "rename=") in str(caught.value)
    assert ("Only one" in str(caught.value)) == bool(other)


def arrays(seen, done, earned=FLOATS, **values):
    """Two rows of four steps, in columns of these types."""
    features = datasets.Features(observations=seen, actions=done, rewards=earned, dones=FLAGS)
    plain = {
        "observations": np.arange(24.0).reshape(2, 4, 3),
        "actions": np.zeros((2, 4, 2)),
        "rewards": np.ones((2, 4)),
    }
    columns = {name: np.asarray(values.get(name, plain[name])).tolist() for name in plain}
    return datasets.Dataset.from_dict(columns | {"dones": [[False] * 4] * 2}, features=features)


A2 = datasets.Array2D((4, 2), "float32")
NESTED = datasets.Sequence(FLOATS)
LAYOUTS = {
    "Array2D": arrays(datasets.Array2D((4, 3), "float32"), A2),
    "Array2D of any length": arrays(datasets.Array2D((None, 3), "float32"), A2),
    "Array3D": arrays(datasets.Array3D((4, 3, 1), "float32"), A2, observations=np.arange(24.0).reshape(2, 4, 3, 1)),
    "rewards (T, 1)": arrays(NESTED, A2, datasets.Array2D((4, 1), "float32"), rewards=np.ones((2, 4, 1))),
    "fixed lengths": arrays(datasets.Sequence(datasets.Sequence(datasets.Value("float32"), 3), 4), NESTED),
    "LargeList": arrays(datasets.LargeList(datasets.LargeList(datasets.Value("float32"))), NESTED),
    "as tensors": arrays(NESTED, NESTED).with_format("torch"),
    "chosen rows": datasets.concatenate_datasets([arrays(NESTED, NESTED)] * 2).select([2, 1]),
    "in splits": datasets.DatasetDict(train=arrays(NESTED, NESTED), test=arrays(NESTED, NESTED).select([0])),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_columns_of_any_type_hold_the_same_episodes(name):
    for data in (formats.open(LAYOUTS[name]), DecisionTransformerGymDataCollator(LAYOUTS[name]).trajectories):
        assert data.lengths.tolist() == [4, 4] and data.rewards.tolist() == [1] * 8
        np.testing.assert_array_equal(data.observations, np.arange(24.0).reshape(8, 3))


def test_a_matrix_in_each_step_is_flattened():
    columns = {"observations": np.ones((6, 2, 2)).tolist()}
    columns |= {"actions": [[0.5]] * 6, "rewards": [1.0] * 6, "dones": [False] * 6, "episode_index": [0, 0, 0, 1, 1, 1]}
    features = datasets.Features(
        observations=datasets.Array2D((2, 2), "float32"),
        actions=FLOATS,
        rewards=datasets.Value("float32"),
        dones=datasets.Value("bool"),
        episode_index=datasets.Value("int64"),
    )
    data = formats.open(datasets.Dataset.from_dict(columns, features=features))
    assert data.observations.shape == (6, 4) and data.lengths.tolist() == [3, 3]


STREAMS = {
    "a stream": lerobot().to_iterable_dataset(),
    "streams of splits": datasets.IterableDatasetDict(train=lerobot().to_iterable_dataset()),
    "a stream that was mapped": lerobot().to_iterable_dataset().map(lambda row: row),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_told_how_to_become_a_dataset(name):
    for door in (formats.open, DecisionTransformerGymDataCollator):
        with pytest.raises(ValueError, match=r"has no known end: load it without streaming, or take a part of it"):
            door(STREAMS[name])


def episode(**other):
    found = {"observations": np.ones((5, 3)), "actions": np.array([0, 1, 1, 0]), "rewards": np.ones(4)}
    return found | {"dones": [False, False, False, True]} | other


def renamed(found, names):
    return {names.get(name, name): values for name, values in found.items()}


IMITATION = {"observations": "obs", "actions": "acts", "rewards": "rews", "dones": "terminal"}
EPISODES = {
    "dicts with the final observation": ([episode()] * 2, {}),
    "imitation's": (
        [SimpleNamespace(**renamed(episode(dones=True), IMITATION), infos=None)] * 2,
        {"rename": {ours: name for name, ours in IMITATION.items()}},
    ),
    "d3rlpy's": (
        [SimpleNamespace(**renamed(episode(rewards=np.ones((4, 1)), dones=True), {"dones": "terminated"}))] * 2,
        {},
    ),
    "kzl's": ([renamed(episode(), {"dones": "terminals"})] * 2, {}),
}


@pytest.mark.parametrize("name", EPISODES)
def test_lists_of_episodes_as_other_libraries_keep_them(name):
    source, options = EPISODES[name]
    data = formats.open(source, **options)
    assert data.lengths.tolist() == [4, 4] and np.flatnonzero(data.dones).tolist() == [3, 7]
    assert data.space == Choices((2,), (0,)) and data.observations.shape == (8, 3)


NOTHING_TO_READ = {
    "an empty list": ([], "is empty: there are no episodes in the list"),
    "a table that was filtered to nothing": (lerobot().filter(lambda row: False), "lacks the columns|is empty"),
    "lists of steps": ([[{"observations": [1.0]}] * 3], "entry 0 is of type <class 'list'>"),
    "tuples": ([(np.ones(2), 1.0)], "entry 0 is of type <class 'tuple'>"),
    "a dict of episodes": ({0: episode(), 1: episode()}, r"lacks \['observations'.*has \[0, 1\]"),
    "a generator": ((one for one in [episode()]), "not <class 'generator'>"),
    "nothing": (None, "not <class 'NoneType'>"),
    "one array": (np.ones((3, 3)), "not <class 'numpy.ndarray'>"),
    "some with a final observation": (
        [episode(), episode(observations=np.ones((4, 3)))],
        "episode 0 has 5 steps there",
    ),
    "two more observations": (
        [episode(observations=np.ones((6, 3)))],
        "episode 0 has 6 steps there and 4 in 'rewards'",
    ),
    "an action more": ([episode(actions=np.zeros(5, int))], "'actions' must be as long .* episode 0 has 5 steps"),
}


@pytest.mark.parametrize("name", NOTHING_TO_READ)
def test_what_holds_no_episodes_is_refused_by_its_kind(name):
    source, words = NOTHING_TO_READ[name]
    with pytest.raises(ValueError, match=words):
        formats.open(source)


@pytest.mark.parametrize("source", [lerobot(), [episode()], lerobot().to_pandas()], ids=["table", "list", "frame"])
def test_an_option_without_a_meaning_is_refused(source):
    with pytest.raises(ValueError, match="Leave horizon= out: here rows, or entries of the list, say where"):
        rows.read(source, horizon=3)


def ended(kind, flags, **columns):
    """Three episodes of 4, 2 and 3 steps with one flag each, of this type."""
    rows = {"observations": [[[1.0, 2.0]] * n for n in (4, 2, 3)], "actions": [[0.5] * n for n in (4, 2, 3)]}
    rows |= {"rewards": [[1.0] * n for n in (4, 2, 3)], "dones": flags} | columns
    table = datasets.Dataset.from_dict(rows)
    return table.cast_column("dones", datasets.Value(kind))


@pytest.mark.parametrize("kind", ["bool", "int64", "float32", "uint8"])
def test_one_flag_per_episode_is_that_of_its_last_step_in_a_table_too(kind, tmp_path):
    table = ended(kind, [True, False, True])
    table.save_to_disk(tmp_path / "saved")
    as_list = [row | {column: np.array(row[column]) for column in row} for row in table]
    for source in (table, table.to_pandas(), tmp_path / "saved", as_list, table.rename_column("dones", "terminated")):
        data = formats.open(source)
        assert np.flatnonzero(data.dones).tolist() == [3, 8] and data.lengths.tolist() == [4, 2, 3]


def test_nor_do_final_observations_and_empty_episodes_move_it():
    final = {"observations": [[[1.0]] * (n + 1) for n in (4, 2, 3)]}
    assert np.flatnonzero(formats.open(ended("bool", [True, True, False], **final)).dones).tolist() == [3, 5]
    table = datasets.concatenate_datasets([ended("bool", [True, False, True])] * 2)
    empty = {"observations": [], "actions": [], "rewards": [], "dones": True}
    data = formats.open(datasets.Dataset.from_list([empty, *table], features=table.features))
    assert np.flatnonzero(data.dones).tolist() == [3, 8, 12, 17]


@pytest.mark.parametrize(
    ("flags", "words"),
    [([1, 0, None], r"`dones` is missing \(null\) in 1 rows"), ([0, 2, 1], "`dones` must hold one flag .* holds 2")],
)
def test_one_flag_per_episode_is_a_flag(flags, words):
    with pytest.raises(ValueError, match=words):
        formats.open(ended("int64", flags))


@pytest.mark.parametrize("as_given", [pandas.DataFrame, lambda columns: columns])
def test_two_columns_that_name_an_episode_together_are_made_one_as_the_error_says(as_given):
    """The robot and its trial: neither alone says which episode a row belongs to."""
    robot, trial = np.repeat([0, 0, 1, 1], 5), np.repeat([0, 1, 0, 1], 5)
    data = as_given(
        {"observations": np.arange(20.0), "actions": np.ones(20) * 0.3, "rewards": np.arange(20.0), "robot": robot}
        | {"trial": trial, "dones": np.zeros(20, bool)}
    )
    with pytest.raises(ValueError, match="ngroup") as told:
        formats.open(data, rename={"robot": "episode_index", "trial": "episode_index"})
    exec(re.search(r"for instance (.*)\.$", str(told.value))[1], {"data": data, "pandas": pandas})
    found = formats.open(data)
    assert found.lengths.tolist() == [5, 5, 5, 5] and found.rewards.tolist() == list(range(20))


AS_STEPS = {  # (components of an observation, shape of a reward), and what makes a value of it
    "numbers": (4, (), np.asarray),
    "one component, a number": (1, (), float),
    "tensors": (4, (1,), torch.as_tensor),
    "arrays of one": (2, (1,), np.asarray),
}


@pytest.mark.parametrize("kind", AS_STEPS)
def test_a_list_of_steps_is_not_taken_for_a_list_of_episodes(kind):
    dim, shape, make = AS_STEPS[kind]
    steps = [
        {
            "observations": make(np.full(dim, float(i)) if dim > 1 else float(i)),
            "actions": make(np.full(shape, 0.5) if shape else 0.5),
            "rewards": make(np.full(shape, float(i)) if shape else float(i)),
            "dones": i % 8 == 7,
        }
        for i in range(24)
    ]
    with pytest.raises(ValueError, match="these are steps, not episodes") as told:
        formats.open(steps)
    columns = eval(re.search(r"`(\{name.*?\})`", str(told.value))[1], {"steps": steps, "numpy": np})
    data = formats.open(columns | {"terminals": columns["dones"]})
    assert data.lengths.tolist() == [8, 8, 8] and data.rewards.tolist() == list(range(24))


def test_episodes_of_a_single_step_are_episodes():
    bandit = [
        {"observations": np.ones((1, 3)), "actions": [i % 2], "rewards": [1.0], "dones": [True]} for i in range(6)
    ]
    assert formats.open(bandit).lengths.tolist() == [1] * 6


@pytest.mark.parametrize("shape", [(4, 80), (3, 80), (2, 80)])
def test_columns_with_their_axes_turned_round_are_told_so(shape):
    columns = {"observations": np.zeros(shape), "actions": np.zeros((1, 80)), "rewards": np.ones((1, 80))}
    columns["terminals"] = (np.arange(80) % 8 == 7)[None]
    with pytest.raises(ValueError, match=r"turn the arrays round, `numpy\.asarray\(values\)\.T`"):
        formats.open(columns)
    data = formats.open({name: np.asarray(values).T for name, values in columns.items()})
    assert data.lengths.tolist() == [8] * 10 and data.state_dim == shape[0]
