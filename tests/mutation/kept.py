"""Answers by people who had seen the statements only, in `answers/<check>.py`: a percent script, an answer a cell.

    # %% right
    # %% wrong (discount-from-start): what was done

In brackets stands the name that the check has to give the mistake; names that it may choose from, with | between them;
or None where it only says what differs. In an answer to `forward` the lines `# <as given>` stand for those of the
notebook's cell that the exercise leaves as they are: before its solution, and after it.
"""

import re
from functools import cache
from pathlib import Path

from . import fresh
from .register import Written

FOLDER = Path(__file__).parent / "answers"
_GIVEN = "# <as given>"


@cache
def answers(check: str) -> tuple[Written, ...]:
    """The right and the wrong answers to a check; none where nobody has written any."""
    return tuple(_written(check, *cell) for cell in _cells(check))


def right_sources(check: str) -> list[tuple[str, str]]:
    """Place and source of each right answer to a check."""
    return [(where, source) for where, title, source in _cells(check) if title == "right"]


@cache
def _cells(check: str) -> list[tuple[str, str, str]]:
    """Place, title and source of each answer; the lines that a cell has as given are put in."""
    path = FOLDER / f"{check}.py"
    if not path.exists():
        return []
    found = []
    cells = re.split(r"^# %% ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for number, cell in enumerate(cells, start=1):
        title, _, source = cell.partition("\n")
        if check == "forward":
            for given in _given():
                source = source.replace(_GIVEN, given, 1)
        found.append((f"{path.name} no. {number}", title, source))
    return found


def _written(check: str, where: str, title: str, source: str) -> Written:
    answer = fresh.answer(check, source, f"<{where}>")
    if title == "right":
        return Written(check, answer, None, where)
    slug, mistake = re.fullmatch(r"wrong \((.+?)\): (.+)", title).groups()
    return Written(check, answer, slug, f"{where}, {mistake}")


@cache
def _given() -> tuple[str, str]:
    """The lines of the model's cell before the ones that are to be written, and after them."""
    script = next(fresh.SOLUTIONS.glob("04_*.py")).read_text(encoding="utf-8")
    cell = script[script.index("class DecisionTransformerModel(") :].partition("\n\n\n# %%")[0]
    before, after = cell.partition("        # To write:")[0], cell.partition("### END SOLUTION\n")[2]
    return before.rstrip("\n"), after
