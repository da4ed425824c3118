"""Every benchmark runs, in the smallest size."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from . import warm

FOLDER = Path(__file__).parents[1] / "benchmarks"
MODULES = {"machine.py", "figures.py", "tutorial.py"}  # what the scripts share
SMALL = {
    "grading.py": "--submissions 4 --stock 1 --whole 0 --class 4 --kills 1 --jobs 1",
    "checks.py": "--rounds 1",
    "collator.py": "--recorded 4 --repeats 1",
    "evaluation.py": "--episodes 2 --steps 5 --repeats 1",
    "generation.py": "--episodes 4 --steps 10 --seconds 0.1 --repeats 1",
    "growth.py": "--recorded 4 --steps 2 --max-steps 3 --K 2 --hidden 32 --batch 8 --episodes 2 1 --workers 1 "
    "--processes 2",
    "imports.py": "--modules check data --repeats 1",
    "opening.py": "--recorded 4 --repeats 1",
    "physics.py": "--episodes 1 --max-steps 5",
    "pixels.py": "--preset ci --steps 2 --episodes 2 --max-steps 5 --recorded 4",
    "quality.py": "--preset ci --steps 2 --seeds 1 --episodes 2 --max-steps 5 --recorded 4",
    "run.py": "collator --options=--repeats=1 --output .",
    "stitching.py": "--graphs 0 --seeds 1 --walks 60 --steps 2",
    "targets.py": "hopper-mixed --recorded 4 --preset ci --steps 2 --episodes 2 --max-steps 5",
    "time_to_return.py": "--recorded 4 --steps 4 --every 2 --episodes 2 --max-steps 5 --part 2 --whole --theirs 4 "
    "--theirs-every 2 --curve curve.json",
    "video.py": "--frames 3 --size 64 --repeats 1",
    "whole_run.py": "--recorded 4 --steps 4 --part 2 --preset ci",
}


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


@pytest.mark.parametrize("name", SMALL)
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
