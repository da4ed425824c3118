"""The check of the whole model: right when its predictions are transformers' own, on every kind of call.

Where they are not, `stages` compares what went through the model's parts and says where it first departs.
"""

import copy
import secrets
from dataclasses import dataclass, replace

import numpy as np
import torch

from dt_helpers.check import reference, tries
from dt_helpers.check.engine import generic
from dt_helpers.check.engine.answers import describe
from dt_helpers.check.engine.calling import quietly
from dt_helpers.check.engine.comparing import Difference, close, tolerance
from dt_helpers.check.engine.exercise import Case, Exercise, Strip
from dt_helpers.check.engine.result import CheckFailed, CheckResult
from dt_helpers.check.whole_model import inputs, stages
from dt_helpers.check.whole_model.watching import watch

PREDICTIONS = ("state_preds", "action_preds", "return_preds")  # in the order of the tuple
HINTS = (
    "Follow one step through forward: three embeddings with time, one sequence of 3K tokens, one mask of 3K, "
    "the encoder, three heads.",
    "Do the single functions pass their own checks? Then look at how forward hands results from one to the next.",
)
_EXERCISE = Exercise("forward", "forward(...)", PREDICTIONS, "tensor", (), None, None, None, HINTS)


@dataclass(frozen=True)
class Pass:
    """One forward pass: its inputs, how its output is asked for, and what it has to give if that is frozen."""

    label: str
    batch: dict
    return_dict: bool | None = True
    expected: tuple | None = None

    @property
    def real(self) -> torch.Tensor:
        """(batch, K, 1): which steps count. What is predicted for padding is up to transformers' version."""
        mask = self.batch.get("attention_mask")
        return torch.ones_like(self.batch["returns_to_go"]) > 0 if mask is None else mask[..., None] > 0

    @property
    def call(self) -> dict:
        asked = {} if self.return_dict is None else {"return_dict": self.return_dict}
        return {name: value.clone() for name, value in self.batch.items()} | asked


class _Departs(Exception):
    """The model isn't right: why, and where it was seen."""

    def __init__(self, difference: Difference, label: str = "", error: BaseException | None = None):
        self.difference, self.label, self.error = difference, label, error


def check(cls, seed: int | None = None) -> CheckResult | CheckFailed:
    """The verdict on a `DecisionTransformerModel(config)`: the class, or one of its models with weights in it."""
    seed = secrets.randbits(32) if seed is None else seed
    with quietly():
        verdict = judge(cls, seed)
    tries.count(verdict)
    return verdict


def judge(cls, seed: int) -> CheckResult | CheckFailed:
    """The same without counting tries."""
    try:
        done = _run(cls, np.random.default_rng(seed))
    except _Departs as found:
        difference = found.difference
        return CheckFailed(
            name="forward",
            function="forward",
            mistake=difference.slug,
            sentence=difference.sentence,
            hints=stages.HINTS.get(difference.slug) or generic.hints(difference, found.error) or HINTS,
            difference=difference,
            case=found.label,
            seed=seed,
            strip=_strip(difference.slug),
            error=found.error,
        )
    return CheckResult("forward", "The model's forward", done)


def _run(cls, rng: np.random.Generator) -> int:
    """Tries the model on all passes and answers how many; raises `_Departs`."""
    given = cls if isinstance(cls, torch.nn.Module) else None
    if cls is None or cls is Ellipsis:
        raise _Departs(Difference("unfilled", f"The model is not filled in yet: it is {cls}."))
    if given is None and not isinstance(cls, type):
        what = "your class DecisionTransformerModel, or a model made from it"
        raise _Departs(Difference("not-callable", f"check.forward needs {what}; it was given {describe(cls)}."))
    if given is None:
        oracle = inputs.small_oracle()
        model = _built(cls, oracle)
        frozen = Pass("the frozen reference", reference.batch(), expected=reference.predictions(PREDICTIONS))
        rounds = [
            (inputs.drawn_weights(oracle, rng), _passes(oracle.config, rng)),
            (reference.weights(), [frozen]),
        ]
    else:
        given = copy.deepcopy(given).cpu().float()
        oracle = inputs.oracle(given.config)
        model = _fitting(given, oracle)
        own = {name: value.clone() for name, value in model.state_dict().items()}
        rounds = [
            (own, _passes(oracle.config, rng)),
            (inputs.drawn_weights(oracle, rng), _passes(oracle.config, rng)),
        ]
    done = 0
    for state, passes in rounds:
        try:
            model.load_state_dict(state)
        except (Exception, SystemExit) as error:
            raise _Departs(generic.from_exception(_EXERCISE, Case("", ()), error), "", error) from None
        oracle.load_state_dict(state)
        for one in passes:
            _compare(model, oracle, one, gradients=one is passes[0])
            done += 1
    return done


def _passes(settings, rng) -> list[Pass]:
    padded = inputs.inputs(settings, rng, 3, 4)
    single = inputs.inputs(settings, rng, 1, 1)
    single["attention_mask"] = single["attention_mask"].long()
    return [
        Pass("batch 3, K 4, padded rows", padded),
        Pass("batch 3, K 4, padded rows, return_dict=False", padded, False),
        Pass("batch 2, K 3, no mask", inputs.inputs(settings, rng, 2, 3, mask=False)),
        Pass("batch 1, K 1, return_dict=False", single, False),
        Pass("batch 1, K 5, no mask, return_dict not given", inputs.inputs(settings, rng, 1, 5, mask=False), None),
    ]


def _built(cls, oracle) -> torch.nn.Module:
    """A model of the student's, of the oracle's size."""
    try:
        return _fitting(cls(copy.deepcopy(oracle.config)), oracle)
    except (Exception, SystemExit) as error:
        if isinstance(error, _Departs):
            raise
        raise _Departs(generic.from_exception(_EXERCISE, Case("", ()), error), "", error) from None


def _fitting(model, oracle) -> torch.nn.Module:
    """The model in evaluation mode, if published weights would load into it."""
    if not isinstance(model, torch.nn.Module):
        raise _Departs(Difference("wrong-type", f"The class has to make a torch module; it made {describe(model)}."))
    ours, theirs = oracle.state_dict(), model.state_dict()
    problems = {
        "lacks": sorted(ours.keys() - theirs.keys()),
        "has besides": sorted(theirs.keys() - ours.keys()),
        "has in another shape": sorted(k for k in ours.keys() & theirs.keys() if ours[k].shape != theirs[k].shape),
    }
    for problem, names in problems.items():
        if names:
            listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            raise _Departs(Difference("state-dict", f"Published weights would not load: the model {problem} {listed}."))
    return model.eval()


def _compare(model, oracle, one: Pass, gradients: bool) -> None:
    expected = one.expected or _predictions(oracle(**one.call))
    call = one.call
    try:
        output = model(**call)
    except (Exception, SystemExit) as error:
        raise _Departs(generic.from_exception(_EXERCISE, Case("", ()), error), one.label, error) from None
    try:
        difference = _form(output, one) or _first_difference(_predictions(output), expected, one.real)
        if difference and difference.slug in (None, "wrong-shape", "nan"):
            difference = _staged(model, oracle, one, difference)
    except (Exception, SystemExit) as error:
        difference = _unreadable(error)
    if not difference:
        written = [name for name, value in one.batch.items() if not torch.equal(value, call[name])]
        if written:
            difference = Difference("input-changed", f"forward writes to its input {written[0]}.")
    if not difference and gradients and not one.expected:
        try:
            difference = _gradients(model, oracle, _predictions(output), expected, one.real)
        except (Exception, SystemExit) as error:
            difference = _unreadable(error)
    if difference:
        raise _Departs(difference, one.label)


def _unreadable(error: BaseException) -> Difference:
    """A tensor that only pretends to be one, a hook that exits: whatever else goes on in the student's model."""
    return Difference("wrong-type", f"What forward returned can't be read or learned from: {type(error).__name__}.")


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


def _staged(model, oracle, one: Pass, difference: Difference) -> Difference:
    """The difference, named after the stage where the model first departs."""
    with torch.no_grad():
        _, given = watch(model, lambda: model(**one.call))
        _, expected = watch(oracle, lambda: oracle(**one.call))
    slug, sentence = stages.first_departure(oracle, one.batch, given, expected)
    return replace(difference, slug=slug, sentence=sentence)


def _gradients(model, oracle, given, expected, real) -> Difference | None:
    """Whether all parameters that learn in transformers' model learn in this one."""

    def slopes(parts, module):
        total = sum((part * real * torch.linspace(0.5, 1.5, part.numel()).reshape(part.shape)).sum() for part in parts)
        names, leaves = zip(*module.named_parameters(), strict=True)
        return dict(zip(names, torch.autograd.grad(total, leaves, allow_unused=True), strict=True))

    if not all(part.requires_grad for part in given):
        return Difference("lost-gradient", "The predictions are right, but no gradient flows back: it cannot learn.")
    try:
        theirs, ours = slopes(given, model), slopes(expected, oracle)
    except RuntimeError:  # the graph is gone
        return Difference("lost-gradient", "The predictions are right, but no gradient can flow back any more.")
    for name, slope in ours.items():
        if slope is None or not slope.any():
            continue
        if theirs[name] is None or not theirs[name].any():
            return Difference("lost-gradient", f"The predictions are right, but {name} gets no gradient.")
        if not close(theirs[name].numpy(), slope.numpy(), 1e-2).all():
            return Difference("wrong-gradient", f"The predictions are right, but the gradient of {name} is not.")
    return None
