"""Results of a class that nobody graded, for the pages and tables that show them."""

from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading.results import ExerciseResult, SubmissionResult

RIGHT = {
    "returns_to_go": "def returns_to_go(rewards, gamma=1.0):\n    return rewards",
    "context_window": "def context_window(sequence, length):\n    return sequence[-length:]",
}
RETURNS = ExerciseResult("01_returns", "check_returns_to_go", 2.0, 2.0, "passed", sentence="It is right.")
WINDOW = ExerciseResult(
    *("02_window", "check_context_window", 0.0, 1.0, "failed", "first-rows"),
    sentence="You return the first rows.",
    hints=("Count from the end.",),
)


def matched(texts: dict[str, str], notes=(), unreadable: str | None = None) -> dict:
    """As `results.SubmissionResult` keeps it for the small course of tests/fixtures."""
    notebooks = {"01_returns": "returns_to_go", "02_window": "context_window"}
    return {
        notebook: {
            "how": {cell: "cell id" if cell in texts else "missing"},
            "solutions": {cell: texts.get(cell, "")},
            "notes": list(notes),
            "unreadable": unreadable,
        }
        for notebook, cell in notebooks.items()
    }


def result(student="ada", *exercises, state="graded", texts=None, notes=(), **more) -> SubmissionResult:
    """A submission to the small course: the first exercise right, the second wrong, unless `exercises` are given."""
    found = matched(RIGHT if texts is None else texts, notes)
    exercises = exercises or (RETURNS, WINDOW)
    return SubmissionResult(student, ASSIGNMENT, state, exercises=exercises, matched=found, **more)
