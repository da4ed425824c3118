"""The right answer, and what students get wrong when they are pessimistic about what was never recorded."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(q, seen, worst):
    """(states, actions) twice, a number -> (states, actions)"""
    rows = zip(q, seen, strict=True)
    return (np.array([[v if s else worst for v, s in zip(*row, strict=True)] for row in rows], dtype=q.dtype),)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _table(q, seen, worst):
    return np.where(seen, q, worst)


def _fill(value):
    """An answer that writes another number than `worst`: `value(q, seen, worst)`."""
    return lambda q, seen, worst: np.where(seen, q, value(q, seen, worst))


_FAMILIES = (
    (
        "turned-round",
        "It is the wrong way round: recorded actions got `worst`, and the others kept their values.",
        ("Of which values does the data say something?",),
        (lambda q, seen, worst: np.where(seen, worst, q),),
    ),
    (
        "zeroed",
        "Actions that were never recorded got 0. Where each step costs something, 0 is the best value of all.",
        ("What is the third argument for?",),
        (lambda q, seen, worst: q * seen, _fill(lambda q, seen, worst: -0.0 * q)),
    ),
    (
        "infinite",
        "Actions that were never recorded got an infinite value; `worst` is wanted, which can be calculated with.",
        ("What is the third argument for?",),
        (_fill(lambda q, seen, worst: -np.inf), _fill(lambda q, seen, worst: np.inf)),
    ),
    (
        "left-out",
        "Actions that were never recorded got NaN, or are left out of the table; `worst` is wanted.",
        ("The table has as many numbers as before.",),
        (
            _fill(lambda q, seen, worst: np.nan),
            lambda q, seen, worst: q[seen],
            lambda q, seen, worst: np.append(q[seen], worst),
        ),
    ),
    (
        "unchanged",
        "The table came back as it was.",
        ("Which of its numbers does the data say nothing about?",),
        (lambda q, seen, worst: q * 1.0,),
    ),
    (
        "worst-everywhere",
        "All actions got `worst`.",
        ("What becomes of the recorded ones?",),
        (lambda q, seen, worst: np.full(q.shape, float(worst)), lambda q, seen, worst: np.full_like(q, worst)),
    ),
    (
        "never-above",
        "It matters in your answer whether a value is above `worst`. Which actions get it is said by `seen` alone.",
        ("Is there a `min`, a `max` or a `clip`?",),
        (
            _fill(lambda q, seen, worst: np.minimum(q, worst)),
            _fill(lambda q, seen, worst: np.maximum(q, worst)),
            lambda q, seen, worst: np.where(seen, np.maximum(q, worst), worst),
            lambda q, seen, worst: np.where(seen, np.minimum(q, worst), worst),
            lambda q, seen, worst: np.maximum(q, worst),
            lambda q, seen, worst: np.minimum(q, worst),
            lambda q, seen, worst: np.where(seen | (q < worst), q, worst),
        ),
    ),
    (
        "penalty",
        "`worst` is added or subtracted, as a penalty; it takes the value's place.",
        ("What is an action worth that nobody has tried, if not q?",),
        (
            lambda q, seen, worst: q + worst * ~seen,
            lambda q, seen, worst: q - worst * ~seen,
            lambda q, seen, worst: q - np.abs(worst) * ~seen,
            lambda q, seen, worst: q + worst,
            lambda q, seen, worst: q + worst * seen,
        ),
    ),
    (
        "penalty",
        "The value of an action that was never recorded is multiplied by `worst`; it has to be replaced by it.",
        ("What is an action worth that nobody has tried, if not q?",),
        (_fill(lambda q, seen, worst: q * worst),),
    ),
    (
        "sign",
        "The sign of `worst` is changed.",
        ("It is written down as it is.",),
        (_fill(lambda q, seen, worst: -worst), _fill(lambda q, seen, worst: -np.abs(worst) + 0 * q)),
    ),
    (
        "whole-states",
        "Whole states, whole actions or the whole table are kept or overwritten in your answer; each number has a yes "
        "or no of its own.",
        ("`seen` has a number for each number of q.",),
        (
            lambda q, seen, worst: np.where(seen.any(axis=1, keepdims=True), q, worst),
            lambda q, seen, worst: np.where(seen.all(axis=1, keepdims=True), q, worst),
            lambda q, seen, worst: np.where(seen.any(axis=0, keepdims=True), q, worst),
            lambda q, seen, worst: np.where(seen.all(axis=0, keepdims=True), q, worst),
            lambda q, seen, worst: q * 1.0 if seen.all() else np.full_like(q, worst),
        ),
    ),
    (
        "a-number-a-state",
        "One number for each state came back; the whole table is wanted.",
        ("The best action is chosen later, with `max` or `argmax`.",),
        (
            lambda q, seen, worst: _table(q, seen, worst).max(axis=1),
            lambda q, seen, worst: _table(q, seen, worst).argmax(axis=1),
            lambda q, seen, worst: _table(q, seen, worst).max(axis=1, keepdims=True),
        ),
    ),
    (
        "a-number-a-state",
        "One number for each action, or a single one, came back; the whole table is wanted.",
        ("The best action of each state is chosen later, with `max` or `argmax`.",),
        (
            lambda q, seen, worst: _table(q, seen, worst).max(axis=0),
            lambda q, seen, worst: _table(q, seen, worst).max(),
        ),
    ),
    (
        "lowest-value",
        "Actions that were never recorded got a number that is taken from the values, such as the lowest; `worst` is "
        "wanted.",
        ("What is the third argument for?",),
        (
            _fill(lambda q, seen, worst: q.min()),
            _fill(lambda q, seen, worst: q[seen].min() if seen.any() else worst),
            _fill(lambda q, seen, worst: q.min(axis=1, keepdims=True)),
            _fill(lambda q, seen, worst: min(q.min(), worst)),
            _fill(lambda q, seen, worst: q.mean()),
        ),
    ),
    (
        "worst-fixed",
        "Actions that were never recorded get the same number whatever `worst` is; `worst` itself is wanted.",
        ("What is the third argument for?",),
        tuple(_fill(lambda q, seen, worst, fixed=fixed: fixed) for fixed in (-100.0, -1.0, -10.0, -1000.0, -1e9)),
    ),
    (
        "best-only",
        "All but one action of each state got `worst`; every recorded one keeps its value.",
        ("Nothing has to be chosen yet.",),
        (lambda q, seen, worst: np.where(seen & (q == _table(q, seen, -np.inf).max(axis=1, keepdims=True)), q, worst),),
    ),
    (
        "question-returned",
        "A table of yes and no came back, or of 1 and 0.",
        ("Where `seen` says yes, the value of q is wanted.",),
        (lambda q, seen, worst: seen * 1.0, lambda q, seen, worst: (~seen) * 1.0),
    ),
    (
        "question-returned",
        "Recorded actions got 0; they keep their values.",
        ("Where `seen` says yes, the value of q is wanted.",),
        (lambda q, seen, worst: worst * ~seen,),
    ),
    (
        "transposed",
        "Rows and columns are exchanged: a row is a state, a column an action.",
        ("Print the `.shape` of q and of the result.",),
        (
            lambda q, seen, worst: _table(q, seen, worst).T,
            lambda q, seen, worst: np.where(seen.T, q, worst),
        ),
    ),
    (
        "transposed",
        "The numbers of the table came back in one row; a row for each state is wanted.",
        ("Print the `.shape` of q and of the result.",),
        (lambda q, seen, worst: _table(q, seen, worst).ravel(),),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
