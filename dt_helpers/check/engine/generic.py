"""Mistakes that any function can have: not filled in, an exception inside, a wrong shape or dtype, a lost gradient."""

import inspect
import sysconfig
import traceback
from pathlib import Path
from types import TracebackType

from dt_helpers.check.engine.answers import describe
from dt_helpers.check.engine.comparing import Difference
from dt_helpers.check.engine.exercise import Case, Exercise

_OURS = tuple(str(Path(__file__).parents[2] / folder) for folder in ("check", "grading"))
_LIBRARIES = tuple(sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib"))

HINTS = {
    "unfilled": (
        "Write the body where it says so, run that cell, then run this one again.",
        "The comment beside the function tells the shapes that go in and the shape that has to come out.",
    ),
    "wrong-count": ("Look at the `return` line: what, and how many, does the description of the function ask for?",),
    "wrong-type": ("Convert at the end, or better: stay with one library from the input to the result.",),
    "wrong-shape": (
        "Print the `.shape` after each line of your function and compare it with the shapes in its description.",
        "An axis too many or too few often comes from a `stack` where a `cat` was meant, from broadcasting, "
        "or from a reshape that is missing.",
    ),
    "wrong-dtype": (
        "A new array or tensor has a dtype of its own: create it with that of your input, or from your input.",
    ),
    "wrong-device": (
        "A tensor made with torch.zeros, torch.ones or torch.tensor lives on the CPU: tell it which device your "
        "input is on, or make it from your input (`new_zeros`, `zeros_like`).",
    ),
    "nan": (
        "Find the division (or root, or logarithm): when is what you divide by zero?",
        "A row may be all padding: it has no steps to average over.",
    ),
    "input-changed": (
        "`x += y`, `x[...] = y` and methods that end in `_` write to `x` itself. Whoever called you still needs it.",
        "Make something new from the input, or copy it first.",
    ),
    "lost-gradient": (
        "Look for `.detach()`, `.data`, `.item()`, `no_grad`, or a way through numpy or `torch.tensor(...)`.",
    ),
    "wrong-gradient": ("Look for `.detach()`, `.data` or `no_grad` on a part of the computation.",),
    "not-callable": ("Hand over the function itself, without parentheses: check.name(function).",),
    "wrong-signature": ("Keep the name and the arguments as they stand in the exercise: the course calls it so.",),
}

_CLUES = (  # what an exception's text says, and what it means
    ("must match the size of tensor", "Two shapes don't fit together: an axis may have to be added with `unsqueeze`."),
    ("could not be broadcast", "Two shapes don't fit together: print both before that line."),
    ("view size is not compatible", "`view` needs one uninterrupted block of memory; `reshape` doesn't."),
    ("Can't call numpy()", "This tensor has a gradient to carry: stay in torch, and it will."),
    ("is invalid for input of size", "The numbers don't fill that shape: print the shape before the reshape."),
    ("cannot reshape array", "The numbers don't fill that shape: print the shape before the reshape."),
    ("Sizes of tensors must match", "All but the joined axis must agree: print the shapes that you join."),
    ("only one element tensors", "This gets a whole tensor, not a single number: work on all of it at once."),
    ("can be converted to", "This gets a whole array, not a single number: work on all of it at once."),
    ("out of range", "An index or axis is larger than there is room for; count from zero."),
    ("out of bounds", "An index or axis is larger than there is room for; count from zero."),
    ("is not defined", "Was the name imported, and the cell that defines it run? Check its spelling."),
    ("could not infer output dtype", "Integers have no mean: make them float first."),
)


def is_unfilled(error: BaseException) -> bool:
    """Whether the exception comes from a stub: nbgrader's `raise NotImplementedError()`, or a `...` that was left."""
    if isinstance(error, NotImplementedError):
        last = traceback.extract_tb(error.__traceback__)[-1]
        return is_students(last) and (not error.args or "raise" in (last.line or ""))
    return "ellipsis" in str(error).lower() and isinstance(error, TypeError | AttributeError)


def from_exception(exercise: Exercise, case: Case, error: BaseException) -> Difference:
    """What an exception inside the student's function means."""
    if is_unfilled(error):
        place = _innermost(error)
        name = place.name if place and place.name not in ("<module>", "<lambda>") else exercise.function
        return Difference("unfilled", f"{name} is not filled in yet.")
    if isinstance(error, TypeError) and students_frames(error.__traceback__) is None:
        return Difference("wrong-signature", f"{exercise.signature} could not be called so: {error}.")
    given = ", ".join(describe_input(name, arg) for name, arg in zip(exercise.parameters, case.args, strict=False))
    what = f"{type(error).__name__}: {_first_line(error)}"
    return Difference(
        "exception", f"{exercise.function} stopped with {what}" + (f"\nIt was given {given}." * bool(given))
    )


def hints(difference: Difference, error: BaseException | None) -> tuple[str, ...]:
    """What to look at, in steps."""
    if difference.slug == "exception":
        clue = next((hint for text, hint in _CLUES if text in str(error)), None)
        general = "Try the line with small inputs of your own in a new cell, printing the shapes."
        return (clue, general) if clue else (general,)
    return HINTS.get(difference.slug, ())


def students_frames(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from the student's first frame on, ours left out; None when the student's code wasn't reached."""
    while trace is not None and _is_ours(trace):
        trace = trace.tb_next
    return trace


def is_students(frame: traceback.FrameSummary) -> bool:
    """Whether the frame is neither ours nor a library's."""
    name = frame.filename
    return not name.startswith((*_OURS, "<frozen", *_LIBRARIES)) and "dist-packages" not in name


def describe_input(name: str, value) -> str:
    if isinstance(value, bool | int | float):
        return f"{name}={value}"
    return f"{name} {describe(value)}" if hasattr(value, "shape") else name


def not_callable(exercise: Exercise, fn) -> Difference | None:
    if callable(fn) and not inspect.ismodule(fn):
        return None
    if fn is None or fn is Ellipsis:
        return Difference("unfilled", f"{exercise.function} is not filled in yet: it is {fn}.")
    sentence = f"check.{exercise.name} needs your function {exercise.function}; it was given {describe(fn)}."
    return Difference("not-callable", sentence)


def _is_ours(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith(_OURS)


def _innermost(error: BaseException) -> traceback.FrameSummary | None:
    """The student's innermost line: the last frame before libraries take over."""
    frames = traceback.extract_tb(students_frames(error.__traceback__))
    own = [frame for frame in frames if is_students(frame)]
    return own[-1] if own else None


def _first_line(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0]
    return text if len(text) <= 160 else text[:157] + "..."
