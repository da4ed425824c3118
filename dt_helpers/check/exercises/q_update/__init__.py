"""The exercise `q_update`."""

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .mistakes import mistakes, right


def _cases(rng):
    def case(label, states=5, actions=3, done=False, below=False, dtype="float64", **changes):
        """One step between two states. `below`: all values are negative, as where each step costs something."""
        options = {key: changes.pop(key) for key in ("core", "edge", "strided") if key in changes}
        q = 4 * drawing_inputs.numbers(rng, states, actions, dtype=dtype)
        q = -np.abs(q) - np.asarray(0.5, dtype) if below else q
        state, next_state = (int(x) for x in rng.choice(np.arange(1, states - 1), 2, replace=False))
        # neither the first action nor the next state's best one, so that they can't be mistaken for one another
        free = [a for a in range(actions) if a and a != q[next_state].argmax()] or [actions - 1]
        step = {
            "q": q,
            "state": state,
            "action": int(rng.choice(free)),
            "reward": round(4 * float(drawing_inputs.numbers(rng, dtype="float64")), 2),
            "next_state": next_state,
            "done": done,
            "learning_rate": round(float(rng.uniform(0.2, 0.8)), 2),
            "gamma": round(float(rng.uniform(0.4, 0.9)), 2),
        }
        step |= {key: value(step) if callable(value) else value for key, value in changes.items()}
        return Case(f"{states} states, {actions} actions, {label}", tuple(step.values()), **options)

    def zeroed(step, which):
        """The table with a 0 for the next state's best or lowest value; the other ones are all below it, or above."""
        q = -np.abs(step["q"]) if which == "argmax" else np.abs(step["q"])
        row = step["next_state"]
        q[row, getattr(q[row], which)()] = 0.0
        return q

    def corner(edge, label, **changes):
        return case(label, core=False, edge=edge, **changes)

    square = int(rng.integers(4, 8))
    return [
        case("a step"),
        case("the last step", done=True),
        case("a step, all values below 0", below=True),
        case("a step, as many actions as states", square, square),
        case("the last step, as many actions as states", square, square, done=True, below=True),
        case("a step, float32", 6, 4, dtype="float32"),
        case("a step", 7, 4, strided=True),
        case("the last step", 4, 5, done=True),
        case("a step, all values below 0", 6, 5, below=True),
        corner("all-the-way", "learning rate 1", learning_rate=1.0),
        corner("all-the-way", "the last step, learning rate 1", done=True, learning_rate=1),
        corner("no-future", "gamma 0", gamma=0.0),
        corner("no-future", "gamma 0, all values below 0", below=True, gamma=0),
        corner("undiscounted", "gamma 1", gamma=1.0),
        corner("undiscounted", "gamma 1, a whole number", below=True, gamma=1),
        corner("no-reward", "a reward of 0", reward=0.0),
        corner("no-reward", "the last step, a reward of 0", done=True, reward=0.0),
        corner("whole-reward", "a reward that is a whole number", reward=-1),
        corner("stays", "the step stays where it is", next_state=lambda step: step["state"]),
        corner("stays", "all values below 0", states=4, actions=4, below=True, next_state=lambda step: step["state"]),
        corner(
            "stays",
            "its best action leads back to it",
            next_state=lambda step: step["state"],
            action=lambda step: int(step["q"][step["state"]].argmax()),
        ),
        corner("first-place", "from state 0 with action 0", state=0, action=0, next_state=3),
        corner("first-place", "to state 0", state=2, next_state=0),
        corner("last-place", "to the last state", state=1, next_state=4),
        corner("single-action", "a step", actions=1),
        corner("single-action", "the last step", actions=1, done=True),
        corner("fresh-table", "a table of zeros", q=lambda step: np.zeros_like(step["q"])),
        corner("fresh-table", "the last step, a table of zeros", done=True, q=lambda step: np.zeros_like(step["q"])),
        corner("value-of-zero", "the next state's best value is 0", below=True, q=lambda step: zeroed(step, "argmax")),
        corner("value-of-zero", "the next state's lowest value is 0", q=lambda step: zeroed(step, "argmin")),
        corner("large-values", "values in the hundreds", q=lambda step: step["q"] * 300, reward=250.0),
        corner("large-values", "values far below 0", below=True, q=lambda step: step["q"] * 3000, reward=-900.0),
        corner("larger", "a step", states=45, actions=30),
        corner("larger", "the last step", states=45, actions=30, done=True),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    q, state, action, reward, next_state, done, *_ = case.args
    wanted, came = strips.beside(expected[0], given[0])
    came = came if given[0].ndim == 0 else ("?",)
    facts = (f"old: {q[state, action]:.3g}", f"reward: {reward:.3g}")
    follows = ("done",) if done else (f"next: {'  '.join(strips.figures(q[next_state]))}",)
    return strips.strip(("the step", facts + follows), wanted, came)


def _next(q, state, action, reward, next_state, done, learning_rate, gamma):
    return q[next_state]


def _is(**wanted):
    """A boundary: a step whose arguments are these."""
    names = ("q", "state", "action", "reward", "next_state", "done", "learning_rate", "gamma")

    def met(*step):
        return all(dict(zip(names, step, strict=True))[name] == value for name, value in wanted.items())

    return met


_DOMAIN = (
    Says(
        "q : (states, actions) float array",
        lambda q, *step: q.ndim == 2 and q.dtype.kind == "f" and np.isfinite(q).all(),
        (
            lambda q, *step: q.shape[0] == q.shape[1],
            lambda q, *step: q.shape[0] < q.shape[1],
            lambda q, *step: q.shape[1] == 1,
            lambda q, *step: not q.any(),
            lambda *step: (_next(*step) < 0).all(),
        ),
    ),
    Says(
        "state : whole number, the row of the state in which the step began",
        lambda q, state, *step: isinstance(state, int) and 0 <= state < len(q),
        (_is(state=0),),
    ),
    Says(
        "action : whole number, the column of the action that was taken there",
        lambda q, state, action, *step: isinstance(action, int) and 0 <= action < q.shape[1],
        (_is(action=0),),
    ),
    Says(
        "reward : number, what the step earned",
        lambda q, state, action, reward, *step: isinstance(reward, int | float),
        (_is(reward=0), lambda *step: isinstance(step[3], int), lambda *step: step[3] < 0),
    ),
    Says(
        "next_state : whole number, the row of the state to which the step led",
        lambda q, state, action, reward, next_state, *step: isinstance(next_state, int) and 0 <= next_state < len(q),
        (
            _is(next_state=0),
            lambda *step: step[1] == step[4],
            lambda *step: step[4] == len(step[0]) - 1,
        ),
    ),
    Says(
        "done : True if the episode ended with this step",
        lambda *step: isinstance(step[5], bool),
        (_is(done=True), _is(done=False)),
    ),
    Says(
        "learning_rate : number above 0, at most 1",
        lambda *step: 0 < step[6] <= 1,
        (_is(learning_rate=1, done=True), _is(learning_rate=1, done=False)),
    ),
    Says(
        "gamma : number from 0 to 1",
        lambda *step: 0 <= step[7] <= 1,
        (_is(gamma=0), _is(gamma=1)),
    ),
)


EXERCISE = Exercise(
    name="q_update",
    signature="q_update(q, state, action, reward, next_state, done, learning_rate, gamma)",
    kind="array",
    results=("value",),
    about="a table (states, actions) and one step -> a number, what q[state, action] becomes.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Write the target down first: what was earned, and what the best action of the next state is worth from there.",
        "Old value 2, target 4, learning rate 0.5: where does the value move to?",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "all-the-way": (
            "With a learning rate of 1 the result is wrong: the value has to become the target itself.",
            "What is left of the old value then?",
        ),
        "no-future": (
            "With a gamma of 0 the result is wrong: the target has to be the reward alone.",
            "0 counts as false: is there an `if` or an `or` about gamma?",
        ),
        "undiscounted": ("With a gamma of 1 the result is wrong.", "Nothing is discounted then. Is gamma used twice?"),
        "no-reward": (
            "A step that earned 0 goes wrong: its value may change all the same.",
            "0 counts as false: is there an `if` or an `or` about the reward?",
        ),
        "whole-reward": ("With a whole number as reward the result is wrong.", "Is there a // or an `int`?"),
        "stays": (
            "A step that stays in its state goes wrong: it is a step like any other.",
            "Which row is the next state's? It may be the same one.",
        ),
        "first-place": (
            "Where a state or an action is number 0 the result is wrong.",
            "0 counts as false: is there an `if` or an `or` about a place?",
        ),
        "last-place": ("Where the next state is the last one the result is wrong.", "Is a row counted from 1?"),
        "single-action": (
            "With a single action the result is wrong: it is the best one then.",
            "Is one of the actions left out of the maximum?",
        ),
        "fresh-table": ("With a table of zeros the result is wrong.", "Is there a condition about a value?"),
        "value-of-zero": (
            "Where a value of the next state is exactly 0 the result is wrong: it is a value like any other.",
            'Is a 0 taken for "not known yet"?',
        ),
        "large-values": (
            "With values in the hundreds or below the result is wrong.",
            "Is a number written into the code, or is something cut off?",
        ),
    },
    strip=_picture,
)
