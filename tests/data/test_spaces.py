"""Actions with bounds, and choices: what the model sees, what the environment gets, and what is refused at the door."""

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces as kinds

from dt_helpers.data import formats, spaces
from dt_helpers.data.trajectories import Trajectories

INF = np.inf
BOXES = {  # the space, and bounds of the data in it where it has none of its own
    "Pendulum": kinds.Box(-2, 2, (1,)),
    "0 to 100": kinds.Box(0, 100, (2,)),
    "Humanoid, within ±1": kinds.Box(-0.4, 0.4, (17,)),
    "CarRacing, of three kinds": kinds.Box(np.array([-1, 0, 0], "f4"), np.ones(3, "f4")),
    "a matrix": kinds.Box(-3, 3, (2, 2)),
    "no bounds": kinds.Box(-INF, INF, (2,)),
    "bounds on one side": kinds.Box(0, INF, (2,)),
    "bounds that say nothing": kinds.Box(-3.4e38, 3.4e38, (1,)),
    "bytes": kinds.Box(0, 255, (2,), np.uint8),
}
CHOICES = {
    "MultiDiscrete": (kinds.MultiDiscrete([3, 4]), 7),
    "MultiBinary": (kinds.MultiBinary(3), 6),
    "CartPole": (kinds.Discrete(2), 2),
    "FrozenLake": (kinds.Discrete(4), 4),
    "from -3 on": (kinds.Discrete(5, start=-3), 5),
    "a matrix of choices": (kinds.MultiDiscrete([[2, 3], [4, 5]]), 14),
    "a matrix of bits": (kinds.MultiBinary([2, 2]), 8),
}
UNSUPPORTED = {
    "Dict": kinds.Dict(move=kinds.Box(-1, 1, (2,)), grip=kinds.Discrete(2)),
    "Tuple": kinds.Tuple((kinds.Box(-1, 1, (1,)), kinds.Discrete(2))),
    "Text": kinds.Text(3),
    "Sequence": kinds.Sequence(kinds.Discrete(3)),
    "no space at all": (-2, 2),
}


def made(actions, space=None, steps=60):
    """Sixty steps with these actions, and whatever else."""
    return Trajectories(np.zeros((steps, 2)), actions, np.ones(steps), np.zeros(steps), [0, steps], action_space=space)


@pytest.mark.parametrize("name", BOXES)
def test_numbers_are_within_1_for_the_model_and_come_back(name):
    space = BOXES[name]
    rng = np.random.default_rng(0)
    low = np.where(np.abs(space.low) > 1e30, -30, space.low)
    high = np.where(np.abs(space.high) > 1e30, 40, space.high)
    actions = rng.uniform(low, high, (60, *space.shape))
    actions[0], actions[1] = low, high
    actions = actions.astype(space.dtype)
    data = made(actions, space)
    seen = data.space.to_model(data.actions)
    np.testing.assert_allclose([seen.min(axis=0), seen.max(axis=0)], [-np.ones(data.act_dim), np.ones(data.act_dim)])
    np.testing.assert_allclose(data.space.from_model(seen), actions.reshape(60, -1), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", CHOICES)
def test_choices_are_one_hot_and_come_back(name):
    space, size = CHOICES[name]
    space.seed(0)
    actions = np.array([space.sample() for _ in range(60)])
    data = made(actions, space)
    assert data.actions.shape == (60, size) and (data.actions.sum(axis=1) == len(data.space.sizes)).all()
    np.testing.assert_array_equal(data.space.decode(data.actions).reshape(actions.shape), actions)


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_other_spaces_are_refused_at_the_door(name):
    with pytest.raises(ValueError, match="actions must be in a Box, Discrete, MultiDiscrete or MultiBinary space"):
        made(np.zeros((60, 2)), UNSUPPORTED[name])


def test_a_choice_that_the_space_lacks_is_named():
    with pytest.raises(ValueError, match="`actions` hold 4, which is not among the 4 choices that start at 0"):
        made(np.arange(60) % 5, kinds.Discrete(4))


FLOATS = {
    "two": np.arange(60) % 2,
    "a column": np.arange(60)[:, None] % 4,
    "several": np.arange(120).reshape(60, 2) % 3,
    "some of 25, none the last": np.arange(60) % 7 * 3,
    "from 1 on": np.arange(60) % 4 + 1,
    "sell, hold, buy": np.arange(60) % 3 - 1,
    "shares": np.arange(120).reshape(60, 2) % 40 - 20,
}


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("kind", ["f2", "f4", "f8"])
def test_choices_that_were_saved_as_floats_are_numbers_and_a_line_asks(name, kind, capsys):
    """A column with a gap is one of floats in pandas, and so are many exports. What the line says can be done."""
    actions = FLOATS[name].astype(kind)
    data = made(actions)
    assert isinstance(data.space, spaces.Continuous)
    assert "Are they choices?" in capsys.readouterr().out
    (note,) = [note for note in data.notes if "Are they choices?" in note]
    space = eval(note.split("`action_space=")[1].split("`")[0], {"gymnasium": gymnasium})
    asked, converted = made(actions, space), made(actions.astype(int))
    assert asked.space == converted.space
    np.testing.assert_array_equal(asked.actions, converted.actions)


@pytest.mark.parametrize(
    "actions", [np.arange(60) / 7, np.zeros(60), np.arange(60) * 1e3, np.arange(60) - 0.5], ids=str
)
def test_what_can_be_no_choice_is_not_asked_about(actions, capsys):
    made(actions.astype(float))
    assert "choices" not in capsys.readouterr().out


@pytest.mark.parametrize("cells", [16, 500, 3])
def test_observations_of_a_discrete_space_are_one_hot(cells):
    """FrozenLake, Taxi, and a few cells that the data never visits."""
    seen = np.arange(60) % min(cells, 40)
    given = {"observation_space": gymnasium.spaces.Discrete(cells)}
    data = Trajectories(seen, np.zeros((60, 1)), np.ones(60), np.zeros(60), [0, 60], **given)
    np.testing.assert_array_equal(data.observations, np.eye(cells)[seen])


@pytest.mark.parametrize("size", [1001, 2500])
def test_observations_that_may_be_many_choices_are_asked_about(size):
    rng = np.random.default_rng(0)
    given = {"observations": np.append(rng.integers(0, size, 59), size - 1), "actions": rng.integers(0, 4, 60)}
    given |= {"rewards": np.ones(60), "terminals": np.arange(60) % 10 == 9}
    data = formats.open(given)
    note = next(note for note in data.notes if "go beyond 1,000" in note)
    assert data.state_dim == 1
    space = eval(note.split("`")[1].partition("=")[2], {"gymnasium": gymnasium})
    assert formats.open(given, observation_space=space).state_dim == size


class Grid(gymnasium.Env):
    observation_space = gymnasium.spaces.Discrete(16)
    action_space = gymnasium.spaces.Discrete(4)


@pytest.mark.parametrize("env", ["FrozenLake-v1", Grid, Grid(), lambda: Grid()])
@pytest.mark.parametrize("one_hot", [False, True])
def test_what_an_environment_has_is_known_in_whatever_form_it_is_given(env, one_hot):
    """Of its choices some were never recorded."""
    places = np.arange(60) % 11
    given = {"observations": np.eye(16)[places] if one_hot else places, "actions": np.arange(60) % 3}
    given |= {"rewards": np.ones(60), "terminals": np.arange(60) % 10 == 9, "timeouts": np.zeros(60)}
    data = formats.open(given, env=env)
    assert data.state_dim == 16 and data.act_dim == 4


@pytest.mark.parametrize("way", [str, gymnasium.make, lambda id: lambda: gymnasium.make(id)])
@pytest.mark.parametrize(("id", "bounds"), [("Pendulum-v1", 2.0), ("MountainCarContinuous-v0", 1.0)])
def test_its_bounds_too(way, id, bounds):
    given = {"observations": np.ones((20, 3)), "actions": np.linspace(-0.8, 0.8, 20), "rewards": np.ones(20)}
    data = formats.open(given | {"terminals": np.arange(20) == 19}, env=way(id))
    assert data.space.high == (bounds,) and data.env == id


@pytest.mark.parametrize("env", ["HalfCheetah-v5", "Mine-v0"])
def test_an_id_of_the_courses_robots_or_of_nobodys_is_a_name(env):
    given = {"observations": np.ones((20, 3)), "actions": np.linspace(-0.8, 0.8, 20), "rewards": np.ones(20)}
    assert formats.open(given | {"terminals": np.arange(20) == 19}, env=env).env == env


@pytest.mark.parametrize("id", ["Pendulum-v1", "CartPole-v1"])
def test_an_id_whose_spaces_are_others_is_told_and_is_a_name(id, capsys):
    given = {"observations": np.ones((20, 3)), "actions": np.full((20, 2), 0.3), "rewards": np.ones(20)}
    data = formats.open(given | {"terminals": np.arange(20) == 19}, env=id)
    assert data.env == id and data.act_dim == 2
    assert f"{id} has other spaces, which are not used" in capsys.readouterr().out
