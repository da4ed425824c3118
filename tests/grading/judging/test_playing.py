"""An episode in the sandbox: the environment and the model stay with the grader, and are asked over the pipe."""

import contextlib
import copy
import pickle
from types import SimpleNamespace

import pytest
import torch

from dt_helpers.check import exercises, one_function
from dt_helpers.check.engine.calling import call, quietly
from dt_helpers.grading.judging import remote
from dt_helpers.grading.judging.remote import RemoteFunction
from dt_helpers.grading.sandbox.session import Stopped
from tests.grading.conversation import load
from tests.grading.fuzz import answers
from tests.grading.judging.test_remote import asked_elsewhere
from tests.mutation.solutions import episode_in_lists

EXERCISE = exercises.exercise("run_episode")
SEED = 20


def judged(answer):
    """The verdict on a function that runs in another process."""
    with asked_elsewhere(answer) as session, quietly():
        return one_function.judge(EXERCISE, RemoteFunction(session), SEED)


def stopped(answer) -> str:
    """Why the session with the function ended."""
    with pytest.raises(Stopped) as reason:
        judged(answer)
    return str(reason.value)


def first_case():
    import numpy as np

    return EXERCISE.cases(np.random.default_rng(SEED))[0]


def test_a_right_answer_plays_all_episodes_over_the_pipe():
    assert judged(episode_in_lists).passed


def test_nothing_of_the_environment_is_in_there():
    def names(model, env, *numbers):
        return [
            float(len([x for x in (*vars(env), *vars(model)) if x in ("world", "state", "run", "weights", "policy")]))
        ]

    with asked_elsewhere(names) as session, quietly():
        assert call(RemoteFunction(session), first_case()).value == [0.0]


def test_what_is_changed_in_there_changes_nothing_out_here():
    def forger(model, env, target_return, max_steps, seed):
        model.eval()
        env.record, env.facts["act_dim"], model.config.return_scale = None, 7, 1.0
        env.step = lambda action: (env.reset(seed=seed)[0], 1e6, False, False, {})
        return episode_in_lists(model, env, target_return, max_steps, seed)

    assert not judged(forger).passed


def test_rewards_that_were_made_up_are_not_believed():
    def liar(model, env, target_return, max_steps, seed):
        episode_in_lists(model, env, target_return, max_steps, seed)
        return [1.0] * max_steps

    def idler(model, env, target_return, max_steps, seed):
        return [target_return / max_steps] * max_steps

    assert not judged(liar).passed and not judged(idler).passed


def endless(model, env, target_return, max_steps, seed):
    env.reset(seed=seed)
    while True:
        with contextlib.suppress(RuntimeError):
            env.step([0.0] * model.config.act_dim)


def test_a_function_that_never_stops_asking_is_stopped():
    assert f"more than {remote.MAX_QUESTIONS} times" in stopped(endless)


COPIES = {
    "the model": "episode_in_lists(copy.deepcopy(model), env, *numbers)",
    "the model, thinly": "episode_in_lists(copy.copy(model), env, *numbers)",
    "the environment, thinly": "episode_in_lists(model, copy.copy(env), *numbers)",
    "the model, pickled": "episode_in_lists(pickle.loads(pickle.dumps(model)), env, *numbers)",
    "a copy of a copy": "episode_in_lists(copy.deepcopy(copy.deepcopy(model)), env, *numbers)",
    "the environment, to try it": "[episode_in_lists(model, copy.deepcopy(env), *numbers), "
    "episode_in_lists(model, env, *numbers)][1]",
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_what_is_played_with_a_copy_is_judged_as_in_a_notebook(copied):
    names = {"copy": copy, "pickle": pickle, "episode_in_lists": episode_in_lists}

    def answer(model, env, *numbers):
        return eval(copied, names | {"model": model, "env": env, "numbers": numbers})

    found = judged(answer)
    assert found.passed, found
    with quietly():
        assert one_function.judge(EXERCISE, answer, SEED).passed


COPIES_ALONE = {
    "deeply": lambda env: copy.deepcopy(env),
    "pickled": lambda env: pickle.loads(pickle.dumps(env)),
    "a pair": lambda env: copy.deepcopy((env, env))[1],
}


@pytest.mark.parametrize("copied", COPIES_ALONE.values(), ids=COPIES_ALONE)
def test_an_episode_of_a_copied_environment_is_none_of_the_environment_s(copied):
    def answer(model, env, *numbers):
        return episode_in_lists(model, copied(env), *numbers)

    with quietly():
        here = one_function.judge(EXERCISE, answer, SEED)
    there = judged(answer)
    assert not there.passed and (there.mistake, there.sentence) == (here.mistake, here.sentence)


@pytest.mark.parametrize("copied", [lambda x: x, copy.copy, copy.deepcopy])
def test_gradients_of_a_copied_model_are_those_of_the_model(copied):
    def answer(model, env, *numbers):
        asked = copied(model).eval()

        def tracked(**window):
            with torch.enable_grad():
                return SimpleNamespace(action_preds=asked(**window).action_preds.detach())

        tracked.config, tracked.eval = model.config, asked.eval
        return episode_in_lists(tracked, env, *numbers)

    with quietly():
        assert one_function.judge(EXERCISE, answer, SEED).mistake == "gradients-kept"
    assert judged(answer).mistake == "gradients-kept"


def test_a_copy_that_was_kept_has_nobody_to_ask_either():
    kept = []

    def answer(model, env, *numbers):
        for old in kept:
            with pytest.raises(RuntimeError, match="nothing answers any more"):
                pickle.loads(old).reset(seed=1)
        kept.append(pickle.dumps(env))
        return episode_in_lists(model, env, *numbers)

    assert judged(answer).passed


ODD = {
    "huge": "[0.0] * 3_000_000",
    "huge array": "__import__('numpy').zeros(1 << 20)",
    "nothing": "None",
    "a word": "'left'",
    "an object": "object()",
    "a function": "print",
    "not a number": "[float('nan')] * model.config.act_dim",
    "infinite": "[float('inf')] * model.config.act_dim",
    "complex": "[1j] * model.config.act_dim",
    "a row too many": "[[0.0] * model.config.act_dim]",
    "nested": "[[[[[[[[[[[[0.0]]]]]]]]]]]]",
}


@pytest.mark.parametrize("action", ODD.values(), ids=ODD)
def test_an_odd_action_is_a_wrong_answer_and_no_more(action):
    def answer(model, env, target_return, max_steps, seed):
        env.reset(seed=seed)
        return [env.step(eval(action))[1] for _ in range(max_steps)]

    found = judged(answer)
    assert not found.passed and found.sentence


@pytest.mark.parametrize(
    "call_", ["env.step([0.0] * model.config.act_dim)", "env.reset(seed='x')", "model()", "model(1)"]
)
def test_what_the_environment_and_the_model_refuse_is_an_exception_in_there(call_):
    found = judged(lambda model, env, target_return, max_steps, seed: eval(call_))
    assert found.mistake == "exception", found


def test_there_is_nobody_to_ask_once_the_function_has_returned():
    kept = []

    def answer(model, env, target_return, max_steps, seed):
        for old in kept:
            with pytest.raises(RuntimeError, match="nothing answers any more"):
                old.reset(seed=seed)
        kept.append(env)
        return episode_in_lists(model, env, target_return, max_steps, seed)

    assert judged(answer).passed


@pytest.mark.parametrize(
    "question",
    [
        "0, 'seen'",
        "0, '__class__'",
        "7, 'step'",
        "-1, 'step'",
        "1.0, 'step'",
        "'x', 'step'",
        "1, ['step']",
        "None, None",
    ],
)
def test_a_question_to_nobody_ends_the_session(question):
    def answer(model, env, *numbers):
        return eval(f"env.ask.func(env.ask.args[0], {question})")

    assert "can't be read" in stopped(answer)


TEXT = "import copy, pickle, numpy as np, torch\n" + answers.RIGHT["run_episode"][0].replace(
    "def run_episode(", "def f("
)


def test_in_the_real_sandbox_too(each):
    verdicts = []
    copied = TEXT + "\nplay = f\nf = lambda model, *rest: play(pickle.loads(pickle.dumps(copy.deepcopy(model))), *rest)"
    for text in (copied, TEXT.replace("ended or cut", "cut")):
        with each.session() as session, quietly():
            load(session, text)
            verdicts.append(one_function.judge(EXERCISE, RemoteFunction(session), SEED))
    assert verdicts[0].passed and verdicts[1].mistake == "terminated-ignored"
