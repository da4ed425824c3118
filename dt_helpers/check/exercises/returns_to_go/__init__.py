"""The exercise `returns_to_go`."""

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .formulas import right
from .mistakes import mistakes


def _cases(rng):
    def case(steps, gamma=None, **options):
        dtype = options.pop("dtype", "float32")
        label = f"{steps} step{'s' * (steps > 1)}, {dtype}" + (f", gamma={gamma}" if gamma is not None else "")
        rewards = drawing_inputs.numbers(rng, steps, dtype=dtype)
        return Case(label, (rewards,), {} if gamma is None else {"gamma": gamma}, **options)

    def special(edge, label, rewards, gamma=None):
        given = (rewards,) if gamma is None else (rewards, gamma)
        return Case(label, given, core=False, edge=edge)

    some = drawing_inputs.numbers(rng, 6)
    some[[0, 2, 5]] = 0.0
    whole = rng.integers(-5, 6, 20).astype(np.float64)  # their sum is exactly the same in any order
    late = drawing_inputs.numbers(rng, 120, dtype="float64")
    late[-1] = 1e5
    episode, exact = drawing_inputs.numbers(rng, 1000), drawing_inputs.numbers(rng, 1000, dtype="float64")

    return [
        Case("4 steps, float32", (drawing_inputs.numbers(rng, 4).round(1),)),  # for the picture
        case(int(rng.integers(8, 20)), dtype="float64"),
        case(2, strided=True),
        case(5, gamma=0.5, core=False, edge="discounted"),
        case(int(rng.integers(6, 16)), gamma=0.9, core=False, dtype="float64", edge="discounted"),
        case(7, gamma=0.8, core=False, strided=True, edge="discounted"),
        case(1, core=False, edge="single-step"),
        case(1, gamma=0.7, core=False, edge="single-step"),
        case(5, gamma=0.0, core=False, edge="gamma-zero"),
        case(6, gamma=1, core=False, edge="whole-gamma"),
        case(6, gamma=0, core=False, edge="gamma-zero"),
        special("zero-rewards", "6 steps, some rewards 0", some),
        special("zero-rewards", "6 steps, some rewards 0, gamma=0.5", some, 0.5),
        special("zero-rewards", "5 steps, all rewards 0", np.zeros(5, np.float32), 0.9),
        special("one-sign", "7 steps, all rewards below 0", -np.abs(drawing_inputs.numbers(rng, 7)), 0.9),
        special("late-reward", "120 steps, the last reward very large, gamma=0.9", late, 0.9),
        special("whole-episode", "1000 steps", episode),
        special("discounted-episode", "1000 steps, gamma=0.95", exact, 0.95),
        special("vanishing-discount", "400 steps, gamma=0.1", exact[:400], 0.1),  # 0.1 ** 399 is 0, for a float
        special("other-order", "20 steps", whole),
        special("other-order", "the same 20 steps in a different order", rng.permutation(whole)),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    rewards = strips.figures(case.args[0])
    return strips.strip(("rewards", rewards), strips.figures(expected[0]), strips.figures(given[0]))


_DOMAIN = (
    Says(
        "rewards : (T,) numpy array of floats",
        lambda rewards, gamma=1.0: rewards.ndim == 1 and rewards.dtype.kind == "f",
    ),
    Says(
        "the reward of each step; an episode may have 1,000 of them",
        lambda rewards, gamma=1.0: 1 <= len(rewards) <= 1000,
        (lambda rewards, gamma=1.0: len(rewards) == 1, lambda rewards, gamma=1.0: len(rewards) == 1000),
    ),
    Says(
        "gamma : discount, from 0 to 1; 1 means none",
        lambda rewards, gamma=1.0: 0 <= gamma <= 1,
        (lambda rewards, gamma=1.0: gamma == 1, lambda rewards, gamma=1.0: gamma == 0),
    ),
)


EXERCISE = Exercise(
    name="returns_to_go",
    signature="returns_to_go(rewards, gamma=1.0)",
    kind="array",
    results=("returns",),
    about="(T,) -> (T,), numpy.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Work it out by hand for rewards 1, 2, 3: what is still to come at the first step, at the second, at the "
        "third?",
        "The last return is the last reward. Each earlier one follows from its own reward and the return after it.",
    ),
    edges={
        "discounted": (
            "With a discount, gamma below 1, the result is wrong.",
            "Work it out by hand for rewards 1, 2, 3 and gamma = 0.5: what comes from the second step on "
            "counts half at the first.",
        ),
        "single-step": (
            "The result is wrong for an episode of a single step; it is right for ordinary longer ones.",
            "What is the last step's return? Here the last step is also the first.",
        ),
        "gamma-zero": (
            "With gamma = 0 the return of each step is its own reward; yours isn't.",
            "0 counts as false: is there an `if` or an `or` about gamma? Is anything divided by a power of gamma?",
        ),
        "whole-gamma": (
            "With a whole number for gamma, 1 in place of 1.0, the result is wrong.",
            "Is there an array that takes its dtype from gamma, or a negative power of it?",
        ),
        "vanishing-discount": (
            "The result is wrong for a long episode with a strong discount: for a float, 0.1 ** 399 is 0.",
            "A division by such a power gives nan. Start at the last step, and no power of gamma is needed.",
        ),
        "zero-rewards": (
            "The result is wrong where a reward is exactly 0: such a step counts like any other.",
            "Does a condition take a 0 for the end of the episode, or for no reward at all?",
        ),
        "one-sign": (
            "The result is wrong where all rewards are below 0: all returns may be negative.",
            "Is a sum kept from falling below 0?",
        ),
        "late-reward": (
            "The result is wrong where a large reward comes at the end of a long episode: what the discount leaves of "
            "it "
            "counts.",
            "Does your sum stop after some steps, or when the discount is small?",
        ),
        "whole-episode": (
            "The result is right for ordinary short episodes, but wrong for one of 1000 steps; the cheetah's are that "
            "long.",
            "Does the sum go on to the end of the episode, however far away that is?",
        ),
        "other-order": (
            "Two episodes with the same rewards in different orders get the same returns, or the second is wrong.",
            "Does your function remember earlier answers?",
        ),
        "discounted-episode": (
            "With a discount, the result is wrong for an episode of 1000 steps.",
            "Do you take what came before from a total and divide the rest by a tiny power of gamma? What is left of "
            "it is "
            "mostly rounding. Start at the end.",
            "Does your sum stop after some steps?",
        ),
    },
    strip=_picture,
)
