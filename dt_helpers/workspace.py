"""Where the course keeps things: a cache for what can be made again, a workspace for what a student made."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def cache_dir() -> Path:
    """The folder for data that can be made again: ``$DT_CACHE``, else ``~/.cache/dt_helpers``. Made if missing."""
    return _made(os.environ.get("DT_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "dt_helpers")


def workspace() -> Path:
    """The folder for a student's own results, shared by all notebooks: ``$DT_WORKSPACE``, else ``~/dt_workspace``.

    It lies outside the assignment's folder, so that a submission carries notebooks and nothing else.
    """
    return _made(os.environ.get("DT_WORKSPACE") or "~/dt_workspace")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A fresh temporary path beside `target` that takes its place when the block ends without an exception.

    Readers see the old content or the whole new one, never a part. Files and folders both work.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    holder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    staged = holder / target.name
    try:
        yield staged
        if target.is_dir():  # a folder cannot be renamed over another one that has content
            target.rename(holder / "old")
        staged.replace(target)
    finally:
        shutil.rmtree(holder, ignore_errors=True)


def _made(path: str | Path) -> Path:
    path = Path(path).expanduser().absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path
