"""Options that several commands of ``dt-course`` share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


def optional(*names: str, help: str, **settings) -> Any:
    """An option whose default is stated in its help, if anywhere."""
    return typer.Option(*names, help=help, show_default=False, **settings)


def a_file(help: str) -> Any:
    """An option that names an existing file."""
    return optional(help=help, exists=True, dir_okay=False)


class Preset(StrEnum):
    """How long to train: the names in `dt_helpers.training.settings.PRESETS`, which is slow to import."""

    ci = "ci"
    quick = "quick"
    tutorial = "tutorial"


PresetOption = Annotated[
    Preset | None,
    typer.Option(
        help="How long to train: ci (seconds, learns next to nothing), quick (minutes on two cores), tutorial (as in "
        "the original tutorial). Default: $DT_PRESET, else quick.",
        show_default=False,
    ),
]
SeedOption = Annotated[int, typer.Option(help="Seed for everything random.")]
ModelOption = Annotated[
    Path | None,
    optional(
        help="Folder of a trained model, or its name on the Hub. Default: model (for sweep: model-mixed) in the "
        "workspace, else the course's."
    ),
]
EpisodeOption = Annotated[int, typer.Option(min=1, help="Maximum number of steps per episode.")]
HorizonOption = Annotated[
    int | None,
    typer.Option(min=1, help="For a file without timeouts: steps after which an episode ends.", show_default=False),
]
KeyOption = Annotated[
    str | None, typer.Option(help="For observations with named parts: the part to read.", show_default=False)
]
RenameOption = Annotated[
    list[str] | None, typer.Option(help="Rename a file's column, theirs=ours: obs=observations.", show_default=False)
]
