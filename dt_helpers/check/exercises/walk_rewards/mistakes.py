"""The right answer, and what students take for the rewards of a walk."""

from itertools import pairwise

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(walk, goal, lengths):
    """(steps + 1,) nodes, a node, (nodes, nodes) -> (steps,)"""
    return (np.array([0.0 if here == goal else -lengths[here, there] for here, there in pairwise(walk)]),)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _lengths(walk, lengths):
    return lengths[walk[:-1], walk[1:]]


def _right(walk, goal, lengths):
    return np.where(walk[:-1] == goal, 0.0, -_lengths(walk, lengths))


def _until(walk, goal, lengths, shift):
    """Rewards that end where the walk arrives: there are none for the steps after that."""
    arrived = np.flatnonzero(walk == goal)
    return _right(walk, goal, lengths)[: arrived[0] + shift if len(arrived) else None]


def _never(value):
    def rewards(walk, goal, lengths):
        right = _right(walk, goal, lengths)
        return right if walk[-1] == goal else np.full(len(right), value)

    return rewards


_FAMILIES = (
    (
        "paid-at-goal",
        "Steps after the arrival cost something, too, in your answer. Resting at the goal is free.",
        ("What does a step cost that begins at the goal?",),
        (lambda w, g, d: -_lengths(w, d),),
    ),
    (
        "arrival-free",
        "The step that arrives is free in your answer; it costs its length like any other. Those after it are free.",
        ("Does it matter where a step begins, or where it ends?",),
        (
            lambda w, g, d: np.where(w[1:] == g, 0.0, -_lengths(w, d)),
            lambda w, g, d: -_lengths(w, d) * (w[1:] != g),
        ),
    ),
    (
        "positive",
        "Your rewards are positive: long walks would earn the most. A step costs its length.",
        ("Should the return grow or shrink with every step?",),
        (lambda w, g, d: -_right(w, g, d), lambda w, g, d: _lengths(w, d)),
    ),
    (
        "edge-turned",
        "Those are the lengths of the steps in the other direction: lengths[i, j] belongs to the step from i to j.",
        ("From where to where does step t go?",),
        (lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[1:], w[:-1]]), lambda w, g, d: -d[w[1:], w[:-1]]),
    ),
    (
        "step-before",
        "Reward t is that of the step before, from walk[t - 1] to walk[t]; step t goes from walk[t] to walk[t + 1].",
        ("From where to where does the first step go? walk[-1] is the last node.",),
        (
            lambda w, g, d: np.where(np.roll(w, 1)[:-1] == g, 0.0, -d[np.roll(w, 1)[:-1], w[:-1]]),
            lambda w, g, d: np.append(0.0, _right(w, g, d)[:-1]),
        ),
    ),
    (
        "steps-counted",
        "A step that isn't free costs 1 in your answer, whatever its length.",
        ("What is the third argument for?",),
        (
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -1.0),
            lambda w, g, d: np.where(w[1:] == g, 0.0, -1.0),
        ),
    ),
    (
        "steps-counted",
        "Every step costs 1 in your answer, whatever its length, and at the goal, too.",
        ("What are the second and the third argument for?",),
        (lambda w, g, d: np.full(len(w) - 1, -1.0),),
    ),
    (
        "steps-counted",
        "A step earns 1 in your answer until the goal is reached; it costs its length.",
        ("What is the third argument for, and should the return grow with every step?",),
        (lambda w, g, d: np.where(w[:-1] == g, 0.0, 1.0),),
    ),
    (
        "one-a-node",
        "There are as many rewards as nodes; a walk has one step fewer than it has nodes.",
        ("How many steps does a walk of two nodes have?",),
        (
            lambda w, g, d: np.where(w == g, 0.0, -1.0),
            lambda w, g, d: np.append(_right(w, g, d), 0.0),
            lambda w, g, d: np.append(0.0, _right(w, g, d)),
        ),
    ),
    (
        "prize",
        "There is a prize at the goal and nothing on the way, whatever the steps' lengths.",
        ("What makes a short walk better than a long one? What is the third argument for?",),
        (
            lambda w, g, d: 1.0 * ((w[1:] == g) & (w[:-1] != g)),
            lambda w, g, d: 1.0 * (w[1:] == g),
            lambda w, g, d: 1.0 * (w[:-1] == g),
        ),
    ),
    (
        "paid-only-at-goal",
        "You have it the wrong way round: only the steps that begin at the goal cost something.",
        ("Which steps are free?",),
        (lambda w, g, d: np.where(w[:-1] == g, -_lengths(w, d), 0.0),),
    ),
    (
        "paid-only-at-goal",
        "Only the steps that end at the goal cost something in your answer. All cost their length but those that begin "
        "there.",
        ("Which steps are free?",),
        (lambda w, g, d: np.where(w[1:] == g, -_lengths(w, d), 0.0),),
    ),
    (
        "summed",
        "Those are sums over several steps; a reward belongs to one step. Returns are made of rewards later.",
        ("What does the second step cost by itself?",),
        (
            lambda w, g, d: np.cumsum(_right(w, g, d)),
            lambda w, g, d: np.cumsum(_right(w, g, d)[::-1])[::-1],
        ),
    ),
    (
        "total-only",
        "One number came back; every step has a reward of its own.",
        ("As many rewards come out as the walk has steps.",),
        (
            lambda w, g, d: _right(w, g, d).sum(),
            lambda w, g, d: -_lengths(w, d).sum(),
            lambda w, g, d: _right(w, g, d)[0],
        ),
    ),
    (
        "cut-off",
        "Your rewards end when the walk has arrived; the steps for which it rests at the goal have rewards, too: 0.",
        ("As many rewards come out as the walk has steps.",),
        (
            lambda w, g, d: _right(w, g, d)[w[:-1] != g],
            lambda w, g, d: _until(w, g, d, 0),
            lambda w, g, d: _until(w, g, d, 1),
        ),
    ),
    (
        "staying-free",
        "A step that stays where it is costs nothing in your answer. It is free at the goal only.",
        ("What does lengths[i, i] hold, and when does it not count?",),
        (
            lambda w, g, d: np.where(w[:-1] == w[1:], 0.0, -_lengths(w, d)),
            lambda w, g, d: np.where((w[:-1] == w[1:]) | (w[1:] == g), 0.0, -_lengths(w, d)),
        ),
    ),
    (
        "goal-fixed",
        "The steps that begin at node 0 are free in your answer, whatever the goal is.",
        ("What is the second argument for?",),
        (lambda w, g, d: np.where(w[:-1] == 0, 0.0, -_lengths(w, d)),),
    ),
    (
        "other-distance",
        "Those are not the lengths of the walk's steps: step t goes from walk[t] to walk[t + 1].",
        ("Which two nodes does step t connect?",),
        (
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[:-1], g]),
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[0], w[1:]]),
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[:-1], w[:-1]]),
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[1:], w[1:]]),
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -np.abs(w[1:] - w[:-1])),
        ),
    ),
    (
        "lost-walks-punished",
        "The rewards are right where the walk arrives. In one that never does, each step has to cost its length, too.",
        ("What does a single step know about the end of the walk?",),
        (_never(-np.inf), _never(0.0), _never(-100.0)),
    ),
    (
        "one-step-free",
        "In your answer one step too many is free: the first one, or the last one.",
        ("Which steps are free? Only those that begin at the goal.",),
        (
            lambda w, g, d: np.append(0.0, _right(w, g, d)[1:]),
            lambda w, g, d: np.append(_right(w, g, d)[:-1], 0.0),
        ),
    ),
    (
        "end-for-goal",
        "The walk's last node is taken for the goal; a walk that never arrives ends elsewhere.",
        ("What is the second argument for?",),
        (lambda w, g, d: _right(w, w[-1], d),),
    ),
    (
        "step-for-node",
        "A step is free for its number in your answer; what counts is the node in which it begins.",
        ("What is compared with the goal: a place in the walk, or a node?",),
        (
            lambda w, g, d: np.where(np.arange(len(w) - 1) == g, 0.0, -_lengths(w, d)),
            lambda w, g, d: np.where(np.arange(1, len(w)) == g, 0.0, -_lengths(w, d)),
        ),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
