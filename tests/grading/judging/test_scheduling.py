"""Jobs come back whatever becomes of the workers, and are taken only when they are needed."""

import os
import sys

import pytest
from dask.distributed import LocalCluster

from dt_helpers.grading.judging import scheduling
from dt_helpers.grading.judging.scheduling import ClusterUnavailable, Failed, run


def double(job):
    return 2 * job


def deadly_seven(job):
    if job == 7:
        os._exit(1)
    return job


def numbered(count, taken=None):
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield f"job {number}", number


def test_each_outcome_comes_with_its_tag():
    assert dict(run(numbered(10), double, jobs=2)) == {f"job {number}": 2 * number for number in range(10)}


def imported(_job):
    return {"dt_helpers.grading.judging.verdicts", "transformers"} <= sys.modules.keys(), os.environ["OMP_NUM_THREADS"]


def test_a_worker_has_imported_what_it_needs_and_has_one_thread():
    assert dict(run(numbered(1), imported, jobs=1)) == {"job 0": (True, "1")}


def test_another_cluster_on_this_machine_is_no_trouble(recwarn):
    with LocalCluster(n_workers=0, dashboard_address=None):
        recwarn.clear()
        assert dict(run(numbered(1), double, jobs=1)) == {"job 0": 0}
    assert not [str(warning.message) for warning in recwarn if "already in use" in str(warning.message)]


def test_jobs_are_taken_when_they_are_needed():
    taken = []
    running = run(numbered(50, taken), double, jobs=1)
    next(running)
    assert len(taken) <= scheduling.AHEAD + 2
    assert len(list(running)) == 49


def test_a_job_that_kills_its_worker_fails_alone():
    outcomes = dict(run(numbered(12), deadly_seven, jobs=2))
    assert isinstance(outcomes.pop("job 7"), Failed)
    assert outcomes == {f"job {number}": number for number in range(12) if number != 7}


def test_without_jobs_there_are_no_workers(monkeypatch):
    monkeypatch.setattr(scheduling, "_client", None)
    assert list(run(iter(()), double)) == []


def test_a_cluster_without_workers(monkeypatch):
    monkeypatch.setattr(scheduling, "PATIENCE", 1)
    empty = LocalCluster(n_workers=0, dashboard_address=None)
    with empty as cluster, pytest.raises(ClusterUnavailable, match="no workers"):
        list(run(numbered(1), double, scheduler=cluster.scheduler_address))
