from dataclasses import replace
from functools import partial

import pytest

from dt_helpers.training.settings import PRESETS, Settings, preset


def test_the_tutorials_preset_is_the_tutorials():
    s = PRESETS["tutorial"]
    assert (s.steps, s.batch_size, s.learning_rate, s.weight_decay) == (1920, 64, 1e-4, 1e-4)
    assert (s.warmup, s.max_grad_norm, s.context_length, s.scale, s.sampling, s.ema) == (
        0.1,
        0.25,
        20,
        1000.0,
        "start",
        None,
    )


def test_preset_from_the_environment(monkeypatch):
    monkeypatch.delenv("DT_PRESET", raising=False)
    assert preset().preset == "quick"
    monkeypatch.setenv("DT_PRESET", "ci")
    assert preset().preset == "ci"
    assert preset("tutorial", steps=7).steps == 7


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="tutorial, quick, ci"):
        preset("fast")
    with pytest.raises(ValueError, match="learning_rate"):
        preset("ci", lr=1)


@pytest.mark.parametrize("precision", ["fp16", "bfloat16", "BF16", "16-mixed", None])
def test_an_unknown_precision_is_refused_with_the_choices(precision):
    for make in (lambda **how: preset("ci", **how), Settings, partial(replace, PRESETS["quick"])):
        with pytest.raises(ValueError, match=f"precision must be 'fp32' or 'bf16', not {precision!r}"):
            make(precision=precision)
        assert make(precision="bf16").precision == "bf16"


@pytest.mark.parametrize("name", ["matrix_rate", "ema", "return_spread", "time_slope"])
def test_what_can_be_turned_off_is_turned_off_by_none_and_not_by_zero(name):
    assert getattr(preset("quick", **{name: None}), name) is None
    for value in (0, 0.0, -1.0):
        with pytest.raises(ValueError, match=f"{name} must be above 0, not {value}; None turns it off"):
            preset("quick", **{name: value})
