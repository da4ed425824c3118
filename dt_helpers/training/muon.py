"""Muon, the optimiser of the `quick` preset: it moves a matrix in weak directions, too; AdamW does the rest.

The gradient of a matrix has few strong directions and many weak ones, and AdamW, which scales each number by itself,
leaves the strong ones ahead. Muon brings the update's singular values closer to 1, so that the weak directions are
learned more quickly. See https://kellerjordan.github.io/posts/muon/ (Jordan et al. 2024).

It is `torch.optim.Muon`, step for step, with two exceptions. One optimiser holds both kinds of parameters, so that the
Trainer's checkpoints and its learning-rate schedule cover them. And matrices of one shape are multiplied together, in
float32 where the hardware has no bfloat16: torch's own takes them one by one, and emulates bfloat16 there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

from dt_helpers.machine.hardware import has_bf16

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of the quintic, as in the post above and in torch
ROUNDS = 5  # of the Newton-Schulz iteration


class Muon(torch.optim.AdamW):
    """Muon for `matrices`, AdamW for `others`.

    Parameters
    ----------
    matrices : two-dimensional parameters between hidden layers; ValueError for any other.
    others : everything else: embeddings, heads, biases, norms.
    lr, weight_decay : AdamW's.
    matrix_lr : Muon's learning rate. An update's singular values are about 1, whatever the gradient's size, so its
        scale differs from AdamW's.
    momentum : Muon's (Nesterov momentum).
    """

    def __init__(
        self,
        matrices: Iterable[nn.Parameter],
        others: Iterable[nn.Parameter],
        lr: float = 1e-3,
        matrix_lr: float = 0.02,
        weight_decay: float = 1e-4,
        momentum: float = 0.95,
    ):
        turned = list(matrices)
        if wrong := [tuple(p.shape) for p in turned if p.ndim != 2]:
            raise ValueError(f"Muon takes matrices only; parameters of the shapes {wrong} have to be among the others.")
        groups: list[dict[str, Any]] = [
            {"params": list(others), "momentum": None},
            {"params": turned, "momentum": momentum, "lr": matrix_lr},
        ]
        super().__init__(groups, lr=lr, weight_decay=weight_decay, fused=True)
        self.dtype = torch.bfloat16 if has_bf16() else torch.float32

    @torch.no_grad()
    def step(self, closure: Callable | None = None) -> Any:
        """One step of both, and the loss if `closure` computes it; gradients of the matrices are used up by it."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            if group["momentum"] is not None:
                self._turn([p for p in group["params"] if p.grad is not None], group["lr"], group["momentum"])
        super().step()
        return loss

    def _turn(self, matrices: list[nn.Parameter], lr: float, momentum: float) -> None:
        alike = defaultdict(list)  # matrices of one shape, or its transpose, are multiplied together
        for matrix in matrices:
            gradient = matrix.grad
            assert gradient is not None  # parameters without a gradient are not passed on
            state = self.state[matrix]
            if not state:  # AdamW needs a step count in each state that it loads
                state.update(step=torch.zeros(()), momentum_buffer=torch.zeros_like(matrix))
            state["step"] += 1
            buffer = state["momentum_buffer"].lerp_(gradient, 1 - momentum)
            ahead = gradient.lerp(buffer, momentum)  # (rows, columns)
            matrix.grad = None  # so that AdamW leaves it alone
            lying = ahead if ahead.shape[0] <= ahead.shape[1] else ahead.T
            alike[lying.shape].append((matrix, lying))
        for pairs in alike.values():
            updates = orthogonal(torch.stack([lying for _, lying in pairs]).to(self.dtype))
            for (matrix, lying), update in zip(pairs, updates, strict=True):
                rows, columns = matrix.shape
                update = update.T if lying.shape != matrix.shape else update
                matrix.add_(update, alpha=-lr * max(1, rows / columns) ** 0.5)


def orthogonal(matrices: torch.Tensor) -> torch.Tensor:
    """Matrices (n, rows, columns), rows <= columns, with their singular values brought near 1, from about 0.7 to 1.2;
    those that are thousands of times smaller than the largest stay below."""
    a, b, c = COEFFICIENTS
    x = matrices / matrices.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    for _ in range(ROUNDS):
        gram = x @ x.mT  # (n, rows, rows)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


def for_model(model: nn.Module, lr: float, matrix_lr: float, weight_decay: float) -> Muon:
    """Muon for the matrices of the encoder's blocks, AdamW for the rest of a Decision Transformer."""
    blocks = {name for name, p in model.named_parameters() if ".h." in name and p.ndim == 2}
    matrices = [p for name, p in model.named_parameters() if name in blocks]
    others = [p for name, p in model.named_parameters() if name not in blocks]
    return Muon(matrices, others, lr, matrix_lr, weight_decay)
