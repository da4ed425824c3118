"""What a check is made of: an exercise, the cases it is tried on, and the mistakes known to be made in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One call of the student's function, with inputs that nobody else writes to."""

    label: str  # "batch 1, K 1, hidden 5"
    args: tuple
    kwargs: dict = field(default_factory=dict)
    strided: bool = False  # hand the arrays over as views with gaps between their elements
    grad: tuple[int, ...] = ()  # positions of the arguments that gradients flow back to
    core: bool = True  # False for the corners: a mistake is still recognised when only these look different
    expected: tuple | None = None  # frozen right answers; None: ask the oracle


@dataclass(frozen=True)
class Mistake:
    """A misconception: `reproduce` has the exercise's signature and gives what the student's function would."""

    slug: str
    reproduce: Callable
    sentence: str
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Strip:
    """Rows of labels to be drawn under one another: what was expected, what was given."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]  # ("expected", ("R1", "s1", ...)), ("yours", (...))


@dataclass(frozen=True)
class Exercise:
    """A function that the student writes, and everything the check knows about it."""

    name: str  # of the check: "stacked_inputs"
    signature: str  # of the student's function
    results: tuple[str, ...]  # names of what it returns
    kind: str  # "tensor": the model goes on with it, so it has to be one; "array": whatever numpy can read
    parameters: tuple[str, ...]
    cases: Callable[..., list[Case]]  # numpy Generator -> cases, the most telling one first
    oracle: Callable  # the student's signature -> tuple of right results
    mistakes: Callable[[], Iterable[Mistake]]
    hints: tuple[str, ...]  # for a mistake that the catalogue doesn't know
    strip: Callable | None = None  # case, expected arrays, given arrays -> Strip

    @property
    def function(self) -> str:
        return self.signature.partition("(")[0]
