"""The environment of the check: small, determined by its seed, and paid for state and action: so each slip shows."""

from dataclasses import dataclass

import numpy as np

from dt_helpers.check.engine.exercise import Maker
from dt_helpers.check.engine.faces import Environment

PATIENCE = 6  # steps after `max_steps`, after which an episode that nobody ended is truncated
CLOSE = 1e-2  # actions that differ by more are others: far more than rounding, which is looked at later
END = 40  # steps after `max_steps`, after which nothing can be done any more


@dataclass(frozen=True, eq=False)
class World(Maker):
    """What an environment is made from; each call makes one."""

    max_steps: int
    scale: float  # a step earns up to about twice this
    mean: np.ndarray  # (state_dim,), of the observations
    std: np.ndarray  # (state_dim,)
    drift: np.ndarray  # (state_dim, state_dim)
    push: np.ndarray  # (state_dim, act_dim)
    pay: np.ndarray  # (1 + state_dim + act_dim,): in any case, for the state, for the action
    terminated_at: int | None = None  # steps
    truncated_at: int | None = None
    dtype: str = "float64"  # of the observations
    from_the_mean: bool = False  # the first observation is the mean, so that its normalised state is all 0
    unpaid_from: int | None = None  # steps from this one on earn 0

    @property
    def ends_after(self) -> int:
        """Steps of an episode."""
        return min(end for end in (self.max_steps, self.terminated_at, self.truncated_at) if end is not None)

    def __call__(self, like=None) -> Environment:
        run = _Run(self, like)
        facts = {"state_dim": len(self.mean), "act_dim": self.push.shape[1]}
        return Environment(facts, run.answer, run)


class Departed(RuntimeError):
    """Another action was carried out than in the episode that this one is compared with."""


def _same(theirs: list[np.ndarray], action: np.ndarray) -> bool:
    return len(theirs) == 1 and bool((np.abs(theirs[0] - action) < CLOSE).all())


class _Run:
    """One environment, and the actions that it was given."""

    def __init__(self, world: World, like: "_Run | None" = None):
        self.world = world
        self.others = None if like is None else like.actions
        self.state: np.ndarray | None = None  # (state_dim,), about normal
        self.time = self.resets = 0
        self.actions: list[np.ndarray] = []
        self.observations: list[np.ndarray] = []  # since the last reset
        self.rewards: list[float] = []

    def answer(self, method: str, *given):
        return {"reset": self.reset, "step": self.step}[method](*given)

    def seen(self) -> tuple:
        """All actions (steps, act_dim)."""
        return (np.array(self.actions).reshape(-1, self.world.push.shape[1]),)

    def reset(self, seed):
        if seed is not None and (not isinstance(seed, int | np.integer) or seed < 0):
            raise ValueError(f"a seed is a whole number from 0 up, not {seed!r:.60}")
        self.resets += 1
        start = 0.5 + self.resets if seed is None else 0.25 + seed % 9973
        self.state, self.time = np.sin(start * np.arange(1, len(self.world.mean) + 1)), 0
        if self.world.from_the_mean and seed is not None:
            self.state = 0 * self.state
        self.observations = []
        return self._observation(), {}

    def step(self, action):
        world = self.world
        if self.state is None:
            raise RuntimeError("Cannot call env.step() before calling env.reset()")
        action = np.array(action, dtype=np.float64)
        if action.shape != world.push.shape[1:]:
            raise ValueError(f"Action dimension mismatch. Expected {world.push.shape[1:]}, found {action.shape}")
        if len(self.actions) >= world.max_steps + END:
            raise RuntimeError(f"{len(self.actions)} steps were taken, and max_steps is {world.max_steps}")
        if self.others is not None and not _same(self.others[len(self.actions) : len(self.actions) + 1], action):
            raise Departed
        self.actions.append(action)
        self.time += 1
        self.state = np.tanh(world.drift @ self.state + world.push @ action)
        reward = float(world.scale * world.pay @ np.concatenate([[1.0], self.state, action]))
        if world.unpaid_from is not None and self.time >= world.unpaid_from:
            reward = 0.0
        self.rewards.append(reward)
        terminated = world.terminated_at is not None and self.time >= world.terminated_at
        late = world.max_steps + PATIENCE if world.truncated_at is None else world.truncated_at
        return self._observation(), reward, terminated, self.time >= late, {}

    def _observation(self) -> np.ndarray:
        assert self.state is not None
        observation = (self.world.mean + self.world.std * self.state).astype(self.world.dtype)
        self.observations.append(observation)
        return observation.copy()


def drawn(rng, max_steps, scale, mean, std, act_dim, pays, **others) -> World:
    """A world with these numbers and any dynamics; `pays`: what a step earns on average, in scaled units. `others` are
    fields of World."""
    state_dim = len(mean)
    return World(
        max_steps,
        scale,
        mean,
        std,
        drift=rng.normal(size=(state_dim, state_dim)) * 0.7 / np.sqrt(state_dim),
        push=rng.choice([-1, 1], (state_dim, act_dim)) * rng.uniform(0.5, 1, (state_dim, act_dim)) / act_dim,
        pay=np.concatenate([[0.5 * pays], rng.uniform(0.1, 0.3, state_dim + act_dim)]),
        **others,
    )
