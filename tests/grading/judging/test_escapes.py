"""Whatever leaves a student's process where nobody expects it, it is told as the student's, and the worker lives."""

import json
import os
import struct

import pytest
import torch

from dt_helpers.check import exercises, one_function, whole_model
from dt_helpers.check.engine.calling import quietly
from dt_helpers.grading.judging.exceptions import rebuilt
from dt_helpers.grading.judging.remote import RemoteFunction, remote_class
from dt_helpers.grading.judging.verdicts import LINE, _fit
from dt_helpers.grading.sandbox.session import Stopped
from dt_helpers.model import DecisionTransformerModel
from tests.grading.judging.test_remote import SEED, asked_elsewhere, one_thread  # noqa: F401

LEAVE = [SystemExit(), KeyboardInterrupt(), GeneratorExit(), ValueError("\ud800\0\x1b"), OSError("x" * 10**6)]


def raises(error):
    raise error


def verdict_on(name, answer):
    with asked_elsewhere(answer) as session, quietly():
        if name == "forward":
            return whole_model.judge(remote_class(session), SEED)
        return one_function.judge(exercises.exercise(name), RemoteFunction(session), SEED)


@pytest.mark.parametrize("error", LEAVE, ids=range(len(LEAVE)))
def test_a_hook_of_the_gradient(error):
    def action_loss(action_preds, action_targets, attention_mask):
        real = attention_mask > 0
        loss = torch.mean((action_preds[real] - action_targets[real]) ** 2)
        if loss.requires_grad:
            loss.register_hook(lambda slope: raises(error))
        return loss

    assert not verdict_on("action_loss", action_loss).passed


@pytest.mark.parametrize("error", LEAVE, ids=range(len(LEAVE)))
@pytest.mark.parametrize("where", ["__init__", "load_state_dict", "state_dict", "named_parameters", "eval", "forward"])
def test_any_method_of_the_model(where, error):
    model = type("DecisionTransformerModel", (DecisionTransformerModel,), {where: lambda *a, **k: raises(error)})
    assert not verdict_on("forward", model).passed


def test_a_hook_of_the_model_s_parameters():
    class Model(DecisionTransformerModel):
        def __init__(self, config):
            super().__init__(config)
            self.embed_state.weight.register_hook(lambda slope: raises(SystemExit()))

    assert not verdict_on("forward", Model).passed


def test_a_probe_of_the_device_costs_nothing():
    def action_loss(action_preds, action_targets, attention_mask):
        if action_preds.device.type == "meta":
            raise SystemExit
        real = attention_mask > 0
        return torch.mean((action_preds[real] - action_targets[real]) ** 2)

    assert verdict_on("action_loss", action_loss).passed


def test_predictions_that_are_none():
    class Model(DecisionTransformerModel):
        def forward(self, *args, **kwargs):
            out = super().forward(*args, **kwargs)
            return out if isinstance(out, tuple) else type(out)({k: v.to("meta") for k, v in out.items()})

    assert not verdict_on("forward", Model).passed


def forging(answer):
    """A function that answers its first call itself, by a message of its own."""

    def function(*args, **kwargs):
        import gc
        import socket

        text = json.dumps(answer).encode()
        for thing in gc.get_objects():
            if isinstance(thing, socket.socket) and thing.fileno() > 2:
                thing.sendall(struct.pack(">II", len(text), 0) + text)
        os._exit(0)

    return function


@pytest.mark.parametrize(
    "answer",
    [
        {"value": {"k": "object", "name": "X", "fields": {"__array_interface__": {"k": "none"}}}},
        {"value": {"k": "none"}, "changed": {"0": {"k": "list", "items": []}, "99999999999999999999": 1}},
        {"error": {"name": "\0" * 10**6, "like": "SystemExit", "text": "\ud800" * 10**5, "bare": 1, "frames": [[]]}},
        {"too large": {"x": "y" * 10**6}},
        {"value": {"k": "tensor", "graph": 0}, "graph": [{"a": {"dtype": "float32", "shape": [1] * 17, "at": 0}}]},
    ],
    ids=range(5),
)
def test_a_forged_message_is_an_error_of_the_student_s(answer):
    with pytest.raises(Stopped) as reason, asked_elsewhere(forging(answer)) as session, quietly():
        verdict = one_function.judge(exercises.exercise("context_window"), RemoteFunction(session), SEED)
        raise Stopped("" if not verdict.passed else "it passed")
    assert len(str(reason.value)) < 500 and "it passed" not in str(reason.value)


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {"name": "BrokenPipeError", "like": "OSError", "text": "late", "bare": False, "frames": []}},
        {"rewritten": [0], "sharing": "x"},
        {"rewritten": None},
    ],
    ids=["an exception", "no pairs", "no list"],
)
def test_what_became_of_results_is_no_call_and_its_exception_no_answer(answer):
    class Forging:
        def ask(self, request, arrays=None):
            return answer, b""

    function = RemoteFunction(Forging())
    function.calls = [0]
    with pytest.raises(Stopped) as reason:
        function.afterwards()
    assert len(str(reason.value)) < 500


def test_an_exception_is_rebuilt_whatever_its_texts_are():
    for text in ("\ud800", "\0", "\x1b[2J", "x" * 2_000_000, "\u202e"):
        described = {"name": text, "like": "SystemExit", "text": text, "bare": False, "frames": [[text, 10**9, text]]}
        error = rebuilt(described)
        for told in (str(error), type(error).__name__):
            assert told.encode() and len(told) <= 2000 and "\0" not in told


def test_what_is_written_down_fits_into_every_database():
    fields = _fit({"sentence": "\ud800" + "x" * 10**6, "lines": ("\x1b" + "y" * 10**6,)})
    assert len(fields["sentence"]) == 2000 and len(fields["lines"][0]) == LINE
    assert json.dumps(fields).isascii() and (fields["sentence"] + fields["lines"][0]).encode()
