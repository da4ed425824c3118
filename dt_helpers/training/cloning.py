"""Cloning, the baseline for the Decision Transformer: a small network that does in a state what the data does there.

Behaviour cloning sees neither returns nor earlier steps (Pomerleau 1988, *ALVINN*; Bain and Sammut 1995, *A
framework for behavioural cloning*). On an expert's data, where there is one behaviour to learn, it is hard to beat; on
mixed data it can't be asked for a good return, unless only the best episodes are cloned (BC and %BC in Chen et al.
2021, *Decision Transformer*).
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from dt_helpers.data import asked
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine.bars import bar
from dt_helpers.model import choice_loss
from dt_helpers.training import settings
from dt_helpers.training.watch import NotFinite

HIDDEN = 256
STEPS, FEW = 5_000, 200  # steps by default, and with the preset "ci"


class Clone(nn.Module):
    """Actions from states alone: two hidden layers with ReLU, tanh at the end.

    `dt_helpers.rollout` runs it like a Decision Transformer whose window is the last step.
    """

    def __init__(self, state_dim: int, act_dim: int, facts: ReplayFacts):
        super().__init__()
        self.config = SimpleNamespace(state_dim=state_dim, act_dim=act_dim, max_ep_len=1)
        facts.put(self.config)
        self._sizes = getattr(facts.action_space, "sizes", None)  # of choices
        self.layers = nn.Sequential(
            *(nn.Linear(state_dim, HIDDEN), nn.ReLU()),
            *(nn.Linear(HIDDEN, HIDDEN), nn.ReLU()),
            *((nn.Linear(HIDDEN, act_dim),) if self._sizes else (nn.Linear(HIDDEN, act_dim), nn.Tanh())),
        )

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device

    @property
    def dtype(self) -> torch.dtype:
        return next(self.parameters()).dtype

    def loss(self, states: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
        """Mean squared error, (n, state_dim) and (n, act_dim); cross-entropy where actions are choices."""
        predicted = self.layers(states)
        if self._sizes:
            return choice_loss(predicted, actions, torch.ones(len(states)), self._sizes)
        return nn.functional.mse_loss(predicted, actions)

    def forward(self, states: torch.Tensor, **unused) -> tuple[None, torch.Tensor, None]:
        """Normalised states (batch, K, state_dim) -> the actions (batch, K, act_dim), in the same place as in the
        Decision Transformer's output, between the predictions of states and returns."""
        return None, self.layers(states), None


def clone(
    data: asked.Source,
    steps: int | None = None,
    seed: int = 0,
    progress: bool = True,
    best: float = 1.0,
    batch_size: int = 256,
    learning_rate: float = 1e-2,
    held_out: float = 0.05,
    ema: float = 0.999,
) -> Clone:
    """Clone the actions of `data` and return the network in `eval()` mode; under a minute of one core.

    AdamW minimises the mean squared error of the actions over `batch_size` steps, drawn again each time; the learning
    rate falls to 0 along a cosine, and a moving average of the weights is kept. The share `held_out` of the
    episodes, those that `dt_helpers.training` holds out too, is not trained on; the error there is the config's
    ``held_out_loss``.

    Parameters
    ----------
    steps : default 5,000, or 200 where ``$DT_PRESET`` is ``ci``.
    best : the share of the episodes, by their returns, that is cloned: 0.1 is much like 10%BC, which counts steps.

    Raises ValueError if `data` has fewer than 2 episodes or numbers that are not finite, and if `steps` or `best` are
    out of range.
    """
    if steps is None:
        steps = FEW if settings.preset().preset == "ci" else STEPS
    if steps < 1 or not 0 < best <= 1:
        raise ValueError(f"steps must be at least 1, and best above 0 and at most 1, not {steps} and {best}.")
    data = asked.opened(data)
    data.require_finite()
    train, rest = data.hold_out(held_out)
    train = train[np.argsort(-data.returns[train], kind="stable")][: max(1, round(best * len(train)))]
    (states, actions), unseen = _rows(data, train), _rows(data, rest)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        seen = (data.observation_key, data.observation_shape)
        own = (data.space, data.observation_space, data.env, data.name, None, *seen)
        model = Clone(data.state_dim, data.act_dim, ReplayFacts(1, data.state_mean, data.state_std, 1.0, *own))
        average = AveragedModel(model, avg_fn=lambda kept, new, count: kept.lerp(new, 1 - _decay(ema, int(count))))
        optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=1e-4, fused=True)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        with bar(steps, "cloning", show=progress, leave=True) as progress_bar:
            for _ in range(steps):
                drawn = torch.randint(len(states), (batch_size,))
                loss = model.loss(states[drawn], actions[drawn])
                if not torch.isfinite(loss):
                    raise NotFinite("Cloning stopped: the loss is not finite. A lower learning_rate often helps.")
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                average.update_parameters(model)
                progress_bar.update()
    averaged = average.module.eval()
    assert isinstance(averaged, Clone)
    with torch.inference_mode():
        averaged.config.held_out_loss = float(averaged.loss(*unseen))
    return averaged


def _decay(longest: float, count: int) -> float:
    """Of the average after `count` steps: short at the beginning, so that the first weights are soon forgotten."""
    return min(longest, (1 + count) / (10 + count))


def _rows(data: Trajectories, episodes: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """All steps of some episodes: normalised states (n, state_dim) and actions (n, act_dim), float32."""
    rows = np.isin(data.episode_of, episodes)
    states = (data.observations[rows] - data.state_mean) / data.state_std
    return torch.from_numpy(states.astype(np.float32)), torch.from_numpy(data.space.to_model(data.actions[rows]))
