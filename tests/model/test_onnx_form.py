"""A model's ONNX form acts as the model does."""

import sys

import numpy as np
import pytest
import torch
from torch import nn

from dt_helpers import training
from dt_helpers.model import DecisionTransformerModel, TrainableDT, make_config, onnx_form, trainable
from tests.sizes import SEED

CLOSE = 1e-5


def apart(model, path, rng):
    """The largest difference of actions and of attention in windows with 1 to K real steps."""
    K = model.config.context_length
    largest = np.zeros(2)
    with torch.inference_mode():
        step = onnx_form.Step(model)
        for real in (1, 2, K, int(rng.integers(1, K + 1))):
            window = onnx_form.random_window(model.config, real, rng)
            expected = step(*(torch.from_numpy(window[name]) for name in onnx_form.INPUTS))
            found = onnx_form.run(path, window)
            differences = [np.abs(a - b.numpy()).max() for a, b in zip(found, expected, strict=True)]
            largest = np.maximum(largest, differences)
    return largest


def test_the_provided_model_at_half_the_size(tmp_path):
    model = training.load(training.PROVIDED)
    path = tmp_path / "model.onnx"
    assert onnx_form.write(model, path) < CLOSE
    assert (apart(model, path, np.random.default_rng(SEED)) < CLOSE).all()
    parameters = sum(p.numel() for p in model.parameters())
    assert path.stat().st_size < 2.3 * parameters, "two bytes for each weight, as in the model's own file"


class Student(DecisionTransformerModel):
    """A class of one's own, with a forward pass of its own."""

    def forward(self, states, actions, rewards=None, returns_to_go=None, timesteps=None, attention_mask=None, **other):
        time = self.embed_timestep(timesteps)
        parts = [self.embed_return(returns_to_go), self.embed_state(states), self.embed_action(actions)]
        batch, K = states.shape[:2]
        x = torch.cat([(part + time)[:, :, None] for part in parts], dim=2).reshape(batch, 3 * K, -1)
        mask = torch.stack([attention_mask] * 3, dim=-1).reshape(batch, 3 * K)
        places = torch.zeros_like(mask)
        x = self.encoder(inputs_embeds=self.embed_ln(x), attention_mask=mask, position_ids=places).last_hidden_state
        x = x.reshape(batch, K, 3, -1)
        return self.predict_state(x[:, :, 2]), self.predict_action(x[:, :, 1]), self.predict_return(x[:, :, 2])


def test_a_students_own_class_with_other_sizes(tmp_path):
    config = make_config(3, 2, context_length=5, hidden_size=24, n_layer=2, n_head=3, max_ep_len=40)
    torch.manual_seed(0)
    model = trainable(Student)(config).eval()
    path = tmp_path / "model.onnx"
    onnx_form.write(model, path)
    assert (apart(model, path, np.random.default_rng(SEED)) < CLOSE).all()


class Peeking(nn.Module):
    """Looks at the values of its input."""

    def forward(self, x):
        return x if x.sum() > 0 else -x


def test_a_forward_pass_that_depends_on_values_is_refused(tmp_path):
    model = TrainableDT(make_config(3, 2, context_length=4, hidden_size=16, n_layer=1)).eval()
    model.predict_action = nn.Sequential(nn.Linear(16, 2), Peeking())
    with pytest.raises(ValueError, match=r"TrainableDT can't be exported to ONNX: .*without an `if`"):
        onnx_form.write(model, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


@pytest.mark.parametrize("library", ["onnx", "onnxruntime", "onnxscript"])
def test_without_the_extra_it_says_what_to_install(library, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, library, None)
    model = TrainableDT(make_config(3, 2, context_length=4, hidden_size=16, n_layer=1))
    with pytest.raises(ImportError, match=rf"needs {library}: pip install 'dt-helpers\[web\]'"):
        onnx_form.write(model, tmp_path / "model.onnx")
