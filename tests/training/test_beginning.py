import pytest
import torch

from dt_helpers import training
from dt_helpers.collator import DecisionTransformerGymDataCollator
from tests.conftest import make_trajectories


@pytest.mark.parametrize(("spread", "least", "most"), [(2.0, 110, 140), (None, 0, 1)])
def test_a_fresh_model_tells_returns_apart_where_it_should(spread, least, most):
    """By the angle between the tokens of returns that a standard deviation lie below and above the data's mean."""
    data = make_trajectories([40, 35, 30, 38])
    settings = training.preset("ci", return_spread=spread, scale=float(data.returns.std()))
    model = training.make_model(DecisionTransformerGymDataCollator(data, scale=settings.scale), settings)
    centre = 2.0 if spread is None else float(data.returns.mean()) / settings.scale  # if none, anywhere, of one sign
    with torch.no_grad():
        tokens = model.embed_ln(model.embed_return(torch.tensor([[centre - 1], [centre + 1]])))
    angle = torch.rad2deg(torch.arccos(torch.cosine_similarity(*tokens, dim=0).clamp(-1, 1)))
    assert least <= angle <= most


@pytest.mark.parametrize("slope", [0.05, None])
def test_time_embeddings_lie_on_a_line_and_stay_there(tmp_path, slope):
    data = make_trajectories([40] * 4)
    settings = training.preset("ci", time_slope=slope, steps=3, context_length=5)
    fresh = training.make_model(DecisionTransformerGymDataCollator(data), settings).embed_timestep.weight.detach()
    steps = fresh.diff(dim=0)  # (999, hidden)
    assert torch.allclose(steps, steps[:1], atol=1e-6) == (slope is not None)
    trained = training.train(data, settings, output=tmp_path, seed=0).embed_timestep.weight.detach()
    moved = trained[:40].diff(dim=0)
    assert torch.allclose(moved, moved[:1], atol=1e-6) == (slope is not None)
    if slope is not None:
        assert 0.5 * slope < float((fresh[-1] - fresh[0]).std()) < 1.5 * slope
