"""The model card that is saved beside a trained model, and pushed with it: text, and what the Hub reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.torch import load_file

from dt_helpers import data
from dt_helpers.data import hub
from dt_helpers.machine import released
from dt_helpers.machine.telling import tell
from dt_helpers.training import fingerprint, runs, saved
from dt_helpers.workspace import replacing

if TYPE_CHECKING:
    from huggingface_hub import EvalResult, ModelCardData

COURSE = "decision-transformer-course"  # the card's own entry for the Hub, and a tag
RETURN = "mean_reward"  # what the Hub calls a mean return
FILM = "replay.mp4"  # the Hub shows a film of that name
CARD = """---
{metadata}
---

# Decision Transformer trained on `{dataset}`

Made with the [Decision Transformer course](https://github.com/{address}), version {version}. It predicts the next
action from the last {context_length} steps of returns-to-go, states and actions; states are normalised with
`state_mean` and `state_std` of `config.json`, returns-to-go are divided by `return_scale`.

## What it earns

{returns}

## How it was trained

| setting | value |
| --- | --- |
{settings}
"""
UNMEASURED = "Not measured yet: `dt_helpers.rollout.evaluate` does, and `card.note_return` writes it here."
AGAIN = """Episode i begins with the seed {seed} + i. To measure it again:

```python
from dt_helpers import rollout, training

model = training.load("{repository}")
rollout.evaluate(model, "{env}", {target_return!r}, episodes={episodes}, seed={seed}, max_steps={max_steps}{sample})
```

The same libraries on the same kind of machine give the same returns. Elsewhere rounding differs, and single episodes
may come out differently."""


def write_card(folder: Path, repository: str | None = None, film: bool = False, kept: dict | None = None) -> None:
    """Write ``README.md`` from ``training.json`` and, where there is one, ``evaluation.json``.

    For a `repository` on the Hub it says how to measure the model there again, and shows the `film`. `kept`: entries
    for the Hub that stay, such as a licence, unless the card has its own.
    """
    facts, measured = _read(folder / saved.FACTS), measurement(folder)
    returns = measured.get("text", UNMEASURED)
    if repository is not None and "seed" in measured:
        sample = ", sample=True" if measured["sampled"] else ""
        again = {**measured, "episodes": len(measured["returns"]), "repository": repository, "sample": sample}
        returns += "\n\n" + AGAIN.format_map(again)
    if film:
        returns += f"\n\n[One of its episodes]({FILM}), filmed."
    about = _metadata(facts, measured)
    for name, value in (kept or {}).items():
        if about.get(name) is None and name != "model-index":
            about[name] = value
    text = CARD.format(
        metadata=about.to_yaml().strip(),
        dataset=facts["dataset"],
        address=released.REPOSITORY,
        version=_version(facts),
        context_length=facts["context_length"],
        settings="\n".join(f"| {key} | {value} |" for key, value in facts.items() if key != runs.IDENTITY),
        returns=returns,
    )
    with replacing(folder / saved.CARD) as staged:
        staged.write_text(text, encoding="utf-8")


def measurement(folder: Path) -> dict[str, Any]:
    """What `note_return` has noted in a model's folder; {} if nothing. With a ``"seed"`` it can be repeated."""
    path = folder / saved.EVALUATION
    return _read(path) if path.exists() else {}


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
    noted: dict[str, Any] = {"text": str(evaluation), "returns": evaluation.returns.tolist()}
    if evaluation.seed is not None:
        noted |= {
            "env": evaluation.env_name,
            "target_return": evaluation.target_return,
            "seed": int(evaluation.seed),
            "max_steps": evaluation.rewards.shape[1],
            "sampled": evaluation.sampled,
        }
    with replacing(place / saved.EVALUATION) as staged:
        staged.write_text(json.dumps(noted), encoding="utf-8")
    write_card(place)


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def _version(facts: dict) -> str:
    """The course's version that trained the model; where it wasn't noted, this one."""
    return facts.get("course", released.VERSION)


def _metadata(facts: dict, measured: dict) -> ModelCardData:
    """What the Hub reads: tags, the dataset if the Hub has it, what was measured; the rest is in the course's entry."""
    from huggingface_hub import ModelCardData

    own: dict[str, Any] = {
        "version": _version(facts),
        **{name: facts.get(name) for name in ("dataset", "preset", "steps", "seed")},
    }
    tags = ["decision-transformer", "offline-reinforcement-learning", "reinforcement-learning", "gymnasium", COURSE]
    entries: dict[str, Any] = {COURSE: {name: value for name, value in own.items() if value is not None}}
    if "seed" in measured:
        tags.append(measured["env"])
        entries |= {"model_name": "Decision Transformer", "eval_results": [_result(measured)]}
    return ModelCardData(
        library_name="transformers",
        pipeline_tag="reinforcement-learning",
        tags=tags,
        datasets=[hub.PUBLISHED.repository] if facts["dataset"] in data.PUBLISHED else None,
        **entries,
    )


def _result(measured: dict) -> EvalResult:
    from huggingface_hub import EvalResult

    returns = np.array(measured["returns"])
    names = ("seed", "target_return", "max_steps", "sampled", "returns")
    return EvalResult(
        task_type="reinforcement-learning",
        task_name="reinforcement-learning",
        dataset_type=measured["env"],
        dataset_name=measured["env"],
        metric_type=RETURN,
        metric_name=RETURN,
        metric_value=f"{returns.mean():.6g} +/- {returns.std():.6g}",  # as the Hub's tables of robots have it
        metric_args={"episodes": len(returns), **{name: measured[name] for name in names}},
    )
