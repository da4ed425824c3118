"""The exercise `conditioned_policy`."""

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .mistakes import mistakes, right

_LEVELS = np.array([-5.0, -2.0, 1.0, 3.0, 10.0])  # returns that are met


def _cases(rng):
    def case(count, n_actions, target=None, label="", levels=_LEVELS, change=None, dtype="float64", **options):
        """Every action was taken, and for the target some but not all alike; returns are few and met often."""
        actions = np.append(rng.permutation(n_actions), rng.integers(n_actions, size=count - n_actions))
        returns = rng.choice(levels, count)
        target = float(rng.choice(levels[1:-1])) if target is None else target
        chosen = rng.permutation(count)[: 2 * n_actions + 3]  # of these, one action is taken twice as often
        returns[chosen] = target
        actions[chosen] = np.append(np.arange(n_actions), np.full(len(chosen) - n_actions, rng.integers(n_actions)))
        actions, returns = (actions, returns) if change is None else change(actions, returns, target)
        named = f"{count} episode{'s' * (count > 1)}, {n_actions} action{'s' * (n_actions > 1)}{label}, {dtype}"
        return Case(named, (actions, returns.astype(dtype), target, n_actions), **options)

    def corner(edge, label, change=None, count=30, n_actions=3, **options):
        return case(count, n_actions, label=f", {label}", change=change, core=False, edge=edge, **options)

    def never(actions, returns, target):
        return actions, np.where(returns == target, target + 2.0, returns)

    def without(action):
        def change(actions, returns, target):
            return np.where(actions == action, 1, actions), returns

        return change

    def once(actions, returns, target):
        places = np.flatnonzero(returns == target)
        returns[places[1:]] = target - 1.0
        return actions, returns

    def near(actions, returns, target):
        away = np.flatnonzero(returns != target)
        returns[away[: len(away) // 2]] = target + 0.01
        return actions, returns

    def neither(actions, returns, target):
        actions, returns = never(actions, returns, target)
        return np.where(actions == 2, 1, actions), returns

    def single(actions, returns, target):
        return actions[:1] * 0 + 1, returns[:1] * 0 + target

    levels = np.sort(rng.choice(np.arange(-40, 40), 6, replace=False)) * 0.5 + 0.25
    return [
        case(30, 3),
        case(41, 2),
        case(60, 4, dtype="float32"),
        case(50, 5, strided=True),
        case(36, 3, target=10.0, label=", the highest return"),
        case(36, 3, target=-5.0, label=", the lowest return"),
        case(45, 4, levels=levels, label=", other returns"),
        corner("never-met", "the target is never met", never),
        corner("never-met", "the target is never met", never, n_actions=5),
        corner("never-met", "a target above all returns", lambda a, r, t: (a, np.minimum(r, 3.0)), target=11.0),
        corner("action-never-taken", "the last one is never taken", without(3), n_actions=4),
        corner("action-never-taken", "the first one is never taken", without(0), n_actions=4),
        corner("never-met", "the target is never met, an action never taken", neither, n_actions=4),
        corner("single-action", "", n_actions=1),
        corner("single-action", "the target is never met", never, n_actions=1),
        corner("target-of-zero", "the target is 0", n_actions=6, levels=_LEVELS - 1.0, target=0.0),
        corner("target-of-zero", "the target is 0 and never met", never, n_actions=7, levels=_LEVELS - 1.0, target=0.0),
        corner("met-once", "the target is met once", once),
        corner("always-met", "the target is always met", lambda a, r, t: (a, np.full(len(r), t))),
        corner("near", "some returns are near the target", near, levels=_LEVELS + 5000),
        corner("tenths", "returns in tenths", levels=_LEVELS / 10),
        corner("tenths", "returns in thirds", n_actions=4, levels=_LEVELS * 100 / 3),
        corner("whole-target", "the target is a whole number", target=3),
        corner("one-episode", "", single, count=3, n_actions=3),
        corner("many", "", count=3000),
        case(200, 30, core=False, edge="larger"),
    ]  # fmt: skip


def _picture(case: Case, expected, given) -> Strip | None:
    return strips.strip(None, *strips.beside(expected[0], given[0]))


_DOMAIN = (
    Says(
        "actions : (n,) integer array, the action of each episode, from 0 to n_actions - 1",
        lambda actions, returns, target, n_actions: (
            actions.dtype.kind == "i" and actions.ndim == 1 and actions.min() >= 0 and actions.max() < n_actions
        ),
        (
            lambda actions, returns, target, n_actions: len(actions) == 1,
            lambda actions, returns, target, n_actions: actions.max() < n_actions - 1,
            lambda actions, returns, target, n_actions: actions.min() > 0,
        ),
    ),
    Says(
        "returns : (n,) float array, the return of each episode; two are equal or at least 0.01 apart",
        lambda actions, returns, target, n_actions: (
            returns.shape == actions.shape
            and returns.dtype.kind == "f"
            and (np.diff(np.unique([*returns, target])) >= 0.01 - 1e-6).all()
        ),
        (
            lambda actions, returns, target, n_actions: len(returns) > 1 and (returns == target).all(),
            lambda actions, returns, target, n_actions: (returns != np.round(returns)).any(),
        ),
    ),
    Says(
        "target : number, the return that is asked for",
        lambda actions, returns, target, n_actions: isinstance(target, int | float),
        (lambda actions, returns, target, n_actions: target == 0,),
    ),
    Says(
        "n_actions : whole number, how many actions there are",
        lambda actions, returns, target, n_actions: isinstance(n_actions, int) and n_actions >= 1,
        (lambda actions, returns, target, n_actions: n_actions == 1,),
    ),
    Says(
        "If no episode has that return, all actions get the same share",
        reached=(
            lambda actions, returns, target, n_actions: not (returns == target).any(),
            lambda actions, returns, target, n_actions: (returns == target).sum() == 1,
        ),
    ),
)


EXERCISE = Exercise(
    name="conditioned_policy",
    signature="conditioned_policy(actions, returns, target, n_actions)",
    kind="array",
    results=("shares",),
    about="(n,) actions, (n,) returns, a return, how many actions -> (n_actions,) shares, numpy.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Which actions did the episodes take whose return is the target? Look at those alone.",
        "`np.bincount(taken, minlength=...)` counts how often each number occurs, also those that don't.",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "never-met": (
            "Where no episode has the target return the result is wrong: all actions have to get the same share.",
            "What is divided by what, if there is nothing to count?",
        ),
        "action-never-taken": (
            "Where an action is never taken the result is wrong: its share has to be 0.",
            "Are the actions counted that there are, or those that occur?",
        ),
        "single-action": ("With a single action the result is wrong: its share has to be 1.", "Is an axis dropped?"),
        "target-of-zero": (
            "With a target of 0 the result is wrong: it is a return like any other.",
            "0 counts as false: is there an `if` or an `or` about the target?",
        ),
        "met-once": (
            "Where one single episode has the target return the result is wrong.",
            "Its action has a share of 1. Is something divided by one less than the count?",
        ),
        "always-met": ("Where all episodes have the target return the result is wrong.", "All of them count."),
        "near": (
            "Where returns are near the target the result is wrong: the target itself has to be met.",
            "Is something rounded, or compared with a tolerance?",
        ),
        "tenths": (
            "Returns such as 0.1 or 1/3 go wrong.",
            "Is something rounded, or converted to float32? 0.1 in float32 is not the 0.1 of float64.",
        ),
        "whole-target": ("Where the target is a whole number the result is wrong.", "Is there a // or an `int`?"),
        "one-episode": ("With a single episode the result is wrong.", "(n_actions,) shares come out all the same."),
        "many": ("With many episodes the result is wrong.", "Is a number of episodes written into the code?"),
    },
    strip=_picture,
)
