"""Copies of a model, for calls that must not touch the student's own."""

import copy
from typing import Any, TypeVar

import torch

Model = TypeVar("Model", bound=torch.nn.Module)


def copied(model: Model) -> Model:
    """A copy of the model, without what it has kept that can't be copied, such as an output with its graph."""
    if hasattr(model, "watched"):
        return model  # it lives in another process
    memo: dict[int, Any] = {}
    for module in model.modules():
        for name, value in vars(module).items():
            if name.startswith("_"):
                continue
            try:
                copy.deepcopy(value)
            except Exception:
                memo[id(value)] = None
    return copy.deepcopy(model, memo)


def without_dropout(model: Model) -> Model:
    """The model, its encoder's dropout set to 0, so that training gives what evaluation gives."""
    for module in getattr(model, "encoder", torch.nn.Module()).modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model
