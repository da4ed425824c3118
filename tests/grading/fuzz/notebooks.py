"""A released notebook in a student's hands, and the composing of habits in it."""

from __future__ import annotations

import copy
import json
import random
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.grading.course import POINTS_OF, RELEASED

from .answers import WRONG, right

STEMS = [stem for stem in POINTS_OF for _ in range(1 if stem == "07_stitching" else 3)]  # that one trains: slow


@cache
def _released(stem: str) -> str:
    return (RELEASED / f"{stem}.ipynb").read_text()


@dataclass
class Handed:
    """A notebook that somebody hands in."""

    stem: str
    seed: int
    habits: list[str] = field(default_factory=list)  # by name, in the order in which they came
    notebook: dict = field(default_factory=dict)

    def __post_init__(self):
        self.notebook = json.loads(_released(self.stem))
        for cell in self.cells:
            cell["source"] = "".join(cell["source"])
        last = max(i for i, cell in enumerate(self.cells) if is_check(cell))
        del self.cells[last + 2 :]  # nothing below the last check changes what it says

    @property
    def cells(self) -> list[dict]:
        return self.notebook["cells"]

    def at(self, grade_id: str) -> int:
        return next(i for i, cell in enumerate(self.cells) if marks(cell).get("grade_id") == grade_id)

    def answers(self) -> list[dict]:
        return [cell for cell in self.cells if marks(cell).get("solution")]

    def code(self, source: str, **metadata) -> dict:
        number = sum(cell.get("id", "").startswith("own-") for cell in self.cells)
        empty = {"execution_count": None, "outputs": [], "metadata": metadata, "cell_type": "code"}
        return empty | {"id": f"own-{number}", "source": source}

    def before(self, cell: dict, *sources: str) -> None:
        for source in sources:
            self.cells.insert(self.index(cell), self.code(source))

    def after(self, cell: dict, *sources: str) -> None:
        for number, source in enumerate(sources, 1):
            self.cells.insert(self.index(cell) + number, self.code(source))

    def check_of(self, answer: dict) -> dict:
        """The check below an answer; the last one, where it was moved below them all."""
        checks = [i for i, cell in enumerate(self.cells) if is_check(cell)]
        return self.cells[next((i for i in checks if i > self.index(answer)), checks[-1])]

    def index(self, cell: dict) -> int:
        return next(i for i, other in enumerate(self.cells) if other is cell)

    def write(self, folder: Path) -> Path:
        path = folder / f"{self.stem}.ipynb"
        path.write_text(json.dumps(self.notebook))
        return path


def marks(cell: dict) -> dict:
    return cell["metadata"].get("nbgrader", {})


def is_check(cell: dict) -> bool:
    return bool(marks(cell).get("grade")) and not marks(cell).get("solution")


def target(cell: dict) -> str:
    """The function or class that an answer defines; empty where that can't be told."""
    found = re.search(r"^(?:def|class) (\w+)|^(\w+) = lambda", cell["source"], re.MULTILINE)
    return (found[1] or found[2]) if found else ""


def compose(seed: int, wrong: bool) -> Handed:
    """A notebook of right answers with one to five habits; `wrong`: one answer is wrong, or something spoils it."""
    from . import layouts  # noqa: F401 (it adds to the habits)
    from .habits import HABITS
    from .spoilers import SPOILERS

    rng = random.Random(seed)
    handed = Handed(rng.choice(STEMS), seed)
    for cell in handed.answers():
        cell["source"] = right(rng, marks(cell)["grade_id"])
    if wrong and rng.random() < 0.5:
        cell = rng.choice([cell for cell in handed.answers() if marks(cell)["grade_id"] in WRONG])
        cell["source"] = WRONG[marks(cell)["grade_id"]]
        handed.habits.append(f"wrong {marks(cell)['grade_id']}")
    elif wrong:
        _apply(rng.choice(SPOILERS), handed, rng)
    for habit in rng.sample(HABITS, rng.randint(1, 5)):
        _apply(habit, handed, rng)
    return handed


def _apply(habit, handed: Handed, rng: random.Random) -> None:
    handed.habits.append(habit.__name__)
    habit(handed, rng.choice(handed.answers()), rng)


def copied(cell: dict, new_id: str) -> dict:
    return copy.deepcopy(cell) | {"id": new_id}
