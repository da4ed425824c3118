"""What the student sees: a verdict, a sentence, hints, the strip of tokens, the first number that differs."""

import sys
import textwrap
import traceback

from . import html
from .comparing import Difference
from .exercise import Strip
from .generic import is_students, students_frames

WIDTH = 110
_FRAMES = 6  # of the student's own lines, the innermost


class CheckResult:
    """A passed check: shown as a card in a notebook, as a line in a terminal."""

    passed = True

    def __init__(self, name: str, function: str, cases: int):
        self.name, self.function, self.cases = name, function, cases

    @property
    def sentence(self) -> str:
        return f"{self.function} gave the right answer on {self.cases} different inputs."

    def __repr__(self) -> str:
        return f"CheckResult({self.name}: passed)"

    def __str__(self) -> str:
        return f"✓ {self.name}: {self.sentence}"

    def _repr_pretty_(self, printer, cycle) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        return html.card("✓", self.name, self.sentence)


class CheckFailed(AssertionError):
    """A failed check.

    `.mistake` is a slug of the catalogue or None if it knows no such mistake, `.hint` what to look at (more of it at
    every further try), `.sentence` what is wrong, `.difference` where, `.case` and `.seed` on which input.
    """

    passed = False

    def __init__(
        self,
        name: str,
        function: str,
        mistake: str | None,
        sentence: str,
        hints: tuple[str, ...] = (),
        difference: Difference | None = None,
        case: str = "",
        seed: int | None = None,
        strip: Strip | None = None,
        error: BaseException | None = None,
    ):
        super().__init__(f"{name}: {sentence}")
        self.name, self.function, self.mistake, self.sentence = name, function, mistake, sentence
        self.all_hints, self.tries = hints, 1
        self.difference, self.case, self.seed, self.strip = difference, case, seed, strip
        self.shown = False  # whether the notebook shows the card already
        if error is not None:
            self.__cause__ = error.with_traceback(students_frames(error.__traceback__))

    @property
    def hints(self) -> tuple[str, ...]:
        return self.all_hints[: self.tries]

    @property
    def hint(self) -> str:
        return " ".join(self.hints)

    def __repr__(self) -> str:
        return f"CheckFailed({self.name}: {self.mistake or 'wrong values'})"

    def __str__(self) -> str:
        lines = [*_wrapped(f"✗ {self.name}: ", self.sentence)]
        for hint in self.hints:
            lines += _wrapped("  hint: ", hint)
        if self.strip:
            lines += _strip_lines(self.strip)
        lines += [f"  {line}" for line in self.facts]
        return "\n".join(lines)

    @property
    def facts(self) -> list[str]:
        """Where the first difference is, and how to see it again."""
        facts = []
        found = self.difference
        if found is not None and found.index is not None:
            place = f"{found.result}[{', '.join(map(str, found.index))}]" if found.index else found.result
            facts.append(f"first difference: {place} is {found.given:.5g}, expected {found.expected:.5g}")
        if self.case:
            facts.append(f"seen with {self.case} (to see it again: seed={self.seed})")
        return facts

    def _repr_html_(self) -> str:
        return html.card("✗", self.name, self.sentence, self.hints, self.strip, self.facts, self._students_lines())

    def _render_traceback_(self) -> list[str]:
        """For IPython: the message, and of the traceback the student's own lines only."""
        if self.shown:
            return [f"CheckFailed: {self.name}: {self.sentence}"]
        return [*self._students_lines(), str(self)]

    def _students_lines(self) -> list[str]:
        if self.__cause__ is None or self.mistake == "unfilled":
            return []
        frames = [frame for frame in traceback.extract_tb(self.__cause__.__traceback__) if is_students(frame)]
        lines = [f"line {frame.lineno} in {frame.name}:  {frame.line}" for frame in frames[-_FRAMES:]]
        return [*lines, *traceback.format_exception_only(self.__cause__)[-1].splitlines()[:3]]


def show(failure: CheckFailed) -> None:
    """Puts the card into the notebook's output; elsewhere does nothing, since the exception's text says it all."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None and hasattr(shell, "kernel"):
        from IPython.display import HTML, display

        display(HTML(failure._repr_html_()))
        failure.shown = True


def _wrapped(start: str, text: str) -> list[str]:
    lines = []
    for paragraph in text.splitlines():
        lines += textwrap.wrap(paragraph.strip(), WIDTH - len(start)) or [""]
    return [(start if i == 0 else " " * 4) + line for i, line in enumerate(lines)]


def _strip_lines(strip: Strip) -> list[str]:
    """The strip's rows in columns, with ^ under what differs from the first row."""
    columns = max(len(labels) for _, labels in strip.rows)
    padded = [[*labels, *[""] * (columns - len(labels))] for _, labels in strip.rows]
    widths = [max(len(row[i]) for row in padded) for i in range(columns)]
    titles = max(len(title) for title, _ in strip.rows)
    lines = []
    for (title, _), row in zip(strip.rows, padded, strict=True):
        lines.append(f"  {title:<{titles}}  " + " ".join(f"{x:<{w}}" for x, w in zip(row, widths, strict=True)))
    expected, given = padded[0], padded[-1]
    marks = " ".join(("^" * max(w, 1) if e != g else " " * w) for e, g, w in zip(expected, given, widths, strict=True))
    return [line.rstrip() for line in [*lines, " " * (titles + 4) + marks]]
