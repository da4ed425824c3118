"""The ONNX form that goes on where it was acts as the model does, in whatever pieces a window goes in."""

import sys

import numpy as np
import pytest
import torch

from dt_helpers import training
from dt_helpers.model import TrainableDT, make_config, onnx_form, onnx_steps, trainable
from tests.model.test_onnx_form import Student
from tests.sizes import SEED

CLOSE = 1e-5


def small(**settings):
    torch.manual_seed(0)
    sizes = {"context_length": 5, "hidden_size": 24, "n_layer": 2, "max_ep_len": 40} | settings
    return TrainableDT(make_config(3, 2, **sizes)).eval()


def apart(model, path, real, pieces):
    """The largest difference of the last action and of what it attends to, if the `real` steps of a random window go
    in by `pieces`."""
    K = model.config.context_length
    window = onnx_form.random_window(model.config, real, np.random.default_rng(SEED))
    with torch.inference_mode():
        action, attention = (x.numpy() for x in onnx_form.Step(model)(*onnx_form.tensors(window)))
    kept, begin = onnx_steps.none_kept(model.config), K - real
    for piece in pieces:
        fed = onnx_steps.inputs(window, slice(begin, begin + piece), kept)
        found, looks, *kept = onnx_form.run(path, fed)
        begin += piece
    assert begin == K and kept[0].shape == (model.config.n_layer, 3 * real, model.config.hidden_size)
    assert (looks[:, 0] == 0).all(), "the action before the window is never shown"
    return max(np.abs(action - found).max(), np.abs(attention[:, 3 * (K - real) : -1] - looks[:, 1:]).max())


@pytest.fixture(scope="module")
def provided(tmp_path_factory):
    model = training.load(training.PROVIDED)
    path = tmp_path_factory.mktemp("provided") / "model.onnx"
    assert onnx_steps.write(model, path) < CLOSE
    return model, path


@pytest.mark.parametrize(
    "pieces", [(20,), (1,) * 20, (10, *(1,) * 10), (3, 1, 7), (1,), (1, 1), (2,)], ids=lambda pieces: str(sum(pieces))
)
def test_the_provided_model_step_by_step_and_in_one_go(provided, pieces):
    assert apart(*provided, sum(pieces), pieces) < CLOSE


def test_its_file_has_two_bytes_for_each_weight_that_is_used(provided):
    model, path = provided
    unused = model.encoder.wpe.weight.numel()  # all positions but the first
    assert path.stat().st_size < 2.3 * (sum(p.numel() for p in model.parameters()) - unused)


@pytest.mark.parametrize("settings", [{}, {"context_length": 1}, {"n_layer": 1}], ids=str)
def test_other_sizes(settings, tmp_path):
    model = small(**settings)
    onnx_steps.write(model, tmp_path / "model.onnx")
    K = model.config.context_length
    for pieces in ((K,), (1,) * K, (1,)):
        assert apart(model, tmp_path / "model.onnx", sum(pieces), pieces) < CLOSE


def test_whose_tokens_may_depend_on_others_does_not_fit():
    assert onnx_steps.fits(small())
    assert not onnx_steps.fits(trainable(Student)(make_config(3, 2, hidden_size=24)))
    assert not onnx_steps.fits(small(n_head=3))
    watched = small()
    watched.embed_state.register_forward_hook(lambda *args: None)
    assert not onnx_steps.fits(watched)
    filtered = small()
    filtered.embed_state = type("Filter", (torch.nn.Linear,), {"looks_back": 2})(3, 24)
    assert not onnx_steps.fits(filtered)


@pytest.mark.parametrize("library", ["onnx", "onnxruntime", "onnxscript"])
def test_without_the_extra_it_says_what_to_install(library, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf"needs {library}: pip install 'dt-helpers\[web\]'"):
        onnx_steps.write(small(), tmp_path / "model.onnx")
