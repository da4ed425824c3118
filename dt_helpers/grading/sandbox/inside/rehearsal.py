"""What every process does first, done once by the server before it forks them: what Python, IPython and torch set up at
their first call, all processes then share.

Nothing of it stays where a notebook could see it: no cell is run, and no random number is drawn. No gradient is
computed either, since torch may start threads for that, and a process with threads can't be forked.
"""

import bdb  # noqa: F401 (IPython imports it when it runs the first cell)
from typing import Any

import numpy as np
import torch

from dt_helpers.check.engine import calling

from . import lacking
from .arguments import ArgumentsUnpacker, Exact
from .results import Results
from .shell import ZMQInteractiveShell
from .values import OUTPUTS, Packer

CELL = '''
def rehearsed(sequence, length=2):
    """An answer."""
    return [one for one in sequence[:length]]

class Rehearsed:
    words = f"{rehearsed('abc')}"
'''


def rehearse(shell: ZMQInteractiveShell) -> None:
    """A cell is read, what it defines is found and called, and the results are packed."""
    getattr(shell, "logger", None)  # IPython makes it when it is first asked for
    text = shell.transform_cell(CELL)
    shell.compile.ast_parse(text, "<rehearsal>")
    code = compile(text, "<rehearsal>", "exec")
    space: dict[str, Any] = {}
    exec(code, space)
    lacking.all_names(code)
    calling.is_written(space["rehearsed"])
    for value in (space["rehearsed"], space["Rehearsed"]):
        Packer(OUTPUTS).pack(value)
    with calling.quietly():
        _call(space["rehearsed"])


def _call(function) -> None:
    array, tensor = np.ones((2, 3), np.float32), torch.ones(2, 3)
    of_numpy = [array, calling.gappy_array(array), array[0, 0]]
    of_torch = [tensor, calling.gappy_tensor(tensor), tensor.clone().requires_grad_()]
    given = Exact()
    request = given.message(args=[given.pack(value) for value in (*of_numpy, *of_torch, 1.5, [1, {"a": None}])])
    unpacker = ArgumentsUnpacker(request, b"".join(given.arrays.parts))
    results = Results()
    for number, value in enumerate(unpacker.unpack(node) for node in request["args"]):
        was, packer = calling.copied(value), Packer(OUTPUTS)
        packer.message(value=packer.pack(function([value, was])))
        results.keep(number, value, packer)
        calling.unchanged(was, value)
    results.rewritten()
    results.sharing()
    with calling.operations():
        torch.ones(2, device="meta")
