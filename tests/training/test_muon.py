import pytest
import torch
from torch import nn

from dt_helpers import training
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.training import muon
from tests.conftest import make_trajectories

SHAPES = [(16, 48), (64, 16), (16, 16), (16, 64)]


def parameters(shapes=SHAPES) -> list[nn.Parameter]:
    generator = torch.Generator().manual_seed(0)
    return [nn.Parameter(torch.randn(shape, generator=generator)) for shape in shapes]


def give_gradients(parameters, seed: int) -> None:
    """Gradients as they are in practice: a few large directions, many small ones."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in parameters:
        fade = torch.logspace(0, -2, parameter.shape[-1])
        parameter.grad = torch.randn(parameter.shape, generator=generator) * fade


def test_matrices_move_as_with_torchs_own_muon():
    ours, torchs = parameters(), parameters()
    optimizers = muon.Muon(ours, [], matrix_lr=0.02), torch.optim.Muon(torchs, lr=0.02, weight_decay=0.0)
    for step in range(5):
        for weights, optimizer in zip((ours, torchs), optimizers, strict=True):
            give_gradients(weights, step)
            optimizer.step()
            optimizer.zero_grad()
    for mine, other, before in zip(ours, torchs, parameters(), strict=True):
        moved = (mine - before).norm()
        assert (mine - other).norm() < 0.02 * moved  # torch multiplies in bfloat16


def test_the_others_move_as_with_adamw():
    ours, torchs = parameters([(7,), (3, 5)]), parameters([(7,), (3, 5)])
    optimizers = muon.Muon(parameters(), ours, lr=0.01), torch.optim.AdamW(torchs, lr=0.01, weight_decay=1e-4)
    for step in range(3):
        for weights, optimizer in zip((ours, torchs), optimizers, strict=True):
            give_gradients(weights, step)
            optimizer.step()
    for mine, other in zip(ours, torchs, strict=True):
        torch.testing.assert_close(mine, other)


def test_an_update_goes_equally_far_in_every_direction():
    gradient = torch.randn(2, 24, 96, generator=torch.Generator().manual_seed(0)) * torch.logspace(0, -2, 96)
    before, after = (torch.linalg.svdvals(x) for x in (gradient, muon.orthogonal(gradient)))
    assert (before.amax(1) / before.amin(1) > 5).all()
    assert after.min() > 0.5 and after.max() < 1.5


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4), ()])
def test_only_matrices_are_turned(shape):
    with pytest.raises(ValueError, match="have to be among the others"):
        muon.Muon([nn.Parameter(torch.zeros(shape))], [])


def test_state_goes_through_a_file(tmp_path):
    """An optimiser that was saved and loaded goes on as the one that was not."""
    whole, parts = parameters(), parameters()
    others = [parameters([(5,)]) for _ in range(2)]
    optimizer = muon.Muon(whole, others[0])
    resumed = muon.Muon(parts, others[1])
    for step in range(6):
        if step == 3:
            torch.save(resumed.state_dict(), tmp_path / "optimizer.pt")
            resumed = muon.Muon(parts, others[1])
            resumed.load_state_dict(torch.load(tmp_path / "optimizer.pt", weights_only=True))
        for weights, other, each in ((whole, others[0], optimizer), (parts, others[1], resumed)):
            give_gradients([*weights, *other], step)
            each.step()
    for one, other in zip([*whole, *others[0]], [*parts, *others[1]], strict=True):
        assert torch.equal(one, other)


def test_a_matrix_without_a_gradient_stays():
    weights = parameters()
    optimizer = muon.Muon(weights, [])
    give_gradients(weights[:2], 0)
    optimizer.step()
    for moved, weight, before in zip((True, True, False, False), weights, parameters(), strict=True):
        assert torch.equal(weight, before) != moved


def test_every_parameter_of_a_model_has_its_optimiser(tmp_path):
    settings = training.preset("ci")
    collator = DecisionTransformerGymDataCollator(make_trajectories([40] * 4))
    model = training.make_model(collator, settings)
    args = training.arguments(settings, tmp_path)
    trainer = training.make_trainer(model, collator, args, matrix_rate=settings.matrix_rate)
    others, matrices = trainer.create_optimizer().param_groups
    assert (others["lr"], matrices["lr"]) == (settings.learning_rate, settings.matrix_rate)
    held = [id(p) for p in (*others["params"], *matrices["params"])]
    assert len(held) == len(set(held)) and set(held) == {id(p) for p in model.parameters()}
    assert len(matrices["params"]) == 4 * model.config.n_layer  # attention in and out, MLP in and out
