"""One submission on one of the grader's workers. A job is text, so a worker needs none of the course's files."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from dt_helpers.grading.judging.beside import Beside
from dt_helpers.grading.release import Task
from dt_helpers.grading.results import ExerciseResult
from dt_helpers.grading.sandbox import Sandbox
from dt_helpers.grading.sandbox.limits import Limits
from dt_helpers.grading.text import slicing
from dt_helpers.grading.text.script import Script

_sandboxes: dict[tuple, Sandbox] = {}  # of this process, reused for the next submission
_alone = threading.Lock()  # the checks set torch's global settings: one submission at a time in a process


@dataclass(frozen=True)
class Job:
    """What to judge in one student's submission."""

    student: str
    tasks: tuple[Task, ...]
    scripts: dict[str, Script]  # of the notebooks
    seeds: dict[str, int]  # id of a check cell -> seed of its inputs
    imports: tuple[str, ...]  # of all notebooks: imported once for all submissions
    sandbox: str
    limits: Limits
    beside: Beside = field(default_factory=Beside)


@dataclass(frozen=True)
class Done:
    exercises: tuple[ExerciseResult, ...]
    flags: tuple[str, ...]
    in_force: dict  # limits
    seconds: float


def work(job: Job) -> Done:
    """Raises SandboxUnavailable or RuntimeError if this worker cannot have a sandbox."""
    from dt_helpers.grading.judging import (
        verdicts,
    )  # imports transformers, which the process that distributes jobs doesn't need

    with _alone:
        began = time.monotonic()
        sandbox = _sandbox(job)
        exercises, flags = [], set()
        for notebook in dict.fromkeys(task.notebook for task in job.tasks):
            tasks = [task for task in job.tasks if task.notebook == notebook]
            found, flagged = verdicts.judge(tasks, job.scripts[notebook], sandbox, job.seeds.__getitem__, job.beside)
            exercises += found
            flags |= flagged
            slicing.forget()
        seconds = round(time.monotonic() - began, 3)
        return Done(tuple(exercises), tuple(sorted(flags)), sandbox.in_force, seconds)


def close() -> None:
    """Close the sandboxes of this process."""
    while _sandboxes:
        _sandboxes.popitem()[1].close()


def _sandbox(job: Job) -> Sandbox:
    key = (job.sandbox, job.limits, job.imports)
    if key not in _sandboxes:
        close()  # those of an earlier run
        _sandboxes[key] = Sandbox(*key)
    return _sandboxes[key]
