"""How `make test` runs: files spread over the cores, the longest first; the solution notebooks replayed by nbval."""

import os
from pathlib import Path

import pytest

CACHE = Path(__file__).parent / ".cache"
# Before torch and matplotlib are imported. One thread: the tests' models are tiny, and where the cores are busy two
# threads that wait for each other are slower than one. No window is opened.
os.environ |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
os.environ.setdefault("DT_CACHE", str(CACHE / "dt"))

# Each takes many seconds to minutes of one core. They begin first, so that no worker is left with one of them in the
# end, and `make check` leaves them to `make test`.
LONG = (
    "tests/test_benchmarks.py",
    "tests/hostile/test_hostile.py",
    "tests/test_kills.py",
    "tests/check/test_mutation.py",
    "tests/grading/judging/test_remote.py",
    "tests/grading/judging/test_grade.py",
    "tests/grading/sandbox/test_sandbox.py",
    "tests/authoring/test_course.py",
    "tests/grading/test_honest.py",
    "tests/training/test_training.py",
    "tests/training/test_published.py",
    "tests/training/test_push.py",
    "tests/hostile/test_fuzz.py",
    "tests/test_distributed.py",
    "tests/data/test_experts.py",
    "tests/test_cli.py",
    "tests/grading/test_toy.py",
    "tests/notebooks/test_untouched.py",
    "tests/grading/gradebook/test_recorder.py",
    "tests/data/test_doors.py",
    "tests/video/test_video.py",
    "tests/grading/judging/test_running.py",
    "tests/grading/sandbox/test_session.py",
    "tests/grading/test_disturbed.py",
    "tests/notebooks/test_imports.py",
    "tests/grading/sandbox/test_seccomp.py",
    "tests/grading/judging/test_open_ports.py",
    "tests/grading/sandbox/test_view.py",
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
