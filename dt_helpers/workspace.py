"""Where the course keeps things: a cache for what can be made again, a workspace for what a student made."""

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

COLAB = Path("/content")  # where a Colab runtime has a user's files, and Google Drive once it is mounted
TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.EISDIR, errno.ENOTDIR)  # what a rename over another folder ends with
TRIES = 100
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

    Readers see the old content or the whole new one, never a part. Files and folders both work. If the new one can't
    take the place, the old one keeps it. Of several processes that do this at once the last one wins.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    holder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    staged = holder / target.name
    try:
        yield staged
        put(staged, target, holder)
    finally:
        shutil.rmtree(holder, ignore_errors=True)


def put(staged: Path, target: Path, aside: Path) -> None:
    """Moves `staged` to `target`; a folder or file that was there is left in its place or in the folder `aside`.

    Raises OSError, with the old content still at `target`, where that can't be done.
    """
    for number in range(TRIES):
        try:
            staged.replace(target)
            return
        except OSError as error:
            if error.errno not in TAKEN:
                raise
        if _exchanged(staged, target):
            return
        old = aside / f"old-{number}"
        try:
            target.rename(old)
        except FileNotFoundError:
            continue  # another process has just done the same
        try:
            staged.replace(target)
            return
        except OSError as error:
            with suppress(OSError):
                old.rename(target)
            if error.errno not in TAKEN:
                raise
    raise OSError(errno.EBUSY, f"Other processes write to {target} all the time")


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the two have changed places, in one step; only Linux can."""
    try:
        call = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return call(here, os.fsencode(one.absolute()), here, os.fsencode(other.absolute()), exchange) == 0


def _made(path: str | Path) -> Path:
    path = Path(path).expanduser().absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path
