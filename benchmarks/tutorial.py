"""The tutorial's own way, from its loader to its replay, on today's libraries: what the benchmarks compare with.

Rewritten, with the same behaviour (tests/test_tutorial.py), and with what made it slow left in: rows that are decoded
and thrown away, windows that are built one by one, a forward pass for each robot and step that keeps its graph.
"""

from pathlib import Path

import dt_helpers  # noqa: F401 (before torch)

# isort: split
import datasets
import numpy as np
import torch
from transformers import DecisionTransformerConfig, DecisionTransformerModel, Trainer, TrainingArguments

K, SCALE, MAX_EP_LEN, BATCH, STEPS = 20, 1000.0, 1000, 64, 1920


class Collator:
    """Batches from a `datasets.Dataset` with one row per episode; of the rows that it gets, only the number matters."""

    def __init__(self, dataset: datasets.Dataset, seed: int | None = None):
        self.dataset, self.rng = dataset, np.random.default_rng(seed)
        states, lengths = [], []
        for observations in dataset["observations"]:  # every row as lists of lists of floats
            states.extend(observations)
            lengths.append(len(observations))
        states = np.vstack(states)  # (N, state_dim) float64
        self.state_mean, self.state_std = states.mean(axis=0), states.std(axis=0) + 1e-6
        self.state_dim, self.act_dim = states.shape[1], len(dataset[0]["actions"][0])
        self.p_sample = np.array(lengths) / sum(lengths)

    def __call__(self, features: list) -> dict[str, torch.Tensor]:
        return self.gather(*self.draw(len(features)))

    def draw(self, batch: int) -> tuple[np.ndarray, np.ndarray]:
        """Episodes, drawn by their lengths, and for each a first step, both (batch,)."""
        episodes = self.rng.choice(len(self.p_sample), size=batch, p=self.p_sample)
        return episodes, np.array([self.rng.integers(len(self.dataset[int(i)]["rewards"])) for i in episodes])

    def gather(self, episodes: np.ndarray, starts: np.ndarray) -> dict[str, torch.Tensor]:
        """The windows of K steps from `starts` on, padded on the left; keys and shapes as in `dt_helpers.collator`."""
        windows = [self._window(self.dataset[int(i)], int(start)) for i, start in zip(episodes, starts, strict=True)]
        batch = {key: torch.from_numpy(np.stack([window[key] for window in windows])) for key in windows[0]}
        return {key: value.long() if key == "timesteps" else value.float() for key, value in batch.items()}

    def _window(self, row: dict, start: int) -> dict[str, np.ndarray]:
        part = slice(start, start + K)
        states, actions = np.array(row["observations"][part]), np.array(row["actions"][part])
        rewards = np.array(row["rewards"][part])
        to_go = _sums_to_the_end(np.array(row["rewards"][start:]))[:K]
        steps = np.minimum(np.arange(start, start + len(states)), MAX_EP_LEN - 1)
        pad = K - len(states)
        states = np.concatenate([np.zeros((pad, self.state_dim)), states])
        return {
            "states": (states - self.state_mean) / self.state_std,
            "actions": np.concatenate([np.full((pad, self.act_dim), -10.0), actions]),
            "rewards": np.concatenate([np.zeros(pad), rewards])[:, None],
            "returns_to_go": np.concatenate([np.zeros(pad), to_go])[:, None] / SCALE,
            "timesteps": np.concatenate([np.zeros(pad, np.int64), steps]),
            "attention_mask": np.concatenate([np.zeros(pad), np.ones(K - pad)]),
        }


def _sums_to_the_end(rewards: np.ndarray) -> np.ndarray:
    sums = np.zeros_like(rewards)
    total = 0.0
    for t in reversed(range(len(rewards))):
        total = sums[t] = rewards[t] + total
    return sums


class Model(DecisionTransformerModel):
    """transformers' model with the loss in its forward pass; it makes all predictions and uses those of the actions."""

    def forward(self, **batch) -> dict[str, torch.Tensor]:
        actions, mask = self.original_forward(**batch, return_dict=True).action_preds, batch["attention_mask"]
        real = mask.reshape(-1) > 0
        wanted = batch["actions"].reshape(-1, self.config.act_dim)[real]
        return {"loss": torch.mean((actions.reshape(-1, self.config.act_dim)[real] - wanted) ** 2)}

    def original_forward(self, **batch):
        return super().forward(**batch)


def make_model(collator: Collator, **settings) -> Model:
    return Model(DecisionTransformerConfig(state_dim=collator.state_dim, act_dim=collator.act_dim, **settings))


def make_trainer(dataset: datasets.Dataset, collator: Collator, output: Path, steps: int = STEPS, **more) -> Trainer:
    """The tutorial's Trainer. (Its 120 epochs over 1000 episodes, one window each, are 1920 steps.)"""
    arguments = TrainingArguments(
        output_dir=str(output),
        remove_unused_columns=False,
        max_steps=steps,
        per_device_train_batch_size=BATCH,
        learning_rate=1e-4,
        weight_decay=1e-4,
        warmup_steps=0.1,
        optim="adamw_torch",
        max_grad_norm=0.25,
        report_to="none",
        use_cpu=not torch.cuda.is_available(),
        **more,
    )
    return Trainer(make_model(collator), arguments, train_dataset=dataset, data_collator=collator)


def get_action(model: Model, states, actions, rewards, returns_to_go, timesteps) -> torch.Tensor:
    """The action after the last of `states`, (act_dim,); all that happened so far is passed in, and cut to K."""
    tokens = [
        states.reshape(1, -1, model.config.state_dim)[:, -K:],
        actions.reshape(1, -1, model.config.act_dim)[:, -K:],
        returns_to_go.reshape(1, -1, 1)[:, -K:],
    ]
    timesteps = timesteps.reshape(1, -1)[:, -K:]
    real = timesteps.shape[1]
    mask = torch.cat([torch.zeros(K - real), torch.ones(real)]).long().reshape(1, -1)
    states, actions, returns_to_go = (
        torch.cat([torch.zeros(1, K - real, x.shape[2]), x], dim=1).float() for x in tokens
    )
    timesteps = torch.cat([torch.zeros(1, K - real, dtype=torch.long), timesteps], dim=1)
    _, predicted, _ = model.original_forward(
        states=states, actions=actions, rewards=rewards, returns_to_go=returns_to_go, timesteps=timesteps,
        attention_mask=mask, return_dict=False,
    )  # fmt: skip
    return predicted[0, -1]


def replay(model: Model, collator, env, target_return: float, seed: int, max_steps: int = 1000) -> list[float]:
    """One episode's rewards. The model stays as the training left it, and nothing turns gradients off."""
    mean, std = (torch.from_numpy(x.astype(np.float32)) for x in (collator.state_mean, collator.state_std))
    state, _ = env.reset(seed=seed)
    states = torch.from_numpy(state).reshape(1, -1).float()
    actions, rewards = torch.zeros(0, collator.act_dim), torch.zeros(0)
    target = torch.tensor([[target_return / SCALE]])
    timesteps = torch.zeros(1, 1, dtype=torch.long)
    earned = []
    for t in range(max_steps):
        actions = torch.cat([actions, torch.zeros(1, collator.act_dim)])
        rewards = torch.cat([rewards, torch.zeros(1)])
        action = get_action(model, (states - mean) / std, actions, rewards, target, timesteps)
        actions[-1] = action
        state, reward, terminated, truncated, _ = env.step(action.detach().numpy())
        states = torch.cat([states, torch.from_numpy(state).reshape(1, -1)])
        rewards[-1] = reward
        target = torch.cat([target, (target[0, -1] - reward / SCALE).reshape(1, 1)], dim=1)
        timesteps = torch.cat([timesteps, torch.full((1, 1), t + 1)], dim=1)
        earned.append(float(reward))
        if terminated or truncated:
            break
    return earned
