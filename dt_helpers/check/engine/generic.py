"""Mistakes that any function can have: not filled in, an exception inside, a wrong shape or dtype, a lost gradient."""

import dis
import inspect
import linecache
import re
import sysconfig
import traceback
from pathlib import Path
from types import TracebackType

from dt_helpers.check.engine.answers import describe, safely
from dt_helpers.check.engine.calling import is_written
from dt_helpers.check.engine.clues import CLUES, LOSS_MADE
from dt_helpers.check.engine.comparing import Difference
from dt_helpers.check.engine.exercise import Case, Exercise

_LOSSES = ("torch/nn/modules/loss.py", r"torch\nn\modules\loss.py")
_OURS = tuple(str(Path(__file__).parents[2] / folder) for folder in ("check", "grading"))
MARK = "# YOUR CODE HERE"  # nbgrader puts it where it has cut out a solution
_LIBRARIES = tuple(sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib"))

HINTS = {
    "unfilled": (
        "Write the body where it says so, run that cell, then run this one again.",
        "The text above the function, and the one below its first line, say what goes in and what has to come out.",
    ),
    "wrong-count": ("Look at the `return` line: what, and how many, does the description of the function ask for?",),
    "returns-nothing": (
        "Does every path through the function end with a `return`, in each branch of an `if` and after the loop?",
        "Methods that change a list in place, such as `reverse` and `sort`, return None themselves.",
    ),
    "wrong-type": (
        "Stay with one library from the input to the result. In torch, `.item()`, `.tolist()` and numpy cut off the "
        "gradients, and `torch.tensor(...)` does not bring them back.",
    ),
    "too-slow": (
        "Is there a `while` whose condition never becomes false, or a loop that adds to what it iterates over?",
        "Print the loop's variables in each iteration, for a small input.",
    ),
    "keeps-state": (
        "Look for a global variable, a default argument such as `seen=[]`, a cache, or a buffer that all calls share.",
        "Everything that the function needs is in its arguments.",
    ),
    "views": (
        "Are numbers read in memory order, for example by `ravel(order='K')` or `as_strided`? Index the array itself.",
    ),
    "wrong-shape": (
        "Print the `.shape` after each line of your function and compare it with the shapes in its description.",
        "One axis too many or too few often comes from a `stack` where a `cat` was meant, from broadcasting, "
        "or from a missing reshape.",
    ),
    "wrong-dtype": (
        "A new array or tensor has a dtype of its own: create it with your input's dtype, or from your input.",
        "`int` and `//` make whole numbers of fractions, `float` and `/` fractions of whole numbers.",
    ),
    "wrong-device": (
        "A tensor made with torch.zeros, torch.ones or torch.tensor is on the CPU: create it on your input's device, "
        "or make it from your input (`new_zeros`, `zeros_like`).",
    ),
    "nan": (
        "Find the division (or root, or logarithm): when is the number that you divide by zero?",
        "The mean of nothing is NaN: can a row be all padding, or a selection be empty?",
    ),
    "input-changed": (
        "`x += y`, `x[...] = y` and methods that end in `_` write to `x` itself. The caller still needs it.",
        "Make something new from the input, or copy it first.",
    ),
    "lost-gradient": (
        "Look for `.detach()`, `.data`, `.item()`, `no_grad`, or a way through numpy or `torch.tensor(...)`.",
    ),
    "wrong-gradient": ("Look for `.detach()`, `.data` or `no_grad` on a part of the computation.",),
    "not-callable": ("Pass the function itself, without parentheses after its name.",),
    "wrong-signature": ("Keep the name and the arguments that the exercise gives: the course calls it like that.",),
}

_COUNT = "Count: how many does the description of the function ask for, and how many does your loop or slice make?"
_ONE = "Several arrays or tensors become one with `stack`, `cat` or `concatenate`."
_NUMBER = "A single number is asked for, which has no axes: which of yours is it, or how do they become one?"
_SINGLE = "A single number came back: is there a `sum`, a `mean` or an index, or a `return` inside the loop?"
_AXES = (
    "The number of axes is right, and an axis has another length: look at your slices, at what you repeat, and at the "
    "axis along which you join. Or the axes are exchanged."
)
_TYPES = "Print what your function returns, and its `type`, for a small input."
_INFINITE = "Is `inf` written into the code, or does a division by 0 or an exponential give it?"
_OBJECTS = (
    "Such an array holds anything, not only numbers. It comes from `dtype=object`, or from a list that has "
    "None, a text or a list of another length: print its parts."
)


def is_unfilled(error: BaseException) -> bool:
    """Whether the exception comes from a stub: nbgrader's `raise NotImplementedError()`, or a `...` that was left."""
    if isinstance(error, NotImplementedError):
        last = traceback.extract_tb(error.__traceback__)[-1]
        return is_students(last) and (not error.args or "raise" in (last.line or ""))
    return "ellipsis" in safely(str, error).lower() and isinstance(error, TypeError | AttributeError)


def from_exception(exercise: Exercise, case: Case, error: BaseException) -> Difference:
    """What an exception inside the student's function means."""
    if is_unfilled(error):
        place = _innermost(error)
        name = place.name if place and place.name not in ("<module>", "<lambda>") else exercise.function
        if isinstance(error, NotImplementedError) and _is_written_above(error):
            return Difference("unfilled", f"{name} still ends with `raise NotImplementedError()`: delete that line.")
        return Difference("unfilled", f"{name} is not filled in yet.")
    if isinstance(error, TypeError) and students_frames(error.__traceback__) is None:
        return Difference("wrong-signature", f"{exercise.signature} can't be called as the course calls it: {error}.")
    given = ", ".join(describe_input(name, arg) for name, arg in zip(exercise.parameters, case.args, strict=False))
    what = f"{type(error).__name__}: {_first_line(error)}".removesuffix(": ")
    return Difference(
        "exception", f"{exercise.function} stopped with {what}" + (f"\nIt was given {given}." * bool(given))
    )


def hints(difference: Difference, error: BaseException | None) -> tuple[str, ...]:
    """What to look at, in steps."""
    if difference.slug == "exception" and error is not None:
        told = f"{type(error).__name__}: {safely(str, error)}"
        clue = next((hint for text, hint in CLUES if text in told), None)
        if any(frame.filename.endswith(_LOSSES) for frame in traceback.extract_tb(error.__traceback__)[-2:]):
            clue = LOSS_MADE if "__init__" in {f.name for f in traceback.extract_tb(error.__traceback__)[-2:]} else clue
        general = "Try the line with small inputs of your own in a new cell, printing the shapes."
        return (clue, general) if clue else (general,)
    usual = HINTS.get(difference.slug or "", ())
    if difference.slug == "wrong-type":
        if "(dtype object)" in difference.sentence:
            return (_OBJECTS,)
        return usual if "torch tensor" in difference.sentence else (_TYPES,)
    if difference.slug == "wrong-count" and "one result" in difference.sentence:
        return (*usual, _ONE)
    if difference.slug == "nan" and "infinite" in difference.sentence:
        return (_INFINITE,)
    return _of_shape(difference.sentence) if difference.slug == "wrong-shape" else usual


def _of_shape(sentence: str) -> tuple[str, ...]:
    """What to look at, for a sentence that names the shape that came and the one that was expected."""
    came, wanted = ([*re.findall(r"\([\d, ]*\)", sentence), "", ""])[:2]
    axes = len(re.findall(r"\d+", came)), len(re.findall(r"\d+", wanted))
    if wanted and axes[1] == 0:
        return (_NUMBER,)
    if came and axes[0] == 0:
        return (_SINGLE,)
    if axes == (1, 1):
        return (_COUNT,)
    first, join = HINTS["wrong-shape"]
    return (first, _AXES) if came and axes[0] == axes[1] else (first, join)


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
    return f"{name}: {describe(value)}" if hasattr(value, "shape") else name


def not_callable(exercise: Exercise, fn) -> Difference | None:
    if callable(fn) and not inspect.ismodule(fn):
        return None
    if fn is None or fn is Ellipsis:
        return Difference("unfilled", f"{exercise.function} is not filled in yet: it is {fn}.")
    wanted = f"check.{exercise.name} needs your function itself, check.{exercise.name}({exercise.function})"
    sentence = f"{wanted}; it was given {safely(describe, fn)}."
    return Difference("not-callable", sentence)


def nothing(exercise: Exercise, fn, case: Case, found: Difference, always: bool) -> Difference:
    """None was returned: always, by a stub or by code that lacks its `return`; or in some cases only."""
    if "None" not in found.sentence:
        return found
    if not always:
        sentence = f"{exercise.function} returns None for some of its inputs, such as {case.label}."
        return Difference("returns-nothing", sentence)
    if not is_written(fn):
        return found
    sentence = f"{exercise.function} is written, but it returns None: is there a `return` at the end?"
    return Difference("unfilled", sentence)


def too_slow(exercise: Exercise, seconds: float, error: BaseException | None = None) -> Difference:
    frame = _innermost(error) if error is not None else None
    at = f", in line {frame.lineno}: `{frame.line}`" if frame and frame.line else ""
    return Difference("too-slow", f"{exercise.function} had not finished after {seconds:.0f} seconds{at}.")


def _is_written_above(error: BaseException) -> bool:
    """Whether something was written above the line that raises the NotImplementedError.

    In a function any assignment counts; in a method, part of which is given, any line below the mark.
    """
    trace = error.__traceback__
    assert trace is not None  # it was raised
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    if "." not in code.co_qualname.rpartition("<locals>.")[2]:
        steps = [step for step in dis.get_instructions(code) if step.offset < trace.tb_lasti]
        return any(step.opname.startswith("STORE_") for step in steps)
    lines = [line.strip() for line in linecache.getlines(code.co_filename)[code.co_firstlineno : trace.tb_lineno - 1]]
    below = lines[lines.index(MARK) + 1 :] if MARK in lines else []
    return any(line and not line.startswith("#") for line in below)


def _is_ours(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith(_OURS)


def _innermost(error: BaseException) -> traceback.FrameSummary | None:
    """The student's innermost line: the last frame before libraries take over."""
    frames = traceback.extract_tb(students_frames(error.__traceback__))
    own = [frame for frame in frames if is_students(frame)]
    return own[-1] if own else None


def _first_line(error: BaseException) -> str:
    text = safely(str, error).strip().partition("\n")[0]
    return text if len(text) <= 300 else text[:297] + "..."
