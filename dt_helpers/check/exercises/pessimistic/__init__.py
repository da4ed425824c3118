"""The exercise `pessimistic`."""

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .mistakes import mistakes, right


def _cases(rng):
    def case(states, actions, worst=None, dtype="float64", label="", change=None, **options):
        """In each state some actions were recorded, and some weren't. Recorded values are above `worst`, or below."""
        q = drawing_inputs.numbers(rng, states, actions, dtype=dtype)
        seen = rng.random((states, actions)) < 0.5
        if actions > 1:
            columns = np.array([rng.permutation(actions)[:2] for _ in range(states)])
            seen[np.arange(states), columns[:, 0]], seen[np.arange(states), columns[:, 1]] = True, False
        worst = round(-float(rng.uniform(3, 9)), 2) if worst is None else worst
        q, seen = (q, seen) if change is None else change(q, seen)
        return Case(f"{states} states, {actions} actions{label}, {dtype}", (q, seen, worst), **options)

    def corner(edge, label, change=None, states=4, actions=3, **options):
        return case(states, actions, label=f", {label}", change=change, core=False, edge=edge, **options)

    def below(q, seen):
        q[:, ::2] -= 20
        return q, seen

    def zero(q, seen):
        q[seen & (rng.random(q.shape) < 0.6)] = 0.0
        q[0] = 0.0
        return q, seen

    def empty_state(q, seen):
        seen[1] = False
        return q, seen

    size = int(rng.integers(4, 8))
    return [
        case(3, 4),
        case(5, 3, dtype="float32"),
        case(size, size),
        case(6, 4, strided=True),
        case(4, 7),
        case(5, 4, change=lambda q, seen: (-np.abs(q), seen), label=", all values below 0"),
        case(3, 5, worst=-1.0, label=", some values below the worst"),
        corner("below-the-worst", "values far below the worst", below),
        corner("zeros", "some values 0", zero),
        corner("zeros", "a table of zeros", lambda q, seen: (np.zeros_like(q), seen)),
        corner("nothing-recorded", "a state in which nothing was recorded", empty_state),
        corner("nothing-recorded", "nothing was recorded", lambda q, seen: (q, np.zeros_like(seen))),
        corner("all-recorded", "all was recorded", lambda q, seen: (q, np.ones_like(seen))),
        corner("worst-of-zero", "the worst is 0", worst=0.0),
        corner("worst-above", "the worst is above 0", worst=0.5),
        corner("whole-worst", "the worst is a whole number", worst=-100),
        corner("single", "", states=1, actions=4),
        corner("single", "", states=5, actions=1, change=lambda q, seen: (q, np.arange(5)[:, None] % 2 == 0)),
        corner("larger", "all values large", states=45, actions=30),
    ]  # fmt: skip


def _picture(case: Case, expected, given) -> Strip | None:
    q, seen, _ = case.args
    if given[0].shape != q.shape:
        return None
    wrong = ~np.isclose(expected[0], given[0], equal_nan=True).all(axis=1)
    state = int(wrong.argmax())  # the first of them, or state 0
    pairs = zip(strips.figures(q[state]), seen[state], strict=True)
    known = [f"{value} {'seen' if recorded else 'never'}" for value, recorded in pairs]
    return strips.strip((f"state {state}", known), *strips.beside(expected[0][state], given[0][state]))


_DOMAIN = (
    Says(
        "q : (states, actions) float array",
        lambda q, seen, worst: q.ndim == 2 and q.dtype.kind == "f" and np.isfinite(q).all(),
        (
            lambda q, seen, worst: len(q) == 1,
            lambda q, seen, worst: q.shape[1] == 1,
            lambda q, seen, worst: q.shape[0] == q.shape[1],
            lambda q, seen, worst: (q[seen] == 0).any(),
        ),
    ),
    Says(
        "seen : (states, actions) boolean array, True for each action that was recorded in that state",
        lambda q, seen, worst: seen.shape == q.shape and seen.dtype == bool,
        (
            lambda q, seen, worst: not seen.any(),
            lambda q, seen, worst: seen.all(),
            lambda q, seen, worst: seen.any() and not seen.any(axis=1).all(),
        ),
    ),
    Says(
        "worst : number, not infinite",
        lambda q, seen, worst: np.isfinite(worst),
        (
            lambda q, seen, worst: worst == 0,
            lambda q, seen, worst: worst > 0,
            lambda q, seen, worst: isinstance(worst, int),
        ),
    ),
    Says(
        "even if that is below `worst`",
        reached=(lambda q, seen, worst: (q[seen] < worst).any(), lambda q, seen, worst: (q[~seen] < worst).any()),
    ),
)


EXERCISE = Exercise(
    name="pessimistic",
    signature="pessimistic(q, seen, worst)",
    kind="array",
    results=("table",),
    about="(states, actions) values and yes or no, a number -> (states, actions), numpy.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Of each number in the table there is one question: was this action recorded in this state?",
        "`np.where` takes a question, what to take if yes, and what to take if no.",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "below-the-worst": (
            "Values below `worst` go wrong: a recorded action has to keep its value, whatever it is.",
            "Which actions get `worst` is said by `seen` alone.",
        ),
        "zeros": (
            "A recorded action whose value is 0 goes wrong: it has to keep its value.",
            "0 counts as false. Which actions were recorded is said by `seen` alone.",
        ),
        "nothing-recorded": (
            "A state in which nothing was recorded goes wrong: all its actions have to get `worst`.",
            "Is something computed of the recorded values, of which there are none here?",
        ),
        "all-recorded": (
            "Where all was recorded the result is wrong: the table has to stay as it is.",
            "What is there to do?",
        ),
        "worst-of-zero": (
            "With 0 for `worst` the result is wrong.",
            "0 counts as false: is there an `if` or an `or` about `worst`?",
        ),
        "worst-above": (
            "With a `worst` above 0 the result is wrong: it has to be written down as it is.",
            "Is its sign changed, or compared with something?",
        ),
        "whole-worst": (
            "With a whole number for `worst` the result is wrong.",
            "What dtype has the table, and what does it have to hold?",
        ),
        "single": (
            "A table of a single state, or of a single action, goes wrong.",
            "Does a `squeeze` drop an axis of length 1?",
        ),
    },
    strip=_picture,
)
