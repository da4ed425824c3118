"""Calls a student's function on fresh copies of a case's inputs, and notes what came of it."""

import contextlib
import copy
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from dt_helpers.check.engine.answers import is_tensor
from dt_helpers.check.engine.exercise import Case

MANY = 64  # of an endless iterator's results


class NotTheStudents(BaseException):
    """Goes through every check: where functions run elsewhere, something happened that is no answer of theirs."""


@dataclass(frozen=True)
class Outcome:
    value: Any = None  # whatever the function has returned
    error: BaseException | None = None
    changed: tuple[int, ...] = ()  # positions of arguments that the function wrote to
    leaves: tuple = ()  # what gradients flow back to, in the order of `Case.grad`


def call(fn, case: Case, several: bool = False) -> Outcome:
    """The function's result, or the exception that it raised; `several`: an iterator over results counts as a list."""
    args, leaves = fresh(case)
    before = [copied(arg) for arg in args]
    try:
        value = fn(*args, **case.kwargs)
        if several and isinstance(value, Iterator):
            value = list(islice(value, MANY))
    except (KeyboardInterrupt, NotTheStudents):
        raise
    except BaseException as error:
        return Outcome(error=error)
    changed = tuple(i for i, (was, now) in enumerate(zip(before, args, strict=True)) if not unchanged(was, now))
    return Outcome(value, None, changed, leaves)


@contextlib.contextmanager
def quietly():
    """Around a check: no warnings on stderr (they cost points in nbgrader), gradients on, the student's random numbers
    left alone, and one thread, since handing tiny tensors from thread to thread takes a thousand times as long.
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
        """Values may be written from any device to any other, but for torch's meta device, which has none to give."""
        if name not in ("__setitem__", "copy_") or len(args) < 2 or not is_tensor(args[0]) or not is_tensor(args[-1]):
            return args
        if args[0].device.type == "meta" or args[-1].device.type != "meta":
            return args
        return (*args[:-1], torch.zeros(args[-1].shape, dtype=args[-1].dtype))

    with Watch():
        yield last


def fresh(case: Case) -> tuple[list, tuple]:
    """The case's arguments as the student gets them, and the leaves behind those that require grad.

    What requires grad is no leaf itself: so it is inside a model, and writing to it is possible, and noticed.
    """
    args: list[Any] = []
    leaves: list[Any] = []
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
        elif hasattr(arg, "parameters"):  # a head: a module
            arg = copy.deepcopy(arg)
            leaves.extend(arg.parameters() if position in case.grad else ())
        args.append(arg)
        if leaf is not None:
            leaves.append(leaf)
    return args, tuple(leaves)


def gappy_tensor(x):
    """The same numbers as a view with gaps between its elements."""
    import torch

    return torch.stack((x, x + 1), dim=-1)[..., 0]


def gappy_array(x: np.ndarray) -> np.ndarray:
    """The same for an array."""
    return np.stack([x, x + 1], axis=-1)[..., 0]


def copied(arg):
    """The argument as it is now; what nobody writes to is not copied."""
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
