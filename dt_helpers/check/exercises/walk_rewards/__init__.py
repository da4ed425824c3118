"""The exercise `walk_rewards`."""

from itertools import pairwise

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Strip

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
        """Its last node before the goal, or its last node at all, is one where it has been before."""
        goal, a, b, c = (int(node) for node in rng.permutation(7)[:4])
        walk = np.array([a, b, c, b, *([a, b] if arrives is None else [goal, goal])])
        lengths = np.abs(drawing_inputs.numbers(rng, 7, 7, dtype="float64"))
        came = "never arrives, and ends where it has been before" if arrives is None else "at the goal after 4"
        return Case(f"5 steps, {came}", (walk, goal, lengths), core=False, edge="been-there")

    def twins():
        """The same start, end and number of steps; then the same walk on other roads."""
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
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    walk, goal = case.args[0], case.args[1]
    nodes = ["goal" if node == goal else str(node) for node in walk]
    steps = [f"{here}→{there}" for here, there in pairwise(nodes)]
    return strips.strip(("steps", steps), strips.figures(expected[0]), strips.figures(given[0]))


EXERCISE = Exercise(
    name="walk_rewards",
    signature="walk_rewards(walk, goal, lengths)",
    about="(steps + 1,) nodes, a node, (nodes, nodes) -> (steps,), numpy.",
    results=("rewards",),
    kind="array",
    cases=_cases,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Step t goes from walk[t] to walk[t + 1]. What does it cost, and when is it free?",
        "Work it out by hand for the walk 3, 1, 0, 0 with goal 0, if every step has length 1.",
    ),
    edges={
        "starts-at-goal": (
            "A walk that starts at the goal goes wrong: all its steps are free.",
            "Place 0 counts as false, and as found.",
        ),
        "single-step": ("A walk of a single step goes wrong.", "How many rewards has it?"),
        "goal-zero": (
            "Where the goal is node 0 the result is wrong: 0 is a node like any other.",
            "0 counts as false: is there an `if` or an `or` about the goal?",
        ),
        "arrives-last": (
            "A walk that arrives with its very last step goes wrong.",
            "That step begins elsewhere, so it costs its length.",
        ),
        "goal-last": ("Where the goal is the last node the result is wrong.", "Nodes are names: none is special."),
        "been-there": (
            "A walk that comes to a node again goes wrong: a step is free only where it begins at the goal.",
            "What is compared with what? The walk's last node need not be the goal.",
        ),
        "equal-lengths": (
            "Where all lengths are whole numbers the result is wrong.",
            "What dtype have the rewards, and what do they have to hold?",
        ),
        "twins": (
            "Of two walks that are alike in some ways the second one goes wrong.",
            "Each step has its own length: do you remember something between calls?",
        ),
    },
    strip=_picture,
)
