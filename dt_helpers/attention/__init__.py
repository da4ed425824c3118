"""What goes on inside a model while it acts: which tokens an action looks at, and where the states come to lie.

Notebook 06 draws it with `dt_helpers.attention.plots`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from dt_helpers import rollout
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.model import TrainableDT


@dataclass(frozen=True, eq=False)
class Attention:
    """How much the action of each step of an episode looks at each token of its window.

    The action is predicted from its state's token, so these are that token's attention weights, averaged over the
    heads of a layer. They sum to 1 over a window; the last action is the one to be predicted, and weighs nothing.
    """

    weights: (
        np.ndarray
    )  # (steps, layers, K, 3), the window's newest step last, its tokens R, s, a; 0 before the episode
    evaluation: rollout.Evaluation  # of the episode

    @property
    def context_length(self) -> int:
        return self.weights.shape[2]

    @property
    def mean(self) -> np.ndarray:
        """Averaged over the steps whose window is full, (layers, K, 3). ValueError if there is none."""
        full = self.weights[self.context_length - 1 :]
        if not len(full):
            raise ValueError(
                f"No window is full: the episode has {len(self.weights)} steps, and K is {self.context_length}."
            )
        return full.mean(axis=0)


def watch(
    model: TrainableDT,
    env_name: str = "HalfCheetah-v5",
    target_return: float = 9000.0,
    seed: int = 0,
    max_steps: int = 300,
    progress: bool = True,
) -> Attention:
    """Run one episode as `rollout.evaluate` does, and keep what each action looks at.

    Raises ValueError if the model does not fit the environment.
    """
    K, seen = model.config.context_length, []
    with _attentions(model) as attentions:

        def keep(robots: list, t: int, returns: np.ndarray) -> None:
            if t == 0:
                return  # nobody has acted yet
            layers = torch.stack(attentions).mean(dim=2)[:, 0, -2]  # (layers, 3k), what the newest state looks at
            tokens = layers.reshape(len(layers), -1, 3)  # (layers, k, 3), k steps so far and K at most
            seen.append(torch.nn.functional.pad(tokens, (0, 0, K - tokens.shape[1], 0)).cpu().numpy())

        evaluation = rollout.evaluate(model, env_name, target_return, 1, seed, max_steps, progress, on_step=keep)
    return Attention(np.stack(seen), evaluation)


@contextmanager
def _attentions(model: TrainableDT) -> Iterator[list[torch.Tensor]]:
    """A list that holds, after each forward pass, every layer's attention weights (batch, heads, 3k, 3k)."""
    before = model.config._attn_implementation
    latest: list[torch.Tensor] = []
    model.set_attn_implementation("eager")  # the fused kernels do not tell their weights

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


@torch.inference_mode()
def state_tokens(model: TrainableDT, data: Trajectories, anchors: np.ndarray) -> np.ndarray:
    """What the model has made of each state when it predicts the action from it, (n, hidden).

    `anchors` (n,) are rows of `data`; each ends a window of K steps of its episode.
    """
    collator = DecisionTransformerGymDataCollator(data, sampling="end").follow(model.config)
    found = []
    for part in np.array_split(anchors, max(1, len(anchors) // 256)):
        batch = {key: value.to(model.device) for key, value in collator.gather(part).items()}
        hidden = model.eval().original_forward(**batch, return_dict=True).last_hidden_state  # (batch, 3K, hidden)
        found.append(hidden[:, -2].float().cpu().numpy())
    return np.concatenate(found)


def principal_components(points: np.ndarray, count: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """The `count` directions in which points (n, d) vary most, orthonormal, (count, d), and the share of the variance
    that each holds, (count,)."""
    _, scales, directions = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    return directions[:count], (scales**2 / (scales**2).sum())[:count]
