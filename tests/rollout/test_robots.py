"""What a model predicts within ±1, or as logits, is what the environment gets in its own units, whatever asks."""

import datasets
import gymnasium
import numpy as np
import pytest
import torch

from dt_helpers import rollout
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data import formats, recording
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.rollout.robots import Robot
from dt_helpers.training.beginning import make_model
from dt_helpers.training.settings import preset
from tests.data.test_spaces import BOXES, CHOICES


class Notes(gymnasium.Env):
    """Five steps; notes what it is told to do."""

    observation_space = gymnasium.spaces.Box(-1, 1, (2,))

    def __init__(self, space):
        self.action_space, self.told = space, []

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left = 5
        return np.zeros(2, np.float32), {}

    def step(self, action):
        assert self.action_space.contains(action), action
        self.told.append(np.array(action))
        self.left -= 1
        return np.zeros(2, np.float32), 1.0, self.left == 0, False, {}


def trained_on(space, at=None):
    """A model of recordings in this space; it predicts what `at` is for it, whatever it sees."""
    space.seed(0)
    data = recording.record(lambda seen: np.array([space.sample()]), Notes(space), 6, progress=False)
    model = make_model(DecisionTransformerGymDataCollator(data), preset("ci")).eval()
    with torch.no_grad():
        for parameter in model.predict_action.parameters():
            parameter.zero_()
        model.predict_action[0].bias.copy_(torch.as_tensor(at(data), dtype=torch.float32))
    return data, model


def first_action(model):
    """What `get_action` says after one state."""
    seen, act_dim = torch.zeros(1, model.config.state_dim), model.config.act_dim
    ones = torch.ones(1)
    return rollout.get_action(model, seen, torch.zeros(1, act_dim), ones, ones, torch.zeros(1).long()).detach()


@pytest.mark.parametrize("share", [-1, 0, 1])
@pytest.mark.parametrize("name", [name for name in BOXES if name != "bounds that say nothing"])
def test_numbers_reach_the_environments_bounds(name, share):
    data, model = trained_on(BOXES[name], lambda data: np.full(data.act_dim, 20.0 * share))
    low, high = np.array(data.space.low), np.array(data.space.high)
    wanted = (low + high) / 2 + share * (high - low) / 2
    env = Notes(BOXES[name])
    rollout.evaluate(model, env, 5.0, episodes=1, progress=False)
    rounding = 0.5 if BOXES[name].dtype == np.uint8 else 1e-4
    np.testing.assert_allclose(np.array(env.told).reshape(5, -1), [wanted] * 5, rtol=1e-5, atol=rounding)
    np.testing.assert_allclose(first_action(model), wanted, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", CHOICES)
def test_choices_are_the_environments_own(name):
    data, model = trained_on(CHOICES[name][0], lambda data: data.actions[3])
    env = Notes(CHOICES[name][0])
    rollout.evaluate(model, env, 5.0, episodes=1, progress=False)
    wanted = data.space.decode(data.actions[3])
    np.testing.assert_array_equal(np.array(env.told).reshape(5, -1), [wanted] * 5)
    np.testing.assert_array_equal(first_action(model), data.actions[3])


@pytest.mark.parametrize("choices", [gymnasium.spaces.Discrete(4), gymnasium.spaces.MultiDiscrete([2, 3])])
def test_a_model_of_numbers_is_told_how_choices_are_read(choices):
    _, model = trained_on(BOXES["Pendulum"], lambda data: np.zeros(1))
    with pytest.raises(ValueError, match="but the model's are continuous: train on whole numbers, or read the data"):
        rollout.evaluate(model, Notes(choices), 5.0, episodes=1, progress=False)


class Sees(gymnasium.Env):
    """Five steps; sees a direction, a switch, some numbers and a goal that has parts."""

    observation_space = gymnasium.spaces.Dict(
        way=gymnasium.spaces.Discrete(4, start=2),
        switch=gymnasium.spaces.MultiDiscrete([3, 2]),
        at=gymnasium.spaces.Box(-9, 9, (2,), np.float32),
        goal=gymnasium.spaces.Dict(x=gymnasium.spaces.Box(-9, 9, (1,)), cell=gymnasium.spaces.Discrete(3)),
        task=gymnasium.spaces.Text(9),
    )
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        self.left = 5
        goal = {"x": np.ones(1, np.float32), "cell": 2}
        seen = {"way": 3, "switch": np.array([1, 1]), "at": np.array([7, 8], np.float32), "goal": goal, "task": "go"}
        return seen, {}

    def step(self, action):
        self.left -= 1
        return Sees.reset(Sees())[0], 1.0, self.left == 0, False, {}


STEPS = 4
COLUMNS = {
    "way": np.array([3, 2, 5, 3]),
    "switch": np.array([[1, 1], [0, 1], [2, 0], [1, 1]]),
    "at": np.tile(np.float32([7, 8]), (STEPS, 1)),
    "far": np.zeros(STEPS),
}
SEEN = {  # key=, and what the model sees
    "way": [0, 0, 0, 1, 0, 0],
    ("way",): [0, 0, 0, 1, 0, 0],
    ("way", "at"): [3, 7, 8],
    ("at", "way"): [7, 8, 3],
    "switch": [1, 1],
    ("switch", "way"): [1, 1, 3],
    "at": [7, 8],
}


@pytest.mark.parametrize("key", SEEN, ids=str)
def test_a_part_that_is_a_choice_is_seen_as_in_the_data(key):
    """Alone it is one-hot, beside others a number, as lists of dicts are read; text beside it does no harm."""
    other = {"actions": np.array([0, 1, 1, 0]), "rewards": np.ones(STEPS), "dones": np.arange(STEPS) == STEPS - 1}
    data = formats.open([{"observations": COLUMNS, **other}] * 2, key=key)
    model = make_model(DecisionTransformerGymDataCollator(data), preset("ci")).eval()
    robot = Robot(Sees(), model.config, ReplayFacts.of(model.config))
    assert robot.reset(seed=0).tolist() == SEEN[key] == data.observations[0].tolist()
    assert rollout.evaluate(model, Sees, 5.0, episodes=1, progress=False).returns.tolist() == [5.0]


def test_parts_within_parts_are_seen_as_numbers_or_as_gymnasium_flattens_them():
    """Tables keep parts within parts; those of the goal are read in the order of their names."""
    steps = {"at": [7.0, 8.0], "goal": {"cell": 2, "x": 1.0}}
    row = {"observations": [steps] * 4, "actions": [0, 1, 1, 0], "rewards": [1.0] * 4, "dones": [False] * 4}
    data = formats.open(datasets.Dataset.from_list([row] * 2), key=["at", "goal"])
    model = make_model(DecisionTransformerGymDataCollator(data), preset("ci")).eval()
    robot = Robot(Sees(), model.config, ReplayFacts.of(model.config))
    assert robot.reset(seed=0).tolist() == data.observations[0].tolist() == [7, 8, 2, 1]


@pytest.mark.parametrize("kind", [float, int, bool])
def test_one_that_declares_a_number_and_shows_a_vector_is_refused(kind):
    class Vectors(Notes):
        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            return np.zeros(2, kind), {}

    _, model = trained_on(gymnasium.spaces.Box(-1, 1, (2,)), lambda data: [0.0, 0.0])
    odd = Vectors(gymnasium.spaces.Box(-1, 1, (2,)))
    odd.observation_space = gymnasium.spaces.Discrete(2)
    with pytest.raises(ValueError, match=r"declares Discrete\(2\).*MultiBinary\(2\) or a Box"):
        rollout.evaluate(model, odd, 1.0, episodes=1, progress=False)


@pytest.mark.parametrize("shown", [None, np.zeros(2)])
def test_what_is_shown_after_the_end_is_nothing_to_act_on(shown):
    class Ends(Notes):
        def step(self, action):
            seen, reward, terminated, *rest = super().step(action)
            return shown if terminated else seen, reward, terminated, *rest

    space = gymnasium.spaces.Box(-1, 1, (2,))
    _, model = trained_on(space, lambda data: [0.0, 0.0])
    assert rollout.evaluate(model, Ends(space), 1.0, episodes=2, progress=False).returns.tolist() == [5.0, 5.0]


ONE = gymnasium.spaces.Box(-1, 1, (1,))


@pytest.mark.parametrize("later", [1, 3, 14])
def test_observations_of_another_size_after_the_first_are_told(later):
    class Growing(Notes):
        def step(self, action):
            return np.zeros(later), *super().step(action)[1:]

    _, model = trained_on(ONE, lambda data: np.zeros(1))
    said = rf"Growing: the observations must be of one shape, but reset\(\) gave 2 numbers, and step\(\) {later}"
    with pytest.raises(ValueError, match=said):
        rollout.evaluate(model, lambda: Growing(ONE), 1, episodes=2, progress=False)


@pytest.mark.parametrize("several", [False, True])
def test_that_episodes_were_cut_off_is_said_once(several, capsys):
    class Endless(Notes):
        def step(self, action):
            return np.zeros(2, np.float32), 1.0, False, False, {}

    _, model = trained_on(ONE, lambda data: np.zeros(1))
    env = (lambda: Endless(ONE)) if several else Endless(ONE)
    rollout.evaluate(model, env, 1, episodes=2, max_steps=1000, progress=False)
    assert capsys.readouterr().out.count("cut off at max_steps=1000") == 1
