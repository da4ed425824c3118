"""How `make test` runs: files spread over the cores, the longest first; the solution notebooks replayed by nbval."""

import os
from pathlib import Path

import pytest

CACHE = Path(__file__).parent / ".cache"
# Before torch and matplotlib are imported. One thread: the tests' models are tiny, and where the cores are busy two
# threads that wait for each other are slower than one. No window is opened.
os.environ |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
os.environ.setdefault("DT_CACHE", str(CACHE / "dt"))

# Each takes seconds to minutes of one core. They begin first, so that no worker is left with one of them in the end.
LONG = (
    "tests/hostile/test_hostile.py",
    "tests/test_benchmarks.py",
    "tests/hostile/test_fuzz.py",
    "tests/grading/test_honest.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """`-n auto`: one worker a core, but no more than have something long to do; on a single core none at all."""
    from dt_helpers.machine.hardware import usable_cores

    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # xdist reads it
    cores = usable_cores()
    return 0 if cores == 1 else min(cores, len(LONG))


def pytest_configure(config):
    """The user's workspace is left alone, and each worker has one of its own."""
    worker = getattr(config, "workerinput", {"workerid": "one"})["workerid"]
    os.environ["DT_WORKSPACE"] = str(CACHE / "test-workspace" / worker)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    place = {file: number for number, file in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONG)))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """A notebook's kernel starts in here, with the smallest preset, offline, in a workspace of the notebook's own.

    So each notebook shows that it can be opened without the ones before it.
    """
    if item.path.suffix != ".ipynb":
        return (yield)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DT_PRESET", "ci")
        environment.setenv("DT_WORKSPACE", str(CACHE / "test-workspace" / item.path.stem))
        environment.setenv("HF_HUB_OFFLINE", "1")
        return (yield)
