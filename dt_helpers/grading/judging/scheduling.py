"""Jobs on Dask workers: processes on this machine, or an existing cluster."""

from __future__ import annotations

import itertools
import logging
import multiprocessing
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from typing import Any, TypeVar

import dask
from dask.distributed import Client, KilledWorker, LocalCluster, Security, as_completed

from dt_helpers.authoring import CourseError
from dt_helpers.machine.hardware import usable_cores

Tag = TypeVar("Tag")
Job = TypeVar("Job")
Outcome = TypeVar("Outcome")
PATIENCE = 60  # seconds to wait for a cluster to answer
WARM = "dt_helpers.grading.judging.warm"  # imported before workers are forked
LOCAL: dict[str, Any] = {  # workers of this machine
    "distributed.worker.multiprocessing-method": "forkserver",
    "distributed.scheduler.worker-ttl": None,  # a worker slowed down by others is not lost
    "distributed.scheduler.http.routes": [],  # their web servers show nothing: other accounts can reach them
    "distributed.worker.http.routes": [],
}
ANY_PORT = "127.0.0.1:0"
PLAIN = ("tcp://", "ws://")  # protocols that let anyone who reaches a scheduler run code on its workers
AHEAD = 3  # jobs queued for each worker, so that none is idle


@dataclass(frozen=True)
class Failed:
    """The job killed its worker several times."""

    reason: str


class ClusterUnavailable(CourseError):
    """There is no Dask scheduler at the address."""


def run(
    jobs_of: Iterator[tuple[Tag, Job]],
    work: Callable[[Job], Outcome],
    *,
    close: Callable[[], None] | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
) -> Iterator[tuple[Tag, Outcome | Failed]]:
    """Run `work` on jobs, each with a tag, and yield tag and outcome as they finish; jobs are taken as needed. At the
    end each worker runs `close`.

    Without jobs, no worker is started; with `jobs=0` neither: this process does the work. Raises ClusterUnavailable,
    and what `work` raises.
    """
    first = next(jobs_of, None)
    if first is None:
        return
    jobs_of = itertools.chain([first], jobs_of)
    if jobs == 0 and scheduler is None:
        try:
            yield from ((tag, work(job)) for tag, job in jobs_of)
        finally:
            if close:
                close()
        return
    with _client(jobs or usable_cores(), scheduler) as client:
        queue, waiting, suspects = as_completed(), {}, []

        def add(count: int) -> None:
            for tag, job in itertools.islice(jobs_of, count):
                future = client.submit(work, job, pure=False)
                waiting[future.key] = tag, job
                queue.add(future)

        add(AHEAD * max(len(client.nthreads()), 1))
        for future in queue:
            outcome = _outcome(future)
            add(1)
            tag, job = waiting.pop(future.key)
            if isinstance(outcome, Failed):
                suspects.append((tag, job))
            else:
                yield tag, outcome
        for tag, job in suspects:  # a dying worker fails its queued jobs too: run each again, alone
            yield tag, _outcome(client.submit(work, job, pure=False))
        if close:
            client.run(close)


def warm_up() -> None:
    """Start the process that this machine's workers are forked from, if there is none; returns while it imports."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([WARM])
    forkserver.ensure_running()


def _outcome(future):
    try:
        return future.result()
    except KilledWorker as error:
        return Failed(f"{error.allowed_failures + 1} workers died of this submission")


@contextmanager
def _client(jobs: int, scheduler: str | None) -> Iterator[Client]:
    if scheduler:
        try:
            client = Client(scheduler, timeout=PATIENCE)
        except (OSError, ValueError, TypeError) as error:  # TypeError if Dask's settings name no certificates
            raise ClusterUnavailable(f"There is no Dask scheduler at {scheduler}: {error}") from None
        with client:
            try:
                client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError:
                raise ClusterUnavailable(f"The Dask scheduler at {scheduler} has no workers.") from None
            yield client
        return
    warm_up()
    with (
        dask.config.set(LOCAL),
        tempfile.TemporaryDirectory(prefix="dt-dask-") as folder,  # not writable by others: workers import from it
        LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            dashboard_address=None,
            worker_dashboard_address=ANY_PORT,
            scheduler_kwargs={"dashboard_address": ANY_PORT},
            memory_limit=0,
            local_directory=folder,
            security=Security.temporary(),  # ports are open to all accounts on the machine: certificates keep them out
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def is_open(scheduler: str) -> bool:
    """Whether Dask authenticates nobody at this address."""
    return "://" not in scheduler or scheduler.startswith(PLAIN)
