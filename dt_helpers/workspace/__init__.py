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
KAGGLE = Path("/kaggle/working")  # what Kaggle shows as a notebook's output; the rest, the home too, is deleted
DEEPNOTE = Path("/work")  # a Deepnote project's files; the home is new each time its machine starts
TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.EISDIR, errno.ENOTDIR)  # what a rename onto another folder fails with
TRIES = 100
_said: set[str] = set()


def cache_dir() -> Path:
    """The folder for data that can be made again: ``$DT_CACHE``, else ``~/.cache/dt_helpers``. Made if missing."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "dt_helpers"
    return _made(os.environ.get("DT_CACHE") or default, "DT_CACHE")


def workspace() -> Path:
    """The folder for a student's own results, shared by all notebooks: ``$DT_WORKSPACE``, else ``~/dt_workspace``.

    It is outside the assignment's folder, so that a submission holds notebooks and nothing else. On Colab it is in
    Google Drive once that is mounted at ``/content/drive``, on Kaggle in ``/kaggle/working``, on Deepnote in ``/work``;
    there a line, printed once, says where the results are kept, or that they are not kept.
    """
    if chosen := os.environ.get("DT_WORKSPACE"):
        return _made(chosen, "DT_WORKSPACE")
    places = {"Google Colab": _colab, "Kaggle": _kaggle, "Deepnote": _deepnote}
    if (name := host()) not in places:
        return _made("~/dt_workspace", "DT_WORKSPACE")
    folder, note = places[name]()
    if note not in _said:
        _said.add(note)
        print(note)
    return _made(folder, "DT_WORKSPACE")


def host() -> str:
    """Whose machine this notebook, or a command in one of its cells, runs on: ``Google Colab``, ``Kaggle`` or
    ``Deepnote``, else an empty text. Kaggle's image is made from Colab's, so it may look like both.
    """
    if "KAGGLE_KERNEL_RUN_TYPE" in os.environ:
        return "Kaggle"
    if "DEEPNOTE_PROJECT_ID" in os.environ:
        return "Deepnote"
    return "Google Colab" if "google.colab" in sys.modules or "COLAB_RELEASE_TAG" in os.environ else ""


def _kaggle() -> tuple[Path, str]:
    folder = KAGGLE / "dt_workspace"
    return folder, (
        f"Your work goes to {folder}. Kaggle keeps it with a saved version of this notebook, and from one session to "
        "the next if you choose Files in the notebook's settings, under Persistence."
    )


def _deepnote() -> tuple[Path, str]:
    folder = DEEPNOTE / "dt_workspace"
    return folder, f"Your work is kept among this project's files, in {folder}."


def _colab() -> tuple[Path, str]:
    drive = COLAB / "drive" / "MyDrive"
    if drive.is_dir():
        folder, note = drive / "dt_workspace", "Your work is kept in Google Drive, in the folder dt_workspace."
    else:
        folder = Path("~/dt_workspace")
        note = (
            f"Your work goes to {folder}, which Colab deletes together with this runtime. To keep it, mount Google "
            f'Drive in a cell of its own: from google.colab import drive; drive.mount("{COLAB}/drive")'
        )
    return folder, note


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A fresh temporary path beside `target` that replaces it when the block ends without an exception.

    Readers see the old content or the whole new content, never a part. It works for files and for folders. If the new
    one can't be moved into place, the old one stays. If several processes do this at once, the last one wins.
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
    """Moves `staged` to `target`; a folder or file that was there is left at `staged` or in the folder `aside`.

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
    raise OSError(errno.EBUSY, f"Other processes keep writing to {target}")


def _exchanged(one: Path, other: Path) -> bool:
    """Swaps the two in one step and says whether it did; only Linux can."""
    try:
        call = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return call(here, os.fsencode(one.absolute()), here, os.fsencode(other.absolute()), exchange) == 0


def _made(path: str | Path, variable: str) -> Path:
    """The folder, made if missing. Raises the OSError that prevents it, which says what `variable` is for."""
    path = Path(path).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        advice = f"set the environment variable {variable} to a folder that you can write"
        raise type(error)(error.errno, f"{error.strerror}: {path} can't be made; {advice}") from None
    return path
