"""What the command line takes for its data, its environment and its target, and how an agent is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dt_helpers.telling import tell

if TYPE_CHECKING:
    from dt_helpers.data import Trajectories
    from dt_helpers.model import TrainableDT
    from dt_helpers.training import Settings


def dataset(
    name: str, horizon: int | None = None, key: str | None = None, rename: list[str] | None = None, **how
) -> Trajectories:
    """A set of the course's or the published ones by its name, or whatever `data.formats.open` reads. `rename` has
    pairs such as ``obs=observations``."""
    from dt_helpers import data
    from dt_helpers.data import formats

    if not formats.is_file(name):
        return data.load(name, **how)
    if wrong := [pair for pair in rename or () if pair.count("=") != 1]:
        raise ValueError(f"--rename takes pairs such as obs=observations, not {wrong[0]!r}.")
    given: dict[str, Any] = {"horizon": horizon, "key": key, "rename": dict(pair.split("=") for pair in rename or ())}
    return formats.open(name, **{option: value for option, value in given.items() if value})


def environment(agent: TrainableDT, env: str | None) -> str:
    """The environment to run in: `env`, or the one that the agent's data comes from. ValueError if that isn't known."""
    from dt_helpers import data
    from dt_helpers.data.replay_facts import ReplayFacts

    facts = ReplayFacts.of(agent.config)
    home = env or data.home(facts)
    if home is None:
        raise ValueError(
            f"The model learned from {facts.dataset!r}; which environment that is of is not known: --env ID says so."
        )
    return home


def target(agent: TrainableDT) -> float:
    """A return that a tenth of the episodes in the agent's data exceed."""
    from dt_helpers import data
    from dt_helpers.data.replay_facts import ReplayFacts

    facts = ReplayFacts.of(agent.config)
    known = facts.target_return
    if known is None:
        if facts.dataset is None:
            raise ValueError("Neither the model nor its data says which return to ask for: --target-return does.")
        known = float(np.quantile(data.load(facts.dataset).returns, 0.9))
    shown = f"{known:,.4g}" if abs(known) < 100 else f"{known:,.0f}"
    tell(f"Asking for a return of {shown}, which a tenth of these episodes exceed.")
    return known


def beside_a_clone(agent: TrainableDT, data: Trajectories, env: str, settings: Settings, seed: int = 0) -> None:
    """Measure an agent in `env`, and what plain cloning of the same data earns there: the yardstick."""
    from dt_helpers import rollout, training

    episodes = 2 if settings.preset == "ci" else 8
    asked = target(agent)
    tell(rollout.evaluate(agent, env, asked, episodes, seed))
    clone = training.clone(data, steps=300 if settings.preset == "ci" else 5_000, seed=seed)
    cloned = rollout.evaluate(clone, env, asked, episodes, seed)
    tell(
        f"A clone of the same data, which hears no target, earns {rollout.short(cloned.mean)} ± "
        f"{rollout.short(cloned.std)}; the recorded episodes {rollout.short(float(data.returns.mean()))} on average."
    )
