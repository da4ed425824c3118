import pickle
import subprocess
import sys
import warnings
from contextlib import ExitStack

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from dt_helpers import envs
from dt_helpers.data import recording
from dt_helpers.envs import door

V3 = [f"{robot}-v3" for robot in envs.ROBOTS]


@pytest.mark.parametrize("name", ["HalfCheetah-v5", *V3])
def test_make_is_silent(name, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        envs.make(name).close()
    assert capfd.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []


def test_unknown_name_says_what_there_is():
    with pytest.raises(
        ValueError, match=r"HalfCheetah-v5, Hopper-v5, Walker2d-v5 and.* HalfCheetah-v3, Hopper-v3, Walker"
    ):
        envs.make("HalfCheeta-v5")


def test_a_module_that_is_loaded_again_registers_nothing_twice():
    code = "import importlib, dt_helpers.envs; importlib.reload(dt_helpers.envs)"
    child = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    assert "Overriding" not in child.stderr


def test_importing_it_does_not_import_mujoco():
    code = "import sys, dt_helpers.envs; sys.exit('mujoco' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("way", ["import dt_helpers.envs", ""], ids=["imported before", "imported by gymnasium"])
@pytest.mark.parametrize("name", V3)
def test_v3_by_gymnasium_itself(way, name, tmp_path):
    prefix = "" if way else "dt_helpers.envs:"
    code = f"""
import gymnasium
{way}
env = gymnasium.make("{prefix}dt_helpers/{name}")
print(type(env.unwrapped).__name__, env.spec.id, env.spec.max_episode_steps, env.unwrapped.model.body_mass.sum())
"""
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert child.returncode == 0, child.stderr
    kind, spec, steps, mass = child.stdout.split()
    assert (kind, spec, steps) == (name.replace("-v", "V"), f"dt_helpers/{name}", "1000")
    assert float(mass) == pytest.approx(envs.make(name).unwrapped.model.body_mass.sum())


@pytest.mark.parametrize("name", V3)
def test_v3_keeps_gymnasiums_rules(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # MuJoCo leaves its log here when not silenced by `envs.make`
    env = envs.make(name)
    check_env(env.unwrapped, skip_render_check=True)
    first, again = (env.reset(seed=7)[0] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert env.unwrapped.dt == pytest.approx({"HalfCheetah-v3": 0.05}.get(name, 0.008))
    copy = pickle.loads(pickle.dumps(env.unwrapped))
    np.testing.assert_array_equal(copy.model.body_inertia, env.unwrapped.model.body_inertia)


def test_options_are_handed_on():
    env = envs.make("HalfCheetah-v3", ctrl_cost_weight=1.0, max_episode_steps=3)
    env.reset(seed=0)
    steps = [env.step(np.ones(6, np.float32)) for _ in range(3)]
    assert [truncated for *_, truncated, _ in steps] == [False, False, True]
    assert steps[0][-1]["reward_ctrl"] == -6


def test_many_at_once():
    many = gymnasium.make_vec("dt_helpers/Hopper-v3", num_envs=3)
    observations, _ = many.reset(seed=0)
    assert observations.shape == (3, 11)
    many.close()


def test_scores_only_where_d4rl_has_them():
    assert envs.normalized_score("HalfCheetah-v3", 12135.0) == 100
    assert envs.normalized_score("HalfCheetah-v3", -280.178953) == 0
    assert envs.normalized_score("dt_helpers/HalfCheetah-v3", 12135.0) == 100
    assert envs.normalized_score("HalfCheetah-v5", 9000.0) is None
    assert set(envs.D4RL_REFERENCES) == set(V3)


def test_mujoco_gl_that_names_a_missing_library(monkeypatch):
    def refuse(*_, **__):
        raise AttributeError("'NoneType' object has no attribute 'eglQueryString'")

    monkeypatch.setattr(envs.gymnasium, "make", refuse)
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    with pytest.raises(AttributeError):
        envs.make()
    monkeypatch.setenv("MUJOCO_GL", "egl")
    with pytest.raises(ValueError, match="Unset it"):
        envs.make()


class TwoRunners:
    """Steps like PettingZoo's parallel environments."""

    possible_agents = ("runner", "catcher")

    def observation_space(self, agent):
        return gymnasium.spaces.Box(-1, 1, (3,))

    def reset(self, seed=None, options=None):
        return dict.fromkeys(self.possible_agents, np.zeros(3)), {}

    def step(self, actions):
        raise AssertionError("it is refused before")


@pytest.mark.parametrize("env", [TwoRunners, TwoRunners(), lambda: TwoRunners()])
@pytest.mark.parametrize("count", [1, 3])
def test_an_environment_of_several_agents_is_refused_in_a_sentence(env, count):
    with ExitStack() as stack, pytest.raises(ValueError, match="has several agents, and a model acts for one"):
        door.open_all(env, count, stack)


class Odd(gymnasium.Env):
    """Returns what it is told to."""

    observation_space = gymnasium.spaces.Box(-1, 1, (3,))
    action_space = gymnasium.spaces.Box(-1, 1, (1,))

    def __init__(self, first, then):
        self.first, self.then = first, then

    def reset(self, seed=None, options=None):
        return self.first

    def step(self, action):
        return self.then


ZERO = np.zeros(3, np.float32)


@pytest.mark.parametrize(
    "first, then, said",
    [
        (ZERO, (), "returned the observation alone, as in the old gym"),
        ((ZERO, {}), (ZERO, 1.0, True, {}), "step\\(\\) returned 4 values, as in the old gym"),
        ((ZERO, {}), (ZERO, 1.0, 0.5, True, False, {}), "step\\(\\) returned 6 values: .*If there is a cost as well"),
    ],
)
def test_another_interface_than_gymnasiums_is_told_when_recording(first, then, said):
    with pytest.raises(ValueError, match=f"Odd: .*{said}"):
        recording.record(lambda seen: np.zeros((1, 1)), Odd(first, then), episodes=1, progress=False)


def test_an_info_that_is_none_is_taken_from_reset_as_from_step():
    class Bare(Odd):
        observation_space, action_space = gymnasium.spaces.Box(-1, 1, (3,)), gymnasium.spaces.Box(-1, 1, (1,))

    env = Bare((ZERO, None), (ZERO, 1.0, True, False, None))
    assert recording.record(lambda seen: np.zeros((1, 1)), env, episodes=1, progress=False).lengths.tolist() == [1]
