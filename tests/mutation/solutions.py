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
    "walk_rewards": (rewards_where, rewards_loop),
    "choose_target": (target_picked, target_first),
    "next_node": (node_looked_up, node_masked, node_loop),
    "forward": (WholeModel,),
}
