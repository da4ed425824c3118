"""Wrong answers that add the time too seldom or too often, or return what is right in a different order."""

from itertools import permutations, product

from dt_helpers.check.engine.exercise import Mistake

NAMES = ("returns", "states", "actions")


def combinations():
    """Time added to some tokens only, or twice, or the results in a different order, or both."""
    for order in permutations(range(3)):
        for times in product((1, 0, 2), repeat=3):
            if (order, times) == ((0, 1, 2), (1, 1, 1)) or not any(times):
                continue
            slug, sentence, hints = _words(order, times)
            yield Mistake(slug, lambda *parts, o=order, n=times: _combined(parts, o, n), sentence, hints)
    for order in list(permutations(range(3)))[1:]:
        slug, sentence, hints = _words(order, (0, 0, 0))
        yield Mistake(slug, lambda *parts, o=order: _combined(parts, o, (0, 0, 0)), sentence, hints)


def _combined(parts, order, times):
    return tuple(parts[i] + times[i] * parts[3] for i in order)


def _words(order, times):
    if order != (0, 1, 2):
        came = ", ".join(NAMES[i] for i in order)
        also = "" if times == (1, 1, 1) else " And not each of them holds the time once."
        return (
            "results-swapped",
            f"The results are in the wrong order: {came}. They have to come back as they went in: {', '.join(NAMES)}."
            + also,
            ("Compare the `return` line with the arguments.",),
        )
    without = [name for name, count in zip(NAMES, times, strict=True) if count == 0]
    twice = [name for name, count in zip(NAMES, times, strict=True) if count == 2]
    carried = f"The {' and the '.join(twice)} carry the time twice."
    if without:
        return (
            "time-missing",
            f"The time is missing in the {' and the '.join(without)}." + f" {carried}" * bool(twice),
            ("The three tokens of a step happen at the same time: each of them has to say when, once.",),
        )
    return (
        "time-twice",
        carried,
        ("Is the time added to something that already holds it?",),
    )
