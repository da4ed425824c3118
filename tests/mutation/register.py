"""The written answers: right ones, and wrong ones with the mistake that their author made on purpose."""

import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    check: str  # name of the check
    answer: Callable
    slug: str | None = None  # of the mistake, or several with | between them; None for a right answer
    where: str = ""  # file and line, to find it again

    def called(self, mistake: str | None) -> bool:
        """Whether the mistake was called by its name; where that is "None", there is none to give."""
        return str(mistake) in (self.slug or "").split("|")


RIGHT: list[Written] = []
WRONG: list[Written] = []


def right(check: str):
    """`add = right("pad_left")`, then `@add` or `add(lambda ...)`."""

    def add(answer):
        RIGHT.append(Written(check, answer, None, _caller()))
        return answer

    return add


def wrong(check: str):
    """`add = wrong("pad_left")`, then `@add("padded-right")` or `add("padded-right")(lambda ...)`."""

    def named(slug: str | None):
        def add(*answers):
            for i, answer in enumerate(answers, start=1):
                WRONG.append(Written(check, answer, str(slug), f"{_caller()} no. {i}"))
            return answers[0]

        return add

    return named


def _caller() -> str:
    """File and line of the code that adds an answer."""
    frame = sys._getframe(2)
    return f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
