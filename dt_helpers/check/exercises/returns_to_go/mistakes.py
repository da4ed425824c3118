"""The right answer, and what students take for returns-to-go."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(rewards, gamma=1.0):
    """R_t = r_t + gamma * R_{t+1}; (T,) -> (T,)"""
    returns = np.array(rewards, dtype=np.float64)
    for step in reversed(range(len(returns) - 1)):
        returns[step] += gamma * returns[step + 1]
    return (returns,)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _future(rewards, gamma=1.0):
    return right(rewards, gamma)[0]


def _past(rewards, gamma=1.0):
    """F_t = r_t + gamma * F_{t-1}"""
    return _future(rewards[::-1], gamma)[::-1]


def _running(rewards, gamma, change):
    """The right loop, in which each return is changed before it is kept."""
    returns, last = np.zeros(len(rewards)), 0.0
    for step in reversed(range(len(rewards))):
        returns[step] = last = change(rewards[step] + gamma * last)
    return returns


def _powers(rewards, gamma):
    return gamma ** np.arange(len(rewards))


def _after(values):
    """Each step gets the value of the step after it, the last one 0."""
    return np.append(values[1:], 0.0)


def _without(position):
    def returns(rewards, gamma=1.0):
        values = _future(rewards, gamma)
        values[position] = 0.0
        return values

    return returns


_FAMILIES = (
    (
        "from-start",
        "You add up what was earned up to each step; a return-to-go is what is still to be earned from it on.",
        (
            "The last return is the last reward alone, and the first one is the sum of all. Which way does yours grow?",
            "Go through the rewards from the last to the first.",
        ),
        (
            lambda r, gamma=1.0: np.cumsum(r),
            _past,
            lambda r, gamma=1.0: np.cumsum(r * _powers(r, gamma)),
            lambda r, gamma=1.0: np.cumsum(r) - r,
            lambda r, gamma=1.0: _past(r, gamma) - r,
            lambda r, gamma=1.0: np.cumsum(r)[::-1],
            lambda r, gamma=1.0: _past(r, gamma)[::-1],
        ),
    ),
    (
        "without-present-reward",
        "The reward of the step itself is missing: the return from a step includes the reward earned in that step.",
        (
            "For the last step nothing comes after it. Is its return 0?",
            "Compare your first number with the sum of all rewards.",
        ),
        (
            lambda r, gamma=1.0: _future(r, gamma) - r,
            lambda r, gamma=1.0: _after(_future(r, gamma)),
            lambda r, gamma=1.0: np.sum(r) - np.cumsum(r),
        ),
    ),
    (
        "total-repeated",
        "Every step got the return of the whole episode; what was earned before a step is no longer to go.",
        ("How much is still to be earned just before the last step?",),
        (
            lambda r, gamma=1.0: np.full(len(r), np.sum(r)),
            lambda r, gamma=1.0: np.full(len(r), _future(r, gamma)[0]),
        ),
    ),
    (
        "total-only",
        "One number came back, the return of the whole episode; each step has a return of its own.",
        ("As many returns come out as rewards go in.",),
        (lambda r, gamma=1.0: np.sum(r), lambda r, gamma=1.0: _future(r, gamma)[0]),
    ),
    (
        "discount-from-start",
        "Your discount counts from the start of the episode; it has to count from the step whose return it is.",
        (
            "The reward of the step itself is never discounted, whichever step it is.",
            "How does R_t follow from r_t and R_{t+1}? No power of gamma is needed.",
        ),
        (
            lambda r, gamma=1.0: _future(r * _powers(r, gamma)),
            lambda r, gamma=1.0: _future(r * _powers(r, gamma), gamma),
        ),
    ),
    (
        "discount-misplaced",
        "gamma multiplies the finished return; each step into the future has to be discounted once more.",
        ("How does R_t follow from r_t and R_{t+1}? Which of the two has to shrink?",),
        (
            lambda r, gamma=1.0: gamma * _future(r),
            lambda r, gamma=1.0: _powers(r, gamma) * _future(r),
            lambda r, gamma=1.0: _powers(r, gamma)[::-1] * _future(r),
        ),
    ),
    (
        "discount-on-present",
        "The reward of the step itself is discounted too; only what comes after it is.",
        ("Which of the two, r_t or R_{t+1}, lies in the future? Only that one is multiplied by gamma.",),
        (
            lambda r, gamma=1.0: gamma * _future(r, gamma),
            lambda r, gamma=1.0: np.append(gamma * r[:-1] + _future(r)[1:], r[-1]),
        ),
    ),
    (
        "gamma-inverted",
        "Your discount makes far rewards larger: it divides by gamma where it has to multiply.",
        ("A reward that is further away counts less.",),
        (lambda r, gamma=1.0: _future(r, 1 / gamma),),
    ),
    (
        "gamma-ignored",
        "With gamma = 1 all is right, but gamma is not used: far rewards have to count less when it is below 1.",
        ("How does R_t follow from r_t and R_{t+1}, and where does gamma come in?",),
        (lambda r, gamma=1.0: _future(r),),
    ),
    (
        "not-turned-back",
        "The numbers are right, but in reverse: the first return belongs to the first step.",
        ("You went from the end to the start. What has to happen to the result?",),
        (lambda r, gamma=1.0: _future(r, gamma)[::-1], lambda r, gamma=1.0: _future(r)[::-1]),
    ),
    (
        "one-step",
        "You add only the next reward; a return-to-go goes on to the end of the episode.",
        ("Add the return of the next step, which you have already worked out, not its reward.",),
        (lambda r, gamma=1.0: r + gamma * _after(r), lambda r, gamma=1.0: r + _after(r)),
    ),
    (
        "last-missing",
        "The last reward is missing: the return of the last step is its reward, not 0.",
        ("Where does your loop begin, and what stands in the result before it?",),
        (lambda r, gamma=1.0: np.append(_future(r[:-1], gamma), 0.0), _without(-1)),
    ),
    (
        "first-missing",
        "The first return is missing: your loop stops one step too early.",
        ("`range` leaves out its end. Which index is never reached?",),
        (_without(0), lambda r, gamma=1.0: np.append(r[:1], _future(r, gamma)[1:])),
    ),
    (
        "unchanged",
        "The rewards came back as they were; each step's return also holds the rewards after it.",
        ("How does R_t follow from r_t and R_{t+1}?",),
        (lambda r, gamma=1.0: r * 1.0, lambda r, gamma=1.0: r * _powers(r, gamma)),
    ),
    (
        "reversed-rewards",
        "The rewards came back in reverse; each step's return also holds the rewards after it.",
        ("Turning round is half of it. What has to be added up?",),
        (lambda r, gamma=1.0: r[::-1] * 1.0,),
    ),
    (
        "averaged",
        "You average the rewards that are to come; a return is their sum.",
        ("No division is needed.",),
        (
            lambda r, gamma=1.0: _future(r, gamma) / np.arange(len(r), 0, -1),
            lambda r, gamma=1.0: _future(r) / np.arange(len(r), 0, -1),
            lambda r, gamma=1.0: _future(r, gamma) / len(r),
            lambda r, gamma=1.0: np.full(len(r), np.mean(r)),
        ),
    ),
    (
        "scaled",
        "The returns are divided by 1000: scaling is the collator's work, later on. Here they stay as they are.",
        ("Which line changes the units?",),
        (lambda r, gamma=1.0: _future(r, gamma) / 1000,),
    ),
    (
        "sign",
        "All returns have the wrong sign: rewards are added, not subtracted.",
        ("Look at each minus in your function.",),
        (lambda r, gamma=1.0: -_future(r, gamma), lambda r, gamma=1.0: r - (_future(r, gamma) - r)),
    ),
    (
        "subtracted",
        "The return of the next step is subtracted where it has to be added.",
        ("Look at each minus in your function.",),
        (lambda r, gamma=1.0: _future(r, -gamma),),
    ),
    (
        "summed-twice",
        "The returns were added up once more: your sum runs over returns where it has to run over rewards.",
        ("What does each line add, a reward or something that is a sum already?",),
        (
            lambda r, gamma=1.0: _future(_future(r, gamma), gamma),
            lambda r, gamma=1.0: _future(_future(r, gamma)),
            lambda r, gamma=1.0: r + _future(r, gamma),
        ),
    ),
    (
        "too-long",
        "One return too many: after the last step nothing is to be earned, and no step is there to have it.",
        ("As many returns come out as rewards go in.",),
        (
            lambda r, gamma=1.0: np.append(_future(r, gamma), 0.0),
            lambda r, gamma=1.0: np.append(0.0, _future(r, gamma)),
        ),
    ),
    (
        "too-short",
        "One return too few: as many come out as rewards go in.",
        ("Is it the first step that has none, or the last?",),
        (lambda r, gamma=1.0: _future(r, gamma)[1:], lambda r, gamma=1.0: _future(r, gamma)[:-1]),
    ),
    (
        "cut-to-whole-numbers",
        "What follows the point is cut off on the way: returns are sums of numbers with fractions.",
        ("Look for `int`, `//`, `round`, or an array of integers.",),
        (
            lambda r, gamma=1.0: _running(r, gamma, int),
            lambda r, gamma=1.0: _running(r, gamma, round),
            lambda r, gamma=1.0: _running(r, gamma, np.floor),
            lambda r, gamma=1.0: np.trunc(_future(r, gamma)),
            lambda r, gamma=1.0: np.round(_future(r, gamma)),
        ),
    ),
    (
        "stopped-at-zero",
        "You keep the return from falling below 0. It may: rewards can be negative, and so can their sum.",
        ("Leave the plain sum as it is.",),
        (
            lambda r, gamma=1.0: _running(r, gamma, lambda x: max(x, 0.0)),
            lambda r, gamma=1.0: np.maximum(_future(r, gamma), 0.0),
            lambda r, gamma=1.0: _future(np.maximum(r, 0.0), gamma),
        ),
    ),
    (
        "discounted-once",
        "All later rewards are discounted by the same gamma; each step into the future discounts once more.",
        ("How does R_t follow from r_t and R_{t+1}? R_{t+1} holds discounts already.",),
        (lambda r, gamma=1.0: r + gamma * (_future(r) - r),),
    ),
    (
        "powers-turned-round",
        "The powers of gamma are the wrong way round: the next reward is discounted least, the last one most.",
        ("Which reward is multiplied by gamma once?",),
        (
            lambda r, gamma=1.0: np.array(
                [np.sum(r[t:] * gamma ** np.arange(len(r) - 1 - t, -1, -1)) for t in range(len(r))]
            ),
            lambda r, gamma=1.0: _future(r * _powers(r, gamma)[::-1]),
        ),
    ),
    (
        "discounted-twice",
        "Each step is discounted more than once.",
        ("How does R_t follow from r_t and R_{t+1}? A single gamma is needed.",),
        (lambda r, gamma=1.0: _future(r, gamma**2), lambda r, gamma=1.0: _running(r, gamma, lambda x: x * gamma)),
    ),
    (
        "first-step-only",
        "Only one of the returns was worked out; the others are 0.",
        ("Is there a `return` inside the loop? It ends the function in the first round.",),
        (
            lambda r, gamma=1.0: np.append(np.zeros(len(r) - 1), r[-1]),
            lambda r, gamma=1.0: np.append(_future(r, gamma)[:1], np.zeros(len(r) - 1)),
        ),
    ),
    (
        "half-precision",
        "The numbers are right to about three digits only.",
        ("Which dtype do they pass through on the way? float16 is too coarse for sums.",),
        (lambda r, gamma=1.0: _running(r, gamma, np.float16).astype(r.dtype),),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
