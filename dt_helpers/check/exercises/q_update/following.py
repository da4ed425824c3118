"""What students take for the worth of the next state."""

import numpy as np

from dt_helpers.check.exercises.q_update.updates import moved, moving, right_step, worth

FOLLOWING = (
    (
        "own-state",
        "You look for the best action in the state that was left; what follows depends on the state that was reached.",
        ("Where does the agent choose next?",),
        (worth(lambda q, s, a, s2: q[s].max()),),
    ),
    (
        "own-state",
        "The old value counts as what follows; what follows is worth the best action of the state that was reached.",
        ("Where does the agent choose next?",),
        (worth(lambda q, s, a, s2: q[s, a]),),
    ),
    (
        "same-action",
        "You take the next state's value of the same action; the best action there is wanted, whichever it is.",
        ("Which number in the row of the next state is wanted?",),
        (worth(lambda q, s, a, s2: q[s2, a]),),
    ),
    (
        "not-the-largest",
        "What follows is not the largest number in the next state's row, but another one or one that is made of them.",
        ("What is the next state worth to somebody who acts as well as possible?",),
        (
            worth(lambda q, s, a, s2: q[s2].mean()),
            worth(lambda q, s, a, s2: q[s2].sum()),
            worth(lambda q, s, a, s2: q[s2].min()),
            worth(lambda q, s, a, s2: np.median(q[s2])),
            worth(lambda q, s, a, s2: np.abs(q[s2]).max()),
            worth(lambda q, s, a, s2: -np.abs(q[s2]).min()),
            worth(lambda q, s, a, s2: q[s2][-1]),
            worth(lambda q, s, a, s2: q[s2][0]),
        ),
    ),
    (
        "position",
        "`argmax` tells which action is the best; what that action is worth is wanted.",
        ("What does `max` give, and what `argmax`?",),
        (worth(lambda q, s, a, s2: q[s2].argmax()), worth(lambda q, s, a, s2: q[s].argmax())),
    ),
    (
        "whole-table",
        "The maximum goes over the whole table; it should go over the actions of the next state.",
        ("Which row belongs to the next state?",),
        (worth(lambda q, s, a, s2: q.max()),),
    ),
    (
        "column",
        "Rows and columns are mixed up: a row of q is a state, a column an action.",
        ("Which of the two indices comes first in (states, actions)?",),
        (
            worth(lambda q, s, a, s2: q[:, s2].max()),
            worth(lambda q, s, a, s2: q[:, a].max()),
            lambda q, s, a, r, s2, done, rate, gamma: right_step(q.T, s, a, r, s2, done, rate, gamma),
            lambda q, s, a, r, s2, done, rate, gamma: right_step(q, a, s, r, s2, done, rate, gamma),
        ),
    ),
    (
        "column",
        "The value that moves is q[next_state, action]; it should be q[state, action].",
        ("Which state was the action chosen in?",),
        (lambda q, s, a, r, s2, done, rate, gamma: moved(q, s2, a, r if done else r + gamma * q[s2].max(), rate),),
    ),
    (
        "never-below-zero",
        "Where all values of the next state are below 0 you take 0 for the largest; it is the one nearest to 0.",
        ("With which number does your search for the largest begin?",),
        (worth(lambda q, s, a, s2: max(q[s2].max(), 0.0)),),
    ),
    (
        "never-below-zero",
        "Your target, or your result, never falls below 0. Where each step costs something, it has to.",
        ("Is there a `max` with 0?",),
        (
            moving(lambda old, target, rate: max(old + rate * (target - old), 0.0)),
            moving(lambda old, target, rate: old + rate * (max(target, 0.0) - old)),
        ),
    ),
)
