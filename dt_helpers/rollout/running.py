"""What the command line takes for an agent's environment and target, and how it measures the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dt_helpers import data
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.rollout import evaluate, short
from dt_helpers.telling import tell

if TYPE_CHECKING:
    from dt_helpers.data import Trajectories
    from dt_helpers.model import TrainableDT
    from dt_helpers.training import Settings


def environment(agent: TrainableDT, env: str | None) -> str:
    """The environment to run in: `env`, or the one that the agent's data comes from. ValueError if that isn't known."""
    facts = ReplayFacts.of(agent.config)
    home = env or data.home(facts)
    if home is None:
        raise ValueError(
            f"The model learned from {facts.dataset!r}; which environment that is of is not known: --env ID says so."
        )
    return home


def target(agent: TrainableDT) -> float:
    """A return that a tenth of the episodes in the agent's data exceed."""
    facts = ReplayFacts.of(agent.config)
    known = facts.target_return
    if known is None:
        if facts.dataset is None:
            raise ValueError("Neither the model nor its data says which return to ask for: --target-return does.")
        known = float(np.quantile(data.load(facts.dataset).returns, 0.9))
    shown = f"{known:,.4g}" if abs(known) < 100 else f"{known:,.0f}"
    tell(f"Asking for a return of {shown}, which a tenth of these episodes exceed.")
    return known


def beside_a_clone(agent: TrainableDT, recorded: Trajectories, env: str, settings: Settings, seed: int = 0) -> None:
    """Measure an agent in `env`, and what plain cloning of the same data earns there: the yardstick."""
    from dt_helpers import training

    episodes = 2 if settings.preset == "ci" else 8
    asked = target(agent)
    tell(evaluate(agent, env, asked, episodes, seed))
    clone = training.clone(recorded, steps=300 if settings.preset == "ci" else 5_000, seed=seed)
    cloned = evaluate(clone, env, asked, episodes, seed)
    tell(
        f"A clone of the same data, which hears no target, earns {short(cloned.mean)} ± "
        f"{short(cloned.std)}; the recorded episodes {short(float(recorded.returns.mean()))} on average."
    )
