import pytest

from dt_helpers.training.settings import PRESETS, preset


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
