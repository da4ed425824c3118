"""What a case of the hostile suite is, and the list of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

WINDOW = "context_window"  # the exercise that most cases attack: 2 points
CASES: list["Case"] = []
KINDS = ("points without the work", "harm to others", "a run that aborts", "its own error", "a damaged file")


@dataclass(frozen=True)
class Case:
    """A submission that is solved but for what is said here, and the points that it is worth."""

    kind: str
    name: str
    points: float | None  # None: never graded
    texts: dict[str, str] = field(default_factory=dict)  # grade id of a solution cell -> its text
    edit: Callable[[Path], None] | None = None  # changes the folder that is handed in
    says: str = ""  # what the result has to tell, in a sentence or a flag


def case(kind: int, name: str, points: float | None, edit=None, says: str = "", **texts: str) -> None:
    CASES.append(Case(KINDS[kind], name, points, texts, edit, says))


def window(body: str, answer: str = "sequence * 0") -> str:
    """The text of `context_window` that runs `body` and returns `answer`, a wrong one unless it is given."""
    lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
    return f"def context_window(sequence, length):\n{lines}\n    return {answer}\n"


def trying(body: str) -> str:
    """`context_window` that tries `body`, whatever comes of it, and gives the right answer."""
    lines = "\n".join(f"        {line}" for line in body.strip("\n").splitlines())
    start = f"def context_window(sequence, length):\n    try:\n{lines}\n    except BaseException:\n        pass\n"
    return start + "    return sequence[-length:]\n"
