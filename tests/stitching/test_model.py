import numpy as np
import pytest
import torch

from dt_helpers import stitching
from dt_helpers.model import DecisionTransformerModel


@pytest.fixture(scope="module")
def roads():
    return stitching.draw_roads(0, nodes=8, edge_probability=0.25, steps=6)


def test_samples_are_pieces_of_walks_that_end_at_the_goal(line, walks):
    samples = stitching.Samples(line, walks)
    batch = samples.draw(400, np.random.default_rng(0))
    assert {name: tuple(value.shape) for name, value in batch.items()} == dict.fromkeys(batch, (400, 4))
    real = batch["attention_mask"]
    assert real[:, 0].all() and (real.int().diff(dim=1) <= 0).all()  # padding stands behind
    assert not (batch["states"][real] == line.goal).any()
    pieces = {
        tuple(zip(s[m].tolist(), a[m].tolist(), r[m].tolist(), strict=True))
        for s, a, r, m in zip(batch["states"], batch["actions"], batch["returns_to_go"], real, strict=True)
    }
    whole = [
        ((2, 1, 3), (1, 0, 1)),
        ((1, 3, 5), (3, 2, 4), (2, 1, 3), (1, 0, 1)),
        ((3, 2, 13), (2, 4, 13), (4, 1, 13), (1, 3, 13)),
    ]  # fmt: skip (13: never arrives)
    assert pieces == {walk[first:] for walk in whole for first in range(len(walk))}


def test_without_returns_all_are_alike(line, walks):
    batch = stitching.Samples(line, walks, conditioned=False).draw(20, np.random.default_rng(0))
    assert not batch["returns_to_go"].any()


def test_the_rewards_of_a_student_are_used(line, walks):
    samples = stitching.Samples(line, walks, rewards=lambda walk, goal, lengths: -1.0 * (walk[:-1] != goal))
    assert samples.classes[2].tolist() == [4, 3, 2, 1]


def test_the_model_is_the_courses_own_and_sees_no_future(roads):
    torch.manual_seed(0)
    model = stitching.make_model(roads, stitching.preset("ci")).eval()
    assert type(model) is DecisionTransformerModel
    batch = {
        "states": torch.randint(8, (2, 6)),
        "actions": torch.randint(8, (2, 6)),
        "returns_to_go": torch.randint(roads.longest + 2, (2, 6)),
        "timesteps": torch.arange(6).expand(2, 6),
    }
    changed = {**batch, "actions": batch["actions"].clone(), "states": batch["states"].clone()}
    changed["actions"][:, 3] = (changed["actions"][:, 3] + 1) % 8
    changed["states"][:, 4:] = (changed["states"][:, 4:] + 1) % 8
    with torch.no_grad():
        before, after = model(**batch).action_preds, model(**changed).action_preds
    assert before.shape == (2, 6, 8)
    assert torch.allclose(before[:, :4], after[:, :4], atol=1e-6)
    assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_a_short_training_finds_the_way_on_a_small_graph(roads):
    walks = stitching.random_walks(roads, 300)
    samples, settings = stitching.Samples(roads, walks), stitching.preset("ci", steps=150)
    model, losses = stitching.train(roads, samples, settings, progress=False)
    assert losses[-20:].mean() < losses[:20].mean() and len(losses) == 150
    assert not model.training
    found = stitching.compare(roads, walks, stitching.ask(model, roads).best())
    assert found.optimal > 0.7
    again, repeated = stitching.train(roads, samples, settings, progress=False)
    assert np.array_equal(losses, repeated)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))


def test_presets(monkeypatch):
    monkeypatch.setenv("DT_PRESET", "ci")
    assert stitching.preset().steps < stitching.preset("quick").steps
    assert stitching.preset("quick", hidden=8).hidden == 8
