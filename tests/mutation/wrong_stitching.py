"""Wrong answers to the exercises of the notebook on stitching, each with the mistake made on purpose."""

from itertools import pairwise

import numpy as np
import torch

from .register import wrong

bad = wrong("walk_rewards")
bad("paid-at-goal")(
    lambda walk, goal, lengths: -lengths[walk[:-1], walk[1:]],
    lambda walk, goal, lengths: np.array([-lengths[walk[t], walk[t + 1]] for t in range(len(walk) - 1)]),
)
bad("arrival-free")(
    lambda walk, goal, lengths: np.where(walk[1:] == goal, 0.0, -lengths[walk[:-1], walk[1:]]),
    lambda walk, goal, lengths: -lengths[walk[:-1], walk[1:]] * (walk[1:] != goal),
    lambda walk, goal, lengths: [0.0 if b == goal else -lengths[a, b] for a, b in pairwise(walk)],
)
bad("positive")(
    lambda walk, goal, lengths: np.where(walk[:-1] == goal, 0.0, lengths[walk[:-1], walk[1:]]),
    lambda walk, goal, lengths: lengths[walk[:-1], walk[1:]],
)
bad("edge-turned")(
    lambda walk, goal, lengths: np.where(walk[:-1] == goal, 0.0, -lengths[walk[1:], walk[:-1]]),
    lambda walk, goal, lengths: -lengths.T[walk[:-1], walk[1:]] * (walk[:-1] != goal),
)
bad("steps-counted")(
    lambda walk, goal, lengths: np.where(walk[:-1] == goal, 0.0, -1.0),
    lambda walk, goal, lengths: -(walk[:-1] != goal).astype(float),
    lambda walk, goal, lengths: -1.0 * (walk[1:] != goal),
    lambda walk, goal, lengths: -np.ones(len(walk) - 1),
)
bad("one-a-node")(
    lambda walk, goal, lengths: np.where(walk == goal, 0.0, -1.0),
    lambda walk, goal, lengths: [-1.0 * (node != goal) for node in walk],
)
bad("prize")(
    lambda walk, goal, lengths: (walk[1:] == goal).astype(float),
    lambda walk, goal, lengths: np.where((walk[1:] == goal) & (walk[:-1] != goal), 1.0, 0.0),
)
bad("paid-only-at-goal")(
    lambda walk, goal, lengths: np.where(walk[:-1] != goal, 0.0, -lengths[walk[:-1], walk[1:]]),
    lambda walk, goal, lengths: -lengths[walk[:-1], walk[1:]] * (walk[1:] == goal),
)
bad("summed")(
    lambda walk, goal, lengths: np.cumsum(np.where(walk[:-1] == goal, 0.0, -lengths[walk[:-1], walk[1:]])[::-1])[::-1],
    lambda walk, goal, lengths: np.cumsum(np.where(walk[:-1] == goal, 0.0, -lengths[walk[:-1], walk[1:]])),
)
bad("total-only")(
    lambda walk, goal, lengths: np.where(walk[:-1] == goal, 0.0, -lengths[walk[:-1], walk[1:]]).sum(),
    lambda walk, goal, lengths: -sum(lengths[a, b] for a, b in pairwise(walk)),
)
bad("staying-free")(
    lambda walk, goal, lengths: np.where(walk[:-1] == walk[1:], 0.0, -lengths[walk[:-1], walk[1:]]),
    lambda walk, goal, lengths: -lengths[walk[:-1], walk[1:]] * (np.diff(walk) != 0),
)
bad("goal-fixed")(lambda walk, goal, lengths: np.where(walk[:-1] == 0, 0.0, -lengths[walk[:-1], walk[1:]]))
bad("other-distance")(
    lambda walk, goal, lengths: -lengths[walk[:-1], goal] * (walk[:-1] != goal),
    lambda walk, goal, lengths: np.where(walk[:-1] == goal, 0.0, -lengths[walk[0], walk[1:]]),
)
bad("unfilled")(lambda walk, goal, lengths: None, lambda walk, goal, lengths: ...)
bad("wrong-signature")(lambda walk, goal: np.where(walk[:-1] == goal, 0.0, -1.0))
bad("exception")(
    lambda walk, goal, lengths: np.where(walk == goal, 0.0, -lengths[walk[:-1], walk[1:]]),
    lambda walk, goal, lengths: -lengths[walk[:-1], walk[1]] * goel,  # noqa: F821
)
bad("wrong-dtype")(
    lambda walk, goal, lengths: np.where(walk[:-1] == goal, 0, -lengths[walk[:-1], walk[1:]]).astype(int),
    lambda walk, goal, lengths: [int(-lengths[a, b]) if a != goal else 0 for a, b in pairwise(walk)],
)


@bad("cut-off")
def stops_with_the_walk(walk, goal, lengths):
    rewards = []
    for t in range(len(walk) - 1):
        if walk[t] == goal:
            break
        rewards.append(-lengths[walk[t], walk[t + 1]])
    return np.array(rewards)


@bad("cut-off")
def only_before_the_goal(walk, goal, lengths):
    return -lengths[walk[:-1], walk[1:]][walk[:-1] != goal]


@bad("lost-walks-punished")
def never_is_infinite(walk, goal, lengths):
    if goal not in walk:
        return np.full(len(walk) - 1, -np.inf)
    return np.where(walk[:-1] == goal, 0.0, -lengths[walk[:-1], walk[1:]])


@bad("lost-walks-punished")
def a_large_number(walk, goal, lengths):
    if walk[-1] != goal:
        return np.full(len(walk) - 1, -100.0)
    return -lengths[walk[:-1], walk[1:]] * (walk[:-1] != goal)


@bad("input-changed")
def frees_the_goal(walk, goal, lengths):
    lengths[goal, goal] = 0
    return -lengths[walk[:-1], walk[1:]]


@bad("unfilled")
def stub_rewards(walk, goal, lengths):
    # YOUR CODE HERE
    raise NotImplementedError()


@bad(None)
def arrival_bonus(walk, goal, lengths):
    rewards = np.where(walk[:-1] == goal, 0.0, -lengths[walk[:-1], walk[1:]])
    rewards[(walk[1:] == goal) & (walk[:-1] != goal)] += 10
    return rewards


bad = wrong("choose_target")
bad("largest-target")(lambda targets, achieved: targets.max(), lambda targets, achieved: targets[0])
bad("arrived")(
    lambda targets, achieved: max(targets[np.isfinite(achieved)], default=targets[-1]),
    lambda targets, achieved: next((t for t, a in zip(targets, achieved, strict=True) if a > -np.inf), targets[-1]),
)
bad("smallest-honoured")(
    lambda targets, achieved: min(targets[achieved >= targets], default=targets.min()),
    lambda targets, achieved: np.append(targets[-1], targets[achieved >= targets])[-1],
)
bad("smallest-target")(lambda targets, achieved: targets.min(), lambda targets, achieved: targets[-1])
bad("best-achieved")(
    lambda targets, achieved: targets[np.argmax(achieved)],
    lambda targets, achieved: max(zip(achieved, targets, strict=True))[1],
)
bad("achieved-returned")(
    lambda targets, achieved: achieved.max(),
    lambda targets, achieved: next((a for t, a in zip(targets, achieved, strict=True) if a >= t), achieved[-1]),
    lambda targets, achieved: max(achieved[achieved >= targets], default=achieved.max()),
)
bad("more-than-asked")(
    lambda targets, achieved: max(targets[achieved > targets], default=targets[-1]),
    lambda targets, achieved: np.where(achieved > targets, targets, targets.min()).max(),
)
bad("exactly-as-asked")(
    lambda targets, achieved: max(targets[achieved == targets], default=targets[-1]),
    lambda targets, achieved: max(targets[np.isclose(achieved, targets)], default=targets[-1]),
)
bad("turned-round")(
    lambda targets, achieved: max(targets[achieved <= targets], default=targets[-1]),
    lambda targets, achieved: next((t for t, a in zip(targets, achieved, strict=True) if t >= a), targets[-1]),
)
bad("closest")(lambda targets, achieved: targets[np.argmin(abs(achieved - targets))])
bad("position")(
    lambda targets, achieved: int(np.argmax(achieved >= targets)),
    lambda targets, achieved: next((i for i, t in enumerate(targets) if achieved[i] >= t), len(targets) - 1),
)
bad("length")(
    lambda targets, achieved: -max(targets[achieved >= targets], default=targets[-1]),
    lambda targets, achieved: abs(np.where(achieved >= targets, targets, targets.min()).max()),
)
bad("several")(
    lambda targets, achieved: targets[achieved >= targets],
    lambda targets, achieved: [t for t, a in zip(targets, achieved, strict=True) if a >= t],
)
bad("averaged")(
    lambda targets, achieved: np.mean(targets[achieved >= targets]) if any(achieved >= targets) else targets[-1]
)
bad("none-honoured")(
    lambda targets, achieved: max(targets[achieved >= targets], default=-np.inf),
    lambda targets, achieved: max(targets[achieved >= targets], default=targets.max()),
    lambda targets, achieved: max(targets[achieved >= targets], default=0.0),
    lambda targets, achieved: targets[np.argmax(achieved >= targets)],
    lambda targets, achieved: max(targets[achieved >= targets], default=targets[np.argmax(achieved)]),
)
bad("exception")(
    lambda targets, achieved: targets[achieved >= targets][0],
    lambda targets, achieved: targets[achieved >= targets].max(),
)
bad("returns-nothing")(lambda targets, achieved: max(targets[achieved >= targets], default=None))
bad("unfilled")(
    lambda targets, achieved: None,
    lambda targets, achieved: ...,
)
bad("wrong-type")(lambda targets, achieved: f"{max(targets[achieved >= targets], default=targets[-1])}")
bad("wrong-shape")(lambda targets, achieved: [max(targets[achieved >= targets], default=targets[-1])])
bad("wrong-signature")(lambda targets: targets.max())


@bad("input-changed")
def strikes_out(targets, achieved):
    smallest = targets.min()
    targets[achieved < targets] = smallest
    return targets.max()


bad = wrong("next_node")
bad("no-edge")(
    lambda logits, neighbours: logits.argmax(),
    lambda logits, neighbours: int(torch.argmax(logits.softmax(-1))),
)
bad("position")(
    lambda logits, neighbours: logits[neighbours].argmax(),
    lambda logits, neighbours: int(torch.argmax(torch.stack([logits[n] for n in neighbours]))),
)
bad("least-likely")(
    lambda logits, neighbours: neighbours[logits[neighbours].argmin()],
    lambda logits, neighbours: min(neighbours.tolist(), key=lambda n: logits[n].item()),
)
bad("largest-size")(lambda logits, neighbours: neighbours[logits[neighbours].abs().argmax()])
bad("logit-returned")(
    lambda logits, neighbours: logits[neighbours].max(), lambda logits, neighbours: max(logits[n] for n in neighbours)
)
bad("logits-ignored")(
    lambda logits, neighbours: neighbours[0],
    lambda logits, neighbours: neighbours.max(),
    lambda logits, neighbours: int(neighbours[-1]),
)
bad("first-logits")(lambda logits, neighbours: neighbours[logits[: len(neighbours)].argmax()])
bad("all-neighbours")(
    lambda logits, neighbours: neighbours,
    lambda logits, neighbours: neighbours[logits[neighbours].argsort(descending=True)],
    lambda logits, neighbours: neighbours[logits[neighbours].argmax()].reshape(1),
)
bad("probabilities")(
    lambda logits, neighbours: logits[neighbours].softmax(dim=0), lambda logits, neighbours: logits[neighbours]
)
bad("second")(lambda logits, neighbours: neighbours[logits[neighbours].argsort()[-min(2, len(neighbours))]])
bad("unfilled")(lambda logits, neighbours: None, lambda logits, neighbours: ...)
bad("exception")(
    lambda logits, neighbours: logits[neighbours].argmax(dim=1),
    lambda logits, neighbours: neighbours[logits.argmax()] if len(neighbours) > 100 else neighbours[100],
)
bad("wrong-type")(lambda logits, neighbours: str(int(neighbours[logits[neighbours].argmax()])))
bad("wrong-dtype")(lambda logits, neighbours: neighbours[logits[neighbours].argmax()].float())
bad("wrong-signature")(lambda logits: logits.argmax())
bad("keeps-state")(
    lambda logits, neighbours: neighbours[torch.multinomial(logits[neighbours].softmax(0), 1)[0]],
    lambda logits, neighbours: neighbours[torch.randint(len(neighbours), ())],
)


@bad("zeroed")
def multiplied_by_a_mask(logits, neighbours):
    mask = torch.zeros_like(logits)
    mask[neighbours] = 1
    return (logits * mask).argmax()


@bad("zeroed")
def written_into_zeros(logits, neighbours):
    kept = torch.zeros(len(logits))
    for node in neighbours:
        kept[node] = logits[node]
    return int(kept.argmax())


@bad("others")
def mask_inverted(logits, neighbours):
    kept = logits.clone()
    kept[neighbours] = -torch.inf
    return kept.argmax()


@bad("input-changed")
def masks_in_place(logits, neighbours):
    closed = torch.ones(len(logits), dtype=torch.bool)
    closed[neighbours] = False
    logits[closed] = -torch.inf
    return logits.argmax()


bad = wrong("next_node")
bad("far-below")(
    lambda logits, neighbours: neighbours[torch.argmax(logits.softmax(dim=-1)[neighbours])],
    lambda logits, neighbours: (
        logits.softmax(dim=-1) * torch.zeros(len(logits)).index_fill(0, neighbours, 1)
    ).argmax(),
)
