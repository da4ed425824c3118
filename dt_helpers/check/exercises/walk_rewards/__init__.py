"""The exercise `walk_rewards`."""

from itertools import pairwise

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .mistakes import mistakes, right


def _cases(rng):
    def case(nodes, steps, arrives, stays=None, dtype="float64", goal=None, **options):
        """`arrives`: the step after which it is at the goal, None for never; `stays`: a step in which it stays."""
        goal = int(rng.integers(1, nodes)) if goal is None else goal
        others = [node for node in range(nodes) if node != goal]
        walk = rng.choice(others, steps + 1)
        for step in range(steps):  # no other step stays where it is
            while walk[step + 1] == walk[step]:
                walk[step + 1] = rng.choice(others)
        if stays is not None:
            walk[stays + 1 :] = walk[stays:-1].copy()
        if arrives is not None:
            walk[arrives:] = goal
        lengths = np.abs(drawing_inputs.numbers(rng, nodes, nodes, dtype=dtype))
        came = "never arrives" if arrives is None else f"at the goal after {arrives}"
        return Case(f"{steps} step{'s' * (steps > 1)}, {came}, {dtype}", (walk, goal, lengths), **options)

    def there_and_back(arrives):
        """Its last node before the goal, or its very last node, is one that it has visited before."""
        goal, a, b, c = (int(node) for node in rng.permutation(7)[:4])
        walk = np.array([a, b, c, b, *([a, b] if arrives is None else [goal, goal])])
        lengths = np.abs(drawing_inputs.numbers(rng, 7, 7, dtype="float64"))
        came = "never arrives, and ends where it has been before" if arrives is None else "at the goal after 4"
        return Case(f"5 steps, {came}", (walk, goal, lengths), core=False, edge="been-there")

    def twins():
        """The same start, end and number of steps; then the same walk with other lengths."""
        first = case(9, 6, 5, core=False, edge="twins")
        walk, goal, lengths = first.args
        other = walk.copy()
        other[2] = next(node for node in range(9) if node not in (goal, walk[1], walk[2], walk[3]))
        again = np.abs(drawing_inputs.numbers(rng, 9, 9, dtype="float64"))
        for inputs in ((walk, goal, lengths), (other, goal, lengths), (other, goal, again)):
            yield Case(first.label, inputs, core=False, edge="twins")

    plain = case(6, 6, 3)
    late = int(rng.integers(3, 8))
    return [
        case(5, 6, 4, stays=1),  # for the picture
        case(9, 10, late, stays=late - 2, dtype="float32"),
        case(7, 8, None, stays=5),
        case(20, 10, 10, strided=True),
        case(6, 7, 2),
        case(4, 3, 1, stays=None, dtype="float32", strided=True),
        case(8, 5, 0, core=False, edge="starts-at-goal"),
        case(3, 1, 1, core=False, edge="single-step"),
        case(3, 1, None, core=False, edge="single-step"),
        case(6, 7, 4, stays=1, goal=0, core=False, edge="goal-zero"),
        case(6, 7, None, goal=0, core=False, edge="goal-zero"),
        case(6, 5, 5, core=False, edge="arrives-last"),
        case(20, 10, 6, goal=19, core=False, edge="goal-last"),
        there_and_back(None),
        there_and_back(4),
        Case(
            "6 steps, at the goal after 3, all lengths 1",
            (plain.args[0], plain.args[1], np.ones((6, 6))),
            core=False,
            edge="equal-lengths",
        ),
        Case(
            "6 steps, at the goal after 3, whole lengths",
            (*plain.args[:2], np.ceil(plain.args[2] * 9)),
            core=False,
            edge="equal-lengths",
        ),
        *twins(),
        case(45, 60, 41, stays=33, core=False, edge="larger"),
        case(45, 60, None, core=False, edge="larger"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    walk, goal = case.args[0], case.args[1]
    nodes = ["goal" if node == goal else str(node) for node in walk]
    steps = [f"{here}→{there}" for here, there in pairwise(nodes)]
    return strips.strip(("steps", steps), *strips.beside(expected[0], given[0]))


_DOMAIN = (
    Says(
        "walk : (steps + 1,) integer array",
        lambda walk, goal, lengths: walk.ndim == 1 and walk.dtype.kind == "i" and len(walk) >= 2,
        (lambda walk, goal, lengths: len(walk) == 2,),
    ),
    Says(
        "a walk that has arrived stays at the goal",
        lambda walk, goal, lengths: (np.diff((walk == goal).astype(int)) >= 0).all(),
        (
            lambda walk, goal, lengths: goal not in walk,
            lambda walk, goal, lengths: goal in walk[-1:] and goal not in walk[:-1],
        ),
    ),
    Says("or 0 if it begins at the goal", reached=(lambda walk, goal, lengths: walk[0] == goal,)),
    Says(
        "A walk can also stay where it is",
        reached=(lambda walk, goal, lengths: ((walk[:-1] == walk[1:]) & (walk[1:] != goal)).any(),),
    ),
    Says(
        "goal : the node that is to be reached",
        lambda walk, goal, lengths: 0 <= goal < len(lengths),
        (lambda walk, goal, lengths: goal == 0, lambda walk, goal, lengths: goal == len(lengths) - 1),
    ),
    Says(
        "lengths : (nodes, nodes) array",
        lambda walk, goal, lengths: lengths.shape[0] == lengths.shape[1] > walk.max() and (lengths > 0).all(),
        (lambda walk, goal, lengths: (lengths != lengths.T).any(),),
    ),
)


EXERCISE = Exercise(
    name="walk_rewards",
    signature="walk_rewards(walk, goal, lengths)",
    kind="array",
    results=("rewards",),
    about="(steps + 1,) nodes, a node, (nodes, nodes) -> (steps,), numpy.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Step t goes from walk[t] to walk[t + 1]. What does it cost, and when is it free?",
        "Work it out by hand for the walk 3, 1, 0, 0 with goal 0, if every step has length 1.",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "starts-at-goal": (
            "The result is wrong for a walk that starts at the goal: all its steps have to be free.",
            "Is there an `if` or an `or` about an index? Index 0 counts as false, but the goal was found there.",
        ),
        "single-step": ("The result is wrong for a walk of a single step.", "How many rewards does it have?"),
        "goal-zero": (
            "The result is wrong where the goal is node 0: 0 is a node like any other.",
            "0 counts as false: is there an `if` or an `or` about the goal?",
        ),
        "arrives-last": (
            "The result is wrong for a walk that arrives with its very last step.",
            "That step begins elsewhere, so it costs its length.",
        ),
        "goal-last": ("The result is wrong where the goal is the last node.", "Nodes are names: none is special."),
        "been-there": (
            "The result is wrong for a walk that visits a node again: a step is free only where it begins at the goal.",
            "What is compared with what? The walk's last node need not be the goal.",
        ),
        "equal-lengths": (
            "The result is wrong where all lengths are whole numbers.",
            "What dtype do the rewards have, and what do they have to hold?",
        ),
        "twins": (
            "Of two walks that are alike in some ways, the second gets wrong rewards.",
            "Each step has its own length: do you remember something between calls?",
        ),
    },
    strip=_picture,
)
