import numpy as np
import pytest

from dt_helpers import envs
from dt_helpers.data import experts, simulate
from dt_helpers.machine import bars


def test_rollouts_are_gymnasiums_own(cheetah_data):
    """The recorded actions, carried out by gymnasium itself, give the recorded observations and rewards."""
    env = envs.make("HalfCheetah-v5")
    for i in (0, 5):
        assert replay(env, cheetah_data, i, steps=25) is False  # after that chaos enlarges what the solver leaves open
    env.close()


@pytest.mark.parametrize("name", simulate.ROBOTS)
def test_each_robots_rollouts_are_gymnasiums_own(name):
    env = envs.make(name)
    weights = np.random.default_rng(1).normal(0, 1, (env.observation_space.shape[0], env.action_space.shape[0]))
    data = simulate.roll_out(lambda x: np.tanh(x @ weights), name, 3, 20, noise=0.1, progress=False)
    for i in range(3):
        assert replay(env, data, i) == data.dones[data.offsets[i + 1] - 1]
    env.close()


@pytest.mark.parametrize("name", ["Hopper-v5", "Walker2d-v5", "Hopper-v3", "Walker2d-v3"])
def test_episodes_end_where_the_robot_falls(name):
    env = envs.make(name)
    weights = np.random.default_rng(0).normal(0, 1, (env.observation_space.shape[0], env.action_space.shape[0]))
    data = simulate.roll_out(lambda x: np.tanh(x @ weights), name, 6, 100, noise=0.5, progress=False)
    assert (data.lengths < 100).all() and len(set(data.lengths.tolist())) > 1
    np.testing.assert_array_equal(np.flatnonzero(data.dones), data.offsets[1:] - 1)
    for i in range(6):
        assert replay(env, data, i) is True
    env.close()


def replay(env, data, i, steps=None) -> bool:
    """Carries the actions of episode i out; whether the robot fell in the last of them, and in no other."""
    episode = data.episode(i)
    observation, _ = env.reset(seed=i)
    terminated = False
    for t in range(steps or len(episode["rewards"])):
        assert not terminated
        np.testing.assert_allclose(episode["observations"][t], observation, atol=1e-4)
        observation, reward, terminated, _, _ = env.step(episode["actions"][t].astype(np.float64))
        np.testing.assert_allclose(episode["rewards"][t], reward, atol=1e-4)
    return terminated


def test_the_clock_ends_an_episode_without_a_fall():
    data = simulate.roll_out(lambda x: np.zeros((len(x), 3)), "Hopper-v5", 2, 10, noise=0.0, progress=False)
    assert data.lengths.tolist() == [10, 10] and not data.dones.any()


def test_same_seed_same_data_whatever_the_threads():
    expert = experts.load()
    first, second = (simulate.roll_out(expert, episodes=3, steps=40, progress=False, threads=n) for n in (1, 2))
    np.testing.assert_array_equal(first.observations, second.observations)
    np.testing.assert_array_equal(first.actions, second.actions)
    other = simulate.roll_out(expert, episodes=3, steps=40, progress=False, seed=7)
    assert (first.actions != other.actions).any()


def test_shapes_and_types(cheetah_data):
    assert (len(cheetah_data), cheetah_data.n_steps) == (8, 960)
    assert (cheetah_data.state_dim, cheetah_data.act_dim) == (17, 6)
    assert {cheetah_data.observations.dtype, cheetah_data.actions.dtype, cheetah_data.rewards.dtype} == {
        np.dtype("float32")
    }
    assert np.abs(cheetah_data.actions).max() <= 1
    assert len(set(cheetah_data.returns.round(3))) == 8  # episodes differ


def test_a_robot_that_hides_more_positions_is_known_by_one_entry(monkeypatch):
    """Swimmer: neither x nor y is observed."""
    monkeypatch.setitem(simulate.ROBOTS, "Swimmer-v5", simulate.Robot(ctrl_cost_weight=1e-4))
    with pytest.raises(ValueError, match=r"observe 9 numbers.*observes 8.*`hidden`"):
        simulate.roll_out(lambda x: np.zeros((len(x), 2)), "Swimmer-v5", 1, 5, progress=False)
    monkeypatch.setitem(simulate.ROBOTS, "Swimmer-v5", simulate.Robot(ctrl_cost_weight=1e-4, hidden=2))
    data = simulate.roll_out(lambda x: np.sin(x[:, :2]), "Swimmer-v5", 3, 25, progress=False)
    env = envs.make("Swimmer-v5")
    assert not any(replay(env, data, i) for i in range(3))
    env.close()


def test_what_the_physics_of_the_three_does_not_fit_is_stepped_by_gymnasium():
    data = simulate.roll_out(lambda x: np.tanh(x[:, :8]), "Ant-v5", 2, 12, noise=0.0, progress=False, name="ants")
    assert (data.env, data.name, data.state_dim, data.act_dim) == ("Ant-v5", "ants", 105, 8)
    with pytest.raises(ValueError, match="NoSuchRobot"):
        simulate.roll_out(lambda x: x, "NoSuchRobot-v5", 1, 5)


def test_interrupted_it_leaves_no_bar_and_no_environment_open(monkeypatch):
    closed = []
    own = envs.make

    def make(name):
        env = own(name)
        monkeypatch.setattr(env, "reset", stop if name == "Hopper-v5" else env.reset)
        monkeypatch.setattr(env, "close", lambda: closed.append(name))
        return env

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(envs, "make", make)
    for name in ("Hopper-v5", "HalfCheetah-v5"):  # in a reset, and in the policy
        with pytest.raises(KeyboardInterrupt):
            simulate.roll_out(stop, name, 2, 5)
        assert closed[-1] == name
    assert not bars.tqdm._instances
