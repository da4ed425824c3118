"""A submitted notebook as its kernel would run it: code cells in order, and the place of each check cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dt_helpers.grading.text.reading import Cell


@dataclass(frozen=True)
class Place:
    """The place of a check cell."""

    at: int  # number of the script's cells above it
    rest: str = ""  # the code above the check in the same cell


@dataclass(frozen=True)
class Script:
    """The code of one student's notebook."""

    cells: tuple[tuple[int, str], ...] = ()  # number in the notebook and text
    checks: dict[str, Place] = field(default_factory=dict)  # by the check cell's grade id; without lost ones
    own: dict[str, int] = field(
        default_factory=dict
    )  # grade id of a solution cell -> number of the cell that answers it

    def before(self, check: str) -> list[tuple[int, str]]:
        """The cells that run before the check cell; all of them if it is lost."""
        if (place := self.checks.get(check)) is None:
            return list(self.cells)
        rest = [(0, place.rest)] if place.rest.strip() else []
        return [*self.cells[: place.at], *rest]


def script(
    release: Sequence[Cell], checks: Sequence[Cell], submitted: Sequence[Cell], own: Mapping[str, int]
) -> Script:
    """The script of the `submitted` cells; `own` are the numbers of those that hold the answers.

    A code cell of the release that became markdown, and an answer in markdown, count as code. A check cell is found by
    its grade id, its cell id, or its line; the last one counts, as its outcome is what the student saw last.
    """
    ids = {cell.id for cell in release if cell.kind == "code"} - {""}
    code = [cell for cell in submitted if cell.kind == "code" or cell.number in own.values() or cell.id in ids]
    lines = {check.source.strip() for check in checks}
    run = [cell for cell in code if cell.source.strip() not in lines]
    places = {}
    for check in checks:
        if cell := _standing_for(check, code):
            above = sum(other.number < cell.number for other in run)
            places[check.grade_id] = Place(above, _above(check.source.strip(), cell.source) or "")
    return Script(tuple((cell.number, cell.source) for cell in run), places, dict(own))


def _standing_for(check: Cell, code: Sequence[Cell]) -> Cell | None:
    ways = (
        lambda cell: cell.grade_id and cell.grade_id == check.grade_id,
        lambda cell: cell.id and cell.id == check.id,
        lambda cell: _above(check.source.strip(), cell.source) is not None,
    )
    return next((found[-1] for way in ways if (found := [cell for cell in code if way(cell)])), None)


def _above(check: str, source: str) -> str | None:
    """The lines above the last line that is the check; None if there is no such line."""
    lines = source.split("\n")
    hits = [number for number, line in enumerate(lines) if re.sub(r"\s*(;\s*)?(#.*)?$", "", line) == check]
    return "\n".join(lines[: hits[-1]]) if hits else None
