"""Datasets kept on this machine: a folder with one Arrow file, opened memory-mapped, and a manifest that describes it.

The Arrow file is one record batch, so that the columns lie in one piece and a `Trajectories` can view them in place.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from dt_helpers.data.trajectories import features
from dt_helpers.workspace import replacing

if TYPE_CHECKING:
    import datasets

FORMAT = 1
CONTENT, ARROW, MANIFEST = "content", "data.arrow", "manifest.json"


class Stale(Exception):
    """What lies in the cache cannot be used. The message continues "what the cache holds of it "."""


def keep(folder: Path, dataset: datasets.Dataset, origin: dict) -> None:
    """Put a dataset into `folder`, in place of what is there. `origin` tells where it comes from, as JSON can.

    A reader finds the old content or the new one. Raises OSError if there is no room or no right to write.
    """
    import pyarrow as pa

    for abandoned in folder.glob(f".{CONTENT}-*"):  # of a process that was killed while it wrote
        shutil.rmtree(abandoned, ignore_errors=True)
    table = dataset.data.table.combine_chunks()
    with replacing(folder / CONTENT) as staged:
        staged.mkdir()
        with pa.OSFile(str(staged / ARROW), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        manifest = {
            "format": FORMAT,
            "origin": origin,
            "episodes": len(dataset),
            "columns": {column: str(kind) for column, kind in dataset.features.items()},
            "sha256": {ARROW: _sha256(staged / ARROW)},
            "versions": _versions("dt-helpers", "datasets", "gymnasium", "mujoco", "numpy", "pyarrow"),
        }
        (staged / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def find(folder: Path, origin: dict) -> datasets.Dataset | None:
    """The dataset kept in `folder`, memory-mapped, or None if there is none.

    Raises Stale if it is damaged, was written by another version of the course, or has another origin.
    """
    content = folder / CONTENT
    if not content.exists():
        return None
    import datasets

    try:
        manifest = json.loads((content / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise Stale("was written by another version of the course")
        if manifest["origin"] != origin:
            raise Stale("was made with other settings or another expert")
        if manifest["sha256"] != {ARROW: _sha256(content / ARROW)}:
            raise Stale("is damaged: its checksum is not the one that was noted")
        dataset = datasets.Dataset.from_file(str(content / ARROW))
    except Stale:
        raise
    except Exception as error:  # whatever a damaged file or manifest brings about
        raise Stale(f"cannot be read ({type(error).__name__}: {error})") from error
    if dataset.features != features() or len(dataset) != manifest["episodes"]:
        raise Stale("has other columns or another number of episodes than expected")
    return dataset


@contextmanager
def locked(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Let one process at a time look into `folder` and fill it. Does without where it cannot be written to."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=2)
        except Timeout:
            say(f"{folder.name}: another process is just making it; waiting for that.")
            lock.acquire()
    except (OSError, NotImplementedError):  # a read-only folder, a file system without locks
        pass
    try:
        yield
    finally:
        lock.release()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _versions(*packages: str) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # the package run from its folder, without being installed
            continue
    return found
