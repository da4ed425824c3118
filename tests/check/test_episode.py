"""`run_episode`: where several slips at once first show, and the kinship of the check's model with a Transformer."""

import gymnasium
import numpy as np
import pytest
import torch

from dt_helpers.check import exercises, one_function
from dt_helpers.check.engine.calling import quietly
from dt_helpers.check.exercises.run_episode.loop import Loop
from tests.mutation.solutions import episode_in_lists

EXERCISE = exercises.exercise("run_episode")


def judged(answer, seed=4):
    with quietly():
        return one_function.judge(EXERCISE, answer, seed)


def raw(observation, mean, std, t):
    return observation


def turned(rewards, **_):
    return rewards[::-1]


TWO_AT_ONCE = {
    "other states": Loop(normal=raw, left=lambda left, reward, scale, asked: left),
    "other timesteps": Loop(times=lambda t, K: np.arange(t + 1) + 2, normal=raw),
    "other returns_to_go": Loop(left=lambda left, reward, scale, asked: left + 0.1, result=turned),
    "other actions": Loop(past=lambda actions: actions * 2, over=lambda *_: False),
    "another action was carried out": Loop(act=lambda actions, rng: actions[-1] / 2, over=lambda *_: False),
    "the model sees": Loop(window=lambda rows, K: rows, result=turned),
}


@pytest.mark.parametrize("said", TWO_AT_ONCE)
def test_what_no_known_slip_gives_is_shown_where_it_first_shows(said):
    found = judged(TWO_AT_ONCE[said])
    assert not found.passed and found.mistake in (None, "wrong-shape")
    assert found.sentence.startswith("In step ") and said in found.sentence
    assert found.all_hints


def test_what_the_environment_takes_is_what_gymnasiums_robots_take():
    """A tensor fails in them (`np.sum` of its squares), and what numpy reads as an array doesn't, as a list."""

    def acts_with(change):
        return judged(Loop(step=lambda env, action: env.step(change(action))))

    refused = acts_with(torch.from_numpy)
    assert refused.mistake == "exception" and "TypeError: env.step takes an array" in refused.sentence
    assert "action.numpy()" in refused.sentence
    assert "gradient" in acts_with(lambda action: torch.from_numpy(action).requires_grad_()).hint
    for fine in (np.ndarray.tolist, np.float64, tuple, lambda action: list(torch.from_numpy(action))):
        assert acts_with(fine).passed


@pytest.mark.parametrize("action", [[0.1] * 6, np.zeros(6, "float32"), (0,) * 6, list(torch.zeros(6))])
def test_gymnasiums_cheetah_takes_the_same(action, cheetah):
    cheetah.step(action)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_gymnasiums_cheetah_takes_no_tensor(cheetah):
    with pytest.raises(TypeError):
        cheetah.step(torch.zeros(6))


@pytest.fixture(scope="module")
def cheetah():
    env = gymnasium.make("HalfCheetah-v5")
    env.reset(seed=0)
    yield env
    env.close()


def test_an_environment_that_is_reset_at_the_end_is_told_so():
    for again in (lambda env, seed, _: env.reset()[0], lambda env, seed, _: env.reset(seed=seed)[0]):
        found = judged(Loop(again=again, over=lambda *_: False))
        assert found.mistake == "end-ignored" and found.sentence.startswith("The environment is reset where")
    found = judged(Loop(again=again, over=lambda *_: False, normal=raw))
    assert found.sentence.startswith("`env.reset` was called twice.")


@pytest.mark.parametrize("rows", [20, 7])
def test_a_window_of_a_fixed_length_is_not_called_the_whole_episode(rows):
    found = judged(Loop(window=lambda given, K: given[-rows:], missing=lambda t, K: 0))
    assert found.mistake == "window-not-cut" and "longer than `context_length`" in found.sentence


def test_padding_behind_is_not_taken_for_the_newest_step():
    """Where it is masked and the newest step's action is read, it is free: the first slip is a later one."""
    behind = Loop(
        padded=lambda rows, missing: np.concatenate([rows, np.zeros((missing, *rows.shape[1:]), rows.dtype)]),
        mask=lambda real, missing: np.concatenate([np.ones(real), np.zeros(missing)]),
        read=lambda output, real: output.action_preds[0, real - 1],
        times=lambda t, K: np.arange(t + 1) + 2 * (t > 1),
        over=lambda *_: False,
    )
    found = judged(behind)
    assert not found.passed and found.sentence.startswith("In step 2 ") and "other timesteps" in found.sentence


def test_a_mode_that_changes_on_the_way_is_told():
    models = []

    def trains_again(env, action):
        models[-1].train()
        return env.step(action)

    found = judged(Loop(mode=lambda model: models.append(model.eval()), step=trains_again))
    assert found.sentence.startswith("In step 1 (the first is step 0), the model was in training mode")


class Rough:
    """An environment whose observations are off by fifty times what float32 rounds away."""

    def __init__(self, env):
        self.env, self.rng = env, np.random.default_rng(3)

    def rough(self, observation, *rest):
        return observation * (1 + 3e-6 * self.rng.uniform(-1, 1, observation.shape)), *rest

    def reset(self, seed):
        return self.rough(*self.env.reset(seed=seed))

    def step(self, action):
        return self.rough(*self.env.step(action))


@pytest.mark.parametrize("seed", range(3))
def test_rounding_is_no_mistake_and_hides_none(seed):
    assert judged(lambda model, env, *numbers: episode_in_lists(model, Rough(env), *numbers), seed).passed
    goes_on = Loop(over=lambda terminated, truncated, *_: truncated)
    found = judged(lambda model, env, *numbers: goes_on(model, Rough(env), *numbers), seed)
    assert found.mistake == "terminated-ignored"


def case():
    return EXERCISE.cases(np.random.default_rng(1))[1]


def asked(change, training=False):
    """The newest action for a window of four steps, after a change to what is given."""
    model = case().args[0]().train(training)
    rng = np.random.default_rng(0)
    given = {
        "states": torch.from_numpy(rng.normal(size=(1, 4, 2))).float(),
        "actions": torch.from_numpy(rng.normal(size=(1, 4, 1))).float(),
        "returns_to_go": torch.from_numpy(rng.normal(size=(1, 4, 1))).float(),
        "timesteps": torch.arange(4)[None],
        "attention_mask": torch.tensor([[0, 1, 1, 1]]),
    }
    change(given)
    with torch.no_grad():
        return model(**given).action_preds[0, -1]


def test_the_padding_and_the_newest_action_do_not_matter_and_all_else_does():
    def put(name, step, value):
        return lambda given: given[name].__setitem__((0, step), value)

    plain = asked(lambda given: None)
    for name in ("states", "actions", "returns_to_go", "timesteps"):
        assert torch.equal(asked(put(name, 0, 7)), plain)
        assert not torch.equal(asked(put(name, 2, 7)), plain)
    assert torch.equal(asked(put("actions", 3, 7)), plain)
    shorter = asked(lambda given: given.update({name: value[:, 1:] for name, value in given.items()}))
    torch.testing.assert_close(shorter, plain)
    assert not torch.equal(asked(put("attention_mask", 0, 1)), plain)
    assert not torch.equal(asked(lambda given: None, training=True), plain)


def test_the_model_answers_as_transformers_do():
    model, _ = case().args[0](), None
    given = torch.zeros(1, 2, 2), torch.zeros(1, 2, 1), None, torch.zeros(1, 2, 1), torch.zeros(1, 2, dtype=torch.int64)
    output = model(*given)
    state_preds, action_preds, return_preds = model(*given, return_dict=False)
    assert torch.equal(output.action_preds, action_preds) and torch.equal(output["return_preds"], return_preds)
    assert torch.equal(output[0], state_preds) and list(output) == ["state_preds", "action_preds", "return_preds"]
    assert action_preds.requires_grad
    with pytest.raises(AttributeError):
        output.logits  # noqa: B018


@pytest.mark.parametrize(
    ("place", "value", "error", "said"),
    [
        (0, torch.zeros(2, 2), ValueError, r"\(batch, steps, 2\) was expected"),
        (0, torch.zeros(1, 2, 2).double(), RuntimeError, "float64; the model computes in float32"),
        (0, np.zeros((1, 2, 2)), TypeError, "has to be a tensor; it is a float64 array"),
        (3, torch.zeros(1, 2), ValueError, r"\(1, 2, 1\) was expected"),
        (4, torch.zeros(1, 2), RuntimeError, "whole numbers"),
        (4, torch.full((1, 2), 60), IndexError, "60"),
        (0, torch.zeros(1, 99, 2), ValueError, "no episode is longer"),
    ],
)
def test_what_does_not_fit_is_told_what_was_expected(place, value, error, said):
    given = [
        torch.zeros(1, 2, 2),
        torch.zeros(1, 2, 1),
        None,
        torch.zeros(1, 2, 1),
        torch.zeros(1, 2, dtype=torch.int64),
    ]
    given[place] = value
    with pytest.raises(error, match=said):
        case().args[0]()(*given)


def test_the_environment_keeps_gymnasiums_rules():
    env = case().args[1]()
    with pytest.raises(RuntimeError, match="before calling env"):
        env.step([0.0])
    first, info = env.reset(seed=3)
    assert first.shape == (2,) and first.dtype == np.float64 and info == {}
    assert np.array_equal(env.reset(seed=3)[0], first) and not np.array_equal(env.reset()[0], env.reset()[0])
    with pytest.raises(ValueError, match=r"Expected \(1,\), found \(1, 1\)"):
        env.step([[0.0]])
    ends = [env.step(env.action_space.high)[2:4] for _ in range(6)]
    assert ends == [(False, False)] * 5 + [(False, True)]
    with pytest.raises(RuntimeError, match="max_steps is"):
        for _ in range(99):
            env.step([0.0])
