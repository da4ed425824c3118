import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from dt_helpers.data import recording
from tests.envs.test_door import Line


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


def test_an_observation_that_changes_in_place_is_kept_as_it_was():
    """Also an action and a reward."""

    class Same(Line):
        def __init__(self):
            self.reward = np.zeros(())

        def step(self, action):
            observation, reward, *over = super().step(action)
            self.reward[...] = reward
            return observation, self.reward, *over

    seen, action = [], np.zeros((1, 2), np.float32)

    def policy(observation):
        seen.append(observation[0].copy())
        action[:] += 0.05
        return action

    for env in (Line, Same, lambda: gymnasium.wrappers.TimeLimit(Same(), 3)):
        seen.clear()
        action[:] = 0
        data = recording.record(policy, env, 3, progress=False)
        np.testing.assert_array_equal(data.observations, seen)
        assert (np.diff(data.actions[:, 0]) > 0).all()
        np.testing.assert_allclose(data.rewards, -np.abs(data.observations + data.actions).sum(axis=1), rtol=1e-5)


def test_an_episode_without_an_end_is_stopped(monkeypatch):
    from gymnasium.envs.classic_control import PendulumEnv

    monkeypatch.setattr(recording, "LONGEST", 50)
    with pytest.raises(ValueError, match=r"PendulumEnv has not ended after 50 steps: say with `steps=`"):
        recording.record(lambda x: np.zeros((1, 1)), PendulumEnv, 1, progress=False)
    for env, steps in ((PendulumEnv, 60), (lambda: gymnasium.wrappers.TimeLimit(PendulumEnv(), 50), None)):
        assert recording.record(lambda x: np.zeros((1, 1)), env, 1, steps, progress=False).lengths[0] == (steps or 50)


@pytest.mark.parametrize("sizes", [[2, 3], [2, 2, 1], [4, 4, 4, 2]])
def test_observations_that_change_their_size_are_refused_when_they_do(sizes):
    class Grows(Line):
        episode = 0

        def reset(self, *, seed=None, options=None):
            self.size = sizes[self.episode]
            self.episode += 1
            self.steps = 0
            return np.zeros(self.size, np.float32), {}

        def step(self, action):
            self.steps += 1
            return np.zeros(self.size, np.float32), 0.0, False, self.steps >= 4, {}

    with pytest.raises(ValueError, match=rf"Grows: .* one in episode {len(sizes) - 1} of \({sizes[-1]},\)"):
        recording.record(lambda x: np.zeros((1, 2)), Grows, len(sizes), progress=False)


@pytest.mark.parametrize(
    "observed", [(np.zeros(1), np.zeros((3, 2))), {"left": np.zeros(2)}, np.zeros(2), (np.zeros(1),), None]
)
def test_what_is_not_of_the_space_with_parts_is_told(observed):
    class Odd(Line):
        observation_space = gymnasium.spaces.Tuple(
            (gymnasium.spaces.Box(0, 1, (1,)), gymnasium.spaces.MultiDiscrete([3, 3]))
        )

        def reset(self, *, seed=None, options=None):
            return observed, {}

    with pytest.raises(ValueError, match=r"(?s)Odd declares Tuple\(.*, but observes .*: declare what it observes"):
        recording.record(lambda x: np.zeros((1, 2)), Odd, 1, progress=False)
