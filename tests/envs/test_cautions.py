"""Copies of an environment that disturb each other, and wrappers that keep statistics."""

from contextlib import ExitStack

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.envs.classic_control import PendulumEnv

from dt_helpers.envs import cautions, door

from .test_door import Line


class World:
    """Stands for a simulator that is one for the whole process."""

    at, time = 0.0, 0


class Shared(Line):
    def reset(self, *, seed=None, options=None):
        gymnasium.Env.reset(self, seed=seed)
        World.at, World.time = 0.0, 0
        return np.full(2, World.at, np.float32), {}

    def step(self, action):
        World.at, World.time = World.at + float(action[0]), World.time + 1
        return np.full(2, World.at, np.float32), 1.0, False, World.time >= 20, {}


class Clock(Shared):
    """It shows nothing of the world but the end of the episode."""

    def step(self, action):
        _, reward, *over = super().step(action)
        return np.zeros(2, np.float32), reward, *over


class Rewards(Shared):
    def step(self, action):
        _, _, *over = super().step(action)
        return np.zeros(2, np.float32), World.at, *over


@pytest.mark.parametrize("env", [Shared, Clock, Rewards, lambda: gymnasium.wrappers.TimeLimit(Shared(), 30)])
def test_copies_of_one_world_run_one_after_another(env, capsys):
    with ExitStack() as stack:
        (made,) = door.open_all(env, 4, stack)
    assert made.unwrapped.closed  # it was made here
    assert "its copies share one world" in capsys.readouterr().out


class Connected(Shared):
    """As one whose close() ends the connection to the simulator of all copies, and fails without it."""

    connected = True

    def step(self, action):
        assert Connected.connected
        return super().step(action)

    def close(self):
        if not Connected.connected:
            raise RuntimeError("not connected")
        Connected.connected = False


def test_a_world_that_ends_with_a_copy_is_there_until_the_end():
    with ExitStack() as stack:
        (made,) = door.open_all(Connected, 4, stack)
        made.reset(seed=0)
        made.step([0.5, 0.5])
    assert not Connected.connected


class Counter(Line):
    """Where it starts depends on how many resets came before."""

    resets = 0

    def reset(self, *, seed=None, options=None):
        observation, info = super().reset(seed=seed)
        observation[0], self.resets = self.resets, self.resets + 1
        return observation, info


class Unseeded(Line):
    def reset(self, *, seed=None, options=None):
        return super().reset(seed=None)


@pytest.mark.parametrize("env", [Counter, Unseeded, lambda: gymnasium.wrappers.TimeLimit(Counter(), 3)])
def test_starts_that_depend_on_more_than_the_seed_follow_each_other_in_one_copy(env, capsys):
    with ExitStack() as stack:
        (made,) = door.open_all(env, 4, stack)
        assert getattr(made.unwrapped, "resets", 0) == 0  # it has not been looked at
    assert "the same seed gave different starts" in capsys.readouterr().out


class Chance(Line):
    """What it does no seed determines."""

    def step(self, action):
        return (np.random.default_rng().normal(size=2).astype(np.float32), *super().step(action)[1:])


class Broken(Line):
    def step(self, action):
        raise RuntimeError("no licence")


class Kept(Line):
    """Its clock is not put back."""

    clock = 0

    def step(self, action):
        self.clock += 1
        observation, reward, terminated, _, info = super().step(action)
        return observation, reward, terminated, self.clock >= 3, info


class Drawn(Line):
    def step(self, action):
        observation, _, *over = super().step(action)
        return observation, np.random.default_rng().normal(), *over


@pytest.mark.parametrize("env", [Chance, Kept, Drawn])
def test_an_episode_that_differs_from_the_same_one_again_is_asked_about(env, capsys):
    with ExitStack() as stack:
        assert len(door.open_all(env, 3, stack)) == 3
    assert "gave two different episodes" in capsys.readouterr().out


@pytest.mark.parametrize("env", [Line, lambda: gymnasium.wrappers.TimeLimit(Line(), 3)])
def test_others_run_side_by_side(env, capsys):
    with ExitStack() as stack:
        assert len(door.open_all(env, 3, stack)) == 3
    assert capsys.readouterr().out == ""


def test_gymnasiums_own_and_the_courses_are_not_looked_at(monkeypatch):
    monkeypatch.setattr(cautions, "why_one_alone", lambda *given: pytest.fail("looked at"))
    for env in ("CartPole-v1", "HalfCheetah-v5", "HalfCheetah-v3", PendulumEnv):
        with ExitStack() as stack:
            assert len(door.open_all(env, 2, stack)) == 2


@pytest.mark.parametrize(
    ("wrap", "words"),
    [
        (gymnasium.wrappers.NormalizeReward, "scales the rewards"),
        (gymnasium.wrappers.NormalizeObservation, "record and evaluate in one instance"),
        (lambda env: gymnasium.wrappers.TimeLimit(gymnasium.wrappers.NormalizeReward(env), 3), "scales the rewards"),
    ],
)
def test_wrappers_that_keep_statistics_are_told(wrap, words, capsys):
    cautions.tell_statistics(wrap(Line()), "Line")
    assert words in capsys.readouterr().out
    cautions.tell_statistics(gymnasium.wrappers.TimeLimit(Line(), 3), "Line")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("count", [2, 7])
def test_an_object_that_stands_for_several_environments_is_refused(count):
    class Pool(Line):
        num_envs = count

    for env in (Pool(), Pool, lambda: Pool()):
        with ExitStack() as stack, pytest.raises(ValueError, match=r"not a vector environment|must make one gymnasium"):
            door.open_all(env, 2, stack)
    Pool.num_envs = 1
    with ExitStack() as stack:
        assert len(door.open_all(Pool, 2, stack)) == 2


BOX = gymnasium.spaces.Box(-1, 1, (2,))


@pytest.mark.parametrize(
    ("space", "words"),
    [
        (gymnasium.spaces.Dict(at=BOX, targets=gymnasium.spaces.Sequence(BOX)), "the part 'targets', a Sequence,"),
        (gymnasium.spaces.Tuple([BOX, gymnasium.spaces.Dict(g=gymnasium.spaces.Graph(BOX, BOX))]), "a Graph,"),
        (gymnasium.spaces.Sequence(BOX), "what it observes, a Sequence,"),
    ],
)
def test_observations_without_a_fixed_size_are_refused(space, words):
    with pytest.raises(ValueError, match=words):
        cautions.require_fixed_size(space, "Mine")
    for fine in (BOX, gymnasium.spaces.Dict(at=BOX), gymnasium.spaces.Tuple([BOX, gymnasium.spaces.Discrete(3)])):
        cautions.require_fixed_size(fine, "Mine")


KINDS = {
    "a number": float,
    "NumPy's": np.float32,
    "an array": lambda reward: np.array([reward]),
    "a tensor": lambda reward: torch.tensor([reward]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_copies_are_compared_whatever_their_numbers_are(kind, capsys):
    class Odd(Shared):
        def step(self, action):
            seen, reward, *over = super().step(action)
            return torch.tensor(seen), KINDS[kind](reward), *over

    class Own(Line):
        """Its start is drawn from a generator that reset() does not seed."""

        def reset(self, *, seed=None, options=None):
            return super().reset(seed=None if hasattr(self, "steps") else 0)

        def step(self, action):
            seen, reward, *over = super().step(action)
            return seen, KINDS[kind](reward), *over

    for env, words in ((Odd, "its copies share one world"), (Own, "the same seed gave different starts")):
        with ExitStack() as stack:
            assert len(door.open_all(env, 3, stack)) == 1
        assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    "parts", [lambda at: {"at": at}, lambda at: (at, {"text": "left"}), lambda at: [at, lambda: 0]]
)
def test_or_their_containers(parts):
    class Odd(Shared):
        def step(self, action):
            seen, *rest = super().step(action)
            return parts(seen), *rest

    with ExitStack() as stack:
        assert len(door.open_all(Odd, 3, stack)) == 1


class Port(Line):
    """Stands for a simulator at a port of its own: a second copy is refused, or ends the first one's connection."""

    holder, refuses = None, False

    def __init__(self):
        if self.refuses and Port.holder is not None:
            raise OSError("Address already in use")
        Port.holder = self

    def step(self, action):
        if Port.holder is not self:
            raise ConnectionResetError("Connection reset by peer")
        return super().step(action)

    def close(self):
        if Port.holder is self:
            Port.holder = None


class Refusing(Port):
    refuses = True


@pytest.mark.parametrize("env", [Port, Refusing, lambda: gymnasium.wrappers.TimeLimit(Port(), 30)])
def test_copies_that_stop_each_other_run_one_after_another(env, capsys):
    Port.holder = None
    with ExitStack() as stack:
        (made,) = door.open_all(env, 4, stack)
        made.reset(seed=0)
        made.step(np.zeros(2, np.float32))
    assert "so its episodes run one after another" in capsys.readouterr().out


def test_one_that_fails_alone_fails_where_it_is_used():
    with ExitStack() as stack:
        made = door.open_all(Broken, 3, stack)
        with pytest.raises(RuntimeError, match="no licence"):
            made[0].step(None)


class Curriculum(Line):
    """Its level is kept across resets, and rises with each second episode."""

    level, episodes = 0, 0

    def reset(self, *, seed=None, options=None):
        self.level, self.episodes = self.episodes // 2, self.episodes + 1
        return super().reset(seed=seed)

    def step(self, action):
        seen, _, *over = super().step(action)
        return seen, float(self.level), *over


@pytest.mark.parametrize("env", [Curriculum, lambda: gymnasium.wrappers.TimeLimit(Curriculum(), 30)])
def test_what_an_episode_leaves_behind_is_told_and_the_first_one_begins_afresh(env, capsys):
    with ExitStack() as stack:
        (made,) = door.open_all(env, 4, stack)
        assert made.unwrapped.episodes == 0
    said = capsys.readouterr().out
    assert "depends on those before it" in said and "share" not in said


@pytest.mark.parametrize("answer", [(np.zeros(2), 0.0, False, {}), (np.zeros(2), 0.0, 0.0, False, False, {})])
def test_another_interface_is_told_where_it_is_used(answer, capsys):
    class Old(Line):
        def step(self, action):
            return answer

    with ExitStack() as stack:
        made = door.open_all(Old, 3, stack)
        with pytest.raises(ValueError, match=f"returned {len(answer)} values"):
            door.step(made[0], None)
    assert capsys.readouterr().out == ""
