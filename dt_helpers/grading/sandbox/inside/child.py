"""One exercise of one student: run the cells, then answer the grader's questions about the function in them."""

import asyncio
import contextlib
import itertools
import os
import socket
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import IPython
import torch
from torch import nn

from dt_helpers.check.engine.answers import is_tensor
from dt_helpers.check.engine.calling import copied, gappy_tensor, is_written, operations, quietly, unchanged
from dt_helpers.check.whole_model.watching import modes, watch

from . import asking, made_of, standins, wire
from .arguments import ArgumentsUnpacker
from .asking import EXCEPTIONS
from .cells import Notebook
from .given import Given
from .results import Results
from .standins import StandIn, is_stand_in
from .values import OUTPUTS, Packer, Unpacker

NOT_THE_STUDENT_S = (os.path.dirname(os.path.abspath(__file__)), os.path.dirname(IPython.__file__))
MAX_FRAMES, MAX_TEXT = 20, 2000
MAX_PARAMETERS = 1_000_000  # parameters in a model
# in a notebook a check does these: torch is set up so
IN_A_CHECK = {"call", "rewritten", "now", "build", "weights", "pass", "gradients"}


class Child:
    """Answers requests, one at a time, until the grader hangs up."""

    def __init__(self, connection: socket.socket, notebook: Notebook | None = None):
        self.connection, self.pid = connection, os.getpid()
        self.notebook: Any = notebook  # set before a cell is run
        os.register_at_fork(after_in_child=connection.close)  # processes that a student's code forks can't use it
        self.target: Any = None  # what the check cell would check
        self.name = ""  # of the exercise's function
        self.given: dict[str, Any] = {}  # name of a check -> what its cell gave to it
        self.roots: set[str] = set()  # the names that the check cell reads
        self._made_of: made_of.MadeOf | None = None
        self.model: Any = None  # built from a target that is a class
        self.calls: dict[int, tuple[list, list]] = {}  # number -> inputs that gradients flow to, outputs
        self.numbers = itertools.count()
        self.results = Results()
        self.asking = asking.start(connection)

    def serve(self) -> None:
        """Serve requests, all in one running event loop, as in a kernel."""
        asyncio.new_event_loop().run_until_complete(self._serve())

    async def _serve(self) -> None:
        while True:
            try:
                request, data = wire.receive(self.connection)
            except wire.Closed:
                return
            packer = Packer(OUTPUTS)
            try:
                with quietly() if request["do"] in IN_A_CHECK else contextlib.nullcontext():
                    answer = getattr(self, f"do_{request['do']}")(request, data, packer)
                answer = await answer if asyncio.iscoroutine(answer) else answer
            except wire.WireError as problem:
                packer, answer = Packer(), {"too large": str(problem)}
            except BaseException as error:  # whatever the student's code raises, including SystemExit
                packer, answer = Packer(), {"error": self.described(error)}
            if os.getpid() != self.pid:
                os._exit(0)  # forked while answering: only the parent answers
            wire.send(self.connection, answer, packer.arrays)

    def do_act_otherwise(self, request, data, packer) -> dict:
        """From now on, stand-ins of which nothing is known are taken for something else."""
        StandIn.acting = standins.OTHERWISE
        return {}

    def do_files(self, request, data, packer) -> dict:
        """Put the student's own files beside the notebook."""
        for name, text in request["files"].items():
            Path(name).write_text(text, encoding="utf-8")
        return {}

    async def do_cell(self, request, data, packer) -> dict:
        error = await self.notebook.run(request["name"], request["text"])
        return {"failed": described(error)} if error else {}

    async def do_check(self, request, data, packer) -> dict:
        """Run the check's cell, and note what it gives to the checks; whether it reaches `check`. What is no function
        may have got there only because an error above it was passed over."""
        before, passed_over = len(self.notebook.shell.ran), self.notebook.shell.passed_over
        standins.given = Given(request["target"], self.notebook.space)
        answer = await self.do_cell(request, data, packer)
        self.given = dict(standins.given)
        self.roots = made_of.roots(self.notebook.shell.ran[before:], self.notebook.space)
        given = self.given.get(request["check"])
        is_sure = self.notebook.shell.passed_over == passed_over or (callable(given) and not is_stand_in(given))
        return answer | {"reached": request["check"] in self.given and is_sure}

    def do_lend(self, request, data, packer) -> dict:
        self.notebook.lend(request["text"], request["name"])
        return {}

    def do_called(self, request, data, packer) -> dict:
        """The lent functions that were called."""
        return {"called": sorted(self.notebook.called)}

    def do_find(self, request, data, packer) -> dict:
        """What the check cell gives to the check; if it gives nothing, the current `target`."""
        self.name = request["target"]
        space, checks, own = self.notebook.space, self.notebook.checks(), None
        if (given := self.given.get(request.get("check"), self)) is not self:
            self.target = given
            own = None if given is space.get(self.name) else str(getattr(given, "__name__", type(given).__name__))
        elif not checks:
            return {"unchecked": "missing" if checks is None else "hidden"}
        elif self.name not in space:
            return {"undefined": True}
        else:
            self.target = space[self.name]
        kind = "class" if isinstance(self.target, type) else "callable" if callable(self.target) else "value"
        return {"kind": kind, "written": is_written(self.target), "value": packer.pack(self.target), "own": own}

    def do_made_of(self, request, data, packer) -> dict:
        """What the checked function has from the course's data, and its arguments that it never reads."""
        read = [[name, self.made_of.origin(name)] for name in self.made_of.read]
        unread, asks = made_of.unread(self.target), self.made_of.asks_for_a_type
        in_place = self.made_of.in_place(self.target, unread)
        names = {self.name, *(name for name in self.roots if self.notebook.space.get(name) is self.target)}
        chosen_by = [[name, self.made_of.origin(name)] for name in self.made_of.chosen_by(names, self.target)]
        return {
            "read": read[:MAX_FRAMES],
            "unread": unread,
            "in place": in_place,
            "asks for a type": asks,
            "chosen by": chosen_by[:MAX_FRAMES],
        }

    @property
    def made_of(self) -> made_of.MadeOf:
        if self._made_of is None:
            self._made_of = made_of.MadeOf(self.notebook.shell.ran, self.notebook.space, {self.name} | self.roots)
        return self._made_of

    def described(self, error: BaseException) -> dict:
        """An exception of the student's; `standing`: whether it is one of a stand-in, as far as that is known."""
        standing = self.notebook is not None and self.name and self.made_of.is_why(error)
        return described(error) | {"standing": bool(standing)}

    def do_call(self, request, data, packer) -> dict:
        leaves, connect = connector()
        unpacker = ArgumentsUnpacker(request, data, connect, self.asking.begin())
        args = [unpacker.unpack(node) for node in request["args"]]
        kwargs = {name: unpacker.unpack(node) for name, node in request["kwargs"].items()}
        try:
            return self._answer(lambda: self.target(*args, **kwargs), leaves, packer, args)
        finally:
            self.asking.end()

    def do_rewritten(self, request, data, packer) -> dict:
        """What later calls have done to the results of earlier ones."""
        return {"rewritten": self.results.rewritten(), "sharing": self.results.sharing()}

    def do_now(self, request, data, packer) -> dict:
        """The result of a call, as it is now."""
        value = packer.pack(self.results.values[request["call"]])
        return packer.message(value=value)

    def do_build(self, request, data, packer) -> dict:
        from transformers import DecisionTransformerConfig

        with asked():
            model = self.target(DecisionTransformerConfig(**request["config"]))
        if not isinstance(model, nn.Module):
            return {"value": packer.pack(model)}
        state = model.state_dict()
        if sum(value.numel() for value in state.values()) > MAX_PARAMETERS:
            raise wire.WireError(f"a model of more than {MAX_PARAMETERS:,} parameters")
        self.model = model.eval()
        trained = {name for name, value in model.named_parameters() if value.requires_grad}
        return {"state": [[name, list(value.shape), name in trained] for name, value in state.items()]}

    def do_weights(self, request, data, packer) -> dict:
        unpacker = Unpacker(request, data)
        self.model.load_state_dict({name: unpacker.unpack(node) for name, node in request["state"].items()})
        return {}

    def do_pass(self, request, data, packer) -> dict:
        unpacker = Unpacker(request, data)
        batch = {name: unpacker.unpack(node) for name, node in request["batch"].items()}
        self.model.train(request["train"])
        if not request["watch"]:
            leaves = [value for _, value in self.model.named_parameters() if value.requires_grad]
            answer = self._answer(lambda: self.model(**batch), leaves, packer, list(batch.values()))
            return answer | {"modes": sorted(modes(self.model))}
        with asked(), torch.no_grad():
            _, seen = watch(self.model, lambda: self.model(**batch))
        return {"seen": {key: [packer.pack(x) for x in values if is_tensor(x)] for key, values in seen.items()}}

    def do_gradients(self, request, data, packer) -> dict:
        """The vector-Jacobian product of one of the calls."""
        leaves, outputs = self.calls[request["call"]]
        unpacker = Unpacker(request, data)
        slopes = [unpacker.unpack(node) for node in request["slopes"]]
        parts, given = zip(*((x, s) for x, s in zip(outputs, slopes, strict=True) if s is not None), strict=True)
        with asked():
            back = torch.autograd.grad(parts, leaves, given, allow_unused=True, retain_graph=True)
        return packer.message(slopes=[packer.pack(slope) for slope in back])

    def _answer(self, function, leaves, packer, inputs) -> dict:
        before = [copied(value) for value in inputs]
        probing = any(is_tensor(value) and value.device.type == "meta" for value in inputs)
        watched: AbstractContextManager[list[str]] = operations() if probing else contextlib.nullcontext([])
        with asked(), watched as last:
            try:
                value = function()
            except BaseException as error:
                return {"error": self.described(error) | {"operation": "".join(last)[:MAX_TEXT]}}
            packed = packer.pack(value)
            number = next(self.numbers)
            if not probing:
                self.results.keep(number, value, packer)
        self.calls[number] = leaves, list(packer.graph)
        changed = {
            str(position): packer.pack(now.detach() if is_tensor(now) else now)
            for position, (was, now) in enumerate(zip(before, inputs, strict=True))
            if not probing and not unchanged(was, now)  # the meta device has no numbers to compare
        }
        return packer.message(value=packed, changed=changed, call=number)


@contextlib.contextmanager
def asked() -> Iterator[None]:
    """While the student's function runs: no help from the course."""
    StandIn.refuses = True
    try:
        yield
    finally:
        StandIn.refuses = False


def connector():
    """A list for a call's leaves, and a function that makes the graph's tensors: see `check.engine.calling`."""
    leaves: list[torch.Tensor] = []

    def connect(given):
        tensors = []
        for tensor, description in given:
            if description.get("parameter"):
                leaves.append(nn.Parameter(tensor))
                tensors.append(leaves[-1])
                continue
            leaves.append(tensor.requires_grad_())
            inner = leaves[-1] * 1  # not a leaf, as inside a model
            tensors.append(gappy_tensor(inner) if description.get("gappy") else inner)
        return tensors

    return leaves, connect


def described(error: BaseException) -> dict:
    """An exception for the wire: its name, its nearest built-in type, its text, the student's frames."""
    names = [kind.__name__ for kind in type(error).__mro__]
    frames = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        if not code.co_filename.startswith(NOT_THE_STUDENT_S):
            frames.append([code.co_filename[:200], line or 0, code.co_name[:200]])
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith("<"):
        frames.append([error.filename[:200], error.lineno or 0, "<module>"])
    try:
        text = str(error)[:MAX_TEXT]
    except Exception:
        text = ""
    return {
        "name": names[0][:200],
        "like": next((name for name in EXCEPTIONS if name in names), "Exception"),
        "text": text,
        "bare": not error.args,
        "frames": frames[:2] + frames[2:][-MAX_FRAMES:],
    }
