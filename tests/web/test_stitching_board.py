"""The stitching board: its modules tested by Node, with Python as the other side of the comparison."""

import json
import re
import subprocess
from dataclasses import replace

import numpy as np
import torch

from dt_helpers import stitching
from dt_helpers.stitching import board, export_board
from tests.sizes import SEED
from tests.web.test_live import LIVE, needs_node, node, packages  # noqa: F401 (a fixture)

BOARD = LIVE / "stitching"
WALKS = 25  # that each policy is compared on


def test_the_modules_are_small_and_name_no_other_host():
    modules = [*BOARD.glob("src/*.js"), *BOARD.glob("test/*.mjs"), *BOARD.glob("page/*"), BOARD / "build.mjs"]
    assert len(modules) > 10
    for module in modules:
        text = module.read_text(encoding="utf-8")
        assert text.count("\n") < 300, module.name
        assert re.findall(r"https?:|[\"'`]//", text) == [], module.name


@needs_node
def test_the_pure_parts():
    assert "fail 0" in node("../stitching/test/pure.test.mjs")


def walk_case(policy, roads, conditioned, rng):
    """A walk as notebook 7's `follow` makes it, and the probabilities of the neighbours at each step."""
    goal = int(rng.choice(board.goals(roads)))
    start = int(rng.choice([node for node in range(roads.nodes) if node != goal]))
    target = -int(rng.integers(1, roads.longest + 1))
    chances = []

    def decode(logits, neighbours):
        chances.append(logits[neighbours].double().softmax(0).tolist())
        return stitching.next_node(logits, neighbours)

    towards = replace(roads, goal=goal)
    asked = [target] if conditioned else None
    [path] = stitching.follow(board.Towards(policy, towards), towards, [start], asked, decode)
    return {"start": start, "goal": goal, "target": target, "path": path, "chances": chances}


def goal_case(roads, walks, goal, paths):
    """What is known of a goal without a model; infinite numbers are null."""

    def finite(values):
        return [float(value) if np.isfinite(value) else None for value in values]

    towards = replace(roads, goal=goal)
    lengths = towards.shortest()
    found = []
    for path in paths:
        covered = stitching.is_covered(walks, path)
        found.append({"path": path, "segments": stitching.segments(walks, path) if covered else None})
    return {
        "lengths": finite(lengths.get(node, np.inf) for node in range(roads.nodes)),
        "best": finite(stitching.best_in_data(towards, board.until(walks, goal), parts=True)),
        "found": found,
    }


@needs_node
def test_the_policies_walk_as_in_python(packages, tmp_path, record_property):  # noqa: F811
    rng = np.random.default_rng(SEED)
    roads = stitching.draw_roads(int(rng.integers(100)), nodes=12, edge_probability=0.25, weights=(1, 2), steps=8)
    while not all(roads.neighbours(node) for node in range(roads.nodes)):
        roads = stitching.draw_roads(int(rng.integers(100)), nodes=12, edge_probability=0.25, weights=(1, 2), steps=8)
    walks = board.free_walks(roads, 60, SEED)
    settings = replace(stitching.preset("ci"), steps=20, batch_size=16)
    torch.manual_seed(SEED)
    policies = board.train_policies(roads, walks, settings, progress=False)
    export_board.export(roads, walks, policies, tmp_path / "board")
    walked = [[walk_case(p, roads, number == 0, rng) for _ in range(WALKS)] for number, p in enumerate(policies)]
    goals = {
        goal: goal_case(roads, walks, goal, [walk["path"] for walk in walked[0] if walk["goal"] == goal])
        for goal in board.goals(roads)
    }
    (tmp_path / "cases.json").write_text(json.dumps({"walks": walked, "goals": goals}))
    said = node("../stitching/test/equal.test.mjs", BOARD_CASES=str(tmp_path))
    assert f"pass {len(policies) + 1}" in said, said
    record_property("table", "\n".join(line for line in said.splitlines() if "apart" in line))


@needs_node
def test_the_page_can_be_bundled(packages, tmp_path):  # noqa: F811
    options = {"entryPoints": ["stitching/src/main.js"], "bundle": True, "format": "esm", "target": "es2022"}
    options["outfile"] = str(tmp_path / "main.js")
    script = f'(await import("esbuild")).build({json.dumps(options)})'
    command = ["node", "--input-type=module", "-e", script]
    run = subprocess.run(command, cwd=LIVE, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "main.js").stat().st_size > 50_000
