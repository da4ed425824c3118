"""Right answers to the exercises of the notebook on stitching, in as many styles as students have."""

import math
from itertools import pairwise

import numpy as np
import torch

from .register import right

add = right("walk_rewards")
add(lambda walk, goal, lengths: np.where(walk[:-1] == goal, 0.0, -lengths[walk[:-1], walk[1:]]))
add(lambda walk, goal, lengths: -lengths[walk[:-1], walk[1:]] * (walk[:-1] != goal))
add(lambda walk, goal, lengths: [0 if a == goal else -lengths[a][b] for a, b in pairwise(walk)])
add(lambda walk, goal, lengths: np.array([-lengths[a, b] if a != goal else 0.0 for a, b in pairwise(walk)]))
add(lambda walk, goal, lengths: tuple(-float(lengths[a, b]) * (a != goal) for a, b in pairwise(walk.tolist())))
add(lambda walk, goal, lengths: torch.tensor([0.0 if a == goal else -lengths[a, b].item() for a, b in pairwise(walk)]))
add(lambda walk, goal, lengths: -lengths[walk, np.roll(walk, -1)][:-1] * (walk != goal)[:-1])


@add
def loop_that_stops(walk, goal, lengths):
    rewards = np.zeros(len(walk) - 1)
    for t in range(len(walk) - 1):
        if walk[t] == goal:
            break
        rewards[t] = -lengths[walk[t], walk[t + 1]]
    return rewards


@add
def masked_afterwards(walk, goal, lengths):
    rewards = -lengths[walk[:-1], walk[1:]].copy()
    rewards[walk[:-1] == goal] = 0
    return rewards


@add
def until_the_arrival(walk, goal, lengths):
    arrived = np.flatnonzero(walk == goal)
    until = arrived[0] if len(arrived) else len(walk) - 1
    rewards = np.zeros(len(walk) - 1, dtype=np.float32)
    rewards[:until] = -lengths[walk[:until], walk[1 : until + 1]]
    return rewards


@add
def in_torch(walk, goal, lengths):
    walk, lengths = torch.as_tensor(walk), torch.as_tensor(lengths)
    return torch.where(walk[:-1] == goal, 0.0, -lengths[walk[:-1], walk[1:]])


@add
def with_a_flag(walk, goal, lengths):
    rewards, arrived = [], False
    for t, node in enumerate(walk[:-1]):
        arrived = arrived or node == goal
        rewards.append(0.0 if arrived else -lengths[node, walk[t + 1]])
    return np.array(rewards)


@add
def by_flat_places(walk, goal, lengths):
    costs = np.take(lengths, walk[:-1] * lengths.shape[1] + walk[1:])
    return np.negative(costs, where=walk[:-1] != goal, out=np.zeros(len(costs)))


add = right("choose_target")
add(lambda targets, achieved: max([t for t, a in zip(targets, achieved, strict=True) if a >= t], default=min(targets)))
add(lambda targets, achieved: next((t for t, a in zip(targets, achieved, strict=True) if t <= a), targets[-1]))
add(lambda targets, achieved: np.max(targets, where=achieved >= targets, initial=targets.min()))
add(lambda targets, achieved: np.where(achieved >= targets, targets, targets.min()).max())
add(lambda targets, achieved: float(np.append(targets[achieved >= targets], targets[-1])[0]))
add(lambda targets, achieved: targets[np.argmax(np.append((achieved >= targets)[:-1], True))])
add(lambda targets, achieved: sorted(targets[(achieved - targets) >= 0], reverse=True)[0]
    if (achieved >= targets).any() else targets[-1])  # fmt: skip
add(lambda targets, achieved: max(np.r_[targets[-1], targets[~(achieved < targets)]]))


@add
def masked(targets, achieved):
    honoured = targets[achieved >= targets]
    if honoured.size == 0:
        return targets.min()
    return honoured.max()


@add
def first_that_is_honoured(targets, achieved):
    for i in range(len(targets)):
        if achieved[i] >= targets[i]:
            return targets[i]
    return targets[-1]


@add
def in_torch_target(targets, achieved):
    targets, achieved = torch.tensor(targets), torch.tensor(achieved)
    return torch.where(achieved >= targets, targets, targets.min()).max()


@add
def in_whole_python(targets, achieved):
    best = -math.inf
    for target, result in zip(targets.tolist(), achieved.tolist(), strict=True):
        if result >= target and target > best:
            best = target
    return best if best > -math.inf else min(targets.tolist())


@add
def with_an_exception(targets, achieved):
    try:
        return targets[achieved >= targets][0]
    except IndexError:
        return targets[-1]


@add
def masked_array(targets, achieved):
    honoured = np.ma.masked_array(targets, mask=achieved < targets)
    return targets[-1] if honoured.count() == 0 else honoured.max()


@add
def by_shortfall(targets, achieved):
    short = np.maximum(targets - achieved, 0)
    places = np.nonzero(short == 0)[0]
    return targets[places[0]] if len(places) else targets[len(targets) - 1]


add = right("next_node")
add(lambda logits, neighbours: neighbours[logits[neighbours].argmax()])
add(lambda logits, neighbours: neighbours[logits[neighbours].argmax()].item())
add(lambda logits, neighbours: neighbours[torch.argmax(logits[neighbours].softmax(dim=-1))])
add(lambda logits, neighbours: max(neighbours, key=lambda node: logits[node]))
add(lambda logits, neighbours: max(neighbours.tolist(), key=lambda node: logits[node].item()))
add(lambda logits, neighbours: int(neighbours.numpy()[np.argmax(logits.numpy()[neighbours.numpy()])]))
add(lambda logits, neighbours: neighbours[logits[neighbours].topk(1).indices[0]])
add(lambda logits, neighbours: next(n for n in logits.argsort(descending=True) if n in neighbours))
add(lambda logits, neighbours: neighbours[logits.gather(0, neighbours).sort(descending=True).indices[0]])
add(lambda logits, neighbours: torch.full_like(logits, -torch.inf).scatter(0, neighbours, logits[neighbours]).argmax())
add(lambda logits, neighbours: sorted((float(logits[n]), int(n)) for n in neighbours)[-1][1])
add(lambda logits, neighbours: neighbours[logits.index_select(0, neighbours).max(dim=0).indices])


@add
def masked_with_infinity(logits, neighbours):
    mask = torch.full_like(logits, float("-inf"))
    mask[neighbours] = 0
    return int((logits + mask).argmax())


@add
def masked_fill(logits, neighbours):
    no_edge = torch.ones_like(logits, dtype=torch.bool)
    no_edge[neighbours] = False
    return logits.masked_fill(no_edge, -torch.inf).argmax().item()


@add
def loop(logits, neighbours):
    best, value = None, -math.inf
    for node in neighbours:
        if logits[node] > value:
            best, value = node, logits[node]
    return int(best)
