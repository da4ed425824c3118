"""Right answers that are mutated; kept apart from the written ones, since every name in them is a place to change."""

import numpy as np
import torch
from torch import nn  # noqa: F401 (mutants run with this module's names)
from transformers.models.decision_transformer.modeling_decision_transformer import DecisionTransformerOutput

from .models import Parts


def returns_loop(rewards, gamma=1.0):
    result = np.zeros(len(rewards))
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        result[t] = running
    return result


def returns_sums(rewards, gamma=1.0):
    steps = len(rewards)
    return np.array([sum(gamma ** (k - t) * rewards[k] for k in range(t, steps)) for t in range(steps)])


def pad_joined(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept)
    filling = np.full((missing, sequence.shape[1]), value)
    mask = np.concatenate([np.zeros(missing), np.ones(len(kept))])
    return np.concatenate([filling, kept]), mask


def pad_written(sequence, length, value):
    steps = min(len(sequence), length)
    padded = np.full((length, sequence.shape[1]), float(value))
    padded[length - steps :] = sequence[:steps]
    return padded, np.arange(length) >= length - steps


def add_time(returns, states, actions, time):
    return returns + time, states + time, actions + time


def add_time_in_lines(returns, states, actions, time):
    returns = returns + time
    states = states + time
    actions = actions + time
    return returns, states, actions


def stack_and_permute(returns, states, actions):
    batch, steps, hidden = returns.shape
    tokens = torch.stack((returns, states, actions), dim=1)
    return tokens.permute(0, 2, 1, 3).reshape(batch, 3 * steps, hidden)


def stack_written(returns, states, actions):
    batch, steps, hidden = returns.shape
    out = returns.new_zeros(batch, 3 * steps, hidden)
    out[:, 0::3] = returns
    out[:, 1::3] = states
    out[:, 2::3] = actions
    return out


def mask_stacked(mask):
    batch, steps = mask.shape
    return torch.stack((mask, mask, mask), dim=1).permute(0, 2, 1).reshape(batch, 3 * steps)


def mask_repeated(mask):
    return mask.repeat_interleave(3, dim=1)


def heads_read(x, predict_return, predict_state, predict_action):
    return_preds = predict_return(x[:, 2])
    state_preds = predict_state(x[:, 2])
    action_preds = predict_action(x[:, 1])
    return return_preds, state_preds, action_preds


def loss_picked(preds, targets, mask):
    real = mask > 0
    return ((preds[real] - targets[real]) ** 2).mean()


def loss_weighted(preds, targets, mask):
    error = ((preds - targets) ** 2).sum(dim=-1)
    return (error * mask).sum() / (mask.sum() * preds.shape[-1])


def window_sliced(sequence, length):
    return sequence[-length:]


def window_counted(sequence, length):
    first = max(0, len(sequence) - length)
    return sequence[first : len(sequence)]


def target_counted(target_return, reward, scale):
    earned = reward / scale
    return target_return - earned


def target_in_raw_units(target_return, reward, scale):
    return (target_return * scale - reward) / scale


def episode_in_lists(model, env, target_return, max_steps, seed):
    config = model.config
    K = config.context_length
    mean = torch.tensor(config.state_mean)
    std = torch.tensor(config.state_std)
    model.eval()
    observation, _ = env.reset(seed=seed)
    remaining = target_return / config.return_scale
    states, actions, targets, rewards = [], [], [], []
    for t in range(max_steps):
        states.append((torch.from_numpy(observation).float() - mean) / std)
        actions.append(torch.zeros(config.act_dim))
        targets.append(torch.tensor([remaining]))
        with torch.no_grad():
            output = model(
                states=torch.stack(states[-K:])[None],
                actions=torch.stack(actions[-K:])[None],
                returns_to_go=torch.stack(targets[-K:])[None],
                timesteps=torch.arange(max(0, t + 1 - K), t + 1)[None],
            )
        actions[-1] = output.action_preds[0, -1]
        observation, reward, terminated, truncated, _ = env.step(actions[-1].numpy())
        rewards.append(reward)
        remaining = remaining - reward / config.return_scale
        if terminated or truncated:
            break
    return rewards


def episode_in_buffers(model, env, target_return, max_steps, seed):
    config = model.eval().config
    K = config.context_length
    states = np.zeros((K, config.state_dim))
    actions = np.zeros((K, config.act_dim))
    targets = np.zeros((K, 1))
    times = np.zeros(K, dtype=int)
    mask = np.zeros(K)
    rewards = []
    over = False
    observation = env.reset(seed=seed)[0]
    while not over and len(rewards) < max_steps:
        for buffer in (states, actions, targets, times, mask):
            buffer[:-1] = buffer[1:].copy()
        states[-1] = (observation - np.array(config.state_mean)) / np.array(config.state_std)
        targets[-1] = (target_return - sum(rewards)) / config.return_scale
        times[-1] = len(rewards)
        mask[-1] = 1
        s, a, r = (torch.tensor(buffer).float()[None] for buffer in (states, actions, targets))
        with torch.inference_mode():
            predicted = model(s, a, None, r, torch.tensor(times)[None], torch.tensor(mask)[None], return_dict=False)[1]
        actions[-1] = predicted[0, -1].numpy()
        observation, reward, terminated, truncated, _ = env.step(actions[-1])
        rewards.append(reward)
        over = terminated or truncated
    return np.array(rewards)


def rewards_where(walk, goal, lengths):
    here = walk[:-1]
    there = walk[1:]
    return np.where(here == goal, 0.0, -lengths[here, there])


def rewards_loop(walk, goal, lengths):
    rewards = np.zeros(len(walk) - 1)
    for t in range(len(walk) - 1):
        if walk[t] != goal:
            rewards[t] = -lengths[walk[t], walk[t + 1]]
    return rewards


def target_picked(targets, achieved):
    honoured = targets[achieved >= targets]
    return max(honoured) if len(honoured) > 0 else min(targets)


def target_first(targets, achieved):
    for i in range(len(targets)):
        if achieved[i] >= targets[i]:
            return targets[i]
    return targets[-1]


def node_looked_up(logits, neighbours):
    return neighbours[logits[neighbours].argmax()]


def node_masked(logits, neighbours):
    masked = torch.full((len(logits),), -1e9)
    for node in neighbours:
        masked[node] = logits[node]
    return int(masked.argmax())


def node_loop(logits, neighbours):
    best = neighbours[0]
    for node in neighbours:
        if logits[node] > logits[best]:
            best = node
    return best


def tenth_sorted(returns):
    count = max(len(returns) // 10, 1)
    order = np.argsort(-returns, kind="stable")
    return np.sort(order[:count])


def tenth_one_by_one(returns):
    kept = []
    for _ in range(max(len(returns) // 10, 1)):
        best = -1
        for i in range(len(returns)):
            if i not in kept and (best == -1 or returns[i] > returns[best]):
                best = i
        kept.append(best)
    return sorted(kept)


def q_moved(q, state, action, reward, next_state, done, learning_rate, gamma):
    old = q[state, action]
    target = reward if done else reward + gamma * q[next_state].max()
    return old + learning_rate * (target - old)


def q_weighted(q, state, action, reward, next_state, done, learning_rate, gamma):
    follows = gamma * max(q[next_state]) * (1 - done)
    return (1 - learning_rate) * q[state, action] + learning_rate * (reward + follows)


def unseen_written(q, seen, worst):
    table = np.where(seen, q, worst)
    return table


def unseen_mixed(q, seen, worst):
    unseen = 1 - seen
    return q * seen + worst * unseen


def unseen_loop(q, seen, worst):
    table = np.zeros(q.shape)
    for state in range(q.shape[0]):
        for action in range(q.shape[1]):
            table[state, action] = q[state, action] if seen[state, action] else worst
    return table


def shares_counted(actions, returns, target, n_actions):
    taken = actions[returns == target]
    if len(taken) == 0:
        return np.full(n_actions, 1 / n_actions)
    return np.bincount(taken, minlength=n_actions) / len(taken)


def shares_loop(actions, returns, target, n_actions):
    counts = np.zeros(n_actions)
    for action, earned in zip(actions, returns, strict=True):
        if earned == target:
            counts[action] += 1
    total = counts.sum()
    return counts / total if total > 0 else np.ones(n_actions) / n_actions


class WholeModel(Parts):
    def forward(
        self, states, actions, rewards=None, returns_to_go=None, timesteps=None, attention_mask=None, return_dict=None
    ):
        batch, steps = states.shape[:2]
        if attention_mask is None:
            attention_mask = torch.ones((batch, steps), dtype=torch.long)
        if return_dict is None:
            return_dict = True
        time = self.embed_timestep(timesteps)
        return_tokens = self.embed_return(returns_to_go) + time
        state_tokens = self.embed_state(states) + time
        action_tokens = self.embed_action(actions) + time
        x = torch.stack((return_tokens, state_tokens, action_tokens), dim=2).reshape(batch, 3 * steps, self.hidden_size)
        mask = torch.stack((attention_mask, attention_mask, attention_mask), dim=2).reshape(batch, 3 * steps)
        x = self.encoder(
            inputs_embeds=self.embed_ln(x),
            attention_mask=mask,
            position_ids=torch.zeros(mask.shape, dtype=torch.long),
        )[0]
        x = x.reshape(batch, steps, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds = self.predict_return(x[:, 2])
        state_preds = self.predict_state(x[:, 2])
        action_preds = self.predict_action(x[:, 1])
        if not return_dict:
            return state_preds, action_preds, return_preds
        return DecisionTransformerOutput(state_preds=state_preds, action_preds=action_preds, return_preds=return_preds)


SOLUTIONS = {
    "returns_to_go": (returns_loop, returns_sums),
    "pad_left": (pad_joined, pad_written),
    "time_embeddings": (add_time, add_time_in_lines),
    "stacked_inputs": (stack_and_permute, stack_written),
    "stacked_attention_mask": (mask_stacked, mask_repeated),
    "prediction_heads": (heads_read,),
    "action_loss": (loss_picked, loss_weighted),
    "context_window": (window_sliced, window_counted),
    "next_target_return": (target_counted, target_in_raw_units),
    "run_episode": (episode_in_lists,),  # over a thousand mutants
    "walk_rewards": (rewards_where, rewards_loop),
    "choose_target": (target_picked, target_first),
    "next_node": (node_looked_up, node_masked, node_loop),
    "best_tenth": (tenth_sorted, tenth_one_by_one),
    "q_update": (q_moved, q_weighted),
    "pessimistic": (unseen_written, unseen_mixed, unseen_loop),
    "conditioned_policy": (shares_counted, shares_loop),
    "forward": (WholeModel,),
}
