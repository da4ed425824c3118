"""The right answer, and what students get wrong when counting down the target return."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(target_return, reward, scale):
    """`target_return` is in scaled units, `reward` is as the environment gave it."""
    return (target_return - reward / scale,)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _not_below_zero(target, reward, scale):
    left = target - reward / scale
    return left * (left > 0)


def _positive_only(target, reward, scale):
    return target - reward * (reward > 0) / scale


_FAMILIES = (
    (
        "left-alone-once-earned",
        "Once the target is 0 or below you leave it as it is; it is counted down like any other.",
        ("What remains to be earned after a loss, when nothing had remained?",),
        (lambda target, reward, scale: target if target <= 0 else target - reward / scale,),
    ),
    (
        "unscaled",
        "The reward is not scaled: the target is in units of `scale`, the reward is as the environment gave it.",
        ("12 stands for a return of 12000. How much is a reward of 5 in these units?",),
        (lambda t, r, s: t - r,),
    ),
    (
        "added",
        "The reward is added; what has been earned no longer remains to be earned.",
        ("Does the target grow or shrink when something is earned?",),
        (lambda t, r, s: t + r / s, lambda t, r, s: t + r, lambda t, r, s: t + r * s),
    ),
    (
        "unchanged",
        "The target came back as it was; what has been earned no longer remains to be earned.",
        ("What are the second and the third argument for?",),
        (lambda t, r, s: t * 1.0,),
    ),
    (
        "multiplied",
        "The reward is multiplied by `scale`; it is in the environment's units, and has to be divided by it.",
        ("12 stands for a return of 12000. How much is a reward of 5 in these units?",),
        (lambda t, r, s: t - r * s,),
    ),
    (
        "target-scaled-too",
        "The target is divided by `scale`, but it is in scaled units already.",
        ("Which of the two is in the environment's units, the target or the reward?",),
        (
            lambda t, r, s: (t - r) / s,
            lambda t, r, s: t / s - r,
            lambda t, r, s: t / s,
            lambda t, r, s: (t - r / s) / s,
        ),
    ),
    (
        "raw-units",
        "The target is multiplied by `scale`; the model was trained on scaled returns.",
        ("In which units does the target come in? It has to go out in the same units.",),
        (lambda t, r, s: t * s - r, lambda t, r, s: t * s - r / s, lambda t, r, s: t * s - r * s),
    ),
    (
        "turned-round",
        "The subtraction is the wrong way round.",
        ("What is left of 12 after earning 2?",),
        (lambda t, r, s: r / s - t, lambda t, r, s: r - t),
    ),
    (
        "reward-only",
        "The result is made of the reward alone; the target that it is subtracted from is missing.",
        ("What is left of 12 after earning 2?",),
        (lambda t, r, s: r / s + 0 * t, lambda t, r, s: -r / s + 0 * t, lambda t, r, s: r + 0 * t),
    ),
    (
        "divided",
        "The target is divided by the reward; what has been earned is subtracted.",
        ("What is left of 12 after earning 2?",),
        (lambda t, r, s: t / (r / s), lambda t, r, s: t / r),
    ),
    (
        "divided",
        "The target is multiplied by the reward; what has been earned is subtracted.",
        ("What is left of 12 after earning 2?",),
        (lambda t, r, s: t * r / s,),
    ),
    (
        "stopped-at-zero",
        "Your result never falls below 0. It may do so: the agent has then earned more than was asked of it.",
        ("Leave the plain difference as it is.",),
        (_not_below_zero,),
    ),
    (
        "losses-ignored",
        "Negative rewards are not counted. They should be: then more remains to be earned than before.",
        ("Leave the plain difference as it is.",),
        (_positive_only,),
    ),
    (
        "losses-as-gains",
        "The absolute value of the reward is subtracted; after a loss more remains to be earned than before.",
        ("What is left of 12 after earning -2?",),
        (lambda t, r, s: t - abs(r) / s,),
    ),
    (
        "discounted",
        "The result is what a discount, such as 0.99, gives. Returns are plain sums here, so the plain difference "
        "remains.",
        ("Is there a number in your code that is not an argument?",),
        tuple(
            (lambda t, r, s, change=change, gamma=gamma: change(t, r / s, gamma))
            for gamma in (0.99, 0.95, 0.9)
            for change in (
                lambda t, r, gamma: (t - r) / gamma,
                lambda t, r, gamma: (t - r) * gamma,
                lambda t, r, gamma: t - gamma * r,
                lambda t, r, gamma: gamma * t - r,
            )
        ),
    ),
    (
        "half-precision",
        "The result is as coarse as numbers in half precision (float16) are.",
        ("Which dtype do the numbers pass through? float16 is too coarse for the reward of a step.",),
        (
            lambda t, r, s: float(np.float16(t) - np.float16(r / s)),
            lambda t, r, s: float(np.float16(t - r / s)),
        ),
    ),
    (
        "rounded",
        "Of the reward in scaled units only the whole units are subtracted: its fraction is lost.",
        ("A / keeps the fraction; a //, an `int` or a `round` drops it.",),
        (lambda t, r, s: t - r // s, lambda t, r, s: t - int(r / s), lambda t, r, s: t - round(float(r / s))),
    ),
    (
        "rounded",
        "The result is a whole number: its fraction is lost.",
        ("Is there a //, an `int` or a `round`? Leave the plain difference as it is.",),
        (
            lambda t, r, s: (t - r / s) // 1,
            lambda t, r, s: float(int(t - r / s)),
            lambda t, r, s: round(float(t - r / s)) * 1.0,
            lambda t, r, s: float(np.ceil(t - r / s)),
        ),
    ),
    (
        "rounded",
        "The result, or the reward in scaled units, is rounded to a few decimals. Over an episode of 1000 steps the "
        "errors add up.",
        ("Is there a `round`, or a number that went through a text? Leave the plain difference as it is.",),
        (
            lambda t, r, s: round(float(t - r / s), 3),
            lambda t, r, s: round(float(t - r / s), 2),
            lambda t, r, s: round(float(t - r / s), 1),
            lambda t, r, s: t - round(float(r / s), 3),
            lambda t, r, s: t - round(float(r / s), 2),
            lambda t, r, s: t - round(float(r / s), 1),
        ),
    ),
    (
        "scale-fixed",
        "The reward is always divided by 1000, whatever `scale` is.",
        ("What is the third argument for?",),
        (lambda t, r, s: t - r / 1000,),
    ),
    (
        "scale-inverted",
        "`scale` is divided by the reward; it is the reward that has to be divided.",
        ("12 stands for a return of 12000. How much is a reward of 5 in these units?",),
        (lambda t, r, s: t - s / r,),
    ),
    (
        "scale-subtracted",
        "`scale` is subtracted; it is a unit, not an amount.",
        ("How is 5000 written in units of 1000?",),
        (lambda t, r, s: t - (r - s), lambda t, r, s: t - r - s, lambda t, r, s: t - s),
    ),
    (
        "large-rewards-unscaled",
        "Large (or small) rewards are not divided by `scale`; every reward is in the environment's units.",
        ("Does a condition look at how large the reward is?",),
        (
            lambda t, r, s: t - (r / s if abs(r) < s else r),
            lambda t, r, s: t - (r / s if abs(r) <= s else r),
            lambda t, r, s: t - (r / s if abs(r) > s else r),
        ),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
