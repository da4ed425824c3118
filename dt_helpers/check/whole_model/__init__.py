"""The check of the whole model: right when its predictions are transformers' own, on every kind of call.

Where they are not, `stages` compares what went through the model's parts and says where they first differ.
"""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from dt_helpers.check import reference, tries
from dt_helpers.check.engine import generic
from dt_helpers.check.engine.answers import describe, safely
from dt_helpers.check.engine.calling import NotTheStudents, quietly
from dt_helpers.check.engine.comparing import Difference, close, tolerance
from dt_helpers.check.engine.exercise import Case, Strip
from dt_helpers.check.engine.result import CheckFailed, CheckResult
from dt_helpers.check.engine.time_limit import TookTooLong, within
from dt_helpers.check.whole_model import inputs, stages, stopped
from dt_helpers.check.whole_model.building import EXERCISE, HINTS, PREDICTIONS, Departs, built, fitting
from dt_helpers.check.whole_model.copies import copied, without_dropout
from dt_helpers.check.whole_model.gradients import gradients as wrong_gradients
from dt_helpers.check.whole_model.passes import Pass, other_passes
from dt_helpers.check.whole_model.passes import passes as passes_of
from dt_helpers.check.whole_model.readings import dropped_before, two_readings
from dt_helpers.check.whole_model.watching import modes, watch

SECONDS = 60.0  # for all calls together
HIDDEN = ("last_hidden_state", "hidden_states")  # what the encoder gives, passed on


def check(cls, seed: int | None = None, counts: bool = True) -> CheckResult | CheckFailed:
    """The verdict on a `DecisionTransformerModel(config)`: the class, or one of its models with weights in it.
    `counts`: whether it is noted as a try."""
    seed = secrets.randbits(32) if seed is None else seed
    try:
        with quietly():
            verdict = within(SECONDS, lambda: judge(cls, seed))
    except TookTooLong as error:
        difference = generic.too_slow(EXERCISE, SECONDS, error)
        verdict = _failed(Departs(difference, error=error), seed)
    if counts:
        tries.count(verdict)
    return verdict


def judge(cls, seed: int) -> CheckResult | CheckFailed:
    """The same without counting tries."""
    try:
        done = _run(cls, np.random.default_rng(seed))
    except Departs as found:
        return _failed(found, seed)
    return CheckResult("forward", "The model's forward", done)


def _failed(found: Departs, seed: int) -> CheckFailed:
    difference = found.difference
    return CheckFailed(
        name="forward",
        function="forward",
        mistake=difference.slug,
        sentence=difference.sentence,
        hints=stages.HINTS.get(difference.slug or "") or stopped.hints(difference, found.error) or HINTS,
        difference=difference,
        case=found.label,
        seed=seed,
        strip=_strip(difference.slug),
        error=found.error,
    )


def _rounds(cls, rng: np.random.Generator) -> Iterator[tuple]:
    """What is tried, one after the other: the student's model, transformers', the weights for both, and the passes.

    A class is built twice: with the settings that the course uses, and with others. Raises `Departs`.
    """
    if not isinstance(cls, torch.nn.Module):
        oracle = inputs.small_oracle()
        model = built(cls, oracle)
        yield model, oracle, inputs.drawn_weights(oracle, rng), passes_of(oracle.config, rng)
        frozen = Pass("the frozen reference", reference.batch(), expected=reference.predictions(PREDICTIONS))
        yield model, oracle, reference.weights(), [frozen]
        oracle = inputs.other_oracle()
        yield built(cls, oracle), oracle, inputs.drawn_weights(oracle, rng), other_passes(oracle.config, rng)
        return
    given: Any = without_dropout(copied(cls).cpu().float())
    oracle = without_dropout(inputs.oracle(given.config))
    model = fitting(given, oracle)
    own = {name: value.clone() for name, value in model.state_dict().items()}
    yield model, oracle, own, passes_of(oracle.config, rng)
    yield model, oracle, inputs.drawn_weights(oracle, rng), passes_of(oracle.config, rng)


def _run(cls, rng: np.random.Generator) -> int:
    """Tries the model on all passes and returns how many there were; raises `Departs`."""
    if cls is None or cls is Ellipsis:
        raise Departs(Difference("unfilled", f"The model is not filled in yet: it is {cls}."))
    if not isinstance(cls, torch.nn.Module | type):
        what = "your class DecisionTransformerModel, or a model made from it"
        raise Departs(Difference("not-callable", f"check.forward needs {what}; it was given {describe(cls)}."))
    done = 0
    for model, oracle, state, passes in _rounds(cls, rng):
        fresh = copied(model)
        try:
            for module in (model, fresh):
                module.load_state_dict(state)
        except (Exception, SystemExit) as error:
            raise Departs(generic.from_exception(EXERCISE, Case("", ()), error), "", error) from None
        oracle.load_state_dict(state)
        for one in passes:
            try:
                _compare(model, oracle, one, gradients=one is passes[0])
            except Departs:
                if done and _is_right(fresh, oracle, one):
                    sentence = "forward is right on a new model, but not after other calls: it keeps something."
                    raise Departs(Difference("keeps-state", sentence), one.label) from None
                raise
            done += 1
    return done


def _is_right(model, oracle, one: Pass) -> bool:
    try:
        _compare(model, oracle, one, gradients=False)
    except Departs:
        return False
    return True


def _compare(model, oracle, one: Pass, gradients: bool) -> None:
    asked = oracle.train(one.train)(**one.call)
    expected = one.expected or _predictions(asked)
    call = one.call
    try:
        output = model.train(one.train)(**call)
    except (KeyboardInterrupt, NotTheStudents):
        raise
    except BaseException as error:
        if one.whole and isinstance(error, TypeError) and "output_hidden_states" in safely(str, error):
            return _compare(model, oracle, replace(one, whole=False), gradients)  # its forward has no such argument
        raise Departs(stopped.stopped(error, SECONDS), one.label, error) from None
    try:
        difference = _of_output(model, oracle, one, output, asked, expected)
    except (Exception, SystemExit) as error:
        difference = _unreadable(error)
    if not difference:
        written = [name for name, value in one.batch.items() if not torch.equal(value, call[name])]
        if written:
            difference = Difference("input-changed", f"forward writes to its input {written[0]}.")
    if not difference and gradients and not one.expected:
        try:
            difference = wrong_gradients(model, oracle, _predictions(output), expected, one.real)
        except (Exception, SystemExit) as error:
            difference = _unreadable(error)
    if difference:
        raise Departs(difference, one.label)


def _unreadable(error: BaseException) -> Difference:
    """A tensor that only pretends to be one, a hook that exits: whatever else goes on in the student's model."""
    return Difference("wrong-type", f"What forward returned can't be read or learned from: {type(error).__name__}.")


def _of_output(model, oracle, one: Pass, output, asked, expected) -> Difference | None:
    """What is wrong with what forward gave, if anything is."""
    difference = _form(output, one)
    if not difference and not one.dropout:
        difference = _first_difference(_predictions(output), expected, one.real)
    if not difference and modes(model) != {one.train}:
        wanted = "in training" if one.train else "in evaluation"
        difference = Difference("mode", f"The model was {wanted} before forward ran, and now not all of it is.")
    if not difference and one.dropout:
        given = dict(zip(PREDICTIONS, _predictions(output), strict=True))
        difference = two_readings(oracle, given, *(_field(output, name) for name in HIDDEN))
        difference = difference or dropped_before(model, oracle, one.call)
    elif not difference and one.whole:
        difference = _hidden_states(output, asked)
    if difference and not one.dropout and difference.slug in (None, "wrong-shape", "nan"):
        difference = _staged(model, oracle, one, difference, output, asked)
        if one.train:  # the same inputs came before, in evaluation
            sentence = f"{difference.sentence} That is so in training; in evaluation the model was right."
            difference = replace(difference, sentence=sentence)
    return difference


def _hidden_states(output, asked) -> Difference | None:
    """What is wrong with the encoder's other outputs, which are passed on when they are asked for."""
    for name in HIDDEN:
        theirs, ours = _field(output, name), getattr(asked, name)
        if ours is None:
            continue
        sentence = f"The predictions are right, but {name} is not what the encoder gave."
        if theirs is None or len(theirs) != len(ours):
            return Difference("outputs", sentence)
        for left, right in zip(theirs, ours, strict=True):
            if left.shape != right.shape or not close(left.detach().numpy(), right.detach().numpy(), 1e-4).all():
                return Difference("outputs", sentence)
    return None


def _form(output, one: Pass) -> Difference | None:
    """Whether what came back has the form that `return_dict` asked for."""
    if output is None or output is Ellipsis:
        return Difference("unfilled", f"forward is not filled in yet: it returns {output}.")
    if one.return_dict is False:
        if not isinstance(output, tuple | list):
            wanted = "return_dict=False asks for a plain tuple (state_preds, action_preds, return_preds)"
            return Difference("outputs", f"{wanted}; {describe(output)} came back.")
        if len(output) != 3:
            return Difference("wrong-count", f"The tuple has to hold {', '.join(PREDICTIONS)}; it has {len(output)}.")
    elif isinstance(output, tuple | list) or not any(_field(output, name) is not None for name in PREDICTIONS):
        wanted = "a DecisionTransformerOutput with " + ", ".join(PREDICTIONS)
        return Difference(
            "outputs", f"Unless return_dict is False, {wanted} is expected; {describe(output)} came back."
        )
    for name, value in zip(PREDICTIONS, _predictions(output), strict=True):
        if value is None or value is Ellipsis:
            return Difference("unfilled", f"{name} is not filled in yet: it is {value}.")
        if not isinstance(value, torch.Tensor):
            return Difference("wrong-type", f"{name} has to be a torch tensor; it is {describe(value)}.")
    return None


def _field(output, name: str):
    return output.get(name) if isinstance(output, dict) else getattr(output, name, None)


def _predictions(output) -> tuple:
    return tuple(output) if isinstance(output, tuple | list) else tuple(_field(output, name) for name in PREDICTIONS)


def _strip(stage: str | None) -> Strip | None:
    """The stages on the way, up to the one that departs."""
    if stage not in stages.STAGES:
        return None
    return Strip(stages.STAGES, (*stages.STAGES[: stages.STAGES.index(stage)], "here"))


def _first_difference(given, expected, real) -> Difference | None:
    for name, theirs, ours in zip(PREDICTIONS, given, expected, strict=True):
        if theirs.shape != ours.shape:
            return Difference("wrong-shape", f"{name} has shape {tuple(theirs.shape)}, not {tuple(ours.shape)}.", name)
    for name, theirs, ours in zip(PREDICTIONS, given, expected, strict=True):
        left, right = theirs.detach().float().numpy(), ours.detach().numpy()
        agree = close(left, right, tolerance("float32")) | ~real.numpy()
        if not agree.all():
            index = tuple(int(i) for i in np.argwhere(~agree)[0])
            slug = "nan" if np.isnan(left[~agree]).any() else None
            sentence = f"{name} holds NaN." if slug else f"{name} differs from transformers' own."
            return Difference(slug, sentence, name, index, float(right[index]), float(left[index]))
        if theirs.dtype != ours.dtype:
            return Difference("wrong-dtype", f"{name} is right, but of dtype {theirs.dtype}, not {ours.dtype}.", name)
    return None


def _staged(model, oracle, one: Pass, difference: Difference, output, asked) -> Difference:
    """The difference, named after the stage where the model first departs."""
    with torch.no_grad():
        _, given = watch(model, lambda: model(**one.call))
        _, expected = watch(oracle, lambda: oracle(**one.call))
    slug, sentence = stages.first_departure(oracle, one.batch, given, expected)
    if slug == "outputs":
        sentence = stages.exchanged(_predictions(output), _predictions(asked), PREDICTIONS) or sentence
    return replace(difference, slug=slug, sentence=sentence)
