"""What a student's own class earns: ``python benchmarks/own_models.py`` trains notebook 4's class, written in two right
ways and with one mistake each, as notebook 5 does, and lets each run in the replay's environment.

A right one of another style has to earn what the course's own class does, within the seeds' spread. Of the wrong ones,
those that take from an action's prediction what it needs, or give it what it will not have, earn visibly less. Others
cost nothing on this data, and the table says so.
"""

import argparse
import re
import time
from pathlib import Path

import numpy as np
from figures import Figure, report
from machine import describe

from dt_helpers import data, rollout, training
from dt_helpers.workspace import own

SCRIPT = Path(__file__).parent.parent / "solutions" / "decision_transformer" / "04_model.py"
NAME = "DecisionTransformerModel"
RIGHT = {
    "as in the solution": [],
    "another style": [
        ("return by_step.reshape(batch, 3 * K, hidden)", "return by_step.flatten(1, 2)"),
        (
            "return attention_mask.repeat_interleave(3, dim=1)",
            "return attention_mask[:, :, None].expand(-1, -1, 3).flatten(1)",
        ),
        ("after_state, after_action = x[:, 1], x[:, 2]", "_, after_state, after_action = x.unbind(1)"),
    ],
}
WRONG = {
    "mask ignored": [
        ("return attention_mask.repeat_interleave(", "return torch.ones_like(attention_mask).repeat_interleave(")
    ],
    "time forgotten": [("_embeddings + time_embeddings", "_embeddings")],
    "order s, R, a": [
        ("([returns_embeddings, state_embeddings, action", "([state_embeddings, returns_embeddings, action")
    ],
    "not normalised": [("encode(self.embed_ln(x),", "encode(x,")],
    "action read at the return's token": [("predict_action(after_state)", "predict_action(x[:, 0])")],
    "action read at its own token": [("predict_action(after_state)", "predict_action(after_action)")],
    "kinds one after another": [("dim=2)  # (batch, K, 3, hidden)", "dim=1)")],
}


def source(changes: list[tuple[str, str]]) -> str:
    """Notebook 4's imports, functions and class, with these changes. ValueError for one that changes nothing."""
    cells = re.split(r"^# %%.*$", SCRIPT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = "\n".join(
        cell for cell in cells if "### BEGIN SOLUTION" in cell or re.search(r"^import torch$", cell, re.MULTILINE)
    )
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{SCRIPT.name} does not hold {old!r}.")
        text = text.replace(old, new)
    return text


def architecture(name: str, changes: list[tuple[str, str]], folder: Path) -> type:
    """The class as notebook 5 finds it: kept as source."""
    path = folder / f"{re.sub('[^a-z]+', '_', name)}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source(changes), encoding="utf-8")
    return own.read(path, NAME)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--episodes", type=int, default=8)
    parser.add_argument("--steps", type=int, default=1000, help="of each episode")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--recorded", type=int, default=None, help="episodes of the dataset; default: all")
    parser.add_argument("--output", default="output/own_models", help="folder for the models")
    args = parser.parse_args()
    print(describe())
    expert = data.load("halfcheetah-expert", episodes=args.recorded)
    target = float(np.quantile(expert.returns, 0.9))
    classes: dict[str, type | None] = {"the course's own": None}
    folder = Path(args.output)
    for name, changes in (RIGHT | WRONG).items():
        classes[name] = architecture(name, changes, folder / "functions")
    rows = [f"| class | returns by training seed | mean | of the data's {expert.returns.mean():.0f} | CPU |"]
    rows += ["| --- | --- | --- | --- | --- |"]
    earned: dict[str, np.ndarray] = {}
    for name, cls in classes.items():
        begin, means = time.process_time(), []
        for seed in range(args.seeds):
            settings = training.preset(args.preset)
            model = training.train(expert, settings, folder / f"{name} {seed}", seed, resume=False, architecture=cls)
            run = rollout.evaluate(
                model, "HalfCheetah-v5", target, args.episodes, seed=100, max_steps=args.steps, progress=False
            )
            means.append(run.mean)
        earned[name] = np.array(means)
        each, mean = ", ".join(f"{value:.0f}" for value in means), np.mean(means)
        share = mean / expert.returns.mean()
        rows.append(f"| {name} | {each} | {mean:.0f} | {share:.1%} | {time.process_time() - begin:.0f} s |")
    print("\n".join(["", *rows]))
    ours = earned["the course's own"].mean()
    least = min(earned[name].mean() for name in RIGHT) / ours
    most = 1 - min(earned[name].mean() for name in WRONG) / ours
    options = {"unit": "of the course's own", "more_is_better": True}
    said = "see the table: others lose nothing on this data"
    report(
        Figure("own classes: a right one", measured=[least], bar=0.97, note="the poorest", **options),
        Figure("own classes: what the costliest mistake loses", measured=[most], bar=0.1, note=said, **options),
    )


if __name__ == "__main__":
    main()
