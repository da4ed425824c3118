"""Sums of rewards that were brought to another scale."""

import numpy as np

from .formulas import future, standardised

FAMILIES = (
    (
        "averaged",
        "You take the mean of the rewards still to come; a return is their sum.",
        ("No division is needed.",),
        (
            lambda r, gamma=1.0: future(r, gamma) / np.arange(len(r), 0, -1),
            lambda r, gamma=1.0: future(r) / np.arange(len(r), 0, -1),
        ),
    ),
    (
        "averaged",
        "The returns are divided by the number of steps in the episode; a return is a plain sum.",
        ("No division is needed.",),
        (lambda r, gamma=1.0: future(r, gamma) / len(r),),
    ),
    (
        "averaged",
        "Every step got the mean of all rewards; its return is the sum of those that are still to come.",
        ("No division is needed.", "How much is still to be earned just before the last step?"),
        (lambda r, gamma=1.0: np.full(len(r), np.mean(r)),),
    ),
    (
        "standardised",
        "The returns are standardised: their mean is subtracted, and they are divided by their standard deviation. "
        "Leave "
        "them as they are.",
        ("The model will be asked for a return in the units of the rewards.",),
        (standardised(ddof=0), standardised(ddof=1)),
    ),
    (
        "standardised",
        "The mean of the returns is subtracted from each of them. Leave them as they are.",
        ("The model will be asked for a return as the rewards add up to it.",),
        (lambda r, gamma=1.0: future(r, gamma) - future(r, gamma).mean(),),
    ),
    (
        "scaled",
        "The returns are divided by 1000: the collator scales them, later on. Leave them as they are.",
        ("Which line changes the units?",),
        (lambda r, gamma=1.0: future(r, gamma) / 1000,),
    ),
)
