import json
import random
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import Trainer

from dt_helpers import rollout, training
from dt_helpers.collator import DecisionTransformerGymDataCollator, Windows
from dt_helpers.training import progress
from dt_helpers.training.checkpoints import last_checkpoint
from tests.conftest import make_trajectories

TINY = {"steps": 24, "batch_size": 8, "eval_steps": 6, "save_steps": 6, "context_length": 5}

# A training run that says each step that it has done.
CHILD = """
import sys
from dt_helpers import training
from dt_helpers.training import progress
from tests.conftest import make_trajectories
on_step_end = progress.Progress.on_step_end
def say(self, args, state, control, **kwargs):
    on_step_end(self, args, state, control, **kwargs)
    print(f"step {state.global_step}", flush=True)
progress.Progress.on_step_end = say
training.train(make_trajectories([40] * 6), training.preset("ci", **%r), output=sys.argv[1])
"""


def run(output, kill_at: int | None = None) -> list[str]:
    """Train in a process of its own, killed with SIGKILL after step `kill_at`."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD % TINY, str(output)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    lines = []
    for line in child.stdout:
        lines.append(line.strip())
        if kill_at is not None and line.strip() == f"step {kill_at}":
            child.send_signal(signal.SIGKILL)
    assert (child.wait() == 0) == (kill_at is None)
    return lines


def test_a_killed_run_resumes_to_the_same_weights(tmp_path):
    run(tmp_path / "whole")
    kill_at = random.randint(7, 22)
    run(tmp_path / "killed", kill_at)
    checkpoint = last_checkpoint(tmp_path / "killed" / "checkpoints")
    assert int(checkpoint.name.split("-")[1]) >= 6
    (tmp_path / "killed" / "unfinished" / "checkpoint-23").mkdir(
        parents=True
    )  # a torso, as a kill during a save leaves it
    lines = run(tmp_path / "killed")
    assert lines[0].startswith("Going on from checkpoint-")
    assert 0 < sum(bool(re.match("step", line)) for line in lines) < 24
    whole, resumed = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "killed"))
    for key in whole:
        assert torch.equal(whole[key], resumed[key]), f"{key} differs after a kill at step {kill_at}"


@pytest.fixture(scope="module")
def trained(tmp_path_factory, cheetah_data):
    folder = tmp_path_factory.mktemp("trained")
    return training.train(
        cheetah_data, training.preset("ci", steps=20, eval_steps=5, save_steps=10), output=folder
    ), folder


def test_what_training_leaves_behind(trained):
    model, folder = trained
    assert not model.training
    names = {path.name for path in folder.iterdir()}
    assert names == {"model.safetensors", "config.json", "training.json", "history.json", "README.md"}
    facts = json.loads((folder / "training.json").read_text())
    assert facts["steps"] == 20 and facts["held_out_loss"] > 0 and facts["dataset"] == "halfcheetah-expert"
    history = json.loads((folder / "history.json").read_text())
    assert [entry["step"] for entry in history if "eval_loss" in entry][:4] == [5, 10, 15, 20]
    losses = [entry["loss"] for entry in history if "loss" in entry]
    assert losses[-1] < losses[0]


def test_a_saved_model_is_the_same_and_knows_its_data(trained, cheetah_data):
    model, folder = trained
    again = training.load(folder)
    assert all(torch.equal(value, again.state_dict()[key]) for key, value in model.state_dict().items())
    assert again.config.context_length == 20 and again.config.return_scale == 1000
    np.testing.assert_allclose(again.config.state_mean, cheetah_data.state_mean)
    settings = {"target_return": 500, "episodes": 1, "max_steps": 5, "progress": False}
    first, second = (rollout.evaluate(each, **settings).rewards for each in (model, again))
    np.testing.assert_allclose(first, second, atol=1e-5)


def test_the_card_tells_settings_and_measured_return(trained):
    from dt_helpers.training.card import note_return

    model, folder = trained
    assert "Not measured yet" in (folder / "README.md").read_text()
    evaluation = rollout.evaluate(model, target_return=500, episodes=2, max_steps=5, progress=False)
    note_return(folder, evaluation)
    card = (folder / "README.md").read_text()
    assert str(evaluation) in card and "| learning_rate | 0.002 |" in card and "halfcheetah-expert" in card


def test_what_another_model_earned_is_not_put_on_the_card(trained, tmp_path, capsys):
    from dt_helpers.training.card import note_return

    model, folder = trained
    evaluation = rollout.evaluate(model, target_return=500, episodes=2, max_steps=5, progress=False)
    copy = shutil.copytree(folder, tmp_path / "model")
    save_file(
        {key: value + 1 for key, value in load_file(copy / "model.safetensors").items()}, copy / "model.safetensors"
    )
    card = (copy / "README.md").read_text()
    note_return(copy, evaluation)
    assert "the model that was measured is not the one in that folder" in capsys.readouterr().out
    assert (copy / "README.md").read_text() == card


def test_training_again_says_what_it_replaces_and_keeps_it_until_then(tmp_path, capsys, monkeypatch):
    from dt_helpers.training.card import note_return

    data, settings = make_trajectories([40] * 4), training.preset("ci", **{**TINY, "steps": 6})
    training.train(data, settings, output=tmp_path)
    assert "holds a model" not in capsys.readouterr().out
    note_return(tmp_path, rollout.Evaluation("HalfCheetah-v5", 1.0, np.ones((2, 3)), np.full(2, 3)))
    before = training.load(tmp_path).state_dict()
    interrupt(monkeypatch, data, tmp_path, criterion=lambda p, t, m: (p - t).abs().mean())
    out = capsys.readouterr().out
    assert f"{tmp_path} holds a model trained on made up for 6 steps, measured return 3: it stays until this run" in out
    assert all(torch.equal(value, before[key]) for key, value in training.load(tmp_path).state_dict().items())
    assert "mean return 3" in (tmp_path / "README.md").read_text()
    training.train(data, settings, output=tmp_path, seed=1)
    assert "starts again: seed was 0 and is 1 and the loss function has changed." in capsys.readouterr().out
    assert "Not measured yet" in (tmp_path / "README.md").read_text()
    assert not (tmp_path / "evaluation.json").exists()


@pytest.mark.parametrize("damage", ["cut off", "of another model"])
def test_a_damaged_model_is_said_to_be_one(trained, tmp_path, damage):
    copy = shutil.copytree(trained[1], tmp_path / "model")
    weights = copy / "model.safetensors"
    if damage == "cut off":
        weights.write_bytes(weights.read_bytes()[:1000])
    else:
        save_file({"embed_state.weight": torch.zeros(2, 2)}, weights)
    with pytest.raises(OSError, match=f"The model in {copy} can't be read .* Train it again."):
        training.load(copy)


def test_the_average_is_what_is_kept(tmp_path):
    """With decay 0 the average is the last weights; with decay 1 it stays at the first step's."""
    data = make_trajectories([40] * 4)
    weights = {
        ema: training.train(data, training.preset("ci", **TINY, ema=ema), output=tmp_path / str(ema)).embed_state.weight
        for ema in (None, 1e-9, 1.0)
    }
    torch.testing.assert_close(weights[None], weights[1e-9])
    assert not torch.allclose(weights[None], weights[1.0])


def test_windows_come_in_the_trainers_own_order(tmp_path):
    data = make_trajectories([40, 30])
    settings = training.preset("ci", batch_size=8)
    collator = DecisionTransformerGymDataCollator(data, scale=settings.scale)
    args = training.arguments(settings, tmp_path)
    ours = training.make_trainer(training.make_model(collator, settings), collator, args, held_out=0.5)
    ours.data_collator = list  # of the windows' names
    own = Trainer(ours.model, args, list, ours.train_dataset, ours.eval_dataset)
    orders = []
    for trainer in (ours, own):
        loader = trainer.get_train_dataloader()
        orders.append([])
        for epoch in range(2):
            loader.set_epoch(epoch)
            orders[-1].append([int(anchor) for batch in loader for anchor in batch])
    assert orders[0] == orders[1]
    assert orders[0][0] != orders[0][1] and sorted(orders[0][0]) == sorted(ours.train_dataset.anchors)


def interrupt(monkeypatch, data, output, criterion=None):
    """A run that breaks off after its last checkpoint, before it has saved its model."""

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(training.MovingAverage, "copy_to", stop)
        with pytest.raises(KeyboardInterrupt):
            training.train(data, training.preset("ci", **{**TINY, "steps": 6}), output=output, criterion=criterion)


def test_a_run_that_broke_off_after_its_last_step_does_no_more(tmp_path, monkeypatch):
    data, settings = make_trajectories([40] * 4), training.preset("ci", **{**TINY, "steps": 6})
    whole = training.train(data, settings, output=tmp_path / "whole")
    interrupt(monkeypatch, data, tmp_path / "interrupted")
    resumed = training.train(data, settings, output=tmp_path / "interrupted")
    for key, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[key]), key
    steps = [
        [entry["step"] for entry in json.loads((tmp_path / name / "history.json").read_text()) if "loss" in entry]
        for name in ("whole", "interrupted")
    ]
    assert steps[0] == steps[1] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("change", ["nothing", "settings", "data"])
def test_only_the_same_run_resumes(tmp_path, capsys, monkeypatch, change):
    interrupt(monkeypatch, make_trajectories([40] * 4), tmp_path)
    assert last_checkpoint(tmp_path / "checkpoints")
    data = make_trajectories([40] * 4, seed=1 if change == "data" else 0)  # of the same shape, with other numbers
    rate = {"learning_rate": 1e-5} if change == "settings" else {}
    training.train(data, training.preset("ci", **{**TINY, "steps": 6, **rate}), output=tmp_path)
    assert ("Going on from checkpoint-6" in capsys.readouterr().out) == (change == "nothing")


def test_held_out_episodes_are_not_trained_on(trajectories, tmp_path):
    settings = training.preset("ci")
    collator = DecisionTransformerGymDataCollator(trajectories)
    model = training.make_model(collator, settings)
    trainer = training.make_trainer(model, collator, training.arguments(settings, tmp_path), held_out=0.4)
    train, held_out = (
        set(trajectories.episode_of[part.anchors]) for part in (trainer.train_dataset, trainer.eval_dataset)
    )
    assert train and held_out and not train & held_out
    assert len(Windows(trajectories)) > len(trainer.train_dataset)


def test_the_loss_of_a_student_is_trained_with(tmp_path):
    called = []

    def criterion(predictions, targets, mask):
        called.append(predictions.shape)
        return (predictions - targets).abs().mean()

    settings = training.preset("ci", **{**TINY, "steps": 2})
    training.train(make_trajectories([40] * 4), settings, output=tmp_path, criterion=criterion)
    assert len(called) >= 2


def test_a_loss_that_is_a_module_is_trained_with_too(tmp_path):
    class Loss(torch.nn.Module):
        called = 0

        def forward(self, predictions, targets, mask):
            Loss.called += 1
            return (predictions - targets).abs().mean()

    training.train(
        make_trajectories([40] * 4), training.preset("ci", **{**TINY, "steps": 2}), tmp_path, criterion=Loss()
    )
    assert Loss.called >= 2
    assert json.loads((tmp_path / "training.json").read_text())["loss"] == "Loss"


def test_no_model_yet(tmp_path):
    with pytest.raises(FileNotFoundError, match="dt-course train"):
        training.load(tmp_path)


def test_no_card_where_nothing_was_trained(tmp_path):
    from dt_helpers.training.card import note_return

    note_return(tmp_path, rollout.Evaluation("HalfCheetah-v5", 1.0, np.ones((2, 3)), np.full(2, 3)))
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_run_says_how_to_go_on(tmp_path, monkeypatch):
    def stop_after_a_checkpoint(self, args, state, control, **kwargs):
        if state.global_step == 8:
            raise KeyboardInterrupt

    monkeypatch.setattr(progress.Progress, "on_step_end", stop_after_a_checkpoint)
    with pytest.raises(KeyboardInterrupt, match="Stopped at step 8; the same call goes on from checkpoint-6"):
        training.train(make_trajectories([40] * 4), training.preset("ci", **TINY), output=tmp_path)
