"""Wrong answers made by machine: one small change to a right answer's syntax tree, or a memory around it.

A change may leave the meaning as it was (`mask > 0` for `mask >= 1`). Such mutants are recognised without the checks,
by many inputs of the exercise's kind (`equivalence`), and don't count.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache

from . import fresh, kept, solutions
from .edits import changed, changes


@dataclass(frozen=True)
class Mutant:
    change: str
    source: str
    answer: Callable


@dataclass(frozen=True)
class Base:
    """A right answer to be mutated."""

    check: str
    where: str
    source: str

    def answer(self, source: str) -> Callable:
        """What a changed source defines."""
        if not self.where.startswith("solutions."):
            return fresh.answer(self.check, source, f"<{self.where}>")
        namespace = dict(vars(solutions))
        exec(compile(source, "<mutant>", "exec"), namespace)
        return namespace[self.where.removeprefix("solutions.")]


def ours(check: str) -> list[Base]:
    """Our own right answers, one or more ways."""
    return [
        Base(check, f"solutions.{each.__name__}", textwrap.dedent(inspect.getsource(each)))
        for each in solutions.SOLUTIONS[check]
    ]


@cache
def others(check: str) -> list[Base]:
    """The right answers of people who had seen the statement only."""
    return [Base(check, where, source) for where, source in kept.right_sources(check)]


def mutants(check: str, eighths: Collection[int] = range(8)) -> Iterator[Mutant]:
    """The mutants of our right answers to one check, each once; or some eighths of them."""
    seen: set[str] = set()
    for base in ours(check):
        tree = ast.parse(base.source)
        for place, change, edit in changes(tree):
            source = changed(tree, place, edit)
            if source in seen:
                continue
            seen.add(source)
            if len(seen) % 8 in eighths and (mutant := _made(base, change, source)):
                yield mutant


def of(base: Base, chosen: Callable[[list], list] = list) -> Iterator[Mutant]:
    """The mutants of one answer, or those of its changes that are `chosen`; at last three that remember."""
    tree = ast.parse(base.source)
    for place, change, edit in chosen(changes(tree)):
        if mutant := _made(base, change, changed(tree, place, edit)):
            yield mutant
    if base.check != "forward":
        for name, remember in MEMORIES.items():
            yield Mutant(f"{base.where}: {name}", base.source, remember(base.answer(base.source)))


def _made(base: Base, change: str, source: str) -> Mutant | None:
    """None if the change can't be compiled, or stops while it is defined: then there is no answer to check."""
    try:
        return Mutant(f"{base.where}: {change}", source, base.answer(source))
    except Exception:
        return None


def _first_result(answer: Callable) -> Callable:
    results: list = []

    def remembering(*args):
        results.append(results[0] if results else answer(*args))
        return results[0]

    return remembering


def _by_shape(answer: Callable) -> Callable:
    results: dict = {}

    def remembering(*args):
        shapes = tuple(getattr(arg, "shape", None) for arg in args)
        if shapes not in results:
            results[shapes] = answer(*args)
        return results[shapes]

    return remembering


def _one_call_late(answer: Callable) -> Callable:
    last: list = []

    def remembering(*args):
        last.append(answer(*args))
        return last[-2] if len(last) > 1 else last[-1]

    return remembering


MEMORIES = {
    "gives its first result for ever": _first_result,
    "remembers by shape": _by_shape,
    "gives the result of the call before": _one_call_late,
}
