"""Recordings from gym 0.21 with mujoco-py and MuJoCo 2.1, in `tests/data/mujoco210`: three robots, five seeds each.

Of each robot there are its bodies and, of each seed, where it began (`qpos`, `qvel`), 200 random actions, 201
observations (the first is the start's), rewards and terminations. They go on after a termination.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "data" / "mujoco210"
ROBOTS = ("HalfCheetah", "Hopper", "Walker2d")
SEEDS = range(5)


@dataclass(frozen=True, eq=False)
class Run:
    observations: np.ndarray  # (200, state_dim), after each step
    rewards: np.ndarray  # (200,)
    terminated: np.ndarray  # (200,) bool

    def differences(self, other: "Run") -> np.ndarray:
        """The largest difference in the observation after each step, (200,)."""
        return np.abs(self.observations - other.observations).max(axis=1)


def bodies(robot: str) -> dict[str, np.ndarray]:
    with np.load(FOLDER / f"{robot.lower()}_v3_bodies.npz") as file:
        return {name: file[name] for name in file.files}


def recorded(robot: str, seed: int) -> Run:
    with np.load(FOLDER / f"{robot.lower()}_v3_trajectories.npz") as file:
        return Run(file[f"observations_{seed}"][1:], file[f"rewards_{seed}"], file[f"terminated_{seed}"])


def replayed(env, robot: str, seed: int) -> Run:
    """The recorded actions from the recorded start, in a gymnasium environment."""
    with np.load(FOLDER / f"{robot.lower()}_v3_trajectories.npz") as file:
        start, actions = (file[f"qpos_{seed}"], file[f"qvel_{seed}"]), file[f"actions_{seed}"]
    env = env.unwrapped  # which goes on after a termination
    env.reset(seed=0)
    env.set_state(*start)
    steps = [env.step(action)[:3] for action in actions]
    return Run(*(np.array(column) for column in zip(*steps, strict=True)))
