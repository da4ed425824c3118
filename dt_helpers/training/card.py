"""The model card that is saved beside a trained model."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors.torch import load_file

from dt_helpers.machine.telling import tell
from dt_helpers.training import fingerprint, runs, saved
from dt_helpers.workspace import replacing

CARD = """---
library_name: transformers
tags: [decision-transformer, offline-reinforcement-learning, gymnasium]
---

# Decision Transformer trained on `{dataset}`

Made with the Decision Transformer course. It predicts the next action from the last {context_length} steps of
returns-to-go, states and actions; states are normalised with `state_mean` and `state_std` of `config.json`,
returns-to-go are divided by `return_scale`.

| setting | value |
| --- | --- |
{settings}

## What it earns

{returns}
"""
UNMEASURED = "Not measured yet: `dt_helpers.rollout.evaluate` does, and `card.note_return` writes it here."


def write_card(folder: Path) -> None:
    """Write ``README.md`` from ``training.json`` and, where there is one, ``evaluation.json``."""
    facts = json.loads((folder / saved.FACTS).read_text(encoding="utf-8"))
    evaluation = folder / saved.EVALUATION
    returns = json.loads(evaluation.read_text(encoding="utf-8"))["text"] if evaluation.exists() else UNMEASURED
    table = "\n".join(f"| {key} | {value} |" for key, value in facts.items() if key != runs.IDENTITY)
    text = CARD.format(
        dataset=facts["dataset"], context_length=facts["context_length"], settings=table, returns=returns
    )
    with replacing(folder / saved.CARD) as staged:
        staged.write_text(text, encoding="utf-8")


def note_return(folder: Path, evaluation) -> None:
    """Add a measured `dt_helpers.rollout.Evaluation` to the card of the model that was trained into `folder`.

    Where no model was trained there is no card, and nothing happens. What another model earned, such as one that was in
    the folder before, is not written to it; a line says so.
    """
    place = saved.place(folder)
    if not (place / saved.FACTS).exists():
        return
    measured = evaluation.weights
    if measured is not None and measured != fingerprint.of_weights(load_file(place / saved.WEIGHTS)):
        tell(f"The card of {folder} stays as it is: the model that was measured is not the one in that folder.")
        return
    with replacing(place / saved.EVALUATION) as staged:
        measured = {"text": str(evaluation), "returns": evaluation.returns.tolist()}
        staged.write_text(json.dumps(measured), encoding="utf-8")
    write_card(place)
