"""Where the course keeps things: a cache for what can be made again, a workspace for what a student made."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COLAB = Path("/content")  # where a Colab runtime has a user's files, and Google Drive once it is mounted
_said: set[str] = set()


def cache_dir() -> Path:
    """The folder for data that can be made again: ``$DT_CACHE``, else ``~/.cache/dt_helpers``. Made if missing."""
    return _made(os.environ.get("DT_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "dt_helpers")


def workspace() -> Path:
    """The folder for a student's own results, shared by all notebooks: ``$DT_WORKSPACE``, else ``~/dt_workspace``.

    It lies outside the assignment's folder, so that a submission carries notebooks and nothing else. On Colab it is in
    Google Drive once that is mounted at ``/content/drive``; where the results are kept, or that they are not, is
    printed once.
    """
    if chosen := os.environ.get("DT_WORKSPACE"):
        return _made(chosen)
    return _made(_colab_workspace() if on_colab() else "~/dt_workspace")


def on_colab() -> bool:
    """Whether this is a notebook in Google Colab, or a command in one of its cells."""
    return "google.colab" in sys.modules or "COLAB_RELEASE_TAG" in os.environ


def _colab_workspace() -> Path:
    drive = COLAB / "drive" / "MyDrive"
    if drive.is_dir():
        folder, note = drive / "dt_workspace", "Your work is kept in Google Drive, in the folder dt_workspace."
    else:
        folder = Path("~/dt_workspace")
        note = (
            f"Your work goes to {folder}, which Colab deletes together with this runtime. To keep it, mount Google "
            f'Drive in a cell of its own: from google.colab import drive; drive.mount("{COLAB}/drive")'
        )
    if note not in _said:
        _said.add(note)
        print(note)
    return folder


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
