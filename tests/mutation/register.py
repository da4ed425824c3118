"""The written answers: right ones, and wrong ones with the mistake that their author made on purpose."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    check: str  # name of the check
    answer: Callable
    slug: str | None = None  # of the mistake; None for a right answer
    where: str = ""  # file and line, to find it again


RIGHT: list[Written] = []
WRONG: list[Written] = []


def right(check: str):
    """`add = right("pad_left")`, then `@add` or `add(lambda ...)`."""

    def add(answer):
        RIGHT.append(Written(check, answer, None, _place(answer)))
        return answer

    return add


def wrong(check: str):
    """`add = wrong("pad_left")`, then `@add("padded-right")` or `add("padded-right")(lambda ...)`."""

    def named(slug: str):
        def add(*answers):
            for answer in answers:
                WRONG.append(Written(check, answer, slug, _place(answer)))
            return answers[0]

        return add

    return named


def _place(answer) -> str:
    code = getattr(answer, "__code__", None)
    if code is None:  # a class: its forward
        code = answer.forward.__code__
    return f"{code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}"
