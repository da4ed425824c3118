"""The student's function and class as the checks see them: called here, run in the sandbox.

Only arrays come back, so nothing that runs together with the student's code can affect the verdict. Gradients come back
too: the backward pass of `_Remote` asks the sandbox for the vector-Jacobian product of the call.
"""

from __future__ import annotations

import copy
import math

import numpy as np
import torch
from torch import nn

from dt_helpers.check.engine.calling import Elsewhere
from dt_helpers.grading.judging.exceptions import rebuilt
from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.inside.arguments import Exact
from dt_helpers.grading.sandbox.inside.asking import COPY, EXCEPTIONS
from dt_helpers.grading.sandbox.inside.child import MAX_PARAMETERS
from dt_helpers.grading.sandbox.inside.values import Packer, Unpacker
from dt_helpers.grading.sandbox.session import Session, Stopped

MAX_TENSORS = 2000  # of a model
MAX_QUESTIONS = 500  # of one call to the environment and the model that it was given: ten times what a right one asks
MAX_TEXT = 500  # characters of an exception of theirs


class _Remote(torch.autograd.Function):
    """The results of one call in the sandbox, as functions of its inputs."""

    @staticmethod
    def forward(ctx, ask, number, results, *inputs):
        ctx.ask, ctx.number = ask, number
        ctx.set_materialize_grads(False)
        return tuple(results)

    @staticmethod
    def backward(ctx, *slopes):
        packer = Exact()
        packed = [packer.pack(slope) for slope in slopes]
        answer, data = ctx.ask({"do": "gradients", "call": ctx.number, "slopes": packed}, packer)
        unpacker = Unpacker(answer, data)
        back = [unpacker.unpack(node) for node in _list(answer.get("slopes"), len(ctx.needs_input_grad) - 3)]
        return None, None, None, *(back if all(x is None or isinstance(x, torch.Tensor) for x in back) else _bad())


class _Asking:
    """What function and model share: a session, and answers that are exceptions."""

    def __init__(self, session: Session):
        self.session = session

    def ask(self, request: dict, packer: Packer | None = None) -> tuple[dict, bytes]:
        """Raises the student's exception, or Stopped."""
        answer, data = self.session.ask(request, None if packer is None else packer.arrays)
        if "too large" in answer:
            raise Stopped(f"gave back {answer['too large']}"[:200])
        if "error" in answer:
            raise readable(lambda: rebuilt(answer["error"]))
        return answer, data

    def result(self, answer: dict, data: bytes, leaves: list[torch.Tensor], inputs: list):
        """The value of a call; changes to `inputs` in the sandbox are made here too."""

        def connect(given):
            tensors = [tensor for tensor, _ in given]
            if tensors and any(leaf.requires_grad for leaf in leaves):
                return _Remote.apply(self.ask, answer.get("call"), tensors, *leaves)
            return [tensor.requires_grad_() for tensor in tensors]

        def read():
            unpacker = Unpacker(answer, data, connect)
            changed = answer.get("changed")
            for position, argument in enumerate(inputs):
                if isinstance(changed, dict) and str(position) in changed:
                    _write(argument, unpacker.unpack(changed[str(position)]))
            return unpacker.unpack(answer.get("value"))

        return readable(read)


class RemoteFunction(_Asking, Elsewhere):
    """The function in the session. `written`: whether its body does anything, as the sandbox has it."""

    probed_on = "meta"  # the sandbox has no GPU

    def __init__(self, session: Session, written: bool = False):
        super().__init__(session)
        self.written = written
        self.calls: list = []  # the number of each in there; None of one that gave nothing back

    def __call__(self, *args, **kwargs):
        self.calls.append(None)
        packer = Exact()
        request = {"args": [packer.pack(arg) for arg in args], "kwargs": {k: packer.pack(v) for k, v in kwargs.items()}}
        answer, data = self.ask(packer.message(do="call", **request), packer)
        for _ in range(MAX_QUESTIONS):
            if "asks" not in answer:
                self.calls[-1] = answer.get("call")
                return self.result(answer, data, packer.graph, list(args))
            reply = Exact()
            answer, data = self.ask(reply.message(do="told", **told(packer.faces, answer, data, reply)), reply)
        raise Stopped(f"asked the environment and the model more than {MAX_QUESTIONS} times and was stopped")

    def afterwards(self) -> tuple[dict[int, object], list[set[int]]]:
        try:
            return self._afterwards()
        except Exception as error:  # no answer of a function's: this question isn't put to one
            raise Stopped(f"could not say what its earlier results are now: {type(error).__name__}") from None

    def _afterwards(self) -> tuple[dict[int, object], list[set[int]]]:
        places = {number: place for place, number in enumerate(self.calls) if type(number) is int}
        told, _ = self.ask({"do": "rewritten"})
        now = {}
        for number in readable(lambda: [one for one in told["rewritten"] if one in places]):
            now[places[number]] = value(*self.ask({"do": "now", "call": number}))
        beside: list[set[int]] = [set() for _ in self.calls]
        for pair in readable(lambda: [{places[one], places[other]} for one, other in told["sharing"]]):
            for place in pair:
                beside[place] |= pair - {place}
        return now, beside


def told(faces: list, question: dict, data: bytes, reply: Exact) -> dict:
    """What the environment or the model out here says to a question from the sandbox: a value, or an exception."""

    def read():
        number, method = question["asks"]
        if type(number) is not int or number < 0 or method not in (*faces[number].METHODS, COPY):
            raise TypeError("a question to nobody")
        unpacker = Unpacker(question, data)
        return faces[number], method, [unpacker.unpack(node) for node in question["given"]]

    face, method, given = readable(read)
    if method == COPY:  # as in a check in the notebook, where another object is beside the copy
        faces.append(copy.deepcopy(face))
        return {"value": reply.pack(len(faces) - 1)}
    try:
        return {"value": reply.pack(face.ask(method, *given))}
    except Exception as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return {"raises": [next((kind for kind in kinds if kind in EXCEPTIONS), "RuntimeError"), str(error)[:MAX_TEXT]]}


class RemoteModel(nn.Module):
    """The model that the session built from the student's class; its weights are both here and in the sandbox."""

    def __init__(self, session: Session, state: list):
        super().__init__()
        if len(state) > MAX_TENSORS:
            raise TypeError("too many tensors")
        self.remote = _Asking(session)
        self.state = {str(name): torch.empty(_shape(shape), device="meta") for name, shape, _ in state}
        self.trained = [str(name) for name, _, trained in state if trained is True]
        self.modes: set[bool] = set()  # training modes of its parts after the last pass

    def state_dict(self, *args, **kwargs):
        return dict(self.state)

    def load_state_dict(self, state_dict, *args, **kwargs):
        packer = Exact()
        packed = {name: packer.pack(value.detach()) for name, value in state_dict.items()}
        self.remote.ask(packer.message(do="weights", state=packed), packer)
        self.state = {
            name: value.detach().clone().requires_grad_(name in self.trained) for name, value in state_dict.items()
        }

    def named_parameters(self, *args, **kwargs):
        return [(name, self.state[name]) for name in self.trained]

    def forward(self, **call):
        answer, data = self._pass(call, False)
        self.modes = readable(lambda: {mode is True for mode in answer["modes"]})
        leaves = [value for _, value in self.named_parameters()]
        return self.remote.result(answer, data, leaves, list(call.values()))

    def watched(self, call):
        """For `dt_helpers.check.whole_model.watching`: what went through the model's parts, recorded in the sandbox."""
        seen = {}

        def forward(**batch):
            answer, data = self._pass(batch, True)
            unpacker = Unpacker(answer, data)
            noted = answer.get("seen")
            for key, values in (noted if isinstance(noted, dict) else {}).items():
                if found := readable(lambda values=values: [_tensor(unpacker.unpack(value)) for value in values]):
                    seen[key] = found

        self.forward = forward  # type: ignore[method-assign]  # while it is watched
        try:
            return call(), seen
        finally:
            del self.forward

    def _pass(self, call: dict, watch: bool) -> tuple[dict, bytes]:
        packer = Exact()
        batch = {name: packer.pack(value) for name, value in call.items()}
        return self.remote.ask(packer.message(do="pass", batch=batch, watch=watch, train=self.training), packer)


def remote_class(session: Session) -> type:
    """The class in the session: calling it builds a model there."""

    def new(cls, config):
        remote = _Asking(session)
        answer, data = remote.ask({"do": "build", "config": config.to_diff_dict()})
        if "state" not in answer:
            return remote.result(answer, data, [], [])
        return readable(lambda: RemoteModel(session, answer["state"]))

    return type("DecisionTransformerModel", (), {"__new__": new})


def value(answer: dict, data: bytes):
    """The value in an answer that is neither a function nor a class."""
    return readable(lambda: Unpacker(answer, data).unpack(answer.get("value")))


def readable(read):
    """`read()`; an answer in the wrong form ends the session."""
    try:
        return read()
    except Exception as problem:
        raise Stopped(f"sent back what can't be read: {problem}") from problem


def _write(argument, now) -> None:
    """Set an argument to its value in the sandbox; if impossible, to anything different from before."""
    if isinstance(argument, torch.Tensor):
        fits = isinstance(now, torch.Tensor) and now.shape == argument.shape and now.dtype == argument.dtype
        argument.data.copy_(now if fits else argument.data == 0)
    elif isinstance(argument, np.ndarray):
        fits = isinstance(now, np.ndarray) and now.shape == argument.shape
        argument[...] = now if fits else argument == 0


def _list(value, length: int) -> list:
    if not isinstance(value, list) or len(value) != length:
        raise Stopped("sent back gradients that it was not asked for")
    return value


def _bad():
    raise Stopped("sent back gradients that are not tensors")


def _tensor(value) -> torch.Tensor:
    if not isinstance(value, torch.Tensor):
        raise TypeError("not a tensor")
    return value


def _shape(shape) -> list[int]:
    if not all(type(n) is int and n >= 0 for n in shape) or len(shape) > wire.MAX_DIMENSIONS:
        raise TypeError("not a shape")
    if math.prod(shape) > MAX_PARAMETERS:
        raise TypeError("a tensor that is too large")
    return shape
