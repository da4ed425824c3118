"""Environments with choices: the likeliest one is taken, or one is drawn."""

import copy

import gymnasium
import numpy as np
import pytest
import torch

from dt_helpers import rollout, training
from dt_helpers.data import formats, recording


class Counts(gymnasium.Env):
    """Ten steps; notes what is chosen out of three, from 5 on."""

    observation_space = gymnasium.spaces.Box(-1, 1, (2,))
    action_space = gymnasium.spaces.Discrete(3, start=5)

    def __init__(self):
        self.chosen = []

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left = 10
        return self.np_random.uniform(-1, 1, 2).astype(np.float32), {}

    def step(self, action):
        self.chosen.append(int(action))
        self.left -= 1
        return np.zeros(2, np.float32), float(action == 6), self.left == 0, False, {}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """One whose logits are known: probabilities of 0.2, 0.5 and 0.3."""
    rng = np.random.default_rng(0)
    data = recording.record(lambda seen: rng.integers(5, 8, 1), Counts(), 20, progress=False, name="counts")
    model = training.train(data, training.preset("ci", steps=2), tmp_path_factory.mktemp("model") / "m")
    with torch.no_grad():
        for parameter in model.predict_action.parameters():
            parameter.zero_()
        model.predict_action[0].bias.copy_(torch.tensor([0.2, 0.5, 0.3]).log())
    return model


def test_the_likeliest_is_taken(model):
    env = Counts()
    rollout.evaluate(model, env, 5.0, episodes=2, progress=False)
    assert env.chosen == [6] * 20


def test_drawn_by_their_probabilities_and_the_same_for_the_same_seeds(model):
    runs = []
    for _ in range(2):
        env = Counts()
        rollout.evaluate(model, env, 5.0, episodes=100, seed=3, progress=False, sample=True)
        runs.append(env.chosen)
    assert runs[0] == runs[1]
    shares = np.bincount(runs[0], minlength=8)[5:] / 1000
    np.testing.assert_allclose(shares, [0.2, 0.5, 0.3], atol=0.05)
    assert runs[0][:10] != runs[0][10:20], "each episode has draws of its own"


def test_numbers_can_not_be_drawn(cheetah_data, tmp_path):
    model = training.train(cheetah_data, training.preset("ci", steps=2), tmp_path / "m")
    with pytest.raises(ValueError, match="Only choices can be drawn, and the model's actions are -1 to 1"):
        rollout.evaluate(model, sample=True, episodes=1, max_steps=2, progress=False)


def test_a_function_that_makes_the_recorded_environment_is_no_other_one(model, capsys):
    rollout.evaluate(model, lambda: Counts(), 5.0, episodes=1, progress=False)
    assert "learned from" not in capsys.readouterr().out


class Bare:
    """What `evaluate` needs, and nothing else: no `close`, no `unwrapped`."""

    observation_space, action_space = Counts.observation_space, Counts.action_space

    def __init__(self):
        self.inner = Counts()

    def reset(self, seed=None):
        return self.inner.reset(seed=seed)

    def step(self, action):
        return self.inner.step(action)


class NoSeed(Bare):
    def reset(self):
        return self.inner.reset()[0]


class Four(Bare):
    def step(self, action):
        return self.inner.step(action)[:4]


def test_a_class_without_close_is_evaluated_and_recorded(model):
    assert rollout.evaluate(model, Bare, 5.0, episodes=2, progress=False).lengths.tolist() == [10, 10]
    data = recording.record(lambda seen: np.array([6]), Bare, 2, progress=False, name="bare")
    assert data.lengths.tolist() == [10, 10]


@pytest.mark.parametrize(("old", "words"), [(NoSeed, "takes no seed"), (Four, "returned 4 values")])
def test_one_of_the_old_gym_is_told_what_it_lacks(model, old, words):
    with pytest.raises(ValueError, match=rf"{old.__name__}: \w+\(\) {words}, as in the old gym"):
        rollout.evaluate(model, old, 5.0, episodes=2, progress=False)


class Places(gymnasium.Env):
    """Observes a place, counted from `start`, in episodes of three steps."""

    action_space = gymnasium.spaces.Box(-1, 1, (1,))

    def __init__(self, start=0, places=5, shown=None):
        self.observation_space = gymnasium.spaces.Discrete(places, start=start)
        self.shown = start + places - 1 if shown is None else shown

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left = 3
        return np.int64(self.shown), {}

    def step(self, action):
        self.left -= 1
        return np.int64(self.shown), 1.0, self.left == 0, False, {}


@pytest.fixture(scope="module")
def of_places(tmp_path_factory):
    """Trained on places 0 to 4."""
    rng = np.random.default_rng(0)
    episodes = [
        {
            "observations": np.append(4, rng.integers(0, 5, 7)),
            "actions": rng.uniform(-1, 1, (8, 1)),
            "rewards": rng.random(8),
            "dones": np.arange(8) == 7,
        }
        for _ in range(4)
    ]
    return training.train(formats.open(episodes), training.preset("ci", steps=2), tmp_path_factory.mktemp("p") / "m")


@pytest.mark.parametrize("start, places", [(1, 5), (1, 9), (3, 4)])
def test_places_that_are_counted_from_another_number_are_refused(of_places, start, places):
    with pytest.raises(ValueError, match=f"the model's data are 0 to 4.*add {start} to its observations"):
        rollout.evaluate(of_places, Places(start, places), 3.0, episodes=1, progress=False)


@pytest.mark.parametrize("start, places", [(0, 5), (0, 4), (1, 4), (2, 3)])
def test_places_that_the_data_has_are_seen(of_places, start, places, capsys):
    rollout.evaluate(of_places, Places(start, places), 3.0, episodes=1, progress=False)
    assert "does not have" not in capsys.readouterr().out


@pytest.mark.parametrize("env", [Places(0, 9, shown=7), lambda: Places(0, 9, shown=7)])
def test_a_place_that_the_data_does_not_have_is_told_once(of_places, env, capsys):
    rollout.evaluate(of_places, env, 3.0, episodes=3, progress=False)
    assert capsys.readouterr().out.count("shows 7, which the data does not have") == 1


@pytest.mark.parametrize("names", [("x", "theta"), tuple(map(str, range(12)))])
def test_a_single_vector_for_data_that_had_parts_is_asked_about(names, tmp_path, capsys):
    rng = np.random.default_rng(0)
    parts = {name: rng.normal(size=8) for name in names}
    episode = {
        "observations": parts,
        "actions": rng.uniform(-1, 1, (8, 1)),
        "rewards": rng.random(8),
        "dones": [False] * 8,
    }
    data = formats.open([episode, episode])
    in_order = sorted(names, key=int) if names[0] == "0" else sorted(names)
    np.testing.assert_allclose(data.observations[:8], np.stack([parts[name] for name in in_order], axis=1), rtol=1e-6)

    class Flat(Places):
        def __init__(self):
            self.observation_space = gymnasium.spaces.Box(-9, 9, (len(names),))
            self.shown = np.zeros(len(names), np.float32)

        def reset(self, *, seed=None, options=None):
            self.left = 3
            return self.shown, {}

        def step(self, action):
            self.left -= 1
            return self.shown, 1.0, self.left == 0, False, {}

    model = training.train(data, training.preset("ci", steps=2), tmp_path / "m")
    rollout.evaluate(model, Flat, 3.0, episodes=2, progress=False)
    assert capsys.readouterr().out.count(f"in the order of the data's parts, {', '.join(in_order)}?") == 1


class Parts(gymnasium.Env):
    """Names its parts in an order of its own; gymnasium's Dict sorts them, unless they come as a list of pairs."""

    action_space = gymnasium.spaces.Box(-1, 1, (1,))
    sorted = True

    def __init__(self):
        sizes = {"speed": 2, "height": 1, "load": 1}
        parts = {name: gymnasium.spaces.Box(-9, 9, (size,)) for name, size in sizes.items()}
        self.observation_space = gymnasium.spaces.Dict(parts if self.sorted else list(parts.items()))

    def seen(self):
        return {name: np.ones(space.shape, np.float32) for name, space in self.observation_space.items()}

    def reset(self, *, seed=None, options=None):
        self.left = 3
        return self.seen(), {}

    def step(self, action):
        self.left -= 1
        return self.seen(), 1.0, self.left == 0, False, {}


class AsListed(Parts):
    sorted = False


@pytest.mark.parametrize(("env", "order"), [(Parts, "height, load, speed"), (AsListed, "speed, height, load")])
def test_parts_for_data_that_had_a_single_vector_are_asked_about(env, order, tmp_path, capsys):
    rng = np.random.default_rng(0)
    episode = {"observations": rng.normal(size=(8, 4)), "actions": rng.uniform(-1, 1, (8, 1)), "rewards": rng.random(8)}
    model = training.train(
        formats.open([episode | {"dones": [False] * 8}] * 2), training.preset("ci", steps=2), tmp_path
    )
    rollout.evaluate(model, env, 3.0, episodes=2, progress=False)
    assert capsys.readouterr().out.count(f"in this order: {order}. Do the data's vectors have it too?") == 1


def test_parts_that_were_recorded_from_the_environment_itself_are_not_asked_about(tmp_path, capsys):
    data = recording.record(lambda seen: np.zeros((1, 1)), Parts, episodes=4, progress=False)
    model = training.train(data, training.preset("ci", steps=2), tmp_path)
    rollout.evaluate(model, Parts, 3.0, episodes=2, progress=False)
    assert "in this order" not in capsys.readouterr().out


def test_steps_beyond_those_that_the_model_knows_are_told_but_not_of_a_clone(of_places, capsys):
    class Long(Places):
        def reset(self, **options):
            first = super().reset(**options)
            self.left = 12
            return first

    short = copy.deepcopy(of_places)
    short.config.max_ep_len = 8
    rollout.evaluate(short, Long, 3.0, episodes=2, progress=False)
    assert capsys.readouterr().out.count("the model knows 8 timesteps, and episodes had up to 12") == 1
    rng = np.random.default_rng(0)
    data = recording.record(lambda seen: rng.uniform(-1, 1, (1, 1)), Long, 3, progress=False, name="long")
    rollout.evaluate(training.clone(data, steps=2), Long, 3.0, episodes=2, progress=False)
    assert "timesteps" not in capsys.readouterr().out


class Turns(Places):
    """Takes choices, counted from `first`."""

    def __init__(self, count, first=0):
        super().__init__()
        self.action_space = gymnasium.spaces.Discrete(count, start=first)


@pytest.mark.parametrize(
    ("actions", "space", "says"),
    [
        ([-1, 0, 1], (3, 0), "go down to -1. Does that stand for no action"),
        ([-1, 3, 8], (9, 0), "go down to -1"),
        ([-2, -1, 0], (2, -1), "go down to -2"),
        ([1, 2, 3], (3, 0), "go up to 3.*counts from another number than the environment, which counts from 0"),
        ([0, 1, 2], (2, 0), "go up to 2"),
        ([-1, 0, 1], (3, -1), None),
        ([1, 2, 3], (3, 1), None),
        ([5, 6], (9, 0), None),
    ],
)
def test_choices_that_the_environment_does_not_take_are_refused_at_either_end(actions, space, says, tmp_path):
    one = {"observations": np.eye(5)[[0, 1, 2, 3, 4, 0]], "actions": np.resize(actions, 6), "rewards": np.arange(6.0)}
    data = formats.open([one | {"dones": [False] * 6}] * 3)
    if min(actions) < 0:
        assert any(f"choices from {min(actions)}" in note for note in data.notes)
    model = training.train(data, training.preset("ci", steps=2), tmp_path)
    if says is None:
        assert len(rollout.evaluate(model, Turns(*space), 3.0, episodes=1, progress=False).returns) == 1
    else:
        with pytest.raises(ValueError, match=says):
            rollout.evaluate(model, Turns(*space), 3.0, episodes=1, progress=False)
