"""Right answers to the exercises that are written in numpy, in as many styles as students have."""

from itertools import accumulate

import numpy as np
import torch

from .register import right

add = right("returns_to_go")


@add
def loop_backwards(rewards, gamma=1.0):
    result = np.zeros_like(rewards)
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        result[t] = running
    return result


@add
def as_the_tutorial(rewards, gamma=1.0):
    out = np.zeros_like(rewards)
    out[-1] = rewards[-1]
    for t in range(len(rewards) - 2, -1, -1):
        out[t] = rewards[t] + gamma * out[t + 1]
    return out


@add
def list_insert(rewards, gamma=1.0):
    returns, total = [], 0
    for reward in rewards[::-1]:
        total = reward + gamma * total
        returns.insert(0, total)
    return returns


@add
def accumulated(rewards, gamma=1.0):
    return list(accumulate(reversed(rewards), lambda later, reward: reward + gamma * later))[::-1]


@add
def double_sum(rewards, gamma=1.0):
    steps = len(rewards)
    return np.array([sum(gamma ** (k - t) * rewards[k] for k in range(t, steps)) for t in range(steps)])


@add
def matrix(rewards, gamma=1.0):
    k = np.arange(len(rewards))
    apart = k[None, :] - k[:, None]
    weights = np.where(apart >= 0, gamma ** np.maximum(apart, 0), 0.0)
    return weights @ rewards


@add
def total_minus_past(rewards, gamma=1.0):
    if gamma == 1.0:
        return rewards.sum() - np.cumsum(rewards) + rewards
    return loop_backwards(rewards, gamma)


@add
def with_dot(rewards, gamma=1.0):
    return np.array([np.dot(rewards[t:], gamma ** np.arange(len(rewards) - t)) for t in range(len(rewards))])


@add
def in_torch(rewards, gamma=1.0):
    rewards = torch.as_tensor(rewards)
    returns = torch.zeros_like(rewards)
    running = torch.zeros((), dtype=rewards.dtype)
    for t in range(len(rewards) - 1, -1, -1):
        running = rewards[t] + gamma * running
        returns[t] = running
    return returns


@add
def torch_from_numpy_copy(rewards, gamma=1.0):
    x = torch.from_numpy(rewards.copy())
    apart = torch.arange(len(x)) - torch.arange(len(x))[:, None]
    weights = torch.where(apart >= 0, gamma ** apart.clamp(min=0).to(x.dtype), 0.0)
    return (weights @ x).numpy()


@add
def narrow_result(rewards, gamma=1.0):
    out = np.zeros(len(rewards), dtype=np.float32)
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = float(rewards[t]) + gamma * running
        out[t] = running
    return out


@add
def tuple_of_floats(rewards, gamma=1.0):
    out = [0.0] * (len(rewards) + 1)
    for t in range(len(rewards))[::-1]:
        out[t] = float(rewards[t]) + gamma * out[t + 1]
    return tuple(out[:-1])


@add
def with_a_while(rewards, gamma=1.0):
    copy = np.array(rewards, dtype=np.float64)
    t = len(copy) - 2
    while t >= 0:
        copy[t] += gamma * copy[t + 1]
        t -= 1
    return copy


@add
def view_of_a_larger_array(rewards, gamma=1.0):
    table = np.zeros((len(rewards) + 1, 2))
    for t in reversed(range(len(rewards))):
        table[t, 1] = rewards[t] + gamma * table[t + 1, 1]
    return table[:-1, 1]


add = right("pad_left")


@add
def concatenated(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept)
    filling = np.full((missing, sequence.shape[1]), value, dtype=sequence.dtype)
    return np.concatenate([filling, kept]), np.concatenate([np.zeros(missing), np.ones(len(kept))])


@add
def filled_in(sequence, length, value):
    sequence = sequence[:length]
    t, d = sequence.shape
    padded = np.full((length, d), value, dtype=np.float32)
    padded[length - t :] = sequence
    mask = np.zeros(length, dtype=bool)
    mask[length - t :] = True
    return padded, mask


@add
def by_np_pad(sequence, length, value):
    sequence = sequence[:length]
    before = length - sequence.shape[0]
    padded = np.pad(sequence, ((before, 0), (0, 0)), constant_values=value)
    return padded, np.pad(np.ones(len(sequence), dtype=int), (before, 0))


@add
def stacked(sequence, length, value):
    rows = [np.ones(sequence.shape[1]) * value for _ in range(max(0, length - len(sequence)))]
    rows += list(sequence[:length])
    mask = np.arange(length) >= length - len(sequence)
    return np.stack(rows), mask


@add
def lists(sequence, length, value):
    kept = sequence.tolist()[:length]
    missing = length - len(kept)
    return [[value] * sequence.shape[1]] * missing + kept, [0] * missing + [1] * len(kept)


@add
def row_by_row(sequence, length, value):
    padded, mask = [], []
    first = max(length - sequence.shape[0], 0)
    for i in range(length):
        real = i >= first
        padded.append(sequence[i - first] if real else np.full(sequence.shape[1], value))
        mask.append(float(real))
    return np.array(padded), np.array(mask)


@add
def list_of_two(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept)
    return [
        np.vstack([np.full((missing, kept.shape[1]), value), kept]),
        np.hstack([np.zeros(missing, dtype=np.int64), np.ones(len(kept), dtype=np.int64)]),
    ]


@add
def functional_pad(sequence, length, value):
    x = torch.from_numpy(sequence[:length].copy())
    missing = length - x.shape[0]
    return torch.nn.functional.pad(x, (0, 0, missing, 0), value=value), torch.arange(length) >= missing


@add
def torch_cat(sequence, length, value):
    x = torch.tensor(sequence)[:length]
    missing = length - len(x)
    padded = torch.cat([torch.full((missing, x.shape[1]), value, dtype=x.dtype), x])
    return padded.numpy(), torch.cat([torch.zeros(missing), torch.ones(len(x))])


@add
def masked_where(sequence, length, value):
    t = min(len(sequence), length)
    mask = np.concatenate([np.zeros(length - t), np.ones(t)])
    padded = np.zeros((length, sequence.shape[1]))
    padded[mask == 1] = sequence[:t]
    padded[mask == 0] = value
    return padded, mask


@add
def transposed_view(sequence, length, value):
    kept = sequence[:length]
    table = np.full((sequence.shape[1], length), float(value))
    table[:, length - len(kept) :] = kept.T
    return table.T, (np.arange(length) >= length - len(kept)).astype(np.uint8)


@add
def one_at_a_time(sequence, length, value):
    padded, mask = sequence[:length], np.ones(min(length, len(sequence)))
    while len(padded) < length:
        padded = np.insert(padded, 0, value, axis=0)
        mask = np.insert(mask, 0, 0)
    return padded, mask
