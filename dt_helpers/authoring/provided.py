"""Make the trained models that come with the course: ``python -m dt_helpers.authoring.provided [model | model-mixed]``.

Notebook 06 uses them if none was trained. They are trained with the `quick` preset and stored in float16.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from dt_helpers import data, rollout, training
from dt_helpers.training.card import note_return

DATASETS = {"model": "halfcheetah-expert", "model-mixed": "halfcheetah-mixed"}  # folder in the assets -> trained on


def make(name: str, assets: Path = training.PROVIDED.parent, preset: str = "quick") -> None:
    """Train the model called `name`, measure it over 16 episodes, and save it with its card below `assets`."""
    trajectories = data.load(DATASETS[name])
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "model"
        model = training.train(trajectories, preset, output=output)
        target = float(np.quantile(trajectories.returns, 0.9))
        evaluation = rollout.evaluate(model, target_return=target, episodes=16, seed=100)
        print(evaluation)
        note_return(output, evaluation)
        model.half().save_pretrained(output)
        folder = assets / name
        folder.mkdir(parents=True, exist_ok=True)
        for file in ("config.json", "model.safetensors", "training.json", "README.md"):
            (folder / file).write_bytes((output / file).read_bytes())


if __name__ == "__main__":
    for chosen in sys.argv[1:] or DATASETS:
        make(chosen)
