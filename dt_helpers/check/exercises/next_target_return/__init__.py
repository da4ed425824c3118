"""The exercise `next_target_return`: what students get wrong when counting down the target return."""

from functools import cache

import numpy as np

from dt_helpers.check.engine import strips
from dt_helpers.check.engine.exercise import Case, Exercise, Mistake, Says, Strip, catalogue


def right(target_return, reward, scale):
    """`target_return` is in scaled units, `reward` is as the environment gave it."""
    return (target_return - reward / scale,)


def _cases(rng):
    def drawn(scale, gained=1.0, target=None):
        """A target and a reward that is worth up to two of its units, gained or lost."""
        return target or round(rng.uniform(3, 12), 2), round(gained * rng.uniform(0.5, 2.0) * scale, 2), scale

    def in_numpy(target, reward, scale):
        return np.float64(target), np.float64(reward), scale

    low = round(rng.uniform(1, 5), 2)
    small = round(rng.uniform(0.2, 0.9), 2)
    odd, even = float(rng.integers(20, 300)) + round(rng.uniform(0.2, 0.8), 1), float(rng.integers(2, 10))
    return [
        Case("numbers", drawn(1000.0)),
        Case("numbers, a negative reward", drawn(1000.0, gained=-1)),
        Case("numbers, more earned than asked for", drawn(odd, target=0.3)),
        Case("numpy numbers", tuple(np.float64(x) for x in drawn(odd))),
        Case("numbers, a small scale, a negative reward", (5.0, *drawn(even, gained=-1)[1:])),
        Case("numpy numbers, a negative reward", in_numpy(*drawn(odd, gained=-1))),
        Case("numpy numbers, more earned than asked for", in_numpy(*drawn(even, target=0.2))),
        Case("a target of 0", (0.0, *drawn(1000.0)[1:]), core=False, edge="zero-target"),
        Case("a target of 0, a negative reward", (0.0, *drawn(odd, gained=-1)[1:]), core=False, edge="zero-target"),
        Case("a target below 0", (-low, *drawn(1000.0)[1:]), core=False, edge="surpassed"),
        Case("a target below 0, a negative reward", (-low, *drawn(odd, gained=-1)[1:]), core=False, edge="surpassed"),
        Case("a reward of 0", (low, 0.0, 1000.0), core=False, edge="zero-reward"),
        Case("a small reward", (low, round(rng.uniform(0.01, 0.9), 3), 1.0), core=False, edge="small-reward"),
        Case("a small reward, a large scale", (low, small, odd), core=False, edge="small-reward"),
        Case("a small loss, a large scale", (low, -small, odd), core=False, edge="small-reward"),
        Case("a large reward", (low, round(rng.uniform(5, 9), 2) * 1000.0, 1000.0), core=False, edge="large-reward"),
        Case("just as much as was asked for", (2.0, 2000.0, 1000.0), core=False, edge="just-earned"),
        Case("scale is 1", (low, round(rng.uniform(1, 3), 2), 1.0), core=False, edge="scale-of-one"),
        Case("all are whole numbers", (5, 340, 1000), core=False, edge="whole-scale"),
        Case("scale is a whole number", (low, round(rng.uniform(20, 90), 2), 100), core=False, edge="whole-scale"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    return strips.strip(None, strips.figures(expected[0].reshape(-1)), strips.figures(given[0].reshape(-1)))


@cache
def mistakes() -> tuple[Mistake, ...]:
    return catalogue(_FAMILIES)


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
        "The reward is multiplied by `scale`; it is in raw units and has to become smaller.",
        ("12 stands for a return of 12000. How much is a reward of 5 in these units?",),
        (lambda t, r, s: t - r * s,),
    ),
    (
        "target-scaled-too",
        "The target is divided by `scale` as well, but it is in scaled units already.",
        ("Which of the two is in raw units?",),
        (
            lambda t, r, s: (t - r) / s,
            lambda t, r, s: t / s - r,
            lambda t, r, s: t / s,
            lambda t, r, s: (t - r / s) / s,
        ),
    ),
    (
        "raw-units",
        "The result is in raw units; the model was trained on scaled ones.",
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
        "Only the reward came back; the target that it is subtracted from is missing.",
        ("What is left of 12 after earning 2?",),
        (lambda t, r, s: r / s + 0 * t, lambda t, r, s: -r / s + 0 * t, lambda t, r, s: r + 0 * t),
    ),
    (
        "divided",
        "The target is divided by the reward; what has been earned is subtracted.",
        ("What is left of 12 after earning 2?",),
        (lambda t, r, s: t / (r / s), lambda t, r, s: t / r, lambda t, r, s: t * r / s),
    ),
    (
        "stopped-at-zero",
        "You keep the target from falling below 0. It may do so: the agent has then earned more than was asked of it.",
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
        "There is a discount. Returns are plain sums here, so the plain difference is what remains.",
        ("Which number in your code is not an argument?",),
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
        "The number is right to about three digits only.",
        ("Which dtype do the numbers pass through? float16 is too coarse for the reward of a step.",),
        (
            lambda t, r, s: float(np.float16(t) - np.float16(r / s)),
            lambda t, r, s: float(np.float16(t - r / s)),
        ),
    ),
    (
        "rounded",
        "The result is rounded.",
        ("A / keeps the fraction, a // drops it.",),
        (
            lambda t, r, s: t - r // s,
            lambda t, r, s: (t - r / s) // 1,
            lambda t, r, s: round(float(t - r / s), 3),
            lambda t, r, s: round(float(t - r / s), 2),
            lambda t, r, s: round(float(t - r / s), 1),
            lambda t, r, s: round(float(t - r / s)),
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
        "You divide by the reward; it is the reward that has to be divided.",
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


_DOMAIN = (
    Says("Three numbers", lambda *given: all(isinstance(number, int | float | np.number) for number in given)),
    Says(
        "target_return : what remained to be earned before the step, in scaled units",
        reached=(lambda target, reward, scale: target == 0, lambda target, reward, scale: target < 0),
    ),
    Says(
        "below 0 if more was earned than asked for",
        reached=(lambda target, reward, scale: 0 < target < reward / scale,),
    ),
    Says(
        "reward : what the step earned, in the environment's units",
        reached=(lambda target, reward, scale: reward == 0, lambda target, reward, scale: reward < 0),
    ),
    Says(
        "scale : the environment's units in one scaled unit",
        lambda target, reward, scale: scale > 0,
        (lambda target, reward, scale: scale == 1, lambda target, reward, scale: isinstance(scale, int)),
    ),
)


EXERCISE = Exercise(
    name="next_target_return",
    signature="next_target_return(target_return, reward, scale)",
    kind="any",
    results=("next_target",),
    about="three numbers in, a number out.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "The target is what is still to be earned. A reward has just been earned.",
        "In which units is each of the two? 12 and 1000 can't be compared if scale is 1000.",
    ),
    edges={
        "zero-target": (
            "The result is wrong for a target of exactly 0: it is counted down like any other.",
            "0 counts as false: is there an `if` or an `or` about the target?",
        ),
        "surpassed": (
            "The result is wrong once the target is below 0: the plain difference is right there, too.",
            "Leave the plain difference as it is.",
        ),
        "zero-reward": (
            "After a reward of 0 the target has to stay what it was.",
            "0 counts as false: is there an `if` or an `or` about the reward?",
        ),
        "small-reward": (
            "A small reward is lost or counted wrongly.",
            "Is something rounded, or taken to be in scaled units because it is small?",
        ),
        "large-reward": (
            "The result is wrong for a reward of several units: it is always in the environment's units.",
            "Does a condition look at how large the reward is?",
        ),
        "just-earned": ("If exactly as much is earned as was asked for, 0 remains.", "Is it < or <=?"),
        "scale-of-one": ("The result is wrong for a scale of 1.", "What is a reward divided by 1?"),
        "whole-scale": (
            "The result is wrong where a number is an integer.",
            "A / keeps the fraction, a // drops it.",
        ),
    },
    strip=_picture,
)
