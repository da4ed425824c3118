"""Answers that depend on what the course's data says, which the sandbox lacks: nobody can tell whether they are right.

Such an answer fails with a stand-in's numbers. If it does the same with other numbers in their place, it has made
nothing of them and is wrong; if not, a person has to look at it. So does a person where it asks for a stand-in's type.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dt_helpers.grading.release import Task
from dt_helpers.grading.sandbox.inside.standins import ABSENT, HELPERS, NotInTheSandbox, StandIn
from dt_helpers.grading.sandbox.session import Session, Stopped

REFUSED = NotInTheSandbox.__name__
MARKS = (StandIn.__name__, ABSENT)  # in what is said of a stand-in
BY_HAND = "Your instructor grades this by hand."
OR_INSTALLED = "Your instructor installs it, or grades this by hand."
OR_LONGER = "Your instructor gives that cell more time, or grades this by hand."
HOW = {  # what a student reads -> what the instructor has to do
    BY_HAND: "Run the notebook in a kernel and grade this by hand.",
    OR_LONGER: "Grade again with a higher --cell-seconds, or run the notebook in a kernel and grade this by hand.",
    OR_INSTALLED: "Install it with the course and grade again, or grade this by hand.",
}
MOST = 5  # names in a sentence


@dataclass(frozen=True)
class Read:
    """What a function has from the course's data: the names, each with that of the data it was made of, or ""."""

    names: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()  # its arguments that it never reads
    in_place: tuple[str, ...] = ()  # the names that seem to be there in the place of these
    asks_for_a_type: bool = False  # of something that is there in the place of the data
    chosen_by: tuple[tuple[str, str], ...] = ()  # the names by which it is chosen which function it is

    @property
    def text(self) -> str:
        return _with_origins(self.names)


NOTHING = Read()


def read(session: Session) -> Read:
    """What the session says of the function that it has found; nothing if it can't say."""
    try:
        answer, _ = session.ask({"do": "made_of"})
        names, chosen_by = (
            tuple((str(name), str(origin)) for name, origin in answer[key]) for key in ("read", "chosen by")
        )
        unread, in_place = (tuple(str(name) for name in answer[key]) for key in ("unread", "in place"))
        return Read(names, unread, in_place, answer["asks for a type"] is True, chosen_by)
    except (Stopped, KeyError, TypeError, ValueError):
        return NOTHING


def on_a_stand_in(sentence: str, cause: BaseException | None) -> bool:
    """Whether an answer failed because it met a stand-in for the course's data. A call of the course's package is
    refused, and nothing else."""
    if cause is not None and type(cause).__name__ == REFUSED:
        return not str(cause).startswith(f"{HELPERS}.")
    return getattr(cause, "standing", False) or any(mark in f"{sentence} {cause}" for mark in MARKS)


def waits(task: Task, found: Read) -> str:
    """Why an exercise waits for a person, as its student reads it."""
    if found.chosen_by:
        return (
            f"Which function {task.target} is depends on {_with_origins(found.chosen_by)}: the course's data and "
            f"package are not there while grading, so the grader can't tell which one it is with them. {BY_HAND}"
        )
    what = found.text or "something that was made above it"
    return (
        f"{task.target} reads {what}: the course's data and package are not there while grading, so the grader can't "
        f"tell whether the answer is right. {BY_HAND}"
    )


def for_the_instructor(sentence: str) -> str:
    """The same sentence with what an instructor can do."""
    for students, instructors in HOW.items():
        sentence = sentence.replace(students, instructors)
    return sentence


def called(session: Session, lent: Iterable[str]) -> tuple[str, ...]:
    """Which of the functions that were lent the answer has called; all if the session can't say."""
    try:
        answer, _ = session.ask({"do": "called"})
        return tuple(name for name in lent if name in answer["called"])
    except (Stopped, KeyError, TypeError):
        return tuple(lent)


def in_place_of_arguments(task: Task, found: Read) -> str:
    """What is wrong with an answer that reads the notebook's data and leaves arguments unread."""
    names, taken = (_listed([f"`{name}`" for name in some[:MOST]]) for some in (found.unread, found.in_place))
    return (
        f"{task.target} never uses its {'argument' if len(found.unread) == 1 else 'arguments'} {names}"
        f"{f', and takes {taken} of the notebook instead' if taken else ''}. It has to work for "
        "whatever it is given: everything that it needs is in its arguments."
    )


def _with_origins(names: tuple[tuple[str, str], ...]) -> str:
    return _listed([f"{name} (made of {origin})" if origin else name for name, origin in names[:MOST]])


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
