"""The right answer, and what students get wrong in a Bellman backup."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue
from dt_helpers.check.exercises.q_update.following import FOLLOWING
from dt_helpers.check.exercises.q_update.updates import aimed, ending, fixed, in_table, moved, moving, right_step


def right(q, state, action, reward, next_state, done, learning_rate, gamma):
    """(states, actions) and a step -> a number"""
    follows = 0.0 if done else gamma * max(float(value) for value in q[next_state])
    return ((1 - learning_rate) * float(q[state, action]) + learning_rate * (reward + follows),)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


_FAMILIES = (
    (
        "end-ignored",
        "At the end of an episode you still add what the next state is worth. Nothing follows there.",
        ("What is the target of an episode's last step?",),
        (ending(lambda q, s, a, r, s2, rate, gamma: moved(q, s, a, r + gamma * q[s2].max(), rate)),),
    ),
    (
        "end-turned-round",
        "You add what follows at the end of an episode only, and leave it out everywhere else.",
        ("When does nothing follow: if `done` is True, or False?",),
        (lambda q, s, a, r, s2, done, rate, gamma: moved(q, s, a, r + gamma * q[s2].max() if done else r, rate),),
    ),
    (
        "bool-negated-as-number",
        "`~` turns the bits of a number round: `~False` is -1 and `~True` is -2, so what follows is subtracted.",
        ("`not done` is what you mean.",),
        (lambda q, s, a, r, s2, done, rate, gamma: moved(q, s, a, r + gamma * q[s2].max() * (-1 - done), rate),),
    ),
    (
        "never-follows",
        "What the next state is worth is never added: that learns the reward of a single step.",
        ("What does the step lead to?",),
        (lambda q, s, a, r, s2, done, rate, gamma: moved(q, s, a, r, rate),),
    ),
    (
        "end-skipped",
        "An episode's last step changes nothing in your answer. It earned a reward, and that is its target.",
        ("What is the target of an episode's last step?",),
        (ending(lambda q, s, a, r, s2, rate, gamma: q[s, a]),),
    ),
    (
        "end-skipped",
        "At the end of an episode 0 came back. That step earned a reward, and the value moves towards it.",
        ("What is the target of an episode's last step?",),
        (ending(lambda q, s, a, r, s2, rate, gamma: 0.0),),
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
        (ending(lambda q, s, a, r, s2, rate, gamma: r),),
    ),
    (
        "last-reward-lost",
        "At the end of an episode the reward is lost: the target is the reward, not 0.",
        ("What exactly is left out when an episode ends?",),
        (ending(lambda q, s, a, r, s2, rate, gamma: moved(q, s, a, 0.0, rate)),),
    ),
    (
        "target-returned",
        "The target came back; the value moves towards it, by the learning rate's share of the distance.",
        ("What is `learning_rate` for?",),
        (moving(lambda old, target, rate: target),),
    ),
    (
        "old-lost",
        "The old value is lost: what isn't the target's share is the old value's.",
        ("With a learning rate of 0.1, the target counts for 0.1. And what counts for 0.9?",),
        (moving(lambda old, target, rate: rate * target), moving(lambda old, target, rate: (1 - rate) * target)),
    ),
    (
        "change-returned",
        "The change came back, or the distance to the target; the value after the change is wanted.",
        ("What is the change added to?",),
        (
            moving(lambda old, target, rate: rate * (target - old)),
            moving(lambda old, target, rate: target - old),
            moving(lambda old, target, rate: old - target),
        ),
    ),
    (
        "rate-turned-round",
        "The learning rate is the share of the target, not of the old value: a small one changes little.",
        ("With a learning rate of 0.1, which of the two should count for 0.9?",),
        (moving(lambda old, target, rate: rate * old + (1 - rate) * target),),
    ),
    (
        "old-not-subtracted",
        "The target is added to the old value; what has to be added is the distance to the target.",
        ("Old value 2, target 2: should anything change?",),
        (
            moving(lambda old, target, rate: old + rate * target),
            moving(lambda old, target, rate: old + target),
        ),
    ),
    (
        "away-from-the-target",
        "The value moves away from the target.",
        ("Old value 2, target 4: should it grow or shrink?",),
        (moving(lambda old, target, rate: old - rate * (target - old)),),
    ),
    (
        "all-at-once",
        "The distance to the target is divided by the learning rate; that share of it is wanted.",
        ("How far is it from old to target, and what is a tenth of that?",),
        (moving(lambda old, target, rate: old + (target - old) / rate),),
    ),
    (
        "all-at-once",
        "The target counts in full; its share is the learning rate.",
        ("With a learning rate of 0.1, the old value counts for 0.9. And the target?",),
        (moving(lambda old, target, rate: (1 - rate) * old + target),),
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
        (aimed(lambda r, follows, gamma: r + follows),),
    ),
    (
        "reward-discounted",
        "The reward of the step itself is discounted; only what follows it is.",
        ("How far away is the reward, and how far the next state's value?",),
        (
            aimed(lambda r, follows, gamma: gamma * (r + follows)),
            aimed(lambda r, follows, gamma: gamma * r + follows),
            lambda q, s, a, r, s2, done, rate, gamma: moved(q, s, a, r if done else gamma * (r + q[s2].max()), rate),
            lambda q, s, a, r, s2, done, rate, gamma: moved(q, s, a, r if done else gamma * r + q[s2].max(), rate),
        ),
    ),
    (
        "reward-missing",
        "The reward is missing in the target.",
        ("What was earned, and what follows: both count.",),
        (aimed(lambda r, follows, gamma: gamma * follows),),
    ),
    (
        "reward-missing",
        "The reward is subtracted in the target; it is added.",
        ("Should a larger reward make the value larger, or smaller?",),
        (aimed(lambda r, follows, gamma: gamma * follows - r),),
    ),
    (
        "discounted-wrongly",
        "gamma goes into the target otherwise than as a factor of what follows.",
        ("Reward 1, next value 10, gamma 0.9: the target is 10.",),
        (
            aimed(lambda r, follows, gamma: r + follows / gamma),
            aimed(lambda r, follows, gamma: r + gamma**2 * follows),
            aimed(lambda r, follows, gamma: r + (1 - gamma) * follows),
            aimed(lambda r, follows, gamma: (1 - gamma) * r + gamma * follows),
        ),
    ),
    (
        "discounted-wrongly",
        "What follows is not added to the reward, but subtracted from it or multiplied by it.",
        ("Reward 1, next value 10, gamma 0.9: the target is 10.",),
        (
            aimed(lambda r, follows, gamma: r - gamma * follows),
            aimed(lambda r, follows, gamma: r * gamma * follows),
        ),
    ),
    *FOLLOWING,
    (
        "table",
        "The whole table came back; the one value that changes is wanted.",
        ("What becomes of q[state, action]?",),
        (in_table(right_step), lambda q, s, a, r, s2, done, rate, gamma: np.array(q)),
    ),
    (
        "row",
        "A value for each action came back; the one that was taken is wanted.",
        ("Which of them is q[state, action]?",),
        (lambda q, s, a, r, s2, done, rate, gamma: q[s] + rate * ((r if done else r + gamma * q[s2].max()) - q[s]),),
    ),
    (
        "row",
        "A value for each action of the next state came back; only the largest number of its row counts.",
        ("Which of the numbers in q[next_state] is wanted?",),
        (lambda q, s, a, r, s2, done, rate, gamma: q[s, a] + rate * (r + (not done) * gamma * q[s2] - q[s, a]),),
    ),
    (
        "rate-fixed",
        "A fixed number counts in your answer where `learning_rate` or `gamma` belongs.",
        ("Which of the arguments isn't used?",),
        tuple(fixed(rate, gamma) for rate, gamma in ((0.1, 0), (0.5, 0), (0, 0.9), (0, 0.95), (0, 0.99))),
    ),
    (
        "rate-fixed",
        "`learning_rate` and `gamma` are exchanged.",
        ("Which of the two belongs to what follows, and which to the distance from the old value to the target?",),
        (lambda q, s, a, r, s2, done, rate, gamma: right_step(q, s, a, r, s2, done, gamma, rate),),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
