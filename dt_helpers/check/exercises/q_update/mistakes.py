"""The right answer, and what students get wrong in a Bellman backup."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(q, state, action, reward, next_state, done, learning_rate, gamma):
    """(states, actions) and a step -> a number"""
    follows = 0.0 if done else gamma * max(float(value) for value in q[next_state])
    return ((1 - learning_rate) * float(q[state, action]) + learning_rate * (reward + follows),)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _moved(q, s, a, target, rate):
    return q[s, a] + rate * (target - q[s, a])


def _follows(follows):
    """An answer in which the next state is worth something else: `follows(q, s, a, s2)`."""

    def update(q, s, a, r, s2, done, rate, gamma):
        return _moved(q, s, a, r if done else r + gamma * follows(q, s, a, s2), rate)

    return update


def _target(target):
    """An answer with another target, of the reward, the value that follows (0 at the end), and gamma."""

    def update(q, s, a, r, s2, done, rate, gamma):
        return _moved(q, s, a, target(r, 0.0 if done else q[s2].max(), gamma), rate)

    return update


def _step(move):
    """An answer that moves otherwise, from the old value, by the target and the learning rate."""

    def update(q, s, a, r, s2, done, rate, gamma):
        return move(q[s, a], r if done else r + gamma * q[s2].max(), rate)

    return update


def _end(end):
    """An answer that is right but for an episode's last step: `end(q, s, a, r, s2, rate, gamma)`."""

    def update(q, s, a, r, s2, done, rate, gamma):
        return end(q, s, a, r, s2, rate, gamma) if done else _moved(q, s, a, r + gamma * q[s2].max(), rate)

    return update


def _table(update):
    """The whole table, in which the value has been changed."""

    def updated(q, s, a, *step):
        changed = q.copy()
        changed[s, a] = update(q, s, a, *step)
        return changed

    return updated


_right = _step(lambda old, target, rate: old + rate * (target - old))


def _fixed(rate, gamma):  # a number in place of the learning rate or of gamma
    return lambda *step: _right(*step[:-2], rate or step[-2], gamma or step[-1])


_FAMILIES = (
    (
        "end-ignored",
        "At the end of an episode you still add what the next state is worth. Nothing follows there.",
        ("What is the target of an episode's last step?",),
        (_end(lambda q, s, a, r, s2, rate, gamma: _moved(q, s, a, r + gamma * q[s2].max(), rate)),),
    ),
    (
        "end-turned-round",
        "You add what follows at the end of an episode only, and leave it out everywhere else.",
        ("When does nothing follow: if `done` is True, or False?",),
        (lambda q, s, a, r, s2, done, rate, gamma: _moved(q, s, a, r + gamma * q[s2].max() if done else r, rate),),
    ),
    (
        "bool-negated-as-number",
        "`~` turns the bits of a number round: `~False` is -1 and `~True` is -2, so what follows is subtracted.",
        ("`not done` is what you mean.",),
        (lambda q, s, a, r, s2, done, rate, gamma: _moved(q, s, a, r + gamma * q[s2].max() * (-1 - done), rate),),
    ),
    (
        "never-follows",
        "What the next state is worth is never added: that learns the reward of a single step.",
        ("What does the step lead to?",),
        (lambda q, s, a, r, s2, done, rate, gamma: _moved(q, s, a, r, rate),),
    ),
    (
        "end-skipped",
        "An episode's last step changes nothing in your answer. It earned a reward, and that is its target.",
        ("What is the target of an episode's last step?",),
        (_end(lambda q, s, a, r, s2, rate, gamma: q[s, a]), _end(lambda q, s, a, r, s2, rate, gamma: 0.0)),
    ),
    (
        "error-clipped",
        "The difference of target and old value is kept within ±1, as in some deep variants; all of it counts here.",
        ("Is something clipped?",),
        (
            lambda q, s, a, r, s2, done, rate, gamma: (
                q[s, a] + rate * np.clip(r + (0.0 if done else gamma * q[s2].max()) - q[s, a], -1, 1)
            ),
        ),
    ),
    (
        "end-jumps",
        "At the end of an episode the value becomes the reward at once; it moves by the learning rate there as well.",
        ("Is there a `return` too early?",),
        (_end(lambda q, s, a, r, s2, rate, gamma: r),),
    ),
    (
        "last-reward-lost",
        "At the end of an episode the reward is lost: the target is the reward, not 0.",
        ("What exactly is left out when an episode ends?",),
        (_end(lambda q, s, a, r, s2, rate, gamma: _moved(q, s, a, 0.0, rate)),),
    ),
    (
        "target-returned",
        "The target came back; the value moves towards it, by the learning rate's share of the distance.",
        ("What is `learning_rate` for?",),
        (_step(lambda old, target, rate: target),),
    ),
    (
        "old-lost",
        "The old value is lost: what isn't the target's share is the old value's.",
        ("With a learning rate of 0.1, the target counts for 0.1. And what counts for 0.9?",),
        (_step(lambda old, target, rate: rate * target), _step(lambda old, target, rate: (1 - rate) * target)),
    ),
    (
        "change-returned",
        "The change came back; the value after it is wanted.",
        ("What has to be added to the change?",),
        (
            _step(lambda old, target, rate: rate * (target - old)),
            _step(lambda old, target, rate: target - old),
            _step(lambda old, target, rate: old - target),
        ),
    ),
    (
        "rate-turned-round",
        "The learning rate is the share of the target, not of the old value: a small one changes little.",
        ("With a learning rate of 0.1, which of the two should count for 0.9?",),
        (_step(lambda old, target, rate: rate * old + (1 - rate) * target),),
    ),
    (
        "old-not-subtracted",
        "The target is added to the old value; what has to be added is the distance to the target.",
        ("Old value 2, target 2: should anything change?",),
        (
            _step(lambda old, target, rate: old + rate * target),
            _step(lambda old, target, rate: old + target),
        ),
    ),
    (
        "away-from-the-target",
        "The value moves away from the target.",
        ("Old value 2, target 4: should it grow or shrink?",),
        (_step(lambda old, target, rate: old - rate * (target - old)),),
    ),
    (
        "all-at-once",
        "The value moves by the whole distance and more, or by a share that isn't the learning rate.",
        ("How far is it from old to target, and which share of that is wanted?",),
        (
            _step(lambda old, target, rate: old + (target - old) / rate),
            _step(lambda old, target, rate: (1 - rate) * old + target),
        ),
    ),
    (
        "unchanged",
        "The old value came back.",
        ("What has the step taught?",),
        (lambda q, s, a, *step: q[s, a] * 1.0,),
    ),
    (
        "discount-missing",
        "What follows isn't discounted.",
        ("What is `gamma` for?",),
        (_target(lambda r, follows, gamma: r + follows),),
    ),
    (
        "reward-discounted",
        "The reward of the step itself is discounted; only what follows it is.",
        ("How far away is the reward, and how far the next state's value?",),
        (
            _target(lambda r, follows, gamma: gamma * (r + follows)),
            _target(lambda r, follows, gamma: gamma * r + follows),
            lambda q, s, a, r, s2, done, rate, gamma: _moved(q, s, a, r if done else gamma * (r + q[s2].max()), rate),
            lambda q, s, a, r, s2, done, rate, gamma: _moved(q, s, a, r if done else gamma * r + q[s2].max(), rate),
        ),
    ),
    (
        "reward-missing",
        "The reward is missing in the target.",
        ("What was earned, and what follows: both count.",),
        (_target(lambda r, follows, gamma: gamma * follows), _target(lambda r, follows, gamma: gamma * follows - r)),
    ),
    (
        "discounted-wrongly",
        "gamma goes into the target otherwise than as a factor of what follows.",
        ("Reward 1, next value 10, gamma 0.9: the target is 10.",),
        (
            _target(lambda r, follows, gamma: r + follows / gamma),
            _target(lambda r, follows, gamma: r + gamma**2 * follows),
            _target(lambda r, follows, gamma: r + (1 - gamma) * follows),
            _target(lambda r, follows, gamma: r - gamma * follows),
            _target(lambda r, follows, gamma: (1 - gamma) * r + gamma * follows),
            _target(lambda r, follows, gamma: r * gamma * follows),
        ),
    ),
    (
        "own-state",
        "You look for the best action in the state that was left; what follows depends on the state that was reached.",
        ("Where does the agent choose next?",),
        (_follows(lambda q, s, a, s2: q[s].max()), _follows(lambda q, s, a, s2: q[s, a])),
    ),
    (
        "same-action",
        "You take the next state's value of the same action; the best action there is wanted, whichever it is.",
        ("Which number in the row of the next state is wanted?",),
        (_follows(lambda q, s, a, s2: q[s2, a]),),
    ),
    (
        "not-the-largest",
        "You take another number of the next state's row than the largest.",
        ("What is the next state worth to somebody who acts as well as possible?",),
        (
            _follows(lambda q, s, a, s2: q[s2].mean()),
            _follows(lambda q, s, a, s2: q[s2].sum()),
            _follows(lambda q, s, a, s2: q[s2].min()),
            _follows(lambda q, s, a, s2: np.median(q[s2])),
            _follows(lambda q, s, a, s2: np.abs(q[s2]).max()),
            _follows(lambda q, s, a, s2: -np.abs(q[s2]).min()),
            _follows(lambda q, s, a, s2: q[s2][-1]),
            _follows(lambda q, s, a, s2: q[s2][0]),
        ),
    ),
    (
        "position",
        "`argmax` tells which action is the best; what that action is worth is wanted.",
        ("What does `max` give, and what `argmax`?",),
        (_follows(lambda q, s, a, s2: q[s2].argmax()), _follows(lambda q, s, a, s2: q[s].argmax())),
    ),
    (
        "whole-table",
        "The maximum goes over the whole table; it should go over the actions of the next state.",
        ("Which row belongs to the next state?",),
        (_follows(lambda q, s, a, s2: q.max()),),
    ),
    (
        "column",
        "Rows and columns are mixed up: a row of q is a state, a column an action.",
        ("Which of the two indices comes first in (states, actions)?",),
        (
            _follows(lambda q, s, a, s2: q[:, s2].max()),
            _follows(lambda q, s, a, s2: q[:, a].max()),
            lambda q, s, a, r, s2, done, rate, gamma: _right(q.T, s, a, r, s2, done, rate, gamma),
            lambda q, s, a, r, s2, done, rate, gamma: _right(q, a, s, r, s2, done, rate, gamma),
            lambda q, s, a, r, s2, done, rate, gamma: _moved(q, s2, a, r if done else r + gamma * q[s2].max(), rate),
        ),
    ),
    (
        "never-below-zero",
        "Where all values of the next state are below 0 you take 0 for the largest; it is the one nearest to 0.",
        ("With which number does your search for the largest begin?",),
        (
            _follows(lambda q, s, a, s2: max(q[s2].max(), 0.0)),
            _step(lambda old, target, rate: max(old + rate * (target - old), 0.0)),
            _step(lambda old, target, rate: old + rate * (max(target, 0.0) - old)),
        ),
    ),
    (
        "table",
        "The whole table came back; the one value that changes is wanted.",
        ("What becomes of q[state, action]?",),
        (_table(_right), lambda q, s, a, r, s2, done, rate, gamma: np.array(q)),
    ),
    (
        "row",
        "A value for each action came back; the one that was taken is wanted.",
        ("Which of them is q[state, action]?",),
        (
            lambda q, s, a, r, s2, done, rate, gamma: q[s] + rate * ((r if done else r + gamma * q[s2].max()) - q[s]),
            lambda q, s, a, r, s2, done, rate, gamma: q[s, a] + rate * (r + (not done) * gamma * q[s2] - q[s, a]),
        ),
    ),
    (
        "rate-fixed",
        "A number stands in your answer where `learning_rate` or `gamma` belongs.",
        ("Which of the arguments isn't used?",),
        (
            *(_fixed(rate, gamma) for rate, gamma in ((0.1, 0), (0.5, 0), (0, 0.9), (0, 0.95), (0, 0.99))),
            lambda q, s, a, r, s2, done, rate, gamma: _right(q, s, a, r, s2, done, gamma, rate),
        ),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
