"""Questions that the notebooks ask before a run; the reply to a wrong answer says what it confuses.

The card needs no kernel: clicking an answer opens its reply, also in a saved notebook and on a web page.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from dt_helpers.check.engine import card

FILE = Path(__file__).parents[1] / "assets" / "course" / "questions.toml"
LETTERS = "abcd"


@dataclass(frozen=True)
class Question:
    """Shown as a card in a notebook, as text in a terminal."""

    name: str
    notebook: str
    ask: str
    answers: tuple[dict, ...]  # "say", "reply", and "right" for one of them

    def __str__(self) -> str:
        options = [f"  {letter}) {answer['say']}" for letter, answer in zip(LETTERS, self.answers, strict=False)]
        return "\n".join([f"? {self.ask}", *options, f'Answer with check.question("{self.name}", "a").'])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return card.question(self.ask, [(answer["say"], self.reply(i)) for i, answer in enumerate(self.answers)])

    def reply(self, index: int) -> str:
        answer = self.answers[index]
        return f"{'✓ Right.' if answer.get('right') else '✗ Not quite.'} {answer['reply']}"


class Reply(str):
    """The reply to an answer."""

    def _repr_html_(self) -> str:
        return f"<div>{escape(self)}</div>"

    def __repr__(self) -> str:
        return str(self)


@cache
def everything() -> dict[str, Question]:
    """By name."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: Question(name, facts["notebook"], facts["ask"], tuple(facts["answers"])) for name, facts in found.items()
    }


def question(name: str, answer: str | None = None) -> Question | Reply:
    """The question of that name; given the letter of an answer, the reply to it.

    Raises ValueError for an unknown name or letter.
    """
    known = everything()
    if name not in known:
        raise ValueError(f"There is no question {name!r}. The questions are: {', '.join(known)}.")
    asked = known[name]
    if answer is None:
        return asked
    letters = LETTERS[: len(asked.answers)]
    if not isinstance(answer, str) or len(answer) != 1 or answer not in letters:
        raise ValueError(f"An answer is one of the letters {', '.join(letters)}, not {answer!r}.")
    return Reply(asked.reply(letters.index(answer)))
