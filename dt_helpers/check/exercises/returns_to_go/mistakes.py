"""What students take for returns-to-go."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue

from .formulas import after, future, past, powers, running, standardised, without


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


_FAMILIES = (
    (
        "from-start",
        "You add up what was earned up to each step; a return-to-go is what is still to be earned from there on.",
        (
            "The last return is the last reward alone, and the first one is the sum of all. Which way does yours grow?",
            "Go through the rewards from the last to the first.",
        ),
        (
            lambda r, gamma=1.0: np.cumsum(r),
            past,
            lambda r, gamma=1.0: np.cumsum(r * powers(r, gamma)),
            lambda r, gamma=1.0: np.cumsum(r) - r,
            lambda r, gamma=1.0: past(r, gamma) - r,
            lambda r, gamma=1.0: np.cumsum(r)[::-1],
            lambda r, gamma=1.0: past(r, gamma)[::-1],
        ),
    ),
    (
        "without-present-reward",
        "The reward of the step itself is missing: the return from a step includes the reward earned in that step.",
        (
            "Nothing comes after the last step. Is its return 0?",
            "Compare your first number with the sum of all rewards.",
        ),
        (
            lambda r, gamma=1.0: future(r, gamma) - r,
            lambda r, gamma=1.0: after(future(r, gamma)),
            lambda r, gamma=1.0: np.sum(r) - np.cumsum(r),
        ),
    ),
    (
        "total-repeated",
        "Every step got the return of the whole episode; what was earned before a step no longer counts.",
        ("How much is still to be earned just before the last step?",),
        (
            lambda r, gamma=1.0: np.full(len(r), np.sum(r)),
            lambda r, gamma=1.0: np.full(len(r), future(r, gamma)[0]),
        ),
    ),
    (
        "total-only",
        "One number came back, the return of the whole episode; each step has a return of its own.",
        ("As many returns come out as rewards go in.",),
        (lambda r, gamma=1.0: np.sum(r), lambda r, gamma=1.0: future(r, gamma)[0]),
    ),
    (
        "discount-from-start",
        "Your discount counts from the start of the episode; it has to count from the step whose return it is.",
        (
            "The reward of the step itself is never discounted, whichever step it is.",
            "How does R_t follow from r_t and R_{t+1}? No power of gamma is needed.",
        ),
        (
            lambda r, gamma=1.0: future(r * powers(r, gamma)),
            lambda r, gamma=1.0: future(r * powers(r, gamma), gamma),
        ),
    ),
    (
        "discount-misplaced",
        "gamma multiplies the finished return; each step into the future has to be discounted once more.",
        ("How does R_t follow from r_t and R_{t+1}? Which of the two has to shrink?",),
        (
            lambda r, gamma=1.0: gamma * future(r),
            lambda r, gamma=1.0: powers(r, gamma) * future(r),
            lambda r, gamma=1.0: powers(r, gamma)[::-1] * future(r),
        ),
    ),
    (
        "discount-on-present",
        "The reward of the step itself is discounted too; only what comes after it is.",
        ("Which of the two, r_t or R_{t+1}, lies in the future? Only that one is multiplied by gamma.",),
        (
            lambda r, gamma=1.0: gamma * future(r, gamma),
            lambda r, gamma=1.0: np.append(gamma * r[:-1] + future(r)[1:], r[-1]),
        ),
    ),
    (
        "gamma-inverted",
        "Your discount makes distant rewards larger: it divides by gamma where it has to multiply.",
        ("A reward that is further away counts less.",),
        (lambda r, gamma=1.0: future(r, 1 / gamma),),
    ),
    (
        "gamma-ignored",
        "The result is right for gamma = 1, but gamma is not used: distant rewards count less when it is below 1.",
        ("How does R_t follow from r_t and R_{t+1}, and where does gamma come in?",),
        (lambda r, gamma=1.0: future(r),),
    ),
    (
        "not-turned-back",
        "The numbers are right, but in reverse: the first return belongs to the first step.",
        ("You went from the end to the start. What has to happen to the result?",),
        (lambda r, gamma=1.0: future(r, gamma)[::-1], lambda r, gamma=1.0: future(r)[::-1]),
    ),
    (
        "one-step",
        "You add only the next reward; a return-to-go goes on to the end of the episode.",
        ("Add the return of the next step, which you have already worked out, not its reward.",),
        (lambda r, gamma=1.0: r + gamma * after(r), lambda r, gamma=1.0: r + after(r)),
    ),
    (
        "last-missing",
        "The last reward is missing: the return of the last step is its reward, not 0.",
        ("Where does your loop begin, and what does the result hold before it?",),
        (lambda r, gamma=1.0: np.append(future(r[:-1], gamma), 0.0), without(-1)),
    ),
    (
        "first-missing",
        "The first return is missing: your loop stops one step too early.",
        ("`range` excludes its end. Which index is never reached?",),
        (without(0), lambda r, gamma=1.0: np.append(r[:1], future(r, gamma)[1:])),
    ),
    (
        "unchanged",
        "The rewards came back as they were; each step's return also holds the rewards after it.",
        ("How does R_t follow from r_t and R_{t+1}?",),
        (lambda r, gamma=1.0: r * 1.0, lambda r, gamma=1.0: r * powers(r, gamma)),
    ),
    (
        "reversed-rewards",
        "The rewards came back in reverse; each step's return also holds the rewards after it.",
        ("Reversing is half of it. What has to be added up?",),
        (lambda r, gamma=1.0: r[::-1] * 1.0,),
    ),
    (
        "averaged",
        "You average the rewards still to come; a return is their sum.",
        ("No division is needed.",),
        (
            lambda r, gamma=1.0: future(r, gamma) / np.arange(len(r), 0, -1),
            lambda r, gamma=1.0: future(r) / np.arange(len(r), 0, -1),
            lambda r, gamma=1.0: future(r, gamma) / len(r),
            lambda r, gamma=1.0: np.full(len(r), np.mean(r)),
        ),
    ),
    (
        "standardised",
        "The returns are standardised, as for policy gradients. Leave them as they are.",
        ("A Decision Transformer is asked for a return in its own units.",),
        (
            standardised(ddof=0),
            standardised(ddof=1),
            lambda r, gamma=1.0: future(r, gamma) - future(r, gamma).mean(),
        ),
    ),
    (
        "scaled",
        "The returns are divided by 1000: the collator scales them, later on. Leave them as they are.",
        ("Which line changes the units?",),
        (lambda r, gamma=1.0: future(r, gamma) / 1000,),
    ),
    (
        "sign",
        "All returns have the wrong sign: rewards are added, not subtracted.",
        ("Look at each minus in your function.",),
        (lambda r, gamma=1.0: -future(r, gamma), lambda r, gamma=1.0: r - (future(r, gamma) - r)),
    ),
    (
        "subtracted",
        "The return of the next step is subtracted where it has to be added.",
        ("Look at each minus in your function.",),
        (lambda r, gamma=1.0: future(r, -gamma),),
    ),
    (
        "summed-twice",
        "The returns were added up again: your sum runs over returns where it has to run over rewards.",
        ("What does each line add, a reward or something that is a sum already?",),
        (
            lambda r, gamma=1.0: future(future(r, gamma), gamma),
            lambda r, gamma=1.0: future(future(r, gamma)),
            lambda r, gamma=1.0: r + future(r, gamma),
        ),
    ),
    (
        "too-long",
        "There is one return too many: after the last step there is nothing to earn, and no step to earn it.",
        ("As many returns come out as rewards go in.",),
        (
            lambda r, gamma=1.0: np.append(future(r, gamma), 0.0),
            lambda r, gamma=1.0: np.append(0.0, future(r, gamma)),
        ),
    ),
    (
        "too-short",
        "There is one return too few: as many come out as rewards go in.",
        ("Is it the first step that has none, or the last?",),
        (lambda r, gamma=1.0: future(r, gamma)[1:], lambda r, gamma=1.0: future(r, gamma)[:-1]),
    ),
    (
        "cut-to-whole-numbers",
        "Fractional parts are cut off: returns are sums of numbers that have them.",
        ("Look for `int`, `//`, `round`, or an array of integers.",),
        (
            lambda r, gamma=1.0: running(r, gamma, int),
            lambda r, gamma=1.0: running(r, gamma, round),
            lambda r, gamma=1.0: running(r, gamma, np.floor),
            lambda r, gamma=1.0: np.trunc(future(r, gamma)),
            lambda r, gamma=1.0: np.round(future(r, gamma)),
        ),
    ),
    (
        "stopped-at-zero",
        "You keep the return from falling below 0. It may do so: rewards can be negative, and so can their sum.",
        ("Leave the plain sum as it is.",),
        (
            lambda r, gamma=1.0: running(r, gamma, lambda x: max(x, 0.0)),
            lambda r, gamma=1.0: np.maximum(future(r, gamma), 0.0),
            lambda r, gamma=1.0: future(np.maximum(r, 0.0), gamma),
        ),
    ),
    (
        "discounted-once",
        "All later rewards are discounted by the same gamma; each step into the future discounts once more.",
        ("How does R_t follow from r_t and R_{t+1}? R_{t+1} already holds discounts.",),
        (lambda r, gamma=1.0: r + gamma * (future(r) - r),),
    ),
    (
        "powers-turned-round",
        "The powers of gamma are the wrong way round: the next reward is discounted least, the last one most.",
        ("Which reward is multiplied by gamma once?",),
        (
            lambda r, gamma=1.0: np.array(
                [np.sum(r[t:] * gamma ** np.arange(len(r) - 1 - t, -1, -1)) for t in range(len(r))]
            ),
            lambda r, gamma=1.0: future(r * powers(r, gamma)[::-1]),
        ),
    ),
    (
        "discounted-twice",
        "Each step is discounted more than once.",
        ("How does R_t follow from r_t and R_{t+1}? A single gamma is needed.",),
        (lambda r, gamma=1.0: future(r, gamma**2), lambda r, gamma=1.0: running(r, gamma, lambda x: x * gamma)),
    ),
    (
        "first-step-only",
        "Only one of the returns was worked out; the others are 0.",
        ("Is there a `return` inside the loop? It ends the function in the first iteration.",),
        (
            lambda r, gamma=1.0: np.append(np.zeros(len(r) - 1), r[-1]),
            lambda r, gamma=1.0: np.append(future(r, gamma)[:1], np.zeros(len(r) - 1)),
        ),
    ),
    (
        "half-precision",
        "The numbers are right to about three digits only.",
        ("Which dtype do they pass through? float16 is too coarse for sums.",),
        (lambda r, gamma=1.0: running(r, gamma, np.float16).astype(r.dtype),),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
