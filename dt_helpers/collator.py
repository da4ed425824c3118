"""From trajectories to batches: windows of K consecutive steps, padded on the left, gathered in one go.

The batch is the tutorial's, number for number. Two facts make it quick:

- an episode drawn by its length, then a start drawn uniformly within it, is a step drawn uniformly from the whole
  dataset. So a window has one integer as its name, the flat index of the step that it hangs on (its *anchor*);
- with flat arrays, all windows of a batch are a table of indices (batch, K), and a batch is one gather a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from dt_helpers.data import spaces
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.telling import tell

if TYPE_CHECKING:
    import datasets

STATE_PAD, ACTION_PAD, RETURN_PAD = 0.0, -10.0, 0.0
Sampling = Literal["start", "end"]
EARLY_STEPS = 20  # of an episode, which `Windows` may repeat


class Windows(torch.utils.data.Dataset):
    """What the Trainer iterates over: each step of the data anchors one window, so an epoch is every step once.

    (The tutorial counted one window an episode as an epoch: its 120 epochs over 1000 episodes are 120 000 windows of
    20 steps, 2.4 passes over the million steps.) Items are bare anchors; the collator fetches the rows, once.
    `episodes` are the indices of those to use (all by default), and every `every`-th of their steps is an anchor.

    `early` is the share of the windows that the episodes' first steps are repeated for: there the target return is all
    that tells a model what to do. Later on the states tell as well who is acting, and how well.
    """

    def __init__(
        self,
        trajectories: Trajectories,
        episodes: np.ndarray | None = None,
        every: int = 1,
        early: float = 0.0,
    ):
        if not 0 <= early < 1:
            raise ValueError(f"early is a share of the windows, at least 0 and below 1; it is {early}.")
        chosen = (
            np.ones(len(trajectories), bool) if episodes is None else np.isin(np.arange(len(trajectories)), episodes)
        )
        steps = np.arange(trajectories.n_steps, dtype=np.int32)
        self.anchors = steps[chosen[trajectories.episode_of]][::every]  # (windows,) int32
        if early:
            since_start = self.anchors - trajectories.offsets[trajectories.episode_of[self.anchors]]
            first = self.anchors[since_start < EARLY_STEPS]
            again = round(early / (1 - early) * len(self.anchors) / len(first))
            self.anchors = np.concatenate([self.anchors, np.tile(first, again)])

    def __len__(self) -> int:
        return len(self.anchors)

    def __getitem__(self, index: int) -> int:
        return self.anchors[index]

    def __getitems__(self, indices: list[int]) -> np.ndarray:
        return self.anchors[indices]


class Shuffled(torch.utils.data.Sampler):
    """The indices of `windows` in a random order, another in each epoch, the same wherever the seed is the same.

    It is the order that the Trainer has by itself, which makes a list of it, 40 bytes a window; this one keeps
    a tensor of 4 bytes.
    """

    def __init__(self, windows: Windows, seed: int = 0):
        self.windows, self.seed, self.epoch = windows, seed, 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.windows)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed + self.epoch)
        order = torch.randperm(len(self), generator=generator, dtype=torch.int32)
        for part in order.split(4096):
            yield from part.tolist()


class DecisionTransformerGymDataCollator:
    """Makes the batches that a Decision Transformer is trained on.

    Parameters
    ----------
    dataset : `Trajectories`, or a `datasets.Dataset` with one row an episode.
    max_len : K, the number of steps in a window.
    scale : returns-to-go are divided by it; None takes what suits the data.
    max_ep_len : timesteps are clipped to ``max_ep_len - 1``.
    sampling : ``"start"``, the tutorial's way: the anchor is a window's first step, and windows that reach over the
        end of an episode are short. ``"end"``: the anchor is the last step, and windows that would begin before the
        episode are short, just as during a replay's first steps.
    seed : of the draws that the collator makes itself, when it is given rows and not anchors.
    """

    def __init__(
        self,
        dataset: Trajectories | datasets.Dataset,
        max_len: int = 20,
        scale: float | None = 1000.0,
        max_ep_len: int | None = 1000,
        sampling: Sampling = "start",
        seed: int | None = None,
    ):
        if sampling not in ("start", "end"):
            raise ValueError(f"sampling must be 'start' or 'end', not {sampling!r}.")
        self.trajectories = dataset if isinstance(dataset, Trajectories) else Trajectories.from_dataset(dataset)
        if scale is None:
            from dt_helpers.training.scales import return_scale  # which knows this module's Sampling

            scale = return_scale(self.trajectories)
        max_ep_len = max(1000, int(self.trajectories.lengths.max())) if max_ep_len is None else max_ep_len
        if max_len < 1 or max_ep_len < 1 or not scale > 0:
            raise ValueError(f"max_len, max_ep_len and scale must be positive: {max_len}, {max_ep_len}, {scale}.")
        self.max_len, self.scale, self.max_ep_len, self.sampling = max_len, scale, max_ep_len, sampling
        self.state_dim, self.act_dim = self.trajectories.state_dim, self.trajectories.act_dim
        self.n_traj = len(self.trajectories)
        self.p_sample = self.trajectories.lengths / self.trajectories.n_steps  # (E,)
        self.state_mean, self.state_std = self.trajectories.state_mean, self.trajectories.state_std
        self.action_space = self.trajectories.space
        self.rng = np.random.default_rng(seed)
        self._worker: int | None = None  # the seed of the DataLoader's worker that draws

    def follow(self, config) -> DecisionTransformerGymDataCollator:
        """Take the statistics, the scale, K and the actions' bounds that a model has learned with, from its config, and
        return this collator. Raises ValueError if the data's sizes, or kinds of actions, are not the model's."""
        facts = ReplayFacts.of(config)
        space = facts.action_space
        own, wanted = self.trajectories.space, (config.state_dim, config.act_dim)
        same = type(space) is type(own) and (isinstance(space, spaces.Continuous) or space == own)
        if (self.state_dim, self.act_dim) != wanted or not same:
            raise ValueError(
                f"The data has {self.state_dim} state and {self.act_dim} action dimensions ({own}), but the model was "
                f"made for {wanted[0]} and {wanted[1]} ({space})."
            )
        if space != own:
            tell(f"Actions are scaled by the model's bounds, {space}; the data's own are {own}.")
        self.action_space = space
        self.state_mean, self.state_std = facts.state_mean, facts.state_std
        self.max_len, self.scale, self.max_ep_len = facts.context_length, facts.return_scale, config.max_ep_len
        return self

    def draw(self, batch_size: int) -> np.ndarray:
        """Anchors of `batch_size` windows, uniform over the dataset's steps, (batch,) int64.

        In a DataLoader's worker, the draws are that worker's own, and others in each epoch."""
        worker = torch.utils.data.get_worker_info()
        if worker is not None and worker.seed != self._worker:
            self.rng, self._worker = np.random.default_rng(worker.seed), worker.seed
        return self.rng.integers(self.trajectories.n_steps, size=batch_size)

    def __call__(self, features: Sequence) -> dict[str, torch.Tensor]:
        """A batch. `features` are anchors, as `Windows` yields them; or rows of the dataset, as the tutorial's loader
        yields them, and then only their number counts: that many windows are drawn."""
        are_anchors = isinstance(features, np.ndarray) or isinstance(features[0], int | np.integer)
        return self.gather(np.asarray(features) if are_anchors else self.draw(len(features)))

    def gather(self, anchors: np.ndarray) -> dict[str, torch.Tensor]:
        """The windows with the given anchors.

        Returns float32 ``states`` (batch, K, state_dim), ``actions`` (batch, K, act_dim), ``rewards`` and
        ``returns_to_go`` (batch, K, 1), ``attention_mask`` (batch, K), and int64 ``timesteps`` (batch, K).
        """
        data, K = self.trajectories, self.max_len
        episode = data.episode_of[anchors]  # (batch,)
        first, stop = data.offsets[episode], data.offsets[episode + 1]  # (batch,)
        if self.sampling == "start":
            begin, end = anchors, np.minimum(anchors + K, stop)
        else:
            begin, end = np.maximum(anchors + 1 - K, first), anchors + 1
        rows = end[:, None] + np.arange(-K, 0)  # (batch, K), the window's last step at the right
        real = rows >= begin[:, None]  # (batch, K), false where there is padding
        rows = np.where(real, rows, begin[:, None])

        states = np.where(real[..., None], data.observations[rows], STATE_PAD)  # (batch, K, state_dim)
        states = (states - self.state_mean) / self.state_std
        return {
            "states": _tensor(states),
            "actions": _tensor(np.where(real[..., None], self.action_space.to_model(data.actions[rows]), ACTION_PAD)),
            "rewards": _tensor(np.where(real, data.rewards[rows], 0.0)[..., None]),
            "returns_to_go": _tensor(np.where(real, data.returns_to_go[rows], RETURN_PAD)[..., None] / self.scale),
            "timesteps": torch.from_numpy(np.where(real, np.minimum(rows - first[:, None], self.max_ep_len - 1), 0)),
            "attention_mask": _tensor(real),
        }


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.float32, copy=False))
