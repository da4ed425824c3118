"""Training and replay run a student's own class and functions, and nothing in their place."""

import numpy as np
import pytest
import torch

from dt_helpers import rollout, training
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.model import DecisionTransformerModel, TrainableDT, trainable
from dt_helpers.training import saved
from dt_helpers.workspace import own
from tests.workspace.cells import Notebook

IMPORTS = """
import torch
from dt_helpers.model import DecisionTransformerModel as Course
from transformers.models.decision_transformer.modeling_decision_transformer import DecisionTransformerPreTrainedModel
"""
CLASS = """
class DecisionTransformerModel(DecisionTransformerPreTrainedModel):
    calls = 0

    def __init__(self, config):
        super().__init__(config)
        for name, layer in Course(config).named_children():
            self.add_module(name, layer)
        self.hidden_size = config.hidden_size
        self.post_init()

    def forward(self, states, actions, rewards=None, returns_to_go=None, timesteps=None, attention_mask=None,
                output_hidden_states=None, output_attentions=None, return_dict=None):
        type(self).calls += 1
        return Course.forward(self, states, actions, rewards, returns_to_go, timesteps, attention_mask,
                              return_dict=return_dict)
"""


@pytest.fixture(autouse=True)
def workspace(monkeypatch, tmp_path):
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path / "w"))
    return tmp_path / "w"


@pytest.fixture
def architecture():
    own.keep(Notebook().run(IMPORTS, CLASS)["DecisionTransformerModel"])
    return own.kept("DecisionTransformerModel")


def test_the_class_is_run_in_training_in_the_replay_and_after_loading(
    workspace, architecture, cheetah_data, capsys, tmp_path
):
    settings = training.preset("ci", steps=4, eval_steps=2, save_steps=2)
    model = training.train(cheetah_data, settings, architecture=architecture)
    trained = type(model).calls
    evaluations = 2 + 1  # every second step, and the one at the end
    assert trained >= 4 + evaluations
    rollout.evaluate(model, episodes=2, max_steps=3, progress=False)
    assert type(model).calls == trained + 3, "one forward pass for each step"

    again = training.load_or_provided()
    assert "that you have trained, of your own class" in capsys.readouterr().out
    assert (workspace / "model" / saved.CLASS).read_text().startswith("# The model's class: DecisionTransformerModel\n")
    before = type(again).calls
    rollout.record(again, path=tmp_path / "film.mp4", max_steps=3, progress=False, width=64, height=64)
    assert type(again).calls == before + 3
    for name, weight in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], weight)


def test_one_that_is_derived_from_the_course_s_class_is_run_as_well(cheetah_data):
    text = """
class Derived(Course):
    calls = 0

    def forward(self, **batch):
        type(self).calls += 1
        return super().forward(**batch)
"""
    derived = Notebook().run(IMPORTS, text)["Derived"]
    model = training.train(cheetah_data, training.preset("ci", steps=4), architecture=derived)
    trained = type(model).calls
    assert trained >= 4
    rollout.evaluate(model, episodes=2, max_steps=3, progress=False)
    assert type(model).calls == trained + 3


def test_what_was_written_in_notebook_4_earns_what_the_course_s_class_does(architecture, cheetah_data):
    settings = training.preset("ci", steps=6)
    mine = training.train(cheetah_data, settings, architecture=architecture)
    theirs = training.train(cheetah_data, settings)
    for name, weight in theirs.state_dict().items():
        torch.testing.assert_close(mine.state_dict()[name], weight, atol=2e-3, rtol=0)


def test_another_class_is_another_run(architecture, cheetah_data, workspace, capsys, monkeypatch):
    settings = training.preset("ci", steps=4, save_steps=2)

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("dt_helpers.training.watch.tell_unlearned", stop)
        training.train(cheetah_data, settings, architecture=architecture)
    changed = Notebook().run(IMPORTS, CLASS.replace("calls = 0", "calls = 1"))["DecisionTransformerModel"]
    training.train(cheetah_data, settings, architecture=changed)
    assert "training starts again: the architecture has changed" in capsys.readouterr().out


def test_a_class_that_lies_elsewhere_is_not_run(architecture, cheetah_data, tmp_path, capsys):
    training.train(cheetah_data, training.preset("ci", steps=2), tmp_path / "elsewhere", architecture=architecture)
    assert type(training.load(tmp_path / "elsewhere")) is TrainableDT
    assert "isn't run, since it is outside your workspace" in capsys.readouterr().out
    assert issubclass(type(training.load(tmp_path / "elsewhere", architecture)), architecture)


def test_errors_in_it_say_whose_code_it_is(cheetah_data):
    text = CLASS.replace("type(self).calls += 1", "raise RuntimeError('shapes')")
    broken = Notebook().run(IMPORTS, text)["DecisionTransformerModel"]
    with pytest.raises(RuntimeError, match="shapes") as caught:
        training.train(cheetah_data, training.preset("ci", steps=2), architecture=broken)
    assert caught.value.__notes__ == [
        "This run used code of your own: architecture. Without it, train() uses the course's."
    ]


def test_a_class_without_the_base_of_transformers_is_refused():
    assert trainable() is trainable(DecisionTransformerModel) is TrainableDT
    with pytest.raises(ValueError, match="has to have DecisionTransformerPreTrainedModel as its base"):
        trainable(torch.nn.Linear)


def returns_to_go(rewards, gamma=1.0):
    return np.cumsum(rewards[::-1])[::-1]


def pad_left(sequence, length, value):
    kept = sequence[:length]
    padded = np.full((length, sequence.shape[1]), value, sequence.dtype)
    padded[length - len(kept) :] = kept
    return padded, np.arange(length) >= length - len(kept)


@pytest.mark.parametrize("sampling", ["start", "end"])
def test_batches_by_a_student_s_functions_are_the_course_s(cheetah_data, sampling):
    anchors = np.array([0, 3, 19, 20, 118, 119, 120, 500, 959])
    theirs = DecisionTransformerGymDataCollator(cheetah_data, sampling=sampling).gather(anchors)
    options = {"sampling": sampling, "returns_to_go": returns_to_go, "pad_left": pad_left}
    mine = DecisionTransformerGymDataCollator(cheetah_data, **options).gather(anchors)
    assert mine.keys() == theirs.keys()
    for name, tensor in theirs.items():
        assert mine[name].dtype == tensor.dtype
        torch.testing.assert_close(mine[name], tensor, rtol=1e-4, atol=1e-4)


def test_a_wrong_function_is_what_the_model_learns_from_and_a_useless_one_is_refused(cheetah_data):
    wrong = DecisionTransformerGymDataCollator(cheetah_data, returns_to_go=lambda rewards: 0 * rewards)
    assert (wrong.gather(np.array([3]))["returns_to_go"] == 0).all()
    with pytest.raises(ValueError, match=r"one number for each step, \(120,\), but gave \(\) for episode 0"):
        DecisionTransformerGymDataCollator(cheetah_data, returns_to_go=np.sum)
