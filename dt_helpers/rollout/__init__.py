"""Autoregressive control: the model acts in an environment, and each action depends on the return still asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from gymnasium import Env

from dt_helpers import envs, video
from dt_helpers.machine import threads
from dt_helpers.machine.bars import bar
from dt_helpers.machine.hardware import keep_freed_memory
from dt_helpers.model import DecisionTransformerModel, fast_cpu
from dt_helpers.training import fingerprint


def get_action(
    model: DecisionTransformerModel,
    states: torch.Tensor,  # (t, state_dim), normalised
    actions: torch.Tensor,  # (t, act_dim), the last row is not known yet and may be anything
    rewards: torch.Tensor,  # (t,), not looked at
    returns_to_go: torch.Tensor,  # (t,) or (t, 1), scaled
    timesteps: torch.Tensor,  # (t,)
) -> torch.Tensor:
    """The action (act_dim,) after the last of `states`, predicted from a window of the last K steps.

    Shorter histories are padded on the left to K and masked, as in training.
    """
    K = model.config.context_length
    window = {
        "states": states.reshape(1, -1, model.config.state_dim)[:, -K:].float(),
        "actions": actions.reshape(1, -1, model.config.act_dim)[:, -K:].float(),
        "returns_to_go": returns_to_go.reshape(1, -1, 1)[:, -K:].float(),
        "timesteps": timesteps.reshape(1, -1, 1)[:, -K:].long(),
    }
    real = window["states"].shape[1]
    left = K - real
    padded = {key: torch.nn.functional.pad(value, (0, 0, left, 0)) for key, value in window.items()}
    padded["timesteps"] = padded["timesteps"].squeeze(-1)
    mask = torch.arange(K, device=states.device).ge(left).long().unsqueeze(0)  # (1, K)
    return _actions(model, **padded, attention_mask=mask)[0]


def _actions(model: DecisionTransformerModel, **window: torch.Tensor) -> torch.Tensor:
    """The last predicted action of each window, (batch, act_dim)."""
    forward = getattr(model, "original_forward", model)
    return forward(**window, return_dict=False)[1][:, -1]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a model earned in several episodes."""

    env_name: str
    target_return: float  # asked for at the first step, in the environment's own units
    rewards: np.ndarray  # (episodes, steps) float64, 0 after an episode's end
    lengths: np.ndarray  # (episodes,) int64
    weights: str | None = None  # `fingerprint.of_weights` of the model

    @property
    def returns(self) -> np.ndarray:
        """Sum of the rewards, (episodes,)."""
        return self.rewards.sum(axis=1)

    @property
    def mean(self) -> float:
        return float(self.returns.mean())

    @property
    def std(self) -> float:
        return float(self.returns.std())

    @property
    def worst(self) -> float:
        return float(self.returns.min())

    @property
    def normalized_score(self) -> float | None:
        """D4RL's score of the mean return; None where the environment is not one of D4RL's."""
        return envs.normalized_score(self.env_name, self.mean)

    def __str__(self) -> str:
        score = f", D4RL score {self.normalized_score:.1f}" if self.normalized_score is not None else ""
        return (
            f"{self.env_name}, target return {self.target_return:.0f}: mean return {self.mean:.0f} ± {self.std:.0f} "
            f"over {len(self.lengths)} episodes (worst {self.worst:.0f}, mean length {self.lengths.mean():.0f}{score})"
        )


def evaluate(
    model: DecisionTransformerModel,
    env_name: str = "HalfCheetah-v5",
    target_return: float = 9000.0,
    episodes: int = 16,
    seed: int = 0,
    max_steps: int = 1000,
    progress: bool = True,
    on_step: Callable[[list, int, np.ndarray], None] | None = None,
    observe: Callable[[Env], np.ndarray] | None = None,
) -> Evaluation:
    """Run `episodes` episodes side by side, one forward pass a step for all of them.

    The model is put into `eval()`. Episode i starts at ``env.reset(seed=seed + i)``. The return-to-go begins with
    `target_return` and is counted down by each reward, and the model sees the last K steps; its config must carry
    ``context_length``, ``state_mean``, ``state_std`` and ``return_scale``, as those of `dt_helpers.training` do.
    `on_step`, if given, is called as ``on_step(envs, t, returns_so_far)`` after the resets (t = 0) and after each step.
    `observe`, if given, makes the state (state_dim,) that the model is shown, such as a camera's frame, out of an
    environment, in place of what that returns itself; an attribute ``together`` of it makes those of many.
    Raises ValueError if the model does not fit the environment, or the config lacks one of these.
    """
    return evaluate_targets(model, env_name, [target_return], episodes, seed, max_steps, progress, on_step, observe)[0]


@torch.inference_mode()
def evaluate_targets(
    model: DecisionTransformerModel,
    env_name: str,
    target_returns: Sequence[float],
    episodes: int = 4,
    seed: int = 0,
    max_steps: int = 1000,
    progress: bool = True,
    on_step: Callable[[list, int, np.ndarray], None] | None = None,
    observe: Callable[[Env], np.ndarray] | None = None,
) -> list[Evaluation]:
    """As `evaluate`, for several targets: `episodes` episodes for each, all of them side by side.

    The i-th episode starts alike for every target. `on_step` is handed all robots, those of the first target first.
    """
    wanted = np.repeat(np.asarray(target_returns, np.float64), episodes)  # (robots,)
    if not len(wanted):
        raise ValueError(f"At least one target and one episode are needed: {target_returns!r} and {episodes!r} came.")
    needed = ("context_length", "state_mean", "state_std", "return_scale")
    missing = [key for key in needed if not hasattr(model.config, key)]
    if missing:
        raise ValueError(f"model.config lacks {missing}: set them to what the model was trained with.")
    with ExitStack() as stack:
        robots = [stack.enter_context(closing(envs.make(env_name))) for _ in wanted]
        measured = _run(model, robots, env_name, wanted, episodes, seed, max_steps, progress, on_step, observe)
    rewards, lengths = (each.reshape(len(target_returns), episodes, *each.shape[1:]) for each in measured)
    weights = fingerprint.of_weights(model.state_dict())
    return [
        Evaluation(env_name, float(t), *of_t, weights)
        for t, *of_t in zip(target_returns, rewards, lengths, strict=True)
    ]


def _run(
    model: DecisionTransformerModel,
    robots: list[Env],
    env_name: str,
    wanted: np.ndarray,  # (robots,), the target returns
    episodes: int,
    seed: int,
    max_steps: int,
    progress: bool,
    on_step: Callable[[list, int, np.ndarray], None] | None,
    observe: Callable[[Env], np.ndarray] | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Rewards (robots, max_steps) float64 and lengths (robots,) int64 of an episode of each robot."""
    count, config, device = len(robots), model.config, model.device
    sensed = np.stack([robot.reset(seed=seed + i % episodes)[0] for i, robot in enumerate(robots)])
    seen = _seen(robots, sensed, observe)  # (robots, state_dim), the newest of each
    _require_fit(config, (seen.shape[1], robots[0].action_space.shape[0]), env_name)
    model.eval()
    actor = fast_cpu.Actor(model, count) if fast_cpu.fits(model) else None
    keep_freed_memory()
    threads.settle()
    mean, std = (torch.tensor(value, dtype=torch.float32) for value in (config.state_mean, config.state_std))

    K, scale = config.context_length, config.return_scale
    states = torch.zeros(count, max_steps + 1, config.state_dim)  # normalised
    actions = torch.zeros(count, max_steps, config.act_dim)
    returns_to_go = torch.zeros(count, max_steps + 1, 1)
    rewards, lengths = np.zeros((count, max_steps)), np.zeros(count, np.int64)
    alive = np.ones(count, bool)

    returns_to_go[:, 0, 0] = torch.from_numpy(wanted / scale)
    states[:, 0] = (torch.from_numpy(seen) - mean) / std
    if on_step is not None:
        on_step(robots, 0, np.zeros(count))
    with bar(max_steps, f"running {env_name}", show=progress) as progress_bar:
        for t in range(max_steps):
            running = np.flatnonzero(alive)
            if actor is not None:
                chosen = actor.act(states[running, t], returns_to_go[running, t], t)
            else:
                window = slice(max(0, t + 1 - K), t + 1)
                timesteps = torch.arange(window.start, t + 1).clamp(max=config.max_ep_len - 1)
                batch = {
                    "states": states[running, window],
                    "actions": actions[running, window],
                    "returns_to_go": returns_to_go[running, window],
                    "timesteps": timesteps.expand(len(running), -1),
                }
                chosen = _actions(model, **{key: value.to(device) for key, value in batch.items()}).float().cpu()
            actions[running, t] = chosen
            for i, action in zip(running, chosen.numpy(), strict=True):
                sensed[i], rewards[i, t], terminated, truncated, _ = robots[i].step(action)
                lengths[i] = t + 1
                alive[i] = not (terminated or truncated)
            seen[running] = _seen([robots[i] for i in running], sensed[running], observe)
            states[:, t + 1] = (torch.from_numpy(seen) - mean) / std
            returns_to_go[:, t + 1, 0] = returns_to_go[:, t, 0] - torch.from_numpy(rewards[:, t] / scale)
            if on_step is not None:
                on_step(robots, t + 1, rewards[:, : t + 1].sum(axis=1))
            progress_bar.update()
            if not alive.any():
                break
            if actor is not None and not alive[running].all():
                actor.keep(torch.from_numpy(alive[running]))
    return rewards, lengths


def record(
    model: DecisionTransformerModel,
    env_name: str = "HalfCheetah-v5",
    target_return: float = 9000.0,
    path: str | Path = "replay.mp4",
    seed: int = 0,
    max_steps: int = 1000,
    progress: bool = True,
    observe: Callable[[Env], np.ndarray] | None = None,
    **options,
) -> tuple[video.Video, Evaluation]:
    """One episode as in `evaluate`, filmed to the MP4 at `path`; `options` go to `video.Recorder`."""
    with ExitStack() as stack:
        recorder = None

        def film(robots: list, t: int, returns: np.ndarray) -> None:
            nonlocal recorder
            if recorder is None:
                recorder = stack.enter_context(video.Recorder(robots[0], path, **options))
            recorder.capture(f"step {t}\nreturn {round(returns[0]):,} of {target_return:,.0f}")

        evaluation = evaluate(model, env_name, target_return, 1, seed, max_steps, progress, film, observe)
    return video.show(recorder.path, recorder.width, recorder.summary()), evaluation


def _seen(robots: list[Env], sensed: np.ndarray, observe: Callable[[Env], np.ndarray] | None) -> np.ndarray:
    """What the model is shown of each robot, (robots, state_dim): by `observe`, or else what it has `sensed` itself."""
    if observe is None:
        return sensed
    together = getattr(observe, "together", None)  # of many robots at once, as the course's camera has it
    return together(robots) if together else np.stack([observe(robot) for robot in robots])


def _require_fit(config, need: tuple[int, int], env_name: str) -> None:
    have = (config.state_dim, config.act_dim)
    if need != have:
        raise ValueError(
            f"{env_name} has {need[0]} state and {need[1]} action dimensions, but the model was made for {have[0]} and "
            f"{have[1]}. Evaluate in the environment that the data comes from."
        )
