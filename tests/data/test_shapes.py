"""Matrices whose axes are in a different order than the environment's are refused, wherever that is first known."""

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from dt_helpers import rollout, training
from dt_helpers.data import formats, recording
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from tests.training.test_further import TINY

N = 40


class Rows(gymnasium.Env):
    """Shows a matrix, and goes on for ten steps."""

    shape: tuple[int, ...] = (4, 2)
    action_space = spaces.Box(-1, 1, (2,))

    @property
    def observation_space(self):
        return spaces.Box(-9, 9, self.shape)

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        self.at, self.t = self.np_random.normal(size=self.shape).astype(np.float32), 0
        return self.at, {}

    def step(self, action):
        self.t += 1
        self.at = self.at + np.float32(0.1)
        return self.at, 1.0, False, self.t == 10, {}


class Cube(Rows):
    shape = (2, 3, 4)


def recorded(env):
    rng = np.random.default_rng(0)
    return recording.record(lambda seen: rng.uniform(-1, 1, (1, 2)), env, episodes=4, progress=False)


def columns(data, order):
    """The data's columns, with the axes of the observations in a different order."""
    seen = data.observations.reshape(-1, *data.observation_shape).transpose(0, *(axis + 1 for axis in order))
    return {"observations": seen, "actions": data.actions, "rewards": data.rewards, "terminals": data.dones} | {
        "offsets": data.offsets
    }


TURNED = [(Rows, (1, 0)), (Cube, (2, 1, 0)), (Cube, (1, 0, 2)), (Cube, (0, 2, 1))]


@pytest.mark.parametrize("env, order", TURNED)
def test_a_space_or_an_environment_refuses_them_at_once(env, order):
    data = recorded(env)
    for told in ({"env": env}, {"env": env()}, {"observation_space": env().observation_space}):
        with pytest.raises(ValueError, match=r"observations.*swapaxes"):
            formats.open(columns(data, order), **told)
        same = formats.open(columns(data, range(len(order))), **told)
        np.testing.assert_array_equal(same.observations, data.observations)
        flat = formats.open(columns(data, range(len(order))) | {"observations": data.observations}, **told)
        np.testing.assert_array_equal(flat.observations, data.observations)


@pytest.mark.parametrize("env, order", TURNED[:2])
def test_the_model_remembers_and_refuses_when_it_acts(env, order, tmp_path):
    turned = formats.open(columns(recorded(env), order))
    again = Trajectories.from_dataset(turned.to_dataset())
    assert again.observation_shape == turned.observation_shape == tuple(np.array(env.shape)[list(order)])
    assert Trajectories.concatenate([turned, again]).observation_shape == turned.observation_shape
    model = training.train(again, training.preset("ci", **TINY), tmp_path / "m")
    assert tuple(ReplayFacts.of(model.config).observation_shape) == turned.observation_shape
    with pytest.raises(ValueError, match="axes in the same order"):
        rollout.evaluate(model, env, 5.0, episodes=1, progress=False)
    with pytest.raises(ValueError, match="swap axes"):
        training.train(recorded(env), training.preset("ci", **TINY), tmp_path / "n", model=model)
    cloned = training.clone(again, steps=1, progress=False)
    assert ReplayFacts.of(cloned.config).observation_shape == turned.observation_shape


def test_actions_too():
    given = {"observations": np.zeros((N, 1)), "rewards": np.arange(N), "terminals": np.arange(N) % 10 == 9}
    actions = np.random.default_rng(0).uniform(-1, 1, (N, 3, 2))
    assert formats.open(given | {"actions": actions}, action_space=spaces.Box(-1, 1, (3, 2))).act_dim == 6
    with pytest.raises(ValueError, match=r"`actions` have shape \(3, 2\).*\(2, 3\)"):
        formats.open(given | {"actions": actions}, action_space=spaces.Box(-1, 1, (2, 3)))


def test_flat_data_has_no_shape():
    given = {"observations": np.ones((N, 8)) * np.arange(N)[:, None], "actions": np.zeros((N, 1))}
    data = formats.open(given | {"rewards": np.arange(N), "terminals": np.arange(N) % 10 == 9})
    assert data.observation_shape is None and "observation_shape" not in data.description


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(3, 64, 64), (64, 48, 3), (1, 16, 16), (84, 84, 4)])
def test_pictures_are_refused_whatever_their_numbers_are(shape, dtype):
    pictures = np.random.default_rng(0).integers(256, size=(6, *shape)).astype(dtype)
    given = {"actions": np.zeros((6, 2)), "rewards": np.ones(6), "terminals": np.arange(6) == 5}
    with pytest.raises(ValueError, match="are images of shape") as refused:
        formats.open(given | {"observations": pictures})
    code = str(refused.value).split("`")[-2]
    vectors = eval(code, {"numpy": np, "observations": pictures})
    assert formats.open(given | {"observations": vectors}).state_dim == np.prod(shape)


@pytest.mark.parametrize("shape", [(10, 10, 3), (20, 20, 26), (64, 64), (2, 3, 4)])
def test_other_arrays_are_flattened_with_a_note(shape):
    values = np.random.default_rng(0).normal(size=(6, *shape))
    given = {"actions": np.zeros((6, 2)), "rewards": np.ones(6), "terminals": np.arange(6) == 5}
    data = formats.open(given | {"observations": values})
    assert data.state_dim == np.prod(shape) and any("are flattened" in note for note in data.notes)
