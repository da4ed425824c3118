"""Inside a model while it acts: which tokens an action attends to, and how the states are embedded.

Notebook 06 plots it with `dt_helpers.attention.plots`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from dt_helpers import rollout
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.model import TrainableDT, attentions


@dataclass(frozen=True, eq=False)
class Attention:
    """How much each action of an episode attends to each token of its window.

    The action is predicted from its state's token, so these are that token's attention weights, averaged over the
    heads of a layer. They sum to 1 over a window; the last action, being the one to predict, has weight 0.
    """

    weights: np.ndarray  # (steps, layers, K, 3), newest step of the window last, tokens R, s, a; 0 before the episode
    evaluation: rollout.Evaluation  # of the episode

    @property
    def context_length(self) -> int:
        return self.weights.shape[2]

    @property
    def mean(self) -> np.ndarray:
        """Averaged over the steps with a full window, (layers, K, 3). Raises ValueError if there are none."""
        full = self.weights[self.context_length - 1 :]
        if not len(full):
            raise ValueError(
                f"No window is full: the episode has {len(self.weights)} steps, but K is {self.context_length}."
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
    """Run one episode like `rollout.evaluate`, and keep what each action attends to.

    Raises ValueError if the model does not fit the environment.
    """
    K, seen = model.config.context_length, []
    with attentions.watched(model) as latest:

        def keep(robots: list, t: int, returns: np.ndarray) -> None:
            if t == 0:
                return  # no action yet
            layers = torch.stack(latest).mean(dim=2)[:, 0, -2]  # (layers, 3k), what the newest state attends to
            tokens = layers.reshape(len(layers), -1, 3)  # (layers, k, 3), k steps so far, at most K
            seen.append(torch.nn.functional.pad(tokens, (0, 0, K - tokens.shape[1], 0)).float().cpu().numpy())

        evaluation = rollout.evaluate(model, env_name, target_return, 1, seed, max_steps, progress, on_step=keep)
    return Attention(np.stack(seen), evaluation)


@torch.inference_mode()
def state_tokens(model: TrainableDT, data: Trajectories, anchors: np.ndarray) -> np.ndarray:
    """The model's last hidden state at each state token, from which it predicts the action, (n, hidden).

    `anchors` (n,) are rows of `data`; each is the last step of a window of K steps in its episode.
    """
    collator = DecisionTransformerGymDataCollator(data, sampling="end").follow(model.config)
    found = []
    for part in np.array_split(anchors, max(1, len(anchors) // 256)):
        batch = {key: value.to(model.device) for key, value in collator.gather(part).items()}
        batch |= {key: value.to(model.dtype) for key, value in batch.items() if value.is_floating_point()}
        hidden = model.eval().original_forward(**batch, return_dict=True).last_hidden_state  # (batch, 3K, hidden)
        found.append(hidden[:, -2].float().cpu().numpy())
    return np.concatenate(found)


def principal_components(points: np.ndarray, count: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """The `count` directions in which points (n, d) vary most, orthonormal, (count, d), and the share of the variance
    that each holds, (count,)."""
    _, scales, directions = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    return directions[:count], (scales**2 / (scales**2).sum())[:count]
