"""A key and a door: the reward is 1 for coming to the door with the key, and there is no other.

The world is that of the paper's section 5.4 (https://arxiv.org/abs/2106.01345), which has it from Mesnard et al. (2020,
https://arxiv.org/abs/2011.09464), in small: one room in place of three. Agent and key begin in its left half, the door
is in its right half, and all three are at other places in each episode, so that they have to be seen.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from dt_helpers.model import DecisionTransformerModel
from dt_helpers.stitching import model as on_graphs
from dt_helpers.stitching.alternatives.sequences import Episodes, logits

SIZE = 6  # cells along each side
STEPS = 20  # in an episode, at most
MOVES = np.array([[-1, 0], [0, 1], [1, 0], [0, -1]])  # (row, column) for up, right, down, left
KEY, DOOR = range(2)  # what somebody in the recordings heads for


class Doors:
    """Many such worlds at once; places are (row, column)."""

    def __init__(self, count: int, rng: np.random.Generator):
        half = SIZE // 2
        left = np.argsort(rng.random((count, SIZE * half)), axis=1)[:, :2]  # two different cells of the left half
        places = np.stack([left // half, left % half], axis=-1)  # (count, 2, 2)
        self.agent, self.key = places[:, 0], places[:, 1]
        self.door = np.stack([rng.integers(SIZE, size=count), rng.integers(half, SIZE, size=count)], axis=-1)
        self.has_key = np.zeros(count, dtype=bool)
        self.over = np.zeros(count, dtype=bool)

    def observe(self) -> np.ndarray:
        """(count, 3, SIZE, SIZE): where the agent is, the key, as long as it lies there, and the door; black when the
        episode is over."""
        image = np.zeros((len(self.agent), 3, SIZE, SIZE), dtype=np.uint8)
        shown = (~self.over, ~self.over & ~self.has_key, ~self.over)
        for channel, (place, there) in enumerate(zip((self.agent, self.key, self.door), shown, strict=True)):
            rows = there.nonzero()[0]
            image[rows, channel, place[rows, 0], place[rows, 1]] = 1
        return image

    def step(self, actions: np.ndarray) -> np.ndarray:
        """Move all agents (count,), who stop at the walls, and return the rewards (count,)."""
        moved = np.clip(self.agent + MOVES[actions], 0, SIZE - 1)
        self.agent = np.where(self.over[:, None], self.agent, moved)
        self.has_key |= (self.agent == self.key).all(axis=1)
        opened = self.has_key & (self.agent == self.door).all(axis=1) & ~self.over
        self.over |= opened
        return opened.astype(np.float32)


class DoorEncoder(nn.Module):
    """Embeds what is seen: (batch, K, 3, SIZE, SIZE) -> (batch, K, hidden)."""

    def __init__(self, hidden: int, channels: int = 16):
        super().__init__()
        self.layers = nn.Sequential(  # (batch * K, 3, SIZE, SIZE)
            nn.Conv2d(3, channels, 3, padding=1),  # (batch * K, channels, SIZE, SIZE)
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(channels * SIZE * SIZE, 2 * hidden),
            nn.ReLU(),
            nn.Linear(2 * hidden, hidden),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images.flatten(0, 1).float()).unflatten(0, images.shape[:2])


def preset(name: str | None = None, **changes) -> on_graphs.Settings:
    """As `stitching.preset`, with the steps that this world needs."""
    settings = on_graphs.preset(name)
    return replace(settings, **{"steps": min(settings.steps, 400), "learning_rate": 3e-3} | changes)


def record(count: int = 4000, seed: int = 0) -> Episodes:
    """Episodes of somebody without a plan: they head for the key or for the door, go for the key where the door stays
    shut, change their mind now and then, and take about two steps of five at random: a quarter of all, and each one
    where they stand on what they headed for. As many successes as failures are kept, or, of few episodes, all
    successes."""
    rng = np.random.default_rng(seed)
    worlds = 4 * count  # about a quarter succeed
    heading = np.full(worlds, KEY)

    def wander(doors: Doors, t: int) -> np.ndarray:
        nonlocal heading
        changes = rng.random(worlds) < (1.0 if t == 0 else 0.1)
        heading = np.where(changes, rng.integers(2, size=worlds), heading)
        # From somebody who waited at the shut door a model would learn to wait there.
        heading = np.where((doors.agent == doors.door).all(axis=1), KEY, heading)
        wanted = np.where((heading == KEY)[:, None], doors.key, doors.door) - doors.agent  # (count, 2)
        vertical = rng.random(worlds) * np.abs(wanted).sum(axis=1) < np.abs(wanted[:, 0])
        towards = np.where(vertical, np.where(wanted[:, 0] < 0, 0, 2), np.where(wanted[:, 1] > 0, 1, 3))
        lost = (wanted == 0).all(axis=1) | (rng.random(worlds) < 1 / 4)
        return np.where(lost, rng.integers(4, size=worlds), towards)

    every = _run(Doors(worlds, rng), wander)
    wins = np.flatnonzero(every.returns == 1)[: count // 2]
    failures = np.flatnonzero(every.returns == 0)[: count - len(wins)]
    return every[np.sort(np.concatenate([wins, failures]))]


def play(model: DecisionTransformerModel, target: float, count: int = 200, seed: int = 0) -> Episodes:
    """What a model does when it is asked for a return, in worlds of `seed`, always with its likeliest action."""
    seen: list[np.ndarray] = []
    done: list[np.ndarray] = []

    def act(doors: Doors, t: int) -> np.ndarray:
        seen.append(doors.observe())
        actions = np.stack(done, axis=1) if done else np.zeros((count, 0), dtype=np.int64)
        to_go = np.full((count, t + 1), float(target))  # the only reward ends the episode: nothing to subtract before
        chosen = logits(model, np.stack(seen, axis=1), actions, to_go).argmax(dim=1).numpy()
        done.append(chosen)
        return chosen

    return _run(Doors(count, np.random.default_rng(seed)), act)


def _run(doors: Doors, act) -> Episodes:
    states, actions, rewards, running = [], [], [], []
    for t in range(STEPS):
        states.append(doors.observe())
        running.append(~doors.over)
        actions.append(act(doors, t))
        rewards.append(doors.step(actions[-1]))
    seen, done, earned = (np.stack(each, axis=1) for each in (states, actions, rewards))
    return Episodes(seen, done, earned, np.sum(running, axis=0))
