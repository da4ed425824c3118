"""An agent that sees frames instead of states: a convolutional encoder where the model had a linear layer.

A frame is passed as a row of its pixels in place of a state's numbers, so collator, model and replay stay the same.
``model.embed_state`` is another module, which reshapes the row into an image, and the next frame is not predicted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from transformers import DecisionTransformerConfig, set_seed

from dt_helpers import envs, training
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data import simulate
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine.bars import bar, without_file_bars
from dt_helpers.machine.telling import tell
from dt_helpers.model import TrainableDT
from dt_helpers.pixels.camera import SIZE, Camera
from dt_helpers.training import runs, saved, scales
from dt_helpers.training.beginning import with_quickest_attention
from dt_helpers.training.checkpoints import MovingAverage
from dt_helpers.training.settings import Settings

Encoder = Callable[[int, int], nn.Module]  # hidden, size -> (batch, K, size * size) to (batch, K, hidden)


class ConvEncoder(nn.Module):
    """Embeds frames in place of states: (batch, K, size * size) -> (batch, K, hidden).

    One frame shows where the limbs are, but not where they are going, so each is embedded together with the one before
    it. Before a window's first frame there is a black one, which is also what padding looks like.
    """

    looks_back = 1  # frames; lets a replay embed only new frames: see `dt_helpers.model.fast_cpu`

    def __init__(self, hidden: int, size: int = SIZE):
        super().__init__()
        if size % 8:
            raise ValueError(f"The frames' size must be a multiple of 8 pixels, not {size}.")
        self.size = size
        self.layers = nn.Sequential(  # (batch * K, 2, size, size)
            nn.Conv2d(2, 32, 8, stride=4, padding=2),  # (batch * K, 32, size / 4, size / 4)
            nn.ReLU(),
            nn.Conv2d(32, 32, 3, stride=2, padding=1),  # (batch * K, 32, size / 8, size / 8)
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * (size // 8) ** 2, hidden),
        )

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        batch, K, _ = frames.shape
        before = nn.functional.pad(frames[:, :-1], (0, 0, 1, 0))  # (batch, K, size * size)
        pairs = torch.stack([before, frames], dim=2).reshape(batch * K, 2, self.size, self.size)
        return self.layers(pairs).reshape(batch, K, -1)


class Blind(nn.Module):
    """The same embedding for every frame, (batch, K, size * size) -> (batch, K, hidden).

    A blind model still has its past actions, the returns-to-go and the timesteps. What it earns is the baseline for
    one that sees.
    """

    looks_back = 0

    def __init__(self, hidden: int, size: int = SIZE):
        super().__init__()
        self.embedding = nn.Parameter(0.02 * torch.randn(hidden))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return self.embedding.expand(*frames.shape[:2], -1)


class Frames(Trajectories):
    """`Trajectories` whose observations are frames, (N, size * size) uint8; normalised, black is 0 and white 1."""

    state_mean = np.zeros(1)
    state_std = np.full(1, 255.0)
    dead = np.zeros(1, bool)


def camera(env_name: str = "HalfCheetah-v5", size: int = SIZE) -> Camera:
    """The camera that `film` uses, for a replay: ``rollout.evaluate(model, ..., observe=camera(env_name))``."""
    with closing(envs.make(env_name)) as env:
        robot: Any = env.unwrapped  # a MuJoCo environment
        return Camera(robot.model, size)


def film(data: Trajectories, env_name: str = "HalfCheetah-v5", size: int = SIZE, progress: bool = True) -> Frames:
    """The same episodes with a frame in place of each observation.

    Nothing is simulated again: the observations hold the joints' positions, and the distance covered follows from the
    rewards. Raises ValueError if `data` was not recorded in that environment.
    """
    with envs.make(env_name) as env:
        positions = _positions(data, env.unwrapped, env_name)  # (N, nq)
    eye = camera(env_name, size)
    frames = np.empty((data.n_steps, size * size), np.uint8)
    with bar(data.n_steps, f"filming {data.name}", show=progress) as progress_bar:
        for first, stop in zip(data.offsets[:-1], data.offsets[1:], strict=True):
            frames[first:stop] = eye.frames(positions[first:stop])
            progress_bar.update(stop - first)
    return Frames(
        frames, data.actions, data.rewards, data.dones, data.offsets, name=f"{data.name}, filmed", env=env_name
    )


def _positions(data: Trajectories, robot, env_name: str) -> np.ndarray:
    """MuJoCo's qpos at each step, (N, nq): x, which is 0 at an episode's start, and the observed positions."""
    need, have = (robot.observation_space.shape[0], robot.action_space.shape[0]), (data.state_dim, data.act_dim)
    # of other hidden positions than x nothing is known
    filmed = [name for name, robot in simulate.ROBOTS.items() if robot.hidden == 1]
    if env_name not in filmed or need != have:
        raise ValueError(
            f"{data.name} has {have[0]} state and {have[1]} action dimensions, but {env_name} has {need[0]} and "
            f"{need[1]}. Data of these environments can be filmed: {', '.join(filmed)}."
        )
    reward = simulate.ROBOTS[env_name]  # (x after - x before) / dt + healthy_reward - ctrl_cost_weight * effort
    effort = np.square(data.actions, dtype=np.float64).sum(axis=1)  # (N,)
    moved = (data.rewards - reward.healthy_reward + reward.ctrl_cost_weight * effort) * robot.dt  # (N,) metres
    x = np.concatenate([[0.0], np.cumsum(moved)[:-1]])  # (N,)
    x -= np.repeat(x[data.offsets[:-1]], data.lengths)
    return np.column_stack([x, data.observations[:, : robot.model.nq - 1]])


def preset(name: str | None = None, **changes) -> Settings:
    """As `training.preset`, with at most 300 steps of 32 windows: each has 20 frames, all of which are embedded.

    Windows at the start of episodes, which hold few frames, are not repeated.
    """
    settings = training.preset(name)
    small = {"steps": min(settings.steps, 300), "batch_size": min(settings.batch_size, 32), "early": 0.0}
    return training.preset(name, **{**small, **changes})


def train(
    frames: Frames,
    settings: Settings | str | None = None,
    output: Path | str | None = None,
    seed: int = 0,
    encoder: Encoder = ConvEncoder,
) -> TrainableDT:
    """Train a model on frames, save it to the folder `output`, if given, and return it in `eval()` mode.

    settings : `Settings`, the name of a preset, or None for `preset()`'s default.
    encoder : makes the module that replaces `embed_state`, from the model's hidden size and the frames' size.

    Raises ValueError if `frames` are not `Frames`.
    """
    if not isinstance(frames, Frames):
        raise ValueError(f"Pass frames, which `pixels.film` makes from recordings, not {frames!r}.")
    settings = settings if isinstance(settings, Settings) else preset(settings)
    settings, lines = scales.resolve(settings, frames)
    tell(*lines)
    set_seed(seed)
    collator = DecisionTransformerGymDataCollator(
        frames, settings.context_length, settings.scale, settings.max_ep_len, settings.sampling, seed
    )
    model = training.make_model(collator, settings, dataset=frames.name, preset=settings.preset)
    _give_eyes(model, encoder)
    with TemporaryDirectory() as unused:
        args = training.arguments(settings, Path(unused), seed)
        args.save_strategy = "no"
        trainer = training.make_trainer(model, collator, args, settings.held_out, settings.early, settings.matrix_rate)
        average = MovingAverage(model, settings.ema) if settings.ema else None
        if average:
            trainer.add_callback(average)
        trainer.train()
    if average:
        average.copy_to(model)
    if output is not None:
        with runs.only_one(Path(output)), without_file_bars():
            saved.store(Path(output), model.save_pretrained)
    return model.eval()


def load(folder: Path | str, encoder: Encoder = ConvEncoder) -> TrainableDT:
    """A model that `train` saved with that encoder, in `eval()` mode. FileNotFoundError if `folder` holds none."""
    if not saved.there_is_one(Path(folder)):
        raise FileNotFoundError(f"There is no model for frames in {folder}: pixels.train(..., output=...) saves one.")
    place = saved.place(Path(folder))
    model = with_quickest_attention(TrainableDT(DecisionTransformerConfig.from_pretrained(place)))
    _give_eyes(model, encoder)
    model.load_state_dict(load_file(place / saved.WEIGHTS))
    return model.eval()


def _give_eyes(model: TrainableDT, encoder: Encoder) -> None:
    """Change the model to take frames."""
    size = round(model.config.state_dim**0.5)
    model.embed_state = encoder(model.config.hidden_size, size)
    model.predict_state = nn.Identity()  # the next frame is not predicted
