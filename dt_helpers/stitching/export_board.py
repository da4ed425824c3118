"""The stitching board as files for its page: ``python -m dt_helpers.stitching.export_board FOLDER``.

It trains the policies with notebook 7's settings, for a minute or two on a free core (`docs/stitching_board.md`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dt_helpers.model import onnx_form
from dt_helpers.stitching.board import POLICIES, free_walks, goals, token, train_policies
from dt_helpers.stitching.model import preset
from dt_helpers.stitching.plots import positions
from dt_helpers.stitching.roads import Roads, draw_roads
from dt_helpers.workspace import replacing

FORMAT = 1  # of board.json; the page refuses another one
SEED = 5  # notebook 7's, of the graph and of the walks
LONGER = 2  # times the notebook's steps, for a model that learns seventeen goals in place of one
CLOSE = 1e-4  # logits may differ by this much
INPUTS = ("states", "actions", "returns_to_go")
OUTPUTS = ("logits",)


class Steps(nn.Module):
    """What the page asks of a policy: the logits after each step of one walk."""

    def __init__(self, policy: nn.Module):
        super().__init__()
        self.policy = policy

    def forward(self, states: torch.Tensor, actions: torch.Tensor, returns_to_go: torch.Tensor) -> torch.Tensor:
        """Nodes, where each step led, and `board.token`s, (1, steps) int64 each; logits (1, steps, nodes).

        A row depends on no later step, so that what is not known yet may be anything.
        """
        timesteps = torch.arange(states.shape[1])[None]
        return self.policy(
            states=states, actions=actions, returns_to_go=returns_to_go, timesteps=timesteps
        ).action_preds


def export(roads: Roads, walks: np.ndarray, policies: Sequence[nn.Module], folder: Path | str) -> Path:
    """Write the graph, the walks (walks, steps + 1) and the POLICIES to `folder`, and return the folder.

    ``board.json`` has the graph and the walks, and for each policy there is an ONNX file. A folder that is there is
    replaced as a whole. Raises ImportError without the extra ``web``, and ValueError if an exported policy gives other
    logits than before.
    """
    onnx_form.require_extra()
    files = [f"policy{number}.onnx" for number in range(len(POLICIES))]
    places = positions(roads)
    described = {
        "format": FORMAT,
        "steps": roads.steps,
        "longest": roads.longest,
        "edges": [[here, there, data["weight"]] for here, there, data in roads.graph.edges(data=True)],
        "places": [[round(x, 2) for x in places[node]] for node in range(roads.nodes)],  # as in notebook 7
        "goal": roads.goal,
        "goals": goals(roads),
        "walks": walks.tolist(),
        "policies": [
            {"name": name, "file": file, "conditioned": number == 0}
            for number, (name, file) in enumerate(zip(POLICIES, files, strict=True))
        ],
    }
    rng = np.random.default_rng(0)
    most = (roads.nodes, roads.nodes, token(roads, roads.nodes, 0))
    with replacing(Path(folder)) as staged:
        staged.mkdir()
        for policy, file in zip(policies, files, strict=True):
            window = [torch.from_numpy(rng.integers(below, size=(1, roads.steps))) for below in most]
            steps = Steps(policy.eval())
            onnx_form.save(steps, tuple(window), INPUTS, OUTPUTS, staged / file)
            _require_same(steps, window, staged / file)
        (staged / "board.json").write_text(json.dumps(described, allow_nan=False), encoding="utf-8")
    return Path(folder)


def _require_same(steps: Steps, window: list[torch.Tensor], file: Path) -> None:
    given = {name: part.numpy() for name, part in zip(INPUTS, window, strict=True)}
    [found] = onnx_form.run(file, given)
    with torch.inference_mode():
        apart = float(np.abs(steps(*window).numpy() - found).max())
    if not apart < CLOSE:
        raise ValueError(f"The exported policy {file.name} gives other logits than before, by up to {apart:.2g}.")


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(argv).folder
    onnx_form.require_extra()
    roads = draw_roads(SEED)
    walks = free_walks(roads, seed=SEED)
    settings = preset()
    policies = train_policies(roads, walks, replace(settings, steps=LONGER * settings.steps))
    print(export(roads, walks, policies, folder))


if __name__ == "__main__":
    main()
