import pytest

from dt_helpers import envs


def test_make_is_silent(capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    envs.make("HalfCheetah-v5").close()
    assert capfd.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []


def test_unknown_name_says_what_there_is():
    with pytest.raises(ValueError, match="HalfCheetah-v5"):
        envs.make("HalfCheeta-v5")


def test_scores_only_where_d4rl_has_them():
    assert envs.normalized_score("HalfCheetah-v3", 12135.0) == 100
    assert envs.normalized_score("HalfCheetah-v3", -280.178953) == 0
    assert envs.normalized_score("HalfCheetah-v5", 9000.0) is None


def test_mujoco_gl_that_names_a_missing_library(monkeypatch):
    def refuse(*_, **__):
        raise AttributeError("'NoneType' object has no attribute 'eglQueryString'")

    monkeypatch.setattr(envs.gymnasium, "make", refuse)
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    with pytest.raises(AttributeError):
        envs.make()
    monkeypatch.setenv("MUJOCO_GL", "egl")
    with pytest.raises(ValueError, match="Unset it"):
        envs.make()
