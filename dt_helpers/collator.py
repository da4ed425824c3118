"""From trajectories to batches: windows of K consecutive steps, padded on the left, gathered together.

The batch is the tutorial's, number for number. Two facts make it quick:

- an episode drawn by its length, then a start drawn uniformly within it, is a step drawn uniformly from the whole
  dataset. So one integer identifies a window: the flat index of its *anchor* step;
- with flat arrays, all windows of a batch are a table of indices (batch, K), and a batch takes one gather per column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np
import torch

from dt_helpers.data import asked, spaces
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine.telling import tell

STATE_PAD, ACTION_PAD, RETURN_PAD = 0.0, -10.0, 0.0
Sampling = Literal["start", "end"]
EARLY_STEPS = 20  # at the start of an episode, which `Windows` may repeat


class Windows(torch.utils.data.Dataset):
    """What the Trainer iterates over: each step of the data anchors one window, so an epoch is every step once.

    (The tutorial counts one window per episode as an epoch: its 120 epochs over 1,000 episodes are 120,000 windows of
    20 steps, 2.4 passes over the million steps.) Items are bare anchors; the collator fetches the rows, once.
    `episodes` are the indices of those to use (all by default), and every `every`-th of their steps is an anchor.

    `early` is the share of windows made by repeating the episodes' first steps: there the target return alone tells the
    model what to do. Later, the states also show which policy is acting, and how well.
    """

    def __init__(
        self,
        trajectories: Trajectories,
        episodes: np.ndarray | None = None,
        every: int = 1,
        early: float = 0.0,
    ):
        if not 0 <= early < 1:
            raise ValueError(f"early, a share of the windows, must be at least 0 and below 1, not {early}.")
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
    """The indices of `windows` in a random order, different in each epoch and determined by the seed.

    The Trainer's own sampler has the same order, but makes a list of it, 40 bytes per window; this one keeps a tensor
    with 4 bytes.
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
    """Makes the batches for training a Decision Transformer.

    Parameters
    ----------
    dataset : `Trajectories`, such as a `datasets.Dataset` with one row per episode gives, or whatever else
        `data.formats.open` reads.
    max_len : K, the number of steps in a window.
    scale : returns-to-go are divided by it; None takes one that suits the data.
    max_ep_len : timesteps are clipped to ``max_ep_len - 1``.
    sampling : ``"start"``, the tutorial's way: the anchor is a window's first step, and windows that reach over the
        end of an episode are short. ``"end"``: the anchor is the last step, and windows that would begin before the
        episode are short, just as during a replay's first steps.
    seed : of the draws that the collator makes itself, when it is given rows and not anchors.
    returns_to_go, pad_left : functions as notebooks 2 and 3 ask for them, to make the batches with: for each episode,
        and for each window. Without them both are done for all windows at once.

    Raises ValueError where sizes are not positive, or `returns_to_go` does not give a number for each step.
    """

    def __init__(
        self,
        dataset: asked.Source,
        max_len: int = 20,
        scale: float | None = 1000.0,
        max_ep_len: int | None = 1000,
        sampling: Sampling = "start",
        seed: int | None = None,
        returns_to_go: Callable[[np.ndarray], np.ndarray] | None = None,
        pad_left: Callable[[np.ndarray, int, float], tuple[np.ndarray, np.ndarray]] | None = None,
    ):
        if sampling not in ("start", "end"):
            raise ValueError(f"sampling must be 'start' or 'end', not {sampling!r}.")
        self.trajectories = asked.opened(dataset)
        if scale is None:
            from dt_helpers.training.scales import return_scale  # it imports this module's Sampling

            scale = return_scale(self.trajectories)
        max_ep_len = max(1000, int(self.trajectories.lengths.max())) if max_ep_len is None else max_ep_len
        if max_len < 1 or max_ep_len < 1 or not scale > 0:
            raise ValueError(f"max_len, max_ep_len and scale must be positive, not {max_len}, {max_ep_len}, {scale}.")
        self.max_len, self.scale, self.max_ep_len, self.sampling = max_len, scale, max_ep_len, sampling
        self.state_dim, self.act_dim = self.trajectories.state_dim, self.trajectories.act_dim
        self.n_traj = len(self.trajectories)
        self.p_sample = self.trajectories.lengths / self.trajectories.n_steps  # (E,)
        self.state_mean, self.state_std = self.trajectories.state_mean, self.trajectories.state_std
        self.action_space = self.trajectories.space
        self.seed, self.rng = seed, np.random.default_rng(seed)
        self._worker: int | None = None  # seed of the DataLoader worker that draws
        self.pad_left = pad_left
        self.returns_to_go = (
            self.trajectories.returns_to_go if returns_to_go is None else self._by_function(returns_to_go)
        )

    def _by_function(self, returns_to_go: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """What a function makes of each episode's rewards, (N,) float32."""
        rewards, offsets = self.trajectories.rewards, self.trajectories.offsets
        parts = []
        for i in range(self.n_traj):
            episode = rewards[offsets[i] : offsets[i + 1]]
            part = np.asarray(returns_to_go(episode.copy()), np.float32)
            if part.shape != episode.shape:
                raise ValueError(
                    f"returns_to_go must give one number for each step, {episode.shape}, but gave {part.shape} for "
                    f"episode {i}."
                )
            parts.append(part)
        return np.concatenate(parts)

    def follow(self, config) -> DecisionTransformerGymDataCollator:
        """Take over the statistics, scale, K and action bounds that a model was trained with, from its config, and
        return this collator. Raises ValueError if the data's sizes or kind of actions are not the model's."""
        facts = ReplayFacts.of(config)
        space = facts.action_space
        own, wanted = self.trajectories.space, (config.state_dim, config.act_dim)
        same = type(space) is type(own) and (isinstance(space, spaces.Continuous) or space == own)
        if (self.state_dim, self.act_dim) == wanted and (differs := self.other_observations(facts)):
            raise ValueError(differs)
        if (self.state_dim, self.act_dim) != wanted or not same:
            raise ValueError(
                f"The data has {self.state_dim} state and {self.act_dim} action dimensions ({own}), but the model was "
                f"made for {wanted[0]} and {wanted[1]} ({space})."
            )
        if space != own:
            tell(f"Actions are scaled by the model's bounds, {space}, not the data's, {own}.")
        self.action_space = space
        self.state_mean, self.state_std = facts.state_mean, facts.state_std
        self.max_len, self.scale, self.max_ep_len = facts.context_length, facts.return_scale, config.max_ep_len
        return self

    def other_observations(self, facts: ReplayFacts) -> str:
        """A sentence if the data's observations differ in kind from those that a model was trained on, else ""."""
        key, cells = self.trajectories.observation_key, self.trajectories.observation_space
        read, wanted = ((key,) if isinstance(key, str) else key for key in (key, facts.observation_key))
        if read is not None and wanted is not None and read != tuple(wanted):
            return f"The data's observations are the parts {read}, the model's {tuple(wanted)}: use key={wanted!r}."
        shape, trained = self.trajectories.observation_shape, facts.observation_shape
        if shape is not None and trained is not None and shape != tuple(trained):
            return f"The data's observations have shape {shape}, the model's {tuple(trained)}: swap axes."
        if cells != facts.observation_space:
            kinds = [f"{space} as one-hot rows" if space else "numbers" for space in (cells, facts.observation_space)]
            return (
                f"The data's observations are {kinds[0]}, the model's {kinds[1]}: `observation_space=` says how they "
                "are read."
            )
        return ""

    def draw(self, batch_size: int) -> np.ndarray:
        """Anchors of `batch_size` windows, uniform over the dataset's steps, (batch,) int64.

        In a DataLoader worker, the draws are that worker's own, and differ in each epoch."""
        worker = torch.utils.data.get_worker_info()
        if worker is not None and worker.seed != self._worker:
            self.rng, self._worker = np.random.default_rng([self.seed or 0, worker.seed]), worker.seed
        return self.rng.integers(self.trajectories.n_steps, size=batch_size)

    def __call__(self, features: Sequence) -> dict[str, torch.Tensor]:
        """A batch. `features` are anchors, as from `Windows`; or rows of the dataset, as from the tutorial's loader, of
        which only the number counts: that many windows are drawn."""
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
        if self.pad_left is not None:
            return self._gather_by(self.pad_left, begin, end, first)
        rows = end[:, None] + np.arange(-K, 0)  # (batch, K), the window's last step on the right
        real = rows >= begin[:, None]  # (batch, K), false where there is padding
        rows = np.where(real, rows, begin[:, None])

        states = np.where(real[..., None], data.observations[rows], STATE_PAD)  # (batch, K, state_dim)
        states = (states - self.state_mean) / self.state_std
        return {
            "states": _tensor(states),
            "actions": _tensor(np.where(real[..., None], self.action_space.to_model(data.actions[rows]), ACTION_PAD)),
            "rewards": _tensor(np.where(real, data.rewards[rows], 0.0)[..., None]),
            "returns_to_go": _tensor(np.where(real, self.returns_to_go[rows], RETURN_PAD)[..., None] / self.scale),
            "timesteps": torch.from_numpy(np.where(real, np.minimum(rows - first[:, None], self.max_ep_len - 1), 0)),
            "attention_mask": _tensor(real),
        }

    def _gather_by(self, pad_left: Callable, begin: np.ndarray, end: np.ndarray, first: np.ndarray) -> dict:
        """The same for windows [begin, end), each (batch,), of episodes that begin at `first`: one window at a time, by
        a function that pads."""
        data, K = self.trajectories, self.max_len
        windows = []
        for start, stop, zero in zip(begin.tolist(), end.tolist(), first.tolist(), strict=True):
            timesteps = np.minimum(np.arange(start - zero, stop - zero), self.max_ep_len - 1.0)
            states, mask = pad_left(data.observations[start:stop].copy(), K, STATE_PAD)
            actions, _ = pad_left(self.action_space.to_model(data.actions[start:stop]).copy(), K, ACTION_PAD)
            rewards, _ = pad_left(data.rewards[start:stop, None].copy(), K, 0.0)
            returns_to_go, _ = pad_left(self.returns_to_go[start:stop, None] / self.scale, K, RETURN_PAD)
            times, _ = pad_left(timesteps[:, None], K, 0.0)
            windows.append(
                {
                    "states": (states - self.state_mean) / self.state_std,
                    "actions": actions,
                    "rewards": rewards,
                    "returns_to_go": returns_to_go,
                    "timesteps": times[:, 0],
                    "attention_mask": mask,
                }
            )
        batch = {name: _tensor(np.stack([window[name] for window in windows])) for name in windows[0]}
        return {**batch, "timesteps": batch["timesteps"].long()}


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.float32, copy=False))
