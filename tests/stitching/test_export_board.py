"""What is exported for the stitching board; that Node runs it as Python does is seen in tests/web."""

import json

import pytest
import torch
from torch import nn

from dt_helpers import stitching
from dt_helpers.stitching import board, export_board


@pytest.fixture(scope="module")
def roads():
    return stitching.draw_roads(3, nodes=6, edge_probability=0.4, weights=(1, 2), steps=4)


class Table(nn.Module):
    """A policy that is quick to export: the logits depend on the node alone."""

    def __init__(self, nodes: int, tokens: int):
        super().__init__()
        self.embed_state = nn.Embedding(nodes, nodes)
        self.embed_action = nn.Embedding(nodes, nodes)
        self.embed_return = nn.Embedding(tokens, nodes)

    def forward(self, states, actions, returns_to_go, timesteps):
        logits = self.embed_state(states) + self.embed_return(returns_to_go) + 0 * self.embed_action(actions)
        return type("Output", (), {"action_preds": logits + timesteps[..., None]})


@pytest.fixture(scope="module")
def exported(roads, tmp_path_factory):
    torch.manual_seed(0)
    walks = board.free_walks(roads, 30)
    policies = [Table(roads.nodes, board.token(roads, roads.nodes, 0)) for _ in board.POLICIES]
    return walks, export_board.export(roads, walks, policies, tmp_path_factory.mktemp("web") / "board")


def test_the_folder_has_all_that_the_page_needs(roads, exported):
    walks, folder = exported
    described = json.loads((folder / "board.json").read_text(encoding="utf-8"))
    files = [policy["file"] for policy in described["policies"]]
    assert sorted(file.name for file in folder.iterdir()) == sorted(["board.json", *files])
    assert [policy["conditioned"] for policy in described["policies"]] == [True, False, False]
    assert described["walks"] == walks.tolist() and described["format"] == export_board.FORMAT
    assert (described["steps"], described["longest"], described["goal"]) == (4, roads.longest, 0)
    assert {(i, j): length for i, j, length in described["edges"]} == {
        (i, j): roads.lengths[i, j] for i, j in roads.graph.edges
    }
    assert len(described["places"]) == len({tuple(place) for place in described["places"]}) == 6


def test_a_policy_that_is_exported_wrongly_is_refused(roads, monkeypatch, tmp_path):
    policies = [Table(roads.nodes, board.token(roads, roads.nodes, 0)) for _ in board.POLICIES]
    real = export_board.onnx_form.save

    def wrong(module, *args):
        other = Table(roads.nodes, board.token(roads, roads.nodes, 0))
        real(export_board.Steps(other), *args)

    monkeypatch.setattr(export_board.onnx_form, "save", wrong)
    with pytest.raises(ValueError, match=r"policy0\.onnx gives other logits than before, by up to"):
        export_board.export(roads, board.free_walks(roads, 5), policies, tmp_path / "board")
    assert not (tmp_path / "board").exists()


def test_without_the_extra_it_says_what_to_install(roads, monkeypatch, tmp_path):
    def missing():
        raise ImportError("Exporting a model for the browser needs onnx: pip install 'dt-helpers[web]'")

    monkeypatch.setattr(export_board.onnx_form, "require_extra", missing)
    with pytest.raises(ImportError, match=r"dt-helpers\[web\]"):
        export_board.main([str(tmp_path / "board")])
