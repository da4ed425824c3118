"""The loop in parts, each of which can be gone about in another way: `Loop()` is right, `Loop(stop=...)` has a slip."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Loop:
    """A way to write `run_episode`: a part has the default or what was given for it."""

    mode: Callable = lambda model: model.eval()
    gradients: bool = False
    start: Callable = lambda env, seed: env.reset(seed=seed)[0]
    normal: Callable = lambda observation, mean, std, t: (observation - mean) / std
    asked: Callable = lambda target, scale: target / scale
    left: Callable = lambda remaining, reward, scale, asked: remaining - reward / scale
    targets: Callable = lambda targets: targets  # (t + 1) numbers: what the model is shown of them
    times: Callable = lambda t, K: np.arange(t + 1)
    states: Callable = lambda states, mean, std: states  # (t + 1, state_dim)
    past: Callable = lambda actions: actions  # (t + 1, act_dim), the last one 0
    window: Callable = lambda rows, K: rows[-K:]
    missing: Callable = lambda t, K: max(K - t - 1, 0)  # how many steps of padding
    padded: Callable = lambda rows, missing: np.concatenate([np.zeros((missing, *rows.shape[1:]), rows.dtype), rows])
    mask: Callable = lambda real, missing: np.concatenate([np.zeros(missing), np.ones(real)])
    read: Callable = lambda output, real: output.action_preds[0, -1]
    act: Callable = lambda actions, rng: actions[-1]  # of those predicted so far
    remembered: Callable = lambda predicted, executed: predicted
    step: Callable = lambda env, action: env.step(action)
    news: Callable = lambda before, now: now  # the observation to go on with
    again: Callable = lambda env, seed, observation: observation  # what goes on after the episode's end
    over: Callable = lambda terminated, truncated, remaining, t: terminated or truncated
    steps: Callable = lambda max_steps, K: max_steps
    result: Callable = lambda rewards, **others: rewards

    def __call__(self, model, env, target_return, max_steps, seed):
        config = model.config
        mean, std = np.array(config.state_mean), np.array(config.state_std)
        K, scale = config.context_length, config.return_scale
        self.mode(model)
        observation = self.start(env, seed)
        asked = remaining = self.asked(target_return, scale)
        states, targets, predicted, executed, rewards = [], [], [], [], []
        past = [np.zeros(config.act_dim)]
        rng = np.random.default_rng(0)
        for t in range(self.steps(max_steps, K)):
            states.append(self.normal(observation, mean, std, t))
            targets.append(remaining)
            rows = (
                self.states(np.array(states), mean, std),
                self.past(np.array(past)),
                np.array(self.targets(targets))[:, None],
                self.times(t, K),
            )
            windows = [self.window(each, K) for each in rows]
            missing = self.missing(t, K)
            mask = self.mask(len(windows[0]), missing)
            s, a, r, times = (torch.from_numpy(self.padded(each, missing))[None] for each in windows)
            with torch.set_grad_enabled(self.gradients):
                output = model(
                    states=s.float(),
                    actions=a.float(),
                    returns_to_go=r.float(),
                    timesteps=times,
                    attention_mask=None if mask is None else torch.from_numpy(mask)[None],
                )
            predicted.append(self.read(output, len(windows[0])).detach().numpy())
            executed.append(self.act(predicted, rng))
            past[-1:] = [self.remembered(predicted[-1], executed[-1]), np.zeros(config.act_dim)]
            now, reward, terminated, truncated, _ = self.step(env, executed[-1])
            rewards.append(reward)
            remaining = self.left(remaining, reward, scale, asked)
            observation = self.news(observation, now)
            if terminated or truncated:
                observation = self.again(env, seed, observation)
            if self.over(terminated, truncated, remaining, t):
                break
        ended = len(rewards) > 0 and bool(terminated or truncated)
        return self.result(rewards, targets=targets, actions=executed, scale=scale, ended=ended)
