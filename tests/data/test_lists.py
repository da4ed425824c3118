"""Dict observations: which parts of them were read is known from then on, and an environment is read likewise."""

import re
from collections import OrderedDict

import datasets
import gymnasium
import h5py
import numpy as np
import pytest

from dt_helpers import rollout
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data import formats, hdf5, rows
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.rollout.robots import Robot
from dt_helpers.training.beginning import make_model
from dt_helpers.training.settings import preset

KEYS = [None, "sees", ("sees",), ("sees", "feels"), ["goal", "feels"]]
SIZES = {"sees": 2, "goal": 1, "feels": 3}
RNG = np.random.default_rng(8)


def parts(n):
    return {part: RNG.normal(size=(n, size)).astype("f4") for part, size in SIZES.items()}


def episode(n):
    other = {"actions": RNG.uniform(-1, 1, (n, 2)).astype("f4"), "rewards": np.ones(n), "dones": np.arange(n) == n - 1}
    return {"observations": parts(n), **other}


def as_structs(episodes):
    def told(one):
        seen = [{part: one["observations"][part][t] for part in SIZES} for t in range(len(one["rewards"]))]
        plain = {column: one[column].tolist() for column in ("actions", "rewards", "dones")}
        return plain | {"observations": [{part: row.tolist() for part, row in step.items()} for step in seen]}

    return datasets.Dataset.from_list([told(one) for one in episodes])


def as_steps(episodes):
    told = []
    for number, one in enumerate(episodes):
        for t in range(len(one["rewards"])):
            step = {
                column: np.asarray(values[t]).tolist() for column, values in one.items() if column != "observations"
            }
            step["observations"] = {part: values[t].tolist() for part, values in one["observations"].items()}
            told.append(step | {"episode_index": number})
    return datasets.Dataset.from_list(told)


def from_columns(episodes, key):
    joined = {c: np.concatenate([one[c] for one in episodes]) for c in ("actions", "rewards", "dones")}
    seen = {part: np.concatenate([one["observations"][part] for one in episodes]) for part in SIZES}
    given = {"observations": seen, "actions": joined["actions"], "rewards": joined["rewards"]}
    return hdf5.from_columns(given | {"terminals": joined["dones"]}, "arms", key=key)


DOORS = {
    "list": lambda episodes, key: rows.read(episodes, "arms", key=key),
    "structs": lambda episodes, key: rows.read(as_structs(episodes), "arms", key=key),
    "steps": lambda episodes, key: rows.read(as_steps(episodes), "arms", key=key),
    "columns": from_columns,
}


def names(key):
    return tuple(sorted(SIZES)) if key is None else (key,) if isinstance(key, str) else tuple(key)


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("door", DOORS)
def test_every_door_says_which_parts_it_read(door, key):
    episodes = [episode(n) for n in (3, 1, 4)]
    found = DOORS[door](episodes, key)
    assert names(found.observation_key) == names(key)
    seen = [np.concatenate([one["observations"][part] for part in names(key)], axis=1) for one in episodes]
    assert (found.observations == np.concatenate(seen)).all()
    again = Trajectories.from_dataset(found.to_dataset())
    assert again.observation_key == found.observation_key
    assert Trajectories.concatenate([found, again]).observation_key == found.observation_key


KEPT_APART = [(["sees", "goal"], ["goal", "sees"]), ("sees", ("feels",)), (None, ("sees", "goal", "feels"))]


@pytest.mark.parametrize(("one", "other"), KEPT_APART, ids=str)
def test_data_of_other_parts_or_another_order_is_not_joined(one, other):
    """Even where they are as many numbers."""
    episodes = [episode(n) | {"observations": {part: np.ones((n, 2)) for part in SIZES}} for n in (3, 4)]
    both = [DOORS["list"](episodes, key) for key in (one, other)]
    with pytest.raises(ValueError, match=r"the same parts of observations, in the same order.*the same key="):
        Trajectories.concatenate(both)


def test_plain_observations_have_no_parts():
    episodes = [episode(n) | {"observations": np.ones((n, 2), "f4")} for n in (3, 2)]
    assert rows.read(episodes, "plain").observation_key is None
    told = [{column: values.tolist() for column, values in one.items()} for one in episodes]
    assert rows.read(datasets.Dataset.from_list(told), "plain").observation_key is None


class Arm(gymnasium.Env):
    """Its parts come in an order of its own, in which gymnasium flattens them."""

    observation_space = gymnasium.spaces.Dict(
        OrderedDict((part, gymnasium.spaces.Box(-9, 9, (size,), np.float32)) for part, size in SIZES.items())
    )
    action_space = gymnasium.spaces.Box(-1, 1, (2,), np.float32)

    def reset(self, *, seed=None, options=None):
        return {part: np.full(size, i, np.float32) for i, (part, size) in enumerate(SIZES.items())}, {}

    def step(self, action):
        return self.reset()[0], 1.0, False, False, {}


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_model_is_shown_the_parts_that_it_was_trained_on(key):
    data = DOORS["list"]([episode(n) for n in (9, 8, 7)], key)
    model = make_model(DecisionTransformerGymDataCollator(data), preset("ci"))
    assert names(ReplayFacts.of(model.config).observation_key) == names(key)
    robot = Robot(Arm(), model.config, ReplayFacts.of(model.config))
    values = {part: i for i, part in enumerate(SIZES)}
    assert robot.reset(seed=0).tolist() == [values[part] for part in names(key) for _ in range(SIZES[part])]
    assert rollout.evaluate(model, Arm(), 5.0, episodes=1, max_steps=3, progress=False).returns.tolist() == [3.0]


def test_an_environment_without_the_part_is_refused():
    data = DOORS["list"]([episode(n) for n in (9, 8, 7)], "sees")
    model = make_model(DecisionTransformerGymDataCollator(data), preset("ci"))

    class Blind(Arm):
        observation_space = gymnasium.spaces.Dict({"hears": gymnasium.spaces.Box(-9, 9, (2,), np.float32)})

        def reset(self, *, seed=None, options=None):
            return {"hears": np.zeros(2, np.float32)}, {}

    with pytest.raises(ValueError, match=r"has no part 'sees'.*key='sees'"):
        rollout.evaluate(model, Blind(), 5.0, episodes=1, max_steps=3, progress=False)


def with_parts(names, widths=None):
    """An episode of 4 steps whose observations have these parts, as wide as those of this name or as asked."""
    told = episode(4)
    wide = widths or [SIZES[name] for name in names]
    told["observations"] = {name: np.ones((4, n), "f4") for name, n in zip(names, wide, strict=True)}
    return told


@pytest.mark.parametrize(
    "names, wide", [(["sees", "goal", "tastes"], [2, 1, 3]), (["sees"], [6]), (["a", "b"], [3, 3])], ids=str
)
def test_all_episodes_must_have_the_parts_of_the_first(names, wide):
    """Parts of other names are other numbers, even where there are as many of them."""
    with pytest.raises(ValueError, match=r"episode 1 have the parts .*, those of episode 0 the parts 'feels', 'goal'"):
        rows.read([with_parts(SIZES), with_parts(names, wide)], "arms")


def test_the_same_parts_may_come_in_any_order():
    episodes = [with_parts(SIZES), with_parts(sorted(SIZES))]
    assert rows.read(episodes, "arms").observation_key == ("feels", "goal", "sees")


def test_episodes_with_and_without_parts_are_not_joined():
    plain = episode(4) | {"observations": np.ones((4, 6), "f4")}
    with pytest.raises(ValueError, match="episode 1 have no named parts"):
        rows.read([with_parts(SIZES), plain], "arms")


def test_parts_that_are_not_read_may_differ():
    episodes = [with_parts(["sees", "goal"]), with_parts(["sees", "feels"])]
    assert rows.read(episodes, "arms", key="sees").observations.shape == (8, 2)


PIXELS = {  # a part that is an image, and whether key= may ask for it beside others
    "colours": (np.zeros((4, 84, 84, 3), np.uint8), False),
    "the channel first": (np.zeros((4, 3, 64, 48), np.uint8), False),
    "grey": (np.zeros((4, 16, 16), np.uint8), False),
    "in floats": (np.zeros((4, 32, 32, 3), np.float32), True),
    "in whole numbers, as lists become": (np.zeros((4, 20, 20), np.int64), True),
}


def with_pixels(name):
    return episode(4) | {"observations": {"object": np.ones((4, 3), "f4"), "seen": PIXELS[name][0]}}


def as_table(episodes):
    told = [one | {"observations": {p: v.tolist() for p, v in one["observations"].items()}} for one in episodes]
    return datasets.Dataset.from_list(
        [{c: v if c == "observations" else v.tolist() for c, v in e.items()} for e in told]
    )


def as_robomimic(episodes, path):
    with h5py.File(path / "a.hdf5", "w") as file:
        for number, one in enumerate(episodes):
            for part, values in one["observations"].items():
                file[f"data/demo_{number}/obs/{part}"] = values
            for column in ("actions", "rewards", "dones"):
                file[f"data/demo_{number}/{column}"] = one[column]
    return path / "a.hdf5"


ENTRIES = {
    "list": lambda episodes, path: episodes,
    "dict": lambda episodes, path: {"terminals": episodes[0]["dones"], **episodes[0]},
    "robomimic": as_robomimic,
    "table": lambda episodes, path: as_table(episodes),
}


@pytest.mark.parametrize("door", ENTRIES)
@pytest.mark.parametrize("name", PIXELS)
def test_images_among_the_parts_are_refused_with_the_parts_to_choose(name, door, tmp_path):
    """In a table they are lists of whole numbers."""
    source = ENTRIES[door]([with_pixels(name)] * 2, tmp_path)
    with pytest.raises(ValueError, match=r"`observations\['seen'\]` are .*images.*: choose key= from 'object'"):
        formats.open(source)
    assert formats.open(source, key="object").observations.shape[1] == 3
    if PIXELS[name][1] or (door == "table"):
        assert formats.open(source, key=["object", "seen"]).state_dim > 3
    else:
        with pytest.raises(ValueError, match="choose key= from 'object'"):
            formats.open(source, key=["seen", "object"])


def test_small_grids_are_no_images():
    grid = episode(4) | {"observations": {"way": np.ones(4), "image": np.ones((4, 7, 7, 3), np.uint8)}}
    assert formats.open([grid] * 2).state_dim == 148


@pytest.mark.parametrize("door", ["flat", "list", "array"])
@pytest.mark.parametrize("key", [None, "goal", ["camera/depth", "goal"]])
def test_a_dict_for_each_step_is_read_by_its_parts(door, key):
    """As in rlkit's paths, and nested ones as in furniture-bench's."""
    rng = np.random.default_rng(0)
    steps = [{"goal": rng.normal(size=2), "camera": {"depth": rng.normal(size=3)}} for _ in range(6)]
    episode = {"observations": steps, "actions": np.zeros((6, 2)), "rewards": np.zeros(6), "dones": np.arange(6) == 5}
    if door == "array":
        episode["observations"] = np.array(steps, object)
    data = formats.open(episode | {"terminals": episode["dones"]} if door == "flat" else [episode, episode], key=key)
    parts = {"camera/depth": [step["camera"]["depth"] for step in steps], "goal": [step["goal"] for step in steps]}
    names = ["camera/depth", "goal"] if key is None else [key] if isinstance(key, str) else key
    np.testing.assert_allclose(
        data.observations[:6], np.concatenate([parts[name] for name in names], axis=1), rtol=1e-6
    )


@pytest.mark.parametrize("odd", [{"goal": [1.0]}, {"goal": [1.0], "x": [1.0], "y": [1.0]}, 1.0])
def test_a_step_of_other_parts_is_named(odd):
    seen = [{"goal": [1.0], "x": [1.0]}] * 3 + [odd] + [{"goal": [1.0], "x": [1.0]}] * 2
    episode = {"observations": seen, "actions": np.zeros((6, 2)), "rewards": np.zeros(6), "dones": np.arange(6) == 5}
    with pytest.raises(ValueError, match=r"of step 3 have other parts than \['goal', 'x'\]"):
        formats.open([episode])


@pytest.mark.parametrize("lengths", [[6, 9, 4], [3, 3, 1], [2, 5]])
@pytest.mark.parametrize("column", [None, "terminals"])
def test_columns_with_an_entry_for_each_episode_are_told_to_be_a_list(lengths, column):
    def columns(make):
        return [make(length) for length in lengths]

    data = {"observations": columns(lambda n: np.ones((n, 3))), "actions": columns(lambda n: [0.5] * n)}
    data |= {"rewards": columns(lambda n: [1.0] * n), "terminals": columns(lambda n: [False] * (n - 1) + [True])}
    if column:  # the others have been laid out flat
        data |= {name: np.concatenate(values) for name, values in data.items() if name != column}
    with pytest.raises(ValueError, match=r"entries of different lengths\. If each is an episode") as told:
        formats.open(data)
    code = re.search(r"`(\[\{.*\])`", str(told.value))[1]
    if not column:
        assert formats.open(eval(code, {"data": data})).lengths.tolist() == lengths
