"""What a model earned in several episodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dt_helpers import envs
from dt_helpers.machine.telling import short


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a model earned in several episodes."""

    env_name: str
    target_return: float  # the return-to-go at the first step, in the environment's units
    rewards: np.ndarray  # (episodes, steps) float64, 0 after an episode's end
    lengths: np.ndarray  # (episodes,) int64
    weights: str | None = None  # `fingerprint.of_weights` of the model
    seed: int | None = None  # of the first episode; the others' are the numbers after it
    sampled: bool = False  # whether choices were drawn by their probabilities

    @property
    def returns(self) -> np.ndarray:
        """Sum of the rewards, (episodes,)."""
        return self.rewards.sum(axis=1)

    @property
    def mean(self) -> float:
        return float(self.returns.mean())

    @property
    def std(self) -> float:
        return float(self.returns.std())

    @property
    def worst(self) -> float:
        return float(self.returns.min())

    @property
    def normalized_score(self) -> float | None:
        """D4RL's score of the mean return; None if D4RL does not have the environment."""
        return envs.normalized_score(self.env_name, self.mean)

    def __str__(self) -> str:
        score = f", D4RL score {self.normalized_score:.1f}" if self.normalized_score is not None else ""
        return (
            f"{self.env_name}, target return {short(self.target_return)}: mean return {short(self.mean)} ± "
            f"{short(self.std)} over {len(self.lengths)} episodes (worst {short(self.worst)}, mean length "
            f"{self.lengths.mean():.0f}{score})"
        )
