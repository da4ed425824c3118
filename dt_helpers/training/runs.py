"""One training run on disk: which checkpoints it may go on from, who may write into the folder, and what it prints."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import torch
import transformers

from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine.telling import tell
from dt_helpers.training import fingerprint, saved
from dt_helpers.training.checkpoints import last_checkpoint
from dt_helpers.training.settings import Settings

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows, whose locks always work
    fcntl = None

CHECKPOINTS, NOTE, LOCK = "checkpoints", "run.json", ".lock"
PATIENCE = 5  # seconds that a run waits for another process, such as a kernel that is shutting down
CRITERION, DATA = "criterion", "data"
IDENTITY = "run"  # in a finished model's facts: a digest of all that it depends on, except the number of steps


class FolderInUse(OSError):
    """Another process is training into the same folder."""


def identity(
    settings: Settings,
    seed: int,
    data: Trajectories,
    criterion: Callable,
    own: Mapping[str, Callable] | None = None,
) -> dict:
    """All that a run's weights depend on, as JSON. A run that differs in any of it is a different run. `own`: the
    functions and the class, by name, that replace the course's."""
    versions = {
        "python": ".".join(platform.python_version_tuple()[:2]),  # it has its own bytecode, so its own digest of a loss
        "torch": torch.__version__.partition("+")[0],
        "transformers": transformers.__version__,
    }
    about = {"seed": seed, "dataset": data.name, DATA: fingerprint.of_data(data), CRITERION: _of_code(criterion)}
    about |= {name: _of_code(code) for name, code in (own or {}).items()}
    return {**settings.to_dict(), **about, **versions}


def _of_code(code: Callable) -> dict[str, str]:
    try:
        return fingerprint.of_function(code)
    except fingerprint.Untold as reason:
        return {"untold": str(reason), "and so never the same": uuid4().hex}


def digest(identity: dict) -> str:
    """The digest of a run's identity, whatever its number of steps."""
    text = json.dumps({**identity, "steps": None}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def steps_done(output: Path, identity: dict) -> int:
    """The steps of a finished model in `output` that the same run with fewer steps made; 0 if there is none."""
    if not saved.there_is_one(output):
        return 0
    facts = _read(saved.place(output) / saved.FACTS)
    steps = facts.get("steps", 0)
    return steps if facts.get(IDENTITY) == digest(identity) and steps < identity["steps"] else 0


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time train into `folder`, which is made if it is missing.

    A lock ends with its process, however that ends. Where the file system has none, as on some network drives, a line
    says so and the run goes on. Raises FolderInUse if another process still trains there after `PATIENCE` seconds.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    if not _has_locks(path):
        path.unlink(missing_ok=True)
        tell(f"The file system of {folder} has no locks: make sure that nothing else trains into that folder.")
        yield
        return
    lock = FileLock(path)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise FolderInUse(
            f"Another process is training into {folder}. Wait until it is done, stop it (in Jupyter: shut down the "
            "other notebook's kernel), or train into another folder: `output` says which."
        ) from None
    try:
        yield
    finally:
        with suppress(OSError):  # Windows doesn't remove what is open; there the release does
            path.unlink()
        lock.release()


def _has_locks(path: Path) -> bool:
    """It is tried, since filelock would fall back on a mere file, which a killed process leaves behind."""
    if fcntl is None:
        return True
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):  # somebody has it
            return True
        except OSError:
            return False
    return True


class Run:
    """A run into the folder `output`, noted there with what identifies it.

    `checkpoint` is the one to go on from, or None. What was decided, and which model will be replaced, is printed.
    For the one process that trains into `output`.
    """

    def __init__(self, output: Path, identity: dict, resume: bool = True):
        self.output, self.folder, self.identity = output, output / CHECKPOINTS, identity
        saved.settle(output)
        self.scratch = saved.scratch(output)  # for all that isn't whole yet
        self.checkpoint = self._choose(identity, resume)
        old = saved.describe(output)
        if old is not None:
            tell(f"{output} holds a model{old}: it stays until this run is complete and replaces it.")

    def _choose(self, identity: dict, resume: bool) -> Path | None:
        note = self.folder / NOTE
        before = _read(note)
        last = last_checkpoint(self.folder)
        if before == identity and resume and last is not None:
            tell(f"Going on from {last.name} of an interrupted run.")
            return last
        if last is not None:
            reason = f"{_difference(before, identity)}." if resume else "as you asked."
            tell(f"An interrupted run ({last.name}) is given up, and training starts again: {reason}")
        saved.discard(self.folder, self.scratch)
        staged = self.scratch / NOTE
        staged.write_text(json.dumps(identity), encoding="utf-8")
        self.folder.mkdir()
        staged.replace(note)
        return None

    def finish(self, write: Callable[[Path], None]) -> None:
        """Let `write` put the files of the model into a folder, and make it the model of `output`. After that the
        checkpoints are no longer needed."""
        written = self.scratch / "model"
        written.mkdir()
        write(written)
        saved.put(written, self.output)
        saved.discard(self.folder, self.scratch)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def stopped(self, step: int) -> str:
        """What to say when the run was stopped at that step."""
        if not (self.folder / NOTE).exists():
            return f"Stopped when everything was done: the model is in {self.output}."
        last = last_checkpoint(self.folder)
        on = f"goes on from {last.name}" if last else "starts again: there was no checkpoint yet"
        return f"Stopped at step {step}; the same call {on}."


def _read(note: Path) -> dict:
    try:
        return json.loads(note.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _difference(before: dict, now: dict) -> str:
    """How two runs differ, in words."""
    if not before:
        return "it is not known what it was"
    names = [name for name in now if before.get(name) != now[name]] + [name for name in before if name not in now]
    return " and ".join(_changed(name, before.get(name), now.get(name)) for name in names)


def _changed(name: str, before: Any, now: Any) -> str:
    if isinstance(before, dict) or isinstance(now, dict):
        return _changed_code("loss function" if name == CRITERION else name, before or {}, now or {})
    if name == DATA:
        return "the data have changed"
    return f"{name} was {before!r} and is {now!r}"


def _changed_code(what: str, before: dict, now: dict) -> str:
    for untold in (now, before):
        if "untold" in untold:
            return f"it can't be told whether the {what} is the same, since it uses {untold['untold']}"
    parts = [f"`{name}`" for name in {**before, **now} if before.get(name) != now.get(name)]
    if before.get(fingerprint.CODE) != now.get(fingerprint.CODE):
        return f"the {what} has changed"
    return f"{', '.join(parts)}, which the {what} uses, has changed"
