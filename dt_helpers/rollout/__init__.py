"""Autoregressive control: the model acts in an environment, each action conditioned on the return-to-go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch
from gymnasium import Env

from dt_helpers import video
from dt_helpers.data import spaces
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.envs import cautions, door
from dt_helpers.envs.door import Environment
from dt_helpers.machine import threads
from dt_helpers.machine.bars import bar
from dt_helpers.machine.hardware import keep_freed_memory
from dt_helpers.machine.telling import tell
from dt_helpers.model import DecisionTransformerModel, fast_cpu
from dt_helpers.rollout.evaluation import Evaluation, short
from dt_helpers.rollout.robots import FAR, Robot, tell_bounds, tell_origin
from dt_helpers.training import fingerprint
from dt_helpers.training.cloning import Clone

Agent = DecisionTransformerModel | Clone


def get_action(
    model: DecisionTransformerModel,
    states: torch.Tensor,  # (t, state_dim), normalised
    actions: torch.Tensor,  # (t, act_dim), the last row is not known yet: any values
    rewards: torch.Tensor,  # (t,), ignored
    returns_to_go: torch.Tensor,  # (t,) or (t, 1), scaled
    timesteps: torch.Tensor,  # (t,)
) -> torch.Tensor:
    """The action (act_dim,) after the last of `states`, predicted from a window of the last K steps.

    Shorter histories are padded on the left to K and masked, as in training. Both the actions passed and the
    action returned are in the environment's units; choices are one-hot rows.
    """
    K, space = model.config.context_length, spaces.of_model(model.config)
    past = actions.reshape(1, -1, model.config.act_dim)[:, -K:]
    window = {
        "states": states.reshape(1, -1, model.config.state_dim)[:, -K:].to(model.dtype),
        "actions": _converted(past, space.to_model).to(model.dtype),
        "returns_to_go": returns_to_go.reshape(1, -1, 1)[:, -K:].to(model.dtype),
        "timesteps": timesteps.reshape(1, -1, 1)[:, -K:].long(),
    }
    real = window["states"].shape[1]
    left = K - real
    padded = {key: torch.nn.functional.pad(value, (0, 0, left, 0)) for key, value in window.items()}
    padded["timesteps"] = padded["timesteps"].squeeze(-1)
    mask = torch.arange(K, device=states.device).ge(left).long().unsqueeze(0)  # (1, K)
    predicted = _actions(model, **padded, attention_mask=mask)[0]
    if isinstance(space, spaces.Choices):
        return _converted(predicted, lambda row: space.encode(space.decode(row)[None])[0])
    return _converted(predicted, space.from_model)


def _converted(values: torch.Tensor, convert: Callable[[np.ndarray], np.ndarray]) -> torch.Tensor:
    """`convert` for tensors; if nothing needs scaling, the tensor itself, with its gradient."""
    given = values.detach().cpu().float().numpy()
    converted = convert(given)
    return values if converted is given else torch.from_numpy(np.ascontiguousarray(converted)).to(values)


def _actions(model: Agent, **window: torch.Tensor) -> torch.Tensor:
    """The last predicted action of each window, (batch, act_dim)."""
    forward = getattr(model, "original_forward", model)
    return forward(**window, return_dict=False)[1][:, -1]


def evaluate(
    model: Agent,
    env_name: Environment = "HalfCheetah-v5",
    target_return: float = 9000.0,
    episodes: int = 16,
    seed: int = 0,
    max_steps: int = 1000,
    progress: bool = True,
    on_step: Callable[[list, int, np.ndarray], None] | None = None,
    observe: Callable[[Env], np.ndarray] | None = None,
    sample: bool = False,
) -> Evaluation:
    """Run `episodes` episodes in parallel, with one forward pass per step for all of them.

    The model is put into `eval()`. Episode i starts at ``env.reset(seed=seed + i)``. The return-to-go starts at
    `target_return` and each reward is subtracted from it; the model sees the last K steps. Its config must hold the
    `ReplayFacts`, as those of `dt_helpers.training` do.
    `on_step`, if given, is called as ``on_step(envs, t, returns_so_far)`` after the resets (t = 0) and after each step.
    `observe`, if given, makes the model's state (state_dim,) from an environment, such as a camera's frame, instead of
    the environment's own observation. The environment is an id, a class, a function that makes one, or an instance, in
    which episodes run one after another; actions are scaled back to its units.
    `sample`: actions that are choices are drawn by their probabilities, each episode from its own seed; without it the
    most likely one is taken.
    Raises ValueError if the model does not fit the environment, or the config lacks one of these.
    """
    (evaluation,) = evaluate_targets(
        model, env_name, [target_return], episodes, seed, max_steps, progress, on_step, observe, sample=sample
    )
    return evaluation


@torch.inference_mode()
def evaluate_targets(
    model: Agent,
    env_name: Environment,
    target_returns: Sequence[float] | np.ndarray,
    episodes: int = 4,
    seed: int = 0,
    max_steps: int = 1000,
    progress: bool = True,
    on_step: Callable[[list, int, np.ndarray], None] | None = None,
    observe: Callable[[Env], np.ndarray] | None = None,
    drawn: bool = False,
    sample: bool = False,
) -> list[Evaluation]:
    """As `evaluate`, for several targets: `episodes` episodes for each, all in parallel.

    The i-th episode has the same start for every target. `on_step` gets all robots, those of the first target first.
    `drawn`: environments that aren't MuJoCo's are made so that they can ``render()`` frames.
    """
    wanted = np.repeat(np.asarray(target_returns, np.float64), episodes)  # (robots,)
    if not len(wanted):
        raise ValueError(
            f"At least one target return and one episode are needed, not {target_returns!r} and {episodes!r}."
        )
    if max_steps < 1:
        raise ValueError(f"max_steps must be at least 1, not {max_steps!r}.")
    if not np.isfinite(wanted).all():
        raise ValueError(f"target_return must be a finite number, not {target_returns!r}.")
    facts = ReplayFacts.of(model.config)
    if sample and not isinstance(facts.action_space, spaces.Choices):
        raise ValueError(f"Only choices can be drawn, and the model's actions are {facts.action_space}: sample=False.")
    seeds = seed + np.arange(len(wanted)) % episodes
    said: set[str] = set()
    settings = (max_steps, progress, on_step, observe, sample, said)
    with ExitStack() as stack:
        robots = door.open_all(env_name, len(wanted), stack, drawn)
        name = env_name if isinstance(env_name, str) else door.name_of(robots[0])
        tell_origin(facts, name)
        cautions.tell_statistics(robots[0], name)
        measured: Sequence[np.ndarray]
        if len(robots) == len(wanted):
            measured = _run(model, facts, robots, name, wanted, seeds, *settings)
        else:  # one instance: one episode after another
            runs = [_run(model, facts, robots, name, wanted[[i]], seeds[[i]], *settings) for i in range(len(wanted))]
            measured = [np.concatenate(parts) for parts in zip(*runs, strict=True)]
    rewards, lengths = (each.reshape(len(target_returns), episodes, *each.shape[1:]) for each in measured)
    weights = fingerprint.of_weights(model.state_dict())
    return [
        Evaluation(name, float(t), earned, steps, weights, seed, sample)
        for t, earned, steps in zip(target_returns, rewards, lengths, strict=True)
    ]


def _run(
    model: Agent,
    facts: ReplayFacts,
    envs_: list[Env],
    env_name: str,
    wanted: np.ndarray,  # (robots,), the target returns
    seeds: np.ndarray,  # (robots,)
    max_steps: int,
    progress: bool,
    on_step: Callable[[list, int, np.ndarray], None] | None,
    observe: Callable[[Env], np.ndarray] | None,
    sample: bool,
    said: set[str],  # what has been told already
) -> tuple[np.ndarray, np.ndarray]:
    """Rewards (robots, max_steps) float64 and lengths (robots,) int64 of one episode per robot."""
    count, config, device = len(envs_), model.config, model.device
    rngs = [np.random.default_rng(int(seed)) if sample else None for seed in seeds]
    robots = [Robot(env, config, facts, observe, rng, said) for env, rng in zip(envs_, rngs, strict=True)]
    seen = np.stack([robot.reset(int(seed)) for robot, seed in zip(robots, seeds, strict=True)])  # (robots, state_dim)
    seen = seen if seen.dtype.kind == "f" else seen.astype(np.float64)
    tell_bounds(robots[0])
    model.eval()
    actor = fast_cpu.Actor(model, count) if fast_cpu.fits(model) else None
    keep_freed_memory()
    threads.settle()
    mean, std = facts.state_mean, facts.state_std
    told = observe is not None

    K, scale = facts.context_length, facts.return_scale
    states = torch.zeros(count, max_steps + 1, config.state_dim)  # normalised
    actions = torch.zeros(count, max_steps, config.act_dim)
    returns_to_go = torch.zeros(count, max_steps + 1, 1)
    rewards, lengths = np.zeros((count, max_steps)), np.zeros(count, np.int64)
    alive = np.ones(count, bool)

    returns_to_go[:, 0, 0] = torch.from_numpy(wanted / scale)
    states[:, 0] = torch.from_numpy((seen - mean) / std)
    if on_step is not None:
        on_step(envs_, 0, np.zeros(count))
    with bar(max_steps, f"running {env_name}", show=progress) as progress_bar:
        for t in range(max_steps):
            running = np.flatnonzero(alive)
            if not told and robots[0].cells is None and (far := states[running, t].abs().max()) > FAR:
                told = True
                tell(
                    f"{env_name}: at step {t} an observation is {far:.0f} standard deviations from the data's mean. "
                    "Does it have the same units as the data?"
                )
            if actor is not None:
                chosen = actor.act(states[running, t], returns_to_go[running, t], t)
            else:
                window = slice(max(0, t + 1 - K), t + 1)
                timesteps = torch.arange(window.start, t + 1).clamp(max=config.max_ep_len - 1)
                batch = {
                    "states": states[running, window],
                    "actions": actions[running, window],
                    "returns_to_go": returns_to_go[running, window],
                }
                batch = {key: value.to(device, model.dtype) for key, value in batch.items()}
                times = timesteps.expand(len(running), -1).to(device)
                chosen = _actions(model, **batch, timesteps=times).float().cpu()
            for i, prediction in zip(running, chosen.numpy(), strict=True):
                seen[i], rewards[i, t], over, done = robots[i].step(prediction)
                actions[i, t] = torch.from_numpy(done)
                lengths[i] = t + 1
                alive[i] = not over
            if actor is not None:
                actor.actions = actions[running, t]
            states[:, t + 1] = torch.from_numpy((seen - mean) / std)
            returns_to_go[:, t + 1, 0] = returns_to_go[:, t, 0] - torch.from_numpy(rewards[:, t] / scale)
            if on_step is not None:
                on_step(envs_, t + 1, rewards[:, : t + 1].sum(axis=1))
            progress_bar.update()
            if not alive.any():
                break
            if actor is not None and not alive[running].all():
                actor.keep(torch.from_numpy(alive[running]))
    if alive.any() and max_steps >= 1000 and "cut off" not in said:
        said.add("cut off")
        tell(f"{env_name}: episodes were cut off at max_steps={max_steps}; their returns aren't final.")
    if lengths.max() > config.max_ep_len > 1:  # 1: a clone, which does not look at the time
        tell(
            f"{env_name}: the model knows {config.max_ep_len} timesteps, and episodes had up to {lengths.max()}: "
            "further steps were shown to it as the last one that it knows."
        )
    return rewards, lengths


def record(
    model: DecisionTransformerModel,
    env_name: Environment = "HalfCheetah-v5",
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
            earned, asked = (f"{x:,.0f}" if abs(x) >= 100 else short(x) for x in (float(returns[0]), target_return))
            recorder.capture(f"step {t}\nreturn {earned} of {asked}")

        (evaluation,) = evaluate_targets(
            model, env_name, [target_return], 1, seed, max_steps, progress, film, observe, drawn=True
        )
    assert recorder is not None  # the first step, at least, was filmed
    return video.show(recorder.path, recorder.width, recorder.summary(), recorder.words()), evaluation
