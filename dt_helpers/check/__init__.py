"""Checks of the course's exercises: each takes the student's function and says that it is right or what is wrong.

    from dt_helpers import check
    check.stacked_inputs(stack_inputs)

Where things are: `exercises` has one file for each exercise: `check.<name>` is `exercises/<name>.py`. The `engine`
calls the student's function, finds the first difference from the right answer (or the frozen tensors of `reference`),
looks for it among the exercise's mistakes, and shows it. `whole_model` does the same for the model.
`python -m tests.mutation` measures how often all this gets it wrong.

A check returns a `CheckResult` or raises `CheckFailed`. `seed=` reproduces the inputs of an earlier failure.
Importing this module costs nothing; a check imports torch only where the exercise is written in it.
"""

from functools import cache
from importlib.util import find_spec

from dt_helpers.check.engine.result import CheckFailed, CheckResult
from dt_helpers.check.exercises import NAMES

from .tries import reset

__all__ = ["CheckFailed", "CheckResult", "hint", "progress", "question", "reset", "solution", *NAMES]


def hint(answer):
    """One more hint for a function that is not right yet: `dt_helpers.check.helping.hint`."""
    from dt_helpers.check import helping

    return helping.hint(answer)


def solution(answer):
    """The course's solution, after honest tries: `dt_helpers.check.helping.solution`."""
    from dt_helpers.check import helping

    return helping.solution(answer)


def question(name, answer=None):
    """A question to answer before a run: `dt_helpers.check.questions.question`."""
    from dt_helpers.check import questions

    return questions.question(name, answer)


def progress():
    """What is solved in all notebooks: `dt_helpers.check.helping.progress`."""
    from dt_helpers.check import helping

    return helping.progress()


def forward(cls, *, seed: int | None = None) -> CheckResult:
    """Checks a whole `DecisionTransformerModel`: the class, or a model of it (then with its own weights too)."""
    from dt_helpers.check.whole_model import check

    __tracebackhide__ = True
    return _passed(check(cls, seed))


def __getattr__(name: str):
    """`check.<name>`, for each of the exercises."""
    if name in NAMES:
        return _check_of(name)
    # Python asks for a module of this package, too, before it imports that; advice would import every exercise.
    said = f"module not imported yet: {name}" if find_spec(f"{__name__}.{name}") else _advice(name)
    raise AttributeError(said, name=name, obj=None)


def __dir__() -> list[str]:
    return sorted({*globals(), *NAMES})


@cache
def _check_of(name: str):
    from dt_helpers.check.exercises import exercise
    from dt_helpers.check.one_function import check as run

    asked = exercise(name)

    def check(fn, *, seed: int | None = None) -> CheckResult:
        __tracebackhide__ = True
        return _passed(run(name, fn, seed))

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"Checks `{asked.signature}`: {asked.about}"
    return check


def _advice(name: str) -> str:
    """What to do about a check that doesn't exist: the name may be that of the function that it checks."""
    from difflib import get_close_matches

    from dt_helpers.check.exercises import FUNCTIONS, exercise

    by_function = {exercise(check).function: check for check in FUNCTIONS} | {"DecisionTransformerModel": "forward"}
    close = get_close_matches(name, [*by_function, *NAMES], n=1)
    meant = by_function.get(name) or (by_function.get(close[0], close[0]) if close else None)
    return f"there is no check.{name}" + (
        f"; did you mean check.{meant}?" if meant else f"; the checks are {', '.join(NAMES)}"
    )


def _passed(verdict: CheckResult | CheckFailed) -> CheckResult:
    """The result of a check that passed; raises the failure of one that didn't, without a trace of our own frames."""
    __tracebackhide__ = True
    if isinstance(verdict, CheckResult):
        return verdict
    from dt_helpers.check.engine.result import show

    show(verdict)
    raise verdict from verdict.__cause__
