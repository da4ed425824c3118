import numpy as np
import pytest

from dt_helpers.stitching import alternatives
from dt_helpers.stitching.alternatives import gamble


def always(action):
    return lambda actions, rewards: np.full(len(actions), action)


def test_playing_safe_earns_1_a_step_and_gambling_nothing_on_average():
    assert set(gamble.play(always(gamble.SAFE), 10).returns) == {gamble.STEPS}
    gambled = gamble.play(always(gamble.GAMBLE), 20_000, seed=1)
    assert set(gambled.rewards.ravel()) == {gamble.WIN, gamble.LOSE}
    assert abs(gambled.returns.mean()) < 0.1


def test_recordings_toss_a_coin():
    recorded = gamble.record(4000, seed=3)
    assert abs(recorded.actions.mean() - 0.5) < 0.02
    assert abs(recorded.returns.mean() - gamble.STEPS / 2) < 0.2
    won = recorded.rewards[recorded.actions == gamble.GAMBLE] == gamble.WIN
    assert abs(won.mean() - gamble.CHANCE) < 0.02


@pytest.mark.parametrize("seed", range(3))
def test_values_play_safe(seed):
    steps = gamble.steps_of(gamble.record(2000, seed))
    assert steps.done.sum() == 2000 and (steps.next_states[~steps.done] == steps.states[~steps.done] + 1).all()
    q = alternatives.q_learning(steps, np.zeros((gamble.STEPS, 2)), learning_rate=0.01)
    assert (q.argmax(axis=1) == gamble.SAFE).all()
    assert set(gamble.play(gamble.greedy(q), 50).returns) == {gamble.STEPS}


def test_those_who_got_it():
    actions, returns = np.array([0, 1, 1, 2, 1]), np.array([4.0, 4.0, 4.0, 1.0, 1.0])
    assert gamble.conditioned_policy(actions, returns, 4.0, 3).tolist() == [1 / 3, 2 / 3, 0]
    assert gamble.conditioned_policy(actions, returns, 9.0, 4).tolist() == [0.25] * 4
