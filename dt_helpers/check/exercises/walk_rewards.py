"""The exercise `walk_rewards`: what students take for the rewards of a walk."""

from itertools import pairwise

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Mistake, Strip, catalogue


def right(walk, goal, lengths):
    """(steps + 1,) nodes, a node, (nodes, nodes) -> (steps,)"""
    return (np.array([0.0 if here == goal else -lengths[here, there] for here, there in pairwise(walk)]),)


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


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _lengths(walk, lengths):
    return lengths[walk[:-1], walk[1:]]


def _right(walk, goal, lengths):
    return np.where(walk[:-1] == goal, 0.0, -_lengths(walk, lengths))


def _until(walk, goal, lengths, shift):
    """Rewards that end with the walk: nothing is there for the steps after the goal."""
    arrived = np.flatnonzero(walk == goal)
    return _right(walk, goal, lengths)[: arrived[0] + shift if len(arrived) else None]


def _never(value):
    def rewards(walk, goal, lengths):
        right = _right(walk, goal, lengths)
        return right if walk[-1] == goal else np.full(len(right), value)

    return rewards


_FAMILIES = (
    (
        "paid-at-goal",
        "Steps after the arrival cost something, too. Whoever has arrived rests there for nothing.",
        ("What does a step cost that begins at the goal?",),
        (lambda w, g, d: -_lengths(w, d),),
    ),
    (
        "arrival-free",
        "The step that arrives is free in your answer; it has its length as any other. What follows it is free.",
        ("Does it matter where a step begins, or where it ends?",),
        (
            lambda w, g, d: np.where(w[1:] == g, 0.0, -_lengths(w, d)),
            lambda w, g, d: -_lengths(w, d) * (w[1:] != g),
        ),
    ),
    (
        "positive",
        "Your rewards are positive: long walks would earn the most. A step costs its length.",
        ("Shall the return grow or shrink with every step?",),
        (lambda w, g, d: -_right(w, g, d), lambda w, g, d: _lengths(w, d)),
    ),
    (
        "edge-turned",
        "You look the edge up the wrong way round: lengths[i, j] belongs to the step from i to j.",
        ("From where to where does step t go?",),
        (lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[1:], w[:-1]]), lambda w, g, d: -d[w[1:], w[:-1]]),
    ),
    (
        "steps-counted",
        "Every step costs 1 in your answer, whatever its length.",
        ("What is the third argument for?",),
        (
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -1.0),
            lambda w, g, d: np.full(len(w) - 1, -1.0),
            lambda w, g, d: np.where(w[1:] == g, 0.0, -1.0),
            lambda w, g, d: np.where(w[:-1] == g, 0.0, 1.0),
        ),
    ),
    (
        "one-a-node",
        "You give a reward for every node; a walk has one step less than it has nodes.",
        ("How many steps has a walk of two nodes?",),
        (
            lambda w, g, d: np.where(w == g, 0.0, -1.0),
            lambda w, g, d: np.append(_right(w, g, d), 0.0),
            lambda w, g, d: np.append(0.0, _right(w, g, d)),
        ),
    ),
    (
        "prize",
        "You give a prize at the goal and nothing on the way. Then every walk that arrives is as good as any other.",
        ("What makes a short walk better than a long one?",),
        (
            lambda w, g, d: 1.0 * ((w[1:] == g) & (w[:-1] != g)),
            lambda w, g, d: 1.0 * (w[1:] == g),
            lambda w, g, d: 1.0 * (w[:-1] == g),
        ),
    ),
    (
        "paid-only-at-goal",
        "You have it the wrong way round: only the steps that begin at the goal cost something.",
        ("Which steps are free?",),
        (
            lambda w, g, d: np.where(w[:-1] == g, -_lengths(w, d), 0.0),
            lambda w, g, d: np.where(w[1:] == g, -_lengths(w, d), 0.0),
        ),
    ),
    (
        "summed",
        "Those are sums over several steps; the reward of a step is its own. Returns are made of rewards later.",
        ("What does the second step cost by itself?",),
        (
            lambda w, g, d: np.cumsum(_right(w, g, d)),
            lambda w, g, d: np.cumsum(_right(w, g, d)[::-1])[::-1],
        ),
    ),
    (
        "total-only",
        "One number came back; every step has a reward of its own.",
        ("As many rewards come out as the walk has steps.",),
        (
            lambda w, g, d: _right(w, g, d).sum(),
            lambda w, g, d: -_lengths(w, d).sum(),
            lambda w, g, d: _right(w, g, d)[0],
        ),
    ),
    (
        "cut-off",
        "Your rewards end where the walk arrives; the steps that it rests there have rewards, too: 0.",
        ("As many rewards come out as the walk has steps.",),
        (
            lambda w, g, d: _right(w, g, d)[w[:-1] != g],
            lambda w, g, d: _until(w, g, d, 0),
            lambda w, g, d: _until(w, g, d, 1),
        ),
    ),
    (
        "staying-free",
        "A step that stays where it is costs nothing in your answer. It is free at the goal only.",
        ("What does lengths[i, i] hold, and when does it not count?",),
        (
            lambda w, g, d: np.where(w[:-1] == w[1:], 0.0, -_lengths(w, d)),
            lambda w, g, d: np.where((w[:-1] == w[1:]) | (w[1:] == g), 0.0, -_lengths(w, d)),
        ),
    ),
    (
        "goal-fixed",
        "You compare with node 0 whatever the goal is.",
        ("What is the second argument for?",),
        (lambda w, g, d: np.where(w[:-1] == 0, 0.0, -_lengths(w, d)),),
    ),
    (
        "other-distance",
        "That is no step of the walk: a step goes from walk[t] to walk[t + 1].",
        ("Which two nodes does step t connect?",),
        (
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[:-1], g]),
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[0], w[1:]]),
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[:-1], w[:-1]]),
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -d[w[1:], w[1:]]),
            lambda w, g, d: np.where(w[:-1] == g, 0.0, -np.abs(w[1:] - w[:-1])),
        ),
    ),
    (
        "lost-walks-punished",
        "Walks that never arrive get rewards of another kind. Each of their steps costs its length and no more.",
        ("What does a single step know of the end of the walk?",),
        (_never(-np.inf), _never(0.0), _never(-100.0)),
    ),
    (
        "one-step-free",
        "A step is free in your answer that has its length: the first one, or the last one.",
        ("Which steps are free? Only those that begin at the goal.",),
        (
            lambda w, g, d: np.append(0.0, _right(w, g, d)[1:]),
            lambda w, g, d: np.append(_right(w, g, d)[:-1], 0.0),
        ),
    ),
    (
        "end-for-goal",
        "The walk's last node is taken for the goal; a walk that never arrives ends elsewhere.",
        ("What is the second argument for?",),
        (lambda w, g, d: _right(w, w[-1], d),),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)


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
