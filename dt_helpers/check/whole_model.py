"""The check of the whole model: right when its predictions are transformers' own, on every kind of call.

Where they are not, `stages` compares what went through the model's parts and says where it first departs.
"""

import copy
import secrets
from dataclasses import dataclass

import numpy as np
import torch

from . import generic, model_cases, reference, stages, tries
from .answers import describe
from .calling import quietly
from .comparing import Difference, close, tolerance
from .exercise import Exercise
from .report import CheckFailed, CheckResult
from .watching import watch

PREDICTIONS = ("state_preds", "action_preds", "return_preds")  # in the order of the tuple
HINTS = (
    "Follow one step through forward: three embeddings with time, one sequence of 3K tokens, one mask of 3K, "
    "the encoder, three heads.",
    "Do the single functions pass their own checks? Then look at how forward hands results from one to the next.",
)


@dataclass(frozen=True)
class Pass:
    """One forward pass: its inputs and how its output is asked for."""

    label: str
    batch: dict
    return_dict: bool | None = True

    @property
    def call(self) -> dict:
        asked = {} if self.return_dict is None else {"return_dict": self.return_dict}
        return {name: value.clone() for name, value in self.batch.items()} | asked


def check(cls, seed: int | None = None) -> CheckResult | CheckFailed:
    """The verdict on a `DecisionTransformerModel(config)`: the class, or one of its models with weights in it."""
    seed = secrets.randbits(32) if seed is None else seed
    with quietly():
        verdict = judge(cls, seed)
    tries.count(verdict)
    return verdict


def judge(cls, seed: int) -> CheckResult | CheckFailed:
    """The same without counting tries."""
    given = cls if isinstance(cls, torch.nn.Module) else None
    if given is None and not isinstance(cls, type):
        what = "your class DecisionTransformerModel, or a model made from it"
        return _failed(Difference("not-callable", f"check.forward needs {what}; it was given {describe(cls)}."), seed)
    rng = np.random.default_rng(seed)
    rounds = [(model_cases.config(), None), (model_cases.config(**reference.manifest()["sizes"]), "frozen")]
    if given is not None:
        cls = type(given)
        rounds.append((given.config, "its own"))
    done = 0
    for settings, source in rounds:
        if source == "frozen":
            state = reference.weights()
        elif source == "its own":
            state = {name: value.detach().cpu().float() for name, value in given.state_dict().items()}
        else:
            state = model_cases.drawn_weights(settings, rng)
        model = _loaded(cls, settings, state, given if source == "its own" else None)
        if isinstance(model, Difference):
            return _failed(model, seed)
        if isinstance(model, BaseException):
            return _failed(generic.from_exception(_AS_EXERCISE, _NO_CASE, model), seed, model)
        oracle = model_cases.oracle(settings, state)
        for one in _passes(settings, rng, source):
            if failure := _compare(model, oracle, one, seed):
                return failure
            done += 1
    return CheckResult("forward", "The model's forward", done)


def _passes(settings, rng, source: str | None) -> list[Pass]:
    if source == "frozen":
        return [Pass("the frozen reference", reference.batch())]
    if source == "its own":
        steps = min(5, settings.max_ep_len - 1)
        return [Pass("its own weights, batch 3, K 5, padded rows", model_cases.inputs(settings, rng, 3, steps))]
    padded = model_cases.inputs(settings, rng, 3, 4)
    single = model_cases.inputs(settings, rng, 1, 1)
    single["attention_mask"] = single["attention_mask"].long()
    return [
        Pass("batch 3, K 4, padded rows", padded),
        Pass("batch 3, K 4, padded rows, return_dict=False", padded, False),
        Pass("batch 2, K 3, no mask", model_cases.inputs(settings, rng, 2, 3, mask=False)),
        Pass("batch 1, K 1, return_dict=False", single, False),
        Pass("batch 1, K 5, no mask, return_dict not given", model_cases.inputs(settings, rng, 1, 5, mask=False), None),
    ]


def _loaded(cls, settings, state, given):
    """A model of the student's with these weights; or what went wrong, as an exception or a `Difference`."""
    try:
        model = copy.deepcopy(given).cpu().float() if given is not None else cls(copy.deepcopy(settings))
    except Exception as error:
        return error
    names = getattr(model, "state_dict", dict)()
    missing, extra = sorted(state.keys() - names.keys()), sorted(names.keys() - state.keys())
    shapes = sorted(name for name in state.keys() & names.keys() if state[name].shape != names[name].shape)
    for problem, which in (("lacks", missing), ("has besides", extra), ("has in another shape", shapes)):
        if which:
            parts = ", ".join(which[:3]) + (f" and {len(which) - 3} more" if len(which) > 3 else "")
            return Difference("state-dict", f"Published weights would not load: the model {problem} {parts}.")
    model.load_state_dict(state)
    return model.eval()


def _compare(model, oracle, one: Pass, seed: int) -> CheckFailed | None:
    expected = oracle(**one.call)
    expected = expected if isinstance(expected, tuple) else tuple(expected[name] for name in PREDICTIONS)
    call = one.call
    try:
        output = model(**call)
    except (Exception, SystemExit) as error:
        return _failed(generic.from_exception(_AS_EXERCISE, _NO_CASE, error), seed, error, one.label)
    difference = _output_problem(output, one) or _first_difference(_predictions(output), expected)
    if difference:
        if difference.slug in (None, "wrong-shape", "nan"):
            difference = _staged(model, oracle, one, difference)
        return _failed(difference, seed, None, one.label)
    for name, value in one.batch.items():
        if not torch.equal(value, call[name]):
            return _failed(Difference("input-changed", f"forward writes to its input {name}."), seed, None, one.label)
    return _gradient_problem(model, oracle, _predictions(output), expected, seed, one)


def _output_problem(output, one: Pass) -> Difference | None:
    """Whether what came back has the form that `return_dict` asked for."""
    if output is None or output is Ellipsis:
        return Difference("unfilled", f"forward is not filled in yet: it returns {output}.")
    if one.return_dict is False:
        if not isinstance(output, tuple | list):
            wanted = "return_dict=False asks for a plain tuple (state_preds, action_preds, return_preds)"
            return Difference("outputs", f"{wanted}; {describe(output)} came back.")
        if len(output) != 3:
            return Difference("wrong-count", f"The tuple has to hold {', '.join(PREDICTIONS)}; it has {len(output)}.")
        values = dict(zip(PREDICTIONS, output, strict=True))
    else:
        values = {name: _field(output, name) for name in PREDICTIONS}
        if isinstance(output, tuple | list) or all(value is None for value in values.values()):
            wanted = "a DecisionTransformerOutput with " + ", ".join(PREDICTIONS)
            return Difference(
                "outputs", f"Without return_dict=False, {wanted} is expected; {describe(output)} came back."
            )
    for name, value in values.items():
        if value is None or value is Ellipsis:
            return Difference("unfilled", f"{name} is not filled in yet: it is {value}.")
        if not isinstance(value, torch.Tensor):
            return Difference("wrong-type", f"{name} has to be a torch tensor; it is {describe(value)}.")
    return None


def _field(output, name: str):
    return output.get(name) if isinstance(output, dict) else getattr(output, name, None)


def _predictions(output) -> tuple:
    return tuple(output) if isinstance(output, tuple | list) else tuple(_field(output, name) for name in PREDICTIONS)


def _first_difference(given, expected) -> Difference | None:
    for name, theirs, ours in zip(PREDICTIONS, given, expected, strict=True):
        if theirs.shape != ours.shape:
            return Difference("wrong-shape", f"{name} has shape {tuple(theirs.shape)}, not {tuple(ours.shape)}.", name)
    for name, theirs, ours in zip(PREDICTIONS, given, expected, strict=True):
        left, right = theirs.detach().float().numpy(), ours.detach().numpy()
        agree = close(left, right, tolerance("float32"))
        if not agree.all():
            index = tuple(int(i) for i in np.argwhere(~agree)[0])
            slug = "nan" if np.isnan(left).any() else None
            sentence = f"{name} holds NaN." if slug else f"{name} differs from transformers' own."
            return Difference(slug, sentence, name, index, float(right[index]), float(left[index]))
        if theirs.dtype != ours.dtype:
            return Difference(
                "wrong-dtype", f"{name} is right, but its dtype is {theirs.dtype}, not {ours.dtype}.", name
            )
    return None


def _staged(model, oracle, one: Pass, difference: Difference) -> Difference:
    with torch.no_grad():
        output, given = watch(model, lambda: model(**one.call))
        reference_output, expected = watch(oracle, lambda: oracle(**one.call))
    del reference_output
    slug, sentence = stages.first_departure(oracle, one.batch, given, expected, _predictions(output))
    return Difference(
        slug, sentence, difference.result, difference.index, difference.expected, difference.given
    )  # fmt: skip


def _gradient_problem(model, oracle, given, expected, seed, one: Pass) -> CheckFailed | None:
    """Whether all parameters that learn from transformers' model learn from this one."""

    def slopes(parts, module):
        total = sum((part * torch.linspace(0.5, 1.5, part.numel()).reshape(part.shape)).sum() for part in parts)
        names, leaves = zip(*module.named_parameters(), strict=True)
        return dict(zip(names, torch.autograd.grad(total, leaves, allow_unused=True), strict=True))

    if not all(part.requires_grad for part in given):
        found = Difference("lost-gradient", "The predictions are right, but no gradient flows back: it cannot learn.")
        return _failed(found, seed, None, one.label)
    theirs, ours = slopes(given, model), slopes(expected, oracle)
    for name, slope in ours.items():
        if slope is None or not slope.any():
            continue
        if theirs[name] is None or not theirs[name].any():
            found = Difference("lost-gradient", f"The predictions are right, but {name} gets no gradient.")
            return _failed(found, seed, None, one.label)
    return None


def _failed(difference: Difference, seed, error=None, label: str = "") -> CheckFailed:
    hints = stages.HINTS.get(difference.slug) or generic.hints(difference, error) or HINTS
    return CheckFailed(
        name="forward",
        function="forward",
        mistake=difference.slug,
        sentence=difference.sentence,
        hints=hints,
        difference=difference,
        case=label,
        seed=seed,
        error=error,
    )


_AS_EXERCISE = Exercise("forward", "forward(...)", PREDICTIONS, "tensor", (), None, None, None, HINTS)
_NO_CASE = generic.Case("", ())
