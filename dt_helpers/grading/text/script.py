"""A submitted notebook as its kernel would run it: code cells in order, and the place of each check cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dt_helpers.grading.text import checking
from dt_helpers.grading.text.reading import Cell

THE_CHECK = 0  # the number of what is run of a check's cell


@dataclass(frozen=True)
class Place:
    """The place of a check cell."""

    at: int  # number of the script's cells above it
    rest: str = ""  # its own code, down to the statement that calls the check
    number: int = 0  # of the cell in the notebook


@dataclass(frozen=True)
class Script:
    """The code of one student's notebook."""

    cells: tuple[tuple[int, str], ...] = ()  # number in the notebook and text
    checks: dict[str, Place] = field(default_factory=dict)  # by the check cell's grade id; without lost ones
    own: dict[str, int] = field(
        default_factory=dict
    )  # grade id of a solution cell -> number of the cell that answers it
    instead: dict[str, tuple[Place, ...]] = field(
        default_factory=dict
    )  # the places that count in turn if the call at the first isn't reached

    def places(self, check: str) -> list[Place]:
        """The check's places, the one that counts first; none if it is lost."""
        return [self.checks[check], *self.instead.get(check, ())] if check in self.checks else []

    def above(self, place: Place | None) -> list[tuple[int, str]]:
        """The cells that run before a check cell, and its own code; all of them if it is lost."""
        if place is None:
            return list(self.cells)
        rest = [(THE_CHECK, place.rest)] if place.rest.strip() else []
        return [*self.cells[: place.at], *rest]


def script(
    release: Sequence[Cell], checks: Sequence[Cell], submitted: Sequence[Cell], own: Mapping[str, int]
) -> Script:
    """The script of the `submitted` cells; `own` are the numbers of those that hold the answers.

    A code cell of the release that became markdown, and an answer in markdown, count as code. For check cells, see
    `checking.places`.
    """
    ids = {cell.id for cell in release if cell.kind == "code"} - {""}
    code = [cell for cell in submitted if cell.kind == "code" or cell.number in own.values() or cell.id in ids]
    lines = {check.source.strip() for check in checks}
    run = [cell for cell in code if cell.source.strip() not in lines]
    first, instead = {}, {}
    for check in checks:
        places = []
        for cell in checking.places(check, code):
            above = sum(other.number < cell.number for other in run)
            places.append(Place(above, checking.down_to(check.source, cell.source), cell.number))
        if places:
            first[check.grade_id], instead[check.grade_id] = places[0], tuple(places[1:])
    return Script(tuple((cell.number, cell.source) for cell in run), first, dict(own), instead)
