"""What a check is made of: an exercise, the cases it is tried on, and the mistakes known to be made in it."""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


class Maker:
    """Stands in a case for an argument that lives, such as an environment: each call is given a new one.

    Called, it makes a face (`engine.faces`), whose `record` has `seen()`: what it was told, as arrays. `like`: the
    record of another call. What is told something else may raise, so that a comparison ends early.
    """

    def __call__(self, like=None):
        raise NotImplementedError


@dataclass(frozen=True)
class Case:
    """One call of the student's function, with inputs that nobody else writes to."""

    label: str  # "batch 1, K 1, hidden 5"
    args: tuple
    kwargs: dict = field(default_factory=dict)
    strided: bool = False  # pass the arrays as views: with gaps between their elements, tables transposed
    grad: tuple[int, ...] = ()  # positions of the arguments that gradients flow back to
    core: bool = True  # False for the corners: a mistake is still recognised when only these look different
    edge: str = ""  # for a corner, what is special about it: a key of the exercise's `edges`
    expected: tuple | None = None  # frozen right answers; None: ask the oracle


@dataclass(frozen=True)
class Mistake:
    """A misconception: `reproduce` has the exercise's signature and gives what the student's function would."""

    slug: str
    reproduce: Callable
    sentence: str
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Says:
    """Words from the statement in the notebook, and what they mean for the inputs that are drawn.

    All functions have the exercise's signature and answer yes or no for the inputs of one case.
    """

    words: str
    always: Callable[..., object] | None = None  # holds in every case
    reached: tuple[Callable[..., object], ...] = ()  # boundaries of what is allowed: each is reached in some case


@dataclass(frozen=True)
class Strip:
    """Labels drawn in rows, one below the other: what was expected, what was given, what both come from."""

    expected: tuple[str, ...]  # ("R1", "s1", "a1", ...)
    given: tuple[str, ...]
    context: tuple[str, tuple[str, ...]] | None = None  # a title and labels: ("rewards", ("1", "2", "3"))

    @property
    def rows(self) -> list[tuple[str, tuple[str, ...], tuple[bool, ...]]]:
        """(title, labels, which of them are wrong), from top to bottom."""
        wrong = tuple(i >= len(self.expected) or x != self.expected[i] for i, x in enumerate(self.given))
        fine = [(*self.context, (False,) * len(self.context[1]))] if self.context else []
        return [*fine, ("expected", self.expected, (False,) * len(self.expected)), ("yours", self.given, wrong)]


@dataclass(frozen=True)
class Exercise:
    """A function that the student writes, and everything the check knows about it."""

    name: str  # of the check: "stacked_inputs"
    signature: str  # of the student's function
    results: tuple[str, ...]  # names of what it returns
    kind: str  # "tensor": the model goes on with it, so it has to be one; "array", "any": what numpy reads
    cases: Callable[..., list[Case]]  # numpy Generator -> cases, the most telling one first
    oracle: Callable  # the student's signature -> tuple of right results
    mistakes: Callable[[], Iterable[Mistake]]
    hints: tuple[str, ...]  # for a mistake that the catalogue doesn't know
    about: str = ""  # what goes in and out, in a line
    apart: float = 0.0  # how far right results may be apart, relative to the largest number, whatever their dtypes
    seen: tuple[str, ...] = ()  # names of what the living arguments have seen, which is compared like results
    domain: tuple[Says, ...] = ()  # which inputs are allowed: what the statement says and the cases keep to
    edges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # slug -> sentence and hints: wrong only there
    explain: Callable | None = None  # case, the faces of its call -> where it first went wrong, if no mistake is known
    strip: Callable | None = None  # case, expected arrays, given arrays -> Strip

    @property
    def function(self) -> str:
        return self.signature.partition("(")[0]

    @property
    def compared(self) -> tuple[str, ...]:
        """Names of all that is compared: what is returned, and what was seen."""
        return self.results + self.seen

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments."""
        (function,) = ast.parse(f"def {self.signature}: pass").body
        assert isinstance(function, ast.FunctionDef)
        return tuple(argument.arg for argument in function.args.args)


def catalogue(families: Iterable[tuple[str, str, tuple[str, ...], tuple[Callable, ...]]]) -> tuple[Mistake, ...]:
    """The mistakes in rows of (slug, sentence, hints, ways).

    A mistake that can be made in several ways is listed once for each of them, under one slug. A way is a function
    with the exercise's own signature that gives what the student's function gives.
    """
    return tuple(Mistake(slug, way, sentence, hints) for slug, sentence, hints, ways in families for way in ways)
