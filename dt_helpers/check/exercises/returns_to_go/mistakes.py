"""What students take for returns-to-go."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue

from .discounts import FAMILIES as DISCOUNTS
from .formulas import after, future, past, powers, running, without
from .units import FAMILIES as UNITS


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


_FAMILIES = (
    (
        "from-start",
        "You add up what was earned up to each step; a return-to-go is what is still to be earned from there on.",
        (
            "The last return is the last reward alone, and the first one holds all rewards. Which way do your sums go?",
            "Go through the rewards from the last to the first.",
        ),
        (lambda r, gamma=1.0: np.cumsum(r), past, lambda r, gamma=1.0: np.cumsum(r * powers(r, gamma))),
    ),
    (
        "from-start",
        "You add up what was earned before each step; a return-to-go is what is still to be earned, from that step on.",
        (
            "The last return is the last reward alone. What is yours?",
            "Go through the rewards from the last to the first.",
        ),
        (lambda r, gamma=1.0: np.cumsum(r) - r, lambda r, gamma=1.0: past(r, gamma) - r),
    ),
    (
        "from-start",
        "Your last number is the first reward alone; it has to be the last reward, since a return-to-go is what is "
        "still "
        "to be earned.",
        (
            "Your sums of earlier rewards were turned round. Turn round the rewards before they are added up as well.",
            "Go through the rewards from the last to the first.",
        ),
        (lambda r, gamma=1.0: np.cumsum(r)[::-1], lambda r, gamma=1.0: past(r, gamma)[::-1]),
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
        "without-present-reward",
        "From the second step on, the return lacks the reward of its own step, and holds the first reward still.",
        ("What is no longer to come at the second step: its own reward, or that of the step before?",),
        (
            lambda r, gamma=1.0: np.sum(r) - np.cumsum(r) + r[0],
            lambda r, gamma=1.0: future(r, gamma)[0] - np.cumsum(r) + r[0],
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
        "not-turned-back",
        "The numbers are right, but in reverse: the first return belongs to the first step.",
        ("If you went from the end to the start, what has to happen to the result? If not, is there a flip too many?",),
        (lambda r, gamma=1.0: future(r, gamma)[::-1],),
    ),
    (
        "not-turned-back",
        "The sums are in reverse, since the first return belongs to the first step, and gamma has no effect.",
        (
            "If you went from the end to the start, what has to happen to the result? If not, is there a flip too "
            "many?",
            "How does R_t follow from r_t and R_{t+1}, and where does gamma come in?",
        ),
        (lambda r, gamma=1.0: future(r)[::-1],),
    ),
    (
        "one-step",
        "You add only the next reward; a return-to-go goes on to the end of the episode.",
        ("Add the return of the next step, not its reward: begin at the end, and it is already there.",),
        (lambda r, gamma=1.0: r + gamma * after(r),),
    ),
    (
        "one-step",
        "You add only the next reward; a return-to-go goes on to the end of the episode. And gamma has no effect.",
        (
            "Add the return of the next step, not its reward: begin at the end, and it is already there.",
            "How does R_t follow from r_t and R_{t+1}, and where does gamma come in?",
        ),
        (lambda r, gamma=1.0: r + after(r),),
    ),
    (
        "last-missing",
        "The last reward is missing from all returns: the return of the last step is its reward, not 0.",
        ("With which step does your sum begin? Begin with the last one, and it is in all returns.",),
        (lambda r, gamma=1.0: np.append(future(r[:-1], gamma), 0.0),),
    ),
    (
        "last-missing",
        "The return of the last step is its reward, not 0; the other returns are right.",
        ("Which step is the first that your code writes to the result?",),
        (without(-1),),
    ),
    (
        "first-missing",
        "The first return is 0; the others are right.",
        ("In a loop, `range` excludes its end. Which index is never reached?",),
        (without(0),),
    ),
    (
        "first-missing",
        "The first return is the first reward alone; the others are right.",
        ("In a loop, `range` excludes its end. Which index is never reached?",),
        (lambda r, gamma=1.0: np.append(r[:1], future(r, gamma)[1:]),),
    ),
    (
        "unchanged",
        "The rewards came back as they were; each step's return also holds the rewards after it.",
        ("How does R_t follow from r_t and R_{t+1}?",),
        (lambda r, gamma=1.0: r * 1.0,),
    ),
    (
        "unchanged",
        "Each step got its own reward, times a power of gamma, and nothing of what comes after.",
        (
            "What still has to be added up?",
            "The reward of the step itself is never discounted, whichever step it is.",
        ),
        (lambda r, gamma=1.0: r * powers(r, gamma),),
    ),
    (
        "unchanged",
        "Each step got its own reward alone, and the last one 0; a return also holds the rewards after it.",
        ("A step needs the return of the next one: is that already there when your loop comes to it?",),
        (lambda r, gamma=1.0: np.append(r[:-1], 0.0),),
    ),
    (
        "reversed-rewards",
        "The rewards came back in reverse; each step's return also holds the rewards after it.",
        ("Reversing is half of it. What has to be added up?",),
        (lambda r, gamma=1.0: r[::-1] * 1.0,),
    ),
    (
        "sign",
        "All returns have the wrong sign: rewards are added, not subtracted.",
        ("Look at each minus in your function.",),
        (lambda r, gamma=1.0: -future(r, gamma),),
    ),
    (
        "sign",
        "What comes after a step is subtracted from its reward; it has to be added.",
        ("Look at each minus in your function.",),
        (lambda r, gamma=1.0: r - (future(r, gamma) - r),),
    ),
    (
        "subtracted",
        "The return of the next step is subtracted where it has to be added.",
        ("Look at each minus in your function.",),
        (lambda r, gamma=1.0: future(r, -gamma),),
    ),
    (
        "summed-twice",
        "The result is a sum of returns, which are sums already; a return is a sum of rewards.",
        ("What does each line add, a reward or something that is a sum already?",),
        (
            lambda r, gamma=1.0: future(future(r, gamma), gamma),
            lambda r, gamma=1.0: future(future(r, gamma)),
        ),
    ),
    (
        "summed-twice",
        "The reward of the step itself is counted twice.",
        ("How does R_t follow from r_t and R_{t+1}? Both enter once.",),
        (lambda r, gamma=1.0: r + future(r, gamma),),
    ),
    (
        "too-long",
        "There is one return too many: after the last step there is nothing to earn, and no step to earn it.",
        ("As many returns come out as rewards go in.",),
        (lambda r, gamma=1.0: np.append(future(r, gamma), 0.0),),
    ),
    (
        "too-long",
        "There is one number too many: a 0 before the first return.",
        ("As many returns come out as rewards go in.",),
        (lambda r, gamma=1.0: np.append(0.0, future(r, gamma)),),
    ),
    (
        "too-short",
        "There is one return too few: the first step has none. As many come out as rewards go in.",
        ("Does a loop or a slice leave out the step with index 0?",),
        (lambda r, gamma=1.0: future(r, gamma)[1:],),
    ),
    (
        "too-short",
        "There is one return too few: the last step has none. As many come out as rewards go in.",
        ("What is still to be earned at the last step: its own reward.",),
        (lambda r, gamma=1.0: future(r, gamma)[:-1],),
    ),
    (
        "cut-to-whole-numbers",
        "The results are whole numbers, rounded or cut off; the rewards have fractional parts, and so do their sums.",
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
        "Your returns never fall below 0. They may do so: rewards can be negative, and so can their sum.",
        ("Leave the plain sum as it is.",),
        (
            lambda r, gamma=1.0: running(r, gamma, lambda x: max(x, 0.0)),
            lambda r, gamma=1.0: np.maximum(future(r, gamma), 0.0),
        ),
    ),
    (
        "stopped-at-zero",
        "Negative rewards count as 0 in your result; they lower the return.",
        ("Add all rewards as they are.",),
        (lambda r, gamma=1.0: future(np.maximum(r, 0.0), gamma),),
    ),
    (
        "first-step-only",
        "Only one of the returns is there; the others are 0.",
        ("Is there a `return` inside the loop? It ends the function in the first iteration.",),
        (
            lambda r, gamma=1.0: np.append(np.zeros(len(r) - 1), r[-1]),
            lambda r, gamma=1.0: np.append(future(r, gamma)[:1], np.zeros(len(r) - 1)),
        ),
    ),
    (
        "half-precision",
        "The numbers are right to about three digits at most.",
        ("Which dtype do they pass through? float16 is too coarse for sums.",),
        (lambda r, gamma=1.0: running(r, gamma, np.float16).astype(r.dtype),),
    ),
)

_CATALOGUE = catalogue((*_FAMILIES, *DISCOUNTS, *UNITS))
