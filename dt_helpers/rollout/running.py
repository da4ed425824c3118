"""The command line's default environment and target return for an agent, and how it measures the agent."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import numpy as np

from dt_helpers import data
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.envs import door
from dt_helpers.machine.telling import tell
from dt_helpers.rollout import evaluate, short
from dt_helpers.rollout.robots import Robot

if TYPE_CHECKING:
    from dt_helpers.data import Trajectories
    from dt_helpers.model import TrainableDT
    from dt_helpers.training import Settings


def environment(agent: TrainableDT, env: str | None) -> str:
    """The environment to run in: `env`, or the one that the agent's data comes from. ValueError if it isn't known."""
    facts = ReplayFacts.of(agent.config)
    home = env or data.home(facts)
    if home is None:
        raise ValueError(
            f"The model learned from {facts.dataset!r}, whose environment is not known: name it with --env ID."
            if facts.dataset
            else "The model doesn't say what it learned from (config.dataset): name its environment with --env ID."
        )
    return home


def recordings(agent: TrainableDT) -> str:
    """The name of the dataset that the agent learned from. ValueError if the course doesn't have it."""
    name = ReplayFacts.of(agent.config).dataset
    if name not in (*data.SETS, *data.PUBLISHED):
        raise ValueError(
            f"The model learned from {name!r}, which is not a dataset of the course: name its file with --data FILE."
            if name
            else "The model doesn't say what it learned from (config.dataset): name its data with --data NAME or FILE."
        )
    return name


def require_fit(recorded: Trajectories, env: str, settings: Settings) -> None:
    """Before a run: ValueError if what it will make from these recordings can't act in `env`."""
    from dt_helpers import training
    from dt_helpers.collator import DecisionTransformerGymDataCollator

    model = training.make_model(DecisionTransformerGymDataCollator(recorded, scale=None, max_ep_len=None), settings)
    with ExitStack() as stack:
        (opened,) = door.open_all(env, 1, stack)
        Robot(opened, model.config, ReplayFacts.of(model.config)).reset(seed=0)


def target(agent: TrainableDT) -> float:
    """A return that a tenth of the episodes in the agent's data exceed. ValueError if it isn't known."""
    facts = ReplayFacts.of(agent.config)
    known = facts.target_return
    if known is None:
        if facts.dataset is None:
            raise ValueError(
                "Neither the model nor its data says which return to ask for: set it with --target-return."
            )
        known = float(np.quantile(data.load(facts.dataset).returns, 0.9))
    shown = f"{known:,.4g}" if abs(known) < 100 else f"{known:,.0f}"
    tell(f"Asking for a return of {shown}, which a tenth of the episodes in the data exceed.")
    return known


def beside_a_clone(agent: TrainableDT, recorded: Trajectories, env: str, settings: Settings, seed: int = 0) -> None:
    """Measure an agent in `env`, and for comparison a behaviour clone of the same data."""
    from dt_helpers import training

    episodes = 2 if settings.preset == "ci" else 8
    asked = target(agent)
    tell(evaluate(agent, env, asked, episodes, seed))
    clone = training.clone(recorded, steps=300 if settings.preset == "ci" else 5_000, seed=seed)
    cloned = evaluate(clone, env, asked, episodes, seed)
    tell(
        f"A clone of the same data, which gets no target return, earns {short(cloned.mean)} ± "
        f"{short(cloned.std)}; the recorded episodes earned {short(float(recorded.returns.mean()))} on average."
    )
