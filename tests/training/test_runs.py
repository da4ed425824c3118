import errno
import json
import os
import subprocess
import sys

import pytest

from dt_helpers.model import action_loss
from dt_helpers.training import runs, saved
from dt_helpers.training.checkpoints import SIZES, last_checkpoint
from dt_helpers.training.settings import preset
from tests.conftest import make_trajectories


def checkpoint(output, step):
    folder = output / "checkpoints" / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"12345")
    (folder / SIZES).write_text(json.dumps({"weights": 5}))
    return folder


def identity(seed=0, data=None, criterion=action_loss, **changes):
    return runs.identity(preset("ci", **changes), seed, data or make_trajectories([5, 4]), criterion)


def l1(predictions, targets, mask):
    return (predictions - targets).abs().mean()


ONCE = make_trajectories([5, 4])
ONCE.rewards[0] += 1
ONCE.rewards[1] -= 1

CHANGES = {
    "nothing": ({}, "Going on from checkpoint-20 of an interrupted run."),
    "the loss": ({"criterion": l1}, "starts again: the loss function has changed."),
    "data of the same sum": ({"data": ONCE}, "starts again: the data have changed."),
    "the seed": ({"seed": 1}, "starts again: seed was 0 and is 1."),
    "a setting": ({"dropout": 0.2}, "starts again: dropout was 0.0 and is 0.2."),
    "two": ({"seed": 1, "steps": 9}, "starts again: steps was 30 and is 9 and seed was 0 and is 1."),
    "a loss that can't be told": (
        {"criterion": lambda p, t, m, given=(i for i in ()): given},
        "it can't be told whether the loss function is the same, since it uses an object of type",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_differs_is_said_in_a_line(tmp_path, capsys, change):
    different, words = CHANGES[change]
    runs.Run(tmp_path, identity())
    checkpoint(tmp_path, 20)
    run = runs.Run(tmp_path, identity(**different))
    out = capsys.readouterr().out
    assert words in out and out.count("\n") == 1
    assert (run.checkpoint is not None) == (last_checkpoint(run.folder) is not None) == (change == "nothing")
    assert runs.Run(tmp_path, identity(**different)).checkpoint == run.checkpoint


def test_another_torch_starts_again(tmp_path, capsys, monkeypatch):
    runs.Run(tmp_path, identity())
    checkpoint(tmp_path, 20)
    monkeypatch.setattr(runs.torch, "__version__", "2.6.0+cpu")
    assert runs.Run(tmp_path, identity()).checkpoint is None
    assert "and is '2.6.0'." in capsys.readouterr().out


def test_a_run_of_an_older_course_is_given_up(tmp_path, capsys):
    checkpoint(tmp_path, 20)
    assert runs.Run(tmp_path, identity()).checkpoint is None
    assert "it is not known what it was" in capsys.readouterr().out


def test_begun_again_as_asked(tmp_path, capsys):
    runs.Run(tmp_path, identity())
    checkpoint(tmp_path, 20)
    assert runs.Run(tmp_path, identity(), resume=False).checkpoint is None
    assert "starts again: as you asked." in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["cut off", "lost", "no sizes"])
def test_a_damaged_checkpoint_is_passed_over(tmp_path, damage):
    runs.Run(tmp_path, identity())
    checkpoint(tmp_path, 10)
    newest = checkpoint(tmp_path, 20)
    if damage == "cut off":
        (newest / "weights").write_bytes(b"")
    else:
        (newest / ("weights" if damage == "lost" else SIZES)).unlink()
    assert runs.Run(tmp_path, identity()).checkpoint.name == "checkpoint-10"


def test_remains_of_killed_processes_go(tmp_path):
    (tmp_path / "unfinished" / "checkpoint-3").mkdir(parents=True)
    (tmp_path / "notes.txt").write_text("mine")
    run = runs.Run(tmp_path, identity())
    assert list(run.scratch.iterdir()) == []
    assert (tmp_path / "notes.txt").read_text() == "mine"


HOLD = """
import sys, time
from pathlib import Path
from dt_helpers.training import runs
with runs.only_one(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.wait()


def test_two_processes_do_not_train_into_one_folder(tmp_path, holder, monkeypatch):
    monkeypatch.setattr(runs, "PATIENCE", 0.2)
    before = os.listdir(tmp_path)
    clear = f"Another process is training into {tmp_path}. Wait until it is done"
    with pytest.raises(runs.FolderInUse, match=clear), runs.only_one(tmp_path):
        raise AssertionError("both train")
    assert os.listdir(tmp_path) == before
    holder.kill()
    holder.wait()
    with runs.only_one(tmp_path):  # the lock has ended with its process
        pass
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK])
def test_without_locks_training_goes_on(tmp_path, capsys, monkeypatch, code):
    def none(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(runs.fcntl, "flock", none)
    with runs.only_one(tmp_path):
        assert os.listdir(tmp_path) == []  # no file that a killed process would leave in the way
    out = capsys.readouterr().out
    assert f"The file system of {tmp_path} has no locks" in out and out.count("\n") == 1


def test_a_stopped_run_says_how_to_go_on(tmp_path):
    run = runs.Run(tmp_path, identity())
    assert run.stopped(3) == "Stopped at step 3; the same call starts again: there was no checkpoint yet."
    checkpoint(tmp_path, 20)
    assert run.stopped(23) == "Stopped at step 23; the same call goes on from checkpoint-20."
    run.finish(lambda folder: (folder / saved.CONFIG).write_text("{}"))
    assert run.stopped(30) == f"Stopped when everything was done: the model is in {tmp_path}."
