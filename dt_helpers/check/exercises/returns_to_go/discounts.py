"""What students get wrong about the discount alone."""

import numpy as np

from .formulas import future, powers, running

FAMILIES = (
    (
        "discount-from-start",
        "Your discount counts from the start of the episode; it has to count from the step whose return it is.",
        (
            "The reward of the step itself is never discounted, whichever step it is.",
            "How does R_t follow from r_t and R_{t+1}? No power of gamma is needed.",
        ),
        (lambda r, gamma=1.0: future(r * powers(r, gamma)),),
    ),
    (
        "discount-from-start",
        "Rewards are discounted twice: from the step whose return it is, as they should be, and from the start of the "
        "episode.",
        (
            "The reward of the step itself is never discounted, whichever step it is.",
            "How does R_t follow from r_t and R_{t+1}? No power of gamma is needed.",
        ),
        (lambda r, gamma=1.0: future(r * powers(r, gamma), gamma),),
    ),
    (
        "discount-misplaced",
        "The result is gamma times the plain sum of rewards; each step into the future has to be discounted once more.",
        ("How does R_t follow from r_t and R_{t+1}? Which of the two has to shrink?",),
        (lambda r, gamma=1.0: gamma * future(r),),
    ),
    (
        "discount-misplaced",
        "The result is the plain sum of rewards times a power of gamma, the same for all rewards in the sum; each "
        "reward "
        "has a discount of its own.",
        ("How does R_t follow from r_t and R_{t+1}? Which of the two has to shrink?",),
        (
            lambda r, gamma=1.0: powers(r, gamma) * future(r),
            lambda r, gamma=1.0: powers(r, gamma)[::-1] * future(r),
        ),
    ),
    (
        "discount-on-present",
        "The reward of the step itself is discounted too; only what comes after it should be.",
        ("Which of the two, r_t or R_{t+1}, lies in the future? Only that one is multiplied by gamma.",),
        (lambda r, gamma=1.0: gamma * future(r, gamma),),
    ),
    (
        "discount-on-present",
        "Before the last step, a step's own reward is discounted and what comes after it is not; it has to be the "
        "other "
        "way round.",
        ("Which of the two, r_t or R_{t+1}, lies in the future? Only that one is multiplied by gamma.",),
        (lambda r, gamma=1.0: np.append(gamma * r[:-1] + future(r)[1:], r[-1]),),
    ),
    (
        "gamma-inverted",
        "Your discount makes distant rewards larger: they are divided by gamma where they have to be multiplied by it.",
        ("A reward that is further away counts less.",),
        (lambda r, gamma=1.0: future(r, 1 / gamma),),
    ),
    (
        "gamma-ignored",
        "The result is right for gamma = 1, but gamma has no effect: distant rewards count less when it is below 1.",
        ("How does R_t follow from r_t and R_{t+1}, and where does gamma come in?",),
        (lambda r, gamma=1.0: future(r),),
    ),
    *(
        (
            "gamma-ignored",
            f"The discount is {fixed} whatever gamma is.",
            ("Does your code set gamma itself? Its value comes with the call; 1 means no discount.",),
            (lambda r, gamma=1.0, fixed=fixed: future(r, fixed),),
        )
        for fixed in (0.99, 0.95, 0.9)
    ),
    (
        "discounted-once",
        "All later rewards are discounted by the same gamma; each step into the future discounts once more.",
        ("How does R_t follow from r_t and R_{t+1}? R_{t+1} already holds discounts.",),
        (lambda r, gamma=1.0: r + gamma * (future(r) - r),),
    ),
    (
        "powers-turned-round",
        "The powers of gamma are the wrong way round: the last reward is not discounted at all, and the step's own "
        "most.",
        ("A step's own reward is not discounted. Which reward is multiplied by gamma once?",),
        (
            lambda r, gamma=1.0: np.array(
                [np.sum(r[t:] * gamma ** np.arange(len(r) - 1 - t, -1, -1)) for t in range(len(r))]
            ),
            lambda r, gamma=1.0: future(r * powers(r, gamma)[::-1]),
        ),
    ),
    (
        "discounted-twice",
        "Each step into the future is discounted twice, by the square of gamma.",
        ("How does R_t follow from r_t and R_{t+1}? A single gamma is needed.",),
        (lambda r, gamma=1.0: future(r, gamma**2),),
    ),
    (
        "discounted-twice",
        "Each step into the future is discounted twice, and the reward of the step itself once.",
        ("How does R_t follow from r_t and R_{t+1}? A single gamma is needed.",),
        (lambda r, gamma=1.0: running(r, gamma, lambda x: x * gamma),),
    ),
)
