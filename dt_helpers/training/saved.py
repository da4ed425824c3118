"""A trained model's folder: its files belong together, and one model is whole whenever the process is killed.

A new model is written to ``unfinished/``, renamed to ``.finished-model/``, and from then on it is the model of the
folder. Copies of its files then replace the old model's, and ``.finished-model/`` goes. A process that is killed in
between leaves one that is read in the meantime, and that the next training run moves into place.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

CONFIG, WEIGHTS, FACTS, HISTORY = "config.json", "model.safetensors", "training.json", "history.json"
CARD, EVALUATION = "README.md", "evaluation.json"
CLASS = "own_model.py"  # the source of the model's class, if that is a student's own
FILES = (CONFIG, WEIGHTS, FACTS, HISTORY, CARD, EVALUATION, CLASS)
FINISHED, UNFINISHED = ".finished-model", "unfinished"


def place(folder: Path) -> Path:
    """Where the files of the folder's model are: in `folder`, or in the place where they wait to be moved there."""
    on_its_way = folder / FINISHED
    return on_its_way if on_its_way.is_dir() else folder


def there_is_one(folder: Path) -> bool:
    """Whether `folder` holds a model."""
    return all((place(folder) / name).is_file() for name in (CONFIG, WEIGHTS))


def stamp(folder: Path) -> tuple | None:
    """What changes when the folder gets another model; None if there is none."""
    where = place(folder)
    try:
        config = (where / CONFIG).stat()
    except FileNotFoundError:
        return None
    return where, config.st_ino, config.st_mtime_ns


def scratch(folder: Path) -> Path:
    """``unfinished/``, empty: what a killed process left in it is removed. For the one process that trains."""
    path = folder / UNFINISHED
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True, exist_ok=True)
    return path


def discard(path: Path, scratch: Path) -> None:
    """Remove a folder, if it is there. It leaves its place in one step, whenever the process is killed."""
    scratch.mkdir(parents=True, exist_ok=True)
    trash = Path(tempfile.mkdtemp(prefix="discarded-", dir=scratch))
    with suppress(FileNotFoundError):  # another process may have been quicker
        path.rename(trash / path.name)
    shutil.rmtree(trash, ignore_errors=True)


def put(written: Path, folder: Path) -> None:
    """Make the files in `written`, which is in ``unfinished/``, the model of `folder`."""
    written.rename(folder / FINISHED)
    settle(folder)


def store(folder: Path, write: Callable[[Path], None]) -> None:
    """Make the files that `write` puts into the folder that it is called with the model of `folder`."""
    settle(folder)
    written = scratch(folder) / "model"
    written.mkdir()
    write(written)
    put(written, folder)
    shutil.rmtree(folder / UNFINISHED, ignore_errors=True)


def settle(folder: Path) -> None:
    """Move a model that is waiting into its place. For the one process that trains into `folder`.

    The config goes first and comes last: a reader of the single files finds one model, or none.
    """
    new = folder / FINISHED
    if not new.is_dir():
        return
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    files = sorted((path for path in new.iterdir() if path.is_file()), key=lambda path: path.name == CONFIG)
    for file in files:
        copy = folder / UNFINISHED / file.name
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, copy)
        copy.replace(folder / file.name)
    discard(new, folder / UNFINISHED)


def describe(folder: Path) -> str | None:
    """What is known about the folder's model, in words that follow "a model"; None if there is no model."""
    if not there_is_one(folder):
        return None
    facts, evaluation = (_json(place(folder) / name) for name in (FACTS, EVALUATION))
    words = f" trained on {facts['dataset']} for {facts['steps']:,} steps" if {"dataset", "steps"} <= set(facts) else ""
    returns = evaluation.get("returns")
    return words + (f", measured return {sum(returns) / len(returns):,.0f}" if returns else "")


def _json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
