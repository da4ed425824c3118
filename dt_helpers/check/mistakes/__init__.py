"""What students get wrong, one module an exercise: `mistakes()` gives its catalogue, the likeliest first.

A mistake that can be made in several ways stands there once for each of them, under one slug. A way is a function
with the exercise's own signature that gives what the student's function gives.
"""

from collections.abc import Callable, Iterable

from dt_helpers.check.engine.exercise import Mistake


def catalogue(families: Iterable[tuple[str, str, tuple[str, ...], tuple[Callable, ...]]]) -> tuple[Mistake, ...]:
    """The mistakes in rows of (slug, sentence, hints, ways)."""
    return tuple(Mistake(slug, way, sentence, hints) for slug, sentence, hints, ways in families for way in ways)
