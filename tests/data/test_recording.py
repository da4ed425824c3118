import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from dt_helpers.data import recording


def test_what_happened_is_what_is_recorded():
    """Pendulum: actions within ±2, and a clock that ends an episode after 200 steps."""
    data = recording.record(lambda x: np.sin(3 * x[:, :1]), "Pendulum-v1", 2, noise=0.1, seed=5, progress=False)
    assert (len(data), data.lengths.tolist(), data.env) == (2, [200, 200], "Pendulum-v1")
    assert not data.dones.any() and data.space.low == (-2.0,) and data.space.high == (2.0,)
    env = gymnasium.make("Pendulum-v1")
    for i in range(2):
        observation, _ = env.reset(seed=5 + i)
        episode = data.episode(i)
        for t in range(200):
            np.testing.assert_allclose(episode["observations"][t], observation, rtol=1e-6)
            observation, reward, *_ = env.step(episode["actions"][t])
            assert reward == pytest.approx(episode["rewards"][t], rel=1e-5)


def test_noise_is_in_halves_of_the_range_and_clipped():
    data = recording.record(lambda x: np.zeros((1, 1)), "Pendulum-v1", 4, noise=0.25, progress=False)
    assert data.actions.std() == pytest.approx(0.5, rel=0.1) and np.abs(data.actions).max() <= 2


def test_choices_and_falls():
    data = recording.record(lambda x: (x[:, 2] > 0).astype(int), "CartPole-v1", 3, progress=False)
    assert data.space.sizes == (2,) and data.act_dim == 2
    assert data.dones[data.offsets[1:] - 1].all() and data.dones.sum() == 3
    short = recording.record(lambda x: (x[:, 2] > 0).astype(int), "CartPole-v1", 3, steps=7, progress=False)
    assert short.lengths.tolist() == [7, 7, 7] and not short.dones.any()
    with pytest.raises(ValueError, match=r"but those of CartPole-v1 are Discrete\(2\)"):
        recording.record(lambda x: x, "CartPole-v1", noise=0.1)


class Parts(gymnasium.Env):
    """Observations with parts: where it is, and where it should go."""

    observation_space = spaces.Dict({"at": spaces.Box(-1, 1, (2,)), "goal": spaces.Discrete(3)})
    action_space = spaces.Box(-1, 1, (2,))

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return {"at": np.zeros(2, np.float32), "goal": 1}, {}

    def step(self, action):
        return {"at": action, "goal": 1}, 0.5, True, False, {}


def test_parts_come_flattened_and_any_door_is_open():
    for env in (Parts, Parts()):
        data = recording.record(lambda x: x[:, :2] + 0.5, env, 2, progress=False)
        np.testing.assert_array_equal(data.observations, [[0, 0, 0, 1, 0]] * 2)
        np.testing.assert_array_equal(data.actions, np.full((2, 2), 0.5))
        assert data.observation_key == ("at", "goal") and data.env == "Parts" and data.rewards.tolist() == [0.5, 0.5]
