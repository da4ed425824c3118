"""Unfilled, broken or misused functions: each is told in its own words."""

import numpy as np
import pytest
import torch

from dt_helpers import check
from dt_helpers.check import one_function
from dt_helpers.check.engine import generic
from dt_helpers.model import DecisionTransformerModel


@pytest.fixture(autouse=True)
def no_tries_yet():
    check.reset()


def failure(name, answer):
    with pytest.raises(check.CheckFailed) as caught:
        getattr(check, name)(answer)
    return caught.value


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    stacked = torch.stack((returns_embeddings, state_embeddings), dim=2)
    return stacked.reshape(7, 7)


def test_an_exception_shows_the_students_line_and_what_it_was_given():
    found = failure("stacked_inputs", stack_inputs)
    assert found.mistake == "exception"
    assert (
        "RuntimeError" in found.sentence and "returns_embeddings: a float32 tensor of shape (2, 3, 4)" in found.sentence
    )
    assert found.students_lines[-1].endswith("in stack_inputs:  return stacked.reshape(7, 7)")
    assert found.students_lines[-1] in str(found) and "reshape(7, 7)" in found._repr_html_()
    assert isinstance(found.__cause__, RuntimeError)
    assert generic.students_frames(found.__cause__.__traceback__).tb_frame.f_code.co_name == "stack_inputs"


def test_the_second_try_explains_the_exception():
    failure("stacked_inputs", stack_inputs)
    assert "don't fill that shape" in failure("stacked_inputs", stack_inputs).hint


@pytest.mark.parametrize(
    ("answer", "clue"),
    [
        (lambda p, t, m: (p - t[:, :1, :1].expand(-1, 2, 2)).mean(), "Two shapes don't fit"),
        (lambda p, t, m: torch.tensor(np.mean(p.numpy())), "stay in torch"),
        (lambda p, t, m: p.numpy(), "`torch.no_grad()`"),
        (lambda p, t, m: p.tolist()[0, 1], "A list has one index"),
        (lambda p, t, m: p[: len(p) / 2], "`n // 2`"),
        (lambda p, t, m: p.mean() if p[:0].sum(0, keepdim=True)[:, :, :0] else p, "Nothing is left there"),
        (lambda p, t, m: len(p)[0], "has no parts"),
        (lambda p, t, m: p.transpose(0, 1).view(-1), "`reshape` doesn't"),
        (lambda p, t, m: p[:, :, 99], "lies outside what there is"),
        (lambda p, t, m: p * undefined_name, "Was the name imported"),  # noqa: F821
    ],
)
def test_common_exceptions_have_a_hint_of_their_own(answer, clue):
    failure("action_loss", answer)
    assert clue in failure("action_loss", answer).hint


def test_not_implemented_inside_a_library_is_an_exception_and_no_stub():
    def unsupported(mask):
        return torch.nonzero(mask.to("meta"))

    assert failure("stacked_attention_mask", unsupported).mistake == "exception"


def test_a_stub_with_a_message_and_one_in_a_helper_are_unfilled():
    def helper():
        raise NotImplementedError("TODO: write me")

    assert failure("stacked_attention_mask", lambda mask: helper()).mistake == "unfilled"
    assert "helper is not filled in yet" in failure("stacked_attention_mask", lambda mask: helper()).sentence


class Given(DecisionTransformerModel):
    """Like the notebook's: some of the method is given."""

    def forward(self, *args, **kwargs):
        given = args  # noqa: F841
        # YOUR CODE HERE
        raise NotImplementedError()


class Begun(DecisionTransformerModel):
    def forward(self, *args, **kwargs):
        given = args
        # YOUR CODE HERE
        predictions = given  # noqa: F841
        raise NotImplementedError()


def test_lines_that_were_given_are_not_taken_for_an_answer():
    found = failure("forward", Given)
    assert (found.mistake, found.sentence) == ("unfilled", "forward is not filled in yet.")
    found = failure("forward", Begun)
    assert found.mistake == "unfilled" and "delete that line" in found.sentence


def test_an_answer_above_the_line_that_raises_is_seen():
    def stack_attention_mask(attention_mask):
        stacked = attention_mask.repeat_interleave(3, dim=1)  # noqa: F841
        # YOUR CODE HERE
        raise NotImplementedError()

    assert "delete that line" in failure("stacked_attention_mask", stack_attention_mask).sentence


def test_a_forgotten_return_is_asked_about():
    def forgot(attention_mask):
        stacked = attention_mask.repeat_interleave(3, dim=1)  # noqa: F841

    found = failure("stacked_attention_mask", forgot)
    assert found.mistake == "unfilled" and "`return`" in found.sentence


def test_wrong_arguments_are_told_from_an_exception_inside():
    found = failure("pad_left", lambda sequence: sequence)
    assert found.mistake == "wrong-signature"
    assert "pad_left(sequence, length, value)" in found.sentence

    def wrong_call_inside(sequence, length, value):
        return np.pad()

    assert failure("pad_left", wrong_call_inside).mistake == "exception"


def test_leaving_python_is_caught():
    assert failure("pad_left", lambda *args: exit()).mistake == "exception"


def test_recursion_without_end_is_an_exception():
    def endless(sequence, length):
        return endless(sequence, length)

    found = failure("context_window", endless)
    assert found.mistake == "exception" and "RecursionError" in found.sentence
    assert len(str(found).splitlines()) < 20


def test_a_callable_object_and_a_bound_method_will_do():
    class Window:
        def __call__(self, sequence, length):
            return sequence[-length:]

        def cut(self, sequence, length):
            return self(sequence, length)

    assert check.context_window(Window()).passed
    assert check.context_window(Window().cut).passed


def largest(targets, achieved):
    return targets[achieved >= targets].max()


def built_in(targets, achieved):
    return max(target for target, came in zip(targets, achieved, strict=True) if came >= target)


def first(targets, achieved):
    return targets[achieved >= targets][0]


@pytest.mark.parametrize("answer", [largest, built_in, first])
def test_an_exception_on_one_kind_of_input_alone_is_told_with_what_that_input_asks_for(answer):
    found = failure("choose_target", answer)
    assert found.mistake == "exception" and "Here no target is honoured: then the smallest one" in found.sentence
    assert "Does your code take the case that none is left into account?" in found.all_hints
    assert any("Nothing is left there" in hint for hint in found.all_hints)


def drawn(logits, neighbours):
    return neighbours[torch.multinomial(logits[neighbours].softmax(0), 1)[0]]


def test_an_answer_that_is_drawn_at_random_is_asked_about_first():
    found = failure("next_node", drawn)
    assert found.mistake == "keeps-state" and found.strip is None
    assert found.all_hints[0].startswith("Do you draw at random")


@pytest.mark.parametrize(("end", "words"), [(None, "one entry too many"), (-2, "one entry is missing")])
def test_one_entry_too_many_or_too_few_is_counted(end, words):
    found = failure("walk_rewards", lambda walk, goal, lengths: -np.ones(len(walk))[:end])
    assert words in found.sentence and found.all_hints[0].startswith("Count: how many")


def test_the_strip_of_the_best_tenth_shows_what_the_answers_name():
    found = failure("best_tenth", lambda returns: np.argsort(returns)[: max(len(returns) // 10, 1)])
    shown = {label.split(":")[0] for label in found.strip.context[1]}
    assert {*found.strip.expected, *found.strip.given} <= shown


@pytest.mark.parametrize(
    ("name", "answer", "said", "clue"),
    [
        ("next_target_return", lambda t, r, s: str(t), "has to be a single number; it is a string", "and its `type`"),
        ("conditioned_policy", lambda a, r, t, n: {0: 1.0}, "has to be an array of numbers; it is a dict", "`type`"),
        (
            "next_target_return",
            lambda t, r, s: (t, r),
            "(a single number) was",
            "A single number is asked for",
        ),
        ("context_window", lambda s, n: list(s[-n:]), "has to return one result", "`stack`, `cat`"),
        ("context_window", lambda s, n: s[-2:], "was expected", "The number of axes is right"),
        ("best_tenth", lambda r: np.arange(17), "was expected", "how many does the description"),
        ("run_episode", lambda *given: 3.5, "() (a single number)", "A single number came back"),
        ("pessimistic", lambda q, seen, worst: q[None], "was expected", "`stack` where a `cat` was meant"),
        ("pessimistic", lambda q, seen, worst: np.where(seen, q, 1e308 * 10 * q), "infinite numbers", "`inf` written"),
        ("pessimistic", lambda q, seen, worst: q * np.nan, "NaN", "a selection be empty"),
    ],
)
def test_the_hints_fit_what_came_and_what_was_wanted(name, answer, said, clue):
    found = one_function.check(name, answer, seed=1, counts=False)
    assert said in found.sentence and clue in " ".join(found.all_hints)
    if "axes is right" in clue or "how many" in clue:
        assert "`stack`" not in " ".join(found.all_hints)
