"""Make the trained model that comes with the course: ``python -m dt_helpers.authoring.provided``.

Notebook 06 uses it where notebook 05 was not run. It is the `quick` preset's, on `halfcheetah-expert`, in float16.
"""

import tempfile
from pathlib import Path

import numpy as np
import torch

from dt_helpers import data, rollout, training
from dt_helpers.card import note_return


def make(folder: Path = training.PROVIDED, preset: str = "quick") -> None:
    """Train, measure over 16 episodes, and save model and card to `folder`."""
    trajectories = data.load("halfcheetah-expert")
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "model"
        model = training.train(trajectories, preset, output=output)
        target = float(np.quantile(trajectories.returns, 0.9))
        evaluation = rollout.evaluate(model, target_return=target, episodes=16, seed=100)
        print(evaluation)
        note_return(output, evaluation)
        model.to(torch.float16).save_pretrained(output)
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("config.json", "model.safetensors", "training.json", "README.md"):
            (folder / name).write_bytes((output / name).read_bytes())


if __name__ == "__main__":
    make()
