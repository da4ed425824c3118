"""Makes the frozen reference tensors from transformers' own model: `python -m dt_helpers.check.make_reference`."""

import json
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import save_file

from dt_helpers.check.exercises import exercise
from dt_helpers.check.whole_model import inputs
from dt_helpers.check.whole_model.watching import EMBEDDINGS, HEADS, watch

from .reference import FOLDER

SEED = 20221
BATCH, STEPS = 3, 4


def make() -> dict[str, torch.Tensor]:
    """Weights, a padded batch, what the model's parts pass to one another, and its predictions."""
    rng = np.random.default_rng(SEED)
    model = inputs.oracle(inputs.config())
    state = inputs.drawn_weights(model, rng)
    model.load_state_dict(state)
    batch = inputs.inputs(model.config, rng, BATCH, STEPS)
    with torch.no_grad():
        output, seen = watch(model, lambda: model(**batch, return_dict=True))

    stacked = seen["embed_ln.in"][0]  # (batch, 3K, hidden)
    tokens = stacked.reshape(BATCH, STEPS, 3, -1).unbind(dim=2)
    hidden = seen["encoder.out"][0]
    frozen = {f"weights.{name}": value for name, value in state.items()} | batch
    frozen |= {name: seen[f"{name}.out"][0] for name in EMBEDDINGS}
    frozen |= dict(zip(("timed_return", "timed_state", "timed_action"), tokens, strict=True))
    frozen |= {
        "stacked_inputs": stacked,
        "stacked_attention_mask": seen["encoder.attention_mask"][0],
        "last_hidden_state": hidden,
        "x": hidden.reshape(BATCH, STEPS, 3, -1).permute(0, 2, 1, 3),
    }
    frozen |= {name: getattr(output, name) for name in ("return_preds", "state_preds", "action_preds")}
    assert all(len(seen[f"{name}.in"]) == 1 for name in HEADS)
    (frozen["action_loss"],) = exercise("action_loss").oracle(
        output.action_preds, batch["actions"], batch["attention_mask"]
    )
    return {name: value.contiguous().clone() for name, value in frozen.items()}


def write(folder: Path = FOLDER) -> None:
    """Writes `model.safetensors` and `manifest.json` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(make(), folder / "model.safetensors")
    manifest = {
        "made by": "python -m dt_helpers.check.make_reference",
        "from": "transformers.DecisionTransformerModel",
        "versions": {"transformers": transformers.__version__, "torch": torch.__version__.partition("+")[0]},
        "seed": SEED,
        "config": inputs.SIZES,
        "batch": BATCH,
        "K": STEPS,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
    print(f"wrote {FOLDER}")
