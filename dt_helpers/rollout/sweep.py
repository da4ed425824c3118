"""Does a model earn the return that it is asked for? Many target returns, and what the model earned for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dt_helpers import rollout
from dt_helpers.data import asked
from dt_helpers.envs.door import Environment
from dt_helpers.workspace import replacing

if TYPE_CHECKING:
    from dt_helpers.model import DecisionTransformerModel


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a model earned for each of several target returns, and the returns in the data that it learned from."""

    evaluations: list[rollout.Evaluation]  # one per target
    data_returns: np.ndarray  # (E,), of the recorded episodes

    @property
    def best(self) -> float:
        """The highest return in the data."""
        return float(self.data_returns.max())

    @cached_property
    def episodes(self) -> pd.DataFrame:
        """One row per episode: ``target``, ``achieved``, ``length``."""
        return pd.concat(
            pd.DataFrame({"target": run.target_return, "achieved": run.returns, "length": run.lengths})
            for run in self.evaluations
        ).reset_index(drop=True)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per target: mean, standard deviation and worst of the achieved returns, mean and shortest length."""
        groups = self.episodes.groupby("target")
        achieved, length = groups["achieved"], groups["length"]
        return pd.DataFrame(
            {
                "episodes": achieved.size(),
                "mean": achieved.mean(),
                "std": achieved.std(ddof=0),
                "worst": achieved.min(),
                "mean_length": length.mean(),
                "shortest": length.min(),
            }
        ).reset_index()

    @property
    def rank_correlation(self) -> float:
        """Spearman's rank correlation of target and mean achieved return, over the targets up to the data's best:
        1 if a higher target always earns more on average, near 0 if the target does not matter.

        NaN if there are fewer than two such targets.
        """
        return self._spearman(self.table["target"], self.table["mean"])

    @property
    def episode_correlation(self) -> float:
        """The same over single episodes: stricter, since the spread within a target counts too."""
        return self._spearman(self.episodes["target"], self.episodes["achieved"])

    def _spearman(self, targets: pd.Series, achieved: pd.Series) -> float:
        attainable = targets <= self.best
        return float(targets[attainable].rank().corr(achieved[attainable].rank()))

    def to_csv(self, path: str | Path) -> Path:
        """Write the table, one line per target, and return the path."""
        path = Path(path)
        with replacing(path) as staged:
            self.table.round(2).to_csv(staged, index=False)
        return path

    def __str__(self) -> str:
        small = np.abs(self.data_returns).max() < 100

        def told(value: float) -> str:
            return f"{value:.3g}" if small else f"{value:,.0f}"

        lines = ["  target      mean ±   std     worst  length"]
        lines += [
            f"{told(row.target):>8}  {told(row.mean):>8} ± {told(row.std):>5}  {told(row.worst):>8}  "
            f"{row.mean_length:6.0f}"
            for row in self.table.itertuples()
        ]
        lines.append(
            f"rank correlation up to the data's best, {told(self.best)}: {self.rank_correlation:.2f} of the means, "
            f"{self.episode_correlation:.2f} of single episodes"
        )
        return "\n".join(lines)


def default_targets(data_returns: np.ndarray, count: int = 8) -> np.ndarray:
    """Returns of episodes in the data, and 1.2 times the best, rounded: `count` of them, or fewer if the data has fewer
    distinct ones.

    They are quantiles from the 5th to the 95th percentile, at least a twentieth of their range apart, as episodes of
    one policy differ by that much. Returns that no episode comes near, such as those between two stages of an expert,
    are left out: there is nothing to imitate.
    """
    best = data_returns.max()
    known = np.quantile(data_returns, np.linspace(0.05, 0.95, 2 * count - 3), method="nearest")
    apart = known[:1]
    for value in known:
        if value - apart[-1] >= 0.05 * np.ptp(known) > 0:
            apart = np.append(apart, value)
    evenly = np.linspace(0, len(apart) - 1, count - 1).round().astype(int)
    targets = np.append(apart[evenly], best + 0.2 * abs(best))
    unit = 10.0 ** (np.floor(np.log10(np.ptp(targets) or 1.0)) - 2)
    return np.unique(np.round(targets / unit) * unit)


def sweep(
    model: DecisionTransformerModel,
    data: asked.Source,
    env_name: Environment = "HalfCheetah-v5",
    targets: Sequence[float] | np.ndarray | None = None,
    episodes: int = 4,
    seed: int = 0,
    max_steps: int = 1000,
    progress: bool = True,
) -> Sweep:
    """Run `episodes` episodes for each of `targets`, all in parallel, with one forward pass per step.

    `targets` are by default `default_targets` of the returns in `data`, the dataset that the model was trained on. The
    i-th episode has the same start for every target. Raises ValueError as `rollout.evaluate` does.
    """
    returns = asked.opened(data).returns
    wanted = default_targets(returns) if targets is None else targets
    return Sweep(rollout.evaluate_targets(model, env_name, wanted, episodes, seed, max_steps, progress), returns)
