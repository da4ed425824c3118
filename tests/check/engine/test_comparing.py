"""Values, shape, dtype, gradients and inputs count; style does not."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dt_helpers.check import exercises, one_function
from dt_helpers.check.engine.comparing import close, tolerance

FLOATS = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(-100, 100))


@given(FLOATS, st.floats(1e-3, 1e3))
def test_what_is_close_stays_close_under_scaling(array, factor):
    noisy = array + 1e-7 * np.abs(array).max()
    assert close(noisy * factor, array * factor, 1e-4).all() or np.abs(array * factor).max() < 0.1


@given(FLOATS)
def test_one_wrong_number_is_found(array):
    wrong = array.copy()
    wrong[-1, -1] += max(0.01 * np.abs(array).max(), 0.01)
    agree = close(wrong, array, tolerance("float32"))
    assert not agree[-1, -1] and agree.sum() == agree.size - 1


def test_nan_equals_nan_and_nothing_else():
    nan, one = np.array([np.nan]), np.array([1.0])
    assert close(nan, nan, 1e-4).all()
    assert not close(nan, one, 1e-4).any() and not close(one, nan, 1e-4).any()


def right_stack(r, s, a):
    return torch.stack((r, s, a), dim=2).flatten(1, 2)


def right_loss(p, t, m):
    return ((p - t)[m > 0] ** 2).mean()


def right_returns(rewards, gamma=1.0):
    return np.array([sum(gamma ** (k - t) * rewards[k] for k in range(t, len(rewards))) for t in range(len(rewards))])


@pytest.mark.parametrize(
    ("name", "answer", "slug"),
    [
        ("stacked_inputs", lambda *x: right_stack(*x).half(), "wrong-dtype"),
        ("stacked_inputs", lambda *x: right_stack(*x).bfloat16(), "wrong-dtype"),
        ("stacked_inputs", lambda *x: right_stack(*x).double(), "wrong-dtype"),
        ("stacked_inputs", lambda *x: right_stack(*x).unsqueeze(0), "wrong-shape"),
        ("stacked_inputs", lambda *x: right_stack(*x) * float("nan"), "nan"),
        ("stacked_inputs", lambda *x: right_stack(*x) / 0, "nan"),
        ("stacked_inputs", lambda *x: right_stack(*x).tolist(), "wrong-type"),
        ("stacked_inputs", lambda *x: torch.nn.Parameter(right_stack(*x)), "lost-gradient"),
        ("returns_to_go", lambda *x, **y: right_returns(*x, **y).astype(np.float16), "wrong-dtype"),
        ("returns_to_go", lambda *x, **y: right_returns(*x, **y).astype(int), "wrong-dtype"),
        ("returns_to_go", lambda *x, **y: right_returns(*x, **y)[None], "wrong-shape"),
        ("action_loss", lambda *x: right_loss(*x).item(), "wrong-type"),
        ("action_loss", lambda *x: right_loss(*x)[None], "wrong-shape"),
        ("action_loss", lambda p, t, m: right_loss(p.detach(), t, m) + 0 * p.sum(), "lost-gradient"),
        ("action_loss", lambda p, t, m: right_loss(p, t, m) + (p - p.detach()).sum(), "wrong-gradient"),
    ],
)
def test_each_way_to_depart_has_a_name(name, answer, slug):
    assert one_function.judge(exercises.exercise(name), answer, 3).mistake == slug


def test_the_first_difference_is_shown_with_its_index():
    def nearly(r, s, a):
        x = right_stack(r, s, a).clone()
        if x.shape[0] > 1 and x.shape[1] > 6 and x.shape[2] > 2:
            x[1, 4, 2] = 100
        return x

    found = one_function.judge(exercises.exercise("stacked_inputs"), nearly, 3)
    assert found.mistake is None
    assert found.difference.index == (1, 4, 2) and found.difference.given == 100
    assert "stacked_inputs[1, 4, 2] is 100, expected" in str(found)


def test_writing_to_an_input_counts_even_if_the_result_is_right():
    def in_place(sequence, length):
        window = sequence[-length:].clone()
        sequence.zero_()
        return window

    found = one_function.judge(exercises.exercise("context_window"), in_place, 3)
    assert found.mistake == "input-changed" and "sequence" in found.sentence


def test_a_mean_that_is_safe_against_division_by_zero_is_right():
    def safe(p, t, m):
        return (((p - t) ** 2).mean(-1) * m).sum() / (m.sum() + 1e-8)

    assert one_function.judge(exercises.exercise("action_loss"), safe, 3).passed


def test_a_tensor_of_the_gpu_is_wanted_on_the_gpu():
    def on_the_cpu(mask):
        return mask.repeat_interleave(3, 1) * torch.ones(1, 3 * mask.shape[1], dtype=mask.dtype)

    found = one_function.judge(exercises.exercise("stacked_attention_mask"), on_the_cpu, 3)
    assert found.mistake == "wrong-device"


@pytest.mark.parametrize(
    "answer",
    [
        lambda p, t, m: torch.stack([(p - t)[m > 0] ** 2]).mean(),
        lambda p, t, m: right_loss(p, t, m) * (p.sum().item() ** 0),
    ],
)
def test_answers_that_look_at_values_are_given_the_benefit_of_the_doubt_about_devices(answer):
    assert one_function.judge(exercises.exercise("action_loss"), answer, 3).passed
