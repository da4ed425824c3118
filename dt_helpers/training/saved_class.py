"""The source of a student's own model class, in its model's folder."""

from __future__ import annotations

from pathlib import Path

from dt_helpers.machine.telling import tell
from dt_helpers.workspace import own, sources, workspace

NAME = "# The model's class: "


def write(architecture: type, path: Path) -> None:
    """Write the source of a class to `path`; where there is none, a line says how to load the model again."""
    kept = own.source_file(architecture)
    try:
        text = kept.read_text(encoding="utf-8") if kept is not None else sources.of(architecture)
    except sources.NotToBeKept as error:
        tell(f"{error} To load the model again, pass its class: training.load(folder, architecture=...).")
        return
    text = text if text.startswith(NAME) else f"{NAME}{architecture.__name__}\n{text}"
    path.write_text(text, encoding="utf-8")


def read(path: Path) -> type | None:
    """The class whose source is at `path`; None if there is none, or if it is outside the workspace: a model that was
    downloaded must not run code. Raises ValueError if the file can't be run."""
    if not path.is_file():
        return None
    if not path.resolve().is_relative_to(workspace().resolve()):
        tell(
            f"{path} holds a model's class. It isn't run, since it is outside your workspace: the course's class "
            "reads the weights. To use it, pass the class: training.load(folder, architecture=...)."
        )
        return None
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return own.read(path, first.removeprefix(NAME).strip())
