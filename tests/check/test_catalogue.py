"""The catalogue of mistakes: each is recognised as itself, never passes, and its hints lead on."""

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dt_helpers.check import exercises, one_function
from dt_helpers.check.engine import generic
from dt_helpers.check.engine.calling import quietly
from dt_helpers.check.engine.exercise import Maker
from tests import sizes
from tests.sizes import examples

NAMES = [name for name in exercises.NAMES if name != "forward"]
SEEDS = st.integers(0, 2**32 - 1)
MISTAKES = {name: list(exercises.exercise(name).mistakes()) for name in NAMES}
# Of each exercise's functions but the first of each row, so many are tried: all of most exercises. "whole" is minutes.
WAYS = sizes.size("ways", small=30, whole=10**4)
EVERY = [(name, mistake) for name in NAMES for mistake in MISTAKES[name]]


def judged(name, answer, seed):
    with quietly():
        return one_function.judge(exercises.exercise(name), answer, seed)


def ways(name):
    """(slug, which of its functions, mistake): the first function of each row, and of the others as many as `WAYS`."""
    found, seen = [], Counter()
    for mistake in MISTAKES[name]:
        seen[mistake.slug] += 1
        found.append((mistake.slug, seen[mistake.slug], mistake))
    others = [way for way in found if way[1] > 1]
    count = min(WAYS, len(others))
    fixed = others[: (count + 1) // 2]
    fresh = sizes.fresh(f"ways of {name}").sample(others[len(fixed) :], count - len(fixed))
    return [*(way for way in found if way[1] == 1), *fixed, *fresh]


def wrong_with(slug, number, verdict, slugs):
    """What is the matter with a function of a row that the check answered so; None if nothing is."""
    if verdict.passed:
        return f"row {slug} (function {number}) is right after all"
    if verdict.mistake == slug:
        return None
    if verdict.mistake in slugs:
        return f"row {slug} (function {number}) gives the same as row {verdict.mistake}"
    return f"row {slug} (function {number}) is never recognised: the check says {verdict.mistake}, {verdict.sentence}"


@pytest.mark.parametrize("name", NAMES)
def test_each_row_is_wrong_and_recognised_as_itself(name):
    slugs = {mistake.slug for mistake in MISTAKES[name]}
    found = [(slug, number, mistake, judged(name, mistake.reproduce, 11)) for slug, number, mistake in ways(name)]
    assert [said for slug, number, _, verdict in found if (said := wrong_with(slug, number, verdict, slugs))] == []
    assert all(verdict.sentence == mistake.sentence for _, number, mistake, verdict in found if number == 1)


def test_a_bad_row_is_told_by_its_slug_and_function():
    def said(answer, name="returns_to_go", slug="mine", number=2):
        return wrong_with(slug, number, judged(name, answer, 11), {mistake.slug for mistake in MISTAKES[name]})

    right = exercises.exercise("returns_to_go").oracle
    assert said(lambda r, gamma=1.0: right(r, gamma)[0]) == "row mine (function 2) is right after all"
    assert said(lambda r, gamma=1.0: np.cumsum(r)) == "row mine (function 2) gives the same as row from-start"
    assert said(lambda r, gamma=1.0: np.sin(r) + 17).startswith("row mine (function 2) is never recognised")
    assert said(lambda r, gamma=1.0: np.cumsum(r), slug="from-start") is None


@pytest.mark.parametrize("seed", [11, 12])
@pytest.mark.parametrize("name", ["choose_target", "next_node", "q_update"])
def test_every_way_to_get_a_single_number_wrong_is_recognised(name, seed):
    found = [(mistake.slug, judged(name, mistake.reproduce, seed)) for mistake in MISTAKES[name]]
    assert [(slug, verdict) for slug, verdict in found if verdict.passed or verdict.mistake != slug] == []


def test_nan_in_all_cases_is_no_sign_of_any_mistake():
    assert judged("choose_target", lambda targets, achieved: np.nan, 11).mistake == "nan"


@settings(max_examples=examples("properties", 150))
@given(st.sampled_from(EVERY), SEEDS)
def test_any_mistake_is_recognised_on_any_inputs(case, seed):
    name, mistake = case
    verdict = judged(name, mistake.reproduce, seed)
    assert not verdict.passed
    assert verdict.mistake == mistake.slug


@settings(max_examples=examples("properties", 60))
@given(st.sampled_from(NAMES), SEEDS)
def test_the_oracle_passes_on_any_inputs(name, seed):
    exercise = exercises.exercise(name)

    def answer(*args, **kwargs):
        results = exercise.oracle(*args, **kwargs)
        return results if len(results) > 1 else results[0]

    assert judged(name, answer, seed).passed


@pytest.mark.parametrize("name", NAMES)
def test_reproducing_a_mistake_leaves_the_inputs_alone(name):
    """They are shared by all mistakes that are tried."""
    for case in exercises.exercise(name).cases(np.random.default_rng(3))[:2]:
        plain = [arg for arg in case.args if not isinstance(arg, torch.nn.Module | Maker)]
        before = [np.array(arg.tolist() if isinstance(arg, torch.Tensor) else arg) for arg in plain]
        for mistake in MISTAKES[name]:
            try:
                mistake.reproduce(*(arg() if isinstance(arg, Maker) else arg for arg in case.args), **case.kwargs)
            except (RuntimeError, IndexError, ValueError, ZeroDivisionError):
                continue  # it doesn't work on this shape, as the student's wouldn't
        assert all(np.array_equal(was, np.asarray(now)) for was, now in zip(before, plain, strict=True))


@pytest.mark.parametrize(("name", "mistake"), EVERY[::7], ids=lambda x: getattr(x, "slug", x))
def test_mistakes_are_told_in_sentences_and_hints_that_are_short(name, mistake):
    assert mistake.slug == mistake.slug.lower() and " " not in mistake.slug
    assert mistake.sentence.endswith((".", "?")) and len(mistake.sentence) < 320
    assert mistake.hints and all(hint.endswith((".", "?")) and len(hint) < 260 for hint in mistake.hints)


def test_the_catalogue_leaves_the_general_mistakes_to_others():
    slugs = {mistake.slug for _, mistake in EVERY}
    assert not slugs & set(generic.HINTS)


@pytest.mark.parametrize("order", ["s, R, a", "s, a, R", "a, R, s", "a, s, R", "R, a, s"])
def test_every_order_of_the_tokens_is_told_apart(order):
    def stack_inputs(returns, states, actions):
        named = {"R": returns, "s": states, "a": actions}
        return torch.stack([named[key] for key in order.split(", ")], dim=2).flatten(1, 2)

    found = judged("stacked_inputs", stack_inputs, 5)
    assert found.mistake == "wrong-order"
    assert f"is {order}:" in found.sentence
    assert found.strip.expected[:3] == ("R1", "s1", "a1")
    assert found.strip.given[:3] == tuple(f"{key}1" for key in order.split(", "))


def test_reading_the_action_from_its_own_token_is_called_a_leak():
    found = judged("prediction_heads", lambda x, r, s, a: (r(x[:, 2]), s(x[:, 2]), a(x[:, 2])), 5)
    assert found.mistake == "action-sees-itself"
    assert "leak" in found.sentence
    assert found.strip is None  # a picture of which head reads what would be the answer


def test_a_mistake_is_recognised_although_the_corners_fail_for_another_reason():
    """Blocks for an ordinary window, and an exception when K is 1."""

    def stack_inputs(returns, states, actions):
        if returns.shape[1] == 1:
            raise ValueError("one step only")
        return torch.cat((returns, states, actions), dim=1)

    assert judged("stacked_inputs", stack_inputs, 5).mistake == "blocks"
