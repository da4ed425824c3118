"""Every benchmark runs, in the smallest size; of the slow ones a sample in each run."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dt_helpers.data import formats
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.rollout import Evaluation
from dt_helpers.rollout.sweep import Sweep

from . import sizes, warm

FOLDER = Path(__file__).parents[1] / "benchmarks"
MODULES = {"machine.py", "figures.py", "campaign.py", "tutorial.py"}  # what the scripts share
SMALL = {
    "alternatives.py": "--graphs 0 --seeds 1 --walks 60 --recorded 60 --rooms 4 --steps 2",
    "anyones.py": "lake pendulum --recorded 20 --steps 2 --seeds 1 --episodes 1",
    "grading.py": "--submissions 2 --stock 1 --whole 0 --class 2 --kills 1 --jobs 1",
    "checks.py": "--rounds 1",
    "collator.py": "--recorded 4 --repeats 1",
    "evaluation.py": "--episodes 2 --steps 5 --repeats 1",
    "generation.py": "--episodes 4 --steps 10 --seconds 0.1 --repeats 1",
    "growth.py": "--recorded 4 --steps 2 --max-steps 3 --K 2 --hidden 32 --batch 8 --episodes 2 1 --workers 1 "
    "--processes 2",
    "imports.py": "--modules check data --repeats 1",
    "opening.py": "--recorded 4 --repeats 1",
    "own_models.py": "--seeds 1 --episodes 1 --steps 3 --preset ci --recorded 4",
    "physics.py": "--episodes 1 --max-steps 5",
    "pixels.py": "--preset ci --steps 2 --episodes 2 --max-steps 5 --recorded 4",
    "quality.py": "--dataset hopper-expert --recorded 4 --preset ci --steps 2 --clone-steps 2 --seeds 1 --episodes 2 "
    "--max-steps 5 --append rows.jsonl",
    "run.py": "collator --options=--repeats=1 --output .",
    "stitching.py": "--graphs 0 --seeds 1 --walks 60 --steps 2",
    "targets.py": "hopper-mixed --recorded 4 --preset ci --steps 2 --clone-steps 2 --seeds 1 --episodes 2 "
    "--max-steps 5",
    "threads.py": "--recorded 4 --preset ci --steps 2 --changing 2 --loops 1 --repeats 1 --loads idle",
    "time_to_return.py": "--recorded 4 --steps 4 --every 2 --episodes 2 --max-steps 5 --part 2 --whole --theirs 4 "
    "--theirs-every 2 --curve curve.json",
    "video.py": "--frames 3 --size 64 --repeats 1",
    "whole_run.py": "--recorded 4 --steps 4 --part 2 --preset ci",
}


# These start processes of their own, or train: minutes of one core together. One is drawn in each run.
SLOW = ("checks.py", "grading.py", "growth.py", "opening.py", "own_models.py", "threads.py")
DRAWN = sizes.fresh("benchmarks").sample(SLOW, sizes.size("benchmarks", small=1, whole=len(SLOW)))


def run(name: str, folder: Path) -> subprocess.CompletedProcess:
    environment = os.environ | {"DT_FIGURES": str(folder / "figures.jsonl")}
    return warm.python(FOLDER / name, *SMALL[name].split(), cwd=folder, env=environment)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Runs a benchmark in a folder of its own, once: what it said, and the folder."""

    @cache
    def ran(name: str) -> tuple[subprocess.CompletedProcess, Path]:
        folder = tmp_path_factory.mktemp(name)
        return run(name, folder), folder

    return ran


def test_each_benchmark_has_a_small_size():
    assert {path.name for path in FOLDER.glob("*.py")} - MODULES == set(SMALL)


def test_each_is_run_by_make_bench(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(sys, "modules", {**sys.modules})  # `run` is no name to keep
    import run as bench

    assert {*bench.QUICK, *bench.WHOLE} == set(SMALL) - {"run.py"}


@pytest.mark.parametrize("name", [name for name in SMALL if name not in SLOW or name in DRAWN])
def test_it_runs(ran, name):
    done, _ = ran(name)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("|") > 10


def test_a_run_that_does_not_get_there_ends_at_its_last_step(ran):
    done, _ = ran("time_to_return.py")
    steps = re.findall(r"^\| (\d+) \| \d+ \|", done.stdout, re.MULTILINE)
    assert steps == ["2", "4", "2", "4"]  # the tutorial's and ours
    assert "1 of 1 runs did not reach" in done.stdout


def test_figures_are_handed_on_and_become_a_page(ran):
    """With a missed bar, which is no failure; a second run takes the place of the first one's section."""
    _, folder = ran("run.py")
    done = run("run.py", folder)
    assert done.returncode == 0, done.stderr
    kept = json.loads((folder / "results.json").read_text())
    assert list(kept) == ["collator.py"] and len(kept["collator.py"]["figures"]) == 2
    page = (folder / "RESULTS.md").read_text()
    assert page.count("## collator.py") == 1 and page.count("| collator alone |") == 2
    assert kept["collator.py"]["machine"] in page and (folder / "results.png").stat().st_size > 10_000


def test_a_figure_knows_whether_it_reaches_its_bar(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.delenv("DT_FIGURES", raising=False)
    from figures import Figure, report

    faster = Figure("a", "ms", [3.0, 2.0, 4.0], [30.0, 60.0], 15, floor=1.5)
    assert faster.ratio == 15 and faster.reached and faster.share == 0.5
    more = Figure("b", "steps/s", [40.0], [100.0], 0.5, "bare steps", more_is_better=True, floor=80.0)
    assert more.ratio == 0.4 and not more.reached and more.share == 0.5
    at_most = Figure("c", "ms", [200.0], bar=100)
    assert at_most.ratio == 0.5 and not at_most.reached and at_most.share is None
    report(faster, more, at_most)
    said = capsys.readouterr().out
    assert "| a | 45 ms (30 to 60) | 3 ms (2 to 4) | **15** | 15 × the tutorial | reached | 1.5 ms (50%) |" in said
    assert "| b | 100 steps/s | 40 steps/s | **0.4** | 0.5 of bare steps | **missed** |" in said
    assert "| c |  | 200 ms |  | at most 100 ms | **missed** |  |" in said


def parsed(add_options, *options: str):
    parser = argparse.ArgumentParser()
    add_options(parser, 2, "for each target")
    return parser.parse_args([*options, "--preset", "ci", "--max-steps", "3"])


def test_a_campaign_goes_on_where_it_was_stopped(monkeypatch, tmp_path, cheetah_data):
    monkeypatch.syspath_prepend(str(FOLDER))
    import campaign

    args = parsed(campaign.add_options, "--clone-steps", "2", "--append", str(tmp_path / "kept" / "rows.jsonl"))
    first = campaign.Campaign(args)
    row = first.clone(cheetah_data, "HalfCheetah-v5", 0)
    assert np.shape(row["returns"]) == (1, 2) and row["cpu"] > 0
    [evaluation] = campaign.evaluations(row)
    assert evaluation.lengths.tolist() == [3, 3] and evaluation.returns.tolist() == row["returns"][0]

    trained = []
    clone = campaign.training.clone
    monkeypatch.setattr(campaign.training, "clone", lambda *given: trained.append(given[2]) or clone(*given))
    again = campaign.Campaign(args)
    assert again.clone(cheetah_data, "HalfCheetah-v5", 0) == row and not trained
    again.clone(cheetah_data, "HalfCheetah-v5", 1)  # another seed, and then other steps, are other runs
    args.clone_steps = 3
    again.clone(cheetah_data, "HalfCheetah-v5", 0)
    assert trained == [1, 0] and len(campaign.Campaign(args).rows) == 3


def test_recordings_of_others_tell_their_robot_or_somebody_has_to(monkeypatch, tmp_path, cheetah_data):
    monkeypatch.syspath_prepend(str(FOLDER))
    import campaign

    formats.to_parquet(cheetah_data, tmp_path)
    file = str(tmp_path / "halfcheetah-expert" / "train" / "0000.parquet")
    taken, env = campaign.recordings(file, None, 3)
    assert env == "HalfCheetah-v5" and len(taken) == 3
    np.testing.assert_array_equal(taken.returns, cheetah_data.returns[:3])
    assert campaign.recordings(file, "Walker2d-v5", None)[1] == "Walker2d-v5"
    unnamed = tmp_path / "mine.parquet"
    shutil.copy(file, unnamed)
    with pytest.raises(SystemExit, match="'mine' does not say which robot it is: add --env"):
        campaign.recordings(str(unnamed), None, None)


def rows(*returns):
    """Rows of a campaign, of which the figures look at the returns alone, (targets, episodes) each."""
    return [{"returns": part} for part in returns]


def test_the_bars_of_quality(monkeypatch):
    """Episodes of the data earn 100, but one of ten earns 10: 91 on average."""
    monkeypatch.syspath_prepend(str(FOLDER))
    import quality

    earned = np.repeat([[100.0] * 9 + [10.0]], 20, axis=0).ravel()  # (200,)
    nothing = np.zeros((200, 1), np.float32)
    recorded = Trajectories(nothing, nothing, earned.astype(np.float32), np.zeros(200, bool), np.arange(201))
    clones = rows([[90.0] * 10])

    def reached(own, env, *cells):
        found = quality.figures_of("set", recorded, env, own, rows(list(cells)), clones)
        return [figure.reached for figure in found]

    good, low, fallen = [91.0] * 10, [88.0] * 10, [100.0] * 9 + [40.0]
    assert reached(True, "HalfCheetah-v5", good, good) == [True, True, True]
    assert reached(True, "HalfCheetah-v5", good, low) == [False, True, True]  # each cell has to reach it
    assert reached(True, "HalfCheetah-v5", good, fallen) == [True, True, False]
    assert reached(False, "Walker2d-v5", good, fallen) == [True, True]  # of 20 episodes two may fall, as in the data
    assert reached(False, "Walker2d-v5", [100.0] * 8 + [0.0] * 2, [100.0] * 9 + [0.0]) == [False, False]
    assert reached(False, "Hopper-v5", low) == [True]  # beside cloning's 90
    assert reached(False, "Hopper-v5", [87.0] * 10) == [False]


def test_the_bars_of_targets(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import targets

    def swept(*achieved):
        runs = [Evaluation("Hopper-v5", i, np.array([[earned]]), np.ones(1, int)) for i, earned in enumerate(achieved)]
        return Sweep(runs, np.array([0.0, 100.0]))

    obeys, half_obeys = swept(1, 2, 3, 4), swept(1, 3, 2, 4)
    found = targets.figures_of("set", [half_obeys, obeys, obeys], [95.0, 92.0, 99.0], [50.0, 50.0, 50.0])
    assert [figure.reached for figure in found] == [True, False, False, True, True]
    assert "seed 1, the median" in found[0].name
    found = targets.figures_of("set", [obeys], [80.0], [85.0])
    assert [figure.reached for figure in found] == [True, True, True, False, False]
