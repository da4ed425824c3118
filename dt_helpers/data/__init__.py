"""Datasets by name: from the cache, from the Hub (the published ones) or rolled out by the course's experts."""

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
    """How a dataset is rolled out."""

    env: str
    robot: str  # whose experts act
    stages: tuple[str, ...]  # environment steps of training; each stage rolls out the same number of episodes
    noise: float = 0.1  # standard deviation of the noise added to their actions
    episodes: int = 200
    steps: int = 1000  # per episode, at most


def _recipes(robot: str, env: str, medium: str, unmixed: tuple[str, ...] = ()) -> dict[str, Recipe]:
    """A robot's three datasets: by the expert's last stage of training, by a middling one, by all but the `unmixed`.

    Raises ValueError if the robot has no shipped expert, or none at a stage that is named.
    """
    every = tuple(experts.stages(robot))
    if not every:
        raise ValueError(
            f"{robot!r} has no shipped expert to roll out its datasets; {', '.join(experts.robots())} have. "
            f"Take it out of SETS until it has: `make experts ROBOTS={robot}` trains it, "
            f"`.venv/bin/python experts/ship.py {robot} 100k 300k` ships two of its stages."
        )
    if missing := sorted({medium, *unmixed} - set(every)):
        raise ValueError(
            f"{robot!r} has no shipped expert at {', '.join(missing)}. "
            f"`medium` and `unmixed` are stages of it: {', '.join(every)}."
        )
    return {
        f"{robot}-expert": Recipe(env, robot, every[-1:]),
        f"{robot}-medium": Recipe(env, robot, (medium,)),
        f"{robot}-mixed": Recipe(env, robot, tuple(stage for stage in every if stage not in unmixed), episodes=600),
    }


# The names differ from D4RL's so that nobody compares the scores.
SETS = {
    # 400k runs hardly better than 200k: a model asked for the return of one may imitate the other.
    **_recipes("halfcheetah", "HalfCheetah-v5", medium="100k", unmixed=("400k",)),
    **_recipes("hopper", "Hopper-v5", medium="200k"),
    # 250k stumbles at any time: its returns vary so much that a return does not identify this stage.
    **_recipes("walker2d", "Walker2d-v5", medium="250k", unmixed=("250k",)),
}

# https://huggingface.co/datasets/edbeeching/decision_transformer_gym_replay: D4RL v2, recorded with older physics
PUBLISHED = tuple(
    f"{robot}-{kind}-v2"
    for robot in ("halfcheetah", "hopper", "walker2d")
    for kind in ("expert", "medium", "medium-replay")
)


def environment(name: str) -> str:
    """The environment that a dataset comes from: a -v5 one for the course's own datasets, a -v3 one, with the physics
    of its time, for the published ones. Raises ValueError for an unknown name."""
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
    """A dataset by name: one of SETS, which are rolled out on this machine, or of PUBLISHED, which are on the Hub.

    With a `repository` on the Hub (``"ada/robots"``): the dataset of that name that `data.push.push` uploaded to it.

    `episodes` is the number to roll out (default: the recipe's), or the number to take from the start of a published
    dataset (default: all); `seed` is the seed of the rollouts. If a published dataset cannot be read, the course's own
    dataset of that kind is returned, under its own `name`. `say` gets a line that states what was used and why.
    Everything is cached in `$DT_CACHE` and memory-mapped; a damaged cache is rebuilt.

    Raises ValueError for an unknown name or no episodes, and HubUnavailable if the `repository` cannot be read.
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
            "do not compare its returns with published ones."
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
                raise hub.HubUnavailable(f"the file that it sent is not a dataset of episodes ({error})") from error

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
    """The dataset from the cache, else from `make`, then cached. `first`: take only that many episodes."""
    folder = cache_dir() / "datasets" / key
    with cache.locked(folder, say):
        try:
            dataset = cache.find(folder, origin)
        except cache.Stale as reason:
            say(f"{name}: the cached copy {reason}. It is rebuilt.")
            dataset = None
        if dataset is not None:
            source = f"from the cache, {folder}"
        else:
            dataset = made = make().to_dataset()
            try:
                cache.keep(folder, made, origin)
                dataset = cache.find(folder, origin) or made
                source = f"{how} and cached in {folder}"
            except (OSError, cache.Stale) as error:
                source = f"{how}, but not cached ({error})"
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
