"""The exercise `next_target_return`."""

import numpy as np

from dt_helpers.check.engine import strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .mistakes import mistakes, right


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
    return strips.strip(None, *strips.beside(expected[0], given[0]))


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
        "just-earned": (
            "If exactly as much is earned as was asked for, 0 remains.",
            "Is there a condition, and is it < or <=?",
        ),
        "scale-of-one": ("The result is wrong for a scale of 1.", "What is a reward divided by 1?"),
        "whole-scale": (
            "The result is wrong where a number is an integer.",
            "A / keeps the fraction, a // drops it.",
        ),
    },
    strip=_picture,
)
