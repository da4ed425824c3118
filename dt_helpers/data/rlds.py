"""RLDS's episodes, lists of steps (https://github.com/google-research/rlds), as the columns that are read elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dt_helpers.data import columns

STEPS = "steps"
OURS = {"observation": "observations", "action": "actions", "reward": "rewards"}
LEFT_OUT = "the last step of each episode (is_last) holds only the observation after the end: it is left out"


def holds(episode: object) -> bool:
    return isinstance(episode, Mapping) and STEPS in episode and not {*OURS, *OURS.values()} & set(episode)


def columns_of(episodes: Sequence[Mapping], rename: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each episode's columns, without its last step, in which RLDS has no action and no reward; `dones` where the
    state after a step is terminal. What `rename` names keeps its name.

    Raises ValueError if a last step has no ``is_last``, or has a reward.
    """
    found = [_stacked(episode[STEPS]) for episode in episodes]
    paid = 0
    for number, steps in enumerate(found):
        last = columns.flags(columns.array(steps.pop("is_last", np.zeros(1)), "is_last"), "is_last")
        if not last[-1] or last[:-1].any():
            raise ValueError(
                f"Each RLDS episode must end with a step that holds only the observation after the end, the one with "
                f"`is_last`; in episode {number} {'another step has it' if last.any() else 'no step has it'}. Pass a "
                "list of dicts with observations, actions, rewards and dones."
            )
        reward = next((name for name in steps if name == "reward" or rename.get(name) == "rewards"), "reward")
        paid += bool(np.any(columns.array(steps[reward], reward)[-1])) if reward in steps else 0
    if paid:
        raise ValueError(
            f"RLDS's last step (is_last) holds only the observation after the end, but its reward is not 0 in {paid} "
            f"of {len(found)} episodes. If its action was carried out, pass a list of dicts with observations, "
            "actions, rewards and dones; if not, set that reward to 0, or add it to that of the step before."
        )
    return [_without_last(steps, rename) for steps in found]


def _without_last(steps: dict, rename: Mapping[str, str]) -> dict[str, Any]:
    ours = {
        name if name in rename else OURS.get(name, name): _each(values, slice(-1)) for name, values in steps.items()
    }
    if "is_terminal" in steps and "is_terminal" not in rename:
        ours["dones"] = np.asarray(steps["is_terminal"])[1:]
    return {name: values for name, values in ours.items() if name not in ("is_first", "is_terminal", "discount")}


def _each(values, part: slice):
    return {name: _each(inner, part) for name, inner in values.items()} if isinstance(values, Mapping) else values[part]


def _stacked(steps) -> dict[str, Any]:
    """Steps as columns: a list of dicts, or what can be walked through like one, or a dict of columns."""
    if isinstance(steps, Mapping):
        return {name: _stacked(inner) if isinstance(inner, Mapping) else inner for name, inner in steps.items()}
    steps = list(steps)
    if not steps or not isinstance(steps[0], Mapping):
        raise ValueError("`steps` must be a list of dicts, one per step, as in RLDS, with at least one step.")
    return {
        name: _stacked([step[name] for step in steps])
        if isinstance(steps[0][name], Mapping)
        else [step[name] for step in steps]
        for name in steps[0]
    }
