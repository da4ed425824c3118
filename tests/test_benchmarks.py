"""Every benchmark runs, in the smallest size."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
SMALL = {
    "grading.py": ["--submissions", "4", "--stock", "1", "--whole", "0", "--class", "8", "--jobs", "1"],
    "checks.py": ["--rounds", "1"],
    "generation.py": ["--episodes", "4", "--steps", "10", "--seconds", "0.1", "--repeats", "1"],
    "physics.py": ["--episodes", "1", "--max-steps", "5"],
    "pixels.py": ["--preset", "ci", "--steps", "2", "--episodes", "2", "--max-steps", "5", "--recorded", "4"],
    "quality.py": [
        "--preset",
        "ci",
        "--steps",
        "2",
        "--seeds",
        "1",
        "--episodes",
        "2",
        "--max-steps",
        "5",
        "--recorded",
        "4",
    ],
    "targets.py": [
        *("hopper-mixed", "--recorded", "4", "--preset", "ci", "--steps", "2"),
        *("--episodes", "2", "--max-steps", "5"),
    ],
}


def test_each_benchmark_has_a_small_size():
    assert {path.name for path in FOLDER.glob("*.py")} - {"machine.py"} == set(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_it_runs(name, tmp_path):
    run = subprocess.run([sys.executable, FOLDER / name, *SMALL[name]], capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("|") > 10
