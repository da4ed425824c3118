"""The tutorial's own stack (gym 0.21, mujoco-py, colabgymrender) beside today's: ``make test-legacy``.

The file's name keeps it out of `make test`.
"""

import subprocess
from pathlib import Path

import gym
import mujoco_py
import numpy as np
import pytest
import torch

from dt_helpers import envs, rollout, training
from tests.recordings import ROBOTS, SEEDS, recorded, replayed

STEPS, BOUND = 10, 1e-9  # as tests/envs/test_physics.py has them
TARGET = 9000.0


def test_this_is_the_tutorials_stack():
    assert gym.__version__ == "0.21.0"
    assert mujoco_py.cymj.__file__.endswith(".so")
    assert "cpu" in Path(mujoco_py.cymj.__file__).name


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_recordings_are_this_stacks(robot, seed):
    old, new = recorded(robot, seed), replayed(envs.make(f"{robot}-v3", backend="gym"), robot, seed)
    assert old.differences(new)[:STEPS].max() < BOUND


@pytest.mark.parametrize("robot", ROBOTS)
def test_the_interface_is_gymnasiums(robot):
    old, new = (envs.make(f"{robot}-v3", backend=backend) for backend in ("gym", "gymnasium"))
    assert old.action_space == new.action_space
    assert old.observation_space.shape == new.observation_space.shape
    assert old.unwrapped.dt == pytest.approx(new.unwrapped.dt)
    first, info = old.reset(seed=3)
    assert info == {}
    np.testing.assert_array_equal(first, old.reset(seed=3)[0])
    observation, reward, terminated, truncated, info = old.step(old.action_space.sample())
    assert observation.shape == first.shape and isinstance(reward, float) and isinstance(info, dict)
    assert (terminated, truncated) == (False, False)


def test_a_time_limit_truncates_and_a_fall_terminates():
    cheetah = envs.make("HalfCheetah-v3", backend="gym")
    cheetah.reset(seed=0)
    ends = [cheetah.step(np.zeros(6))[2:4] for _ in range(1000)]
    assert ends == [(False, False)] * 999 + [(False, True)]
    hopper = envs.make("Hopper-v3", backend="gym")
    hopper.reset(seed=0)
    while not any(end := hopper.step(np.ones(3))[2:4]):
        pass
    assert end == (True, False)


@pytest.fixture(scope="module")
def played():
    """The course's model runs 50 steps in gym: its start, its actions (50, 6), observations (50, 17), rewards (50,)."""
    model = training.load_or_provided()
    config = model.config
    mean, std = (torch.tensor(value, dtype=torch.float32) for value in (config.state_mean, config.state_std))
    env = envs.make("HalfCheetah-v3", backend="gym")
    observation, _ = env.reset(seed=0)
    start = env.state()
    states, actions, rewards, observations = torch.zeros(0, 17), torch.zeros(0, 6), [], []
    to_go = torch.tensor([TARGET / config.return_scale])
    for t in range(50):
        states = torch.cat([states, ((torch.from_numpy(observation).float() - mean) / std)[None]])
        actions = torch.cat([actions, torch.zeros(1, 6)])
        with torch.no_grad():
            actions[t] = rollout.get_action(model, states, actions, torch.zeros(t), to_go, torch.arange(t + 1))
        observation, reward, *_ = env.step(actions[t].numpy())
        to_go = torch.cat([to_go, to_go[-1:] - reward / config.return_scale])
        rewards.append(reward)
        observations.append(observation)
    return start, actions.numpy(), np.array(observations), np.array(rewards)


def test_a_trained_models_actions_do_the_same_in_both_backends(played):
    start, actions, observations, rewards = played
    env = envs.make("HalfCheetah-v3").unwrapped
    env.reset(seed=0)
    env.set_state(*start)
    steps = [env.step(action)[:2] for action in actions]
    differences = np.abs(np.array([observation for observation, _ in steps]) - observations).max(axis=1)
    print(f"largest difference after 1 step {differences[0]:.1e}, after {STEPS} steps {differences[STEPS - 1]:.1e}")
    assert differences[:STEPS].max() < BOUND
    np.testing.assert_allclose([reward for _, reward in steps[:STEPS]], rewards[:STEPS], atol=1e-6)


def x_servers() -> int:
    return subprocess.run(["ps", "-eo", "comm="], capture_output=True, text=True).stdout.split().count("Xvfb")


def test_colabgymrender_films_at_the_true_rate_and_leaves_nothing(played, tmp_path, monkeypatch):
    import imageio_ffmpeg

    from dt_helpers.envs import legacy

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = x_servers()
    env = envs.make("HalfCheetah-v3", backend="gym")
    with legacy.recording(env, tmp_path / "replay.mp4") as filmed:
        filmed.reset(seed=0)
        for action in played[1][:40]:  # the episode does not end, and the film does
            filmed.step(action)
    assert x_servers() == before
    assert [path.name for path in tmp_path.iterdir()] == ["replay.mp4"]
    reader = imageio_ffmpeg.read_frames(str(tmp_path / "replay.mp4"))
    facts = next(reader)
    width, height = facts["size"]
    frames = [np.frombuffer(data, np.uint8).reshape(height, width, 3).astype(float) for data in reader]
    assert (facts["fps"], facts["codec"], len(frames)) == (20, "h264", 41)
    assert min(frame.std() for frame in frames) > 5, "a blank picture"
    assert np.abs(frames[0] - frames[-1]).mean() > 0.5, "a standing picture"
