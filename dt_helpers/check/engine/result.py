"""What the student sees: a verdict, a sentence, hints, the strip of tokens, the first number that differs."""

import textwrap
import traceback

from dt_helpers.check.engine import card
from dt_helpers.check.engine.comparing import Difference
from dt_helpers.check.engine.exercise import Strip
from dt_helpers.check.engine.generic import is_students, students_frames
from dt_helpers.machine.telling import in_notebook

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
        return card.card("✓", self.name, self.sentence)


class CheckFailed(AssertionError):
    """A failed check.

    `.mistake` is a slug of the catalogue, or None if the mistake isn't in it, `.hint` what to look at (more of it with
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
        self.shown = False  # whether the notebook already shows the card
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
        lines = _wrapped(f"✗ {self.name}: ", self.sentence)
        if self.strip:
            lines += _strip_lines(self.strip)
        lines += [f"  {line}" for line in self.students_lines]
        for hint in self.hints:
            lines += _wrapped("  hint: ", hint)
        return "\n".join([*lines, *(f"  {line}" for line in self.facts)])

    @property
    def facts(self) -> list[str]:
        """Where the first difference is, and how to see it again."""
        facts = []
        found = self.difference
        if found is not None and found.index is not None:
            place = f"{found.result}[{', '.join(map(str, found.index))}]" if found.index else found.result
            given, expected = _told_apart(found.given, found.expected)
            facts.append(f"first difference: {place} is {given}, expected {expected}")
        if self.case and self.mistake not in ("unfilled", "wrong-signature"):
            again = f"check.{self.name}({self._subject}, seed={self.seed})"
            facts.append(f"seen with {self.case} (to see it again: {again})")
        return facts

    @property
    def _subject(self) -> str:
        return "DecisionTransformerModel" if self.name == "forward" else self.function

    @property
    def students_lines(self) -> list[str]:
        """For an exception, the student's own lines of its traceback, the innermost last."""
        if self.mistake != "exception" or self.__cause__ is None:
            return []
        frames = [frame for frame in traceback.extract_tb(self.__cause__.__traceback__) if is_students(frame)]
        lines = [f"line {frame.lineno} in {frame.name}:  {frame.line}" for frame in frames]
        return list(dict.fromkeys(lines))[-_FRAMES:]  # once each, however deep the recursion

    def _repr_html_(self) -> str:
        return card.card("✗", self.name, self.sentence, self.strip, self.students_lines, self.hints, self.facts)

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback: the message, which has the student's own lines in it."""
        return [f"CheckFailed: {self.name}: {self.sentence}" if self.shown else str(self)]


def show(failure: CheckFailed) -> None:
    """Puts the card into the notebook's output; elsewhere does nothing, since the exception's text says it all."""
    if in_notebook():
        from IPython.display import HTML, display

        display(HTML(failure._repr_html_()))
        failure.shown = True


def _told_apart(*numbers: float | None) -> tuple[str, ...]:
    """The numbers with five digits, or with as many as it takes for them to look different."""
    rows = (tuple(f"{number:.{digits}g}" for number in numbers) for digits in range(5, 10))
    return next((row for row in rows if len(set(row)) > 1), tuple(map(str, numbers)))


def _wrapped(start: str, text: str) -> list[str]:
    lines = []
    for paragraph in text.splitlines():
        lines += textwrap.wrap(paragraph.strip(), WIDTH - len(start)) or [""]
    return [(start if i == 0 else " " * 4) + line for i, line in enumerate(lines)]


def _strip_lines(strip: Strip) -> list[str]:
    """The strip's rows in columns, with ^ under what is wrong in the last one."""
    titles = max(len(title) for title, _, _ in strip.rows)
    columns = max(len(labels) for _, labels, _ in strip.rows)
    widths = [max(len(labels[i]) for _, labels, _ in strip.rows if i < len(labels)) for i in range(columns)]
    lines = []
    for title, labels, _ in strip.rows:
        lines.append(f"  {title:<{titles}}  " + " ".join(f"{x:<{w}}" for x, w in zip(labels, widths, strict=False)))
    marks = " ".join(("^" if off else " ") * w for off, w in zip(strip.rows[-1][2], widths, strict=False))
    return [line.rstrip() for line in (*lines, " " * (titles + 4) + marks)]
