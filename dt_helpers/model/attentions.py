"""A model's attention weights, while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def watched(model: Any) -> Iterator[list[torch.Tensor]]:
    """A list that holds, after each forward pass, every layer's attention weights (batch, heads, 3k, 3k).

    Any model will do whose ``encoder`` is transformers' GPT-2, a student's own too.
    """
    before = model.config._attn_implementation
    latest: list[torch.Tensor] = []
    model.set_attn_implementation("eager")  # the fused kernels do not return their weights

    def ask(encoder, args, kwargs):
        return args, {**kwargs, "output_attentions": True}

    def keep(encoder, args, output):
        latest[:] = output.attentions

    hooks = [
        model.encoder.register_forward_pre_hook(ask, with_kwargs=True),
        model.encoder.register_forward_hook(keep),
    ]
    try:
        yield latest
    finally:
        for hook in hooks:
            hook.remove()
        model.set_attn_implementation(before)
