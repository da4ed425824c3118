"""What everyone relies on: the names of the checks, a result or a `CheckFailed`, hints in steps, a quick import."""

import subprocess
import sys

import numpy as np
import pytest

from dt_helpers import check
from dt_helpers.check.exercises import NAMES

CHECKS = (
    "returns_to_go", "pad_left", "time_embeddings", "stacked_inputs", "stacked_attention_mask", "prediction_heads",
    "forward", "action_loss", "context_window", "next_target_return", "run_episode", "walk_rewards",
    "choose_target", "next_node",
    "best_tenth", "q_update", "pessimistic", "conditioned_policy",
)  # fmt: skip


def returns_to_go(rewards, gamma=1.0):
    result, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        result[t] = running = rewards[t] + gamma * running
    return result


def cumulative(rewards, gamma=1.0):
    return np.cumsum(rewards)


@pytest.fixture(autouse=True)
def no_tries_yet():
    check.reset()
    yield
    check.reset()


def failure(name, answer, **options):
    with pytest.raises(check.CheckFailed) as caught:
        getattr(check, name)(answer, **options)
    return caught.value


def test_the_names_of_the_checks():
    assert set(NAMES) == set(CHECKS)
    assert all(callable(getattr(check, name)) for name in CHECKS)
    assert set(CHECKS) <= set(check.__all__)


def test_a_right_answer_gives_a_result():
    result = check.returns_to_go(returns_to_go)
    assert result.passed is True
    assert result.name == "returns_to_go"
    assert repr(result) == "CheckResult(returns_to_go: passed)"
    assert result._repr_html_() == check.returns_to_go(returns_to_go)._repr_html_()  # outputs are compared by nbval


def test_a_wrong_answer_raises_an_assertion_error_that_names_the_mistake():
    found = failure("returns_to_go", cumulative)
    assert isinstance(found, AssertionError)
    assert found.passed is False
    assert found.mistake == "from-start"
    assert "still to be earned" in str(found)
    assert found.hint and found.hint in str(found).replace("\n    ", " ")


def test_a_mistake_that_no_one_has_thought_of_has_no_name_but_a_hint():
    found = failure("returns_to_go", lambda rewards, gamma=1.0: np.sin(rewards) + 17)
    assert found.mistake is None
    assert found.hint


def test_every_failing_try_shows_one_hint_more_until_all_are_shown():
    shown = [failure("returns_to_go", cumulative).hints for _ in range(4)]
    assert [len(hints) for hints in shown] == [1, 2, 2, 2]
    assert shown[1][:1] == shown[0]


def test_a_pass_starts_the_count_again_and_exercises_are_counted_apart():
    failure("returns_to_go", cumulative)
    check.returns_to_go(returns_to_go)
    assert len(failure("returns_to_go", cumulative).hints) == 1
    assert len(failure("pad_left", lambda sequence, length, value: None).hints) == 1
    check.reset("returns_to_go")
    assert len(failure("returns_to_go", cumulative).hints) == 1


def test_the_seed_brings_the_failure_back():
    first = failure("returns_to_go", cumulative)
    check.reset()
    again = failure("returns_to_go", cumulative, seed=first.seed)
    assert str(again) == str(first)
    assert again.difference == first.difference


def test_inputs_are_drawn_anew_each_time():
    assert failure("returns_to_go", cumulative).difference != failure("returns_to_go", cumulative).difference


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("thing", [None, ..., 3, [1.0, 2.0], "solution"])
def test_what_is_no_function_is_told_from_a_wrong_one(name, thing):
    found = failure(name, thing)
    assert found.mistake == ("unfilled" if thing is None or thing is ... else "not-callable")


@pytest.mark.parametrize("name", [name for name in CHECKS if name != "forward"])
def test_nbgraders_stub_is_unfilled(name):
    def stub(*args, **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    found = failure(name, stub)
    assert found.mistake == "unfilled"
    assert "not filled in yet" in str(found)


def run(code: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_the_import_and_the_numpy_checks_bring_no_torch():
    done = run(
        "import sys\n"
        "from dt_helpers import check\n"
        "assert not {'torch', 'transformers', 'IPython'} & set(sys.modules)\n"
        "import numpy as np\n"
        "def answer(r, gamma=1.0):\n"
        "    return [sum(gamma ** (k - t) * r[k] for k in range(t, len(r))) for t in range(len(r))]\n"
        "check.returns_to_go(answer)\n"
        "try: check.pad_left(lambda *a: None)\n"
        "except check.CheckFailed: pass\n"
        "assert 'torch' not in sys.modules\n"
    )
    assert done.returncode == 0, done.stderr


def test_nothing_is_written_to_stderr():
    done = run(
        "import torch, warnings\n"
        "from dt_helpers import check\n"
        "from transformers import DecisionTransformerModel\n"
        "check.forward(DecisionTransformerModel)\n"
        "check.stacked_attention_mask(lambda m: torch.tensor(torch.stack((m, m, m), 2).flatten(1)))\n"
        "try: check.action_loss(lambda p, t, m: torch.nn.functional.mse_loss(p, t[:1]))\n"
        "except check.CheckFailed: pass\n"
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_a_plain_traceback_begins_with_the_students_own_line():
    done = run(
        "from dt_helpers import check\n"
        "def returns_to_go(rewards, gamma=1.0):\n"
        "    return rewards.cumulate()\n"
        "check.returns_to_go(returns_to_go)\n"
    )
    frames = [line for line in done.stderr.splitlines() if line.startswith("  File")]
    cause = done.stderr.partition("direct cause")[0]
    assert "line 3, in returns_to_go" in frames[0]
    assert "dt_helpers" not in cause
    assert "AttributeError" in cause


def test_a_look_at_an_unfilled_exercise_is_no_try():
    def unfilled(sequence, length):
        raise NotImplementedError()

    tries = []
    for fn in (
        unfilled,
        unfilled,
        lambda sequence, length: sequence[:length],
        lambda sequence, length: sequence[:length],
    ):
        with pytest.raises(check.CheckFailed) as failure:
            check.context_window(fn)
        tries.append(failure.value.tries)
    assert tries == [1, 1, 1, 2]
