import numpy as np
import pytest

from dt_helpers import envs, experts, simulate


def test_rollouts_are_gymnasiums_own(cheetah_data):
    """The recorded actions, carried out by gymnasium itself, give the recorded observations and rewards."""
    env = envs.make("HalfCheetah-v5")
    for i in (0, 5):
        episode = cheetah_data.episode(i)
        observation, _ = env.reset(seed=i)
        for t in range(25):  # after that chaos enlarges what the solver leaves open
            np.testing.assert_allclose(episode["observations"][t], observation, atol=1e-4)
            observation, reward, terminated, _, _ = env.step(episode["actions"][t].astype(np.float64))
            np.testing.assert_allclose(episode["rewards"][t], reward, atol=1e-4)
            assert not terminated
    env.close()


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


def test_unknown_environment():
    with pytest.raises(ValueError, match="Pendulum"):
        simulate.roll_out(experts.load(), "Pendulum-v1")
