import numpy as np
import pandas as pd
import pytest

from dt_helpers.rollout import Evaluation, sweep
from tests.conftest import make_trajectories


def made_up(achieved: dict[float, list[float]], best: float) -> sweep.Sweep:
    """A sweep in which every episode has one step, with the given returns for each target."""
    runs = [
        Evaluation("HalfCheetah-v5", target, np.array(returns)[:, None], np.ones(len(returns), int))
        for target, returns in achieved.items()
    ]
    return sweep.Sweep(runs, np.array([0.0, best]))


def test_the_table_has_a_row_for_each_target():
    result = made_up({100: [10.0, 30.0], 200: [50.0, 70.0]}, best=150)
    assert result.table.to_dict("list") == {
        "target": [100, 200], "episodes": [2, 2], "mean": [20, 60], "std": [10, 10], "worst": [10, 50],
        "mean_length": [1, 1], "shortest": [1, 1],
    }  # fmt: skip
    assert result.best == 150


def test_the_rank_correlation_handles_ties_and_leaves_targets_above_the_best_out():
    obeys = {1: [5.0], 2: [6.0], 3: [7.0], 4: [8.0]}
    assert made_up(obeys, best=4).rank_correlation == pytest.approx(1)
    assert made_up({**obeys, 5: [0.0]}, best=4).rank_correlation == pytest.approx(1)
    assert made_up({**obeys, 5: [0.0]}, best=5).rank_correlation == pytest.approx(0)  # 1 - 6 * 20 / (5 * 24)
    assert made_up({1: [8.0], 2: [7.0], 3: [6.0], 4: [5.0]}, best=4).rank_correlation == pytest.approx(-1)
    # ranks (1.5, 1.5, 3.5, 3.5) and (1, 2.5, 2.5, 4): products of deviations 3, squares 4 and 4.5
    tied = made_up({1: [1.0, 2.0], 2: [2.0, 3.0]}, best=4)
    assert tied.episode_correlation == pytest.approx(3 / np.sqrt(4 * 4.5))
    assert tied.rank_correlation == pytest.approx(1)  # of the means, 1.5 and 2.5
    assert np.isnan(made_up(obeys, best=1).rank_correlation)


def test_the_table_as_csv(tmp_path):
    result = made_up({100: [10.0, 30.0], 200: [50.0, 70.0]}, best=150)
    path = result.to_csv(tmp_path / "new folder" / "sweep.csv")
    pd.testing.assert_frame_equal(pd.read_csv(path), result.table, check_dtype=False)
    assert path.read_text().splitlines()[0] == "target,episodes,mean,std,worst,mean_length,shortest"


def test_the_text_has_every_target_and_the_correlation():
    text = str(made_up({1000: [900.0, 1100.0], 2000: [1500.0, 1700.0]}, best=2500))
    assert "1,000     1,000 ±   100" in text and "2,000     1,600 ±   100" in text
    assert "best, 2,500: 1.00 of the means, 0.89 of single episodes" in text


def test_default_targets_are_returns_that_the_data_has_and_one_above_its_best():
    returns = np.concatenate([np.linspace(400, 600, 50), np.linspace(3500, 8752, 51)])  # nothing in between
    targets = sweep.default_targets(returns)
    assert targets.tolist() == [400, 3500, 4300, 5800, 6700, 7500, 8200, 10500], "500 is too near to 400"
    assert sweep.default_targets(returns / 10, 3).tolist() == [40, 820, 1050]
    assert sweep.default_targets(np.array([-300.0, -100.0]), 3).tolist() == [-300, -100, -80]
    assert sweep.default_targets(np.array([5.0, 5.0])).tolist() == [5, 6]


def test_a_sweep_is_one_evaluation_for_each_target(model):
    data = make_trajectories([5, 9], state_dim=17, act_dim=6)
    result = sweep.sweep(model, data, episodes=2, max_steps=3, progress=False)
    assert [run.target_return for run in result.evaluations] == sweep.default_targets(data.returns).tolist()
    assert all(run.rewards.shape == (2, 3) for run in result.evaluations)
    chosen = sweep.sweep(model, data, targets=[10, 20, 30], episodes=2, max_steps=3, progress=False)
    assert chosen.table["target"].tolist() == [10, 20, 30]
    np.testing.assert_array_equal(chosen.data_returns, data.returns)
