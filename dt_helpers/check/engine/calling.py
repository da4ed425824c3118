"""Calls a student's function on fresh copies of a case's inputs, and notes what came of it."""

import contextlib
import copy
import dis
import sys
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from dt_helpers.check.engine.answers import is_tensor
from dt_helpers.check.engine.exercise import Case, Maker

_STUB = {"RESUME", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "NOP", "LOAD_SMALL_INT", "POP_TOP"}
MANY = 64  # results that are taken from an iterator, which may be endless


class NotTheStudents(BaseException):
    """Passes through every check: where functions run elsewhere, something happened that isn't an answer of theirs."""


class Elsewhere:
    """A function that runs in another process, from which copies of its results come."""

    def afterwards(self) -> tuple[dict[int, Any], list[set[int]]]:
        """After some calls: the results that later calls have written to, as they are now, by the places of their
        calls; and of each call, the others whose results are in the same memory."""
        raise NotImplementedError


@dataclass(frozen=True)
class Outcome:
    value: Any = None  # what the function returned
    error: BaseException | None = None
    faces: tuple = ()  # the arguments that live, in their order
    changed: tuple[int, ...] = ()  # positions of arguments that the function wrote to
    leaves: tuple = ()  # what gradients flow back to, in the order of `Case.grad`
    beside: Collection[int] = ()  # of a function that runs elsewhere: the calls that share memory with this one

    @property
    def seen(self) -> tuple:
        """What the arguments that live have seen."""
        return tuple(array for face in self.faces for array in face.record.seen())


def call(fn, case: Case, several: bool = False, like: Outcome | None = None) -> Outcome:
    """The function's result, or the exception that it raised; `several`: an iterator over results counts as a list;
    `like`: only whether it is the same as this one is of interest."""
    args, leaves = fresh(case, like)
    before = [copied(arg) for arg in args]
    try:
        value = fn(*args, **case.kwargs)
        if several and isinstance(value, Iterator):
            value = list(islice(value, MANY))
    except (KeyboardInterrupt, NotTheStudents):
        raise
    except BaseException as error:
        return Outcome(error=error)
    faces = tuple(arg for arg, given in zip(args, case.args, strict=True) if isinstance(given, Maker))
    changed = tuple(i for i, (was, now) in enumerate(zip(before, args, strict=True)) if not unchanged(was, now))
    return Outcome(value, None, faces, changed, leaves)


def afterwards(fn, outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes of the function's first calls, as they are once these are all made."""
    if not isinstance(fn, Elsewhere):
        return outcomes
    now, beside = fn.afterwards()
    return [replace(one, value=now.get(i, one.value), beside=beside[i]) for i, one in enumerate(outcomes)]


@contextlib.contextmanager
def quietly():
    """Around a check: no warnings on stderr (they cost points in nbgrader), gradients on, the student's random numbers
    left alone, and one thread, since passing tiny tensors from thread to thread takes a thousand times as long.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(np.errstate(all="ignore"))
        if torch := sys.modules.get("torch"):
            stack.enter_context(torch.inference_mode(False))
            stack.enter_context(torch.enable_grad())
            stack.enter_context(torch.random.fork_rng(devices=[]))
            stack.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_num_threads(1)
            stack.callback(torch.set_default_dtype, torch.get_default_dtype())
            torch.set_default_dtype(torch.float32)
            if torch.get_default_device().type != "cpu":
                stack.enter_context(torch.device("cpu"))
        yield


@contextlib.contextmanager
def operations() -> Iterator[list[str]]:
    """A list that always holds the name of torch's last operation."""
    import torch

    last: list[str] = []

    class Watch(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            last[:] = [getattr(func, "__name__", "")]
            return func(*_copied_to_cpu(last[0], args), **(kwargs or {}))

    def _copied_to_cpu(name, args):
        """Values may be copied from any device to any other, except from torch's meta device, which has none."""
        if name not in ("__setitem__", "copy_") or len(args) < 2 or not is_tensor(args[0]) or not is_tensor(args[-1]):
            return args
        if args[0].device.type == "meta" or args[-1].device.type != "meta":
            return args
        return (*args[:-1], torch.zeros(args[-1].shape, dtype=args[-1].dtype))

    with Watch():
        yield last


def fresh(case: Case, like: Outcome | None = None) -> tuple[list, tuple]:
    """The case's arguments as the student gets them, and the leaves behind those that require grad.

    What requires grad is not itself a leaf, as inside a model: so a function can write to it, and that is noticed.
    """
    args: list[Any] = []
    leaves: list[Any] = []
    faces = iter(like.faces if like else ())
    for position, arg in enumerate(case.args):
        leaf = None
        if is_tensor(arg):
            arg = arg.clone()
            if position in case.grad:
                leaf = arg.requires_grad_()
                arg = leaf * 1
            if case.strided and arg.ndim:
                arg = gappy_tensor(arg)
        elif isinstance(arg, np.ndarray):
            arg = gappy_array(arg) if case.strided and arg.ndim else arg.copy()
        elif isinstance(arg, Maker):
            face = next(faces, None)
            arg = arg(face and face.record)
        elif hasattr(arg, "parameters"):  # a head: a module
            arg = copy.deepcopy(arg)
            leaves.extend(arg.parameters() if position in case.grad else ())
        args.append(arg)
        if leaf is not None:
            leaves.append(leaf)
    return args, tuple(leaves)


def gappy_tensor(x):
    """The same numbers as a view with gaps between its elements. Its axes are in memory order, as those of all
    tensors of the course are: `view` may rely on it.
    """
    import torch

    return torch.stack((x, x + 1), dim=-1)[..., 0]


def gappy_array(x: np.ndarray) -> np.ndarray:
    """The same numbers as a view with gaps between its elements, its axes stored in reverse order."""
    wide = np.empty((*x.shape[::-1], 2), x.dtype)
    wide[..., 0] = x.T
    wide[..., 1] = ~x.T if x.dtype == bool else x.T + 1
    return wide[..., 0].T


def is_gappy(x: np.ndarray) -> bool:
    """Whether the array is one that `gappy_array` made."""
    return bool(x.ndim) and x.strides[0] == 2 * x.itemsize and not x.flags.c_contiguous


def copied(arg):
    """The argument as it is now; only tensors and arrays, which can be written to, are copied."""
    if is_tensor(arg):
        return arg.detach().clone()
    return arg.copy() if isinstance(arg, np.ndarray) else arg


def unchanged(was, now) -> bool:
    """Whether the argument is still what `copied` kept."""
    if is_tensor(was):
        return was.shape == now.shape and was.dtype == now.dtype and bool((was == now.detach()).all())
    if isinstance(was, np.ndarray):
        return was.shape == now.shape and bool((was == now).all())
    return True


def is_written(fn) -> bool:
    """Whether a function does more than return a constant. One that runs elsewhere says so itself."""
    code = getattr(fn, "__code__", None)
    if code is None:
        return getattr(fn, "written", False) is True
    return len({step.opname for step in dis.get_instructions(code)} - _STUB) > 0
