"""Do all parameters that learn in transformers' model learn in the student's?"""

import torch

from dt_helpers.check.engine.comparing import Difference, close


def gradients(model, oracle, given, expected, real) -> Difference | None:
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
