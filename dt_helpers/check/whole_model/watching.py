"""What goes through a model's parts in one forward pass, noted by hooks."""

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

EMBEDDINGS = ("embed_return", "embed_state", "embed_action", "embed_timestep")
HEADS = ("predict_return", "predict_state", "predict_action")


def watch(model: nn.Module, call: Callable[[], Any]) -> tuple[Any, dict[str, list[torch.Tensor]]]:
    """`call()`'s result, and what each part of the model was given and gave, in the order of the calls.

    Keys: "<part>.in", "<part>.out", "encoder.<argument>", "encoder.out". A model that lives in another process has
    a method `watched` for this.
    """
    elsewhere = getattr(model, "watched", None)
    if elsewhere is not None:
        return elsewhere(call)
    seen: dict[str, list] = {}

    def note(key, value):
        if isinstance(value, torch.Tensor):
            seen.setdefault(key, []).append(value.detach().clone())

    def part(name):
        def hook(module, args, kwargs, output):
            for value in (*args, *kwargs.values()):
                note(f"{name}.in", value)
            note(f"{name}.out", output)

        return hook

    def before_encoder(module, args, kwargs):
        seen.setdefault("encoder", []).append(True)
        for key, value in inspect.signature(module.forward).bind_partial(*args, **kwargs).arguments.items():
            note(f"encoder.{key}", value)

    def after_encoder(module, args, kwargs, output):
        note("encoder.out", output[0])

    handles = [
        model.get_submodule(name).register_forward_hook(part(name), with_kwargs=True)
        for name in (*EMBEDDINGS, "embed_ln", *HEADS)
    ]
    encoder = model.get_submodule("encoder")
    handles.append(encoder.register_forward_pre_hook(before_encoder, with_kwargs=True))
    handles.append(encoder.register_forward_hook(after_encoder, with_kwargs=True))
    try:
        return call(), seen
    finally:
        for handle in handles:
            handle.remove()


def modes(model: nn.Module) -> set[bool]:
    """Whether its parts are in training (True), in evaluation (False), or some in each.

    A model that lives in another process has an attribute `modes` for this.
    """
    if hasattr(model, "watched"):
        return vars(model)["modes"]
    return {part.training for part in model.modules()}
