"""The experts that the package ships: small ReLU networks, trained with TD3, at several stages of their training.

Each turns observations (n, state_dim) into actions (n, act_dim) in [-1, 1].
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

FOLDER = Path(__file__).parent / "assets" / "experts"


@dataclass(frozen=True, eq=False)
class Expert:
    """A deterministic policy: two hidden layers with ReLU, tanh at the end."""

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


def load(robot: str = "halfcheetah", stage: str = "1000k") -> Expert:
    """The expert of a robot after a stage of training (``"50k"`` to ``"1000k"`` environment steps).

    Raises ValueError with the available ones if there is none of that name.
    """
    name = f"{robot}_td3_{stage}"
    path = FOLDER / f"{name}.safetensors"
    if not path.exists():
        raise ValueError(f"There is no expert {name!r}. Available: {', '.join(available())}.")
    weights = load_file(path)
    depth = len(weights) // 2
    return Expert(name, [(weights[f"layers.{i}.kernel"], weights[f"layers.{i}.bias"]) for i in range(depth)])
