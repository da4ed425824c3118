"""Datasets by name: from the cache, else from the Hub (the published ones), else rolled out by the course's experts."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from dt_helpers.data import cache, experts, hub, simulate
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.workspace import cache_dir

__all__ = ["PUBLISHED", "SETS", "Trajectories", "environment", "load"]


@dataclass(frozen=True)
class Recipe:
    """How a set is rolled out."""

    env: str
    robot: str  # whose experts they are
    stages: tuple[str, ...]  # environment steps that they were trained for; each rolls out as many episodes
    noise: float = 0.1  # standard deviation of what is added to their actions
    episodes: int = 200
    steps: int = 1000  # in each episode, at most


def _recipes(robot: str, env: str, medium: str, unmixed: tuple[str, ...] = ()) -> dict[str, Recipe]:
    """A robot's three sets: from the last stage of its training, from a middling one, from all but the `unmixed`."""
    every = tuple(experts.stages(robot))
    return {
        f"{robot}-expert": Recipe(env, robot, every[-1:]),
        f"{robot}-medium": Recipe(env, robot, (medium,)),
        f"{robot}-mixed": Recipe(env, robot, tuple(stage for stage in every if stage not in unmixed), episodes=600),
    }


# Names differ from D4RL's, so that nobody compares the scores.
SETS = {
    # This stage runs hardly better than 200k's: a model that is asked for one of both takes either.
    **_recipes("halfcheetah", "HalfCheetah-v5", medium="100k", unmixed=("400k",)),
    **_recipes("hopper", "Hopper-v5", medium="200k"),
    # This stage stumbles at any time, so that its runs earn anything, and a return does not tell that they are its own.
    **_recipes("walker2d", "Walker2d-v5", medium="250k", unmixed=("250k",)),
}

# https://huggingface.co/datasets/edbeeching/decision_transformer_gym_replay: D4RL v2, recorded with an older physics
PUBLISHED = tuple(f"{name.replace('mixed', 'medium-replay')}-v2" for name in SETS)


def environment(name: str) -> str:
    """The environment that a set comes from: of the -v5 ones for the course's own sets; of the -v3 ones, with the
    physics of their time, for the published. Raises ValueError for an unknown name."""
    if name in SETS:
        return SETS[name].env
    if name not in PUBLISHED:
        raise ValueError(_unknown(name))
    robots = {recipe.robot: recipe.env for recipe in SETS.values()}
    return robots[name.split("-")[0]].replace("-v5", "-v3")


def home(facts: ReplayFacts) -> str | None:
    """The environment that a model's data comes from; None where that isn't known."""
    name = facts.dataset
    return facts.env or (environment(name) if name is not None and name in (*SETS, *PUBLISHED) else None)


def load(
    name: str = "halfcheetah-expert",
    episodes: int | None = None,
    seed: int = 0,
    progress: bool = True,
    say: Callable[[str], object] = print,
    repository: str | None = None,
) -> Trajectories:
    """A dataset by name: one of SETS, which are rolled out on this machine, or of PUBLISHED, which the Hub has.

    With a `repository` of the Hub (``"ada/robots"``), the set of that name that `dt_helpers.data.push.push` put there.

    `episodes` is how many to roll out (by default what the set's recipe says), or how many of a published set's first
    ones to take (by default all); `seed` is that of the rollouts. Where a published set cannot be read, the course's
    own set of that kind takes its place, and its `name` is that of the course's own. What was used, and why, is told
    to `say`. Everything is kept in the cache (`$DT_CACHE`), memory-mapped; a damaged cache is made again.

    Raises ValueError for an unknown name or no episodes, and HubUnavailable if a repository's set cannot be read.
    """
    if episodes is not None and (type(episodes) is not int or episodes < 1):
        raise ValueError(f"episodes must be a whole number of at least 1, or None for all, not {episodes!r}.")
    if repository is not None:
        try:
            return _from_hub(name, hub.Place(repository), episodes, progress, say)
        except hub.HubUnavailable as error:
            raise hub.HubUnavailable(f"{name} could not be read from the Hub: {error.reason}.") from error
    if name in SETS:
        return _rolled_out(name, episodes, seed, progress, say)
    if name not in PUBLISHED:
        raise ValueError(_unknown(name))
    try:
        return _from_hub(name, hub.PUBLISHED, episodes, progress, say)
    except hub.HubUnavailable as error:
        own = name.removesuffix("-v2").replace("medium-replay", "mixed")
        say(
            f"{name} could not be read from the Hub: {error.reason}. The course's own {own} takes its place; "
            "its returns are not to be compared with published ones."
        )
        return _rolled_out(own, episodes, seed, progress, say)


def _rolled_out(name: str, episodes: int | None, seed: int, progress: bool, say: Callable) -> Trajectories:
    recipe = SETS[name]
    count = recipe.episodes if episodes is None else episodes
    policies = [experts.load(recipe.robot, stage) for stage in recipe.stages]
    weights = [experts.sha256(recipe.robot, stage) for stage in recipe.stages]
    settings = {**asdict(recipe), "stages": list(recipe.stages), "episodes": count}  # as JSON gives it back
    origin = {"source": "rollouts", **settings, "seed": seed, "expert_sha256": weights}
    key = name if (count, seed) == (recipe.episodes, 0) else f"{name}-{count}-episodes-seed-{seed}"

    def make() -> Trajectories:
        parts, first = [], 0
        for i, policy in enumerate(policies):
            share = count // len(policies) + (i < count % len(policies))
            if share:
                what = name if len(policies) == 1 else f"{name}, {policy.name}"
                parts.append(
                    simulate.roll_out(
                        policy, recipe.env, share, recipe.steps, recipe.noise, seed + first, progress, name=what
                    )
                )
            first += share
        return Trajectories.concatenate(parts, name)

    how = "rolled out with the course's own expert" + "s" * (len(policies) > 1)
    return _kept_or_made(name, key, origin, make, how, say)


def _from_hub(name: str, place: hub.Place, episodes: int | None, progress: bool, say: Callable) -> Trajectories:
    def make() -> Trajectories:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            rows = hub.read(name, Path(scratch), progress, place)
            try:
                return Trajectories.from_dataset(rows, name)
            except ValueError as error:
                raise hub.HubUnavailable(f"the file that it sent is not what it should be ({error})") from error

    repository = place.repository
    origin = {"source": "hub", "repository": repository, "name": name}
    key = name if place == hub.PUBLISHED else f"{repository.replace('/', '--')}--{name}"
    return _kept_or_made(name, key, origin, make, f"from the Hub ({repository})", say, episodes)


def _kept_or_made(
    name: str,
    key: str,
    origin: dict,
    make: Callable[[], Trajectories],
    how: str,
    say: Callable,
    first: int | None = None,
) -> Trajectories:
    """The dataset from the cache, else from `make` and then kept. `first`: only so many of its episodes."""
    folder = cache_dir() / "datasets" / key
    with cache.locked(folder, say):
        try:
            dataset = cache.find(folder, origin)
        except cache.Stale as reason:
            say(f"{name}: what the cache holds of it {reason}. It is made again.")
            dataset = None
        if dataset is not None:
            source = f"from the cache, {folder}"
        else:
            dataset = made = make().to_dataset()
            try:
                cache.keep(folder, made, origin)
                dataset = cache.find(folder, origin) or made
                source = f"{how}, since the cache had none, and kept in {folder}"
            except (OSError, cache.Stale) as error:
                source = f"{how}, and not kept in the cache ({error})"
    if first is not None and first < len(dataset):
        dataset = dataset.select(range(first))
    trajectories = Trajectories.from_dataset(
        dataset, name, env=environment(name) if name in (*SETS, *PUBLISHED) else None
    )
    say(
        f"{name}: {len(trajectories)} episodes, {trajectories.n_steps:,} steps, "
        f"mean return {trajectories.returns.mean():,.0f}; {source}."
    )
    return trajectories


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(str(name).lower(), [*SETS, *PUBLISHED], n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return (
        f"There is no dataset {name!r}.{hint} Rolled out on this machine: {', '.join(SETS)}. "
        f"Read from the Hub: {', '.join(PUBLISHED)}."
    )
