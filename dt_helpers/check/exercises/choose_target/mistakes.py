"""The right answer, and what students get wrong when they choose the return to ask for."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(targets, achieved):
    """(n,), the largest first, and (n,) -> one of the targets"""
    return (next((t for t, a in zip(targets, achieved, strict=True) if a >= t), targets[-1]),)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _largest(kept, targets, otherwise=None):
    """The largest of the kept targets; without any, the smallest target or what is named."""
    if kept.any():
        return targets[kept].max()
    return targets.min() if otherwise is None else otherwise


def _place(targets, achieved):
    """Where the right one stands."""
    return int(np.argmax(achieved >= targets)) if (achieved >= targets).any() else len(targets) - 1


def _upwards(targets, achieved):
    place = len(targets) - 1
    while place > 0 and achieved[place - 1] >= targets[place - 1]:
        place -= 1
    return targets[place]


def _bisected(targets, achieved, inclusive):
    low, high = 0, len(targets) - 1
    while low < high:
        middle = (low + high) // 2
        if achieved[middle] >= targets[middle]:
            high = middle
        else:
            low = middle + 1
    return targets[low] if not inclusive or achieved[low] >= targets[low] else targets[-1]


_FAMILIES = (
    (
        "largest-target",
        "You ask for the most, whether or not the model can do it. From most starts it can't.",
        ("What is the second argument for?",),
        (lambda t, a: t.max(), lambda t, a: t[0]),
    ),
    (
        "arrived",
        "That target is the largest with which the model arrived at all, but it took longer than it was asked to.",
        ("Compare what was achieved with what was asked for.",),
        (lambda t, a: _largest(np.isfinite(a), t),),
    ),
    (
        "smallest-honoured",
        "The model honours that target, but a larger one as well.",
        ("Returns are negative here: is -2 or -5 the shorter way?",),
        (lambda t, a: t[a >= t].min() if (a >= t).any() else t.min(),),
    ),
    (
        "smallest-target",
        "You ask for the least; that is the longest way.",
        ("Returns are negative here: is -2 or -5 the shorter way?",),
        (lambda t, a: t.min(), lambda t, a: t[-1]),
    ),
    (
        "best-achieved",
        "The target with the best result is not it, if the model did not keep to that target. Ask for what it honours.",
        ("For which targets was at least as much achieved? Only those come into question.",),
        (lambda t, a: t[a.argmax()], lambda t, a: t[len(a) - 1 - a[::-1].argmax()]),
    ),
    (
        "achieved-returned",
        "You return what was achieved; the target that has to be asked for is wanted.",
        ("Which of the two arrays does the answer come from?",),
        (
            lambda t, a: a.max(),
            lambda t, a: a[a >= t].max() if (a >= t).any() else a.max(),
            lambda t, a: a[_place(t, a)],
            lambda t, a: a[a >= t].max() if (a >= t).any() else t.min(),
        ),
    ),
    (
        "more-than-asked",
        "A target that is met exactly is honoured, too.",
        ("Asked for -4, achieved -4: is that a promise kept?",),
        (lambda t, a: _largest(a > t, t),),
    ),
    (
        "exactly-as-asked",
        "A target that is surpassed is honoured, too.",
        ("Asked for -5, achieved -4: is that a promise kept?",),
        (lambda t, a: _largest(a == t, t), lambda t, a: _largest(np.isclose(a, t), t)),
    ),
    (
        "turned-round",
        "The comparison is the wrong way round: your target is one that the model did not meet.",
        ("Returns are negative here: asked for -3, achieved -5. Is that more or less?",),
        (lambda t, a: _largest(a <= t, t), lambda t, a: _largest(a < t, t)),
    ),
    (
        "closest",
        "You take the target that was missed or surpassed by the least.",
        ("By how much a target is surpassed does not matter.",),
        (lambda t, a: t[np.abs(a - t).argmin()],),
    ),
    (
        "position",
        "You return the place of the target in the array; the target itself is wanted.",
        ("What does targets hold at that place?",),
        (
            lambda t, a: _place(t, a),
            lambda t, a: int(np.argmax(a >= t)),
            lambda t, a: _place(t, a) + 1,
        ),
    ),
    (
        "length",
        "The sign is missing: a target is a return, and returns are negative here.",
        ("Is a length or a return asked for?",),
        (lambda t, a: -t[_place(t, a)], lambda t, a: np.abs(t[a >= t]).min() if (a >= t).any() else np.abs(t).max()),
    ),
    (
        "several",
        "Several came back; one target is wanted.",
        ("Which of the honoured targets is the largest?",),
        (lambda t, a: t[a >= t], lambda t, a: (a >= t) * 1.0, lambda t, a: t * (a >= t)),
    ),
    (
        "averaged",
        "You average the honoured targets; the largest of them is wanted.",
        ("Which of the honoured targets is the shortest way?",),
        (
            lambda t, a: t[a >= t].mean() if (a >= t).any() else t.min(),
            lambda t, a: np.median(t[a >= t]) if (a >= t).any() else t.min(),
        ),
    ),
    (
        "none-honoured",
        "Where the model honours a target all is right. Where it honours none, the smallest target is wanted.",
        ("If it can't even do that, which of the targets has it the best chance with?",),
        (
            lambda t, a: _largest(a >= t, t, t.max()),
            lambda t, a: _largest(a >= t, t, -np.inf),
            lambda t, a: _largest(a >= t, t, 0.0),
            lambda t, a: _largest(a >= t, t, t[a.argmax()]),
            lambda t, a: _largest(a >= t, t, np.nan),
            lambda t, a: _largest(a >= t, t, a.max()),
            lambda t, a: _largest(a >= t, t, t.min() - 1),
            lambda t, a: _largest(a >= t, t, -1.0),
        ),
    ),
    (
        "smallest-honoured-run",
        "You go up from the smallest target and stop at the first that is broken; a larger one may be honoured.",
        ("Each target is honoured or not for itself: have you looked at all of them?",),
        (lambda t, a: _upwards(t, a),),
    ),
    (
        "first-place-lost",
        "Where the largest target is honoured you don't find it: place 0 counts as none.",
        ("0 counts as false: is there an `if` about a place?",),
        (
            lambda t, a: t[_place(t, a)] if _place(t, a) else t[-1],
            lambda t, a: _largest((a >= t) & (np.arange(len(t)) > 0), t),
        ),
    ),
    (
        "fractions-lost",
        "Targets are compared without what follows the point.",
        ("Is there an array of integers, `int`, or `round`?",),
        (
            lambda t, a: _largest(np.trunc(a) >= np.trunc(t), t),
            lambda t, a: _largest(np.round(a) >= np.round(t), t),
            lambda t, a: _largest(np.floor(a) >= np.floor(t), t),
            lambda t, a: _largest(np.ceil(a) >= np.ceil(t), t),
        ),
    ),
    (
        "any-result",
        "Each target is compared with the best of all results; it has to be compared with its own.",
        ("achieved[i] came of asking for targets[i].",),
        (lambda t, a: _largest(a.max() >= t, t),),
    ),
    (
        "bisected",
        "You search by halves, as if all targets below an honoured one were honoured, too. They need not be.",
        ("Each target is honoured or not for itself: have you looked at all of them?",),
        (lambda t, a: _bisected(t, a, False), lambda t, a: _bisected(t, a, True)),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
