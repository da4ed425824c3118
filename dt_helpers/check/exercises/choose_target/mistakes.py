"""The right answer, and what students get wrong when they choose the return to ask for."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(targets, achieved):
    """(n,), the largest first, and (n,) -> one of the targets"""
    return (next((t for t, a in zip(targets, achieved, strict=True) if a >= t), targets[-1]),)


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _largest(kept, targets, otherwise=None):
    """The largest of the kept targets; if there are none, the smallest target or `otherwise`."""
    if kept.any():
        return targets[kept].max()
    return targets.min() if otherwise is None else otherwise


def _place(targets, achieved):
    """The index of the right one."""
    return int(np.argmax(achieved >= targets)) if (achieved >= targets).any() else len(targets) - 1


def _upwards(targets, achieved):
    place = len(targets) - 1
    while place > 0 and achieved[place - 1] >= targets[place - 1]:
        place -= 1
    return targets[place]


def _bisected(targets, achieved, inclusive, high=-1):
    low, high = 0, len(targets) + high
    while low < high:
        middle = (low + high) // 2
        if achieved[middle] >= targets[middle]:
            high = middle
        else:
            low = middle + 1
    low = min(low, len(targets) - 1)
    return targets[low] if not inclusive or achieved[low] >= targets[low] else targets[-1]


def _in_the_shorter_array(targets, achieved):
    reached = np.isfinite(achieved)
    honoured = np.flatnonzero(achieved[reached] >= targets[reached])
    return targets[honoured[0]] if len(honoured) else targets[-1]


_FAMILIES = (
    (
        "largest-target",
        "You ask for the most, whether or not the model can do it. From most starts it can't.",
        ("What is the second argument for?",),
        (lambda t, a: t.max(), lambda t, a: t[0]),
    ),
    (
        "arrived",
        "That is the largest target with which the model arrived at all, but it took longer than it was asked to.",
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
        "You take the target with the best result. Take the largest of those that the model honours.",
        ("For which targets was at least as much achieved? Choose among those only.",),
        (lambda t, a: t[a.argmax()], lambda t, a: t[len(a) - 1 - a[::-1].argmax()]),
    ),
    (
        "achieved-returned",
        "You return what was achieved; return the target to ask for.",
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
        "A target that is met exactly is also honoured.",
        ("Asked for -4, achieved -4: is that a promise kept?",),
        (lambda t, a: _largest(a > t, t),),
    ),
    (
        "exactly-as-asked",
        "A target that is surpassed is also honoured.",
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
        (lambda t, a: t[np.abs(a - t).argmin()], lambda t, a: t[np.where(a >= t, a - t, np.inf).argmin()]),
    ),
    (
        "position",
        "You return the place of the target in the array; return the target itself.",
        ("What does targets hold at that index?",),
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
        "Several numbers came back; return one target.",
        ("Which of the honoured targets is the largest?",),
        (lambda t, a: t[a >= t], lambda t, a: (a >= t) * 1.0, lambda t, a: t * (a >= t)),
    ),
    (
        "averaged",
        "The mean or the median of the honoured targets came back; return the largest of them.",
        ("Which of the honoured targets is the shortest way?",),
        (
            lambda t, a: t[a >= t].mean() if (a >= t).any() else t.min(),
            lambda t, a: np.median(t[a >= t]) if (a >= t).any() else t.min(),
        ),
    ),
    (
        "none-honoured",
        "The result is right where the model honours a target. Where it honours none, return the smallest target.",
        ("If it honours none of them, with which target has it the best chance?",),
        (
            lambda t, a: _largest(a >= t, t, t.max()),
            lambda t, a: _largest(a >= t, t, -np.inf),
            lambda t, a: _largest(a >= t, t, 0.0),
            lambda t, a: _largest(a >= t, t, t[a.argmax()]),
            lambda t, a: _largest(a >= t, t, np.nan),
            lambda t, a: _largest(a >= t, t, a.max()),
            lambda t, a: _largest(a >= t, t, t.min() - 1),
            lambda t, a: _largest(a >= t, t, -1.0),
            lambda t, a: _largest(a >= t, t, t[a.argmax()] if np.isfinite(a).any() else t.min()),
            lambda t, a: _largest(a >= t, t, t.max() if np.isfinite(a).any() else t.min()),
        ),
    ),
    (
        "smallest-honoured-run",
        "Your target is the last one before a broken one, counted up from the smallest; a larger one may be honoured.",
        ("Each target is honoured or not on its own: have you looked at all of them?",),
        (lambda t, a: _upwards(t, a), lambda t, a: _upwards(t, a) if a[-1] >= t[-1] else t[-1]),
    ),
    (
        "not-reached",
        "A goal that was not reached, minus infinity, counts as the best result of all in your answer.",
        ("What becomes of minus infinity before you compare? No return is worse.",),
        (lambda t, a: _largest(np.where(np.isinf(a), 0.0, a) >= t, t),),
    ),
    (
        "made-up",
        "The result is not one of the targets.",
        (
            'Which number stands for "none" in your code? Returns are negative here, so 0 is the largest of all.',
            "Or is the target made of its place? Look it up in `targets`.",
        ),
        (
            lambda t, a: np.max(t * (a >= t)),
            lambda t, a: np.max(t * (a >= t)) if (a >= t).any() else t[-1],
            lambda t, a: -1.0 - _place(t, a),
            lambda t, a: max(_largest(a >= t, t, -100.0), -100.0),
            lambda t, a: max(_largest(a >= t, t, -1000.0), -1000.0),
        ),
    ),
    (
        "first-place-lost",
        "Where the largest target is honoured, at index 0, you don't find it.",
        ("0 counts as false: is there an `if` about an index?",),
        (
            lambda t, a: t[_place(t, a)] if _place(t, a) else t[-1],
            lambda t, a: _largest((a >= t) & (np.arange(len(t)) > 0), t),
        ),
    ),
    (
        "fractions-lost",
        "Targets are compared without their fractional parts.",
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
        "place-of-another-array",
        "Your target is at a place that was found in a shorter array, without the goals that were not reached.",
        ("Which target is at that place, before and after some are left out?",),
        (_in_the_shorter_array,),
    ),
    (
        "same-result-lost",
        "Of several targets that came to the same result you look at only one.",
        ("Is there a dict whose keys are the results? Two equal ones share a place in it.",),
        (
            lambda t, a: max((t for a, t in dict(zip(a, t, strict=True)).items() if a >= t), default=min(t)),
            lambda t, a: max((t for a, t in dict(zip(a, t, strict=True)).items() if a >= t), default=t[-1]),
        ),
    ),
    (
        "bisected",
        "A binary search finds that one: it takes all targets below an honoured one to be honoured. They need not be.",
        ("Each target is honoured or not on its own: have you looked at all of them?",),
        (
            lambda t, a: _bisected(t, a, False),
            lambda t, a: _bisected(t, a, True),
            lambda t, a: _bisected(t, a, True, high=0),
        ),
    ),
    (
        "first-decides",
        "Your target is the first one if that is honoured, or else the smallest: those between are not looked at.",
        ('Is the `return` for "none is honoured" inside the loop?',),
        (
            lambda t, a: t[0] if a[0] >= t[0] else t.min(),
            lambda t, a: t[0] if a[0] >= t[0] else t[-1],
        ),
    ),
)

_CATALOGUE = catalogue(_FAMILIES)
