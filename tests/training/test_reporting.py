"""Who else gets a run's curves."""

import sys

import pytest
import torch

from dt_helpers import cli, training
from dt_helpers.training import reporting
from tests.conftest import make_trajectories

TINY = {"steps": 6, "batch_size": 8, "eval_steps": 3, "save_steps": 3, "context_length": 5}
WRITER = """
from pathlib import Path

class SummaryWriter:
    def __init__(self, log_dir):
        Path(log_dir).mkdir(parents=True, exist_ok=True)
        self.file = (Path(log_dir) / f"scalars {len(list(Path(log_dir).iterdir()))}").open("w")
    def add_text(self, *_): pass
    def add_scalar(self, name, value, step): print(name, step, file=self.file)
    def flush(self): self.file.flush()
    def close(self): self.file.close()
"""


@pytest.fixture
def tensorboard(tmp_path, monkeypatch):
    """A package of that kind, and no other, whatever is installed."""
    place = tmp_path / "packages"
    place.mkdir()
    (place / "tensorboardX.py").write_text(WRITER)
    monkeypatch.syspath_prepend(str(place))
    for name in ("tensorboard", "torch.utils.tensorboard"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "tensorboardX", raising=False)
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR", raising=False)
    yield
    sys.modules.pop("tensorboardX", None)


def written(folder):
    return sorted(path.read_text() for path in folder.glob("runs/*/scalars*"))


def test_the_curves_stay_in_the_models_folder_and_the_model_is_the_same(tmp_path, tensorboard):
    data, settings = make_trajectories([40] * 4), training.preset("ci", **TINY)
    plain = training.train(data, settings, output=tmp_path / "plain")
    told = training.train(data, settings, output=tmp_path / "told", report_to="tensorboard")
    assert all(torch.equal(value, told.state_dict()[name]) for name, value in plain.state_dict().items())
    assert written(tmp_path / "plain") == []
    (lines,) = written(tmp_path / "told")
    assert "train/loss 6" in lines and "eval/loss 3" in lines and lines.count("eval/loss 6") == 1
    assert training.load(tmp_path / "told") is not None


@pytest.mark.parametrize(("first", "then"), [(None, "tensorboard"), ("tensorboard", None)])
def test_an_interrupted_run_goes_on_whoever_gets_its_curves(tmp_path, tensorboard, monkeypatch, capsys, first, then):
    data, settings = make_trajectories([40] * 4), training.preset("ci", **TINY)

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(training.MovingAverage, "copy_to", stop)
        with pytest.raises(KeyboardInterrupt):
            training.train(data, settings, output=tmp_path / "model", report_to=first)
    training.train(data, settings, output=tmp_path / "model", report_to=then)
    assert "Going on from checkpoint-6 of an interrupted run." in capsys.readouterr().out
    further = training.preset("ci", **{**TINY, "steps": 9})
    training.train(data, further, output=tmp_path / "model", report_to=first)
    assert "6 steps, to 9" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["tensorboard", "trackio", "wandb"])
def test_a_package_that_is_not_installed_is_named_before_anything_begins(tmp_path, monkeypatch, capsys, name):
    monkeypatch.setattr(reporting, "find_spec", lambda package: None)
    with pytest.raises(ImportError, match=f"needs the package {name}, which is not installed: `pip install {name}`"):
        training.train(make_trajectories([30]), "ci", output=tmp_path / "model", report_to=name)
    assert not (tmp_path / "model").exists()
    assert cli.main(["train", "--report-to", name]) == 1
    assert f"`pip install {name}`" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["tensorbord", "all", ""])
def test_a_name_that_is_not_known(name):
    with pytest.raises(ValueError, match="must be one of tensorboard, trackio, wandb, or None"):
        reporting.require(name)
    reporting.require(None)
