"""The shipped experts: small ReLU networks trained with TD3, saved at several stages of their training.

Each turns observations (n, state_dim) into actions (n, act_dim) in [-1, 1].
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
from safetensors.numpy import load_file

FOLDER = Path(__file__).parents[1] / "assets" / "experts"


@dataclass(frozen=True, eq=False)
class Expert:
    """A deterministic policy: two hidden ReLU layers and a tanh output."""

    name: str
    layers: list[tuple[np.ndarray, np.ndarray]]  # kernel (in, out) and bias (out,) of each layer

    def __call__(self, observations: np.ndarray) -> np.ndarray:
        x = np.asarray(observations, dtype=np.float32)  # (n, state_dim)
        for kernel, bias in self.layers[:-1]:
            x = np.maximum(x @ kernel + bias, 0.0)  # (n, hidden)
        kernel, bias = self.layers[-1]
        return np.tanh(x @ kernel + bias)  # (n, act_dim)


def available() -> list[str]:
    """Names of the shipped experts, such as ``halfcheetah_td3_1000k``."""
    return sorted(path.stem for path in FOLDER.glob("*.safetensors"))


def robots() -> list[str]:
    """Those that have a shipped expert: ``["halfcheetah", ...]``."""
    return sorted({name.partition("_td3_")[0] for name in available()})


def stages(robot: str) -> list[str]:
    """A robot's shipped stages of training, first to last: ``["50k", ..., "1000k"]``."""
    found = [name.removeprefix(f"{robot}_td3_") for name in available() if name.startswith(f"{robot}_td3_")]
    return sorted(found, key=lambda stage: int(stage.removesuffix("k")))


def load(robot: str = "halfcheetah", stage: str | None = None) -> Expert:
    """A robot's expert at a stage of its training (such as ``"50k"`` environment steps; default: the last).

    Raises ValueError, listing the available experts, if there is none of that name.
    """
    path = _file(robot, stage)
    weights = load_file(path)
    depth = len(weights) // 2
    return Expert(path.stem, [(weights[f"layers.{i}.kernel"], weights[f"layers.{i}.bias"]) for i in range(depth)])


def sha256(robot: str, stage: str) -> str:
    """Hash of a shipped expert's file; identifies the data made with it."""
    return hashlib.sha256(_file(robot, stage).read_bytes()).hexdigest()


def provenance() -> dict[str, dict]:
    """Where each shipped expert comes from, by name: settings, versions, seed and steps of its training, and what it
    earned over 20 episodes when it was chosen."""
    return json.loads((FOLDER / "provenance.json").read_text(encoding="utf-8"))


def averaged(expert: Expert, noise: float = 0.1, points: int = 100) -> Callable[[np.ndarray], np.ndarray]:
    """A policy that takes the average of the actions that are recorded when normal `noise` of this standard deviation
    is added to the expert's and the sum is clipped to [-1, 1]: at the bounds it is smaller than the expert's own.

    The average is over `points` quantiles of the noise.
    """
    quantiles = [NormalDist().inv_cdf((i + 0.5) / points) for i in range(points)]
    added = noise * np.array(quantiles, dtype=np.float32)[:, None, None]

    def act(observations: np.ndarray) -> np.ndarray:
        return np.clip(expert(observations) + added, -1, 1).mean(axis=0)  # (n, act_dim)

    return act


def measure(
    robot: str, stage: str, noise: float = 0.0, episodes: int = 20, seed: int = 1000, average: bool = False
) -> dict[str, float]:
    """What an expert earns in its environment over seeded episodes: ``mean``, ``std`` and ``worst`` of the returns, and
    the mean ``length`` in steps. `noise` is the standard deviation of the noise added to its actions; with `average`,
    the noisy actions' average is taken in each state, in place of one of them (`averaged`)."""
    from dt_helpers.data import simulate

    env = provenance()[_file(robot, stage).stem]["env"]
    policy: simulate.Policy = load(robot, stage)
    if average:
        policy, noise = averaged(load(robot, stage), noise), 0.0
    runs = simulate.roll_out(policy, env, episodes, noise=noise, seed=seed, progress=False)
    return {
        "episodes": episodes,
        "seed": seed,
        "mean": round(float(runs.returns.mean()), 1),
        "std": round(float(runs.returns.std()), 1),
        "worst": round(float(runs.returns.min()), 1),
        "length": round(float(runs.lengths.mean()), 1),
    }


def _file(robot: str, stage: str | None) -> Path:
    name = f"{robot}_td3_{stage or (stages(robot) or ['?'])[-1]}"
    path = FOLDER / f"{name}.safetensors"
    if not path.exists():
        raise ValueError(f"There is no expert {name!r}. Available: {', '.join(available())}.")
    return path
