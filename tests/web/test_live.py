"""The page ``live``: its modules tested by Node, with Python as the other side of the comparison."""

import json
import os
import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import gymnasium
import numpy as np
import pytest

from dt_helpers import data, envs, rollout, training
from dt_helpers.data.simulate import ROBOTS
from dt_helpers.rollout import export_web
from tests.sizes import SEED

LIVE = Path(__file__).parents[2] / "web" / "live"
STEPS = 10

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to run the page's modules")


@pytest.fixture(scope="module")
def packages():
    """The page's packages from npm; those of the lock file, if they aren't there yet."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is a node, but no npm, which brings the page's packages")
    if not (LIVE / "node_modules" / "onnxruntime-web").exists():
        command = [npm, "ci", "--no-audit", "--no-fund"]
        run = subprocess.run(command, cwd=LIVE, capture_output=True, text=True, timeout=300)
        if run.returncode:
            shutil.rmtree(LIVE / "node_modules", ignore_errors=True)
            pytest.skip(f"npm could not bring the page's packages: {run.stderr[-200:]}")


def test_the_modules_are_small_and_name_no_other_host():
    modules = [*(LIVE / "src").rglob("*.js"), *(LIVE / "test").rglob("*.mjs"), *(LIVE / "page").glob("*.html")]
    for module in modules:
        text = module.read_text(encoding="utf-8")
        assert text.count("\n") < 300, module.name
        assert re.findall(r"https?:|[\"'`]//", text) == [], module.name


def node(file: str, **environment: str) -> str:
    command = ["node", "--test", "--test-reporter=spec", f"test/{file}"]
    run = subprocess.run(command, cwd=LIVE, env=os.environ | environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@needs_node
def test_the_pure_parts():
    assert "fail 0" in node("pure.test.mjs")


def robot_case(name: str, rng: np.random.Generator) -> dict:
    """What Python sees in STEPS steps of random actions."""
    with closing(envs.make(name)) as env:
        facts, xml = export_web.robot(env, name)
        seed = int(rng.integers(export_web.STARTS))
        observations, rewards, fell = [env.reset(seed=seed)[0].tolist()], [], []
        actions = rng.uniform(-1, 1, (STEPS, *env.action_space.shape)).astype(np.float32)
        for action in actions:
            observation, reward, terminated, _, _ = env.step(action)
            observations.append(observation.tolist())
            rewards.append(float(reward))
            fell.append(bool(terminated))
    return {
        "facts": facts, "xml": xml, "seed": seed, "actions": actions.tolist(), "observations": observations,
        "rewards": rewards, "fell": fell,
    }  # fmt: skip


class Noting(gymnasium.Wrapper):
    """Keeps the actions that are taken."""

    def __init__(self, env):
        super().__init__(env)
        self.actions = []

    def step(self, action):
        self.actions.append(np.asarray(action).tolist())
        return super().step(action)


def agent_case(model, target: float, seed: int) -> dict:
    with closing(Noting(envs.make("HalfCheetah-v5"))) as env:
        run = rollout.evaluate(model, env, target, 1, seed, STEPS, progress=False)
        return {"seed": seed, "target": target, "actions": env.actions, "rewards": run.rewards[0].tolist()}


@needs_node
def test_physics_and_agent_are_those_of_python(packages, tmp_path, record_property, monkeypatch, cheetah_data):
    monkeypatch.setattr(data, "load", lambda name, **options: cheetah_data)  # only for the ends of the slider
    rng = np.random.default_rng(SEED)
    model = training.load(training.PROVIDED.with_name("model-mixed"))
    export_web.export(model, tmp_path / "model")
    cases = {
        "robots": {name: robot_case(name, rng) for name in ROBOTS},
        "agent": [agent_case(model, target, seed) for seed, target in enumerate((3000.0, 9000.0))],
    }
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    said = node("equal.test.mjs", LIVE_CASES=str(tmp_path))
    assert f"pass {len(ROBOTS) + 4}" in said, said
    record_property("table", "\n".join(line for line in said.splitlines() if "apart" in line or "moves" in line))
