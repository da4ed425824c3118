"""Datasets cached on this machine: a folder with one Arrow file, opened memory-mapped, and a manifest about it.

The Arrow file is one record batch, so each column is contiguous and a `Trajectories` can view it in place.
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

from dt_helpers.data.lists import features
from dt_helpers.workspace import replacing

if TYPE_CHECKING:
    import datasets

FORMAT = 1
CONTENT, ARROW, MANIFEST = "content", "data.arrow", "manifest.json"


class Stale(Exception):
    """The cached copy cannot be used. The message continues the sentence "the cached copy ..."."""


def keep(folder: Path, dataset: datasets.Dataset, origin: dict) -> None:
    """Write a dataset to `folder`, replacing what is there. `origin` says where it comes from and must fit into JSON.

    A reader sees either the old content or the new, nothing in between. Raises OSError if it cannot be written.
    """
    import pyarrow as pa

    for abandoned in folder.glob(f".{CONTENT}-*"):  # by a process that was killed while writing
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
            raise Stale("is damaged: its checksum is not the recorded one")
        dataset = datasets.Dataset.from_file(str(content / ARROW))
    except Stale:
        raise
    except Exception as error:  # whatever a damaged file or manifest raises
        raise Stale(f"cannot be read ({type(error).__name__}: {error})") from error
    if dataset.features != features() or len(dataset) != manifest["episodes"]:
        raise Stale("does not have the expected columns or number of episodes")
    return dataset


@contextmanager
def locked(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Let only one process at a time read and fill `folder`. Without a lock where `folder` cannot be written to."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=2)
        except Timeout:
            say(f"{folder.name}: another process is making it; waiting for it.")
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
        except PackageNotFoundError:  # dt_helpers, run from its folder without being installed
            continue
    return found
